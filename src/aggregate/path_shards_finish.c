#include <string.h>

#include "aggregate/path_shards.h"
#include "base/tasks.h"

#define SHARDS MKT_PATH_SHARDS
#define SHIFT MKT_PATH_SHARD_SHIFT
#define AHEAD 8 /* records whose memory is under way */

/* A path on its way to where it belongs. */
struct ref {
    uint64_t hash; /* the first bits of it that are known without the record, or all */
    const struct mkt_path_record *record;
};

struct count {
    size_t paths, steps;
};

/* Room of one thread. */
struct room {
    struct ref *sorted; /* [most] */
    uint32_t *start;    /* [most + 3] */
    uint32_t *step;     /* [longest] */
};

struct job {
    struct mkt_path_shards *shards;
    const uint32_t *rank;
    struct mkt_paths *out;
    struct count (*dealt)[SHARDS]; /* [SHARDS] from each shard to each; then where they go */
    struct count at[SHARDS + 1];   /* where each begins in out */
    struct ref *ref;               /* [out->paths] by the shard they go to; NULL: to their own */
    struct mkt_path_extent extent[SHARDS];
    size_t most;       /* paths of the largest */
    struct room *room; /* [threads] */
};

static size_t slots_of(const struct mkt_path_shard *s)
{
    return s->bits ? (size_t)1 << s->bits : 0;
}

/* ---- where paths go ---------------------------------------------------------------------------- */

/* Numbers the channels of a shard's paths, and counts them by the shard that their hash then names. */
static void renumber(void *user, size_t worker, size_t shard)
{
    const struct job *job = user;
    const struct mkt_path_shard *s = &job->shards->shard[shard];
    const uint32_t *rank = job->rank;
    struct count *dealt = job->dealt[shard];
    uint32_t *step = job->room[worker].step;
    for (size_t i = 0; i < slots_of(s); i++) {
        if (!s->slot[i].place) continue;
        struct mkt_path_record *r = mkt_path_shard_record(s, s->slot[i].place);
        mkt_path_shards_read_steps(r->step, s->width, r->steps, step);
        for (size_t k = 0; k < r->steps; k++) step[k] = rank[step[k]];
        mkt_path_shards_write_steps(step, r->steps, s->width, r->step);
        r->hash = mkt_paths_hash(step, r->steps);
        dealt[r->hash >> SHIFT].paths++;
        dealt[r->hash >> SHIFT].steps += r->steps;
    }
}

/* From numbers to places: shard by shard, and in each the shards that paths come from. */
static void add_up(struct job *job)
{
    struct count at = {0};
    for (size_t to = 0; to < SHARDS; to++) {
        job->at[to] = at;
        for (size_t from = 0; from < SHARDS; from++) {
            struct count here = job->dealt[from][to];
            job->dealt[from][to] = at;
            at.paths += here.paths;
            at.steps += here.steps;
        }
        if (at.paths - job->at[to].paths > job->most) job->most = at.paths - job->at[to].paths;
    }
    job->at[SHARDS] = at;
}

static void deal(void *user, size_t worker, size_t shard)
{
    const struct job *job = user;
    const struct mkt_path_shard *s = &job->shards->shard[shard];
    struct count *dealt = job->dealt[shard];
    (void)worker;
    for (size_t i = 0; i < slots_of(s); i++) {
        if (!s->slot[i].place) continue;
        const struct mkt_path_record *r = mkt_path_shard_record(s, s->slot[i].place);
        job->ref[dealt[r->hash >> SHIFT].paths++] = (struct ref){r->hash, r};
    }
}

/* ---- their order there -------------------------------------------------------------------------- */

static bool before(const struct ref *x, const struct ref *y, size_t width)
{
    const struct mkt_path_record *a = x->record, *b = y->record;
    if (x->hash != y->hash) return x->hash < y->hash;
    if (a->hash != b->hash) return a->hash < b->hash;
    if (a->steps != b->steps) return a->steps < b->steps;
    return memcmp(a->step, b->step, a->steps * width) < 0;
}

/* Of those that are nearly in order. */
static void sort_neighbours(struct ref *sorted, size_t n, size_t width)
{
    for (size_t k = 1; k < n; k++) {
        struct ref held = sorted[k];
        size_t i = k;
        for (; i && before(&held, &sorted[i - 1], width); i--) sorted[i] = sorted[i - 1];
        sorted[i] = held;
    }
}

/* By hash: a counting sort of the bits after the shard's, then neighbours in order. */
static void sort(const struct ref *ref, size_t n, uint32_t *start, size_t width, struct ref *sorted)
{
    int bits = 1;
    while (bits < 28 && (size_t)2 << bits < n) bits++;
    size_t buckets = (size_t)1 << bits;
#define BUCKET(hash) ((hash) << (64 - SHIFT) >> (64 - bits))
    memset(start, 0, (buckets + 1) * sizeof *start);
    for (size_t i = 0; i < n; i++) start[BUCKET(ref[i].hash) + 1]++;
    for (size_t b = 1; b <= buckets; b++) start[b] += start[b - 1];
    for (size_t i = 0; i < n; i++) sorted[start[BUCKET(ref[i].hash)]++] = ref[i];
#undef BUCKET
    sort_neighbours(sorted, n, width);
}

/* The paths of a shard as its table has them, nearly in order; those that the table's end sent to its
 * beginning come last. */
static void take_slots(const struct mkt_path_shard *s, struct ref *sorted)
{
    size_t n = 0, slots = slots_of(s);
    for (int turned = 0; turned < 2; turned++)
        for (size_t i = 0; i < slots; i++) {
            const struct mkt_path_slot *slot = &s->slot[i];
            if (!slot->place && turned) break; /* they are the table's beginning */
            if (!slot->place || (mkt_path_shard_home(s, slot->hash) > i) != turned) continue;
            sorted[n++] = (struct ref){slot->hash, mkt_path_shard_record(s, slot->place)};
        }
    sort_neighbours(sorted, n, s->width);
}

static void lay_out(void *user, size_t worker, size_t shard)
{
    struct job *job = user;
    const struct room *k = &job->room[worker];
    struct count at = job->at[shard];
    struct mkt_path_extent extent = {0};
    size_t n = job->at[shard + 1].paths - at.paths;
    size_t width = job->shards->shard[shard].width;
    if (job->rank)
        sort(job->ref + at.paths, n, k->start, width, k->sorted);
    else
        take_slots(&job->shards->shard[shard], k->sorted);
    for (size_t i = 0; i < n; i++) {
        const struct mkt_path_record *r = k->sorted[i].record;
        if (i + AHEAD < n) {
            __builtin_prefetch(k->sorted[i + AHEAD].record);
            __builtin_prefetch((const char *)k->sorted[i + AHEAD].record + 63);
        }
        struct mkt_path *path = &job->out->path[at.paths++];
        *path = (struct mkt_path){r->hash, at.steps, r->steps, r->counts};
        mkt_path_extent_add(&extent, path);
        mkt_path_shards_read_steps(r->step, width, r->steps, job->out->step + at.steps);
        at.steps += r->steps;
    }
    job->extent[shard] = extent;
    struct mkt_path_store *store = job->shards->shard[shard].store;
    if (!job->rank && atomic_fetch_add(&store->laid_out, 1) + 1 == SHARDS / MKT_PATH_STORES)
        mkt_arena_close(&store->arena); /* all of it is copied */
}

/* ---- all ------------------------------------------------------------------------------------------ */

static mkt_status make_room(struct job *job, struct mkt_err *err)
{
    struct mkt_paths *out = job->out;
    for (size_t i = 0; i < SHARDS; i++) {
        const struct mkt_path_shard *s = &job->shards->shard[i];
        out->paths += s->paths;
        out->steps += s->steps;
        MKT_TRY(mkt_path_counts_join(&out->total, &s->total, err));
    }
    out->path_cap = out->paths;
    out->step_cap = out->steps;
    out->path = MKT_NEW(out->arena, struct mkt_path, out->paths);
    out->step = MKT_NEW(out->arena, uint32_t, out->steps);
    return out->path && out->step ? MKT_OK : mkt_arena_full(out->arena, err);
}

static mkt_status deal_anew(struct job *job, size_t threads, struct mkt_err *err)
{
    struct mkt_arena *arena = job->out->arena;
    size_t longest = 0;
    for (size_t i = 0; i < SHARDS; i++)
        if (job->shards->shard[i].longest > longest) longest = job->shards->shard[i].longest;
    for (size_t i = 0; i < threads; i++)
        if (!(job->room[i].step = MKT_NEW(arena, uint32_t, longest)))
            return mkt_arena_full(arena, err);
    if (!(job->ref = MKT_NEW(arena, struct ref, job->out->paths)))
        return mkt_arena_full(arena, err);
    mkt_tasks_run(threads, SHARDS, renumber, job);
    add_up(job);
    mkt_tasks_run(threads, SHARDS, deal, job);
    return MKT_OK;
}

static mkt_status finish(struct job *job, size_t threads, struct mkt_err *err)
{
    struct mkt_arena *arena = job->out->arena;
    job->dealt = mkt_arena_alloc(arena, SHARDS, sizeof *job->dealt);
    job->room = MKT_NEW(arena, struct room, threads);
    if (!job->dealt || !job->room) return mkt_arena_full(arena, err);
    if (job->rank) {
        MKT_TRY(deal_anew(job, threads, err));
    } else {
        for (size_t i = 0; i < SHARDS; i++)
            job->dealt[i][i] =
                (struct count){job->shards->shard[i].paths, job->shards->shard[i].steps};
        add_up(job);
    }
    for (size_t i = 0; i < threads; i++) {
        job->room[i].sorted = MKT_NEW(arena, struct ref, job->most);
        if (job->rank) job->room[i].start = MKT_NEW(arena, uint32_t, job->most + 3);
        if (!job->room[i].sorted || (job->rank && !job->room[i].start))
            return mkt_arena_full(arena, err);
    }
    mkt_tasks_run(threads, SHARDS, lay_out, job);
    for (size_t i = 0; i < SHARDS; i++) mkt_path_extent_join(&job->out->extent, &job->extent[i]);
    return MKT_OK;
}

mkt_status mkt_path_shards_finish(struct mkt_path_shards *shards, const uint32_t *rank, int threads,
                                  struct mkt_paths *paths, struct mkt_err *err)
{
    struct job job = {.shards = shards, .rank = rank, .out = paths};
    MKT_TRY(make_room(&job, err));
    size_t mark = mkt_arena_mark(paths->arena);
    mkt_status status = finish(&job, mkt_tasks_threads(threads), err);
    mkt_arena_release(paths->arena, mark);
    return status;
}
