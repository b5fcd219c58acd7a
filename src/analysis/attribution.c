#include "analysis/attribution.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "analysis/attribution_work.h"
#include "base/text.h"
#include "model/user_groups.h"

#define DAY 86400
#define FEWER_GROUPS 256 /* of users, where many channels make their sums large */

const struct mkt_param mkt_attribution_params[MKT_ATTRIBUTION_PARAMS] = {
    {"lookback", MKT_PARAM_NUMBER, "days", 0.01, 3650, "30",
     "touches that long before a conversion count"},
    {"session", MKT_PARAM_NUMBER, "minutes", 0, 1440, "30",
     "touches of one channel no further apart are one"},
    {"gap", MKT_PARAM_NUMBER, "days", 0, 3650, "0",
     "so long without a touch ends a journey; 0: nothing does but a conversion"},
    {"half_life", MKT_PARAM_NUMBER, "days", 0.01, 3650, "7",
     "of time decay: a touch that much earlier gets half the credit"},
    {"first_weight", MKT_PARAM_NUMBER, "share", 0, 1, "0.4", "of the first touch, by position"},
    {"last_weight", MKT_PARAM_NUMBER, "share", 0, 1, "0.4", "of the last touch, by position"},
    {"direct", MKT_PARAM_INTEGER, "choice", 0, 2, "1",
     "direct traffic: 0 left out, 1 a channel like others, 2 only where there is nothing else"},
    {"views", MKT_PARAM_INTEGER, "choice", 0, 2, "1",
     "ads seen and not clicked: 0 left out, 1 like clicks, 2 only where there is no click"},
    {"reuse", MKT_PARAM_INTEGER, "choice", 0, 1, "0",
     "1: touches before a conversion count for the next one, too"},
    {"first_only", MKT_PARAM_INTEGER, "choice", 0, 1, "0",
     "1: only the first conversion of a user counts"},
    {"max_order", MKT_PARAM_INTEGER, "channels", 1, 10, "5",
     "how many channels back Markov's memory is tried"},
    {"seed", MKT_PARAM_INTEGER, "number", 0, 9007199254740992, "1", "of the bootstrap draws"},
};

/* ---- names and order --------------------------------------------------------------- */

static bool is_taken(const struct mkt_attribution_work *w, size_t channels, const char *key)
{
    static const char *const reserved[] = {"total", "path",       "transition", "order",
                                           "start", "conversion", "null"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(key, reserved[i]) == 0) return true;
    for (size_t i = 0; i < channels; i++)
        if (strcmp(key, w->channel[i].key) == 0) return true;
    return false;
}

/* The channels with the most linear credit, then by name. */
static mkt_status choose_channels(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_paths *paths = w->input.paths;
    size_t K = paths->channel.count, n = K < MKT_ATTRIBUTION_LARGEST ? K : MKT_ATTRIBUTION_LARGEST;
    w->channel = MKT_NEW(arena, struct mkt_attribution_channel, n);
    bool *used = MKT_NEW(arena, bool, K);
    if (!w->channel || !used) return mkt_arena_full(arena, err);
    const double *linear = NULL;
    for (size_t r = 0; r < w->input.credits->rules; r++)
        if (w->input.credits->rule[r].kind == MKT_SHARE_LINEAR)
            linear = mkt_credits_of(w->input.credits, w->total, r, false);
    assert(linear); /* the rule is among those of every run */
    for (size_t i = 0; i < n; i++) {
        size_t best = K;
        for (size_t k = 0; k < K; k++)
            if (!used[k] && (best == K || linear[k] > linear[best])) best = k;
        used[best] = true;
        struct mkt_attribution_channel *c = &w->channel[i];
        c->place = best;
        c->name = paths->channel.name[best];
        const char *slug = mkt_text_slug(arena, c->name, 60);
        if (!slug) return mkt_arena_full(arena, err);
        c->key = slug;
        for (int k = 2; is_taken(w, i, c->key); k++)
            MKT_ATTRIBUTION_TEXT(w, c->key, err, "%s_%d", slug, k);
        MKT_TRY(mkt_attribution_work_spend(w, slug, &c->spend, err));
    }
    w->channels = n;
    w->left_out = K - n;
    return MKT_OK;
}

static const char *label_of(const struct mkt_share_rule *rule)
{
    static const struct {
        const char *name, *label;
    } word[] = {{"first", "first touch"},
                {"last", "last touch"},
                {"last_non_direct", "last non-direct touch"},
                {"linear", "linear"},
                {"position", "position"},
                {"time_decay", "time decay"},
                {"j_shape", "J shape"},
                {"w_shape", "W shape"},
                {"shapley", "Shapley"}};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strcmp(word[i].name, rule->name) == 0) return word[i].label;
    return rule->name;
}

static void choose_models(struct mkt_attribution_work *w)
{
    const struct mkt_credits *c = w->input.credits;
    for (size_t r = 0; r < c->rules; r++) {
        if (c->rule[r].kind == MKT_SHARE_LAST) w->last = w->models;
        if (c->rule[r].kind == MKT_SHARE_SET) w->reference = w->models;
        w->model[w->models++] =
            (struct mkt_attribution_model){c->rule[r].name, label_of(&c->rule[r]), r};
    }
    if (!c->chain) return;
    w->reference = w->models;
    w->model[w->models++] = (struct mkt_attribution_model){"markov", "Markov removal", c->rules};
    if (w->input.paths->total.nulls > 0)
        w->model[w->models++] = (struct mkt_attribution_model){
            "markov_converting", "Markov removal among converting journeys", c->rules + 1};
}

double mkt_attribution_work_point(const struct mkt_attribution_work *w, size_t model, bool value,
                                  size_t channel)
{
    return w->draws.point[mkt_credit_draws_place(w->input.credits, w->model[model].draws, value,
                                                 w->channel[channel].place)];
}

void mkt_attribution_work_interval(struct mkt_attribution_work *w, size_t model, bool value,
                                   size_t channel, double *low, double *high)
{
    size_t figure = mkt_credit_draws_place(w->input.credits, w->model[model].draws, value,
                                           w->channel[channel].place);
    mkt_credit_draws_interval(&w->draws, figure, .95, w->scratch, low, high);
}

const float *mkt_attribution_work_drawn(const struct mkt_attribution_work *w, size_t model,
                                        bool value, size_t channel)
{
    return w->draws.figure + w->draws.draws * mkt_credit_draws_place(w->input.credits,
                                                                     w->model[model].draws, value,
                                                                     w->channel[channel].place);
}

const char *mkt_attribution_work_id(struct mkt_attribution_work *w, size_t channel,
                                    const char *model, const char *what)
{
    return mkt_arena_printf(w->sheet->arena, "%s.%s_%s", w->channel[channel].key, model, what);
}

/* ---- models ------------------------------------------------------------------------- */

static mkt_status look(const struct mkt_attribution_work *w, struct mkt_err *err)
{
    if (w->input.cancel && atomic_load_explicit(w->input.cancel, memory_order_relaxed))
        return mkt_err_set(err, MKT_E_CANCELLED, "the analysis was cancelled");
    return MKT_OK;
}

/* Markov with the memory that told held-out journeys best; not settled is not known. */
static mkt_status fit_memory(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_paths *paths = w->input.paths;
    MKT_TRY(
        mkt_order_choice_make(arena, paths, w->input.max_order, w->input.threads, &w->order, err));
    size_t best = w->order.by_held_out;
    if (best < 2) return MKT_OK;
    struct mkt_contexts contexts;
    struct mkt_err fault = {0};
    MKT_TRY(mkt_contexts_build(arena, paths, best, true, w->input.threads, &contexts, err));
    mkt_status status = mkt_contexts_fit(arena, &contexts, w->input.threads, &w->longer, &fault);
    if (status == MKT_OK) w->memory = best;
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", fault.text);
    return MKT_OK;
}

mkt_status mkt_attribution_work_fit(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_credits *c = w->input.credits;
    w->total = MKT_NEW(arena, double, c->width);
    if (!w->total) return mkt_arena_full(arena, err);
    mkt_credits_total(c, w->total);
    MKT_TRY(choose_channels(w, err));
    choose_models(w);
    MKT_TRY(look(w, err));
    MKT_TRY(mkt_credit_draws_make(arena, c, MKT_ATTRIBUTION_DRAWS, w->input.seed, w->input.threads,
                                  &w->draws, err));
    w->scratch = MKT_NEW(arena, float, w->draws.draws);
    if (!w->scratch) return mkt_arena_full(arena, err);
    MKT_TRY(look(w, err));
    if (c->chain) MKT_TRY(fit_memory(w, err));
    MKT_TRY(look(w, err));
    w->has_incremental = c->channels <= MKT_INCREMENTAL_CHANNELS && w->input.paths->total.nulls > 0;
    if (w->has_incremental)
        MKT_TRY(
            mkt_incremental_fit(arena, w->input.paths, 1, w->input.threads, &w->incremental, err));
    /* channels that seem to drive customers away tell whom they reach, not what they do */
    for (size_t k = 0; w->has_incremental && k < c->channels; k++)
        w->repelling += w->incremental.conversions[k] + 3 * w->incremental.spread[k] < 0;
    if (w->repelling) w->has_incremental = false;
    return look(w, err);
}

/* ---- the analysis ---------------------------------------------------------------------- */

static mkt_status insufficient(struct mkt_sheet *sheet, const char *missing, struct mkt_err *err)
{
    if (!missing) return mkt_arena_full(sheet->arena, err);
    sheet->status = MKT_ANSWER_INSUFFICIENT;
    return mkt_sheet_add_missing(sheet, missing, err);
}

static void name_sheet(struct mkt_sheet *sheet, const struct mkt_account *account,
                       struct mkt_period period)
{
    sheet->analysis = "attribution";
    sheet->analysis_type = "campaign_attribution";
    sheet->title = "Credit of each channel for conversions";
    sheet->currency = account ? account->currency : NULL;
    sheet->provenance.account = account;
    sheet->provenance.period = period;
    sheet->provenance.version = MKT_VERSION;
}

mkt_status mkt_attribution_fill(const struct mkt_attribution_input *input, struct mkt_sheet *sheet,
                                struct mkt_err *err)
{
    struct mkt_attribution_work *w = MKT_NEW(sheet->arena, struct mkt_attribution_work, 1);
    if (!w) return mkt_arena_full(sheet->arena, err);
    *w = (struct mkt_attribution_work){.sheet = sheet, .input = *input};
    const struct mkt_account *account = input->account;
    name_sheet(sheet, account, input->period);
    sheet->provenance.seed = input->seed;
    for (size_t i = 0; account && i < account->caveats; i++)
        MKT_TRY(mkt_sheet_add_caveat(sheet, &account->caveat[i], err));
    if (input->paths->total.conversions <= 0)
        return insufficient(sheet,
                            "No journey ends in a conversion: a column of conversions beside the "
                            "touches, or conversions by path, would give an answer",
                            err);
    MKT_TRY(mkt_attribution_work_fit(w, err));
    sheet->provenance.draws = (int)w->draws.draws;
    MKT_TRY(mkt_attribution_work_coverage(w, err));
    MKT_TRY(mkt_attribution_work_caveats(w, err));
    MKT_TRY(mkt_attribution_work_facts(w, err));
    MKT_TRY(mkt_attribution_work_findings(w, err));
    MKT_TRY(mkt_attribution_work_tables(w, err));
    return mkt_attribution_work_charts(w, err);
}

/* ---- as a row of the table ------------------------------------------------------------- */

static size_t make_rules(const struct mkt_run *run, bool times, struct mkt_share_rule *rule)
{
    size_t n = 0;
    rule[n++] = (struct mkt_share_rule){.name = "first", .kind = MKT_SHARE_FIRST};
    rule[n++] = (struct mkt_share_rule){.name = "last", .kind = MKT_SHARE_LAST};
    rule[n++] = (struct mkt_share_rule){.name = "last_non_direct", .kind = MKT_SHARE_LAST_OTHER};
    rule[n++] = (struct mkt_share_rule){.name = "linear", .kind = MKT_SHARE_LINEAR};
    rule[n++] = (struct mkt_share_rule){.name = "position",
                                        .kind = MKT_SHARE_POSITION,
                                        .first = mkt_args_number(run, "first_weight"),
                                        .last = mkt_args_number(run, "last_weight")};
    if (times)
        rule[n++] = (struct mkt_share_rule){.name = "time_decay",
                                            .kind = MKT_SHARE_DECAY,
                                            .half_life = DAY * mkt_args_number(run, "half_life")};
    rule[n++] = (struct mkt_share_rule){
        .name = "j_shape", .kind = MKT_SHARE_POSITION, .first = .2, .last = .6};
    rule[n++] =
        (struct mkt_share_rule){.name = "w_shape", .kind = MKT_SHARE_W, .first = .3, .last = .3};
    rule[n++] = (struct mkt_share_rule){.name = "shapley", .kind = MKT_SHARE_SET};
    return n;
}

static mkt_weak weak_of(const struct mkt_run *run, const char *name)
{
    static const mkt_weak choice[] = {MKT_WEAK_DROP, MKT_WEAK_KEEP, MKT_WEAK_YIELD};
    return choice[(int)mkt_args_number(run, name)];
}

/* "direct", "Direct", "(direct)": the channel that stands for no channel; NULL for none. */
static const char *direct_of(const struct mkt_names *names)
{
    static const char *const word[] = {"direct", "(direct)", "direct / (none)", "(direct) / (none)",
                                       "(none)"};
    for (size_t k = 0; k < sizeof word / sizeof *word; k++)
        for (size_t i = 0; i < names->count; i++)
            if (mkt_text_equal_nocase(names->name[i], word[k])) return names->name[i];
    return NULL;
}

static mkt_status from_touchpoints(const struct mkt_run *run,
                                   const struct mkt_dataset_journeys *journeys,
                                   struct mkt_attribution_input *in, struct mkt_err *err)
{
    struct mkt_touchpoints_out *out = MKT_NEW(run->arena, struct mkt_touchpoints_out, 1);
    if (!out) return mkt_arena_full(run->arena, err);
    struct mkt_share_rule rule[MKT_CREDITS_RULES];
    size_t rules = make_rules(run, true, rule), most = 0;
    struct mkt_journey_rules how = {.lookback = (int64_t)(DAY * mkt_args_number(run, "lookback")),
                                    .session = (int64_t)(60 * mkt_args_number(run, "session")),
                                    .gap = (int64_t)(DAY * mkt_args_number(run, "gap")),
                                    .direct = weak_of(run, "direct"),
                                    .views = weak_of(run, "views"),
                                    .first_only = mkt_args_number(run, "first_only") > 0,
                                    .reuse = mkt_args_number(run, "reuse") > 0};
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < journeys->parts; i++) {
        const struct mkt_touchpoints *part = journeys->part[i];
        if (!how.direct_name) how.direct_name = direct_of(&part->channel);
        if (part->channel.count > most) most = part->channel.count;
        if (part->rows && part->first < first) first = part->first;
        if (part->rows && part->last > last) last = part->last;
    }
    MKT_TRY(mkt_touchpoints_finish(run->arena, journeys->part, journeys->parts, &how, rule, rules,
                                   most > 32 ? FEWER_GROUPS : MKT_TOUCHPOINTS_GROUPS,
                                   most <= MKT_ATTRIBUTION_CHAIN, run->threads, out, err));
    in->paths = &out->paths;
    in->credits = &out->credits;
    in->counts = &out->counts;
    in->period = (struct mkt_period){(int32_t)(first / DAY), (int32_t)(last / DAY)};
    return MKT_OK;
}

static mkt_status from_paths(const struct mkt_run *run, const struct mkt_dataset_journeys *journeys,
                             struct mkt_attribution_input *in, struct mkt_err *err)
{
    const struct mkt_paths *paths = journeys->paths;
    struct mkt_credits *credits = MKT_NEW(run->arena, struct mkt_credits, 1);
    if (!credits) return mkt_arena_full(run->arena, err);
    struct mkt_share_rule rule[MKT_CREDITS_RULES];
    size_t rules = make_rules(run, false, rule), kept = 0, K = paths->channel.count;
    const char *direct = direct_of(&paths->channel);
    for (size_t r = 0; r < rules; r++) {
        if (rule[r].kind == MKT_SHARE_LAST_OTHER && !direct) continue;
        for (size_t k = 0; k < K && rule[r].kind == MKT_SHARE_LAST_OTHER; k++)
            if (paths->channel.name[k] == direct) rule[r].direct = (uint32_t)k;
        rule[kept++] = rule[r];
    }
    MKT_TRY(mkt_credits_init(credits, run->arena, K, K > 32 ? FEWER_GROUPS : MKT_TOUCHPOINTS_GROUPS,
                             K <= MKT_ATTRIBUTION_CHAIN, rule, kept, err));
    MKT_TRY(mkt_user_groups_deal(run->arena, paths, (uint64_t)mkt_args_number(run, "seed"),
                                 run->threads, credits, err));
    in->paths = paths;
    in->credits = credits;
    in->period = (struct mkt_period){0, -1};
    return MKT_OK;
}

static mkt_status add_parameters(const struct mkt_run *run, struct mkt_sheet *sheet,
                                 struct mkt_err *err)
{
    size_t n = run->analysis->params;
    struct mkt_parameter *p = MKT_NEW(run->arena, struct mkt_parameter, n);
    if (!p) return mkt_arena_full(run->arena, err);
    for (size_t i = 0; i < n; i++)
        p[i] = (struct mkt_parameter){run->analysis->param[i].name,
                                      mkt_args_text(run, run->analysis->param[i].name)};
    sheet->provenance.parameter = p;
    sheet->provenance.parameters = n;
    return MKT_OK;
}

/* Data without journeys are no error: a report over all questions goes on without this one. */
static mkt_status no_table(const struct mkt_run *run, struct mkt_sheet *sheet, const char *why,
                           struct mkt_err *err)
{
    name_sheet(sheet, mkt_dataset_account(run->dataset), (struct mkt_period){0, -1});
    MKT_TRY(add_parameters(run, sheet, err));
    return insufficient(sheet, mkt_arena_strdup(sheet->arena, why), err);
}

mkt_status mkt_attribution_run(const struct mkt_run *run, struct mkt_sheet *sheet,
                               struct mkt_err *err)
{
    struct mkt_dataset_journeys journeys;
    struct mkt_attribution_input in = {.seed = (uint64_t)mkt_args_number(run, "seed"),
                                       .max_order = (size_t)mkt_args_number(run, "max_order"),
                                       .threads = run->threads,
                                       .cancel = run->cancel};
    if (mkt_args_number(run, "first_weight") + mkt_args_number(run, "last_weight") > 1)
        return mkt_err_set(err, MKT_E_ARG,
                           "first_weight and last_weight are shares of one conversion: together "
                           "they must not pass 1");
    if (run->progress) run->progress(run->user, "making journeys", 0);
    struct mkt_err none = {0};
    mkt_status status = mkt_dataset_journeys(run->dataset, &journeys, &none);
    if (status == MKT_E_EMPTY) return no_table(run, sheet, none.text, err);
    if (status != MKT_OK) return mkt_err_set(err, status, "%s", none.text);
    MKT_TRY(journeys.parts ? from_touchpoints(run, &journeys, &in, err)
                           : from_paths(run, &journeys, &in, err));
    in.values = journeys.values;
    in.account = mkt_dataset_account(run->dataset);
    if (mkt_dataset_performance(run->dataset, &in.performance, &none) != MKT_OK)
        in.performance = NULL;
    if (run->progress) run->progress(run->user, "estimating", .4);
    MKT_TRY(add_parameters(run, sheet, err));
    MKT_TRY(mkt_attribution_fill(&in, sheet, err));
    if (run->progress) run->progress(run->user, "done", 1);
    return MKT_OK;
}
