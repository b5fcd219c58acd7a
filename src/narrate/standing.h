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

/* True when channels have returns, though the whole has none: as by each model of attribution. */
bool mkt_standing_return_of_parts(const struct mkt_sheet *sheet);

/* True when no return is told, and no spend, and nothing is said to be missing: of the caveats the
 * return then has only one that speaks of ROAS, because any other would read as the reason. */
bool mkt_standing_unspent(const struct mkt_sheet *sheet);

void mkt_standing_open(struct mkt_teller *t, mkt_part part);  /* before the first sentence */
void mkt_standing_close(struct mkt_teller *t, mkt_part part); /* after the last */

#endif
