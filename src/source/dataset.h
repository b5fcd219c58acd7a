/* A data set: files or a database, opened, recognised, and turned into aggregates.
 *
 * The only room that knows DuckDB and SQL. What is in the tables is found by
 * rules over names, types and values (docs/recognition.md); everything that
 * was taken for something, ignored or kept out stands in the account.
 *
 * A data set is immutable after opening and may be used from several threads;
 * aggregates are computed once and shared.
 */
#ifndef MKT_SOURCE_DATASET_H
#define MKT_SOURCE_DATASET_H

#include <stdatomic.h>

#include "aggregate/arms.h"
#include "aggregate/events.h"
#include "aggregate/performance.h"
#include "aggregate/purchases.h"
#include "aggregate/touchpoints.h"
#include "fact/account.h"
#include "source/roles.h"

struct mkt_dataset;

typedef void mkt_progress(void *user, const char *stage, double done); /* done: 0..1 */

struct mkt_dataset_options {
    const char *const *map; /* "spend=Amount spent (EUR)" or "file.csv:spend=Amount" */
    size_t maps;
    const char *dates;    /* NULL, "day-first" or "month-first" */
    const char *decimal;  /* NULL, "comma" or "point" */
    const char *currency; /* NULL, or the ISO code whose rows are kept */
    size_t memory;        /* bytes DuckDB may use; 0 for 1 GB. The arena has as much again */
    int threads;          /* 0 for one a core */
    const char *temp;     /* folder to spill to; NULL for the system's */
    int32_t today;        /* day that "in the future" is measured from; 0 for the clock's */
    mkt_kind asked;       /* what a refusal of everything is to speak of; MKT_KIND_NONE for any */
    bool keep_users;      /* remember the names of users who converted: see mkt_dataset_journeys */
    mkt_progress *progress;
    void *user;
    const atomic_bool *cancel; /* NULL, or set true from another thread to stop */
};

/* Opens a file, a folder or a DuckDB file, recognises its tables and reads the account.
 *
 * Errors  MKT_E_NOT_FOUND   no such file or folder
 *         MKT_E_EMPTY       no usable table: the sentence says what was found and what is needed
 *         MKT_E_AMBIGUOUS   a column or a date style could be two things: the sentence names the
 *                           option that settles it
 *         MKT_E_DATA        broken beyond the stated share, mixed currencies, duplicated columns,
 *                           not text: with file, row, column, value
 *         MKT_E_ARG         a --map that names no such column or role
 *         MKT_E_LIMIT       too many columns or files, a line or cell too long
 *         MKT_E_CANCELLED, MKT_E_NOMEM, MKT_E_IO */
MKT_MUST_CHECK mkt_status mkt_dataset_open(const char *path,
                                           const struct mkt_dataset_options *options,
                                           struct mkt_dataset **out, struct mkt_err *err);
void mkt_dataset_close(struct mkt_dataset *dataset);

const struct mkt_account *mkt_dataset_account(const struct mkt_dataset *dataset);

/* Daily sums of all performance tables, finished; lives as long as the data set.
 * Errors  MKT_E_EMPTY  no table with date, spend and a channel or campaign */
MKT_MUST_CHECK mkt_status mkt_dataset_performance(struct mkt_dataset *dataset,
                                                  const struct mkt_performance **out,
                                                  struct mkt_err *err);

/* The arms of the experiment table, finished; lives as long as the data set.
 * Errors  MKT_E_EMPTY  no table with a unit, a variant and a metric, or per-arm sums */
MKT_MUST_CHECK mkt_status mkt_dataset_arms(struct mkt_dataset *dataset, const struct mkt_arms **out,
                                           struct mkt_err *err);

/* The same arms with caps and quantiles, read from the rows once more.
 *
 *   treatment  for each metric of mkt_dataset_arms, in its order
 *   cancel     may be NULL
 *   arena      holds the result and what it takes to read it
 *
 * Errors  as mkt_dataset_open and mkt_arm_sums_read, and
 *         MKT_E_CONFLICT  the files have changed since the data set was opened */
MKT_MUST_CHECK mkt_status mkt_dataset_arms_treated(const struct mkt_dataset *dataset,
                                                   struct mkt_arena *arena,
                                                   const struct mkt_arms_treatment *treatment,
                                                   const atomic_bool *cancel,
                                                   const struct mkt_arms **out,
                                                   struct mkt_err *err);

/* What the tables say about journeys; lives as long as the data set. */
struct mkt_dataset_journeys {
    struct mkt_touchpoints *const *part; /* [parts] rows of touchpoints tables */
    size_t parts;
    const struct mkt_paths *paths;            /* of paths tables, finished; NULL for none */
    bool conversions, values;                 /* whether these are told */
    bool nulls;                               /* paths tell of journeys that did not convert */
    bool views;                               /* touchpoints tell views from clicks */
    bool campaigns;                           /* touchpoints tell campaigns */
    bool withheld;                            /* some rows are touches withheld by chance */
    struct mkt_touchpoints_user *const *user; /* [parts][users[part]] one a conversion, in no
                                                 order; where the data set was opened to keep them */
    const size_t *users;
    const struct mkt_performance *spend; /* what touches cost where they tell it, else NULL */
};

/* Errors  MKT_E_EMPTY  no table of touchpoints or paths */
MKT_MUST_CHECK mkt_status mkt_dataset_journeys(struct mkt_dataset *dataset,
                                               struct mkt_dataset_journeys *out,
                                               struct mkt_err *err);

/* What the tables say about events; lives as long as the data set. */
struct mkt_dataset_events {
    struct mkt_events *const *part; /* [parts] */
    size_t parts;
    size_t properties;
    const char *property[MKT_EVENTS_PROPERTIES]; /* names as the data have them */
    const char *role[MKT_EVENTS_PROPERTIES];     /* "segment", "channel", ..., or NULL */
    const char *left_out;                        /* columns beyond the most, quoted, or NULL */
    bool values, sessions;                       /* whether these are told */
};

/* Errors  MKT_E_EMPTY  no table of events */
MKT_MUST_CHECK mkt_status mkt_dataset_events(struct mkt_dataset *dataset,
                                             struct mkt_dataset_events *out, struct mkt_err *err);

/* What the tables say about orders and customers; lives as long as the data set. */
struct mkt_dataset_purchases {
    struct mkt_purchases *const *part; /* [parts] */
    size_t parts;
    bool customers;        /* some table tells of customers */
    bool costs;            /* every order tells what the goods cost */
    bool channels;         /* orders or customers tell channels */
    bool segments, starts; /* customers' segments; the day they came */
    int64_t refunds;
};

/* Errors  MKT_E_EMPTY  no table of orders */
MKT_MUST_CHECK mkt_status mkt_dataset_purchases(struct mkt_dataset *dataset,
                                                struct mkt_dataset_purchases *out,
                                                struct mkt_err *err);

#endif
