/* A table while it is examined: what recognise.c and recognise_lacks.c share. Private to them. */
#ifndef MKT_SOURCE_RECOGNISE_EXAM_H
#define MKT_SOURCE_RECOGNISE_EXAM_H

#include "source/recognise.h"

/* The columns that could play one role. */
struct candidates {
    size_t column[MKT_ROLE_PARTS + 1];
    size_t count; /* may pass the room: only the first are kept */
    int class;    /* of their names, -1 for none */
};

/* A table under examination. */
struct exam {
    struct mkt_arena *arena;
    struct mkt_relation *r;
    const struct mkt_recognise_choice *choice;
    size_t choices;
    mkt_kind kind; /* being tried */
    struct mkt_recognised is;
    struct candidates open[MKT_ROLES]; /* where several are equally good: to be asked */
    bool forced;    /* the user says what kind it is: what speaks against it does not count */
    bool no_sample; /* every row that was looked at is broken: names alone must do */
    bool *taken;    /* columns that have a role already */
    struct mkt_err *err;
};

static inline bool mkt_recognise_exam_has(const struct exam *x, mkt_role role)
{
    return x->is.parts[role] > 0;
}

/* Whether the values of a column look like that. */
bool mkt_recognise_exam_looks(const struct mkt_column *column, mkt_form form);
/* Gives the columns the roles of a kind; *fitting when the table is one. */
mkt_status mkt_recognise_exam_try(struct exam *x, mkt_kind kind, bool *fitting);
/* Whether the column of a role has one of these names. */
bool mkt_recognise_exam_is_called(const struct exam *x, mkt_role role, const char *pattern);
bool mkt_recognise_exam_has_order(const struct exam *x);
/* Someone bought something: no day of advertising, whatever its columns are called. */
bool mkt_recognise_exam_is_sale(const struct exam *x);

#endif
