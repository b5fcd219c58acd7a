/* The words about a sheet, by a language model that can only cite.
 *
 * The model sees no figure and no text from data. It sees, part by part, a few facts and findings
 * under one-letter names ("C compare p q on ROAS, very likely"), and writes sentences of a small
 * closed language: phrases of a fixed lexicon around those names. Each part has a grammar made for
 * it. What comes back is read again by a reader that knows the lexicon and not the grammar, and is
 * then written anew from what was read: a phrase as the lexicon has it, a fact with its own label,
 * value, unit and interval, a finding with its own claim and probability. Not one byte that the
 * model wrote is shown. What cannot be read is the plain narrator's, and marked.
 * docs/grounding.md says what is promised and what is not.
 *
 * This is the seed's MarketingLLM: one function over any sheet, where the seed had
 * analyze_campaign_performance, segment_customer_analysis and competitive_analysis.
 */
#ifndef MKT_NARRATE_MARKETING_LLM_H
#define MKT_NARRATE_MARKETING_LLM_H

#include <stdatomic.h>
#include <stdint.h>

#include "fact/words.h"
#include "llm/llm.h"

struct mkt_narration_options {
    uint64_t seed;             /* of the model's choices */
    int64_t deadline_ms;       /* on CLOCK_MONOTONIC in milliseconds; 0 for none */
    int size;                  /* 1 short, 2 medium, 3 long; 0: what the deadline and the model's
                                * measured speed allow. With a size given, and no deadline, the
                                * same sheet, model and seed give the same bytes. */
    const atomic_bool *cancel; /* looked at between tokens; may be NULL */

    /* A sentence of the model's, checked and written out, as it comes; may be NULL. Sentences of
     * one part come in order, parts come mixed. A `sentence` of NULL takes back what came of the
     * part before: the plain narrator writes it. Fixed closing sentences and the plain narrator's
     * parts come with the finished words only. Called on the caller's thread. */
    void (*sentence)(void *user, mkt_part part, const char *sentence);
    void *user;
};

/* Writes all words. Never fails where the plain narrator would not: a model that fails, is late or
 * talks nonsense costs its part, not the answer; out->author says who wrote which.
 *
 *   llm      NULL: everything is the plain narrator's, and no model is named
 *   options  NULL for the defaults: seed 0, no deadline
 *   out      in sheet->arena, as mkt_plain_write fills it, and besides: model, identity, seed,
 *            size, author. written_by is the model's name if it wrote a part at least.
 *
 * Errors   MKT_E_NOMEM      the arena is full
 *          MKT_E_CANCELLED  the flag was set
 * Cost     one call of mkt_llm_write
 * Checked  tests/narrate/marketing_llm_test.c
 */
MKT_MUST_CHECK mkt_status mkt_marketing_llm_write(struct mkt_llm *llm,
                                                  const struct mkt_sheet *sheet,
                                                  const struct mkt_narration_options *options,
                                                  struct mkt_words *out, struct mkt_err *err);

#endif
