/* A company whose truth is known: what it plans, what its marketing really
 * causes, and what its advertising platforms say it caused.
 *
 *     pressure   a_t = (1 - carry) s_t + carry a_(t-1)                       s: spend of the day
 *     caused     i_t = effect h(a_t),   h(a) = a^shape / (a^shape + half^shape)  orders a day
 *     claimed    c_t = own i_t + reach h(a_t) (B_t + sum of the others' i_t)  orders the platform reports
 *     revenue    v_t times either,      v_t: mean value of an order on the day
 *
 * B_t are the orders that come without marketing. A platform claims most of
 * what it caused and also orders that it merely touched; so what is reported
 * and what is true differ, by channel, and both are known here.
 *
 * Realised days are drawn from these means: orders are Poisson with means that
 * wander (multiplied by autocorrelated noise of mean 1), each order draws its
 * product, buyer and claims. Orders are drawn one at a time and never kept.
 *
 * The same options give the same company. More months continue the same one.
 */
#ifndef MKT_SIMULATE_COMPANY_H
#define MKT_SIMULATE_COMPANY_H

#include "aggregate/performance.h"
#include "base/date.h"
#include "simulate/calendar.h"
#include "simulate/catalogue.h"
#include "simulate/company_options.h"

struct mkt_company_channel {
    const char *name;
    int kind; /* row of mkt_catalogue_channel */
    /* truth */
    double carry_over;     /* 0..1, a day */
    double start_pressure; /* a before the first day, money a day */
    double shape, half;    /* Hill curve; half in money a day */
    double effect;         /* orders a day at full saturation */
    double own;            /* 0..1, of the orders it caused, those it claims */
    double reach;          /* 0..0.5, of all other orders, those it claims at full saturation */
    double cost_per_mille, click_rate;
    double *spend;       /* what was spent: known exactly, money; days of each of these */
    double *pressure;    /* a_t */
    double *caused;      /* expected orders that would not have been without it */
    double *claimed;     /* expected orders that the platform reports */
    double *claimed_new; /* of these, by people who never bought before */
    /* what one run of chance made of it, as the platform reports it */
    int64_t *impressions, *clicks, *conversions, *new_customers;
    int64_t *cents; /* revenue */
    /* noise, mean 1: on caused orders, and on the claims of others' orders */
    double *noise, *claim_noise;
};

struct mkt_company {
    struct mkt_company_options options;
    struct mkt_period period;
    int days, channels;
    struct mkt_calendar calendar;
    int product_cents[MKT_CATALOGUE_PRODUCTS]; /* list prices */
    double daily_orders;                       /* baseline on an ordinary day */
    double persistence; /* from one day to the next, of the normal score beneath the noise */
    double noise_width; /* the noise is uniform on 1 - width .. 1 + width */
    struct mkt_company_channel *channel;
    double *baseline;       /* expected orders without marketing */
    double *baseline_noise; /* mean 1 */
    double *value;          /* expected value of an order, money */
    int64_t *orders;        /* realised, all causes */
    int64_t *order_cents;   /* realised revenue of them, before refunds */
};

/* Makes a company and draws its days.
 * Errors  MKT_E_ARG    as mkt_company_options_check
 *         MKT_E_NOMEM  the arena is full: days * (channels * 12 + 5) * 8 bytes are needed
 * Cost    some 100 ns an order in all, of which there are some 60 a day at scale 1
 * Checked tests/simulate/company_test.c */
MKT_MUST_CHECK mkt_status mkt_company_make(struct mkt_arena *arena,
                                           const struct mkt_company_options *options,
                                           struct mkt_company **out, struct mkt_err *err);

/* One order, as it was drawn. */
struct mkt_company_order {
    int cause; /* channel that caused it, -1 when none did */
    int segment, product, quantity;
    int64_t cents;
    bool new_customer;
    unsigned claims; /* bit k: channel k claims it */
};

/* Calls `visit` with the orders of a day (0..days-1), the same ones that mkt_company_make summed. */
typedef void mkt_company_visit(void *user, const struct mkt_company_order *order);
void mkt_company_orders(const struct mkt_company *company, int day, mkt_company_visit *visit,
                        void *user);

/* Price of a product on a day, in cents: bursts have discounts. */
int64_t mkt_company_price(const struct mkt_company *company, int product, int32_t day);

/* Adds the realised days to a daily sum, one row a channel and day, without
 * campaigns and segments. Errors as mkt_performance_add. */
MKT_MUST_CHECK mkt_status mkt_company_add(const struct mkt_company *company,
                                          struct mkt_performance *performance, struct mkt_err *err);

#endif
