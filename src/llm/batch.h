/* One step of the model for all that runs: what is fed together, and what comes of it.
 *
 * Texts that are being written come first, each with the token just chosen and what is forced
 * after it. Prompts fill what is left: all of it when nobody is writing, a few tokens a step
 * otherwise, so that a long prompt does not make others stutter. Who is first goes round.
 */
#ifndef MKT_LLM_BATCH_H
#define MKT_LLM_BATCH_H

#include "llm/scheduler.h"

#define MKT_BATCH_SHORT 8   /* tokens: more of them in a row are a prompt */
#define MKT_BATCH_BESIDE 16 /* tokens of prompts a step while others write */

/* Feeds one batch and chooses what follows.
 *
 * Errors  MKT_E_INTERNAL  the library failed; the tasks in the batch have it as their error */
MKT_MUST_CHECK mkt_status mkt_batch_step(struct mkt_scheduler *s, struct mkt_err *err);

#endif
