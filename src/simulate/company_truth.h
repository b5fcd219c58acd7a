/* What is true of a simulated company's channels over a period. */
#ifndef MKT_SIMULATE_COMPANY_TRUTH_H
#define MKT_SIMULATE_COMPANY_TRUTH_H

#include "simulate/company.h"

/* The truth of one channel over a period (cut to the company's days). */
struct mkt_company_return {
    double spend;
    double conversions, revenue; /* expected, as the platform reports them */
    double new_customers;
    double caused, caused_revenue; /* expected, what would not have been without it */
    double reported_roas;          /* revenue / spend; NAN without spend */
    double incremental_roas;       /* caused_revenue / spend */
    double marginal_roas; /* caused revenue of the next unit of spend, spread as the plan was */
};
void mkt_company_truth_return(const struct mkt_company *company, int channel,
                              struct mkt_period period, struct mkt_company_return *out);

/* The channels by falling reported ROAS over a period; ties by position. */
void mkt_company_truth_rank(const struct mkt_company *company, struct mkt_period period,
                            int order[MKT_CATALOGUE_CHANNELS]);

#endif
