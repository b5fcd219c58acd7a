/* What Intel's certificate of a platform's key (PCK) says of the platform.
 *
 * Source   Intel SGX PCK Certificate and CRL Specification, rev 1.5, section 1.3.5: extension
 *          1.2.840.113741.1.13.1
 * Checked  tests/attest/tdx_chain_test.c, tests/fuzz/attest_quote_fuzz.c
 */
#ifndef MKT_ATTEST_PCK_H
#define MKT_ATTEST_PCK_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

struct mkt_pck {
    unsigned char sgx_svn[16]; /* of the TCB's components */
    uint64_t pcesvn;
    unsigned char pceid[2], fmspc[6];
};

/* False when the extension is missing or is not what it should be. */
bool mkt_pck_read(X509 *cert, struct mkt_pck *out);

#endif
