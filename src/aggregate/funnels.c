#include "aggregate/funnels.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/date.h"

#define THREADS 16
#define DAY (INT64_C(86400) * 1000000)

int32_t mkt_funnels_period_of(mkt_funnel_period period, int32_t day)
{
    if (period == MKT_FUNNEL_DAY) return day;
    if (period == MKT_FUNNEL_WEEK) return (day + 3) / 7; /* 1970-01-01 was a Thursday */
    struct mkt_date d = mkt_date_of(day);
    return (d.year - 1970) * 12 + d.month - 1;
}

int32_t mkt_funnels_period_day(mkt_funnel_period period, int32_t number)
{
    if (period == MKT_FUNNEL_DAY) return number;
    if (period == MKT_FUNNEL_WEEK) return 7 * number - 3;
    return mkt_date_days(1970 + number / 12, number % 12 + 1, 1);
}

/* Below 2^(FINE+1) each microsecond has its bin; above, each power of two has 2^FINE. */
size_t mkt_funnels_bin_of(int64_t time)
{
    if (time < INT64_C(2) << MKT_FUNNELS_FINE) return (size_t)time;
    int shift = 63 - __builtin_clzll((unsigned long long)time) - MKT_FUNNELS_FINE;
    return ((size_t)shift << MKT_FUNNELS_FINE) + (size_t)(time >> shift);
}

void mkt_funnels_bin_bounds(size_t bin, double *low, double *high)
{
    size_t shift = bin >> MKT_FUNNELS_FINE;
    shift = shift ? shift - 1 : 0;
    double unit = (double)(UINT64_C(1) << shift);
    *low = (double)(bin - (shift << MKT_FUNNELS_FINE)) * unit;
    *high = *low + unit;
}

/* ---- the block of counts --------------------------------------------------------------------- */

/* Gives out places in the block; with sum NULL it only counts how many there are. */
static void *take(struct mkt_funnels *f, size_t n)
{
    void *at = f->sum ? f->sum + f->width : NULL;
    f->width += n;
    return at;
}

static void lay_out(struct mkt_funnels *f)
{
    int64_t **single[] = {&f->users,    &f->units, &f->absent,      &f->open,     &f->entries,
                          &f->clusters, &f->value, &f->conversions, &f->negative, &f->unvalued};
    int64_t **by_step[] = {&f->reached,     &f->square,     &f->with_first,
                           &f->with_before, &f->skipped_on, &f->taken_on};
    f->width = 0;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) *single[i] = take(f, 1);
    for (size_t i = 0; i < sizeof by_step / sizeof *by_step; i++) *by_step[i] = take(f, f->steps);
    f->segment = take(f, f->segments * f->steps);
    f->cohort = take(f, f->cohorts * f->steps);
    f->lost = take(f, f->steps * (f->events + 1));
    f->kept = take(f, f->steps * (f->events + 1));
    f->whole = take(f, 2 * f->bins);
    f->between = take(f, 2 * f->bins * f->steps);
    f->bounded = take(f, f->cohorts * f->cohorts);
    f->rolling = take(f, f->cohorts * f->cohorts);
}

static mkt_status make_block(struct mkt_arena *arena, struct mkt_funnels *f, struct mkt_err *err)
{
    f->sum = NULL;
    lay_out(f);
    f->sum = MKT_NEW(arena, int64_t, f->width);
    if (!f->sum) return mkt_arena_full(arena, err);
    lay_out(f);
    return MKT_OK;
}

/* ---- threads ----------------------------------------------------------------------------------- */

struct job {
    const struct mkt_events_view *view;
    const struct mkt_funnel_plan *plan;
    struct mkt_funnels_match match;
    struct mkt_funnels start; /* sizes of every thread's counts */
    int32_t *period;
    size_t most; /* rows of the largest pile */
    atomic_size_t next;
};

struct worker {
    struct job *job;
    struct mkt_arena arena;
    struct mkt_funnels_tally tally;
    struct mkt_err err;
    mkt_status status;
    pthread_t thread;
    bool started;
};

static mkt_status prepare(struct worker *k)
{
    const struct job *job = k->job;
    const struct mkt_funnel_plan *plan = job->plan;
    struct mkt_funnels_tally *t = &k->tally;
    struct mkt_funnels_walker *w = &t->walker;
    struct mkt_arena *arena = &k->arena;
    *t = (struct mkt_funnels_tally){.plan = plan,
                                    .view = job->view,
                                    .out = job->start,
                                    .period = job->period,
                                    .first_day = (int32_t)(job->view->first / DAY)};
    MKT_TRY(make_block(arena, &t->out, &k->err));
    *w = (struct mkt_funnels_walker){.plan = plan, .match = &job->match};
    bool any = plan->order == MKT_FUNNEL_ANY;
    w->state = MKT_NEW(arena, struct mkt_funnels_state, plan->steps);
    w->node = MKT_NEW(arena, struct mkt_funnels_node,
                      any ? 1 : job->most * (job->match.overlap ? job->match.overlap : 1));
    w->in_window = MKT_NEW(arena, uint32_t, plan->steps);
    w->needed = MKT_NEW(arena, uint32_t, plan->steps);
    w->given = MKT_NEW(arena, uint16_t, any ? job->most : 1);
    w->attempt.row = MKT_NEW(arena, uint32_t, plan->steps);
    w->attempt.step = MKT_NEW(arena, uint16_t, plan->steps + 1);
    t->x = MKT_NEW(arena, int64_t, plan->steps);
    t->seen = MKT_NEW(arena, uint64_t, job->start.cohorts);
    if (!w->state || !w->node || !w->in_window || !w->needed || !w->given || !w->attempt.row ||
        !w->attempt.step || !t->x || !t->seen)
        return mkt_arena_full(arena, &k->err);
    return MKT_OK;
}

static mkt_status take_piles(struct worker *k)
{
    struct job *job = k->job;
    MKT_TRY(prepare(k));
    struct mkt_event *row = MKT_NEW(&k->arena, struct mkt_event, job->most);
    struct mkt_event *sorted = MKT_NEW(&k->arena, struct mkt_event, job->most);
    uint32_t *start;
    MKT_TRY(mkt_piles_sort_room(&k->arena, job->most, &start, &k->err));
    void *block = mkt_arena_alloc(&k->arena, 1, MKT_PILES_BLOCK(sizeof(struct mkt_event)));
    if (!row || !sorted || !block) return mkt_arena_full(&k->arena, &k->err);
    for (size_t pile; (pile = atomic_fetch_add(&job->next, 1)) < MKT_PILES;) {
        size_t rows;
        MKT_TRY(mkt_events_gather(job->view, pile, block, row, &rows, &k->err));
        for (size_t i = 0; i < rows; i++)
            row[i].rank = mkt_funnels_rank(job->plan, &job->match, &row[i]);
        mkt_events_sort(row, rows, job->plan->by_session, start, sorted);
        MKT_TRY(mkt_funnels_tally(&k->tally, sorted, rows, &k->err));
    }
    return MKT_OK;
}

static void *run_worker(void *user)
{
    struct worker *k = user;
    k->status = take_piles(k);
    return NULL;
}

static mkt_status add_up(struct mkt_funnels *out, const struct mkt_funnels *part,
                         struct mkt_err *err)
{
    int64_t value = *out->value;
    bool full = __builtin_add_overflow(value, *part->value, &value) ||
                __builtin_add_overflow(out->value_square, part->value_square, &out->value_square);
    if (full)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "the values of the last step's events are too large to add exactly");
    for (size_t i = 0; i < out->width; i++) out->sum[i] += part->sum[i];
    out->value_count += part->value_count;
    return MKT_OK;
}

static mkt_status run_workers(struct mkt_arena *arena, struct job *job, size_t threads,
                              struct mkt_funnels *out, struct mkt_err *err)
{
    struct worker *k = MKT_NEW(arena, struct worker, threads);
    if (!k) return mkt_arena_full(arena, err);
    size_t room = arena->capacity - arena->used, share = (room - room / 4) / threads;
    mkt_status status = MKT_OK;
    for (size_t i = 0; i < threads && status == MKT_OK; i++) {
        k[i].job = job;
        status = mkt_arena_open(&k[i].arena, share, err);
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
            status = add_up(out, &k[i].tally.out, err);
    }
    for (size_t i = 0; i < threads; i++) mkt_arena_close(&k[i].arena);
    return status;
}

/* ---- the whole --------------------------------------------------------------------------------- */

static mkt_status check_sizes(const struct mkt_funnels *f, struct mkt_err *err)
{
    if (f->cohorts > MKT_FUNNELS_COHORTS)
        return mkt_err_set(err, MKT_E_LIMIT, "the data have %zu cohorts: more than %d", f->cohorts,
                           MKT_FUNNELS_COHORTS);
    if (f->segments - 1 > MKT_FUNNELS_SEGMENTS)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "the segment has %zu different values: more than %d tell nothing apart",
                           f->segments - 1, MKT_FUNNELS_SEGMENTS);
    return MKT_OK;
}

static mkt_status number_periods(struct mkt_arena *arena, const struct mkt_events_view *view,
                                 struct job *job, struct mkt_err *err)
{
    struct mkt_funnels *f = &job->start;
    int32_t first = (int32_t)(view->first / DAY), last = (int32_t)(view->last / DAY);
    f->first_period = mkt_funnels_period_of(f->period, first);
    f->cohorts = (size_t)(mkt_funnels_period_of(f->period, last) - f->first_period) + 1;
    MKT_TRY(check_sizes(f, err));
    job->period = MKT_NEW(arena, int32_t, (size_t)(last - first) + 1);
    if (!job->period) return mkt_arena_full(arena, err);
    for (int32_t d = first; d <= last; d++)
        job->period[d - first] = mkt_funnels_period_of(f->period, d) - f->first_period;
    return MKT_OK;
}

mkt_status mkt_funnels_count(struct mkt_arena *arena, const struct mkt_events_view *view,
                             const struct mkt_funnel_plan *plan, int threads,
                             struct mkt_funnels *out, struct mkt_err *err)
{
    assert(plan->steps >= 2 && plan->steps <= MKT_FUNNELS_STEPS && plan->window > 0);
    assert(!plan->step[0].optional && !plan->step[plan->steps - 1].optional);
    int64_t span = view->last - view->first;
    struct job job = {.view = view, .plan = plan, .most = mkt_events_largest(view)};
    job.start = (struct mkt_funnels){
        .steps = plan->steps,
        .events = view->event.count,
        .segments =
            plan->segment < MKT_EVENTS_PROPERTIES ? view->level[plan->segment].count + 1 : 1,
        .bins = mkt_funnels_bin_of(span < plan->window ? span : plan->window) + 1,
        .period = plan->period,
        .first = view->first,
        .last = view->last};
    MKT_TRY(number_periods(arena, view, &job, err));
    MKT_TRY(mkt_funnels_match_make(arena, view, plan, &job.match, err));
    *out = job.start;
    MKT_TRY(make_block(arena, out, err));
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    return run_workers(arena, &job, used, out, err);
}
