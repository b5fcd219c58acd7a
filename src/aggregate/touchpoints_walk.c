#include "aggregate/touchpoints.h"

/* The touches from `from` on that count for something at time `at`, as the rules say. */
static size_t choose(struct mkt_touchpoints_walker *w, size_t from, size_t n, int64_t at)
{
    const uint64_t *open = w->open;
    bool no_views = false, no_direct = false; /* there are clicks; there are others than direct */
    if (w->rules->views == MKT_WEAK_YIELD)
        for (size_t i = from; i < n; i++) no_views |= !mkt_touchpoints_view(open[i]);
    if (w->rules->direct == MKT_WEAK_YIELD && w->direct != MKT_TOUCHPOINTS_NONE)
        for (size_t i = from; i < n; i++)
            no_direct |= mkt_touchpoints_channel(open[i]) != w->direct &&
                         !(no_views && mkt_touchpoints_view(open[i]));
    size_t kept = 0;
    for (size_t i = from; i < n; i++) {
        uint32_t channel = mkt_touchpoints_channel(open[i]);
        if (no_views && mkt_touchpoints_view(open[i])) continue;
        if (no_direct && channel == w->direct) continue;
        w->step[kept] = channel;
        w->age[kept++] = at - mkt_touchpoints_time(open[i]);
    }
    return kept;
}

/* The first of the open touches within the look-back of `at`. */
static size_t recent(const struct mkt_touchpoints_walker *w, size_t n, int64_t at)
{
    size_t from = n;
    int64_t first = at - w->rules->lookback;
    while (from && mkt_touchpoints_time(w->open[from - 1]) >= first) from--;
    return from;
}

static size_t bin_of(int64_t x)
{
    return x < MKT_TOUCHPOINTS_BINS - 1 ? (size_t)x : MKT_TOUCHPOINTS_BINS - 1;
}

/* Whether names alone put some of the touches chosen in order. */
static bool has_ties(const struct mkt_touchpoints_walker *w, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (w->age[i] == w->age[i - 1] && w->step[i] != w->step[i - 1]) return true;
    return false;
}

static mkt_status convert(struct mkt_touchpoints_walker *w, size_t open,
                          const struct mkt_touchpoints_row *row, struct mkt_err *err)
{
    int64_t time = mkt_touchpoints_time(row->what);
    size_t n = choose(w, recent(w, open, time), open, time);
    const struct mkt_touchpoints_conversion told = {row->user, time,   row->value,
                                                    w->step,   w->age, n};
    if (w->each) return w->each(w->each_user, &told, err);
    w->counts.conversions++;
    w->counts.negative += row->value < 0;
    if (!n) {
        const struct mkt_path_counts none = {.conversions = 1, .value = row->value};
        return mkt_path_counts_join(&w->untouched, &none, err);
    }
    w->counts.lag[bin_of(w->age[0] / 86400)]++;
    w->counts.steps[bin_of((int64_t)n)]++;
    w->counts.tied += has_ties(w, n);
    const struct mkt_path_counts one = {.conversions = 1, .value = row->value, .lag = w->age[0]};
    mkt_credits_add(w->credits, (size_t)(row->user >> w->group_shift), w->step, w->age, n, 1,
                    (double)row->value / MKT_MICRO, 0, &w->scratch);
    return mkt_path_batch_add(&w->paths, w->step, n, &one, err);
}

/* A journey that led to nothing. */
static mkt_status give_up(struct mkt_touchpoints_walker *w, size_t open, uint64_t user,
                          struct mkt_err *err)
{
    if (w->each) return MKT_OK;
    int64_t last = mkt_touchpoints_time(w->open[open - 1]);
    size_t n = choose(w, recent(w, open, last), open, last);
    const struct mkt_path_counts one = {.nulls = 1};
    w->counts.open += w->last - last <= w->rules->lookback;
    mkt_credits_add_nulls(w->credits, (size_t)(user >> w->group_shift), w->step, n, 1);
    return mkt_path_batch_add(&w->paths, w->step, n, &one, err);
}

static bool counts(const struct mkt_touchpoints_walker *w, uint64_t what)
{
    uint32_t channel = mkt_touchpoints_channel(what);
    uint16_t view = mkt_touchpoints_view(what);
    if (channel == MKT_TOUCHPOINTS_NONE || view == MKT_TOUCHPOINTS_WITHHELD) return false;
    if (view && w->rules->views == MKT_WEAK_DROP) return false;
    return channel != w->direct || w->rules->direct != MKT_WEAK_DROP;
}

/* The journey goes on by one touch. A visit that goes on, of the same channel and kind soon after, is
 * the same touch. */
static size_t touch(struct mkt_touchpoints_walker *w, size_t open, uint64_t what)
{
    if (open && w->rules->session) {
        uint64_t last = w->open[open - 1];
        int64_t since = mkt_touchpoints_time(what) - mkt_touchpoints_time(last);
        if (!((last ^ what) & MKT_TOUCHPOINTS_KIND) && since <= w->rules->session) {
            w->open[open - 1] = what;
            return open;
        }
    }
    w->open[open] = what;
    w->counts.visits++;
    return open + 1;
}

static mkt_status walk_user(struct mkt_touchpoints_walker *w, const struct mkt_touchpoints_row *row,
                            size_t rows, struct mkt_err *err)
{
    size_t open = 0;
    bool led_on = false; /* a conversion came of the open touches already */
    for (size_t i = 0; i < rows; i++) {
        const uint64_t what = row[i].what;
        if (counts(w, what)) {
            if (open && w->rules->gap &&
                mkt_touchpoints_time(what) - mkt_touchpoints_time(w->open[open - 1]) >
                    w->rules->gap) {
                if (!led_on) MKT_TRY(give_up(w, open, row->user, err));
                open = 0;
                led_on = false;
            }
            open = touch(w, open, what);
        }
        if (!mkt_touchpoints_converts(what)) continue;
        MKT_TRY(convert(w, open, &row[i], err));
        if (w->rules->first_only) return MKT_OK;
        if (w->rules->reuse)
            led_on = true;
        else
            open = 0;
    }
    return open && !led_on ? give_up(w, open, row->user, err) : MKT_OK;
}

mkt_status mkt_touchpoints_walk(struct mkt_touchpoints_walker *w,
                                const struct mkt_touchpoints_row *row, size_t rows,
                                struct mkt_err *err)
{
    for (size_t from = 0, to; from < rows; from = to) {
        for (to = from + 1; to < rows && row[to].user == row[from].user;) to++;
        if (w->each_rows) {
            for (size_t i = from; i < to; i++) w->given[i - from] = mkt_touchpoints_unpack(&row[i]);
            MKT_TRY(w->each_rows(w->each_user, w->given, to - from, err));
            continue;
        }
        w->counts.users++;
        w->counts.rows += (int64_t)(to - from);
        MKT_TRY(walk_user(w, row + from, to - from, err));
    }
    return MKT_OK;
}
