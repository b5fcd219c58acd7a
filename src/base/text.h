/* Text: UTF-8, identifiers, and numbers that read back to the same bits.
 *
 * All of it is free of the locale. Text from data goes through
 * mkt_text_clean() once, at the source; everything downstream may rely on
 * valid UTF-8 without control characters.
 */
#ifndef MKT_BASE_TEXT_H
#define MKT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define MKT_TEXT_NUMBER 32 /* bytes that hold any number as text, NUL included */

/* The shortest decimal that reads back to the same double, in ECMAScript's
 * notation as RFC 8785 section 3.2.2.3 asks: 0.1, 1e+21, 1e-7, -0 as 0.
 * `value` is finite. Returns `out`. */
char *mkt_text_number(double value, char out[MKT_TEXT_NUMBER]);

#define MKT_TEXT_COUNT 27 /* bytes that hold any count, NUL included */

/* Writes n digits in groups of three, "1,234,567", without a NUL, and returns the end. */
char *mkt_text_group(const char *digits, size_t n, char *out);

/* A count as people read it: "999", "1,234,567", "-1,000". Row numbers, years and ids are no counts:
 * what is looked up or typed in stays plain. Returns `out`. */
char *mkt_text_count(int64_t n, char out[MKT_TEXT_COUNT]);

/* The same for one argument of a printf; the text lives as long as the block. */
#define MKT_COUNT(n) mkt_text_count((int64_t)(n), (char[MKT_TEXT_COUNT]){0})

/* Reads a whole finite number; false if anything else stands in the text. */
bool mkt_text_to_double(const char *text, double *out);
bool mkt_text_to_int(const char *text, int64_t *out);

/* Length of the valid UTF-8 character at text (n bytes left), 0 if it is none. */
size_t mkt_text_utf8(const char *text, size_t n);
bool mkt_text_is_utf8(const char *s, size_t n);

/* A copy fit to be shown: invalid UTF-8 becomes U+FFFD, control characters
 * (line ends, tabs, NUL, C1, bidirectional overrides) become one space, ends are trimmed, and
 * what is longer than `max` bytes is cut at a whole character and ends in "…".
 * NULL when the arena is full. */
char *mkt_text_clean(struct mkt_arena *arena, const char *s, size_t n, size_t max);

/* "Paid Search (DE)" -> "paid_search_de": ASCII letters, digits and single
 * underscores; "x" if nothing is left. At most `max` bytes. */
char *mkt_text_slug(struct mkt_arena *arena, const char *s, size_t max);

/* The small letter of an ASCII capital; every other byte as it is. */
static inline char mkt_text_small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Case-insensitive in ASCII only. */
bool mkt_text_equal_nocase(const char *a, const char *b);
bool mkt_text_has_prefix(const char *text, const char *prefix);

#endif
