/* truth.json: everything that is known of a simulated company, to check an analysis against. */
#ifndef MKT_SIMULATE_TRUTH_JSON_H
#define MKT_SIMULATE_TRUTH_JSON_H

#include "base/buf.h"
#include "simulate/cells.h"

/* The first bytes of every truth.json; by them an earlier simulation is known. */
#define MKT_TRUTH_JSON_MARK "{\n  \"made_by\": \"marketing-agent simulate\""

/* What the files hold, as they were written. */
struct mkt_truth_json_rows {
    int64_t performance, touchpoints, orders, refunds, customers, experiment, events;
};

/* Indented JSON, numbers to 6 decimals, a line end last.
 * Errors  MKT_E_NOMEM  the arena is full        Checked  tests/simulate/truth_json_test.c */
MKT_MUST_CHECK mkt_status mkt_truth_json_write(struct mkt_buf *out,
                                               const struct mkt_company *company,
                                               const struct mkt_cells *cells,
                                               const struct mkt_truth_json_rows *rows,
                                               struct mkt_err *err);

#endif
