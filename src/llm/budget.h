/* What a model will take of the memory, before it is loaded, and the settings that make it fit.
 *
 * Weights are repacked for the CPU into memory of their own: a prompt is read three to four times
 * as fast so. (The library's default maps the file as well and so holds it twice.) What a text
 * remembers is kept in q8_0: half of half precision, and added up in the same order whatever runs
 * beside it. What is left to choose is how many tokens are remembered: as many as fit, from 8192
 * down to 1024 by steps of 1024.
 */
#ifndef MKT_LLM_BUDGET_H
#define MKT_LLM_BUDGET_H

#include <stdbool.h>

#include "llm/weights.h"

#define MKT_BUDGET_BATCH 128 /* tokens fed at once */
#define MKT_BUDGET_CELLS_MAX 8192
#define MKT_BUDGET_CELLS_MIN 1024

/* Bytes, and the settings they are for. */
struct mkt_budget {
    uint64_t weights, cells_bytes, compute, prefixes, engine, all;
    int cells; /* tokens remembered */
    bool half; /* in half precision, since a head is no whole blocks of q8_0 */
};

/* `limit` bytes in all (0: none), `engine` of them for the rest of the process; `cells` fixes the
 * number of tokens, 0 chooses it; `rows`: logits kept at once.
 *
 * Errors  MKT_E_LIMIT  it does not fit: the sentence has the numbers */
MKT_MUST_CHECK mkt_status mkt_budget_plan(const struct mkt_weights *weights, const char *path,
                                          uint64_t limit, uint64_t engine, int cells, int rows,
                                          struct mkt_budget *out, struct mkt_err *err);

#endif
