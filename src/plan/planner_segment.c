/* Segments of an experiment in a question: "is b a winner on mobile", "for returning customers".
 */
#include <string.h>

#include "base/text.h"
#include "plan/planner_draft.h"

#define SHOWN 12 /* segments that a reply lists */

static const char people[] = "users, visitors, customers, people, buyers, shoppers, clients, "
                             "segment, traffic, devices, device, audience";

static bool is_segment(const struct mkt_known *known, const char *name)
{
    for (size_t i = 0; i < known->segment.values; i++)
        if (mkt_text_equal_nocase(known->segment.value[i], name)) return true;
    return false;
}

static void add_name(struct mkt_planner_segments *out, const char *name)
{
    for (size_t i = 0; i < out->names; i++)
        if (mkt_text_equal_nocase(out->name[i], name)) return;
    if (out->names < MKT_FOCUS_ENTITIES) out->name[out->names++] = name;
}

static void add_lack(struct mkt_planner_segments *out, size_t from, size_t to)
{
    if (out->lacks_from < out->lacks_to) return;
    out->lacks_from = from;
    out->lacks_to = to;
}

/* A value of a device, or of a column of the events, that is no segment of the experiment. */
static size_t elsewhere(const struct mkt_planner_work *w, size_t at, size_t end)
{
    static const char *const device[] = {"mobile", "desktop", "tablet"};
    const struct mkt_known *known = w->planner->known;
    size_t took = 0;
    for (size_t i = 0; i < 3 && !took; i++) {
        took = mkt_planner_work_value(&w->fold, at, end, device[i]);
        if (took && is_segment(known, device[i])) return 0;
    }
    for (size_t p = 0; p < known->properties && !took; p++)
        for (size_t v = 0; v < known->property[p].values && !took; v++)
            took = mkt_planner_work_value(&w->fold, at, end, known->property[p].value[v]);
    return took;
}

/* "users in Germany" */
static size_t place_at(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                       size_t at)
{
    const struct mkt_fold *f = &w->fold;
    size_t said = mkt_fold_match_any(f, at, c->to, people), name = at + said + 1;
    if (!said || name >= c->to || f->token[name].taken || f->token[name].kind != MKT_TOKEN_WORD ||
        !mkt_fold_match_any(f, name - 1, name, "in, from"))
        return 0;
    char first = f->text[f->token[name].from];
    return first >= 'A' && first <= 'Z' ? name : 0;
}

/* "for returning customers": up to two words that are neither names nor words of the analysis. */
static size_t unheard_of(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                         size_t at)
{
    static const char none[] = "the, our, all, both, these, those, each, every, more, most, many, "
                               "some, any, how, of, a, an, that, them, us, both, other, and, or, "
                               "which, what, test, experiment, control, variant, group, per, total";
    const struct mkt_fold *f = &w->fold;
    const struct mkt_known *known = w->planner->known;
    if (at + 1 >= c->to || !mkt_fold_match_any(f, at, c->to, "among, amongst, for, on, in, with"))
        return 0;
    for (size_t n = 1; n <= 2 && at + 1 + n < c->to; n++) {
        size_t last = at + n;
        bool heard = f->token[last].kind != MKT_TOKEN_WORD || f->token[last].taken ||
                     mkt_fold_match_any(f, last, c->to, none) > 0 ||
                     mkt_fold_match_any(f, last, c->to, people) > 0;
        for (size_t v = 0; v < known->segment.values && !heard; v++)
            heard = mkt_planner_work_value(f, last, c->to, known->segment.value[v]) > 0;
        for (size_t i = 0; i < c->topics.hits && !heard; i++) {
            const struct mkt_topic_hit *h = &c->topics.hit[i];
            heard = h->kind <= MKT_TOPIC_SHARED && h->from <= last && last < h->to;
        }
        if (heard) return 0;
        if (mkt_fold_match_any(f, last + 1, c->to, people)) return n;
    }
    return 0;
}

bool mkt_planner_work_segments(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                               struct mkt_planner_segments *out)
{
    const struct mkt_known *known = w->planner->known;
    *out = (struct mkt_planner_segments){.names = 0};
    for (size_t i = 0; i < w->mentions.count; i++) {
        const struct mkt_mention *m = &w->mentions.mention[i];
        if (!mkt_planner_work_is_one(c, m, MKT_KNOWN_SEGMENT)) continue;
        if (is_segment(known, m->name[0]->name))
            add_name(out, m->name[0]->name);
        else
            add_lack(out, m->from, m->to);
    }
    for (size_t i = c->from; i < c->to;) {
        size_t took = 0, n;
        for (size_t v = 0; v < known->segment.values && !took; v++) {
            took = mkt_planner_work_value(&w->fold, i, c->to, known->segment.value[v]);
            if (took) add_name(out, known->segment.value[v]);
        }
        if (!took && (took = elsewhere(w, i, c->to))) add_lack(out, i, i + took);
        if (!took && (n = unheard_of(w, c, i))) add_lack(out, i + 1, i + 1 + n);
        if (!took && (n = place_at(w, c, i))) add_lack(out, n, n + 1);
        i += took ? took : 1;
    }
    return out->names || out->lacks_from < out->lacks_to;
}

/* ---- what is meant of them ---- */

static mkt_status say_lack(struct mkt_planner_draft *d, const char *quote, struct mkt_err *err)
{
    const struct mkt_known_property *s = &d->w->planner->known->segment;
    struct mkt_buf list;
    mkt_buf_init(&list, d->w->arena);
    for (size_t i = 0; i < s->values; i++)
        if (mkt_buf_listed(&list, i, s->values, SHOWN))
            mkt_buf_printf(&list, "%.80s", *s->value[i] ? s->value[i] : "(none)");
    MKT_TRY(mkt_buf_check(&list, err));
    if (!s->values)
        return mkt_plan_unanswered(d->w->plan, err,
                                   "The experiment has no segments, so “%s” is not told: a column "
                                   "of its table such as segment or device would tell it.",
                                   quote);
    return mkt_plan_unanswered(d->w->plan, err,
                               "The experiment has no segment “%s”: its segments are %s.", quote,
                               list.data);
}

/* "*_lift_b": of the variant named, or of each. */
static mkt_status tell_lift(struct mkt_planner_draft *d, struct mkt_err *err)
{
    struct mkt_arena *arena = d->w->arena;
    struct mkt_focus *focus = &d->step.focus;
    const char *variant = NULL;
    size_t variants = 0;
    for (size_t i = 0; i < d->w->mentions.count; i++) {
        const struct mkt_mention *m = &d->w->mentions.mention[i];
        if (!mkt_planner_work_is_one(d->c, m, MKT_KNOWN_VARIANT)) continue;
        variant = m->name[0]->name;
        variants++;
    }
    const char *key = variants == 1 ? mkt_text_slug(arena, variant, 60) : "*";
    const char *lift = key ? mkt_arena_printf(arena, "*_lift_%s", key) : NULL;
    const char *p = key ? mkt_arena_printf(arena, "*_p_holm_%s", key) : NULL;
    if (!lift || !p) return mkt_arena_full(arena, err);
    focus->metrics = 0;
    focus->verdict = false;
    focus->kinds = 1U << MKT_FINDING_COMPARE;
    focus->scope = "segment";
    mkt_plan_focus_metric(focus, lift);
    mkt_plan_focus_metric(focus, p);
    return mkt_plan_understood(d->w->plan, err,
                               "Intervals and p values by segment are corrected for the number of "
                               "segments.");
}

/* What is told of all units alone. */
static const char *of_all(const struct mkt_focus *focus)
{
    static const struct {
        const char *metric, *what;
    } of[] = {{"units", "The number of units"},
              {"days", "The number of days"},
              {"split_p", "The split"},
              {"*", "What a variant reached"}};
    for (size_t i = 0; i < sizeof of / sizeof *of && focus->metrics; i++)
        if (strcmp(focus->metric[0], of[i].metric) == 0) return of[i].what;
    return NULL;
}

/* "by device": the column that its segments come from has no name here. */
static bool parts(const struct mkt_planner_draft *d)
{
    static const char by[] =
        "by device, per device, by browser, by segment, per segment, by "
        "country, by region, by platform, each segment, each device, all devices, every device, "
        "across devices, all segments, every segment, across segments";
    return (d->step.focus.scope && strcmp(d->step.focus.scope, "segment") == 0) ||
           mkt_fold_says(&d->w->fold, d->c->from, d->c->to, by);
}

mkt_status mkt_planner_draft_segments(struct mkt_planner_draft *d, struct mkt_err *err)
{
    struct mkt_planner_segments x;
    struct mkt_focus *focus = &d->step.focus;
    if (!mkt_analysis_takes(d->step.analysis, "control")) return MKT_OK;
    bool named = mkt_planner_work_segments(d->w, d->c, &x), parted = parts(d);
    if (!named && !parted) return MKT_OK;
    if (x.lacks_from < x.lacks_to) {
        const char *quote = mkt_fold_quote(d->w->arena, &d->w->fold, x.lacks_from, x.lacks_to);
        if (!quote) return mkt_arena_full(d->w->arena, err);
        MKT_TRY(say_lack(d, quote, err));
        focus->opening = mkt_arena_printf(d->w->arena, "Of all units, not of “%s”", quote);
        if (!focus->opening) return mkt_arena_full(d->w->arena, err);
        if (!x.names) return MKT_OK;
    }
    if (parted && !d->w->planner->known->segment.values) return say_lack(d, "by segment", err);
    const char *all = of_all(focus);
    if (all) {
        focus->opening = "Of all units";
        return mkt_plan_unanswered(d->w->plan, err, "%s is told of all together, not by segment.",
                                   all);
    }
    if (mkt_fold_says(&d->w->fold, d->c->from, d->c->to, "conversion rate, average, mean"))
        MKT_TRY(mkt_plan_unanswered(d->w->plan, err,
                                    "What a variant reached within a segment is not told, but by "
                                    "how much more than the control."));
    MKT_TRY(tell_lift(d, err));
    for (size_t i = 0; i < x.names; i++) mkt_plan_focus_entity(focus, "segment", x.name[i]);
    focus->opening = NULL;
    return MKT_OK;
}
