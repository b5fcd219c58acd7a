/* What a table would need to answer what was asked: the sentence, and the options to paste.
 *
 * Columns without a role are held against what is needed: days and times, numbers, texts of many
 * values (who) and of few (what). What is proposed has been tried: with these options the table is
 * taken for the kind that was asked for.
 */
#ifndef MKT_SOURCE_RECOGNISE_LACKS_H
#define MKT_SOURCE_RECOGNISE_LACKS_H

#include "source/recognise.h"

struct mkt_recognise_lacks {
    const char *text;  /* "as a table of events it lacks a user; ... --map "user=Wer"; ..." */
    size_t lacking;    /* roles */
    bool can_be_given; /* the text proposes options, and they do */
};

/* Of a recognised table that is not of this kind; it is not changed.
 *
 *   asked   MKT_KIND_NONE: the kind that it lacks least of, of those below
 *           MKT_KIND_PERFORMANCE, _TOUCHPOINTS (paths are proposed where a column looks like them),
 *           _EVENTS, _EXPERIMENT or _TRANSACTIONS
 *   named   options name the table, because there are others
 *
 * Errors   MKT_E_NOMEM
 * Checked  tests/source/recognise_lacks_test.c */
MKT_MUST_CHECK mkt_status mkt_recognise_lacks(struct mkt_arena *arena,
                                              const struct mkt_relation *relation, mkt_kind asked,
                                              bool named, struct mkt_recognise_lacks *out,
                                              struct mkt_err *err);

#endif
