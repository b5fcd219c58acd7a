#include "source/micros.h"

#include <string.h>

static bool all_whole(const struct mkt_performance *p, mkt_measure m, double *total)
{
    *total = 0;
    for (size_t i = 0; i < p->cells; i++) {
        if (p->cell[i].sum[m] % MKT_MICRO) return false;
        *total += (double)p->cell[i].sum[m];
    }
    return true;
}

static bool counts_in_micros(const char *platform)
{
    static const char *const known[] = {"Snapchat Ads", "Reddit Ads", "Pinterest Ads", "X Ads"};
    for (size_t i = 0; platform && i < sizeof known / sizeof *known; i++)
        if (strcmp(platform, known[i]) == 0) return true;
    return false;
}

static void divide(struct mkt_relation *r, mkt_measure m)
{
    for (size_t i = 0; i < r->sums.cells; i++) r->sums.cell[i].sum[m] /= MKT_MICRO;
    for (size_t k = 0; k < r->is.parts[m]; k++)
        r->column[r->is.column[m][k]].how = "micros, by its size";
}

mkt_status mkt_micros_settle(struct mkt_caveats *caveats, struct mkt_relation *relation,
                             struct mkt_err *err)
{
    struct mkt_relation *r = relation;
    double spend, shown, revenue;
    if (!r->is.parts[MKT_ROLE_SPEND] || !r->is.parts[MKT_ROLE_IMPRESSIONS]) return MKT_OK;
    for (size_t k = 0; k < r->is.parts[MKT_ROLE_SPEND]; k++)
        if (r->column[r->is.column[MKT_ROLE_SPEND][k]].naming.micros) return MKT_OK;
    if (!all_whole(&r->sums, MKT_SPEND, &spend)) return MKT_OK;
    all_whole(&r->sums, MKT_IMPRESSIONS, &shown);
    if (shown <= 0 || spend <= (counts_in_micros(r->platform) ? 200 : 1000) * shown) return MKT_OK;
    bool both = r->is.parts[MKT_ROLE_REVENUE] && all_whole(&r->sums, MKT_REVENUE, &revenue) &&
                revenue > spend / 1000;
    divide(r, MKT_SPEND);
    if (both) divide(r, MKT_REVENUE);
    return mkt_caveats_add(caveats, "micros_by_size", MKT_CAVEAT_WARN, err,
                           "%s: \"%s\" comes to %.0f an impression and is taken for millionths%s",
                           r->show, r->column[r->is.column[MKT_ROLE_SPEND][0]].name, spend / shown,
                           both ? ", the revenue too" : "");
}
