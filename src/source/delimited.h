/* Rows of delimited text (CSV, TSV and their kin), split as RFC 4180 says, and
 * the dialect of a file guessed from its beginning.
 *
 * Pure bytes, no I/O. A cell in double quotes may hold delimiters and line
 * ends, a doubled quote stands for one; a quote in the middle of a cell is an
 * ordinary character. LF, CR and CR LF end a row.
 */
#ifndef MKT_SOURCE_DELIMITED_H
#define MKT_SOURCE_DELIMITED_H

#include <stdbool.h>
#include <stddef.h>

struct mkt_cell {
    const char *s;
    size_t n;
    bool escaped; /* needs mkt_delimited_plain or mkt_jsonrows_plain */
};

struct mkt_row {
    struct mkt_cell *cell; /* room for `room` of them, the caller's */
    size_t room;
    size_t cells;      /* in the row, also beyond `room` */
    bool extra_filled; /* a cell beyond `room` is not empty */
    bool high;         /* a byte of 0x80 or more: UTF-8 has to be checked */
    bool nul;
    const char *end; /* just past the row and its line end */
};

typedef enum {
    MKT_ROW_WHOLE,
    MKT_ROW_BLANK,     /* an empty line */
    MKT_ROW_MORE,      /* the bytes end within the row and there is more of the file */
    MKT_ROW_UNCLOSED,  /* the file ends within a quoted cell, or within a JSON value */
    MKT_ROW_MALFORMED, /* JSON only: row->end is where it stops making sense */
    MKT_ROW_LAST       /* JSON only: the array of rows has ended at row->end */
} mkt_row_state;

/* Splits the row that begins at s; s < end. `last`: the file ends at `end`.
 * On MORE, row->cells is the cell that was being read, from 1. */
mkt_row_state mkt_delimited_row(const char *s, const char *end, bool last, char delimiter,
                                struct mkt_row *row);

/* The cell's text with doubled quotes undone, written over itself; returns its new length. */
size_t mkt_delimited_plain(char *s, size_t n);

struct mkt_dialect {
    char delimiter;
    size_t skip;     /* bytes before the header: a title, "sep=;" */
    size_t preamble; /* lines among them */
};

/* Looks at the beginning of a file (after any byte order mark).
 * Checked  tests/source/rowfile_test.c */
void mkt_delimited_guess(const char *s, size_t n, bool last, struct mkt_dialect *out);

#endif
