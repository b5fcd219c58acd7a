/* The steps of a funnel when nobody says what they are.
 *
 * Names that the field uses come first: of a few families (shop, sign-up,
 * leads, mail, ads) the one with the most stages among the events, and of each
 * stage its most frequent event. Where no family has two stages, the most
 * frequent events in the order in which users first do them.
 */
#ifndef MKT_ANALYSIS_FUNNEL_GUESS_H
#define MKT_ANALYSIS_FUNNEL_GUESS_H

#include "analysis/funnel_steps.h"

#define MKT_FUNNEL_GUESS_STEPS 6 /* of the most frequent events */

/* `how` becomes a clause: how the steps were chosen. out->count is 0 when there is a single event.
 *
 * Errors  MKT_E_NOMEM, MKT_E_IO
 * Checked tests/analysis/funnel_guess_test.c */
MKT_MUST_CHECK mkt_status mkt_funnel_guess_make(struct mkt_arena *arena,
                                                const struct mkt_events_view *view,
                                                struct mkt_funnel_steps *out, const char **how,
                                                struct mkt_err *err);

#endif
