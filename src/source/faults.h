/* Finds the cells that made rows broken: a second pass, run only when the first counted some. */
#ifndef MKT_SOURCE_FAULTS_H
#define MKT_SOURCE_FAULTS_H

#include "source/duck.h"
#include "source/relation.h"

#define MKT_BROKEN_SHARE 0.05 /* of the rows; above it a table is refused */

/* Fills relation->fault with the first MKT_ROWFILE_FAULTS broken rows, and moves "Total" rows
 * without a date from broken to summaries.
 *
 * Errors  MKT_E_DATA  more than MKT_BROKEN_SHARE of the rows are broken: with the counts and the
 *                     first of them
 *         as mkt_duck_query
 * Checked  tests/source/bad_input_test.c */
MKT_MUST_CHECK mkt_status mkt_faults_find(struct mkt_arena *arena, struct mkt_duck *duck,
                                          struct mkt_relation *relation, struct mkt_err *err);

/* A cell that keeps its row out: where `bad` (SQL) is true. */
struct mkt_faults_cell {
    size_t column;
    const char *bad, *reason; /* "is no number" */
};

/* Adds the first rows with such a cell to relation->fault. A second pass over the table: for tables
 * of which rows were counted as broken. Errors as mkt_duck_query. */
MKT_MUST_CHECK mkt_status mkt_faults_locate(struct mkt_arena *arena, struct mkt_duck *duck,
                                            struct mkt_relation *relation,
                                            const struct mkt_faults_cell *cell, size_t cells,
                                            struct mkt_err *err);

/* The refusal: how many of `rows` are broken, and the first of relation->fault. */
mkt_status mkt_faults_refuse(const struct mkt_relation *relation, int64_t rows,
                             struct mkt_err *err);

#endif
