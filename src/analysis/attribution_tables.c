#include "analysis/attribution_work.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/tasks.h"
#include "base/text.h"
#include "model/interval.h"

#define PATHS 10
#define SHARES 64 /* of all paths */
#define STEPS_SHOWN 12
#define SHOWN 12 /* channels of the transition table */

/* The models a reader asks for first come first: a narrow page shows no more. */
static const struct {
    const char *model, *label;
} order[] = {{"last", "last touch"},
             {"markov", "Markov removal"},
             {"incremental", "incremental"},
             {"first", "first touch"},
             {"linear", "linear"},
             {"shapley", "Shapley"},
             {"last_non_direct", "last non-direct"},
             {"position", "position"},
             {"time_decay", "time decay"},
             {"j_shape", "J shape"},
             {"w_shape", "W shape"},
             {"custom", "custom weights"},
             {"markov_converting", "Markov (converting only)"},
             {"markov_memory", "Markov (longer memory)"}};

/* ---- credit side by side ------------------------------------------------------------- */

mkt_status mkt_attribution_work_side_by_side(struct mkt_attribution_work *w, const char *id,
                                             const char *title, const char *what, mkt_unit unit,
                                             struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    size_t columns = sizeof order / sizeof *order;
    bool incremental = false;
    struct mkt_table t = {.id = id,
                          .title = title,
                          .scope = w->scope,
                          .column = MKT_NEW(arena, struct mkt_table_column, columns),
                          .row = MKT_NEW(arena, struct mkt_table_row, w->channels),
                          .rows = w->channels};
    const char **name = MKT_NEW(arena, const char *, columns);
    if (!t.column || !t.row || !name) return mkt_arena_full(arena, err);
    for (size_t m = 0; m < columns; m++) {
        const char *metric;
        bool some = false;
        for (size_t c = 0; c < w->channels && !some; c++) {
            const char *fact = mkt_attribution_work_id(w, c, order[m].model, what);
            if (!fact) return mkt_arena_full(arena, err);
            some = mkt_sheet_fact(w->sheet, fact) != NULL;
        }
        if (!some) continue;
        name[t.columns] = order[m].model;
        incremental = incremental || strcmp(order[m].model, "incremental") == 0;
        MKT_ATTRIBUTION_TEXT(w, metric, err, "%s_%s", order[m].model, what);
        t.column[t.columns++] = (struct mkt_table_column){metric, order[m].label, unit};
    }
    if (!t.columns) return MKT_OK;
    for (size_t c = 0; c < w->channels; c++) {
        t.row[c].label = w->channel[c].name;
        t.row[c].fact = MKT_NEW(arena, const char *, t.columns);
        if (!t.row[c].fact) return mkt_arena_full(arena, err);
        for (size_t m = 0; m < t.columns; m++) {
            const char *fact = mkt_attribution_work_id(w, c, name[m], what);
            if (!fact) return mkt_arena_full(arena, err);
            t.row[c].fact[m] = mkt_sheet_fact(w->sheet, fact) ? fact : NULL;
        }
    }
    if (!w->left_out && !w->campaigns && unit == MKT_UNIT_COUNT)
        MKT_ATTRIBUTION_TEXT(w, t.note, err,
                             "more by first touch: it opens journeys; more by last touch: it "
                             "closes them; more by Markov removal: those that convert pass it%s",
                             incremental ? "; incremental: they would not have converted without it"
                                         : "");
    if (w->left_out)
        MKT_ATTRIBUTION_TEXT(w, t.note, err, "the %s largest of %s by linear credit",
                             MKT_COUNT(w->channels), MKT_COUNT(w->channels + w->left_out));
    return mkt_sheet_add_table(w->sheet, &t, err);
}

/* What would not have come, beside what last touch says, with its intervals. */
static mkt_status incremental_table(struct mkt_attribution_work *w, struct mkt_err *err)
{
    static const struct mkt_table_column column[] = {
        {"incremental_conversions", "Would not have come", MKT_UNIT_COUNT},
        {"last_conversions", "Last touch", MKT_UNIT_COUNT},
        {"incremental_explained_by", "Unseen pull to explain it", MKT_UNIT_RATIO}};
    static const char *const what[] = {"conversions", "conversions", "explained_by"};
    struct mkt_arena *arena = w->sheet->arena;
    struct mkt_table t = {.id = "incremental",
                          .title = "Conversions that would not have come without a channel",
                          .scope = w->scope,
                          .column = MKT_NEW(arena, struct mkt_table_column, 3),
                          .columns = w->holdouts ? 2 : 3,
                          .row = MKT_NEW(arena, struct mkt_table_row, w->channels)};
    if (!t.column || !t.row) return mkt_arena_full(arena, err);
    memcpy(t.column, column, sizeof column);
    for (size_t c = 0; c < w->channels; c++) {
        const char **fact = MKT_NEW(arena, const char *, 3);
        if (!fact) return mkt_arena_full(arena, err);
        for (size_t m = 0; m < t.columns; m++) {
            const char *id =
                mkt_attribution_work_id(w, c, m == 1 ? "last" : "incremental", what[m]);
            if (!id) return mkt_arena_full(arena, err);
            fact[m] = mkt_sheet_fact(w->sheet, id) ? id : NULL;
        }
        if (fact[0]) t.row[t.rows++] = (struct mkt_table_row){w->channel[c].name, fact};
    }
    if (!t.rows) return MKT_OK;
    if (!w->holdouts)
        t.note = "the last column: how much likelier a trait that the data do not show would have "
                 "to make both meeting the channel and buying, to explain all of it; the lower end "
                 "of the interval is what leaves it within chance of nothing";
    return mkt_sheet_add_table(w->sheet, &t, err);
}

/* ---- paths and transitions ------------------------------------------------------------ */

static mkt_status add_fact(struct mkt_attribution_work *w, const char *id, const char *label,
                           const char *metric, double value, mkt_unit unit, int64_t n,
                           struct mkt_interval x, struct mkt_err *err)
{
    bool has = isfinite(x.low) && isfinite(x.high);
    struct mkt_fact fact = {.id = id,
                            .label = label,
                            .scope = "path",
                            .metric = metric,
                            .value = value,
                            .unit = unit,
                            .low = has ? fmin(x.low, value) : NAN,
                            .high = has ? fmax(x.high, value) : NAN,
                            .level = has ? .95 : 0,
                            .interval = has ? "wilson" : "none",
                            .why = has ? NULL : "a figure of what was recorded",
                            .n = n,
                            .n_of = "journeys",
                            .method = "attribution"};
    return mkt_sheet_add_fact(w->sheet, &fact, err);
}

static mkt_status name_path(struct mkt_attribution_work *w, const struct mkt_path *path,
                            const char **out, struct mkt_err *err)
{
    struct mkt_buf buf;
    const uint32_t *step = mkt_paths_steps(w->input.paths, path);
    mkt_buf_init(&buf, w->sheet->arena);
    for (size_t i = 0; i < path->steps && i < STEPS_SHOWN; i++)
        mkt_buf_printf(&buf, "%s%s", i ? " > " : "", w->input.paths->channel.name[step[i]]);
    if (path->steps > STEPS_SHOWN)
        mkt_buf_printf(&buf, " > ... (%s more)", MKT_COUNT(path->steps - STEPS_SHOWN));
    *out = buf.data;
    return mkt_buf_check(&buf, err);
}

/* The paths with the most conversions, of a share of them. */
struct top {
    const struct mkt_path *path[PATHS + 1];
    size_t paths;
};

static void insert(struct top *t, const struct mkt_path *path)
{
    size_t at = t->paths;
    for (; at && path->counts.conversions > t->path[at - 1]->counts.conversions; at--)
        t->path[at] = t->path[at - 1];
    t->path[at] = path;
    if (t->paths < PATHS) t->paths++;
}

struct search {
    const struct mkt_paths *paths;
    struct top top[SHARES];
};

static void search_share(void *user, size_t worker, size_t share)
{
    struct search *s = user;
    const struct mkt_paths *p = s->paths;
    (void)worker;
    for (size_t k = p->paths * share / SHARES; k < p->paths * (share + 1) / SHARES; k++)
        if (p->path[k].counts.conversions) insert(&s->top[share], &p->path[k]);
}

/* Of equals the first ones. */
static mkt_status search(struct mkt_attribution_work *w, struct top **out, struct mkt_err *err)
{
    struct search *s = MKT_NEW(w->sheet->arena, struct search, 1);
    if (!s) return mkt_arena_full(w->sheet->arena, err);
    s->paths = w->input.paths;
    mkt_tasks_run(mkt_tasks_threads(w->input.threads), SHARES, search_share, s);
    for (size_t i = 1; i < SHARES; i++)
        for (size_t k = 0; k < s->top[i].paths; k++) insert(&s->top[0], s->top[i].path[k]);
    *out = &s->top[0];
    return MKT_OK;
}

static mkt_status path_table(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_paths *p = w->input.paths;
    struct top *top;
    MKT_TRY(search(w, &top, err));
    struct mkt_table t = {.id = "paths",
                          .title = "Paths with the most conversions",
                          .scope = "path",
                          .column = MKT_NEW(arena, struct mkt_table_column, 3),
                          .row = MKT_NEW(arena, struct mkt_table_row, PATHS),
                          .rows = top->paths};
    if (!t.column || !t.row) return mkt_arena_full(arena, err);
    t.column[t.columns++] = (struct mkt_table_column){"conversions", "Conversions", MKT_UNIT_COUNT};
    if (w->input.values)
        t.column[t.columns++] = (struct mkt_table_column){"value", "Value", MKT_UNIT_MONEY};
    if (p->total.nulls)
        t.column[t.columns++] =
            (struct mkt_table_column){"conversion_rate", "Converting", MKT_UNIT_SHARE};
    for (size_t r = 0; r < t.rows; r++) {
        const struct mkt_path_counts *c = &top->path[r]->counts;
        double conversions = (double)c->conversions, all = (double)(c->conversions + c->nulls);
        const double value[] = {conversions, (double)c->value / MKT_MICRO, conversions / all};
        MKT_TRY(name_path(w, top->path[r], &t.row[r].label, err));
        t.row[r].fact = MKT_NEW(arena, const char *, t.columns);
        if (!t.row[r].fact) return mkt_arena_full(arena, err);
        for (size_t m = 0; m < t.columns; m++) {
            bool rate = t.column[m].unit == MKT_UNIT_SHARE;
            double x = rate ? value[2] : t.column[m].unit == MKT_UNIT_MONEY ? value[1] : value[0];
            const char *label;
            MKT_ATTRIBUTION_TEXT(w, t.row[r].fact[m], err, "path.%zu.%s", r + 1,
                                 t.column[m].metric);
            MKT_ATTRIBUTION_TEXT(w, label, err, "%s of the path %s", t.column[m].label,
                                 t.row[r].label);
            struct mkt_interval none = {NAN, NAN};
            MKT_TRY(add_fact(
                w, t.row[r].fact[m], label, t.column[m].metric, x, t.column[m].unit,
                c->conversions + c->nulls,
                rate ? mkt_interval_wilson(conversions, all, 1, 1.959963984540054) : none, err));
        }
    }
    if (p->paths > t.rows)
        MKT_ATTRIBUTION_TEXT(w, t.note, err, "%s of %s different paths", MKT_COUNT(t.rows),
                             MKT_COUNT(p->paths));
    return mkt_sheet_add_table(w->sheet, &t, err);
}

/* Column j: the ends first, then the channels. */
static const char *place_name(const struct mkt_attribution_work *w, size_t ends, size_t j)
{
    if (j >= ends) return w->channel[j - ends].name;
    return j ? "(null)" : "(conversion)";
}

static mkt_status transition_table(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_credits *c = w->input.credits;
    size_t K = c->channels, n = w->channels < SHOWN ? w->channels : SHOWN;
    bool nulls = w->input.paths->total.nulls > 0;
    size_t ends = 1 + nulls, columns = ends + n;
    double *p = MKT_NEW(arena, double, (K + 1) * (K + 2));
    struct mkt_table t = {.id = "transitions",
                          .title = "What follows what",
                          .scope = "path",
                          .head = "from",
                          .column = MKT_NEW(arena, struct mkt_table_column, columns),
                          .columns = columns,
                          .row = MKT_NEW(arena, struct mkt_table_row, n + 1),
                          .rows = n + 1};
    if (!p || !t.column || !t.row) return mkt_arena_full(arena, err);
    mkt_markov_transitions(c, w->total, nulls, p);
    for (size_t j = 0; j < columns; j++) {
        const char *key = j ? "null" : "conversion";
        if (j >= ends) key = w->channel[j - ends].key;
        t.column[j] = (struct mkt_table_column){key, place_name(w, ends, j), MKT_UNIT_SHARE};
    }
    for (size_t i = 0; i <= n; i++) {
        size_t from = i ? w->channel[i - 1].place + 1 : 0;
        const double *follow = mkt_credits_follow(c, w->total, false);
        double all = 0;
        for (size_t j = 0; j < K; j++) {
            all += follow[from * K + j];
            if (nulls) all += mkt_credits_follow(c, w->total, true)[from * K + j];
        }
        if (from) all += mkt_credits_end(c, w->total, 0)[from - 1];
        if (from && nulls) all += mkt_credits_end(c, w->total, 2)[from - 1];
        t.row[i].label = i ? w->channel[i - 1].name : "(start)";
        t.row[i].fact = MKT_NEW(arena, const char *, columns);
        if (!t.row[i].fact) return mkt_arena_full(arena, err);
        for (size_t j = 0; j < columns && all > 0; j++) {
            double share = p[from * (K + 2) + (j < ends ? K + j : w->channel[j - ends].place)];
            const char *label;
            MKT_ATTRIBUTION_TEXT(w, t.row[i].fact[j], err, "transition.%s.%s",
                                 i ? w->channel[i - 1].key : "start", t.column[j].metric);
            MKT_ATTRIBUTION_TEXT(w, label, err, "Share of steps from %s that go to %s",
                                 t.row[i].label, place_name(w, ends, j));
            MKT_TRY(add_fact(w, t.row[i].fact[j], label, t.column[j].metric, share, MKT_UNIT_SHARE,
                             (int64_t)all,
                             mkt_interval_wilson(share * all, all, 1, 1.959963984540054), err));
        }
    }
    return mkt_sheet_add_table(w->sheet, &t, err);
}

/* ---- memory ----------------------------------------------------------------------------- */

static mkt_status order_table(struct mkt_attribution_work *w, struct mkt_err *err)
{
    static const struct mkt_table_column column[] = {
        {"penalised_auc", "Penalised AUC", MKT_UNIT_INDEX},
        {"bic", "BIC", MKT_UNIT_INDEX},
        {"held_out", "Log likelihood of a held-out journey", MKT_UNIT_INDEX}};
    struct mkt_arena *arena = w->sheet->arena;
    struct mkt_table t = {.id = "orders",
                          .title = "How many channels back a journey remembers",
                          .scope = "path",
                          .head = "channels",
                          .column = MKT_NEW(arena, struct mkt_table_column, 3),
                          .columns = 3,
                          .row = MKT_NEW(arena, struct mkt_table_row, w->order.orders),
                          .rows = w->order.orders};
    if (!t.column || !t.row) return mkt_arena_full(arena, err);
    memcpy(t.column, column, sizeof column);
    for (size_t i = 0; i < t.rows; i++) {
        const struct mkt_order_score *s = &w->order.score[i];
        const double value[] = {s->penalised_auc, s->bic, s->held_out};
        MKT_ATTRIBUTION_TEXT(w, t.row[i].label, err, "%zu", s->order);
        t.row[i].fact = MKT_NEW(arena, const char *, 3);
        if (!t.row[i].fact) return mkt_arena_full(arena, err);
        for (size_t m = 0; m < 3; m++) {
            const char *id, *label;
            if (!isfinite(value[m]) || (m == 0 && isnan(s->auc))) continue;
            MKT_ATTRIBUTION_TEXT(w, id, err, "order.%zu.%s", s->order, column[m].metric);
            MKT_ATTRIBUTION_TEXT(w, label, err, "%s of order %zu", column[m].label, s->order);
            struct mkt_interval none = {NAN, NAN};
            MKT_TRY(add_fact(w, id, label, column[m].metric, value[m], MKT_UNIT_INDEX,
                             w->input.paths->total.conversions + w->input.paths->total.nulls, none,
                             err));
            t.row[i].fact[m] = id;
        }
    }
    return mkt_sheet_add_table(w->sheet, &t, err);
}

mkt_status mkt_attribution_work_tables(struct mkt_attribution_work *w, struct mkt_err *err)
{
    MKT_TRY(mkt_attribution_work_side_by_side(w, "channels", "Conversions by model", "conversions",
                                              MKT_UNIT_COUNT, err));
    MKT_TRY(mkt_attribution_work_side_by_side(w, "value", "Value by model", "value", MKT_UNIT_MONEY,
                                              err));
    MKT_TRY(
        mkt_attribution_work_side_by_side(w, "roas", "ROAS by model", "roas", MKT_UNIT_RATIO, err));
    MKT_TRY(
        mkt_attribution_work_side_by_side(w, "cpa", "CPA by model", "cpa", MKT_UNIT_MONEY, err));
    MKT_TRY(incremental_table(w, err));
    MKT_TRY(path_table(w, err));
    if (!w->input.credits->chain) return MKT_OK;
    MKT_TRY(transition_table(w, err));
    return order_table(w, err);
}
