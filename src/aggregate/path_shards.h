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
#include <string.h>

#include "aggregate/paths.h"

#define MKT_PATH_SHARDS 64
#define MKT_PATH_STORES 8
#define MKT_PATH_SHARD_SHIFT 58 /* of a hash: what is left is the shard */
#define MKT_PATH_RECORD_UNIT 16 /* bytes: what arenas align to */

/* A path as a shard keeps it, and a journey on its way there. */
struct mkt_path_record {
    uint64_t hash;
    struct mkt_path_counts counts;
    uint32_t steps;
    unsigned char step[]; /* [steps] numbers of as many bytes as the largest channel takes */
};

/* A record as a shard's table names it. */
struct mkt_path_slot {
    uint32_t place; /* 1 + place in the arena in units of 16 bytes; 0: none */
    uint32_t hash;  /* 32 bits of it, those after the shard's */
};

/* Where an eighth of the shards lie: so large that they lie in large pages, so small that what is laid
 * out is soon given back. */
struct mkt_path_store {
    pthread_mutex_t lock;
    struct mkt_arena arena;
    atomic_size_t laid_out; /* of its shards */
};

struct mkt_path_shard {
    pthread_mutex_t lock;
    struct mkt_path_store *store;
    size_t width; /* bytes of a step: 1, 2 or 4 */
    /* [2^bits] probed linearly from where the first bits of slot.hash say, so that they stand
     * nearly in order */
    struct mkt_path_slot *slot;
    int bits, first_bits;         /* 0: no slot yet; of the first table */
    size_t paths, steps, longest; /* steps of all; of the longest */
    char *room;               /* for records: a piece of the store, or the table before it grew */
    size_t room_bytes, piece; /* piece: bytes of the one taken last */
    struct mkt_path_counts total;
};

struct mkt_path_shards {
    struct mkt_path_store store[MKT_PATH_STORES];
    struct mkt_path_shard shard[MKT_PATH_SHARDS];
};

/*   shards    stay where they are until closed
 *   room      bytes that all shards together may take
 *   channels  every step is less; 0 where that is not known
 *   journeys  that may come, about; 0 where that is not known
 * Errors  MKT_E_NOMEM  the address space cannot be reserved */
MKT_MUST_CHECK mkt_status mkt_path_shards_open(struct mkt_path_shards *shards, size_t room,
                                               size_t channels, size_t journeys,
                                               struct mkt_err *err);
void mkt_path_shards_close(struct mkt_path_shards *shards);

#define MKT_PATH_BATCH_BYTES ((size_t)8192) /* of journeys that wait for one shard */

/* The journeys that one thread has not added yet. */
struct mkt_path_batch {
    struct mkt_path_shards *shards;
    size_t width;  /* bytes of a step */
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

/* Steps of `width` bytes each as numbers, and back. */
static inline void mkt_path_shards_read_steps(const unsigned char *from, size_t width, size_t steps,
                                              uint32_t *to)
{
    if (width == 1)
        for (size_t i = 0; i < steps; i++) to[i] = from[i];
    else if (width == 2)
        for (size_t i = 0; i < steps; i++)
            to[i] = (uint32_t)from[2 * i] | (uint32_t)from[2 * i + 1] << 8;
    else
        memcpy(to, from, steps * sizeof *to);
}

static inline void mkt_path_shards_write_steps(const uint32_t *from, size_t steps, size_t width,
                                               unsigned char *to)
{
    if (width == 1) {
        for (size_t i = 0; i < steps; i++) to[i] = (unsigned char)from[i];
    } else if (width == 2) {
        for (size_t i = 0; i < steps; i++) {
            to[2 * i] = (unsigned char)from[i];
            to[2 * i + 1] = (unsigned char)(from[i] >> 8);
        }
    } else {
        memcpy(to, from, steps * sizeof *from);
    }
}

/* Where a table's slot for these bits of a hash would be, were all others free. */
static inline size_t mkt_path_shard_home(const struct mkt_path_shard *shard, uint32_t bits)
{
    return bits >> (32 - shard->bits);
}

/* The record at a place that is not 0. */
static inline struct mkt_path_record *mkt_path_shard_record(const struct mkt_path_shard *shard,
                                                            uint32_t place)
{
    return (struct mkt_path_record *)(void *)(shard->store->arena.base +
                                              (size_t)(place - 1) * MKT_PATH_RECORD_UNIT);
}

#endif
