/* The plain narrator: a sheet of facts and findings in short English, without a model.
 *
 * It chooses and orders, it never computes: every figure it prints is a fact of
 * the sheet (with its interval where it has one), every comparison, direction
 * or advice is a finding's claim with its probability. It takes the few
 * findings that stand first in the sheet (stake times certainty) and leaves the
 * rest to the tables. Where something is absent - revenue, segments, a second
 * channel, an earlier period - it says so, and what would settle it.
 *
 *   sheet    any analysis; scopes "total", "channel", "segment" are told in their own
 *            part, every other scope beside the channels
 *   out      the seed's six parts and the verdict, written_by "plain", in sheet->arena;
 *            every text is set, none is empty
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     a few passes over the facts and findings
 * Checked  tests/narrate/plain_test.c: every number in the words is the text of a fact
 */
#ifndef MKT_NARRATE_PLAIN_H
#define MKT_NARRATE_PLAIN_H

#include "fact/words.h"

MKT_MUST_CHECK mkt_status mkt_plain_write(const struct mkt_sheet *sheet, struct mkt_words *out,
                                          struct mkt_err *err);

#endif
