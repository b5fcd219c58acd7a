/* Every step of every journey as one number: the channels before it, then what came.
 *
 *     key = latest channel before, the one before that, ... depth of them | what came
 *
 * each in as many bits as it takes; nothing behind is 0, channel k is k + 1. What
 * came is a channel, K for (conversion) or K + 1 for (null). In sorted keys the
 * contexts of every length lie together, those of length k + 1 within those of
 * length k: one sort serves chains of every order.
 *
 * Keys are made share by share, each for some of the latest channels (the first
 * begins with those that begin a journey), so that threads can work side by side
 * and not all keys have to be in memory. Making a share looks at every path.
 */
#ifndef MKT_MODEL_STEP_KEYS_H
#define MKT_MODEL_STEP_KEYS_H

#include "aggregate/paths.h"

#define MKT_STEP_KEYS_SHARES 32

struct mkt_step_key {
    uint64_t key;
    int64_t count, held; /* journeys; of these, held out: see mkt_contexts_held */
};

struct mkt_step_keys {
    const struct mkt_paths *paths;
    size_t channels, depth;
    bool nulls;       /* whether journeys that did not convert are among them */
    int bits;         /* of one channel in a key */
    uint8_t *held[2]; /* [paths]: of the journeys that did not convert, and of those that did */
    int64_t *came[2]; /* [channels + 2]: how often each came in all, and held out */
    struct mkt_step_key
        *place;          /* by key, where so few can be that they are counted at once; NULL */
    size_t shares, most; /* most: room for the keys of the largest, equal ones not joined yet */
    size_t first[MKT_STEP_KEYS_SHARES + 1]; /* of a share: latest channel, + 1 */
};

/* The most channels back that a key can hold: 10 and more up to 30 channels, 9 up to 62, 8 up to
 * 126, 3 of 5,000. */
size_t mkt_step_keys_depth(size_t channels);

/* Draws what is held out and parts the keys into shares: some two a thread, and more where one of
 * them would take more than `room` bytes in mkt_step_keys_make.
 *   depth 1..mkt_step_keys_depth
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_step_keys_init(struct mkt_step_keys *keys, struct mkt_arena *arena,
                                             const struct mkt_paths *paths, size_t depth,
                                             bool nulls, int threads, size_t room,
                                             struct mkt_err *err);

/* The keys of one share, sorted, equal ones joined; returns their number.   key, room [most]
 * Cost  one pass over all paths, and a few over the keys, most of them in parts of some 100 kB */
size_t mkt_step_keys_make(const struct mkt_step_keys *keys, size_t share, struct mkt_step_key *key,
                          struct mkt_step_key *room);

#endif
