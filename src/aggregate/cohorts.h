/* Customers won in a period, by the channel that won them: how many, when, and what they brought by
 * month of age and by month of the calendar.
 *
 * Customers are counted in slices: the whole (those that paid channels won),
 * single channels, segments, and kinds of channel. A customer of a channel that
 * costs nothing counts in that channel's slice only.
 *
 *     month of age m   (day - start) 16 / 487 whole: months of 30.4375 days from the day they came
 *     contribution     margin times amount, or amount less cost
 *
 * A month of age counts once it is over for the customer before the data end.
 * Sums by age are kept in 256 groups of customers, dealt by hash: what is drawn
 * with replacement in model/lifetime.h. All sums are integers, so neither order
 * of rows nor threads change a bit.
 */
#ifndef MKT_AGGREGATE_COHORTS_H
#define MKT_AGGREGATE_COHORTS_H

#include "aggregate/purchases.h"

#define MKT_COHORTS_GROUPS MKT_PILES
#define MKT_COHORTS_MONTHS 60 /* of age, at most */
#define MKT_COHORTS_SLICES 64
#define MKT_COHORTS_NONE 255     /* no slice */
#define MKT_COHORTS_RATES 5      /* at which present values are told */
#define MKT_COHORTS_CALENDAR 600 /* months of the calendar, at most */

struct mkt_cohorts_rules {
    struct mkt_period period;       /* in which customers came; not empty */
    int32_t last;                   /* day up to which orders are told, >= period.last */
    double margin;                  /* 0..1 of amounts; NAN: amount less cost */
    double rate[MKT_COHORTS_RATES]; /* a year, > -1: of the present values */
    size_t months;                  /* of age, 1..MKT_COHORTS_MONTHS */
    /* slices: 0 the whole, then channels, segments, kinds */
    size_t channels, segments, kinds;
    const uint8_t *channel,
        *kind;                  /* [names of channels + 1]: slice of a channel, and of its kind */
    const uint8_t *segment;     /* [names of segments + 1] */
    const bool *paid;           /* [names of channels + 1]: the channel costs money */
    const mkt_micro *threshold; /* [slices]: contribution that pays a customer back, or NULL */
    int threads;
};

static inline size_t mkt_cohorts_slices(const struct mkt_cohorts_rules *r)
{
    return 1 + r->channels + r->segments + r->kinds;
}

/* The customers of one group in one month of age. */
struct mkt_cohorts_cell {
    int64_t seen; /* customers for whom the month is over */
    mkt_micro amount, contribution;
};

/* Of one slice, the customers for whom month m is over: those not paid back before it, and those
 * whose contribution first reaches the threshold at its end. */
struct mkt_cohorts_back {
    int64_t risk, paid;
};

struct mkt_cohorts_flow {
    int64_t customers;              /* that came in the month */
    mkt_micro amount, contribution; /* brought in the month by customers of the period */
};

struct mkt_cohorts_cohort {
    mkt_micro amount, contribution; /* brought to date by those that came in the month */
};

struct mkt_cohorts_day {
    int64_t customers;
    mkt_micro present[MKT_COHORTS_RATES]; /* value on the period's first day, at each rate, of all
                                             that they brought */
};

struct mkt_cohorts {
    struct mkt_cohorts_rules rules;
    size_t slices;
    size_t calendar;                   /* months from the period's first to the last day's */
    size_t days;                       /* of the period */
    struct mkt_cohorts_cell *cell;     /* [slices][GROUPS][months] */
    struct mkt_cohorts_back *back;     /* [slices][months], zero without thresholds */
    struct mkt_cohorts_flow *flow;     /* [slices][calendar] */
    struct mkt_cohorts_cohort *cohort; /* [calendar], of the whole */
    struct mkt_cohorts_day *day;       /* [channels + 1][segments + 1][days]; last: none of these */
    int64_t *customers;                /* [slices] */
    int64_t all;                       /* new customers, paid for or not */
    int64_t unknown;                   /* of these, without a channel */
    int64_t silent;   /* listed with a day in the period, but without an order: not counted */
    int64_t early;    /* came before the day that is told of them */
    int64_t before;   /* customers that came before the period: not counted */
    int64_t unlisted; /* new customers without a row of their own, where others have one */
    struct mkt_purchases_repeats same, alike; /* of all customers, whenever they came */
};

/* Errors   MKT_E_NOMEM  the arena is full
 *          MKT_E_LIMIT  sums pass 9.2e12 units; more than MKT_COHORTS_CALENDAR months
 *          MKT_E_IO     a temporary file cannot be read back
 * Cost     a sort of all rows by customer; slices * GROUPS * months * 24 bytes, and as many for
 *          days as channels * segments * days * 48, for each thread
 * Checked  tests/aggregate/purchases_test.c */
MKT_MUST_CHECK mkt_status mkt_cohorts_make(struct mkt_arena *arena,
                                           const struct mkt_purchases_view *view,
                                           const struct mkt_cohorts_rules *rules,
                                           struct mkt_cohorts *out, struct mkt_err *err);

static inline struct mkt_cohorts_cell *mkt_cohorts_at(const struct mkt_cohorts *c, size_t slice,
                                                      size_t group)
{
    return c->cell + (slice * MKT_COHORTS_GROUPS + group) * c->rules.months;
}

static inline struct mkt_cohorts_day *mkt_cohorts_days(const struct mkt_cohorts *c, size_t channel,
                                                       size_t segment)
{
    return c->day + (channel * (c->rules.segments + 1) + segment) * c->days;
}

/* Whole months of age after so many days. */
static inline int32_t mkt_cohorts_age(int32_t days)
{
    return (int32_t)((int64_t)days * 16 / 487);
}

/* Months of the calendar from one day's to another's. */
int32_t mkt_cohorts_calendar(int32_t from, int32_t to);

#endif
