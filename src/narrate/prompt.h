/* What the model is told: nothing but constants of ours.
 *
 *   constant  the task, the phrases, worked examples: the same for every answer of a version, so
 *             that a model computes it once and keeps it
 *   data      which analysis, one line
 *   ask       one part: a line for each citation, such as "A spend" or "D compare p q likely";
 *             p, q, ... stand for channels, segments and campaigns
 *
 * No figure and no text from data is in them: no name, no label, no claim. Metrics are called by
 * a list of known words, else by their unit.
 */
#ifndef MKT_NARRATE_PROMPT_H
#define MKT_NARRATE_PROMPT_H

#include "base/buf.h"
#include "narrate/cites.h"

void mkt_prompt_constant(struct mkt_buf *out);
void mkt_prompt_data(struct mkt_buf *out, const struct mkt_sheet *sheet);
void mkt_prompt_ask(struct mkt_buf *out, const struct mkt_cites *cites);

/* The worked examples of the constant: each an ask and the text that answers it. For tests. */
struct mkt_prompt_example {
    mkt_part part;
    const char *ask, *text;
};
extern const struct mkt_prompt_example mkt_prompt_examples[];
extern const size_t mkt_prompt_example_count;

#endif
