/* Finished answers by everything they depend on.
 *
 * The same data, analysis, parameters and format give the same bytes, so an answer may be given
 * again without being computed: the key holds all of these, and nothing ever becomes stale. What
 * was used longest ago goes first when the limit of bytes is reached.
 */
#ifndef MKT_ENGINE_CACHE_H
#define MKT_ENGINE_CACHE_H

#include <stdint.h>

#include "engine/blob.h"

struct mkt_cache;

struct mkt_cache_stats {
    uint64_t hits, misses;
    size_t entries, bytes;
};

/* `limit` in bytes, keys and bookkeeping included; 0 keeps nothing.
 * Errors  MKT_E_NOMEM  no memory
 * Checked tests/engine/cache_test.c */
MKT_MUST_CHECK mkt_status mkt_cache_open(size_t limit, struct mkt_cache **out, struct mkt_err *err);
void mkt_cache_close(struct mkt_cache *cache);

/* A reference to the answer of that key, or NULL. Any thread. */
struct mkt_blob *mkt_cache_get(struct mkt_cache *cache, const char *key);

/* The same, but what is not there is not counted as a miss: someone will ask again. */
struct mkt_blob *mkt_cache_peek(struct mkt_cache *cache, const char *key);

/* Keeps a reference of its own, unless the key is there already; an answer larger than a quarter
 * of the limit is not kept. Losing an entry is no error, so neither is a lack of memory here. */
void mkt_cache_put(struct mkt_cache *cache, const char *key, struct mkt_blob *blob);

void mkt_cache_stats(struct mkt_cache *cache, struct mkt_cache_stats *out);

#endif
