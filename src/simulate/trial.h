/* An experiment of a simulated company: the last four weeks' visitors see one of two checkouts.
 *
 *     P(order)    p_s (1 + lift) in b, p_s in control,   p_s by device s
 *     value       log-normal, whatever the variant; nothing without an order
 *     before      what the visitor spent in the weeks before, which tells of the value
 *
 * Shares are half and half, by chance; the lift is the same for every device and day.
 */
#ifndef MKT_SIMULATE_TRIAL_H
#define MKT_SIMULATE_TRIAL_H

#include "base/json.h"
#include "simulate/company.h"
#include "simulate/sink.h"

#define MKT_TRIAL_DAYS 28
#define MKT_TRIAL_LIFT 0.25      /* of orders, and so of revenue */
#define MKT_TRIAL_VISITORS 15000 /* at scale 1 */

/* Writes experiment.csv, heading included: visitor_id, variant, date, device, converted, revenue,
 * revenue_before.       Checked  tests/simulate/trial_test.c */
void mkt_trial_write(const struct mkt_company *company, struct mkt_sink *sink);

/* Adds the member "experiment" to the truth. */
void mkt_trial_truth(const struct mkt_company *company, struct mkt_json *out);

#endif
