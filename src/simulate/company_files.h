/* A simulated company as a folder of the exports that a company has, with its truth.
 *
 *     performance.csv   date, channel, campaign, segment, spend, impressions, clicks,
 *                       conversions, revenue, new_customers, currency: what the platforms report
 *     touchpoints.csv   user_id, time, channel, campaign, event, conversion, value
 *     orders.csv        order_id, customer_id, date, amount, product, channel; refunds are negative
 *     customers.csv     customer_id, segment, region, signup_date, channel
 *     experiment.csv    visitor_id, variant, date, device, converted, revenue, revenue_before
 *     events.csv        user_id, time, event, value, session_id, device: visits to the site
 *     truth.json        what is behind them
 *     README.md         what this is, and the command that made it
 *
 * The same options give the same bytes. Rows are written as they are drawn:
 * memory does not grow with the number of orders, but for the refunds to come.
 */
#ifndef MKT_SIMULATE_COMPANY_FILES_H
#define MKT_SIMULATE_COMPANY_FILES_H

#include "simulate/company_options.h"

typedef void mkt_company_files_progress(void *user, const char *stage, double done); /* 0..1 */

/* Writes the folder.
 *
 *   dir       a folder that is new or empty, or holds an earlier simulation, whose files are
 *             replaced; its parent exists
 *   options   days is 0; what the command line has no option for stands in truth.json only
 *   progress  called some hundred times; may be NULL
 *
 * No file is replaced before all are written; after an error nothing new is left.
 *
 * Errors  MKT_E_ARG       an option outside its domain, or no folder named
 *         MKT_E_CONFLICT  the folder holds something else, or is no folder
 *         MKT_E_IO        the folder cannot be made or written
 *         MKT_E_NOSPACE   the disk is full
 *         MKT_E_NOMEM     no memory
 * Checked tests/simulate/company_files_test.c */
MKT_MUST_CHECK mkt_status mkt_company_files_write(const char *dir,
                                                  const struct mkt_company_options *options,
                                                  mkt_company_files_progress *progress, void *user,
                                                  struct mkt_err *err);

#endif
