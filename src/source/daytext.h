/* Days as people and exports write them.
 *
 * Read are: 2026-01-31, 2026/1/31, 20260131, 2026013123 (with the hour), 31.01.2026, 31/01/2026,
 * 1/31/26, "Jan 31, 2026", "31 January 2026", "31-Jan-26", month names in
 * English, German, French and Spanish, 2026-01 and "Jan 2026" (the first of
 * the month), 2026-W05 (its Monday), spreadsheet day numbers (45962), seconds
 * and milliseconds since 1970; each with or without a time and a zone, which
 * are not used: the day is the one that is written. Years 1970 to 2100.
 *
 * Whether 01/02/2026 is in January or February is a property of the column:
 * mkt_daytext_look() says what each cell proves, the caller joins these.
 */
#ifndef MKT_SOURCE_DAYTEXT_H
#define MKT_SOURCE_DAYTEXT_H

#include <stddef.h>
#include <stdint.h>

typedef enum { MKT_DAY_FIRST, MKT_MONTH_FIRST } mkt_day_order;

typedef enum { MKT_DAYTEXT_OK, MKT_DAYTEXT_MISSING, MKT_DAYTEXT_BAD } mkt_daytext_result;

/* What one cell shows; join with | over a column. */
enum {
    MKT_DAYTEXT_IS_MISSING = 1,
    MKT_DAYTEXT_IS_BAD = 2,
    MKT_DAYTEXT_CERTAIN = 4,      /* reads the same either way */
    MKT_DAYTEXT_DAY_FIRST = 8,    /* 31/01/2026, 01.02.2026 (dots go day-first) */
    MKT_DAYTEXT_MONTH_FIRST = 16, /* 01/31/2026 */
    MKT_DAYTEXT_EITHER = 32,      /* 01/02/2026 */
    MKT_DAYTEXT_TIME = 64,        /* a time of day follows */
    MKT_DAYTEXT_NUMBER = 128,     /* a bare number: spreadsheet day, seconds since 1970 */
    MKT_DAYTEXT_MONTH = 256,      /* a month or a week, no day */
    MKT_DAYTEXT_ZONED = 512,      /* a time of day and its zone */
    MKT_DAYTEXT_UNZONED = 1024,   /* a time of day without one */
};

/* *out = days since 1970-01-01; written only on OK.
 * Checked  tests/source/daytext_test.c, tests/fuzz/source_text_fuzz.c */
mkt_daytext_result mkt_daytext_read(const char *s, size_t n, mkt_day_order order, int32_t *out);

unsigned mkt_daytext_look(const char *s, size_t n);

#endif
