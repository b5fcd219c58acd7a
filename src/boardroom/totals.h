/* A campaign's totals as other agents send them: members of a JSON object into a campaign.
 *
 * The same measure may stand under several names (`spend`, `marketing_spend`) and in several
 * places; two values for one measure are refused, never chosen between.
 * Checked  tests/boardroom/totals_test.c, tests/e2e/boardroom_test.sh
 */
#ifndef MKT_BOARDROOM_TOTALS_H
#define MKT_BOARDROOM_TOTALS_H

#include "engine/marketing_analyzer.h"
#include "wire/json_read.h"

/* A campaign of which nothing was sent, with room for `members` names of unused members.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_totals_init(struct mkt_arena *arena, struct mkt_campaign *campaign,
                                          size_t members, struct mkt_err *err);

/* The measure of that name; -1 for none. */
int mkt_totals_measure(const char *name);

/* Takes one member; `*taken` is false for one that means nothing here.
 * Errors  MKT_E_ARG  a wrong type; a measure with two values;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_totals_take(struct mkt_arena *arena, const struct mkt_value *member,
                                          struct mkt_campaign *campaign, bool *taken,
                                          struct mkt_err *err);

/* A string within bounds, cleaned; null leaves `*out` as it is.
 * Errors  MKT_E_ARG  no string;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_totals_text(struct mkt_arena *arena, const struct mkt_value *value,
                                          const char **out, struct mkt_err *err);

#endif
