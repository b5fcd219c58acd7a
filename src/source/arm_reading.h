/* What the files that read an experiment table share: the table, its columns, and how its cells are
 * written in SQL. */
#ifndef MKT_SOURCE_ARM_READING_H
#define MKT_SOURCE_ARM_READING_H

#include <math.h>

#include "aggregate/arms.h"
#include "base/buf.h"
#include "source/arm_columns.h"
#include "source/dataset.h"
#include "source/duck.h"

/* Everything that is at hand while one table is read. */
struct mkt_arm_reading {
    struct mkt_arena *arena;
    struct mkt_duck *duck;
    struct mkt_relation *r;
    struct mkt_arm_columns columns;
    struct mkt_arms_metric *metric;
    const struct mkt_arms_treatment *treatment; /* NULL for none */
    struct mkt_arms *out;
    int64_t rows;              /* that went into units */
    bool looked;               /* at names; then: */
    bool no_voids;             /* "null" names no variant */
    const char *respell[2];    /* variants, segments: SQL of those that are another one, or NULL */
    struct mkt_rows_room room; /* of the rows of one thread */
    size_t walk_room;          /* bytes in which one thread adds up units */
    size_t threads;
    struct mkt_err *err;
};

extern const char *const mkt_arm_reading_letter[MKT_ARMS_VARIABLES]; /* "y", "d", "x", "e" */

static inline bool mkt_arm_reading_has(const struct mkt_arm_columns_metric *m, int variable)
{
    return m->variable[variable] != MKT_NO_COLUMN;
}

/* The treatment's figure for a metric, NAN when it has none. */
static inline double mkt_arm_reading_asked(const double *of, size_t metric)
{
    return of ? of[metric] : NAN;
}

/* How numbers are written in columns (of sums: that of the units first); which column is the day; whether the segments are some.
 * Errors  MKT_E_AMBIGUOUS, MKT_E_NOMEM, and those of a query */
MKT_MUST_CHECK mkt_status mkt_arm_reading_settle(struct mkt_arm_reading *x, const size_t *column,
                                                 size_t n,
                                                 const struct mkt_dataset_options *options);
MKT_MUST_CHECK mkt_status mkt_arm_reading_settle_day(struct mkt_arm_reading *x,
                                                     const struct mkt_dataset_options *options);
MKT_MUST_CHECK mkt_status mkt_arm_reading_settle_segment(struct mkt_arm_reading *x);

/* Begins with empty arms. */
void mkt_arm_reading_begin(struct mkt_arm_reading *x);

/* Once: looks through names for some that are one (mkt_spellings_find, by units of x->out), and those of
 * variants for such as "null" and "(not set)" (void_names.h): sets respell and no_voids, out->respelled
 * and out->respelled_segments. True when any is set: the rows are to be read once more.
 *   variant, segment  all that rows have, those of units that count in no arm, too, as SQL has them
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_arm_reading_look_at_names(struct mkt_arm_reading *x,
                                                        const struct mkt_names *variant,
                                                        const struct mkt_names *segment,
                                                        bool *anew);
void mkt_arm_reading_add_variant(struct mkt_buf *sql, const struct mkt_arm_reading *x);

/* A name without blanks around it, NULL where there is none. */
void mkt_arm_reading_add_name(struct mkt_buf *sql, const struct mkt_relation *r, size_t i);
void mkt_arm_reading_add_segment(struct mkt_buf *sql, const struct mkt_arm_reading *x);
void mkt_arm_reading_add_day(struct mkt_buf *sql, const struct mkt_relation *r,
                             const struct mkt_arm_columns *c);

/* Whole numbers are added up as they are and scaled a unit at a time. */
bool mkt_arm_reading_is_whole(const struct mkt_column *c);

/* BIGINT: the number in a column, in millionths unless it is whole, NULL where there is none. */
void mkt_arm_reading_add_micros(struct mkt_buf *sql, const struct mkt_relation *r, size_t i);

/* A condition: something stands there that is no number, or one that is too large. */
void mkt_arm_reading_add_bad(struct mkt_buf *sql, const struct mkt_relation *r, size_t i);

/* " OR such a cell" for each that metrics are read from. */
void mkt_arm_reading_add_any_bad(struct mkt_buf *sql, const struct mkt_arm_reading *x);

/* MKT_E_LIMIT with its sentence. */
MKT_MUST_CHECK mkt_status mkt_arm_reading_too_large(struct mkt_arm_reading *x, size_t metric);

#endif
