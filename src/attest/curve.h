/* ECDSA signatures as hardware writes them: fixed-length numbers, no DER.
 *
 * The only curves are those of the evidence: P-256 with SHA-256, P-384 with SHA-384.
 * Checked  tests/attest/tdx_test.c
 */
#ifndef MKT_ATTEST_CURVE_H
#define MKT_ATTEST_CURVE_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

/* Big-endian r and s, `size` bytes each, over `n` bytes, by a key of the curve with coordinates of
 * that size: 32 for P-256, 48 for P-384. False for a key of another kind, too. */
bool mkt_curve_verify(EVP_PKEY *key, const unsigned char *r, const unsigned char *s, size_t size,
                      const void *bytes, size_t n);

/* The same with the key as the point (x, y) of P-256. */
bool mkt_curve_verify_point(const unsigned char xy[64], const unsigned char rs[64],
                            const void *bytes, size_t n);

#endif
