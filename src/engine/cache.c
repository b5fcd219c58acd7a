#include "engine/cache.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define BUCKETS 1024 /* a power of two */

struct entry {
    struct entry *chain;         /* same bucket */
    struct entry *newer, *older; /* by last use */
    struct mkt_blob *blob;
    size_t bytes;
    uint64_t hash;
    char key[];
};

struct mkt_cache {
    pthread_mutex_t lock;
    size_t limit;
    struct entry *bucket[BUCKETS];
    struct entry *newest, *oldest;
    struct mkt_cache_stats stats;
};

mkt_status mkt_cache_open(size_t limit, struct mkt_cache **out, struct mkt_err *err)
{
    struct mkt_cache *cache = calloc(1, sizeof *cache);
    if (!cache) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the cache of answers");
    pthread_mutex_init(&cache->lock, NULL);
    cache->limit = limit;
    *out = cache;
    return MKT_OK;
}

static struct entry **place_of(struct mkt_cache *cache, const char *key, uint64_t hash)
{
    struct entry **at = &cache->bucket[hash & (BUCKETS - 1)];
    while (*at && ((*at)->hash != hash || strcmp((*at)->key, key) != 0)) at = &(*at)->chain;
    return at;
}

static void unlink_use(struct mkt_cache *cache, struct entry *e)
{
    if (e->newer)
        e->newer->older = e->older;
    else
        cache->newest = e->older;
    if (e->older)
        e->older->newer = e->newer;
    else
        cache->oldest = e->newer;
}

static void link_newest(struct mkt_cache *cache, struct entry *e)
{
    e->newer = NULL;
    e->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = e;
    cache->newest = e;
}

static void drop_oldest(struct mkt_cache *cache)
{
    struct entry *e = cache->oldest;
    *place_of(cache, e->key, e->hash) = e->chain;
    cache->oldest = e->newer;
    if (cache->oldest)
        cache->oldest->older = NULL;
    else
        cache->newest = NULL;
    cache->stats.entries--;
    cache->stats.bytes -= e->bytes;
    mkt_blob_release(e->blob);
    free(e);
}

void mkt_cache_close(struct mkt_cache *cache)
{
    if (!cache) return;
    while (cache->oldest) drop_oldest(cache);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct mkt_blob *look(struct mkt_cache *cache, const char *key, bool count_miss)
{
    struct mkt_blob *blob = NULL;
    pthread_mutex_lock(&cache->lock);
    struct entry *e = *place_of(cache, key, mkt_hash_text(key));
    if (e) {
        unlink_use(cache, e);
        link_newest(cache, e);
        blob = mkt_blob_hold(e->blob);
        cache->stats.hits++;
    } else if (count_miss) {
        cache->stats.misses++;
    }
    pthread_mutex_unlock(&cache->lock);
    return blob;
}

struct mkt_blob *mkt_cache_get(struct mkt_cache *cache, const char *key)
{
    return look(cache, key, true);
}

struct mkt_blob *mkt_cache_peek(struct mkt_cache *cache, const char *key)
{
    return look(cache, key, false);
}

static void make_room(struct mkt_cache *cache, size_t bytes)
{
    while (cache->oldest && cache->stats.bytes + bytes > cache->limit) drop_oldest(cache);
}

void mkt_cache_put(struct mkt_cache *cache, const char *key, struct mkt_blob *blob)
{
    size_t n = strlen(key) + 1, bytes = sizeof(struct entry) + n + sizeof *blob + blob->length;
    uint64_t hash = mkt_hash_text(key);
    if (bytes > cache->limit / 4) return;
    pthread_mutex_lock(&cache->lock);
    struct entry *e = *place_of(cache, key, hash) ? NULL : malloc(sizeof *e + n);
    if (e) {
        make_room(cache, bytes);
        memcpy(e->key, key, n);
        e->hash = hash;
        e->bytes = bytes;
        e->chain = NULL;
        e->blob = mkt_blob_hold(blob);
        *place_of(cache, key, hash) = e;
        link_newest(cache, e);
        cache->stats.entries++;
        cache->stats.bytes += bytes;
    }
    pthread_mutex_unlock(&cache->lock);
}

void mkt_cache_stats(struct mkt_cache *cache, struct mkt_cache_stats *out)
{
    pthread_mutex_lock(&cache->lock);
    *out = cache->stats;
    pthread_mutex_unlock(&cache->lock);
}
