#include "simulate/truth_json.h"

#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "simulate/company_truth.h"
#include "simulate/orders.h"
#include "simulate/trial.h"
#include "simulate/visits.h"

/* Rounded, so that the last bits of a processor's exp() do not show. */
static void number(struct mkt_json *w, const char *name, double value)
{
    mkt_json_member_number(w, name, round(value * 1e6) / 1e6);
}

static void date(struct mkt_json *w, const char *name, int32_t day)
{
    char text[MKT_DATE_TEXT];
    mkt_json_member_string(w, name, mkt_date_text(day, text));
}

static void open_member(struct mkt_json *w, const char *name, char bracket)
{
    mkt_json_key(w, name);
    mkt_json_open(w, bracket);
}

static void write_options(struct mkt_json *w, const struct mkt_company *c)
{
    const struct mkt_company_options *o = &c->options;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)o->seed);
    open_member(w, "options", '{');
    mkt_json_member_string(w, "seed", seed); /* may be more than a double holds */
    if (o->days)
        mkt_json_member_int(w, "days", o->days);
    else
        mkt_json_member_int(w, "months", o->months);
    number(w, "scale", o->scale);
    date(w, "start", o->start);
    mkt_json_member_string(w, "currency", o->currency);
    mkt_json_member_int(w, "channels", o->channels);
    number(w, "noise", o->noise);
    number(w, "similarity", o->similarity);
    number(w, "season", o->season);
    if (o->holdout > 0) number(w, "holdout", o->holdout);
    mkt_json_close(w, '}');
    open_member(w, "period", '{');
    date(w, "first", c->period.first);
    date(w, "last", c->period.last);
    mkt_json_close(w, '}');
}

static void write_rows(struct mkt_json *w, const struct mkt_truth_json_rows *rows)
{
    open_member(w, "rows", '{');
    mkt_json_member_int(w, "performance.csv", rows->performance);
    mkt_json_member_int(w, "touchpoints.csv", rows->touchpoints);
    mkt_json_member_int(w, "orders.csv", rows->orders + rows->refunds);
    mkt_json_member_int(w, "customers.csv", rows->customers);
    mkt_json_member_int(w, "experiment.csv", rows->experiment);
    mkt_json_member_int(w, "events.csv", rows->events);
    mkt_json_close(w, '}');
}

static void write_totals(struct mkt_json *w, const struct mkt_company *c,
                         const struct mkt_truth_json_rows *rows)
{
    double baseline = 0, baseline_revenue = 0, caused = 0, caused_revenue = 0, spend = 0;
    int64_t orders = 0, cents = 0;
    for (int t = 0; t < c->days; t++) {
        baseline += c->baseline[t];
        baseline_revenue += c->baseline[t] * c->value[t];
        orders += c->orders[t];
        cents += c->order_cents[t];
        for (int k = 0; k < c->channels; k++) {
            caused += c->channel[k].caused[t];
            caused_revenue += c->channel[k].caused[t] * c->value[t];
            spend += c->channel[k].spend[t];
        }
    }
    open_member(w, "total", '{');
    number(w, "spend", spend);
    number(w, "expected_orders", baseline + caused);
    number(w, "expected_revenue", baseline_revenue + caused_revenue);
    number(w, "baseline_orders", baseline);
    number(w, "baseline_revenue", baseline_revenue);
    number(w, "incremental_orders", caused);
    number(w, "incremental_revenue", caused_revenue);
    number(w, "incremental_roas", caused_revenue / spend);
    mkt_json_member_int(w, "realised_orders", orders);
    number(w, "realised_revenue_before_refunds", (double)cents / 100);
    mkt_json_member_int(w, "realised_refunds", rows->refunds);
    mkt_json_close(w, '}');
}

static void write_baseline(struct mkt_json *w, const struct mkt_company *c)
{
    const struct mkt_calendar *calendar = &c->calendar;
    open_member(w, "baseline", '{');
    number(w, "orders_on_an_ordinary_day", c->daily_orders);
    number(w, "trend_a_year", calendar->trend);
    open_member(w, "season_cosine", '[');
    for (int h = 0; h < 2; h++) mkt_json_number(w, round(calendar->cosine[h] * 1e6) / 1e6);
    mkt_json_close(w, ']');
    open_member(w, "season_sine", '[');
    for (int h = 0; h < 2; h++) mkt_json_number(w, round(calendar->sine[h] * 1e6) / 1e6);
    mkt_json_close(w, ']');
    open_member(w, "weekday_from_monday", '[');
    for (int d = 0; d < 7; d++) mkt_json_number(w, round(calendar->weekday[d] * 1e6) / 1e6);
    mkt_json_close(w, ']');
    number(w, "noise_half_width", c->noise_width);
    number(w, "noise_persistence_a_day", c->persistence);
    number(w, "refund_rate", MKT_ORDERS_REFUND_RATE);
    mkt_json_close(w, '}');
}

static void write_return(struct mkt_json *w, const struct mkt_company_return *r)
{
    number(w, "spend", r->spend);
    number(w, "reported_conversions", r->conversions);
    number(w, "reported_revenue", r->revenue);
    number(w, "reported_roas", r->reported_roas);
    number(w, "reported_new_customers", r->new_customers);
    number(w, "incremental_orders", r->caused);
    number(w, "incremental_revenue", r->caused_revenue);
    number(w, "incremental_roas", r->incremental_roas);
    number(w, "marginal_roas", r->marginal_roas);
}

static void write_channels(struct mkt_json *w, const struct mkt_company *c)
{
    double all = 0;
    for (int t = 0; t < c->days; t++) {
        all += c->baseline[t];
        for (int k = 0; k < c->channels; k++) all += c->channel[k].caused[t];
    }
    open_member(w, "channels", '[');
    for (int k = 0; k < c->channels; k++) {
        const struct mkt_company_channel *h = &c->channel[k];
        struct mkt_company_return r;
        mkt_company_truth_return(c, k, c->period, &r);
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "channel", h->name);
        write_return(w, &r);
        number(w, "share_of_orders_caused", r.caused / all);
        number(w, "carry_over", h->carry_over);
        number(w, "pressure_before", h->start_pressure);
        number(w, "saturation_shape", h->shape);
        number(w, "saturation_half", h->half);
        number(w, "effect_at_saturation", h->effect);
        number(w, "claims_of_own", h->own);
        number(w, "claims_of_others_at_saturation", h->reach);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
}

static void write_quarters(struct mkt_json *w, const struct mkt_company *c)
{
    open_member(w, "quarters", '[');
    for (int32_t first = c->period.first; first <= c->period.last;) {
        struct mkt_date d = mkt_date_of(first);
        int quarter = (d.month - 1) / 3;
        int32_t last = (quarter == 3 ? mkt_date_days(d.year + 1, 1, 1)
                                     : mkt_date_days(d.year, quarter * 3 + 4, 1)) -
                       1;
        if (last > c->period.last) last = c->period.last;
        char name[24];
        snprintf(name, sizeof name, "%d-Q%d", d.year, quarter + 1);
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "quarter", name);
        open_member(w, "channels", '[');
        for (int k = 0; k < c->channels; k++) {
            struct mkt_company_return r;
            mkt_company_truth_return(c, k, (struct mkt_period){first, last}, &r);
            mkt_json_open(w, '{');
            mkt_json_member_string(w, "channel", c->channel[k].name);
            write_return(w, &r);
            mkt_json_close(w, '}');
        }
        mkt_json_close(w, ']');
        mkt_json_close(w, '}');
        first = last + 1;
    }
    mkt_json_close(w, ']');
}

static void write_sum(struct mkt_json *w, const struct mkt_cells_sum *sum)
{
    number(w, "spend", sum->spend);
    number(w, "reported_conversions", sum->conversions);
    number(w, "reported_revenue", sum->revenue);
    number(w, "reported_roas", sum->spend > 0 ? sum->revenue / sum->spend : NAN);
}

static void write_campaigns(struct mkt_json *w, const struct mkt_company *c,
                            const struct mkt_cells *cells)
{
    int year = mkt_date_of(c->period.first).year;
    open_member(w, "campaigns", '[');
    for (int k = 0; k < c->channels; k++)
        for (int i = 0; i < MKT_CATALOGUE_CAMPAIGNS; i++) {
            bool dated = mkt_catalogue_campaign[i].from > 0;
            struct mkt_cells_sum all = {0};
            for (int y = 0; y < MKT_CELLS_YEARS; y++) {
                const struct mkt_cells_sum *sum = &cells->campaign[k][i][y];
                all.spend += sum->spend;
                all.conversions += sum->conversions;
                all.revenue += sum->revenue;
                if (!dated && y < MKT_CELLS_YEARS - 1) continue;
                if (all.conversions > 0) {
                    char name[MKT_SPEND_PLAN_NAME];
                    mkt_json_open(w, '{');
                    mkt_json_member_string(w, "channel", c->channel[k].name);
                    mkt_json_member_string(
                        w, "campaign", mkt_spend_plan_name(i, mkt_date_days(year + y, 7, 1), name));
                    write_sum(w, &all);
                    mkt_json_close(w, '}');
                }
                all = (struct mkt_cells_sum){0};
            }
        }
    mkt_json_close(w, ']');
}

static void write_segments(struct mkt_json *w, const struct mkt_cells *cells)
{
    open_member(w, "segments", '[');
    for (int g = 0; g < MKT_CATALOGUE_SEGMENTS; g++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "segment", mkt_catalogue_segment[g]);
        write_sum(w, &cells->segment[g]);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
}

static void write_products(struct mkt_json *w, const struct mkt_company *c)
{
    open_member(w, "products", '[');
    for (int p = 0; p < MKT_CATALOGUE_PRODUCTS; p++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "product", mkt_catalogue_product[p]);
        number(w, "list_price", c->product_cents[p] / 100.0);
        number(w, "share_of_orders", mkt_catalogue_product_share[p]);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
}

/* Line ends and two spaces a level, so that a person can read it. */
static void indent(struct mkt_buf *out, const char *json)
{
    int depth = 0;
    bool quoted = false;
    for (const char *c = json; *c; c++) {
        if (*c == '"' && c[-1] != '\\') quoted = !quoted;
        bool opens = !quoted && (*c == '{' || *c == '['),
             closes = !quoted && (*c == '}' || *c == ']');
        if (closes) mkt_buf_printf(out, "\n%*s", 2 * --depth, "");
        mkt_buf_char(out, *c);
        if (opens) depth++;
        if (opens || (!quoted && *c == ',')) mkt_buf_printf(out, "\n%*s", 2 * depth, "");
        if (!quoted && *c == ':') mkt_buf_char(out, ' ');
    }
    mkt_buf_char(out, '\n');
}

mkt_status mkt_truth_json_write(struct mkt_buf *out, const struct mkt_company *company,
                                const struct mkt_cells *cells,
                                const struct mkt_truth_json_rows *rows, struct mkt_err *err)
{
    struct mkt_buf compact;
    struct mkt_json w;
    mkt_buf_init(&compact, out->arena);
    mkt_json_init(&w, &compact);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "made_by", "marketing-agent simulate");
    mkt_json_member_string(&w, "about",
                           "reported_* is what the platforms are expected to report, "
                           "incremental_* what would not have been without the spend; "
                           "formulas are in src/simulate/company.h");
    write_options(&w, company);
    write_rows(&w, rows);
    write_totals(&w, company, rows);
    write_channels(&w, company);
    write_quarters(&w, company);
    write_campaigns(&w, company, cells);
    write_segments(&w, cells);
    write_baseline(&w, company);
    write_products(&w, company);
    mkt_trial_truth(company, &w);
    mkt_visits_truth(&w);
    mkt_json_close(&w, '}');
    MKT_TRY(mkt_buf_check(&compact, err));
    indent(out, compact.data);
    return mkt_buf_check(out, err);
}
