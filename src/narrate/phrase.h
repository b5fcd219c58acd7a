/* Small pieces of English that every narrator needs: names, lists, likelihoods, spans of days.
 *
 * Each appends to a buffer and computes nothing: figures come formatted from
 * fact/format.h, order and direction come from findings.
 */
#ifndef MKT_NARRATE_PHRASE_H
#define MKT_NARRATE_PHRASE_H

#include "base/buf.h"
#include "base/date.h"
#include "fact/sheet.h"

/* A name from the data: as it stands when it reads as words, else between “ and ”.
 * Names longer than 120 bytes are cut at a whole character and end in "…". */
void mkt_phrase_name(struct mkt_buf *out, const char *name);

/* `text` with its first letter lower case where it opens with a word: "Hold" becomes "hold", while
 * "ROAS" stays as it is. */
void mkt_phrase_small(struct mkt_buf *out, const char *text);

/* "nearly certain", "very likely", "likely", "more likely than not", "undecided",
 * "unlikely": bounds at .99, .95, .8, .6, .4. NaN gives "of unknown likelihood". */
const char *mkt_phrase_likely(double probability);

/* "in 2025", "in the fourth quarter of 2025", "in November 2025", "on 3 November 2025",
 * "from October 2025 to March 2026", "from 3 to 9 November 2025",
 * "from 28 December 2025 to 3 January 2026".
 * False, and nothing written, when the period is empty. */
bool mkt_phrase_period(struct mkt_buf *out, struct mkt_period period);

/* A fact's label inside a sentence: "Change in revenue" becomes "change in revenue", while
 * "ROAS of search" and labels that open with the entity's own name stay as they are. */
void mkt_phrase_label(struct mkt_buf *out, const struct mkt_fact *fact);

/* "was", or "were" for a count of several things: "conversions were 1,204". */
const char *mkt_phrase_was(const struct mkt_fact *fact);

/* "3.21 (2.87 to 3.56)"; where `level` differs from the fact's own, the level stands with it:
 * "3.21 (2.87 to 3.56) at 90 %". */
void mkt_phrase_figure(struct mkt_buf *out, const struct mkt_fact *fact, const char *currency,
                       double level);

/* The level that all intervals of the sheet share; 0 when there are none or they differ. */
double mkt_phrase_level(const struct mkt_sheet *sheet);

#endif
