/* The `attestation` object of an answer that this agent signs: which hardware it runs on, how the
 * evidence is found, and by which key.
 *
 *     {"tee": "tdx", "source": "dstack", "quote_sha256": HEX, "quote_at": URL,
 *      "report_data": HEX, "taken": TIME, "key_fingerprint": "..."}
 *     {"tee": "none", "key_fingerprint": "..."}                     and nothing else; or "unavailable"
 *
 * The object is no evidence: the quote is, which the receiver fetches with a nonce of its own.
 *
 * Checked  tests/attest/wrapper_test.c
 */
#ifndef MKT_ATTEST_CLAIM_H
#define MKT_ATTEST_CLAIM_H

#include "attest/tee.h"
#include "base/json.h"

/* Writes the object.
 *
 *   evidence  that was taken without a nonce; NULL where there is none
 *   absent    what stands for it then: "none", or "unavailable" of a TEE that fails
 *   url       where GET gives the quote, or NULL
 *   quote     the quote itself stands there, too ("quote", base64)
 * Errors    MKT_E_INTERNAL  no SHA-256;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_claim_write(struct mkt_json *w, const struct mkt_public_key *key,
                                          const struct mkt_tee_evidence *evidence,
                                          const char *absent, const char *url, bool quote,
                                          struct mkt_err *err);

#endif
