#include "simulate/company_truth.h"

#include <math.h>

void mkt_company_truth_return(const struct mkt_company *company, int channel,
                              struct mkt_period period, struct mkt_company_return *out)
{
    const struct mkt_company_channel *h = &company->channel[channel];
    int32_t first = company->period.first;
    int from = period.first > first ? period.first - first : 0;
    int to = period.last < company->period.last ? period.last - first : company->days - 1;

    *out = (struct mkt_company_return){0};
    double slope = 0; /* sum over days of a_t d(caused revenue)/d(a_t) */
    for (int t = from; t <= to; t++) {
        out->spend += h->spend[t];
        out->conversions += h->claimed[t];
        out->revenue += h->claimed[t] * company->value[t];
        out->new_customers += h->claimed_new[t];
        out->caused += h->caused[t];
        out->caused_revenue += h->caused[t] * company->value[t];
        slope += h->caused[t] * company->value[t] * h->shape * (1 - h->caused[t] / h->effect);
    }
    bool spent = out->spend > 0;
    out->reported_roas = spent ? out->revenue / out->spend : NAN;
    out->incremental_roas = spent ? out->caused_revenue / out->spend : NAN;
    out->marginal_roas = spent ? slope / out->spend : NAN;
}

void mkt_company_truth_rank(const struct mkt_company *company, struct mkt_period period,
                            int order[MKT_CATALOGUE_CHANNELS])
{
    double roas[MKT_CATALOGUE_CHANNELS];
    for (int k = 0; k < company->channels; k++) {
        struct mkt_company_return r;
        mkt_company_truth_return(company, k, period, &r);
        roas[k] = isnan(r.reported_roas) ? -INFINITY : r.reported_roas;
        int at = k;
        for (; at > 0 && roas[order[at - 1]] < roas[k]; at--) order[at] = order[at - 1];
        order[at] = k;
    }
}
