/* Which signed messages were answered already, so that none is answered twice.
 *
 * A message is known by the SHA-256 of the bytes that were signed; its nonce is among them. The
 * last answered ones are kept, a fixed number of them, whatever the time: what was forgotten is
 * covered by a floor, the latest time of sending among the forgotten, and nothing sent at or before
 * the floor is taken. So nothing here depends on the clock, and a clock that jumps back opens
 * nothing: a message is taken only if it is neither remembered nor older than what was forgotten.
 *
 * After a restart the memory is filled again from the audit log (attest/audit.h), which holds the
 * hash of every request that was answered and the time of its answer, never before its sending.
 *
 * Every function may be called from any thread.
 * Checked  tests/attest/nonces_test.c
 */
#ifndef MKT_ATTEST_NONCES_H
#define MKT_ATTEST_NONCES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

struct mkt_nonces;

/* `most` messages are kept: 52 bytes each.  Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_nonces_open(size_t most, struct mkt_nonces **out,
                                          struct mkt_err *err);
void mkt_nonces_close(struct mkt_nonces *nonces); /* NULL is allowed */

/* Takes a message for answering: of two that come at once, one is refused.
 *
 *   hash     64 hex digits
 *   sent_us  when the message says it was sent, microseconds since 1970
 * Errors  MKT_E_CONFLICT  it was taken before
 *         MKT_E_AUTH      it may have been: what was sent at that time is forgotten */
MKT_MUST_CHECK mkt_status mkt_nonces_take(struct mkt_nonces *nonces, const char *hash,
                                          int64_t sent_us, struct mkt_err *err);

/* The message was not answered after all: it may come again. */
void mkt_nonces_give_back(struct mkt_nonces *nonces, const char *hash);

/* Remembers what was answered before a restart, oldest first.
 *   answered_us  not before it was sent */
void mkt_nonces_recall(struct mkt_nonces *nonces, const char *hash, int64_t answered_us);

/* All that was sent up to that time is forgotten. */
void mkt_nonces_forget_until(struct mkt_nonces *nonces, int64_t us);

#endif
