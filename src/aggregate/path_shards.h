/* Paths counted by many threads at once, each path kept once.
 *
 * Paths are dealt to shards by their hash. A thread gathers journeys for each
 * shard and adds them under its lock once there are some hundred, so the shard's
 * table is looked up with what it needs already on its way from memory. mkt_path_shards_finish lays all paths out in
 * the order of mkt_paths_finish: shards follow one another as the hashes do, so
 * threads sort and copy them side by side. Channels may be numbered for good
 * only then, when all of them are known: paths are hashed anew and dealt again.
 */
#ifndef MKT_AGGREGATE_PATH_SHARDS_H
#define MKT_AGGREGATE_PATH_SHARDS_H

#include <pthread.h>
#include <stdatomic.h>

#include "aggregate/paths.h"

#define MKT_PATH_SHARDS 64
#define MKT_PATH_SHARD_SHIFT 58 /* of a hash: what is left is the shard */
#define MKT_PATH_RECORD_UNIT 16 /* bytes: what arenas align to */

/* A path as a shard keeps it, and a journey on its way there. */
struct mkt_path_record {
    uint64_t hash;
    struct mkt_path_counts counts;
    uint32_t steps;
    uint32_t next; /* the place of the record that came after it, 0 for none */
    uint32_t step[];
};

/* A record as a shard's table names it. */
struct mkt_path_slot {
    uint32_t place; /* 1 + place in the arena in units of 16 bytes; 0: none */
    uint32_t hash;  /* its last 32 bits */
};

struct mkt_path_shard {
    pthread_mutex_t lock;
    struct mkt_arena arena;
    struct mkt_path_slot *slot; /* [slots] probed linearly */
    size_t slots, paths, steps;
    uint32_t first, last; /* places of records, in the order they came */
    struct mkt_path_counts total;
};

struct mkt_path_shards {
    struct mkt_path_shard shard[MKT_PATH_SHARDS];
};

/*   room  bytes that all shards together may take: the same for each, as hashes are spread evenly
 * Errors  MKT_E_NOMEM  the address space cannot be reserved */
MKT_MUST_CHECK mkt_status mkt_path_shards_open(struct mkt_path_shards *shards, size_t room,
                                               struct mkt_err *err);
void mkt_path_shards_close(struct mkt_path_shards *shards);

#define MKT_PATH_BATCH_BYTES ((size_t)8192) /* of journeys that wait for one shard */

/* The journeys that one thread has not added yet. */
struct mkt_path_batch {
    struct mkt_path_shards *shards;
    char *waiting; /* [MKT_PATH_SHARDS][MKT_PATH_BATCH_BYTES] records */
    size_t bytes[MKT_PATH_SHARDS];
};

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_path_batch_init(struct mkt_path_batch *batch, struct mkt_arena *arena,
                                              struct mkt_path_shards *shards, struct mkt_err *err);

/* Adds journeys along one path.   step [steps]: numbers of channels; steps >= 1
 * Errors  MKT_E_NOMEM  a shard is full
 *         MKT_E_LIMIT  as mkt_paths_add */
MKT_MUST_CHECK mkt_status mkt_path_batch_add(struct mkt_path_batch *batch, const uint32_t *step,
                                             size_t steps, const struct mkt_path_counts *counts,
                                             struct mkt_err *err);

/* Adds what is left; before mkt_path_shards_finish. Errors as mkt_path_batch_add. */
MKT_MUST_CHECK mkt_status mkt_path_batch_flush(struct mkt_path_batch *batch, struct mkt_err *err);

/* Lays out all paths as mkt_paths_finish would; the shards are used up.
 *
 *   rank     the number of each channel in paths, by the number it was added under; NULL: the same
 *   paths    initialised, without paths; its channels are in byte order
 *   threads  at most 16 are used; the result does not depend on them
 *
 * Errors   MKT_E_NOMEM  the arena of paths, or a shard, is full
 *          MKT_E_LIMIT  a sum is too large to add exactly
 * Cost     linear in paths and their steps
 * Checked  tests/aggregate/path_shards_test.c */
MKT_MUST_CHECK mkt_status mkt_path_shards_finish(struct mkt_path_shards *shards,
                                                 const uint32_t *rank, int threads,
                                                 struct mkt_paths *paths, struct mkt_err *err);

/* The record at a place that is not 0. */
static inline struct mkt_path_record *mkt_path_shard_record(const struct mkt_path_shard *shard,
                                                            uint32_t place)
{
    return (struct mkt_path_record *)(void *)(shard->arena.base +
                                              (size_t)(place - 1) * MKT_PATH_RECORD_UNIT);
}

#endif
