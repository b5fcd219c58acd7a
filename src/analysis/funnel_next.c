/* What those who stop at a step do next, beside those who go on. */
#include "analysis/funnel_work.h"

#include <math.h>

#include "model/multiplicity.h"

#define EACH 4  /* events of a step that are shown */
#define LEAST 5 /* times an event follows, to be compared */
#define CALLED .05
#define TOLD 2

struct follower {
    size_t step, event; /* event: events for nothing more */
    double lost, kept, all_lost, all_kept;
    struct mkt_step_difference d;
    double bh;
    bool compared, shown;
};

/* Events of steps, exclusions and nothing at all part those who stop from those who go on by what
 * an attempt is: these are told and not compared. */
static bool is_comparable(const struct mkt_funnel_work *w, size_t event)
{
    if (event == w->f->events) return false;
    for (size_t k = 0; k < w->steps + w->plan->exclusions; k++) {
        const struct mkt_funnel_step *s =
            k < w->steps ? &w->plan->step[k] : &w->plan->exclusion[k - w->steps];
        for (size_t i = 0; i < s->events; i++)
            if (s->event[i] == event) return false;
    }
    return true;
}

static size_t collect_step(const struct mkt_funnel_work *w, size_t step, struct follower *out)
{
    size_t width = w->f->events + 1, n = 0;
    const int64_t *lost = w->f->lost + step * width, *kept = w->f->kept + step * width;
    double all_lost = 0, all_kept = 0;
    for (size_t e = 0; e < width; e++) {
        all_lost += (double)lost[e];
        all_kept += (double)kept[e];
    }
    if (!(all_lost > 0)) return 0;
    for (size_t e = 0; e < width; e++) {
        if (lost[e] + kept[e] < LEAST) continue;
        struct follower x = {.step = step,
                             .compared = all_kept > 0 && is_comparable(w, e),
                             .event = e,
                             .lost = (double)lost[e],
                             .kept = (double)kept[e],
                             .all_lost = all_lost,
                             .all_kept = all_kept};
        if (x.compared)
            x.d = mkt_step_rates_compare(x.lost, all_lost, x.kept, all_kept, w->effect,
                                         MKT_FUNNEL_LEVEL);
        if (out) out[n] = x;
        n++;
    }
    return n;
}

/* Marks the events that most of the lost of a step do next. */
static void mark_shown(struct follower *x, size_t n)
{
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && x[to].step == x[from].step;) to++;
        for (int k = 0; k < EACH; k++) {
            struct follower *best = NULL;
            for (size_t i = from; i < to; i++)
                if (!x[i].shown && x[i].lost > 0 && (!best || x[i].lost > best->lost)) best = &x[i];
            if (best) best->shown = true;
        }
    }
}

static const char *name_of(const struct mkt_funnel_work *w, const struct follower *x)
{
    return x->event < w->f->events ? w->input.view->event.name[x->event] : "nothing more";
}

static mkt_status add_facts(struct mkt_funnel_work *w, const struct follower *x, const char *id,
                            struct mkt_err *err)
{
    const char *name = name_of(w, x), *step = w->input.label[x->step];
    const struct {
        double x, n;
        const char *metric, *who;
    } side[] = {{x->lost, x->all_lost, "stop_next", "stop"},
                {x->kept, x->all_kept, "go_on_next", "go on"}};
    struct mkt_funnel_figure f = {.scope = "step", .entity = step, .unit = MKT_UNIT_SHARE};
    for (int s = 0; s < (x->compared ? 2 : 1); s++) {
        double e = w->effect;
        struct mkt_step_rate r = mkt_step_rates_of(side[s].n, side[s].x, side[s].n * e,
                                                   side[s].x * e, side[s].x * e, MKT_FUNNEL_LEVEL);
        f.metric = side[s].metric;
        f.value = r.value;
        f.low = r.low;
        f.high = r.high;
        f.interval = "wilson";
        f.n = side[s].n;
        MKT_FUNNEL_TEXT(w, f.id, err, "%s.%s", id, f.metric);
        MKT_FUNNEL_TEXT(w, f.label, err, "Share of those who %s after %s that do %s%s", side[s].who,
                        step, name, x->event < w->f->events ? " next" : "");
        MKT_TRY(mkt_funnel_work_add(w, &f, err));
    }
    if (!x->compared) return MKT_OK;
    f.metric = "difference";
    f.unit = MKT_UNIT_POINTS;
    f.value = x->d.value;
    f.low = x->d.low;
    f.high = x->d.high;
    f.interval = "newcombe";
    f.n = x->all_lost + x->all_kept;
    MKT_FUNNEL_TEXT(w, f.id, err, "%s.difference", id);
    MKT_FUNNEL_TEXT(w, f.label, err, "Difference of these shares for %s after %s", name, step);
    MKT_TRY(mkt_funnel_work_add(w, &f, err));
    f.metric = "p_bh";
    f.unit = MKT_UNIT_P;
    f.value = x->bh;
    f.low = f.high = NAN;
    f.why = "a p value says itself how sure it is";
    MKT_FUNNEL_TEXT(w, f.id, err, "%s.p_bh", id);
    MKT_FUNNEL_TEXT(w, f.label, err, "p value of that difference, Benjamini-Hochberg");
    return mkt_funnel_work_add(w, &f, err);
}

static mkt_status tell(struct mkt_funnel_work *w, const struct follower *x, const char *id,
                       struct mkt_err *err)
{
    const char *name = name_of(w, x), *step = w->input.label[x->step], *first, *second;
    struct mkt_finding f = {.kind = MKT_FINDING_COMPARE,
                            .probability = 1 - x->bh / 2,
                            .stake = x->d.value * x->all_lost * w->value * w->start[w->last].value,
                            .scope = "step",
                            .subject = step};
    MKT_FUNNEL_TEXT(w, f.id, err, "%s.tell", id);
    MKT_FUNNEL_TEXT(w, f.claim, err,
                    "those who stop after %s do %s next more often than those who go on", step,
                    name);
    MKT_FUNNEL_TEXT(w, first, err, "%s.stop_next", id);
    MKT_FUNNEL_TEXT(w, second, err, "%s.go_on_next", id);
    return mkt_funnel_work_find(w, f, first, second, err);
}

static mkt_status show(struct mkt_funnel_work *w, struct follower *x, size_t n, struct mkt_err *err)
{
    static const struct mkt_table_column column[] = {
        {"stop_next", "Of those who stop", MKT_UNIT_SHARE},
        {"go_on_next", "Of those who go on", MKT_UNIT_SHARE},
        {"difference", "Difference", MKT_UNIT_POINTS},
        {"p_bh", "p, Benjamini-Hochberg", MKT_UNIT_P}};
    struct mkt_arena *arena = w->sheet->arena;
    const char **id = MKT_NEW(arena, const char *, n + 1),
               **label = MKT_NEW(arena, const char *, n + 1);
    struct mkt_funnel_table t = {.id = "next",
                                 .title =
                                     "What comes next, of those who stop and of those who go on",
                                 .scope = "step",
                                 .column = column,
                                 .columns = sizeof column / sizeof *column,
                                 .row_id = id,
                                 .row_label = label};
    if (!id || !label) return mkt_arena_full(arena, err);
    size_t told = 0;
    for (size_t i = 0; i < n; i++) {
        if (!x[i].shown) continue;
        MKT_FUNNEL_TEXT(w, id[t.rows], err, "next.%s.%zu", w->key[x[i].step], t.rows + 1);
        MKT_FUNNEL_TEXT(w, label[t.rows], err, "%s → %s", w->input.label[x[i].step],
                        name_of(w, &x[i]));
        MKT_TRY(add_facts(w, &x[i], id[t.rows], err));
        if (x[i].compared && x[i].bh < CALLED && x[i].d.value > 0 && told++ < TOLD)
            MKT_TRY(tell(w, &x[i], id[t.rows], err));
        t.rows++;
    }
    return mkt_funnel_work_table(w, &t, err);
}

mkt_status mkt_funnel_work_next(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    size_t n = 0, all = 0;
    for (size_t k = 0; k < w->last; k++)
        if (!w->plan->step[k].optional) all += collect_step(w, k, NULL);
    struct follower *x = MKT_NEW(arena, struct follower, all + 1);
    double *p = MKT_NEW(arena, double, all + 1);
    if (!x || !p) return mkt_arena_full(arena, err);
    for (size_t k = 0; k < w->last; k++)
        if (!w->plan->step[k].optional) n += collect_step(w, k, x + n);
    if (!n) return MKT_OK;
    size_t tests = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i].compared) p[tests++] = x[i].d.p;
    MKT_TRY(mkt_multiplicity_bh(arena, p, tests, p, err));
    tests = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i].compared) x[i].bh = p[tests++];
    mark_shown(x, n);
    return show(w, x, n, err);
}
