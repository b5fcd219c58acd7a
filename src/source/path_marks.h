/* What parts the channels of a path written out: "a > b > c", "a -> b", "a → b", "a|b". */
#ifndef MKT_SOURCE_PATH_MARKS_H
#define MKT_SOURCE_PATH_MARKS_H

#include <stdbool.h>
#include <stddef.h>

/* The first MKT_PATH_MARKS_SURE show a path wherever they stand; the others also part lists of other
 * things, so the column's name has to say that it is a path. The slash is the last that is tried. */
enum {
    MKT_PATH_MARKS_SURE = 9,
    MKT_PATH_MARKS_PLAIN = 8,
    MKT_PATH_MARKS_SLASH = 13,
    MKT_PATH_MARKS
};
extern const char *const mkt_path_marks[MKT_PATH_MARKS]; /* "->" before ">", which is _PLAIN */

/* Bit i: mark i is in the cell. The ">" of an arrow is not one, nor is the slash between a source and
 * a medium (google / cpc), at the begin of a page (/shop/cart) or in an address (https://). */
unsigned mkt_path_marks_look(const char *s, size_t n);

/* Writes the cell with ">" for the mark.   out  [n] at least
 * Returns its length.   Checked  tests/source/path_marks_test.c */
size_t mkt_path_marks_write(const char *s, size_t n, size_t mark, char *out);

#endif
