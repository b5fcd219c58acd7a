/* POST /api/v1/collaborate: a signed request of another agent, and our signed answer to it.
 *
 *     envelope -> who, for us, now, not before -> errand -> answer -> shape -> signed -> logged
 *
 * Whoever cannot show who it is hears the class of the reason and nothing else. What is answered is
 * in the audit log before it leaves; its hash there is remembered, so that the same message is
 * never answered twice, not even by the next process.
 * Checked  tests/boardroom/collaborate_test.c, tests/e2e/boardroom_test.sh,
 *          tests/fuzz/boardroom_body_fuzz.c
 */
#ifndef MKT_BOARDROOM_COLLABORATE_H
#define MKT_BOARDROOM_COLLABORATE_H

#include "boardroom/boardroom.h"

/* Answers a message; refusals are answers, too (message_type "error").
 *
 *   call->narrate  set: nothing was answered yet; see mkt_boardroom_call
 *   out            the envelope that answers
 *
 * Errors  MKT_E_BUSY       the answer could not be logged
 *         MKT_E_CANCELLED  the flag was set
 *         MKT_E_NOMEM      the arena is full */
MKT_MUST_CHECK mkt_status mkt_collaborate_answer(struct mkt_boardroom *boardroom,
                                                 struct mkt_arena *arena, const char *bytes,
                                                 size_t n, struct mkt_boardroom_call *call,
                                                 struct mkt_buf *out, struct mkt_err *err);

#endif
