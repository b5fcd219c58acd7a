/* A part as it comes: its sentences read, written out and given to a listener one by one.
 *
 * Nothing here decides what stands in the answer: the finished text is read anew. A listener hears
 * the same sentences, sooner, and is told to forget them when the part did not hold.
 */
#ifndef MKT_NARRATE_LIVE_H
#define MKT_NARRATE_LIVE_H

#include "narrate/expand.h"
#include "narrate/reader.h"

struct mkt_live_listener {
    void (*sentence)(void *user, mkt_part part, const char *sentence);
    void *user;
};

struct mkt_live {
    struct mkt_live_listener listener;
    struct mkt_reader reader;
    struct mkt_expand expand;
    struct mkt_teller teller;
    size_t shown; /* sentences given to the listener */
    bool deaf;    /* refused, or too long to be followed */
    size_t held;  /* bytes that are no sentence yet */
    char text[512];
};

void mkt_live_begin(struct mkt_live *live, const struct mkt_sheet *sheet,
                    const struct mkt_cites *cites, struct mkt_live_listener listener);

/* More text of the part. Memory taken from the sheet's arena is given back. */
void mkt_live_hear(struct mkt_live *live, const char *text, size_t bytes);

/* The part is finished: what the listener has not had comes now; with no sentences (count 0) what
 * it had is taken back. */
void mkt_live_settle(struct mkt_live *live, const struct mkt_said *said, size_t count);

#endif
