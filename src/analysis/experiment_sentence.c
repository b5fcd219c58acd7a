#include "analysis/experiment_sentence.h"

#include <math.h>

#include "fact/format.h"

#define LONG_DAYS 183     /* a plan for more than half a year is none */
#define NO_DATE_DAYS 3660 /* and after ten years a date means nothing */

/* "its lift is +4.2 % (+1.0 % to +7.4 % at any look)" */
static mkt_status lift_of(struct mkt_experiment_work *w, size_t metric, const char **out,
                          struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, metric, w->verdict.variant);
    bool relative = l->scale == MKT_LIFT_RELATIVE;
    mkt_unit unit = mkt_experiment_work_lift_unit(e, metric, l->scale);
    char value[MKT_FORMAT_TEXT], range[MKT_FORMAT_RANGE];
    mkt_format_value(l->best.value, unit, NULL, value);
    mkt_format_range(l->always.low, l->always.high, unit, NULL, range);
    MKT_EXPERIMENT_TEXT(w, *out, err, "its %s is %s (%s at any look)",
                        relative ? "lift" : "difference", value, range);
    return MKT_OK;
}

bool mkt_experiment_sentence_dated(double days)
{
    return isfinite(days) && days < NO_DATE_DAYS;
}

/* "until 2026-10-12 (26,462 more units)" */
static mkt_status until(struct mkt_experiment_work *w, double left, double days, const char *more,
                        const char **out, struct mkt_err *err)
{
    char units[MKT_FORMAT_TEXT], date[MKT_DATE_TEXT];
    mkt_format_value(left, MKT_UNIT_COUNT, NULL, units);
    if (mkt_experiment_sentence_dated(days)) {
        mkt_date_text(w->e->data.last + (int32_t)days, date);
        MKT_EXPERIMENT_TEXT(w, *out, err, "until %s (%s%s)", date, units, more);
    } else {
        MKT_EXPERIMENT_TEXT(w, *out, err, "for %s%s", units, more);
    }
    return MKT_OK;
}

/* " until 2026-10-12 (26,462 more units)", or " for 26,462 more units" where no date can be told;
 * where the lift as it is would be clear sooner, " until 2026-02-03 (812 more units) if the lift stays
 * as it is, at the latest until 2026-10-12 (26,462)". */
static mkt_status run_until(struct mkt_experiment_work *w, const char **out, struct mkt_err *err)
{
    const struct mkt_experiment_verdict *v = &w->verdict;
    const char *first, *last;
    if (!isfinite(v->units_if)) {
        MKT_TRY(until(w, v->units_left, v->days_left, " more units", &last, err));
        MKT_EXPERIMENT_TEXT(w, *out, err, " %s", last);
        return MKT_OK;
    }
    MKT_TRY(until(w, v->units_if, v->days_if, " more units", &first, err));
    MKT_TRY(until(w, v->units_left, v->days_left, "", &last, err));
    MKT_EXPERIMENT_TEXT(w, *out, err, " %s if the lift stays as it is, at the latest %s", first,
                        last);
    return MKT_OK;
}

static mkt_status run_on(struct mkt_experiment_work *w, const char **out, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    const char *time = "", *lift, *rest = "";
    size_t guard = v->guard;
    size_t open = guard == SIZE_MAX ? e->goal : guard;
    MKT_TRY(lift_of(w, open, &lift, err));
    if (e->carried[open])
        MKT_EXPERIMENT_TEXT(w, time, err, " and cap %s, which one unit carries", w->metric[open]);
    else if (isfinite(v->units_left))
        MKT_TRY(run_until(w, &time, err));
    double days = isfinite(v->days_if) ? v->days_if : v->days_left;
    if (isfinite(days) && days > LONG_DAYS)
        rest = ". That is long: ask for a larger effect, send more traffic, or take a metric that "
               "varies less";
    if (guard != SIZE_MAX)
        MKT_EXPERIMENT_TEXT(
            w, *out, err,
            "Keep the experiment running%s: %s wins on %s, but that it loses less than "
            "the margin on %s is not shown yet; %s%s",
            time, w->variant[v->variant], w->metric[e->goal], w->metric[guard], lift, rest);
    else if (e->options.not_worse)
        MKT_EXPERIMENT_TEXT(w, *out, err,
                            "Keep the experiment running%s: that %s loses less than the margin on "
                            "%s is not shown yet; %s%s",
                            time, w->variant[v->variant], w->metric[e->goal], lift, rest);
    else
        MKT_EXPERIMENT_TEXT(
            w, *out, err,
            "Keep the experiment running%s. %s and %s cannot be told apart for sure yet on "
            "%s: %s%s",
            time, w->variant[v->variant], w->variant[e->control], w->metric[e->goal], lift, rest);
    return MKT_OK;
}

mkt_status mkt_experiment_sentence_set(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    const struct mkt_finding *verdict = mkt_sheet_finding(w->sheet, "verdict");
    const char **out = &w->sheet->verdict, *lift;
    switch (v->call) {
    case MKT_EXPERIMENT_SPLIT_WRONG:
    case MKT_EXPERIMENT_EXPOSED_BOTH:
    case MKT_EXPERIMENT_CANNOT:
        *out = w->sheet->missings ? w->sheet->missing[0] : NULL;
        return MKT_OK;
    case MKT_EXPERIMENT_RUN_ON:
        return run_on(w, out, err);
    default:
        if (!verdict) return MKT_OK;
        MKT_TRY(lift_of(w, v->call == MKT_EXPERIMENT_GUARDED ? v->guard : e->goal, &lift, err));
        MKT_EXPERIMENT_TEXT(w, *out, err, "%s: %s", verdict->claim, lift);
        return MKT_OK;
    }
}
