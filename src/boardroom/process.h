/* POST /api/v1/process and /api/v1/campaign/optimize: requests that are not signed.
 *
 * The hub passes other agents' requests on in this way. `type` chooses the shape of the result:
 *
 *     collaboration_request  {status, result, agent_id, agent_type, processed_at}
 *     roi_collaboration      marketing_roi_collaboration
 *     campaign_optimization  campaign_optimization
 *     anything else, none    comprehensive_campaign
 *
 * The data are read where they really stand (errand.h). Answers are logged before they leave.
 * Checked  tests/boardroom/process_test.c, tests/e2e/boardroom_test.sh
 */
#ifndef MKT_BOARDROOM_PROCESS_H
#define MKT_BOARDROOM_PROCESS_H

#include "boardroom/boardroom.h"
#include "boardroom/shape.h"

/* Answers a body of /api/v1/process.
 *
 *   peer  who asks, as it says itself; "" when it does not
 *   out   the answer as JSON
 *
 * Errors  MKT_E_SYNTAX, MKT_E_ARG, MKT_E_LIMIT  the body
 *         MKT_E_BUSY  the answer could not be logged;  those of mkt_answering_run */
MKT_MUST_CHECK mkt_status mkt_process_answer(struct mkt_boardroom *boardroom,
                                             struct mkt_arena *arena, const char *bytes, size_t n,
                                             const char *peer, struct mkt_boardroom_call *call,
                                             struct mkt_buf *out, struct mkt_err *err);

/* The same in one shape, whatever `type` says, for a person's or a program's own use: not logged. */
MKT_MUST_CHECK mkt_status mkt_process_shape(struct mkt_boardroom *boardroom,
                                            struct mkt_arena *arena, const char *bytes, size_t n,
                                            mkt_shape shape, struct mkt_boardroom_call *call,
                                            struct mkt_buf *out, struct mkt_err *err);

#endif
