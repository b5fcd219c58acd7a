#include "analysis/attribution.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "analysis/attribution_journeys.h"
#include "analysis/attribution_rules.h"
#include "analysis/attribution_work.h"
#include "base/text.h"
#include "model/user_groups.h"

#define DAY 86400

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
    {"weights", MKT_PARAM_TEXT, "numbers", 0, 0, NULL,
     "one more model, shared by weights of your own: first, middle and last such as 40,20,40, or "
     "counted back from the conversion such as last:50,30,20"},
    {"direct", MKT_PARAM_INTEGER, "choice", 0, 2, "1",
     "direct traffic: 0 left out, 1 a channel like others, 2 only where there is nothing else"},
    {"views", MKT_PARAM_INTEGER, "choice", 0, 2, "1",
     "ads seen and not clicked: 0 left out, 1 like clicks, 2 only where there is no click"},
    {"reuse", MKT_PARAM_INTEGER, "choice", 0, 1, "0",
     "1: touches before a conversion count for the next one, too"},
    {"first_only", MKT_PARAM_INTEGER, "choice", 0, 1, "0",
     "1: only the first conversion of a user counts"},
    {"holdout", MKT_PARAM_NUMBER, "share", 0, 0.9, "0",
     "of people from whom each channel was meant to be withheld, to check that it was; 0: not "
     "known"},
    {"max_order", MKT_PARAM_INTEGER, "channels", 1, 10, "5",
     "how many channels back Markov's memory is tried"},
    {"seed", MKT_PARAM_INTEGER, "number", 0, 9007199254740992, "1", "of the bootstrap draws"},
};

/* ---- names and order --------------------------------------------------------------- */

static bool is_taken(const struct mkt_attribution_work *w, size_t channels, const char *key)
{
    static const char *const reserved[] = {"total", "path",       "transition", "order",
                                           "start", "conversion", "null",       "campaign"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(key, reserved[i]) == 0) return true;
    for (size_t i = 0; i < channels; i++)
        if (strcmp(key, w->channel[i].key) == 0) return true;
    return false;
}

static mkt_status name_channel(struct mkt_attribution_work *w, struct mkt_attribution_channel *c,
                               struct mkt_err *err)
{
    c->name = w->input.paths->channel.name[c->place];
    if (!(c->key = mkt_text_slug(w->sheet->arena, c->name, 60)))
        return mkt_arena_full(w->sheet->arena, err);
    return mkt_attribution_work_spend(w, c->key, NULL, &c->spend, err);
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
        w->channel[i].place = best;
        MKT_TRY(w->campaigns ? mkt_attribution_work_campaign(w, &w->channel[i], err)
                             : name_channel(w, &w->channel[i], err));
        const char *key = w->channel[i].key;
        for (int k = 2; is_taken(w, i, w->channel[i].key); k++)
            MKT_ATTRIBUTION_TEXT(w, w->channel[i].key, err, "%s_%d", key, k);
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
                {"custom", "custom weights"},
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

void mkt_attribution_work_interval(const struct mkt_attribution_work *w, size_t model, bool value,
                                   size_t channel, double *low, double *high)
{
    size_t figure = mkt_credit_draws_place(w->input.credits, w->model[model].draws, value,
                                           w->channel[channel].place);
    *low = w->draws.low[figure];
    *high = w->draws.high[figure];
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

/* ---- drawn models ------------------------------------------------------------------- */

mkt_status mkt_attribution_work_look(const struct mkt_attribution_work *w, struct mkt_err *err)
{
    if (w->input.cancel && atomic_load_explicit(w->input.cancel, memory_order_relaxed))
        return mkt_err_set(err, MKT_E_CANCELLED, "the analysis was cancelled");
    return MKT_OK;
}

mkt_status mkt_attribution_work_draw(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_credits *c = w->input.credits;
    w->total = MKT_NEW(arena, double, c->width);
    if (!w->total) return mkt_arena_full(arena, err);
    mkt_credits_total(c, w->total);
    MKT_TRY(choose_channels(w, err));
    choose_models(w);
    MKT_TRY(mkt_attribution_work_look(w, err));
    MKT_TRY(mkt_credit_draws_make(arena, c, MKT_ATTRIBUTION_DRAWS, .95, w->input.seed,
                                  w->input.threads, &w->draws, err));
    return mkt_attribution_work_look(w, err);
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
    *w = (struct mkt_attribution_work){.sheet = sheet, .input = *input, .scope = "channel"};
    const struct mkt_account *account = input->account;
    name_sheet(sheet, account, input->period);
    sheet->provenance.seed = input->seed;
    for (size_t i = 0; account && i < account->caveats; i++)
        MKT_TRY(mkt_sheet_add_caveat(sheet, &account->caveat[i], err));
    const long long untouched = (long long)input->paths->untouched.conversions;
    if (input->paths->total.conversions <= 0 && untouched > 0)
        return insufficient(
            sheet,
            mkt_arena_printf(
                sheet->arena,
                "No channel can have credit for the %s conversion%s: no touch that "
                "names a channel came before within the look-back. Touches of the same "
                "users before they converted would give an answer",
                MKT_COUNT(untouched), untouched == 1 ? "" : "s"),
            err);
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
    MKT_TRY(mkt_attribution_work_charts(w, err));
    return mkt_attribution_work_campaigns(w, err);
}

/* ---- as a row of the table ------------------------------------------------------------- */

static mkt_status count_holdouts(const struct mkt_run *run,
                                 const struct mkt_dataset_journeys *journeys,
                                 struct mkt_attribution_input *in, struct mkt_err *err)
{
    struct mkt_holdout_arms *arms = MKT_NEW(run->arena, struct mkt_holdout_arms, 1);
    struct mkt_journey_rules how;
    if (!arms) return mkt_arena_full(run->arena, err);
    mkt_attribution_rules_journey(run, journeys, &how);
    MKT_TRY(mkt_holdout_arms_count(run->arena, journeys->part, journeys->parts, &how, arms, err));
    in->holdouts = arms;
    in->holdout = mkt_args_number(run, "holdout");
    return MKT_OK;
}

static mkt_status from_touchpoints(const struct mkt_run *run,
                                   const struct mkt_dataset_journeys *journeys,
                                   struct mkt_attribution_input *in, struct mkt_err *err)
{
    struct mkt_touchpoints_out *out;
    size_t channels;
    int64_t first, last;
    MKT_TRY(mkt_attribution_journeys_names(run, journeys, false, &channels, err));
    MKT_TRY(mkt_attribution_journeys_make(run, journeys, false, channels, &out, err));
    in->paths = &out->paths;
    in->credits = &out->credits;
    in->counts = &out->counts;
    in->strays = mkt_touchpoints_span(journeys->part, journeys->parts, &first, &last);
    in->period = (struct mkt_period){(int32_t)(first / DAY), (int32_t)(last / DAY)};
    if (journeys->withheld) MKT_TRY(count_holdouts(run, journeys, in, err));
    if (!journeys->campaigns) return MKT_OK;
    MKT_TRY(mkt_attribution_journeys_names(run, journeys, true, &in->campaigns, err));
    if (in->campaigns == channels || in->campaigns > MKT_ATTRIBUTION_CAMPAIGNS) return MKT_OK;
    MKT_TRY(mkt_attribution_journeys_make(run, journeys, true, in->campaigns, &out, err));
    in->campaign_paths = &out->paths;
    in->campaign_credits = &out->credits;
    return MKT_OK;
}

static mkt_status from_paths(const struct mkt_run *run, const struct mkt_dataset_journeys *journeys,
                             struct mkt_attribution_input *in, struct mkt_err *err)
{
    const struct mkt_paths *paths = journeys->paths;
    struct mkt_credits *credits = MKT_NEW(run->arena, struct mkt_credits, 1);
    if (!credits) return mkt_arena_full(run->arena, err);
    struct mkt_share_rule rule[MKT_CREDITS_RULES];
    size_t rules, kept = 0, K = paths->channel.count;
    MKT_TRY(mkt_attribution_rules_make(run, false, rule, &rules, err));
    const char *direct = mkt_attribution_rules_direct(&paths->channel);
    for (size_t r = 0; r < rules; r++) {
        if (rule[r].kind == MKT_SHARE_LAST_OTHER && !direct) continue;
        for (size_t k = 0; k < K && rule[r].kind == MKT_SHARE_LAST_OTHER; k++)
            if (paths->channel.name[k] == direct) rule[r].direct = (uint32_t)k;
        rule[kept++] = rule[r];
    }
    MKT_TRY(mkt_credits_init(credits, run->arena, K,
                             K > 32 ? MKT_ATTRIBUTION_FEWER_GROUPS : MKT_TOUCHPOINTS_GROUPS,
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
    struct mkt_share_rule rule[MKT_CREDITS_RULES];
    size_t rules; /* parameters that cannot be are told before the journeys are made */
    MKT_TRY(mkt_attribution_rules_make(run, true, rule, &rules, err));
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
    if (journeys.spend) in.performance = journeys.spend; /* what these touches cost themselves */
    if (run->progress) run->progress(run->user, "estimating", .4);
    MKT_TRY(add_parameters(run, sheet, err));
    MKT_TRY(mkt_attribution_fill(&in, sheet, err));
    if (run->progress) run->progress(run->user, "done", 1);
    return MKT_OK;
}
