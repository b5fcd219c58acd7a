/* Certificates: reading bundles, and whether a leaf leads to a root that is pinned.
 *
 * A root is trusted by the SHA-256 of its public key (SubjectPublicKeyInfo), never by the store of
 * the system. Validity is asked at a given time, so that recorded evidence can be looked at again.
 * Chains hold at most MKT_CHAIN_MAX certificates.
 *
 * Source   RFC 5280 section 6, as OpenSSL does it
 * Checked  tests/attest/chain_test.c, tests/fuzz/attest_certificate_fuzz.c
 */
#ifndef MKT_ATTEST_CHAIN_H
#define MKT_ATTEST_CHAIN_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define MKT_CHAIN_MAX 16
#define MKT_CHAIN_BYTES ((size_t)1 << 20)

/* A bundle of certificates and revocation lists, all owned. Zeroed is empty. */
struct mkt_chain {
    X509 *cert[MKT_CHAIN_MAX];
    size_t certs;
    X509_CRL *crl[MKT_CHAIN_MAX];
    size_t crls;
};

void mkt_chain_clear(struct mkt_chain *chain);

/* Adds all that stand in PEM text (or the one certificate or CRL in DER). `*found` tells how many;
 * none is no error.
 * Errors  MKT_E_DATA   what begins as a certificate is none
 *         MKT_E_LIMIT  more than MKT_CHAIN_MAX, or over MKT_CHAIN_BYTES */
MKT_MUST_CHECK mkt_status mkt_chain_add(struct mkt_chain *chain, const unsigned char *bytes,
                                        size_t n, size_t *found, struct mkt_err *err);

/* Adds all of another bundle, up to MKT_CHAIN_MAX: shared, not copied. */
void mkt_chain_share(struct mkt_chain *chain, const struct mkt_chain *other);

/* The certificate of that common name, or NULL. */
X509 *mkt_chain_named(const struct mkt_chain *chain, const char *common_name);

/* The common name; "" when there is none. */
void mkt_chain_name(X509 *cert, char *out, size_t size);

/* SHA-256 of the public key's DER. */
bool mkt_chain_key_hash(X509 *cert, unsigned char out[32]);

/* The self-issued certificate whose key has this hash, or NULL. */
X509 *mkt_chain_root(const struct mkt_chain *chain, const unsigned char root[32]);

/* Whether `leaf` leads over certificates of the bundle to one whose key hash is `root`, each valid
 * at `time`, each allowed to sign, and none revoked by a CRL of the bundle that was asked.
 *
 *   revocation   out: true when the CRLs of all issuers were there and were asked; the leaf's issuer's
 *                alone is asked, too, but does not make it true
 *   why          out: the reason when false; a constant
 * Cost     one signature a link */
bool mkt_chain_leads(const struct mkt_chain *chain, X509 *leaf, const unsigned char root[32],
                     int64_t time, bool *revocation, const char **why);

#endif
