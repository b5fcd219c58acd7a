#include "simulate/trial.h"

#include <math.h>

#include "simulate/company_design.h"

static const struct {
    const char *name;
    double share, rate; /* of visitors; that order when nothing is tried */
} device[] = {{"desktop", .4, .25}, {"mobile", .6, .17}};

#define VALUE 60. /* mean of an order */
#define SPREAD .7 /* of its logarithm */
#define HABIT .6  /* of that spread, what a visitor had before */

static int64_t visitors(const struct mkt_company *company)
{
    return (int64_t)nearbyint(MKT_TRIAL_VISITORS * company->options.scale);
}

static int trial_days(const struct mkt_company *company)
{
    return company->days < MKT_TRIAL_DAYS ? company->days : MKT_TRIAL_DAYS;
}

static int64_t cents_of(double z)
{
    return (int64_t)nearbyint(100 * VALUE * exp(SPREAD * z - SPREAD * SPREAD / 2));
}

void mkt_trial_write(const struct mkt_company *company, struct mkt_sink *sink)
{
    struct mkt_random r;
    mkt_company_design_stream(&r, company->options.seed, MKT_STREAM_TRIAL, 0);
    mkt_sink_text(sink, "visitor_id,variant,date,device,converted,revenue,revenue_before");
    mkt_sink_line(sink);
    int64_t n = visitors(company);
    int days = trial_days(company);
    for (int64_t i = 0; i < n; i++) {
        char date[MKT_DATE_TEXT];
        int32_t day = company->period.last - days + 1 + (int32_t)(i * days / n);
        bool b = mkt_random_uniform(&r) < .5;
        int d = mkt_random_uniform(&r) >= device[0].share;
        double habit = mkt_random_normal(&r);
        double z = HABIT * habit + sqrt(1 - HABIT * HABIT) * mkt_random_normal(&r);
        double rate = device[d].rate * (b ? 1 + MKT_TRIAL_LIFT : 1);
        bool converted = mkt_random_uniform(&r) < rate;
        bool before = mkt_random_uniform(&r) < .5;
        mkt_sink_printf(sink, "T%06lld,%s,%s,%s,%d,", (long long)i + 1, b ? "b" : "control",
                        mkt_date_text(day, date), device[d].name, converted);
        mkt_sink_cents(sink, converted ? cents_of(z) : 0);
        mkt_sink_text(sink, ",");
        mkt_sink_cents(sink, before ? cents_of(habit) : 0);
        mkt_sink_line(sink);
    }
}

static double rate_of(double lift)
{
    double rate = 0;
    for (size_t d = 0; d < sizeof device / sizeof *device; d++)
        rate += device[d].share * device[d].rate;
    return rate * (1 + lift);
}

/* Rounded, so that the last bits of a sum do not show. */
static void number(struct mkt_json *out, const char *name, double value)
{
    mkt_json_member_number(out, name, round(value * 1e6) / 1e6);
}

void mkt_trial_truth(const struct mkt_company *company, struct mkt_json *out)
{
    char first[MKT_DATE_TEXT], last[MKT_DATE_TEXT];
    mkt_json_key(out, "experiment");
    mkt_json_open(out, '{');
    mkt_json_member_string(out, "first",
                           mkt_date_text(company->period.last - trial_days(company) + 1, first));
    mkt_json_member_string(out, "last", mkt_date_text(company->period.last, last));
    mkt_json_member_int(out, "visitors", visitors(company));
    number(out, "share_of_b", .5);
    number(out, "converted_control", rate_of(0));
    number(out, "converted_b", rate_of(MKT_TRIAL_LIFT));
    number(out, "revenue_control", VALUE * rate_of(0));
    number(out, "revenue_b", VALUE * rate_of(MKT_TRIAL_LIFT));
    number(out, "lift", MKT_TRIAL_LIFT);
    mkt_json_close(out, '}');
}
