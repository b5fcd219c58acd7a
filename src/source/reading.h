/* A data set while it is read: its files, DuckDB, the tables recognised, and what is made of them.
 *
 * mkt_reading_open finds the tables, and each of the rest makes one thing of
 * those that tell it. What is wrong with a table of performance is the data
 * set's fault; what is wrong with another is said of that table, and questions
 * that do without it have their answer.
 */
#ifndef MKT_SOURCE_READING_H
#define MKT_SOURCE_READING_H

#include "source/dataset.h"
#include "source/event_rows.h"
#include "source/hashing.h"
#include "source/intake.h"
#include "source/purchase_rows.h"
#include "source/quality.h"
#include "source/touches.h"

#define MKT_READING_MEMORY ((size_t)1 << 30) /* where the options name none */

struct mkt_reading {
    struct mkt_arena *arena;
    const struct mkt_dataset_options *options;
    struct mkt_file *file;
    size_t files;
    bool is_folder;
    struct mkt_hashing hashing;
    struct mkt_duck duck;
    bool duck_open;
    struct mkt_intake intake;
    struct mkt_caveats caveats;
    const char *currency; /* of all money, NULL while unknown */
    int32_t today;
};

/* Arms of an experiment, or what was wrong with its table. */
struct mkt_arms_found {
    struct mkt_arms arms;
    bool there;
    struct mkt_err fault;
};

/* What is kept row by row, because each question makes something else of it. */
struct mkt_rows_found {
    struct mkt_event_rows events;
    struct mkt_touches journeys;
    struct mkt_purchase_rows purchases;
};

/* Opens what lies at `path`, and recognises its tables.
 *   arena   holds what is read
 *   hashed  begin to hash the files, too
 *   x       to be closed, whatever comes back
 * Errors  as mkt_dataset_open */
MKT_MUST_CHECK mkt_status mkt_reading_open(struct mkt_reading *x, struct mkt_arena *arena,
                                           const char *path,
                                           const struct mkt_dataset_options *options, bool hashed,
                                           struct mkt_err *err);
void mkt_reading_close(struct mkt_reading *x);

void mkt_reading_progress(const struct mkt_reading *x, const char *stage, double done);

/* Adds up each table of performance, and looks for what is wrong with it: reading_performance.c.
 * Errors  as mkt_dataset_open */
MKT_MUST_CHECK mkt_status mkt_reading_performance(struct mkt_reading *x, struct mkt_err *err);

/* Puts those tables together that are not refused by now.
 *   found  whether there is any; without it *out is left as it is */
MKT_MUST_CHECK mkt_status mkt_reading_unite(struct mkt_reading *x, struct mkt_performance *out,
                                            bool *found, struct mkt_err *err);

/* The arms of the first table of an experiment: reading_arms.c.
 * Errors  MKT_E_NOMEM, MKT_E_CANCELLED, MKT_E_IO; any other stands in out->fault */
MKT_MUST_CHECK mkt_status mkt_reading_arms(struct mkt_reading *x, struct mkt_arms_found *out,
                                           struct mkt_err *err);

/* The same with caps and quantiles.
 *   account  of the first reading
 * Errors  MKT_E_CONFLICT  the table is not there, or not as it was; as mkt_arm_sums_read */
MKT_MUST_CHECK mkt_status mkt_reading_arms_treated(struct mkt_reading *x,
                                                   const struct mkt_account *account,
                                                   const struct mkt_arms_treatment *treatment,
                                                   struct mkt_arms *out, struct mkt_err *err);

/* Events, journeys, orders and customers: reading_rows.c. Takes the hashes on the way.
 *   out  zero; to be closed, whatever comes back
 * Errors  MKT_E_NOMEM, MKT_E_CANCELLED, MKT_E_IO, MKT_E_NOSPACE */
MKT_MUST_CHECK mkt_status mkt_reading_rows(struct mkt_reading *x, struct mkt_rows_found *out,
                                           struct mkt_err *err);
void mkt_reading_rows_close(struct mkt_rows_found *rows);

#endif
