/* What the words left open, planned by a language model: under a grammar that admits only real
 * analyses, names and periods of the data.
 *
 *     roi in 2025-Q4 of k3 tell roas; attribution of c1.
 *
 * The model is asked only where a part of the question was not understood by its words; facts do
 * not wait for it otherwise. Names reach it as quoted data and come back as mnemonics (c1, k3).
 * What it proposes is parsed and judged like any plan, as if no grammar had been there: a period,
 * a name or a parameter that the question gives beyond doubt stands in its place.
 */
#ifndef MKT_PLAN_PROPOSE_H
#define MKT_PLAN_PROPOSE_H

#include "llm/llm.h"
#include "plan/planner.h"

struct mkt_proposer {
    struct mkt_llm *llm; /* NULL: nothing is proposed */
    uint64_t seed;
    double temperature;
    const atomic_bool *cancel; /* may be NULL */
};

#define MKT_PROPOSE_STEPS 3
#define MKT_PROPOSE_NAMES 60 /* of each kind; of more the first are offered */

/* Adds the model's steps to a plan; does nothing where there is no model, nothing is open or the
 * plan asks back. A model that fails or writes what is no plan is no error: the plan stays.
 *
 * Errors  MKT_E_CANCELLED  the flag was set
 *         MKT_E_NOMEM      the arena is full
 * Checked tests/plan/propose_test.c */
MKT_MUST_CHECK mkt_status mkt_propose_plan(const struct mkt_proposer *proposer,
                                           const struct mkt_planner *planner, struct mkt_plan *plan,
                                           struct mkt_err *err);

/* The grammar of a proposal (GBNF), and the reading of one. `*good` is false, and the plan as it
 * was, when the text is none.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_propose_grammar(struct mkt_arena *arena,
                                              const struct mkt_planner *planner, const char **out,
                                              struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_propose_read(const struct mkt_planner *planner, const char *text,
                                           const char *name, struct mkt_plan *plan, bool *good,
                                           struct mkt_err *err);

#endif
