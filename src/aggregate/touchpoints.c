#include "aggregate/touchpoints.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define THREADS 16

/* One finish, as all its threads see it. */
struct job {
    struct mkt_touchpoints *const *part;
    size_t parts;
    uint32_t **map;                      /* [parts][channels of the part] */
    size_t rows, most;                   /* of all piles, of the largest */
    struct mkt_touchpoints_walker start; /* what every walker starts as */
    const struct mkt_names *channel;
    struct mkt_path_shards shards;
    atomic_size_t next; /* pile to take */
};

struct worker {
    struct job *job;
    struct mkt_arena arena;
    struct mkt_touchpoints_walker walker;
    struct mkt_err err;
    mkt_status status;
    pthread_t thread;
    bool started;
};

static size_t pile_rows(const struct job *job, size_t pile)
{
    size_t rows = 0;
    for (size_t i = 0; i < job->parts; i++) rows += mkt_touchpoints_rows_in(job->part[i], pile);
    return rows;
}

static mkt_status walk_piles(struct worker *k)
{
    struct job *job = k->job;
    struct mkt_arena *arena = &k->arena;
    struct mkt_touchpoints_walker *w = &k->walker;
    *w = job->start;
    bool adds_up = !w->each && !w->each_rows;
    if (adds_up) MKT_TRY(mkt_path_batch_init(&w->paths, arena, &job->shards, &k->err));
    uint32_t *start;
    MKT_TRY(mkt_piles_sort_room(arena, job->most, &start, &k->err));
    w->open = MKT_NEW(arena, uint64_t, job->most);
    if (w->each_rows) w->given = MKT_NEW(arena, struct mkt_touchpoint, job->most);
    w->step = MKT_NEW(arena, uint32_t, job->most);
    w->age = MKT_NEW(arena, int64_t, job->most);
    MKT_TRY(mkt_credits_scratch_init(&w->scratch, arena, job->channel->count, job->most, &k->err));
    /* walked at random, and so last: what is large in an arena lies in large pages */
    struct mkt_touchpoints_row *room = MKT_NEW(arena, struct mkt_touchpoints_row, job->most);
    struct mkt_touchpoints_row *row = MKT_NEW(arena, struct mkt_touchpoints_row, job->most);
    if (!w->open || !w->step || !w->age || !room || !row || (w->each_rows && !w->given))
        return mkt_arena_full(arena, &k->err);
    for (size_t pile; (pile = atomic_fetch_add(&job->next, 1)) < MKT_PILES;) {
        MKT_TRY(mkt_touchpoints_order(job->part, job->parts, pile, job->map, room, start, row,
                                      &k->err));
        MKT_TRY(mkt_touchpoints_walk(w, row, pile_rows(job, pile), &k->err));
    }
    return adds_up ? mkt_path_batch_flush(&w->paths, &k->err) : MKT_OK;
}

static void *run_worker(void *user)
{
    struct worker *k = user;
    k->status = walk_piles(k);
    return NULL;
}

/* Numbers the channels, or the campaigns, of all parts by name. */
static mkt_status unite_channels(struct mkt_arena *arena, struct job *job, bool campaigns,
                                 struct mkt_names *names, struct mkt_err *err)
{
    const struct mkt_names **own = MKT_NEW(arena, const struct mkt_names *, job->parts);
    if (!own) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < job->parts; i++) own[i] = &job->part[i]->channel;
    char end = campaigns ? '\0' : MKT_TOUCHPOINTS_SPLIT;
    return mkt_names_unite(names, own, job->parts, end, job->map, err);
}

static uint32_t find_name(const struct mkt_names *names, const char *name)
{
    for (size_t i = 0; name && i < names->count; i++)
        if (strcmp(names->name[i], name) == 0) return (uint32_t)i;
    return MKT_TOUCHPOINTS_NONE;
}

static mkt_status add_counts(struct mkt_touchpoints_out *out,
                             const struct mkt_touchpoints_walker *w, struct mkt_err *err)
{
    struct mkt_journey_counts *to = &out->counts;
    const struct mkt_journey_counts *from = &w->counts;
    to->users += from->users;
    to->rows += from->rows;
    to->visits += from->visits;
    to->conversions += from->conversions;
    to->negative += from->negative;
    to->tied += from->tied;
    to->open += from->open;
    for (size_t i = 0; i < MKT_TOUCHPOINTS_BINS; i++) {
        to->lag[i] += from->lag[i];
        to->steps[i] += from->steps[i];
    }
    return mkt_path_counts_join(&out->paths.untouched, &w->untouched, err);
}

/* What one worker's arena has to hold: six arrays over the largest pile, and what is small. */
static size_t worker_bytes(const struct job *job)
{
    size_t row = 2 * sizeof(struct mkt_touchpoints_row) + sizeof(uint64_t) + sizeof(uint32_t) +
                 sizeof(int64_t) + sizeof(double); /* walk_piles, and the shares of credit */
    return job->most * row + (MKT_PILES_BUCKETS + 1) * sizeof(uint32_t) +
           MKT_PATH_SHARDS * MKT_PATH_BATCH_BYTES + job->channel->count + 4096;
}

static mkt_status run_workers(struct mkt_arena *arena, struct job *job, size_t threads,
                              struct mkt_touchpoints_out *out, struct mkt_err *err)
{
    struct worker *k = MKT_NEW(arena, struct worker, threads);
    if (!k) return mkt_arena_full(arena, err);
    size_t room = arena->capacity - arena->used, need = worker_bytes(job);
    while (threads > 1 && threads * need > room / 2) threads--;
    if (need > room / 2)
        return mkt_err_set(err, MKT_E_NOMEM,
                           "a user, or a few together, have some %zu rows of touchpoints: to put "
                           "them in order takes %zu MB, more than half of the %zu MB that the "
                           "memory limit leaves; a user with so many is no person",
                           job->most, need >> 20, room >> 20);
    MKT_TRY(mkt_path_shards_open(&job->shards, room - threads * need, job->channel->count,
                                 job->rows, err));
    mkt_status status = MKT_OK;
    for (size_t i = 0; i < threads && status == MKT_OK; i++) {
        k[i].job = job;
        status = mkt_arena_open(&k[i].arena, need, err);
        if (status == MKT_OK && i)
            k[i].started = pthread_create(&k[i].thread, NULL, run_worker, &k[i]) == 0;
    }
    if (status == MKT_OK) run_worker(&k[0]); /* and all the work, where no thread could start */
    for (size_t i = 0; i < threads; i++)
        if (k[i].started) pthread_join(k[i].thread, NULL);
    for (size_t i = 0; i < threads && status == MKT_OK; i++) {
        status = k[i].status;
        if (status != MKT_OK) mkt_err_set(err, status, "%s", k[i].err.text);
        if (status == MKT_OK && (i == 0 || k[i].started))
            status = add_counts(out, &k[i].walker, err);
    }
    for (size_t i = 0; i < threads; i++) mkt_arena_close(&k[i].arena);
    if (status == MKT_OK)
        status = mkt_path_shards_finish(&job->shards, NULL, (int)threads, &out->paths, err);
    mkt_path_shards_close(&job->shards);
    return status;
}

/* The rules of credit that these data allow. */
static size_t usable_rules(const struct mkt_share_rule *rule, size_t rules, uint32_t direct,
                           struct mkt_share_rule *out)
{
    size_t kept = 0;
    for (size_t r = 0; r < rules; r++) {
        if (rule[r].kind == MKT_SHARE_LAST_OTHER && direct == MKT_TOUCHPOINTS_NONE) continue;
        out[kept] = rule[r];
        out[kept++].direct = direct;
    }
    return kept;
}

/* What finish and each begin with: channels numbered, the largest pile known.   names  empty */
static mkt_status prepare(struct mkt_arena *arena, struct job *job,
                          const struct mkt_journey_rules *rules, struct mkt_names *names,
                          struct mkt_err *err)
{
    job->map = MKT_NEW(arena, uint32_t *, job->parts);
    if (!job->map) return mkt_arena_full(arena, err);
    MKT_TRY(unite_channels(arena, job, rules->campaigns, names, err));
    job->channel = names;
    job->start.rules = rules;
    job->start.direct = find_name(names, rules->direct_name);
    for (size_t p = 0; p < MKT_PILES; p++) {
        size_t rows = pile_rows(job, p);
        job->rows += rows;
        if (rows > job->most) job->most = rows;
    }
    if (!job->most) return mkt_err_set(err, MKT_E_EMPTY, "the touchpoints have no rows");
    int64_t first;
    mkt_touchpoints_span(job->part, job->parts, &first, &job->start.last);
    return MKT_OK;
}

mkt_status mkt_touchpoints_finish(struct mkt_arena *arena, struct mkt_touchpoints *const *part,
                                  size_t parts, const struct mkt_journey_rules *rules,
                                  const struct mkt_share_rule *rule, size_t n_rules, size_t groups,
                                  bool chain, int threads, struct mkt_touchpoints_out *out,
                                  struct mkt_err *err)
{
    *out = (struct mkt_touchpoints_out){0};
    mkt_paths_init(&out->paths, arena);
    struct job job = {.part = part, .parts = parts};
    MKT_TRY(prepare(arena, &job, rules, &out->paths.channel, err));
    const struct mkt_names channel = out->paths.channel;
    job.channel = &channel;

    struct mkt_share_rule usable[MKT_CREDITS_RULES];
    size_t kept = usable_rules(rule, n_rules, job.start.direct, usable);
    MKT_TRY(
        mkt_credits_init(&out->credits, arena, channel.count, groups, chain, usable, kept, err));
    job.start.credits = &out->credits;
    job.start.group_shift = 64 - __builtin_ctzll(groups);
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    return run_workers(arena, &job, used, out, err);
}

/* Walks all piles on this thread. */
static mkt_status walk_alone(struct mkt_arena *arena, struct job *job, struct mkt_err *err)
{
    struct worker k = {.job = job};
    MKT_TRY(mkt_arena_open(&k.arena, (arena->capacity - arena->used) / 2, err));
    mkt_status status = walk_piles(&k);
    if (status != MKT_OK) mkt_err_set(err, status, "%s", k.err.text);
    mkt_arena_close(&k.arena);
    return status;
}

mkt_status mkt_touchpoints_each(struct mkt_arena *arena, struct mkt_touchpoints *const *part,
                                size_t parts, const struct mkt_journey_rules *rules,
                                mkt_touchpoints_each_fn *each, void *user, struct mkt_err *err)
{
    struct mkt_names names;
    struct job job = {.part = part, .parts = parts};
    mkt_names_init(&names, arena);
    MKT_TRY(prepare(arena, &job, rules, &names, err));
    job.start.each = each;
    job.start.each_user = user;
    return walk_alone(arena, &job, err);
}

mkt_status mkt_touchpoints_users(struct mkt_arena *arena, struct mkt_touchpoints *const *part,
                                 size_t parts, const struct mkt_journey_rules *rules,
                                 struct mkt_names *names, mkt_touchpoints_user_fn *each,
                                 void *context, struct mkt_err *err)
{
    struct job job = {.part = part, .parts = parts};
    MKT_TRY(prepare(arena, &job, rules, names, err));
    job.start.each_rows = each;
    job.start.each_user = context;
    return walk_alone(arena, &job, err);
}
