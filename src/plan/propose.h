/* What the words left open, planned by a language model: under a grammar that admits only real
 * analyses, names and periods of the data.
 *
 * The model is asked only where the matcher understood a part of the question too little; facts do
 * not wait for it otherwise. What it proposes is parsed and judged like any plan: explicit periods,
 * names and parameters that the matcher found stand.
 */
#ifndef MKT_PLAN_PROPOSE_H
#define MKT_PLAN_PROPOSE_H

#include "llm/llm.h"
#include "plan/matcher.h"

/* Adds the model's steps to a plan of the matcher; does nothing where there is no model, where
 * nothing is open or the plan asks back. A model that fails is no error: the plan stays.
 *
 * Errors  MKT_E_CANCELLED  the flag was set
 *         MKT_E_NOMEM      the arena is full */
MKT_MUST_CHECK mkt_status mkt_propose_plan(struct mkt_llm *llm, const struct mkt_matcher *matcher,
                                           const atomic_bool *cancel, struct mkt_plan *plan,
                                           struct mkt_err *err);

#endif
