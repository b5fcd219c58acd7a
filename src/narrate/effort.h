/* What a narration will take: tokens, counted by the model itself, and seconds on this machine. */
#ifndef MKT_NARRATE_EFFORT_H
#define MKT_NARRATE_EFFORT_H

#include "llm/llm.h"
#include "narrate/cites.h"

/* Seconds that the parts will take: what is asked at the measured speed of reading, usual texts at
 * that of writing, and a quarter more. Where nothing has been measured yet, two slow cores are
 * taken for granted.
 *
 *   arena  scratch, given back
 *
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_effort_seconds(const struct mkt_llm *llm, struct mkt_arena *arena,
                                             const struct mkt_cites cites[MKT_PARTS], double *out,
                                             struct mkt_err *err);

/* Tokens that no text of a part needs more of.
 *
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_effort_tokens(const struct mkt_llm *llm, struct mkt_arena *arena,
                                            const struct mkt_cites *cites, int *out,
                                            struct mkt_err *err);

#endif
