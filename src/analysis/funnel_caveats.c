#include "analysis/funnel_work.h"

#include <math.h>

#include "aggregate/spellings.h"
#include "base/text.h"

static mkt_status about_attempts(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_funnels *f = w->f;
    int64_t entered = f->reached[0] + *f->open; /* where open units are left out */
    if (w->input.had_to_count_open)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "all_open",
            "the data end before any attempt has had its window: all are counted as they stand, "
            "and every rate can still rise; a shorter window, or data of more days, would settle "
            "it",
            MKT_CAVEAT_LIMIT, err));
    else if (*f->open)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "open_attempts",
            mkt_arena_printf(arena,
                             "%s of %s %s entered so late that they can still go on; they are "
                             "left out of the rates (open=1 counts them; a shorter window leaves "
                             "fewer out)",
                             MKT_COUNT(*f->open), MKT_COUNT(entered), w->units),
            *f->open * 2 > entered ? MKT_CAVEAT_WARN : MKT_CAVEAT_NOTE, err));
    if (w->plan->count_open && !w->input.had_to_count_open)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "open_counted",
            "attempts whose window is still open are counted as they stand: rates can still rise",
            MKT_CAVEAT_WARN, err));
    if (f->reached[0] < MKT_FUNNEL_FEW)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "few_entries",
            mkt_arena_printf(arena, "%s %s entered: that is few, and the intervals are wide",
                             MKT_COUNT(f->reached[0]), f->reached[0] == 1 ? w->unit : w->units),
            MKT_CAVEAT_WARN, err));
    if (w->plan->by_session && w->effect > 1)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "alike_sessions",
            "sessions of one user are alike: intervals are those of as many independent sessions "
            "as they are worth",
            MKT_CAVEAT_NOTE, err));
    return MKT_OK;
}

static mkt_status about_steps(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    if (w->input.how)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "steps_chosen",
            mkt_arena_printf(arena,
                             "the steps were chosen %s; give others with steps, as in \"%s > %s\"",
                             w->input.how, w->input.label[0], w->input.label[w->last]),
            MKT_CAVEAT_NOTE, err));
    for (size_t k = 1; k < w->steps; k++) {
        if (w->f->reached[k]) continue;
        MKT_TRY(mkt_funnel_work_caveat(
            w, "step_never_reached",
            mkt_arena_printf(arena, "no %s reached %s from %s: what comes after it cannot be told",
                             w->unit, w->input.label[k],
                             w->input.label[mkt_step_rates_before(w->plan, k)]),
            w->plan->step[k].optional ? MKT_CAVEAT_NOTE : MKT_CAVEAT_LIMIT, err));
        if (!w->plan->step[k].optional) break;
    }
    return MKT_OK;
}

#define FEW_CARRIERS 10

/* Users that would vary as much if all had the same value: (sum v)^2 / sum v^2. */
static double carriers(const struct mkt_funnel_work *w)
{
    double sum = (double)*w->f->value / 1000, square = (double)w->f->value_square;
    return square > 0 ? sum * sum / square : INFINITY;
}

static mkt_status about_data(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_events_view *v = w->input.view;
    if (v->skewed)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "wrong_clocks",
            mkt_arena_printf(arena,
                             "%s of %s events lie more than a year from all others: a clock was "
                             "wrong, and they are left out",
                             MKT_COUNT(v->skewed), MKT_COUNT(v->rows)),
            MKT_CAVEAT_WARN, err));
    if (v->respelled)
        MKT_TRY(mkt_funnel_work_caveat(w, "respelled",
                                       mkt_arena_printf(arena,
                                                        "names of events that " MKT_SPELLINGS_DIFFER
                                                        " are taken for one: %s",
                                                        v->respelled),
                                       MKT_CAVEAT_NOTE, err));
    if (w->input.respelled)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "respelled_values",
            mkt_arena_printf(
                arena, "values of properties that " MKT_SPELLINGS_DIFFER " are taken for one: %s",
                w->input.respelled),
            MKT_CAVEAT_NOTE, err));
    if (v->first == v->last)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "one_moment",
            "all events have the same time: their order is not known, and events count in the "
            "order of the steps",
            MKT_CAVEAT_LIMIT, err));
    else if (!v->moments)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "days_only",
            "times are whole days: events of one day count in the order of the steps, and times to "
            "convert are right to a day",
            MKT_CAVEAT_WARN, err));
    if (*w->f->negative)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "negative_values",
            mkt_arena_printf(arena,
                             "%s of the last step's events are worth less than nothing; "
                             "they are subtracted",
                             MKT_COUNT(*w->f->negative)),
            MKT_CAVEAT_WARN, err));
    if (*w->f->unvalued && w->input.values && *w->f->value)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "unvalued",
            mkt_arena_printf(arena,
                             "%s of %s conversions tell no value: they count as worth nothing",
                             MKT_COUNT(*w->f->unvalued), MKT_COUNT(*w->f->conversions)),
            MKT_CAVEAT_WARN, err));
    double carry = carriers(w);
    if (w->money && carry < FEW_CARRIERS && *w->f->conversions >= 3 * FEW_CARRIERS)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "value_of_few",
            mkt_arena_printf(arena,
                             "a few conversions carry the value of all, as if %.0f of %s were "
                             "all that count: see whether their values are right",
                             fmax(carry, 1), MKT_COUNT(*w->f->conversions)),
            MKT_CAVEAT_WARN, err));
    if (w->input.no_segment)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "no_segments",
            mkt_arena_printf(arena, "%s has more than %s values: they are no segments to compare",
                             w->input.no_segment, MKT_COUNT(MKT_FUNNELS_SEGMENTS)),
            MKT_CAVEAT_NOTE, err));
    if (w->input.left_out)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "properties_left_out",
            mkt_arena_printf(arena, "%d properties are kept with the events; left out: %s",
                             MKT_EVENTS_PROPERTIES, w->input.left_out),
            MKT_CAVEAT_NOTE, err));
    if (w->f->cohorts > 1)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "first_cohort",
            mkt_arena_printf(arena,
                             "users of the first %s may have come before the data begin: that "
                             "cohort mixes new users with old ones",
                             mkt_funnel_work_period(w)),
            MKT_CAVEAT_NOTE, err));
    if (!w->money)
        MKT_TRY(mkt_funnel_work_caveat(
            w, "no_values",
            "no value of a conversion is known, so one more point is told in conversions; value=N "
            "would put money on it",
            MKT_CAVEAT_NOTE, err));
    return MKT_OK;
}

mkt_status mkt_funnel_work_caveats(struct mkt_funnel_work *w, struct mkt_err *err)
{
    MKT_TRY(about_attempts(w, err));
    MKT_TRY(about_steps(w, err));
    MKT_TRY(about_data(w, err));
    return mkt_funnel_work_caveat(
        w, "observational",
        "a funnel tells where people stop, not why; whether a change brings more of them on takes "
        "a test",
        MKT_CAVEAT_NOTE, err);
}
