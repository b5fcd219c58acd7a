/* Touchpoints and paths tables to aggregates.
 *
 * Rows of touchpoints tables are kept, dealt to piles by user (and spilled
 * beyond a limit), because what makes a journey of them is asked anew with
 * each question. DuckDB's threads hand over whole columns; channels become
 * numbers on the way. Paths tables are added up at once.
 */
#ifndef MKT_SOURCE_TOUCHES_H
#define MKT_SOURCE_TOUCHES_H

#include "aggregate/touchpoints.h"
#include "source/dataset.h"
#include "source/duck.h"
#include "source/relation.h"

#define MKT_TOUCHES_PARTS 64

/* What the tables of a data set say about journeys. */
struct mkt_touches {
    struct mkt_touchpoints *part[MKT_TOUCHES_PARTS]; /* of touchpoints tables */
    size_t parts;
    struct mkt_arena arena[MKT_TOUCHES_PARTS]; /* of each part */
    int64_t *rows[MKT_TOUCHES_PARTS];          /* [counted] of each channel of a part */
    size_t counted[MKT_TOUCHES_PARTS];
    struct mkt_paths paths;       /* of paths tables, finished */
    struct mkt_performance spend; /* what touches cost, by day, channel and campaign */
    bool has_touchpoints, has_paths, has_conversions, has_values, has_nulls, has_views;
    bool has_campaigns, has_spend, has_withheld;
    bool keep_users;                                      /* remember who converted */
    struct mkt_touchpoints_user *user[MKT_TOUCHES_PARTS]; /* [users], one a conversion */
    size_t users[MKT_TOUCHES_PARTS], user_cap[MKT_TOUCHES_PARTS];
    int32_t today;           /* what is dated after the day that follows is kept out */
    int64_t future, several; /* rows so dated; rows that tell more than one conversion */
    int64_t passed;          /* events that name no channel and are no conversion */
    int threads;             /* to work with, where the database's have handed over */
    struct mkt_rows_room room;
};

/* Reads a relation of kind TOUCHPOINTS or PATHS, and settles how its cells are written.
 * relation->void_names is increased by rows in which a word stands for no channel or campaign, and
 * relation->broken by rows without a user, a time, or a channel where nothing converted,
 * with a value that is no number, or with conversions that are no whole number of 0 and more nor yes
 * or no; relation->nobody by those without a user alone.
 *
 * Errors  MKT_E_DATA   a path without a channel; as mkt_duck_query
 *         MKT_E_AMBIGUOUS  as mkt_profile_settle
 *         MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE
 * Checked tests/source/touches_test.c */
MKT_MUST_CHECK mkt_status mkt_touches_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                           struct mkt_relation *relation,
                                           const struct mkt_dataset_options *options,
                                           struct mkt_touches *out, struct mkt_err *err);

/* Lets go of arenas and temporary files. */
void mkt_touches_close(struct mkt_touches *touches);

#endif
