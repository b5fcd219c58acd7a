#include "analysis/experiment_caveats.h"

#include <math.h>

#include "aggregate/spellings.h"
#include "analysis/experiment_facts.h"
#include "analysis/experiment_sentence.h"
#include "analysis/experiment_variants.h"
#include "base/text.h"
#include "fact/format.h"

/* ---- broken ------------------------------------------------------------------- */

static mkt_status say_broken(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const char *sentence;
    w->sheet->status = MKT_ANSWER_INSUFFICIENT;
    if (w->verdict.call == MKT_EXPERIMENT_SPLIT_WRONG) {
        size_t worst = 0;
        double most = -1;
        for (size_t v = 0; v < e->variants; v++) {
            double meant = e->share[v] * (double)e->arms->units;
            double off = fabs((double)e->units[v] - meant) / sqrt(meant);
            bool lost = (double)e->units[v] < meant; /* as far off, but units are lost sooner */
            if (off > most * (lost ? 1 - 1e-9 : 1 + 1e-9)) most = off, worst = v;
        }
        char meant[MKT_FORMAT_TEXT], p[MKT_FORMAT_TEXT];
        mkt_format_value(e->share[worst] * (double)e->arms->units, MKT_UNIT_COUNT, NULL, meant);
        mkt_format_p(e->srm_p, p);
        MKT_EXPERIMENT_TEXT(w, sentence, err,
                            "The experiment is broken: %s got %s unit%s where %s were meant, which "
                            "is not chance (%s); find the fault in how units are assigned or "
                            "logged, mend it and start again (or say with shares which split was "
                            "meant)",
                            w->variant[worst], MKT_COUNT(e->units[worst]),
                            e->units[worst] == 1 ? "" : "s", meant, p);
    } else {
        MKT_EXPERIMENT_TEXT(w, sentence, err,
                            "The experiment is broken: %s units of %s were seen in more than "
                            "one variant; make the assignment stick to the unit and start again",
                            MKT_COUNT(e->arms->multiple),
                            MKT_COUNT(e->arms->units + e->arms->multiple));
    }
    return mkt_sheet_add_missing(w->sheet, sentence, err);
}

/* ---- cannot be tested, or not yet ------------------------------------------------ */

/* "to see a lift of +5.0 %": what more units are for. */
static mkt_status purpose(struct mkt_experiment_work *w, const char **out, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, e->goal, v->variant);
    char lift[MKT_FORMAT_TEXT];
    if (v->guard != SIZE_MAX || e->options.not_worse)
        MKT_EXPERIMENT_TEXT(w, *out, err, "to show that %s loses less than the margin",
                            w->metric[v->guard != SIZE_MAX ? v->guard : e->goal]);
    else if (v->for_rare)
        MKT_EXPERIMENT_TEXT(w, *out, err, "to have %d units of the rarer outcome in each variant",
                            MKT_EXPERIMENT_RARE);
    else if (e->options.planned > 0)
        *out = "to reach the planned size";
    else if (l->scale == MKT_LIFT_RELATIVE)
        MKT_EXPERIMENT_TEXT(w, *out, err, "to see a lift of %s",
                            mkt_format_value(l->effect, MKT_UNIT_CHANGE, NULL, lift));
    else
        MKT_EXPERIMENT_TEXT(w, *out, err, "to see a difference of %s in %s",
                            mkt_format_value(l->effect,
                                             mkt_experiment_work_lift_unit(e, e->goal, l->scale),
                                             NULL, lift),
                            w->metric[e->goal]);
    return MKT_OK;
}

static mkt_status say_out_of_reach(struct mkt_experiment_work *w, struct mkt_err *err)
{
    bool goal = w->verdict.guard == SIZE_MAX;
    MKT_TRY(mkt_sheet_say(w->sheet, "keep_running", MKT_CAVEAT_LIMIT,
                          goal ? "Keep the experiment running: the lift cannot be told from chance"
                               : "Keep the experiment running: it wins, but is not yet safe",
                          err));
    return mkt_sheet_add_missing(
        w->sheet,
        goal
            ? "No number of units would show a lift of the size asked for: ask for a larger effect"
            : "A metric that must not suffer looks as if it loses more than the margin: more units "
              "of the same kind would not clear it",
        err);
}

static mkt_status say_run_on(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    char units[MKT_FORMAT_TEXT], date[MKT_DATE_TEXT];
    const char *on = "", *what, *sentence;
    w->sheet->status = MKT_ANSWER_LIMITED;
    size_t open = v->guard == SIZE_MAX ? e->goal : v->guard;
    if (e->carried[open]) {
        const char *how;
        MKT_EXPERIMENT_TEXT(w, how, err,
                            isfinite(e->arms->metric[open].most) ? "with --cap %s=99%%"
                                                                 : "with sums of capped %s",
                            w->metric[open]);
        MKT_EXPERIMENT_TEXT(w, sentence, err,
                            "Ask again %s: as long as one unit carries %s, how "
                            "many more units are needed cannot be told",
                            how, w->metric[open]);
        return mkt_sheet_add_missing(w->sheet, sentence, err);
    }
    if (!isfinite(v->units_left)) return say_out_of_reach(w, err);
    MKT_TRY(purpose(w, &what, err));
    mkt_format_value(v->units_left, MKT_UNIT_COUNT, NULL, units);
    MKT_TRY(MKT_EXPERIMENT_SAY(w, err, "keep_running", MKT_CAVEAT_LIMIT,
                               "%s yet: %s more units are needed %s",
                               v->guard == SIZE_MAX ? "The lift cannot be told from chance"
                                                    : "The variant wins, but is not safe",
                               units, what));
    bool sooner = isfinite(v->units_if);
    double days = sooner ? v->days_if : v->days_left;
    mkt_format_value(sooner ? v->units_if : v->units_left, MKT_UNIT_COUNT, NULL, units);
    if (mkt_experiment_sentence_dated(days)) {
        mkt_date_text(e->data.last + (int32_t)days, date);
        MKT_EXPERIMENT_TEXT(w, on, err, ", on %s at the pace so far,", date);
    }
    if (sooner) what = "to see whether the lift stays as it is";
    MKT_EXPERIMENT_TEXT(w, sentence, err, "Ask again with %s more units%s %s", units, on, what);
    return mkt_sheet_add_missing(w->sheet, sentence, err);
}

/* ---- what bears on the figures ----------------------------------------------------- */

static mkt_status say_days(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    if (!e->arms->dated)
        return MKT_EXPERIMENT_SAY(
            w, err, "undated", MKT_CAVEAT_NOTE,
            "The data have no dates, so that novelty, days of the week and the time still "
            "to run cannot be looked at");
    int days = (int)e->days;
    if (days < 7)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "short", MKT_CAVEAT_WARN,
            "The experiment has run for %s day%s: days of the week that are missing may "
            "behave otherwise",
            MKT_COUNT(days), days == 1 ? "" : "s"));
    else if (days % 7 != 0 && days < 28)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "uneven_weeks", MKT_CAVEAT_NOTE,
            "The experiment has run for %s days, not for whole weeks, so that some days of "
            "the week count more than others",
            MKT_COUNT(days)));
    return mkt_experiment_variants_days(w, err);
}

/* One unit that decides too much alone. */
static mkt_status say_outlier(struct mkt_experiment_work *w, size_t m, struct mkt_err *err)
{
    double most = w->e->arms->metric[m].most;
    if (!w->e->carried[m]) return MKT_OK;
    char value[MKT_FORMAT_TEXT];
    const char *id;
    MKT_EXPERIMENT_TEXT(w, id, err, "%s.outlier", w->metric_key[m]);
    if (!isfinite(most))
        return MKT_EXPERIMENT_SAY(
            w, err, id, MKT_CAVEAT_WARN,
            "By its sum and sum of squares, one unit carries %s: cap the values of units "
            "before they are added up",
            w->metric[m]);
    return MKT_EXPERIMENT_SAY(
        w, err, id, MKT_CAVEAT_WARN,
        "One unit has %s of %s and so weighs more in its variance than thousands of others: "
        "ask again with a cap, such as --cap %s=99%%",
        mkt_format_value(most, MKT_UNIT_INDEX, NULL, value), w->metric[m], w->metric[m]);
}

static mkt_status say_counting(struct mkt_experiment_work *w, size_t m, struct mkt_err *err)
{
    const struct mkt_arms_metric *x = &w->e->arms->metric[m];
    const char *name = w->metric[m], *id;
    char value[MKT_FORMAT_TEXT], units[MKT_FORMAT_TEXT];
    if (x->missing) {
        MKT_EXPERIMENT_TEXT(w, id, err, "%s.missing", w->metric_key[m]);
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, id, MKT_CAVEAT_WARN,
            "%s unit%s no value of %s: counted as zero, which is right only where nothing "
            "happened",
            MKT_COUNT(x->missing), x->missing == 1 ? " has" : "s have", name));
    }
    size_t some = w->e->control == 0;
    if (w->e->least_successes[m] < MKT_EXPERIMENT_RARE &&
        mkt_experiment_lift_at(w->e, m, some)->fault == MKT_LIFT_FINE) {
        mkt_format_value(w->e->least_successes[m], MKT_UNIT_COUNT, NULL, units);
        MKT_EXPERIMENT_TEXT(w, id, err, "%s.rare", w->metric_key[m]);
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, id, MKT_CAVEAT_WARN,
            "At the rate of %s over all variants, the smallest has %s units of the rarer "
            "outcome; below %d the intervals are not to be trusted and nothing is decided",
            name, units, MKT_EXPERIMENT_RARE));
    }
    if (isfinite(x->cap)) {
        mkt_format_value(x->cap, MKT_UNIT_INDEX, NULL, value);
        MKT_EXPERIMENT_TEXT(w, id, err, "%s.capped", w->metric_key[m]);
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, id, MKT_CAVEAT_NOTE,
            "%s unit%s of %s above %s count%s as %s: means and lifts are those of capped "
            "values",
            MKT_COUNT(x->capped), x->capped == 1 ? "" : "s", name, value, x->capped == 1 ? "s" : "",
            value));
    }
    if (x->kind != MKT_ARMS_QUANTILE) return MKT_OK;
    bool clusters = false;
    for (size_t v = 0; v < w->e->variants; v++)
        clusters = clusters || x->ranks[v].values > x->ranks[v].units;
    mkt_format_value(x->quantile, MKT_UNIT_SHARE, NULL, value);
    MKT_EXPERIMENT_TEXT(w, id, err, "%s.quantile", w->metric_key[m]);
    return MKT_EXPERIMENT_SAY(
        w, err, id, MKT_CAVEAT_NOTE,
        "%s is compared by the value that %s of its values do not pass%s; it has no "
        "covariate, no segments and no path over time",
        name, value, clusters ? ", with units as clusters of their values" : "");
}

static mkt_status say_metrics(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    for (size_t m = 0; m < e->metrics; m++) {
        const char *id;
        MKT_TRY(say_counting(w, m, err));
        size_t other = e->control == 0;
        const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, m, other);
        if (e->options.scale == MKT_LIFT_RELATIVE && l->fault == MKT_LIFT_FINE &&
            l->scale == MKT_LIFT_ABSOLUTE) {
            MKT_EXPERIMENT_TEXT(w, id, err, "%s.near_zero", w->metric_key[m]);
            MKT_TRY(MKT_EXPERIMENT_SAY(
                w, err, id, MKT_CAVEAT_NOTE,
                "%s %s zero in the control, so that its difference is given, not its lift "
                "relative to it",
                w->metric[m], e->mean[m * e->variants + e->control].value == 0 ? "is" : "may be"));
        }
        MKT_TRY(say_outlier(w, m, err));
    }
    return MKT_OK;
}

static mkt_status say_units(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    int64_t least = INT64_MAX;
    for (size_t v = 0; v < e->variants; v++)
        if (e->units[v] < least) least = e->units[v];
    if (least < MKT_EXPERIMENT_FEW)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "few_units", MKT_CAVEAT_WARN,
            "The smallest variant has %s unit%s; below %d the intervals are not to be "
            "trusted and nothing is decided",
            MKT_COUNT(least), least == 1 ? "" : "s", MKT_EXPERIMENT_FEW));
    if (!e->srm_tested)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "split_not_tested", MKT_CAVEAT_NOTE,
            "There are too few units to check that the variants got their shares"));
    if (e->arms->multiple && mkt_experiment_facts_sound(w))
        MKT_TRY(MKT_EXPERIMENT_SAY(w, err, "in_two_variants", MKT_CAVEAT_WARN,
                                   "%s unit%s seen in more than one variant and left out",
                                   MKT_COUNT(e->arms->multiple),
                                   e->arms->multiple == 1 ? " was" : "s were"));
    if (e->strays)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "stray_days", MKT_CAVEAT_WARN,
            "%s unit%s dated more than a month from all others: the date is taken for an "
            "error, and the days of the experiment are counted without it",
            MKT_COUNT(e->strays), e->strays == 1 ? " is" : "s are"));
    if (e->arms->respelled)
        MKT_TRY(MKT_EXPERIMENT_SAY(w, err, "respelled", MKT_CAVEAT_WARN,
                                   "Names of variants that " MKT_SPELLINGS_DIFFER
                                   " are taken for one: %s",
                                   e->arms->respelled));
    if (e->arms->respelled_segments)
        MKT_TRY(MKT_EXPERIMENT_SAY(w, err, "respelled_segments", MKT_CAVEAT_WARN,
                                   "Names of segments that " MKT_SPELLINGS_DIFFER
                                   " are taken for one: %s",
                                   e->arms->respelled_segments));
    if (e->arms->totals)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "totals", MKT_CAVEAT_WARN,
            "Rows that add up the others are no variants or segments and are left out: %s",
            e->arms->totals));
    if (e->arms->no_totals)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "no_totals", MKT_CAVEAT_WARN,
            "%s is called like a sum of the others, but its counts are not their sum: it "
            "counts like any other name",
            e->arms->no_totals));
    if (e->arms->rows > e->arms->units + e->arms->multiple)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "rows_added_up", MKT_CAVEAT_NOTE,
            "%s rows make %s units: the rows of a unit are added up, and rows that "
            "stand twice count twice",
            MKT_COUNT(e->arms->rows), MKT_COUNT(e->arms->units + e->arms->multiple)));
    if (e->arms->left_out)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "left_out", MKT_CAVEAT_WARN,
            "Sums without a sum of squares cannot be tested and are left out: %s",
            e->arms->left_out));
    if (e->arms->no_segment)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "no_segments", MKT_CAVEAT_NOTE,
            "%s has more than 200 values: it names no segments, and none are looked at",
            e->arms->no_segment));
    if (e->arms->more_metrics)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "more_metrics", MKT_CAVEAT_WARN,
            "The table has more metrics than are tested at a time: the first %s are",
            MKT_COUNT(e->metrics)));
    if (e->arms->unnamed)
        MKT_TRY(MKT_EXPERIMENT_SAY(w, err, "unnamed", MKT_CAVEAT_WARN,
                                   "%s row%s without a unit or a variant were left out",
                                   MKT_COUNT(e->arms->unnamed), e->arms->unnamed == 1 ? "" : "s"));
    return MKT_OK;
}

mkt_status mkt_experiment_caveats_add(struct mkt_experiment_work *w, struct mkt_err *err)
{
    w->sheet->status = MKT_ANSWER_OK;
    MKT_TRY(say_units(w, err));
    if (!mkt_experiment_facts_sound(w)) return say_broken(w, err);
    MKT_TRY(mkt_experiment_variants_control(w, err));
    MKT_TRY(mkt_experiment_variants_faults(w, err));
    if (w->verdict.call == MKT_EXPERIMENT_RUN_ON) MKT_TRY(say_run_on(w, err));
    MKT_TRY(say_days(w, err));
    MKT_TRY(say_metrics(w, err));
    return w->e->options.planned > 0
               ? MKT_OK
               : MKT_EXPERIMENT_SAY(
                     w, err, "looks", MKT_CAVEAT_NOTE,
                     "The verdict holds however often it is looked at; the plain intervals and p "
                     "values count as one look at the end");
}
