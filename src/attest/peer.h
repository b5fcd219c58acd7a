/* Whether another agent is attested, as the operator demands of those it works with.
 *
 * A peer's evidence is verified by the same code as `attest verify`: signatures to the pinned roots,
 * TCB and revocation where collateral is given, debug off, one of the allowed measurements in every
 * register named, and the peer's own key in report_data [0, 32). Where no measurement is allowed
 * nobody is attested: genuine hardware runs anybody's program. A registry's word is no evidence.
 *
 * Checked  tests/attest/peer_test.c
 */
#ifndef MKT_ATTEST_PEER_H
#define MKT_ATTEST_PEER_H

#include "attest/evidence.h"
#include "attest/keys.h"

#define MKT_PEER_ANSWER_BYTES MKT_EVIDENCE_BYTES
#define MKT_PEER_WAIT_MS 5000L /* for the whole of its answer */

/* The operator's settings; texts must outlive what is made of them. */
struct mkt_peer_settings {
    const char *attestation;  /* AGENT_PEER_ATTESTATION: "off" or "required" */
    const char *nonce;        /* AGENT_PEER_NONCE: "required" or "optional" */
    const char *measurements; /* AGENT_PEER_MEASUREMENTS: file of those allowed; "" for none */
    const char *collateral;   /* AGENT_PEER_COLLATERAL: folder; "" for none */
    const char *tcb;          /* AGENT_PEER_TCB: statuses that will do besides UpToDate, or "" */
};

/* What is demanded. Immutable once read: any thread may verify with it. */
struct mkt_peer_demand {
    bool required;    /* a peer that is not attested is refused */
    bool old_will_do; /* a quote that binds the key, made whenever: no nonce is looked for */
    struct mkt_policy policy;
    struct mkt_collateral collateral;
};

/* Reads files and folder into the arena, which must outlive the demand. With collateral the TCB must
 * be evaluated and will do; without it, it is not looked at.
 *
 * Errors  MKT_E_ARG    attestation is neither off nor required, nonce another word; required without measurements: any
 *                      program would do
 *         MKT_E_SYNTAX, MKT_E_DATA, MKT_E_LIMIT, MKT_E_NOT_FOUND, MKT_E_IO  file or folder
 *         MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_peer_demand_read(struct mkt_arena *arena,
                                               const struct mkt_peer_settings *settings,
                                               struct mkt_peer_demand *out, struct mkt_err *err);
void mkt_peer_demand_clear(struct mkt_peer_demand *demand);

/* One peer's evidence.
 *
 *   id       of the peer, for the sentence
 *   key      that it signs with: must be bound
 *   bytes    in any form that mkt_evidence_read knows, a NUL behind them; n may be 0: it has none
 *   nonce    that must be bound, `nonce_bytes` of them; 0 where the evidence is from a registry
 *   time     seconds since 1970
 *   verdict  out: all checks; zeroed where there was no evidence to check
 *
 * Errors   MKT_E_FORBIDDEN  the peer is not attested: the sentence says why
 *          MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_peer_verify(struct mkt_arena *arena,
                                          const struct mkt_peer_demand *demand, const char *id,
                                          const struct mkt_public_key *key, const char *bytes,
                                          size_t n, const unsigned char *nonce, size_t nonce_bytes,
                                          int64_t time, struct mkt_verdict *verdict,
                                          struct mkt_err *err);

/* Asks the peer itself, with a nonce made here: GET URL?nonce=HEX, and verifies the answer, for which
 * it has MKT_PEER_WAIT_MS. `url` is what the registry calls its attestation endpoint; the caller has
 * judged whether it may be called.
 *
 * Errors   MKT_E_FORBIDDEN  not attested, or it does not answer;  MKT_E_ARG  the address
 *          MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_peer_ask(struct mkt_arena *arena,
                                       const struct mkt_peer_demand *demand, const char *id,
                                       const struct mkt_public_key *key, const char *url,
                                       int64_t time, struct mkt_verdict *verdict,
                                       struct mkt_err *err);

#endif
