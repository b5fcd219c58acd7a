/* What the origin's hub takes for a quote: base64 of JSON, of which it reads the names and no more.
 *
 *     {"version", "report_body": {"mr_enclave", "mr_signer", "isv_prod_id", "isv_svn",
 *      "report_data"}, "signature", "timestamp"}
 *
 * With evidence the real quote stands beside that ("tdx_quote_b64" or "snp_report_b64", "event_log",
 * "certificates"), for hubs that can verify; the hub's own names hold the start of what was
 * measured. Without evidence there is a wrapper in development mode only: all measurements are
 * zeros, the signature is the word UNATTESTED, and a member "unattested" says so in a sentence.
 * mkt_evidence_read refuses it.
 *
 * Source   the origin's behaviour as run: the time is UTC without a zone, and may be an hour old
 * Checked  tests/attest/wrapper_test.c
 */
#ifndef MKT_ATTEST_WRAPPER_H
#define MKT_ATTEST_WRAPPER_H

#include "attest/tee.h"

/* `evidence` NULL makes the unattested one. `now` in seconds since 1970.
 * Returns base64 in the arena; NULL when it is full. */
char *mkt_wrapper_write(struct mkt_arena *arena, const struct mkt_public_key *key,
                        const struct mkt_tee_evidence *evidence, int64_t now);

#endif
