/* The card by which other agents find this one: what it can, where, and who says so.
 *
 * It is made once, from the table of analyses and the settings. Nothing that a request says is in
 * it, so no proxy and no Host header can put another address under our signature.
 *
 *     payload    RFC 8785 of the card without "signatures"
 *     signature  JWS (RFC 7515) over base64url(protected) "." base64url(payload), EdDSA
 *     protected  {"alg":"EdDSA","jku":…,"kid":…,"typ":"JOSE"}; the key is in the set at `jku`
 *
 * No member of it is an empty text, list or object: the protocol leaves those out before it verifies,
 * and published clients do so with more of them than it says.
 */
#ifndef MKT_A2A_A2A_CARD_H
#define MKT_A2A_A2A_CARD_H

#include "a2a/a2a.h"
#include "attest/keys.h"

#define MKT_A2A_CARD_ENDPOINT "/a2a"
#define MKT_A2A_CARD_PATH "/.well-known/agent-card.json"
#define MKT_A2A_CARD_KEYS "/.well-known/jwks.json"

struct mkt_a2a_card {
    const char *base; /* "https://marketing.example.com", no slash at its end */
    const struct mkt_analysis *analysis;
    size_t analyses;
    bool tokens; /* requests need one */
    const struct mkt_keys *keys;
};

/* Appends the signed card of that version.
 * Errors  MKT_E_NOMEM, MKT_E_INTERNAL (the crypto library refuses)
 * Checked tests/a2a/a2a_card_test.c, tests/e2e/a2a_test.sh */
MKT_MUST_CHECK mkt_status mkt_a2a_card_write(struct mkt_buf *out, const struct mkt_a2a_card *card,
                                             mkt_a2a_version version, struct mkt_err *err);

/* Appends the key as a set (RFC 7517, RFC 8037); its id is its thumbprint (RFC 7638). */
MKT_MUST_CHECK mkt_status mkt_a2a_card_write_keys(struct mkt_buf *out,
                                                  const struct mkt_public_key *key,
                                                  struct mkt_err *err);

#endif
