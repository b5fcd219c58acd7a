/* What parts the channels of a path written out: "a > b > c", "a -> b", "a → b", "a|b". */
#ifndef MKT_SOURCE_PATH_MARKS_H
#define MKT_SOURCE_PATH_MARKS_H

#include <stdbool.h>
#include <stddef.h>

/* The first MKT_PATH_MARKS_SURE show a path wherever they stand; the others also part lists of other
 * things, so the column's name has to say that it is a path. */
enum { MKT_PATH_MARKS_SURE = 5, MKT_PATH_MARKS = 8 };
extern const char *const mkt_path_marks[MKT_PATH_MARKS]; /* "->" before ">" */
#define MKT_PATH_MARKS_PLAIN 4                           /* ">" */

/* Bit i: mark i is in the cell. The ">" of an arrow is not one. */
unsigned mkt_path_marks_look(const char *s, size_t n);

/* Writes the cell with ">" for the mark.   out  [n] at least
 * Returns its length.   Checked  tests/source/path_marks_test.c */
size_t mkt_path_marks_write(const char *s, size_t n, size_t mark, char *out);

#endif
