/* What came in a request's body as a question to the engine: of every face that takes such bodies. */
#ifndef MKT_ENGINE_ENQUIRY_H
#define MKT_ENGINE_ENQUIRY_H

#include "engine/question.h"
#include "wire/request.h"

/* Fills data, reading, parameters, and words where the request says; of `out` analysis, format and
 * the words of a request that does not say are set before. What it points to is the request's.
 *
 * Errors  MKT_E_ARG    a parameter that the analysis does not take or that is outside its domain;
 *                      words of nobody known; a question in words where there is an analysis, none
 *                      where there is none
 *         MKT_E_NOMEM
 * Checked tests/engine/enquiry_test.c */
MKT_MUST_CHECK mkt_status mkt_enquiry_fill(struct mkt_arena *arena,
                                           const struct mkt_request *request,
                                           struct mkt_question *out, struct mkt_err *err);

#endif
