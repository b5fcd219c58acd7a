/* Registered data sets kept open, shared by the requests that use them.
 *
 * Opening and summing a data set is the slow part of most answers; it is done once for each
 * version and way of reading. Several requests for the same one wait for the first. What was used
 * longest ago is closed when there are too many; what is in use is never closed.
 */
#ifndef MKT_ENGINE_OPENED_H
#define MKT_ENGINE_OPENED_H

#include "engine/datasets.h"
#include "engine/flag.h"
#include "source/dataset.h"

struct mkt_opened_cache;

/* A data set in use; mkt_opened_release gives it back. */
struct mkt_opened {
    struct mkt_dataset *dataset;
    const struct mkt_set *set; /* NULL for a file of the caller's own */
};

struct mkt_opened_options {
    size_t limit;  /* data sets kept open */
    size_t memory; /* bytes for each */
    int threads;
    const char *temp;
};

/* How a request wants its data read; see mkt_dataset_options. */
struct mkt_reading {
    const char *const *map;
    size_t maps;
    const char *dates, *decimal, *currency;
    int32_t today;
    mkt_kind asked; /* tells refusals apart, no data sets: see mkt_dataset_options */
};

/* Checked tests/engine/opened_test.c */
MKT_MUST_CHECK mkt_status mkt_opened_open(const struct mkt_opened_options *options,
                                          struct mkt_opened_cache **out, struct mkt_err *err);
void mkt_opened_close(struct mkt_opened_cache *cache); /* nothing may be in use */

/* The data set of that version, opened and summed.
 *
 *   set      stays the caller's; the cache holds its own reference
 *   flag     ends opening or waiting for it
 *
 * Errors   those of mkt_dataset_open but never for a data set without performance table: that is
 *          for the analysis to say
 *          MKT_E_CANCELLED  the flag was set */
MKT_MUST_CHECK mkt_status mkt_opened_get(struct mkt_opened_cache *cache, struct mkt_set *set,
                                         const struct mkt_reading *reading, struct mkt_flag *flag,
                                         mkt_progress *progress, void *user,
                                         struct mkt_opened **out, struct mkt_err *err);

/* The same for a file that is not registered: opened for this caller alone. */
MKT_MUST_CHECK mkt_status mkt_opened_file(struct mkt_opened_cache *cache, const char *path,
                                          const struct mkt_reading *reading, struct mkt_flag *flag,
                                          mkt_progress *progress, void *user,
                                          struct mkt_opened **out, struct mkt_err *err);

void mkt_opened_release(struct mkt_opened_cache *cache, struct mkt_opened *opened);

struct mkt_opened_stats {
    size_t open;       /* kept open now */
    uint64_t openings; /* since the start */
};

void mkt_opened_stats(struct mkt_opened_cache *cache, struct mkt_opened_stats *out);

#endif
