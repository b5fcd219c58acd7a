/* How often intervals hold the truth, and how often the headline is right, over simulated companies.
 *
 * Shared by bench/coverage.c (many companies) and tests/model/coverage_test.c (few).
 */
#ifndef MKT_BENCH_COVERAGE_STUDY_H
#define MKT_BENCH_COVERAGE_STUDY_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/roi.h"
#include "num/random.h"
#include "simulate/company.h"
#include "simulate/company_truth.h"

enum {
    STUDY_ROAS,
    STUDY_TOTAL,
    STUDY_CPA,
    STUDY_CAC,
    STUDY_AOV,
    STUDY_CTR,
    STUDY_SHARE,
    STUDY_CHANGE,
    STUDY_FIGURES
};

static const char *const study_figure[STUDY_FIGURES] = {"roas", "total", "cpa",   "cac",
                                                        "aov",  "ctr",   "share", "change"};

#define STUDY_BINS 5 /* .5 to 1 */

struct study {
    int held[STUDY_FIGURES], all[STUDY_FIGURES];
    int right[STUDY_BINS], headlines[STUDY_BINS];
    double said[STUDY_BINS];
    int companies;
};

/* What to draw companies from. */
struct study_plan {
    int companies;
    uint64_t seed;
    int days_least, days_most; /* of the period analysed */
    double similarity_least;   /* of channels; the most is 1 */
    bool earlier;              /* the company has as many days before */
};

static inline void study_count(struct study *s, int figure, const struct mkt_fact *f, double truth)
{
    if (!f || !(f->level > 0) || !isfinite(truth)) return;
    s->all[figure]++;
    s->held[figure] += f->low <= truth && truth <= f->high;
}

static inline const struct mkt_fact *study_fact(const struct mkt_sheet *sheet, const char *key,
                                                const char *metric)
{
    char id[96];
    snprintf(id, sizeof id, "%s.%s", key, metric);
    return mkt_sheet_fact(sheet, id);
}

/* Truth of the channel of that name over a period; of all channels for NULL. */
static inline struct mkt_company_return study_truth(const struct mkt_company *c, const char *name,
                                                    struct mkt_period period)
{
    struct mkt_company_return sum = {0};
    for (int k = 0; k < c->channels; k++) {
        struct mkt_company_return r;
        if (name && strcmp(name, c->channel[k].name) != 0) continue;
        mkt_company_truth_return(c, k, period, &r);
        sum.spend += r.spend;
        sum.revenue += r.revenue;
        sum.conversions += r.conversions;
        sum.new_customers += r.new_customers;
    }
    sum.reported_roas = sum.revenue / sum.spend;
    return sum;
}

static inline void study_channel(struct study *s, const struct mkt_company *c,
                                 const struct mkt_sheet *sheet, int k, struct mkt_period period,
                                 double revenue)
{
    const char *key = c->channel[k].name;
    struct mkt_company_return t = study_truth(c, key, period);
    study_count(s, STUDY_ROAS, study_fact(sheet, key, "roas"), t.reported_roas);
    study_count(s, STUDY_CPA, study_fact(sheet, key, "cpa"), t.spend / t.conversions);
    study_count(s, STUDY_CAC, study_fact(sheet, key, "cac"), t.spend / t.new_customers);
    study_count(s, STUDY_AOV, study_fact(sheet, key, "aov"), t.revenue / t.conversions);
    study_count(s, STUDY_CTR, study_fact(sheet, key, "ctr"), c->channel[k].click_rate);
    study_count(s, STUDY_SHARE, study_fact(sheet, key, "revenue_share"), t.revenue / revenue);
    struct mkt_company_return then = study_truth(c, key, mkt_period_before(period));
    study_count(s, STUDY_CHANGE, study_fact(sheet, key, "roas.vs_before"),
                t.reported_roas / then.reported_roas - 1);
}

/* Whether a headline is true of the company. */
static inline bool study_right(const struct mkt_company *c, const struct mkt_finding *f,
                               struct mkt_period period)
{
    double a = study_truth(c, f->subject, period).reported_roas, b = 1;
    if (f->kind == MKT_FINDING_COMPARE) b = study_truth(c, f->other, period).reported_roas;
    if (f->kind == MKT_FINDING_CHANGE)
        b = study_truth(c, f->subject, mkt_period_before(period)).reported_roas;
    bool less = strstr(f->id, ".down_") || strstr(f->id, ".loses");
    return less ? a < b : a > b;
}

static inline void study_headline(struct study *s, const struct mkt_company *c,
                                  const struct mkt_sheet *sheet, struct mkt_period period)
{
    const struct mkt_finding *f = mkt_sheet_finding(sheet, sheet->headline);
    if (!f) return;
    int bin = (int)((sheet->confidence - .5) * 2 * STUDY_BINS);
    if (bin < 0) bin = 0;
    if (bin >= STUDY_BINS) bin = STUDY_BINS - 1;
    s->headlines[bin]++;
    s->said[bin] += sheet->confidence;
    s->right[bin] += study_right(c, f, period);
}

/* Errors as those of the calls in it. */
static inline mkt_status study_run(struct mkt_arena *arena, const struct study_plan *plan,
                                   struct study *s, struct mkt_err *err)
{
    struct mkt_random random;
    mkt_random_init(&random, plan->seed, 0);
    for (int i = 0; i < plan->companies; i++) {
        mkt_arena_reset(arena, 64U << 20);
        struct mkt_company_options o;
        mkt_company_options_vary(&o, plan->seed * 1000000 + (uint64_t)i);
        int days =
            plan->days_least +
            (int)mkt_random_below(&random, (uint32_t)(plan->days_most - plan->days_least + 1));
        o.days = plan->earlier ? 2 * days : days;
        o.similarity =
            plan->similarity_least + (1 - plan->similarity_least) * mkt_random_uniform(&random);
        struct mkt_company *c;
        struct mkt_performance p;
        struct mkt_sheet sheet;
        MKT_TRY(mkt_company_make(arena, &o, &c, err));
        mkt_performance_init(&p, arena, (1U << MKT_MEASURES) - 1, 1U << MKT_CHANNEL);
        MKT_TRY(mkt_company_add(c, &p, err));
        MKT_TRY(mkt_performance_finish(&p, err));
        struct mkt_period period = {p.data.last - days + 1, p.data.last};
        struct mkt_roi_options options = {period, NAN, NAN, 1, 1, NULL};
        mkt_sheet_init(&sheet, arena);
        MKT_TRY(mkt_roi_fill(&p, NULL, &options, &sheet, err));

        struct mkt_company_return whole = study_truth(c, NULL, period);
        study_count(s, STUDY_TOTAL, study_fact(&sheet, "total", "roas"), whole.reported_roas);
        for (int k = 0; k < c->channels; k++) study_channel(s, c, &sheet, k, period, whole.revenue);
        study_headline(s, c, &sheet, period);
        s->companies++;
    }
    return MKT_OK;
}

#endif
