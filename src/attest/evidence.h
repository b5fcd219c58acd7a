/* Evidence in any form people have it: told apart, unpacked, verified.
 *
 *     raw bytes | hex | base64 | {"quote": hex or base64, "event_log": [...] or "..."}
 *     {"attestation": {"quote", "event_log", "certificates"}}     as GET /attestation answers
 *     {"report_body": ..., "tdx_quote_b64" or "snp_report_b64"}   wrapper.h; in base64, too
 *
 * Checked  tests/attest/evidence_test.c, tests/fuzz/attest_evidence_fuzz.c
 */
#ifndef MKT_ATTEST_EVIDENCE_H
#define MKT_ATTEST_EVIDENCE_H

#include "attest/collateral.h"
#include "attest/policy.h"
#include "attest/verdict.h"

#define MKT_EVIDENCE_BYTES ((size_t)8 << 20)

struct mkt_evidence {
    const unsigned char *bytes;
    size_t n;
    const char *event_log; /* JSON that came with it, or NULL */
    size_t event_log_bytes;
    const unsigned char *certificates; /* snp_certs.h; or NULL */
    size_t certificates_bytes;
};

/* `bytes` are followed by a NUL and must outlive the evidence.
 * Errors  MKT_E_DATA   none of the forms above; an answer or a wrapper of one who has no evidence
 *         MKT_E_SYNTAX broken JSON;  MKT_E_LIMIT  too large;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_evidence_read(struct mkt_arena *arena, const char *bytes, size_t n,
                                            struct mkt_evidence *out, struct mkt_err *err);

/* Verifies TDX quotes and SEV-SNP reports by the policy; an event log that came with the evidence is
 * replayed unless the policy names another.
 *
 *   verdict   out: zeroed and filled; trusted when MKT_OK is returned and `failed` is not set
 * Errors  MKT_E_DATA  neither of them;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_evidence_verify(struct mkt_arena *arena,
                                              const struct mkt_evidence *evidence,
                                              const struct mkt_collateral *collateral,
                                              const struct mkt_policy *policy,
                                              struct mkt_verdict *verdict, struct mkt_err *err);

/* The verdict as JSON: {"trusted", "tee", "tcb", "checks": [...], "measurements": {...}}. */
struct mkt_json;
void mkt_evidence_write(struct mkt_json *w, const struct mkt_verdict *verdict);

#endif
