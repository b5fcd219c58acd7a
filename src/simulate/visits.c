#include "simulate/visits.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/date.h"
#include "simulate/company_design.h"

#define DAY 86400
#define NAME 32

const char *const mkt_visits_step[MKT_VISITS_STEPS] = {"visit", "product_view", "cart", "checkout",
                                                       "purchase"};
const char *const mkt_visits_device[MKT_VISITS_DEVICES] = {"mobile", "desktop"};
const double mkt_visits_rate[MKT_VISITS_DEVICES][MKT_VISITS_STEPS] = {{1, .6, .24, .55, .64},
                                                                      {1, .66, .42, .6, .74}};

static const double minutes[MKT_VISITS_STEPS] = {0, 2, 5, 4,
                                                 6}; /* from the step before, on average */

void mkt_visits_init(struct mkt_visits *visits, const struct mkt_company *company,
                     struct mkt_sink *sink)
{
    *visits = (struct mkt_visits){.company = company, .sink = sink};
    mkt_company_design_stream(&visits->random, company->options.seed, MKT_STREAM_VISITS, 0);
    mkt_sink_text(sink, "user_id,time,event,value,session_id,device");
    mkt_sink_line(sink);
}

/* A visitor on the way. */
struct visit {
    char user[NAME];
    int device, steps;
    int64_t time, cents;
};

static void write_event(struct mkt_visits *v, const struct visit *x, const char *event,
                        bool purchase)
{
    char date[MKT_DATE_TEXT];
    int second = (int)(x->time % DAY);
    mkt_sink_printf(v->sink, "%s,%s %02d:%02d:%02d,%s,", x->user,
                    mkt_date_text((int32_t)(x->time / DAY), date), second / 3600, second / 60 % 60,
                    second % 60, event);
    if (purchase) mkt_sink_cents(v->sink, x->cents);
    mkt_sink_printf(v->sink, ",S%07" PRId64 ",%s", v->sessions, mkt_visits_device[x->device]);
    mkt_sink_line(v->sink);
}

static void pass(struct mkt_visits *v, struct visit *x, double mean_minutes)
{
    x->time += 1 + (int64_t)(60 * mean_minutes * mkt_random_exponential(&v->random));
}

static void write_visit(struct mkt_visits *v, struct visit *x)
{
    v->sessions++;
    for (int k = 0; k < x->steps; k++) {
        if (k) pass(v, x, minutes[k]);
        write_event(v, x, mkt_visits_step[k], k == MKT_VISITS_STEPS - 1);
        double costs = x->steps == 3 ? MKT_VISITS_COSTS_LOST : MKT_VISITS_COSTS_KEPT;
        if (k != 2 || mkt_random_uniform(&v->random) >= costs) continue;
        pass(v, x, 1);
        write_event(v, x, "delivery_costs", false);
    }
}

static void come_back(struct mkt_visits *v, struct visit *x)
{
    int64_t end = (int64_t)(v->company->period.last + 1) * DAY;
    if (mkt_random_uniform(&v->random) >= MKT_VISITS_BACK) return;
    x->time += (int64_t)(DAY * (.1 + 13.8 * mkt_random_uniform(&v->random)));
    if (x->time >= end) return;
    v->sessions++;
    write_event(v, x, mkt_visits_step[0], false);
}

/* How far a visitor comes, and on what. */
static struct visit draw_visit(struct mkt_visits *v, int day)
{
    struct mkt_random *r = &v->random;
    struct visit x = {.device = mkt_random_uniform(r) >= MKT_VISITS_MOBILE, .steps = 1};
    double hour = 7 + 8 * (mkt_random_uniform(r) + mkt_random_uniform(r));
    x.time = (int64_t)(v->company->period.first + day) * DAY + (int64_t)(3600 * hour);
    while (x.steps < MKT_VISITS_STEPS && mkt_random_uniform(r) < mkt_visits_rate[x.device][x.steps])
        x.steps++;
    return x;
}

void mkt_visits_order(struct mkt_visits *v, int day, const char *customer, int64_t cents)
{
    if (day < v->company->days - MKT_VISITS_DAYS) return;
    for (;;) {
        struct visit x = draw_visit(v, day);
        bool buys = x.steps == MKT_VISITS_STEPS;
        x.cents = cents;
        if (buys)
            snprintf(x.user, sizeof x.user, "%s", customer);
        else
            snprintf(x.user, sizeof x.user, "W%07" PRId64, ++v->visitors);
        write_visit(v, &x);
        if (buys) return;
        come_back(v, &x);
    }
}

void mkt_visits_truth(struct mkt_json *w)
{
    mkt_json_key(w, "visits");
    mkt_json_open(w, '{');
    mkt_json_member_int(w, "days", MKT_VISITS_DAYS);
    mkt_json_member_number(w, "share_mobile", MKT_VISITS_MOBILE);
    mkt_json_member_number(w, "look_up_delivery_costs_of_those_lost_at_cart",
                           MKT_VISITS_COSTS_LOST);
    mkt_json_member_number(w, "look_up_delivery_costs_of_the_others", MKT_VISITS_COSTS_KEPT);
    mkt_json_member_number(w, "come_back_without_buying", MKT_VISITS_BACK);
    mkt_json_key(w, "rate_from_the_step_before");
    mkt_json_open(w, '[');
    for (int k = 1; k < MKT_VISITS_STEPS; k++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "step", mkt_visits_step[k]);
        for (int d = 0; d < MKT_VISITS_DEVICES; d++)
            mkt_json_member_number(w, mkt_visits_device[d], mkt_visits_rate[d][k]);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    mkt_json_close(w, '}');
}
