/* What a model may cite in one part: facts and findings under the names A, B, C, ...
 *
 * Chosen as the plain narrator chooses: the whole in the summary, channels, segments and return in
 * theirs, findings of probability .6 and more, the heaviest (money at stake times certainty)
 * first; the size says how many. The facts come first, then the findings, both in the order in
 * which they must be told: order says rank, and rank is the sheet's to say.
 *
 *   size  1 short, 2 medium, 3 long
 *   out   count 0 when the part has nothing to cite: no finding (channels, audience), no return
 *         (return), no action (advice), neither fact nor finding (summary), or an answer of status
 *         insufficient, whose words are what is missing
 */
#ifndef MKT_NARRATE_CITES_H
#define MKT_NARRATE_CITES_H

#include "fact/words.h"

#define MKT_CITES_MOST 10
#define MKT_CITES_SIZES 3

struct mkt_cite {
    const struct mkt_fact *fact;       /* one of the two */
    const struct mkt_finding *finding; /* of kind action in the advice, and only there */
    bool must;                         /* may not be left out */
};

struct mkt_cites {
    mkt_part part;
    struct mkt_cite cite[MKT_CITES_MOST];
    size_t count;
    size_t facts; /* of them, standing first */
};

void mkt_cites_choose(struct mkt_cites *out, const struct mkt_sheet *sheet, mkt_part part,
                      int size);

#define MKT_CITES_NAME(i) ((char)('A' + (i)))

#endif
