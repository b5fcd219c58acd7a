/* Numbers as people and exports write them, read exactly.
 *
 * Read are: plain digits, a decimal point or comma, thousands marks (the other
 * of the two, an apostrophe, a space, a thin or no-break space; groups of
 * three, or of two and three as in 12,34,567), a sign before or behind, a
 * minus in parentheses' clothing "(12.50)", currency signs and codes before or
 * behind, a percent sign (divides by 100), and exponents (1.5E+06). Nothing goes
 * through binary floating point: "0.1" is one tenth.
 *
 * Which mark is the decimal one is a property of a column, not of a cell:
 * mkt_numeral_look() says what each cell proves, the caller joins these over
 * the column and passes the verdict to mkt_numeral_read().
 */
#ifndef MKT_SOURCE_NUMERAL_H
#define MKT_SOURCE_NUMERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    MKT_NUMERAL_OK,
    MKT_NUMERAL_MISSING, /* "", "-", "--", "n/a", "null", "None", "NaN", ... */
    MKT_NUMERAL_BAD,     /* not a number under this decimal mark */
    MKT_NUMERAL_LARGE    /* a number, but beyond 9.2e18 / 10^scale */
} mkt_numeral_result;

/* What one cell shows; join with | over a column. */
enum {
    MKT_NUMERAL_IS_MISSING = 1,
    MKT_NUMERAL_IS_BAD = 2,
    MKT_NUMERAL_IS_PLAIN = 4,         /* digits and no mark */
    MKT_NUMERAL_POINT = 8,            /* readable only with a decimal point: 12.5  1,234.50 */
    MKT_NUMERAL_COMMA = 16,           /* readable only with a decimal comma: 12,5  1.234,50 */
    MKT_NUMERAL_EITHER_BY_POINT = 32, /* 1.234 */
    MKT_NUMERAL_EITHER_BY_COMMA = 64, /* 1,234 */
    MKT_NUMERAL_UNGROUPED = 128,      /* 1000 and more, written without thousands marks */
    MKT_NUMERAL_NEGATIVE = 256,
    MKT_NUMERAL_PERCENT = 512,
    MKT_NUMERAL_MONEY = 1024,   /* a currency sign or code */
    MKT_NUMERAL_FRACTION = 2048 /* certainly not a whole number */
};

/* *out = the number times 10^scale, rounded half away from zero; written only on OK.
 *   decimal  '.' or ','      scale  0..9
 * Checked  tests/source/numeral_test.c, tests/fuzz/source_text_fuzz.c */
mkt_numeral_result mkt_numeral_read(const char *s, size_t n, char decimal, int scale, int64_t *out);

unsigned mkt_numeral_look(const char *s, size_t n);

/* True for the words that mean "no value here". */
bool mkt_numeral_missing(const char *s, size_t n);

/* The constant currency code in a cell that is a number, NULL for none; see money.h. */
const char *mkt_numeral_currency(const char *s, size_t n);

#endif
