/* The member "marketing_metrics" of an answer: every figure by scope, entity and metric, without the
 * rest of the facts, for readers that want numbers by name.
 */
#ifndef MKT_REPORT_ANSWER_METRICS_H
#define MKT_REPORT_ANSWER_METRICS_H

#include "base/json.h"
#include "fact/sheet.h"

/* Writes key and object; scopes and entities in the order of their first fact, of two facts with one
 * metric the first.
 * Errors   MKT_E_NOMEM  the arena of the buffer is full
 * Cost     n log n over the facts
 * Checked  tests/report/answer_json_test.c */
MKT_MUST_CHECK mkt_status mkt_answer_metrics_write(struct mkt_json *w,
                                                   const struct mkt_sheet *sheet,
                                                   struct mkt_err *err);

#endif
