#include "aggregate/funnels.h"

#define DAY (INT64_C(86400) * 1000000)
#define VALUE_MOST INT64_C(4000000000000000000) /* its square fits */

static mkt_status too_large(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_LIMIT,
                       "the values of the last step's events are too large to add exactly");
}

static bool is_complete(const struct mkt_funnels_tally *t)
{
    const struct mkt_funnels_attempt *a = &t->walker.attempt;
    return a->nodes && a->step[a->nodes - 1] + 1U == t->plan->steps;
}

static void add_time(struct mkt_funnel_bin *bin, int64_t time)
{
    struct mkt_funnel_bin *b = &bin[mkt_funnels_bin_of(time)];
    b->n++;
    b->sum += time / 1000;
}

/* Needed steps tell how long they took, optional ones how long after the needed step before. */
static void add_times(struct mkt_funnels_tally *t, const struct mkt_event *row)
{
    const struct mkt_funnels_attempt *a = &t->walker.attempt;
    int64_t end = a->start, needed = end;
    for (size_t i = 0; i < a->nodes; i++) {
        int64_t time = row[a->row[i]].time;
        if (time > end) end = time;
        if (i && t->plan->order != MKT_FUNNEL_ANY)
            add_time(t->out.between + a->step[i] * t->out.bins, time - needed);
        if (!t->plan->step[a->step[i]].optional) needed = time;
    }
    if (is_complete(t)) add_time(t->out.whole, end - a->start);
}

/* How an optional step bears on going on: units that reached the needed step after it. */
static void add_optional(struct mkt_funnels_tally *t)
{
    const struct mkt_funnels_attempt *a = &t->walker.attempt;
    size_t furthest = 0, node = 0;
    for (size_t i = 0; i < a->nodes; i++)
        if (!t->plan->step[a->step[i]].optional) furthest = a->step[i];
    for (size_t s = 0; s < furthest; s++) {
        bool taken = a->step[node] == s;
        node += taken;
        if (t->plan->step[s].optional) (taken ? t->out.taken_on : t->out.skipped_on)[s]++;
    }
}

/* The event after a row, while the attempt lasts. */
static size_t next_event(const struct mkt_funnels_tally *t, const struct mkt_event *row,
                         size_t rows, size_t at)
{
    bool lasts = at + 1 < rows && row[at + 1].time - t->walker.attempt.start <= t->plan->window;
    return lasts ? row[at + 1].event : t->out.events;
}

static void add_next(struct mkt_funnels_tally *t, const struct mkt_event *row, size_t rows)
{
    const struct mkt_funnels_attempt *a = &t->walker.attempt;
    size_t width = t->out.events + 1, last = 0, last_row = 0;
    bool any = t->plan->order == MKT_FUNNEL_ANY;
    for (size_t i = 0; i < a->nodes; i++) {
        if (t->plan->step[a->step[i]].optional) continue;
        if (i && !any) t->out.kept[last * width + next_event(t, row, rows, last_row)]++;
        last = a->step[i];
        last_row = any && last_row > a->row[i] ? last_row : a->row[i];
    }
    if (!is_complete(t)) t->out.lost[last * width + next_event(t, row, rows, last_row)]++;
}

static mkt_status add_value(struct mkt_funnels_tally *t, const struct mkt_event *row,
                            struct mkt_err *err)
{
    const struct mkt_funnels_attempt *a = &t->walker.attempt;
    const struct mkt_event *last = &row[a->row[a->nodes - 1]];
    ++*t->out.conversions;
    *t->out.unvalued += !last->valued;
    if (!last->valued) return MKT_OK;
    *t->out.negative += last->value < 0;
    t->user_value += last->value / 1000;
    if (__builtin_add_overflow(*t->out.value, last->value, t->out.value)) return too_large(err);
    return MKT_OK;
}

static void add_steps(const struct mkt_funnels_tally *t, int64_t *reached)
{
    const struct mkt_funnels_attempt *a = &t->walker.attempt;
    for (size_t i = 0; i < a->nodes; i++) reached[a->step[i]]++;
}

static bool is_open(const struct mkt_funnels_tally *t, const struct mkt_event *row, size_t rows,
                    size_t entry)
{
    if (t->plan->by_session) return row[rows - 1].time + t->plan->gap > t->out.last;
    return row[entry].time > t->out.last - t->plan->window;
}

static mkt_status add_unit(struct mkt_funnels_tally *t, const struct mkt_event *row, size_t rows,
                           struct mkt_err *err)
{
    struct mkt_funnels *out = &t->out;
    size_t entry = rows, entries = 0;
    for (size_t i = rows; i-- > 0;)
        if (row[i].rank == 0) entry = i, entries++;
    ++*out->units;
    if (!entries) {
        ++*out->absent;
        return MKT_OK;
    }
    int64_t *cohort =
        out->cohort + out->steps * (size_t)t->period[row[entry].time / DAY - t->first_day];
    mkt_funnels_walk(&t->walker, row, rows, entries > 1);
    add_steps(t, cohort);
    if (is_open(t, row, rows, entry) && !t->plan->count_open) {
        ++*out->open;
        return MKT_OK;
    }
    if (entries > 1) mkt_funnels_walk(&t->walker, row, rows, false);
    *out->entries += (int64_t)entries;
    add_steps(t, out->reached);
    add_steps(t, t->x);
    add_times(t, row);
    if (t->plan->order != MKT_FUNNEL_ANY) add_optional(t);
    add_next(t, row, rows);
    size_t level =
        t->plan->segment < MKT_EVENTS_PROPERTIES ? row[entry].property[t->plan->segment] : 0;
    add_steps(t, out->segment + out->steps * level);
    return is_complete(t) ? add_value(t, row, err) : MKT_OK;
}

/* ---- a user --------------------------------------------------------------------------------- */

/* Sums of squares over users: several units of one user are alike. */
static mkt_status end_user(struct mkt_funnels_tally *t, struct mkt_err *err)
{
    struct mkt_funnels *out = &t->out;
    int64_t *x = t->x, before = x[0], last = x[out->steps - 1];
    *out->clusters += x[0] > 0;
    for (size_t k = 0; k < out->steps && x[0]; k++) {
        out->square[k] += x[k] * x[k];
        out->with_first[k] += x[0] * x[k];
        out->with_before[k] += before * x[k];
        if (!t->plan->step[k].optional) before = x[k];
        if (!before) break; /* later steps are 0, too */
    }
    bool full = t->user_value > VALUE_MOST || t->user_value < -VALUE_MOST ||
                __builtin_add_overflow(out->value_square, t->user_value * t->user_value,
                                       &out->value_square);
    out->value_count += t->user_value * last;
    for (size_t k = 0; k < out->steps && (x[k] || t->plan->step[k].optional); k++) x[k] = 0;
    t->user_value = 0;
    return full ? too_large(err) : MKT_OK;
}

static void add_retention(struct mkt_funnels_tally *t, const struct mkt_event *row, size_t rows)
{
    struct mkt_funnels *out = &t->out;
    int32_t first = INT32_MAX, last = 0;
    uint64_t user = (uint64_t)*out->users; /* 1 for the first */
    for (size_t i = 0; i < rows; i++) {
        int32_t p = t->period[row[i].time / DAY - t->first_day];
        if (p < first) first = p;
        if (p > last) last = p;
    }
    int64_t *bounded = out->bounded + out->cohorts * (size_t)first;
    for (size_t i = 0; i < rows; i++) {
        int32_t p = t->period[row[i].time / DAY - t->first_day];
        if (t->seen[p] == user) continue;
        t->seen[p] = user;
        bounded[p - first]++;
    }
    out->rolling[out->cohorts * (size_t)first + (size_t)(last - first)]++;
}

/* Where the unit that begins at `from` ends. */
static size_t end_of_unit(const struct mkt_funnels_tally *t, const struct mkt_event *row,
                          size_t from, size_t to)
{
    if (!t->plan->by_session) return to;
    size_t i = from + 1;
    while (i < to && row[i].session == row[from].session &&
           (row[i].session || row[i].time - row[i - 1].time <= t->plan->gap))
        i++;
    return i;
}

mkt_status mkt_funnels_tally(struct mkt_funnels_tally *t, const struct mkt_event *row, size_t rows,
                             struct mkt_err *err)
{
    for (size_t from = 0, to; from < rows; from = to) {
        for (to = from + 1; to < rows && row[to].user == row[from].user;) to++;
        ++*t->out.users;
        add_retention(t, row + from, to - from);
        for (size_t unit = from, end; unit < to; unit = end) {
            end = end_of_unit(t, row, unit, to);
            MKT_TRY(add_unit(t, row + unit, end - unit, err));
        }
        MKT_TRY(end_user(t, err));
    }
    return MKT_OK;
}
