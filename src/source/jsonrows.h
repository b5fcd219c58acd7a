/* Rows of JSON: an array of objects, one object a line (NDJSON), or an object
 * that holds such an array under "data", "rows", "results" and the like.
 *
 * Pure bytes, no recursion, no tree: an object's members become the cells of a
 * row; what is nested deeper stays text. Columns are the keys in order of
 * first appearance.
 */
#ifndef MKT_SOURCE_JSONROWS_H
#define MKT_SOURCE_JSONROWS_H

#include "source/rowfile.h"

typedef enum {
    MKT_JSONROWS_NONE,  /* no rows here: the sentence for it is the caller's */
    MKT_JSONROWS_LINES, /* objects one after another */
    MKT_JSONROWS_ARRAY
} mkt_jsonrows_shape;

/* Where the first row begins, looking at the file's first bytes. */
mkt_jsonrows_shape mkt_jsonrows_find(const char *s, size_t n, size_t *begin);

/* Reads the object that begins at or after s. With `learn`, unknown keys become columns of it
 * (which is then `file`, not const, and uses `arena`); otherwise they are passed over.
 * row->cell has room for MKT_ROWFILE_COLUMNS. *full: a column more than there may be, or the
 * arena is full. Checked  tests/source/rowfile_test.c */
mkt_row_state mkt_jsonrows_row(const char *s, const char *end, bool last,
                               const struct mkt_rowfile *file, struct mkt_row *row);
mkt_row_state mkt_jsonrows_learn(struct mkt_arena *arena, const char *s, const char *end, bool last,
                                 struct mkt_rowfile *file, struct mkt_row *row, bool *full);

/* A string's text with its escapes undone, written over itself; returns its new length. */
size_t mkt_jsonrows_plain(char *s, size_t n);

#endif
