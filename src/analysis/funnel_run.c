/* The funnel as a row of the table of analyses: parameters to a plan, events to counts. */
#include "analysis/funnel.h"

#include "analysis/funnel_guess.h"
#include "analysis/funnel_work.h"
#include "base/buf.h"
#include "base/text.h"

#define DAY (INT64_C(86400) * 1000000)

const struct mkt_param mkt_funnel_params[MKT_FUNNEL_PARAMS] = {
    {"steps", MKT_PARAM_TEXT, "events", 0, 0, NULL,
     "parted by >, as in \"visit > cart > coupon? > purchase[value>=50]\"; a|b is either event, ? "
     "may be passed over; found in the data if not given"},
    {"order", MKT_PARAM_TEXT, "choice", 0, 0, "ordered",
     "ordered: other events may lie between steps; strict: none may; any: steps in any order"},
    {"exclude", MKT_PARAM_TEXT, "events", 0, 0, NULL,
     "events that end an attempt when they come between its steps, parted by commas"},
    {"window", MKT_PARAM_TEXT, "length of time", 0, 0, "14d",
     "from the first step to the last: 30m, 24h, 14d"},
    {"entry", MKT_PARAM_TEXT, "choice", 0, 0, "user", "what is counted: user or session"},
    {"session_gap", MKT_PARAM_TEXT, "length of time", 0, 0, "30m",
     "without an event that ends a session, where the data name none"},
    {"segment", MKT_PARAM_TEXT, "property", 0, 0, NULL,
     "to compare by; the segment column if not given; none for none"},
    {"cohort", MKT_PARAM_TEXT, "choice", 0, 0, "auto", "day, week, month or auto"},
    {"value", MKT_PARAM_NUMBER, "money", 0, 9e12, NULL,
     "of a conversion, where the events tell none"},
    {"open", MKT_PARAM_INTEGER, "0 or 1", 0, 1, "0",
     "1: count attempts whose window is still open at the end of the data"},
    {"quantile", MKT_PARAM_NUMBER, "share", .001, .999, NULL,
     "of the times, beside the median and the ninth decile: 0.8 is the time within which 80 % of "
     "those who arrive do so"},
    {"seed", MKT_PARAM_INTEGER, "number", 0, 9007199254740992, "1", "of the draws"},
};

/* What a run asks, once its parameters are read. */
struct asked {
    struct mkt_funnel_steps steps, exclude;
    struct mkt_funnel_plan plan;
    const char *how, *segment, *no_segment;
};

static mkt_status choose(const struct mkt_run *run, const char *name, const char *const *word,
                         size_t words, int *out, struct mkt_err *err)
{
    const char *text = mkt_args_text(run, name);
    struct mkt_buf list;
    for (size_t i = 0; i < words; i++)
        if (mkt_text_equal_nocase(text, word[i])) {
            *out = (int)i;
            return MKT_OK;
        }
    mkt_buf_init(&list, run->arena);
    for (size_t i = 0; i < words; i++) {
        mkt_buf_between(&list, i, words, " or ");
        mkt_buf_str(&list, word[i]);
    }
    MKT_TRY(mkt_buf_check(&list, err));
    return mkt_err_set(err, MKT_E_ARG, "%s is %s, not \"%s\"", name, list.data, text);
}

static mkt_status read_steps(const struct mkt_run *run, const struct mkt_events_view *view,
                             const struct mkt_dataset_events *events, struct asked *a,
                             struct mkt_err *err)
{
    const char *steps = mkt_args_text(run, "steps"), *exclude = mkt_args_text(run, "exclude");
    if (steps)
        MKT_TRY(
            mkt_funnel_steps_read(run->arena, steps, '>', "steps", view, events, &a->steps, err));
    else
        MKT_TRY(mkt_funnel_guess_make(run->arena, view, &a->steps, &a->how, err));
    if (exclude)
        MKT_TRY(mkt_funnel_steps_read(run->arena, exclude, ',', "exclude", view, events,
                                      &a->exclude, err));
    size_t n = a->steps.count;
    if (steps && n < 2)
        return mkt_err_set(err, MKT_E_ARG,
                           "steps has a single step, \"%s\": a funnel needs two, as in "
                           "\"visit > purchase\"",
                           a->steps.label[0]);
    if (n && (a->steps.step[0].optional || a->steps.step[n - 1].optional))
        return mkt_err_set(err, MKT_E_ARG,
                           "steps: the %s step cannot be passed over: take the ? from \"%s\"",
                           a->steps.step[0].optional ? "first" : "last",
                           a->steps.label[a->steps.step[0].optional ? 0 : n - 1]);
    for (size_t i = 0; i < a->exclude.count; i++)
        if (a->exclude.step[i].optional)
            return mkt_err_set(err, MKT_E_ARG, "exclude: a ? has no meaning after \"%s\"",
                               a->exclude.label[i]);
    return MKT_OK;
}

static mkt_status read_segment(const struct mkt_run *run, const struct mkt_events_view *view,
                               const struct mkt_dataset_events *events, struct asked *a,
                               struct mkt_err *err)
{
    const char *name = mkt_args_text(run, "segment");
    size_t p = mkt_funnel_steps_property(events, name ? name : "segment");
    a->plan.segment = MKT_EVENTS_PROPERTIES;
    if (!name && p == MKT_EVENTS_PROPERTIES) p = mkt_funnel_steps_property(events, "channel");
    bool wide = p < MKT_EVENTS_PROPERTIES &&
                (view->too_many[p] || view->level[p].count > MKT_FUNNELS_SEGMENTS);
    if (name && mkt_text_equal_nocase(name, "none")) return MKT_OK;
    if (name && wide)
        return mkt_err_set(err, MKT_E_ARG,
                           "segment: \"%s\" has more than %s different values: they tell nothing "
                           "apart",
                           name, MKT_COUNT(MKT_FUNNELS_SEGMENTS));
    if (name && p == MKT_EVENTS_PROPERTIES) {
        struct mkt_buf list;
        mkt_buf_init(&list, run->arena);
        for (size_t i = 0; i < events->properties; i++)
            mkt_buf_printf(&list, "%s\"%s\"", i ? ", " : "", events->property[i]);
        MKT_TRY(mkt_buf_check(&list, err));
        return mkt_err_set(err, MKT_E_ARG, "segment: the events have no property \"%s\"; %s%s",
                           name, events->properties ? "they have " : "they have none",
                           events->properties ? list.data : "");
    }
    if (wide) a->no_segment = events->property[p];
    if (p == MKT_EVENTS_PROPERTIES || wide) return MKT_OK;
    a->plan.segment = p;
    a->segment = events->property[p];
    return MKT_OK;
}

/* The finest period of which there are at most so many; a wish with more than can be counted is
 * made coarser. */
static mkt_funnel_period period_of(const struct mkt_events_view *view, int wish)
{
    const int32_t fine[] = {31, 105, MKT_FUNNELS_COHORTS};
    int32_t first = (int32_t)(view->first / DAY), last = (int32_t)(view->last / DAY);
    int p = wish < 3 ? wish : 0;
    for (; p < 2; p++) {
        int32_t n = mkt_funnels_period_of((mkt_funnel_period)p, last) -
                    mkt_funnels_period_of((mkt_funnel_period)p, first) + 1;
        if (n <= (wish < 3 ? MKT_FUNNELS_COHORTS : fine[p])) break;
    }
    return (mkt_funnel_period)p;
}

static mkt_status read_plan(const struct mkt_run *run, const struct mkt_events_view *view,
                            const struct mkt_dataset_events *events, struct asked *a,
                            struct mkt_err *err)
{
    static const char *const order[] = {"ordered", "strict", "any"};
    static const char *const entry[] = {"user", "session"};
    static const char *const cohort[] = {"day", "week", "month", "auto"};
    int o = 0, e = 0, c = 0;
    MKT_TRY(choose(run, "order", order, 3, &o, err));
    MKT_TRY(choose(run, "entry", entry, 2, &e, err));
    MKT_TRY(choose(run, "cohort", cohort, 4, &c, err));
    MKT_TRY(mkt_funnel_steps_length(mkt_args_text(run, "window"), "window", &a->plan.window, err));
    MKT_TRY(mkt_funnel_steps_length(mkt_args_text(run, "session_gap"), "session_gap", &a->plan.gap,
                                    err));
    MKT_TRY(read_steps(run, view, events, a, err));
    MKT_TRY(read_segment(run, view, events, a, err));
    for (size_t k = 0; k < a->steps.count; k++)
        if (o == MKT_FUNNEL_ANY && a->steps.step[k].optional)
            return mkt_err_set(err, MKT_E_ARG,
                               "steps: in any order no step can be passed over: take the ? from "
                               "\"%s\", or leave it out",
                               a->steps.label[k]);
    a->plan.step = a->steps.step;
    a->plan.steps = a->steps.count;
    a->plan.exclusion = a->exclude.step;
    a->plan.exclusions = a->exclude.count;
    a->plan.order = (mkt_funnel_order)o;
    a->plan.by_session = e == 1;
    a->plan.period = period_of(view, c);
    a->plan.count_open = mkt_args_number(run, "open") > 0;
    return MKT_OK;
}

static bool asks_about(const struct mkt_funnel_steps *steps, size_t property)
{
    for (size_t k = 0; k < steps->count; k++)
        for (size_t i = 0; i < steps->step[k].conditions; i++) {
            const struct mkt_funnel_condition *c = &steps->step[k].condition[i];
            if (!c->on_value && c->property == property) return true;
        }
    return false;
}

/* Of the properties that the question is about, values that were taken for one; NULL for none. */
static mkt_status list_respelled(const struct mkt_run *run, const struct mkt_events_view *view,
                                 const struct mkt_dataset_events *events, const struct asked *a,
                                 const char **out, struct mkt_err *err)
{
    struct mkt_buf list;
    mkt_buf_init(&list, run->arena);
    for (size_t p = 0; p < events->properties; p++) {
        bool asked = p == a->plan.segment || asks_about(&a->steps, p) || asks_about(&a->exclude, p);
        if (asked && view->respelled_levels[p])
            mkt_buf_printf(&list, "%s%s: %s", list.length ? "; " : "", events->property[p],
                           view->respelled_levels[p]);
    }
    *out = list.length ? list.data : NULL;
    return mkt_buf_check(&list, err);
}

static mkt_status add_parameters(const struct mkt_run *run, const struct asked *a,
                                 struct mkt_sheet *sheet, struct mkt_err *err)
{
    struct mkt_parameter *p = MKT_NEW(run->arena, struct mkt_parameter, MKT_FUNNEL_PARAMS);
    if (!p) return mkt_arena_full(run->arena, err);
    for (size_t i = 0; i < MKT_FUNNEL_PARAMS; i++)
        p[i] = (struct mkt_parameter){mkt_funnel_params[i].name,
                                      mkt_args_text(run, mkt_funnel_params[i].name)};
    if (!p[0].value && a && a->steps.count) { /* the steps as applied */
        struct mkt_buf text;
        mkt_buf_init(&text, run->arena);
        for (size_t k = 0; k < a->steps.count; k++)
            mkt_buf_printf(&text, "%s%s", k ? " > " : "", a->steps.label[k]);
        MKT_TRY(mkt_buf_check(&text, err));
        p[0].value = text.data;
    }
    sheet->provenance.parameter = p;
    sheet->provenance.parameters = MKT_FUNNEL_PARAMS;
    return MKT_OK;
}

/* Data without events are no error: a report over all questions goes on without this one. */
static mkt_status no_answer(const struct mkt_run *run, struct mkt_sheet *sheet, const char *why,
                            struct mkt_err *err)
{
    mkt_funnel_work_name(sheet, mkt_dataset_account(run->dataset), (struct mkt_period){0, -1});
    MKT_TRY(add_parameters(run, NULL, sheet, err));
    return mkt_funnel_work_insufficient(sheet, mkt_arena_strdup(sheet->arena, why), err);
}

/* Counts; where no window has closed yet, once more with those that are open. */
static mkt_status count(const struct mkt_run *run, const struct mkt_events_view *view,
                        struct asked *a, struct mkt_funnels *out, bool *had_to, struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(run->arena);
    MKT_TRY(mkt_funnels_count(run->arena, view, &a->plan, run->threads, out, err));
    *had_to = !out->reached[0] && *out->open;
    if (!*had_to) return MKT_OK;
    mkt_arena_release(run->arena, mark);
    a->plan.count_open = true;
    return mkt_funnels_count(run->arena, view, &a->plan, run->threads, out, err);
}

mkt_status mkt_funnel_run(const struct mkt_run *run, struct mkt_sheet *sheet, struct mkt_err *err)
{
    struct mkt_dataset_events events;
    struct mkt_events_view view;
    struct mkt_funnels counts;
    struct mkt_err none = {0};
    struct asked *a = MKT_NEW(run->arena, struct asked, 1);
    if (!a) return mkt_arena_full(run->arena, err);
    if (run->progress) run->progress(run->user, "counting events", 0);
    mkt_status status = mkt_dataset_events(run->dataset, &events, &none);
    if (status == MKT_OK)
        status = mkt_events_unite(run->arena, events.part, events.parts, &view, &none);
    if (status == MKT_E_EMPTY) return no_answer(run, sheet, none.text, err);
    if (status != MKT_OK) return mkt_err_set(err, status, "%s", none.text);
    MKT_TRY(read_plan(run, &view, &events, a, err));
    if (a->plan.steps < 2)
        return no_answer(run, sheet,
                         "The data hold a single kind of event: a funnel needs two and more, such "
                         "as visits and purchases",
                         err);
    struct mkt_funnel_input in = {.view = &view,
                                  .plan = &a->plan,
                                  .counts = &counts,
                                  .label = a->steps.label,
                                  .segment = a->segment,
                                  .how = a->how,
                                  .left_out = events.left_out,
                                  .no_segment = a->no_segment,
                                  .values = events.values,
                                  .value = mkt_args_number(run, "value"),
                                  .quantile = mkt_args_number(run, "quantile"),
                                  .account = mkt_dataset_account(run->dataset),
                                  .seed = (uint64_t)mkt_args_number(run, "seed"),
                                  .cancel = run->cancel};
    MKT_TRY(list_respelled(run, &view, &events, a, &in.respelled, err));
    MKT_TRY(count(run, &view, a, &counts, &in.had_to_count_open, err));
    if (run->progress) run->progress(run->user, "estimating", .7);
    MKT_TRY(add_parameters(run, a, sheet, err));
    MKT_TRY(mkt_funnel_fill(&in, sheet, err));
    if (run->progress) run->progress(run->user, "done", 1);
    return MKT_OK;
}
