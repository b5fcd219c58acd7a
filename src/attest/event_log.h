/* Replaying a machine's event log into its runtime measurement registers (RTMRs).
 *
 *     register := SHA-384(register, digest)     from zeros, one event after another
 *
 * The log is dstack's: an array of {imr 0..3, event_type, digest, event, event_payload, version}.
 * Events made at run time (type 0x08000001) come without a digest; it is
 * SHA-384(type as 4 bytes little-endian, ":", event, ":", payload), or in version 2
 * SHA-384 of {"name":event,"payload":hex,"type":134217729}. One that comes with a digest must have
 * this one.
 *
 * Source   dstack, docs/attestation-tdx.md and sdk/curl/api.md
 * Checked  tests/attest/event_log_test.c
 */
#ifndef MKT_ATTEST_EVENT_LOG_H
#define MKT_ATTEST_EVENT_LOG_H

#include "attest/policy.h"
#include "attest/verdict.h"

#define MKT_EVENT_LOG_BYTES ((size_t)4 << 20)

/* Notes "event_log": whether the log leads to all four RTMRs of the verdict. What events of run time
 * state ("compose-hash", "app-id", "os-image-hash") is measured under that name when it does. */
void mkt_event_log_check(const struct mkt_policy *policy, struct mkt_verdict *verdict);

#endif
