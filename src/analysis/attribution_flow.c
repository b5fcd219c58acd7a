/* The two pictures of journeys: what follows what, and how journeys flow from touch to touch. */
#include <math.h>
#include <string.h>

#include "analysis/attribution_work.h"
#include "base/tasks.h"

#define MATRIX 12            /* channels of the matrix */
#define CHANNELS 5           /* of a touch; the others are drawn together */
#define TOUCHES 4            /* drawn one by one */
#define KINDS (CHANNELS + 1) /* of a touch: a channel, or one of the others */
#define PLACES (TOUCHES * KINDS + 3)
#define LONGER (TOUCHES * KINDS) /* more touches than are drawn */
#define CONVERTED (LONGER + 1)
#define LEFT (LONGER + 2)
#define SHARES 64 /* of the paths */

/* ---- what follows what ---------------------------------------------------------------- */

static mkt_status name_matrix(struct mkt_attribution_work *w, struct mkt_chart *chart, size_t n,
                              bool nulls, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    chart->points = n + 1 + nulls;
    chart->count = n + 1;
    chart->x = MKT_NEW(arena, const char *, chart->points);
    chart->series = MKT_NEW(arena, struct mkt_series, chart->count);
    if (!chart->x || !chart->series) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < n; i++) chart->x[i] = w->channel[i].name;
    chart->x[n] = "converted";
    if (nulls) chart->x[n + 1] = "left";
    for (size_t i = 0; i <= n; i++) {
        struct mkt_series *s = &chart->series[i];
        *s = (struct mkt_series){.name = i ? w->channel[i - 1].name : "start",
                                 .unit = MKT_UNIT_SHARE,
                                 .value = MKT_NEW(arena, double, chart->points)};
        if (!s->value) return mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

static mkt_status matrix(struct mkt_attribution_work *w, struct mkt_err *err)
{
    const struct mkt_credits *c = w->input.credits;
    size_t K = c->channels, n = w->channels < MATRIX ? w->channels : MATRIX;
    bool nulls = w->input.paths->total.nulls > 0;
    struct mkt_chart chart = {.id = "transitions",
                              .title = "What follows what",
                              .reading = "A row is where a journey is, a column where it goes next",
                              .kind = MKT_CHART_MATRIX,
                              .reference = NAN};
    double *p = MKT_NEW(w->sheet->arena, double, (K + 1) * (K + 2));
    if (!p) return mkt_arena_full(w->sheet->arena, err);
    MKT_TRY(name_matrix(w, &chart, n, nulls, err));
    mkt_markov_transitions(c, w->total, nulls, p);
    for (size_t i = 0; i <= n; i++) {
        const double *from = p + (i ? w->channel[i - 1].place + 1 : 0) * (K + 2);
        double *to = chart.series[i].value, all = 0;
        for (size_t j = 0; j < K + 2; j++) all += from[j];
        for (size_t j = 0; j < chart.points; j++)
            to[j] = all > 0 ? from[j < n ? w->channel[j].place : K + j - n] : NAN;
    }
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

/* ---- from touch to touch --------------------------------------------------------------- */

struct flows {
    double passed[PLACES];
    double between[PLACES][PLACES];
};

static size_t place_of(const size_t *kind, const uint32_t *step, size_t touch)
{
    return touch * KINDS + kind[step[touch]];
}

static void go(struct flows *f, size_t from, size_t to, double journeys)
{
    f->between[from][to] += journeys;
    f->passed[to] += journeys;
}

static void add_path(struct flows *f, const size_t *kind, const uint32_t *step, size_t steps,
                     const struct mkt_path_counts *counts)
{
    double converted = (double)counts->conversions, left = (double)counts->nulls;
    size_t shown = steps < TOUCHES ? steps : TOUCHES, at = place_of(kind, step, 0);
    f->passed[at] += converted + left;
    for (size_t i = 1; i < shown; i++) {
        size_t next = place_of(kind, step, i);
        go(f, at, next, converted + left);
        at = next;
    }
    if (steps > TOUCHES) {
        go(f, at, LONGER, converted + left);
        at = LONGER;
    }
    go(f, at, CONVERTED, converted);
    go(f, at, LEFT, left);
}

static const char *place_name(const struct mkt_attribution_work *w, size_t place)
{
    if (place == LONGER) return "more touches";
    if (place == CONVERTED) return "converted";
    if (place == LEFT) return "left";
    size_t kind = place % KINDS;
    return kind < CHANNELS ? w->channel[kind].name : "other channels";
}

/* Only places that journeys pass, and only flows that there are. */
static mkt_status draw(struct mkt_attribution_work *w, const struct flows *f, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    struct mkt_chart chart = {.id = "flows",
                              .title = "How journeys go from touch to touch",
                              .reading =
                                  "Columns are the first touch, the second and so on; a band "
                                  "is as wide as the number of journeys along it",
                              .kind = MKT_CHART_FLOW,
                              .reference = NAN,
                              .x = MKT_NEW(arena, const char *, PLACES),
                              .series = MKT_NEW(arena, struct mkt_series, 1),
                              .count = 1,
                              .flow = MKT_NEW(arena, struct mkt_flow, PLACES * PLACES / 2)};
    if (!chart.x || !chart.series || !chart.flow) return mkt_arena_full(arena, err);
    struct mkt_series *s = &chart.series[0];
    *s = (struct mkt_series){
        .name = "journeys", .unit = MKT_UNIT_COUNT, .value = MKT_NEW(arena, double, PLACES)};
    if (!s->value) return mkt_arena_full(arena, err);
    size_t at[PLACES];
    for (size_t i = 0; i < PLACES; i++) {
        if (f->passed[i] <= 0) continue;
        at[i] = chart.points;
        chart.x[chart.points] = place_name(w, i);
        s->value[chart.points++] = f->passed[i];
    }
    for (size_t i = 0; i < PLACES; i++)
        for (size_t j = i + 1; j < PLACES; j++)
            if (f->between[i][j] > 0)
                chart.flow[chart.flows++] = (struct mkt_flow){at[i], at[j], f->between[i][j]};
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

struct job {
    const struct mkt_paths *paths;
    size_t *kind;        /* [channels] */
    struct flows *flows; /* [threads] whole numbers: their sums do not depend on who adds what */
};

static void add_share(void *user, size_t worker, size_t share)
{
    const struct job *job = user;
    const struct mkt_paths *p = job->paths;
    for (size_t k = p->paths * share / SHARES; k < p->paths * (share + 1) / SHARES; k++)
        add_path(&job->flows[worker], job->kind, mkt_paths_steps(p, &p->path[k]), p->path[k].steps,
                 &p->path[k].counts);
}

static void join(struct flows *into, const struct flows *from)
{
    for (size_t i = 0; i < PLACES; i++) {
        into->passed[i] += from->passed[i];
        for (size_t j = 0; j < PLACES; j++) into->between[i][j] += from->between[i][j];
    }
}

static mkt_status flow(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_paths *p = w->input.paths;
    size_t threads = mkt_tasks_threads(w->input.threads);
    struct job job = {p, MKT_NEW(arena, size_t, p->channel.count),
                      MKT_NEW(arena, struct flows, threads)};
    if (!job.kind || !job.flows) return mkt_arena_full(arena, err);
    for (size_t k = 0; k < p->channel.count; k++) job.kind[k] = CHANNELS;
    for (size_t c = 0; c < w->channels && c < CHANNELS; c++) job.kind[w->channel[c].place] = c;
    mkt_tasks_run(threads, SHARES, add_share, &job);
    for (size_t i = 1; i < threads; i++) join(&job.flows[0], &job.flows[i]);
    return draw(w, &job.flows[0], err);
}

mkt_status mkt_attribution_work_flow(struct mkt_attribution_work *w, struct mkt_err *err)
{
    if (w->input.credits->chain) MKT_TRY(matrix(w, err));
    return flow(w, err);
}
