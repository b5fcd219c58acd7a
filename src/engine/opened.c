#include "engine/opened.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WAIT_MS 20 /* how often a request that waits looks whether it is still wanted */

struct entry {
    struct mkt_opened opened; /* first: cast back */
    struct entry *next;
    char *key; /* NULL for a file of the caller's own */
    struct mkt_set *set;
    struct mkt_flag *flag; /* of the request that opened it; the data set points to it */
    bool ready, listed;
    unsigned users;
    uint64_t used;
    /* where progress of opening goes; only while it is opened */
    mkt_progress *progress;
    void *user;
};

struct mkt_opened_cache {
    pthread_mutex_t lock;
    pthread_cond_t change;
    struct mkt_opened_options options;
    struct entry *first;
    size_t count;
    uint64_t clock, openings;
};

static mkt_status no_memory(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_NOMEM, "no memory to open a data set");
}

mkt_status mkt_opened_open(const struct mkt_opened_options *options, struct mkt_opened_cache **out,
                           struct mkt_err *err)
{
    struct mkt_opened_cache *cache = calloc(1, sizeof *cache);
    if (!cache) return no_memory(err);
    cache->options = *options;
    pthread_mutex_init(&cache->lock, NULL);
    pthread_cond_init(&cache->change, NULL);
    *out = cache;
    return MKT_OK;
}

static void destroy(struct entry *e)
{
    if (e->opened.dataset) mkt_dataset_close(e->opened.dataset);
    mkt_datasets_release(e->set);
    mkt_flag_release(e->flag);
    free(e->key);
    free(e);
}

void mkt_opened_close(struct mkt_opened_cache *cache)
{
    if (!cache) return;
    while (cache->first) {
        struct entry *e = cache->first;
        cache->first = e->next;
        destroy(e);
    }
    pthread_cond_destroy(&cache->change);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static char *key_of(const struct mkt_set *set, const struct mkt_reading *r)
{
    char *key = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&key, &size);
    if (!text) return NULL;
    fprintf(text, "%s\n%s\n%s\n%s\n%s\n%d", set->name, set->version, r->dates ? r->dates : "",
            r->decimal ? r->decimal : "", r->currency ? r->currency : "", r->today);
    for (size_t i = 0; i < r->maps; i++) fprintf(text, "\n%s", r->map[i]);
    return fclose(text) == 0 ? key : (free(key), NULL);
}

/* ---- the list; all with the lock held ---- */

static void unlist(struct mkt_opened_cache *cache, struct entry *e)
{
    if (!e->listed) return;
    struct entry **at = &cache->first;
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    e->listed = false;
    cache->count--;
}

/* An entry opened by a request that was stopped since is not given out again: the data set looks
 * at that request's flag. */
static struct entry *find(struct mkt_opened_cache *cache, const char *key)
{
    for (struct entry *e = cache->first; e; e = e->next)
        if (strcmp(e->key, key) == 0 && (!e->ready || !atomic_load(&e->flag->set))) return e;
    return NULL;
}

/* Takes what is idle and stale, or idle and one too many, off the list. */
static struct entry *surplus(struct mkt_opened_cache *cache)
{
    struct entry *oldest = NULL;
    for (struct entry *e = cache->first; e; e = e->next) {
        if (e->users || !e->ready) continue;
        if (atomic_load(&e->flag->set)) {
            oldest = e;
            break;
        }
        if (cache->count > cache->options.limit && (!oldest || e->used < oldest->used)) oldest = e;
    }
    if (oldest) unlist(cache, oldest);
    return oldest;
}

static void close_surplus(struct mkt_opened_cache *cache)
{
    for (;;) {
        pthread_mutex_lock(&cache->lock);
        struct entry *e = surplus(cache);
        pthread_mutex_unlock(&cache->lock);
        if (!e) return;
        destroy(e);
    }
}

/* ---- opening ---- */

static void forward(void *user, const char *stage, double done)
{
    struct entry *e = user;
    if (e->progress) e->progress(e->user, stage, done);
}

static mkt_status open_entry(const struct mkt_opened_cache *cache, struct entry *e,
                             const char *path, const struct mkt_reading *r, struct mkt_err *err)
{
    const struct mkt_performance *sums;
    struct mkt_err none = {0};
    struct mkt_dataset_options options = {.map = r->map,
                                          .maps = r->maps,
                                          .dates = r->dates,
                                          .decimal = r->decimal,
                                          .currency = r->currency,
                                          .today = r->today,
                                          .asked = r->asked,
                                          .memory = cache->options.memory,
                                          .threads = cache->options.threads,
                                          .temp = cache->options.temp,
                                          .progress = forward,
                                          .user = e,
                                          .cancel = &e->flag->set};
    MKT_TRY(mkt_dataset_open(path, &options, &e->opened.dataset, err));
    mkt_status status = mkt_dataset_performance(e->opened.dataset, &sums, &none);
    e->progress = NULL;
    if (status != MKT_OK && status != MKT_E_EMPTY) return mkt_err_set(err, status, "%s", none.text);
    return MKT_OK;
}

static struct entry *make_entry(struct mkt_set *set, char *key, struct mkt_flag *flag,
                                mkt_progress *progress, void *user)
{
    struct entry *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->key = key;
    e->set = set ? mkt_datasets_hold(set) : NULL;
    e->opened.set = set;
    e->flag = mkt_flag_hold(flag);
    e->progress = progress;
    e->user = user;
    e->users = 1;
    return e;
}

static void wait_a_little(struct mkt_opened_cache *cache)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&cache->change, &cache->lock, &until);
}

/* The entry of that key in use by one more, or a new one that this caller has to open. */
static struct entry *take(struct mkt_opened_cache *cache, struct mkt_set *set, char *key,
                          struct mkt_flag *flag, mkt_progress *progress, void *user)
{
    struct entry *e;
    pthread_mutex_lock(&cache->lock);
    while ((e = find(cache, key)) && !e->ready && !atomic_load(&flag->set)) wait_a_little(cache);
    if (e && e->ready) {
        e->users++;
    } else if (!e) {
        e = make_entry(set, key, flag, progress, user);
        if (e) {
            e->next = cache->first;
            e->listed = true;
            cache->first = e;
            cache->count++;
        }
    } else {
        e = NULL; /* stopped while waiting */
    }
    if (e) e->used = ++cache->clock;
    pthread_mutex_unlock(&cache->lock);
    return e;
}

mkt_status mkt_opened_get(struct mkt_opened_cache *cache, struct mkt_set *set,
                          const struct mkt_reading *reading, struct mkt_flag *flag,
                          mkt_progress *progress, void *user, struct mkt_opened **out,
                          struct mkt_err *err)
{
    char *key = key_of(set, reading);
    if (!key) return no_memory(err);
    struct entry *e = take(cache, set, key, flag, progress, user);
    if (!e || e->key != key) free(key);
    if (!e && atomic_load(&flag->set))
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped while the data set was being opened");
    if (!e) return no_memory(err);
    if (e->key != key) {
        *out = &e->opened;
        return MKT_OK;
    }

    mkt_status status = open_entry(cache, e, set->path, reading, err);
    pthread_mutex_lock(&cache->lock);
    cache->openings++;
    if (status == MKT_OK)
        e->ready = true;
    else
        unlist(cache, e);
    pthread_cond_broadcast(&cache->change);
    pthread_mutex_unlock(&cache->lock);
    if (status != MKT_OK) {
        destroy(e);
        return status;
    }
    close_surplus(cache);
    *out = &e->opened;
    return MKT_OK;
}

mkt_status mkt_opened_file(struct mkt_opened_cache *cache, const char *path,
                           const struct mkt_reading *reading, struct mkt_flag *flag,
                           mkt_progress *progress, void *user, struct mkt_opened **out,
                           struct mkt_err *err)
{
    struct entry *e = make_entry(NULL, NULL, flag, progress, user);
    if (!e) return no_memory(err);
    mkt_status status = open_entry(cache, e, path, reading, err);
    if (status != MKT_OK) {
        destroy(e);
        return status;
    }
    *out = &e->opened;
    return MKT_OK;
}

void mkt_opened_release(struct mkt_opened_cache *cache, struct mkt_opened *opened)
{
    struct entry *e = (struct entry *)opened;
    if (!e) return;
    pthread_mutex_lock(&cache->lock);
    e->users--;
    bool own = !e->key;
    pthread_mutex_unlock(&cache->lock);
    if (own)
        destroy(e);
    else
        close_surplus(cache);
}

void mkt_opened_stats(struct mkt_opened_cache *cache, struct mkt_opened_stats *out)
{
    pthread_mutex_lock(&cache->lock);
    *out = (struct mkt_opened_stats){cache->count, cache->openings};
    pthread_mutex_unlock(&cache->lock);
}
