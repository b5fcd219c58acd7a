/* Sentences that stand in a part whoever writes the rest of it: the plain narrator or a model.
 *
 * They say what no reader may miss, and cost a model nothing: that there is one channel only, that
 * no earlier period is there to compare with, what figures in brackets are, the caveats that
 * limit the return, and the probability that the headline is right.
 */
#ifndef MKT_NARRATE_STANDING_H
#define MKT_NARRATE_STANDING_H

#include "fact/words.h"
#include "narrate/teller.h"

/* True when facts of this scope speak of two entities or more. */
bool mkt_standing_several(const struct mkt_sheet *sheet, const char *scope);

void mkt_standing_open(struct mkt_teller *t, mkt_part part);  /* before the first sentence */
void mkt_standing_close(struct mkt_teller *t, mkt_part part); /* after the last */

#endif
