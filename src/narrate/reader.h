/* Reads what a model wrote about one part, sentence by sentence, and believes nothing.
 *
 * It knows the lexicon and what may be cited; it does not know the grammar, which may not have been
 * followed (a server without grammars) or may be wrong. A sentence is read when
 *
 *   - it is a phrase of the lexicon, or none, that may stand in this place before what follows;
 *   - then one to three facts ("A", "A and B", "A, B and C"), or one or two findings ("C", "C, with
 *     figures", "C, and D"), or one action ("A", "A, with reasons"), and a full stop;
 *   - each is in `cites`, comes after the one before, and leaves out none that must be told;
 *   - a phrase that names a subject stands before one finding of that kind;
 *   - the advice tells each action in a sentence of its own.
 *
 * What is read is a phrase's place in the lexicon and places in `cites`: nothing of the text itself
 * goes on.
 */
#ifndef MKT_NARRATE_READER_H
#define MKT_NARRATE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "narrate/cites.h"
#include "narrate/lexicon.h"

struct mkt_said {
    const struct mkt_lexicon_phrase *phrase; /* NULL: the sentence opens bare */
    size_t cite[3];                          /* places in the cites */
    size_t count;
    bool more; /* with figures, or with reasons */
};

struct mkt_reader {
    const struct mkt_cites *cites;
    size_t next;      /* the first citation that may still come */
    size_t sentences; /* read so far */
};

typedef enum {
    MKT_READER_SAID,   /* a sentence was read */
    MKT_READER_WAITS,  /* what is there may become one */
    MKT_READER_REFUSES /* it cannot */
} mkt_reader_result;

void mkt_reader_begin(struct mkt_reader *reader, const struct mkt_cites *cites);

/* Reads one sentence from the n bytes at text; spaces and line ends before it are passed over.
 * On MKT_READER_SAID *used are the bytes read. A text without end waits: *used is n when it is
 * blank, else 0. */
mkt_reader_result mkt_reader_next(struct mkt_reader *reader, const char *text, size_t n,
                                  struct mkt_said *out, size_t *used);

/* True when the part may end here: something was said, and all that must be. */
bool mkt_reader_complete(const struct mkt_reader *reader);

/* Reads a whole part: how many sentences, or 0 when it is refused or not complete.
 * `out` has room for MKT_CITES_MOST. */
size_t mkt_reader_part(const struct mkt_cites *cites, const char *text,
                       struct mkt_said out[MKT_CITES_MOST]);

#endif
