#include "analysis/funnel.h"

#include <math.h>

#include "analysis/funnel_work.h"
#include "base/text.h"

#define DAY (INT64_C(86400) * 1000000)

void mkt_funnel_work_name(struct mkt_sheet *sheet, const struct mkt_account *account,
                          struct mkt_period period)
{
    sheet->analysis = "funnel";
    sheet->analysis_type = "campaign_funnel";
    sheet->title = "Where people are lost";
    sheet->currency = account ? account->currency : NULL;
    sheet->provenance.account = account;
    sheet->provenance.period = period;
    sheet->provenance.version = MKT_VERSION;
}

mkt_status mkt_funnel_work_insufficient(struct mkt_sheet *sheet, const char *missing,
                                        struct mkt_err *err)
{
    if (!missing) return mkt_arena_full(sheet->arena, err);
    sheet->status = MKT_ANSWER_INSUFFICIENT;
    return mkt_sheet_add_missing(sheet, missing, err);
}

static mkt_status look(const struct mkt_funnel_work *w, struct mkt_err *err)
{
    if (w->input.cancel && atomic_load_explicit(w->input.cancel, memory_order_relaxed))
        return mkt_err_set(err, MKT_E_CANCELLED, "the analysis was cancelled");
    return MKT_OK;
}

/* The worth of a conversion: as told by the events, or as given, or one conversion. */
static void find_value(struct mkt_funnel_work *w)
{
    w->value = 1;
    if (w->input.values && *w->f->value != 0) {
        mkt_step_worth_value(w->f, &w->value, &w->value_se, &w->value_n);
        w->money = w->value > 0 && isfinite(w->value_se); /* a single conversion tells no spread */
        if (!w->money) w->value = 1, w->value_se = 0;
    } else if (w->input.value > 0) {
        w->value = w->input.value;
        w->money = true;
    }
}

static mkt_status fit(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    w->key = MKT_NEW(arena, const char *, w->steps);
    w->start = MKT_NEW(arena, struct mkt_step_rate, w->steps);
    w->before = MKT_NEW(arena, struct mkt_step_rate, w->steps);
    w->needed = MKT_NEW(arena, size_t, w->steps);
    if (!w->key || !w->start || !w->before || !w->needed) return mkt_arena_full(arena, err);
    w->has_worth = true;
    for (size_t k = 0; k < w->steps; k++) {
        MKT_TRY(mkt_funnel_work_key(w, w->input.label[k], w->key, k, &w->key[k], err));
        w->start[k] = mkt_step_rates_from_start(w->f, k, MKT_FUNNEL_LEVEL);
        w->before[k] = mkt_step_rates_from_before(w->f, w->plan, k, MKT_FUNNEL_LEVEL);
        if (!k || w->plan->step[k].optional) continue;
        w->needed[w->needs++] = k;
        w->has_worth = w->has_worth && w->before[k].trials > 0;
    }
    w->effect = w->plan->by_session ? w->start[w->last].effect : 1;
    w->has_worth = w->has_worth && w->f->reached[w->last] > 0;
    find_value(w);
    if (!w->has_worth) return MKT_OK;
    struct mkt_step_rate *rate = MKT_NEW(arena, struct mkt_step_rate, w->needs);
    if (!rate) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < w->needs; i++) rate[i] = w->before[w->needed[i]];
    struct mkt_step_worth_input in = {.rate = rate,
                                      .steps = w->needs,
                                      .entries = (double)w->f->reached[0],
                                      .value = w->value,
                                      .value_se = w->value_se,
                                      .value_n = w->value_n,
                                      .level = MKT_FUNNEL_LEVEL,
                                      .seed = w->input.seed};
    w->sheet->provenance.draws = MKT_STEP_WORTH_DRAWS;
    return mkt_step_worth_fit(arena, &in, &w->worth, err);
}

static mkt_status nobody_entered(struct mkt_funnel_work *w, struct mkt_err *err)
{
    return mkt_funnel_work_insufficient(
        w->sheet,
        mkt_arena_printf(w->sheet->arena,
                         "None of %s %s has an event of the first step, \"%s\": other steps, or "
                         "an earlier start of the data, would give an answer",
                         MKT_COUNT(*w->f->units), w->units, w->input.label[0]),
        err);
}

mkt_status mkt_funnel_fill(const struct mkt_funnel_input *input, struct mkt_sheet *sheet,
                           struct mkt_err *err)
{
    struct mkt_funnel_work *w = MKT_NEW(sheet->arena, struct mkt_funnel_work, 1);
    if (!w) return mkt_arena_full(sheet->arena, err);
    *w = (struct mkt_funnel_work){.sheet = sheet,
                                  .input = *input,
                                  .plan = input->plan,
                                  .f = input->counts,
                                  .steps = input->plan->steps,
                                  .last = input->plan->steps - 1,
                                  .units = input->plan->by_session ? "sessions" : "users",
                                  .unit = input->plan->by_session ? "session" : "user"};
    mkt_funnel_work_name(
        sheet, input->account,
        (struct mkt_period){(int32_t)(w->f->first / DAY), (int32_t)(w->f->last / DAY)});
    sheet->provenance.seed = input->seed;
    sheet->confidence = NAN;
    for (size_t i = 0; input->account && i < input->account->caveats; i++)
        MKT_TRY(mkt_sheet_add_caveat(sheet, &input->account->caveat[i], err));
    if (!w->f->reached[0]) return nobody_entered(w, err);
    MKT_TRY(fit(w, err));
    MKT_TRY(look(w, err));
    MKT_TRY(mkt_funnel_work_caveats(w, err));
    MKT_TRY(mkt_funnel_work_facts(w, err));
    MKT_TRY(mkt_funnel_work_charts(w, err));
    MKT_TRY(mkt_funnel_work_findings(w, err));
    MKT_TRY(look(w, err));
    return mkt_funnel_work_retention(w, err);
}
