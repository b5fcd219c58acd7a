/* What kind of table this is, and which column plays which role.
 *
 * Rules over names, types and a sample of values (roles.c, docs/recognition.md);
 * never a list of known files. Pure C: no files, no SQL.
 */
#ifndef MKT_SOURCE_RECOGNISE_H
#define MKT_SOURCE_RECOGNISE_H

#include "source/relation.h"

/* A choice of the user's: --map role=column, or kind=... */
struct mkt_recognise_choice {
    int role;      /* mkt_role; -1: `kind` is forced; */
    size_t column; /* MKT_NO_COLUMN: no column plays this role */
    mkt_kind kind; /* MKT_KIND_NONE: the table is left out */
};

/* Adds what one value of a text column shows to the column's sample counts. */
void mkt_recognise_sample(struct mkt_column *column, const char *s, size_t n);

/* How many different values the sample has: an estimate, from 1024 bits (Whang, Vander-Zanden & Taylor,
 * ACM TODS 15 (1990) 208-229), good to a few in a hundred. */
int mkt_recognise_values(const struct mkt_column *column);

/* Text that says yes or no in 19 of 20 cells of the sample: true, false, yes, no, t, f, y, n. */
bool mkt_recognise_flags(const struct mkt_column *column);

/* Fills relation->is and the columns' role and how, from relation->words, platform and columns.
 * A table of no known kind is no error: is.kind is MKT_KIND_NONE and is.why says what is missing.
 *
 * Errors  MKT_E_AMBIGUOUS  two columns could equally be a measure or the date of a performance
 *                          table: both named, with the option that settles it
 *         MKT_E_NOMEM
 * Checked  tests/source/recognise_test.c, tests/fuzz/source_recognise_fuzz.c */
MKT_MUST_CHECK mkt_status mkt_recognise(struct mkt_arena *arena, struct mkt_relation *relation,
                                        const struct mkt_recognise_choice *choice, size_t choices,
                                        struct mkt_err *err);

#endif
