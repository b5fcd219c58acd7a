#include "analysis/experiment.h"

#include <math.h>
#include <string.h>

#include "analysis/experiment_caveats.h"
#include "analysis/experiment_charts.h"
#include "analysis/experiment_facts.h"
#include "analysis/experiment_findings.h"
#include "analysis/experiment_tables.h"
#include "analysis/experiment_treatment.h"
#include "base/text.h"

const struct mkt_param mkt_experiment_params[MKT_EXPERIMENT_PARAMS] = {
    {"control", MKT_PARAM_TEXT, "name", 0, 0, NULL,
     "the variant to compare with; found by its name (control, baseline, a, ...) if not given"},
    {"goal", MKT_PARAM_TEXT, "name", 0, 0, NULL, "the metric that decides; the first if not given"},
    {"lower", MKT_PARAM_TEXT, "names", 0, 0, NULL,
     "metrics that are better when lower, parted by commas"},
    {"shares", MKT_PARAM_TEXT, "name=share", 0, 0, NULL,
     "the split that was meant, as in control=0.5,b=0.5; equal shares if not given"},
    {"cap", MKT_PARAM_TEXT, "metric=value or share", 0, 0, NULL,
     "units above it count as it, as in revenue=500 or revenue=99% of the units"},
    {"quantiles", MKT_PARAM_TEXT, "metric=quantile", 0, 0, NULL,
     "metrics to compare by a quantile instead of the mean, as in minutes=0.5"},
    {"aim", MKT_PARAM_TEXT, "better or not_worse", 0, 0, "better",
     "what the goal must be shown to be; not_worse: to lose less than the margin"},
    {"sides", MKT_PARAM_INTEGER, "sides", 1, 2, "2",
     "1 to ask only whether the goal is better, 2 whether it is better or worse"},
    {"absolute", MKT_PARAM_INTEGER, "0 or 1", 0, 1, "0",
     "1 for differences instead of lifts relative to the control"},
    {"level", MKT_PARAM_NUMBER, "probability", .5, .999, "0.95", "of the intervals"},
    {"tuning", MKT_PARAM_NUMBER, "units", 10, 1e9, "5000",
     "where the intervals for any look are narrowest"},
    {"prior_mean", MKT_PARAM_NUMBER, "lift", -10, 10, "0", "of the belief before the experiment"},
    {"prior_sd", MKT_PARAM_NUMBER, "lift", 0, 10, "0", "of the same; 0 for none (a flat prior)"},
    {"power", MKT_PARAM_NUMBER, "probability", .5, .999, "0.8",
     "with which the least lift of interest should be seen"},
    {"effect", MKT_PARAM_NUMBER, "relative lift", .0001, 10, "0.05", "the least lift of interest"},
    {"margin", MKT_PARAM_NUMBER, "relative lift", 0, 1, "0",
     "what the other metrics may lose at most; they must then be shown to lose less"},
    {"planned_units", MKT_PARAM_NUMBER, "units", 0, 1e12, "0",
     "units in all variants at which the experiment was planned to end; 0 for no plan"},
    {"looks", MKT_PARAM_INTEGER, "looks", 0, 1000, "0",
     "equally spaced looks planned up to planned_units, the last one included"},
};

/* ---- provenance ------------------------------------------------------------------ */

static mkt_status add_provenance(struct mkt_sheet *sheet, const struct mkt_arms *arms,
                                 const struct mkt_account *account,
                                 const struct mkt_experiment_options *o, struct mkt_err *err)
{
    struct mkt_parameter *p = MKT_NEW(sheet->arena, struct mkt_parameter, MKT_EXPERIMENT_PARAMS);
    if (!p) return mkt_arena_full(sheet->arena, err);
    const char *const text[] = {o->control,
                                o->goal,
                                o->lower,
                                o->shares,
                                o->cap,
                                o->quantiles,
                                o->not_worse ? "not_worse" : "better"};
    const size_t texts = sizeof text / sizeof *text;
    const double number[] = {o->one_sided ? 1 : 2,
                             o->scale == MKT_LIFT_ABSOLUTE,
                             o->level,
                             o->tuning,
                             o->prior_mean,
                             o->prior_sd,
                             o->power,
                             o->effect,
                             o->margin,
                             o->planned,
                             o->looks};
    int64_t strays;
    for (size_t i = 0; i < MKT_EXPERIMENT_PARAMS; i++) {
        char room[MKT_TEXT_NUMBER];
        p[i].name = mkt_experiment_params[i].name;
        if (i < texts) {
            p[i].value = text[i];
        } else {
            p[i].value = mkt_arena_strdup(sheet->arena, mkt_text_number(number[i - texts], room));
            if (!p[i].value) return mkt_arena_full(sheet->arena, err);
        }
    }
    sheet->provenance = (struct mkt_provenance){.account = account,
                                                .period = mkt_arms_span(arms, &strays),
                                                .version = MKT_VERSION,
                                                .parameter = p,
                                                .parameters = MKT_EXPERIMENT_PARAMS};
    if (!arms->dated) sheet->provenance.period = (struct mkt_period){0, -1};
    return MKT_OK;
}

/* ---- the whole -------------------------------------------------------------------- */

static void name_sheet(struct mkt_sheet *sheet, const struct mkt_account *account)
{
    sheet->analysis = "experiment";
    sheet->analysis_type = "experiment";
    sheet->title = "Did the variant win?";
    sheet->currency = account ? account->currency : NULL;
}

static mkt_status insufficient(struct mkt_sheet *sheet, const char *missing, struct mkt_err *err)
{
    if (!missing) return mkt_arena_full(sheet->arena, err);
    sheet->status = MKT_ANSWER_INSUFFICIENT;
    return mkt_sheet_add_missing(sheet, missing, err);
}

mkt_status mkt_experiment_fill(const struct mkt_arms *arms, const struct mkt_account *account,
                               const struct mkt_experiment_options *options,
                               struct mkt_sheet *sheet, struct mkt_err *err)
{
    name_sheet(sheet, account);
    MKT_TRY(add_provenance(sheet, arms, account, options, err));
    for (size_t i = 0; account && i < account->caveats; i++)
        MKT_TRY(mkt_sheet_add_caveat(sheet, &account->caveat[i], err));
    if (arms->metrics && arms->units == 0 && arms->multiple)
        return insufficient(sheet,
                            mkt_arena_printf(sheet->arena,
                                             "Each of the %s units was seen in more than one "
                                             "variant, so none can be compared: units of one "
                                             "variant each would give an answer. If the column of "
                                             "variants tells something else, name the right one "
                                             "with --map \"variant=COLUMN\"",
                                             MKT_COUNT(arms->multiple)),
                            err);
    if (arms->metrics == 0 || arms->units == 0)
        return insufficient(sheet,
                            "The data hold no unit with a variant and a metric: a table with unit, "
                            "variant and one or more metrics would give an answer",
                            err);
    if (arms->names[0] < 2)
        return insufficient(sheet,
                            mkt_arena_printf(sheet->arena,
                                             "The data hold one variant only, %s: units of another "
                                             "one, assigned by chance, are needed to compare with",
                                             arms->name[0][0]),
                            err);
    struct mkt_experiment *e = MKT_NEW(sheet->arena, struct mkt_experiment, 1);
    struct mkt_experiment_work *w = MKT_NEW(sheet->arena, struct mkt_experiment_work, 1);
    if (!e || !w) return mkt_arena_full(sheet->arena, err);
    MKT_TRY(mkt_experiment_estimate(sheet->arena, arms, options, e, err));
    MKT_TRY(mkt_experiment_work_init(w, sheet, e, err));
    MKT_TRY(mkt_experiment_caveats_add(w, err));
    MKT_TRY(mkt_experiment_facts_add(w, err));
    MKT_TRY(mkt_experiment_tables_add(w, err));
    MKT_TRY(mkt_experiment_findings_add(w, err));
    return mkt_experiment_charts_add(w, err);
}

/* Data without an experiment are no error: a report over all questions goes on without this one. */
static mkt_status no_table(const struct mkt_run *run, struct mkt_sheet *sheet, const char *why,
                           struct mkt_err *err)
{
    name_sheet(sheet, mkt_dataset_account(run->dataset));
    sheet->provenance = (struct mkt_provenance){
        .account = mkt_dataset_account(run->dataset), .period = {0, -1}, .version = MKT_VERSION};
    return insufficient(sheet, mkt_arena_strdup(sheet->arena, why), err);
}

/* Caps and quantiles need the rows once more. */
static mkt_status treat(const struct mkt_run *run, const struct mkt_experiment_options *o,
                        const struct mkt_arms **arms, struct mkt_err *err)
{
    struct mkt_arms_treatment treatment;
    MKT_TRY(
        mkt_experiment_treatment_read(run->arena, *arms, o->cap, o->quantiles, &treatment, err));
    return mkt_dataset_arms_treated(run->dataset, run->arena, &treatment, run->cancel, arms, err);
}

mkt_status mkt_experiment_run(const struct mkt_run *run, struct mkt_sheet *sheet,
                              struct mkt_err *err)
{
    const struct mkt_arms *arms;
    const char *aim = mkt_args_text(run, "aim");
    if (strcmp(aim, "better") != 0 && strcmp(aim, "not_worse") != 0)
        return mkt_err_set(err, MKT_E_ARG, "aim takes better or not_worse, not \"%s\"", aim);
    if (run->progress) run->progress(run->user, "reading", 0);
    struct mkt_err why = {0};
    mkt_status status = mkt_dataset_arms(run->dataset, &arms, &why);
    if (status == MKT_E_EMPTY) return no_table(run, sheet, why.text, err);
    if (status != MKT_OK) return mkt_err_set(err, status, "%s", why.text);
    struct mkt_experiment_options options = {
        .control = mkt_args_text(run, "control"),
        .goal = mkt_args_text(run, "goal"),
        .lower = mkt_args_text(run, "lower"),
        .shares = mkt_args_text(run, "shares"),
        .cap = mkt_args_text(run, "cap"),
        .quantiles = mkt_args_text(run, "quantiles"),
        .not_worse = strcmp(aim, "not_worse") == 0,
        .one_sided = mkt_args_number(run, "sides") < 2,
        .scale = mkt_args_number(run, "absolute") > 0 ? MKT_LIFT_ABSOLUTE : MKT_LIFT_RELATIVE,
        .level = mkt_args_number(run, "level"),
        .tuning = mkt_args_number(run, "tuning"),
        .prior_mean = mkt_args_number(run, "prior_mean"),
        .prior_sd = mkt_args_number(run, "prior_sd"),
        .power = mkt_args_number(run, "power"),
        .effect = mkt_args_number(run, "effect"),
        .margin = mkt_args_number(run, "margin"),
        .planned = mkt_args_number(run, "planned_units"),
        .looks = (int)mkt_args_number(run, "looks")};
    if (options.cap || options.quantiles) MKT_TRY(treat(run, &options, &arms, err));
    if (run->progress) run->progress(run->user, "estimating", .5);
    MKT_TRY(mkt_experiment_fill(arms, mkt_dataset_account(run->dataset), &options, sheet, err));
    if (run->progress) run->progress(run->user, "done", 1);
    return MKT_OK;
}
