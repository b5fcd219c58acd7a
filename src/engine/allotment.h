/* How AGENT_MAX_MEMORY_MB is shared out.
 *
 * The built-in model gets its file and a gigabyte for its cache of keys and values and its buffers,
 * as long as that leaves the least for the data; it plans within its share, or is refused with the
 * numbers. Of what is left, half goes to the open data sets, a quarter to the requests that run,
 * the rest to the cache of answers and everything else. A model behind a server takes nothing.
 */
#ifndef MKT_ENGINE_ALLOTMENT_H
#define MKT_ENGINE_ALLOTMENT_H

#include "engine/settings.h"

struct mkt_allotment {
    int64_t model_mb, data_mb; /* together: AGENT_MAX_MEMORY_MB */
    int narrations;            /* answers that a model may write at once; 0 when there is none */
};

/* By the settings, and the size of the model's file if there is one.
 * Errors  MKT_E_ARG  a setting that is none
 * Checked tests/engine/allotment_test.c */
MKT_MUST_CHECK mkt_status mkt_allotment_make(const struct mkt_settings *settings,
                                             struct mkt_allotment *out, struct mkt_err *err);

/* How many data sets may be open: as many as wanted, fewer where each had under 128 MB of a quarter
 * of `data_mb` (DuckDB gets as much beside it); one at least.   bytes  out: what each has, 64 MB or
 * more, which is the least that a data set can be read with */
size_t mkt_allotment_datasets(int64_t data_mb, int64_t wanted, size_t *bytes);

/* Bytes of one of `among` that share a `part`-th of `total_mb`: at least 16 MB. */
size_t mkt_allotment_bytes(int64_t total_mb, int64_t part, int64_t among);

#endif
