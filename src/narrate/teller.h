/* One part of the words under construction: what a narrator does to a sheet, a sentence at a time.
 *
 * A teller appends to one text in the sheet's arena. It remembers which
 * figures it has given, so that a part does not give them twice, and how many
 * findings it has told, so that their sentences differ.
 */
#ifndef MKT_NARRATE_TELLER_H
#define MKT_NARRATE_TELLER_H

#include "base/buf.h"
#include "fact/sheet.h"

/* Which part of the words a scope belongs to. */
typedef enum {
    MKT_SIDE_WHOLE,    /* "total" */
    MKT_SIDE_CHANNELS, /* "channel", "campaign", and scopes it does not know */
    MKT_SIDE_AUDIENCE  /* "segment" */
} mkt_side;

mkt_side mkt_side_of(const char *scope);

#define MKT_TELLER_GIVEN 24

struct mkt_teller {
    const struct mkt_sheet *sheet;
    struct mkt_buf out;
    double level;  /* that all intervals share, or 0 */
    unsigned turn; /* findings told */
    const struct mkt_fact *given[MKT_TELLER_GIVEN];
    size_t givens;
};

void mkt_teller_begin(struct mkt_teller *t, const struct mkt_sheet *sheet, double level);

/* The text, or `nothing` when none was told.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_teller_finish(struct mkt_teller *t, const char *nothing,
                                            const char **out, struct mkt_err *err);

void mkt_teller_text(struct mkt_teller *t, const char *text);     /* as it stands */
void mkt_teller_space(struct mkt_teller *t);                      /* before a new sentence */
void mkt_teller_sentence(struct mkt_teller *t, const char *text); /* someone else's sentence */
void mkt_teller_when(struct mkt_teller *t);                       /* " in 2025" */
void mkt_teller_figure(struct mkt_teller *t, const struct mkt_fact *fact);

/* True when one of the figures given so far stands with an interval. */
bool mkt_teller_gave_intervals(const struct mkt_teller *t);

/* "ROAS was 3.21 (2.87 to 3.56), CPA was €54 and CAC was €210." with the period after the first. */
void mkt_teller_figures(struct mkt_teller *t, const struct mkt_fact *const *fact, size_t n,
                        bool when);

/* "ROAS of search was 3.21 (2.87 to 3.56)", "ROAS of search at 3.21 (2.87 to 3.56)" */
void mkt_teller_fact(struct mkt_teller *t, const struct mkt_fact *fact);
void mkt_teller_fact_at(struct mkt_teller *t, const struct mkt_fact *fact);

/* "is very likely (97 %) that CLAIM", "is also likely (87 %) that CLAIM", "is undecided (55 %)
 * whether CLAIM": what stands after "it". */
void mkt_teller_claim(struct mkt_teller *t, const struct mkt_finding *finding, bool also);

/* ": ROAS of a was 3.2 (2.9 to 3.6), against 1.9 (1.6 to 2.2) for b": the figures that a finding
 * compares; nothing when they have been given. */
void mkt_teller_evidence(struct mkt_teller *t, const struct mkt_finding *finding);

/* "Move spend from social to search (97 % sure), because search returns more per euro than
 * social": `capital` where it opens a sentence. */
void mkt_teller_advice(struct mkt_teller *t, const struct mkt_finding *action, bool capital,
                       bool reasons);

/* "It is very likely (97 %) that CLAIM: ROAS of a was 3.2 (2.9 to 3.6), against 1.9 (1.6 to 2.2)
 * for b." The claim never stands first, so a name keeps its letters. */
void mkt_teller_finding(struct mkt_teller *t, const struct mkt_finding *finding);

/* The first `most` findings of a side whose kind is in the mask (bit k: kind k) and whose
 * probability is .6 or more; when there is none and `open` is set, the first that is undecided
 * (.4 to .6). Returns how many stand in `out`. */
size_t mkt_teller_choose(const struct mkt_teller *t, mkt_side side, unsigned kinds, size_t most,
                         bool open, const struct mkt_finding **out);

/* Tells those findings; at most MKT_TELLER_MOST. Returns how many. */
size_t mkt_teller_findings(struct mkt_teller *t, mkt_side side, unsigned kinds, size_t most,
                           bool open);

/* The three largest shares of spend of a scope, if there are two or more and the largest is a
 * tenth at least; returns how many. */
size_t mkt_teller_top_shares(const struct mkt_teller *t, const char *scope,
                             const struct mkt_fact *top[3]);

/* "Of the spend, search took 34 %, social 21 % and display 15 %." */
void mkt_teller_shares(struct mkt_teller *t, const char *scope);

size_t mkt_teller_missing(struct mkt_teller *t, size_t most);
void mkt_teller_caveats(struct mkt_teller *t, mkt_caveat_weight weight, size_t most);

/* The first fact of the whole with this metric, or NULL. */
const struct mkt_fact *mkt_teller_total(const struct mkt_teller *t, const char *metric);

/* A sum of the whole that is not nought: a column of noughts records nothing. NULL without. */
const struct mkt_fact *mkt_teller_recorded(const struct mkt_teller *t, const char *metric);

#define MKT_TELLER_SURE 0.6
#define MKT_TELLER_MOST 4
#define MKT_TELLER_WORTH_DOING 0.8 /* actions below are told as something to try at small scale */

#endif
