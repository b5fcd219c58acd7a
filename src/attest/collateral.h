/* What a vendor says of its platforms today: certificates, revocation lists, TCB levels.
 *
 * A folder is read whole and each file recognised by its content, not its name: certificates and
 * CRLs (PEM or DER), Intel's TCB info and identity of the quoting enclave (JSON). Nothing is
 * fetched.
 *
 * Checked  tests/attest/tdx_tcb_test.c, tests/attest/snp_test.c, tests/fuzz/attest_quote_fuzz.c
 */
#ifndef MKT_ATTEST_COLLATERAL_H
#define MKT_ATTEST_COLLATERAL_H

#include "attest/chain.h"
#include "wire/json_read.h"

#define MKT_COLLATERAL_FILES 64
#define MKT_COLLATERAL_FILE_BYTES ((size_t)1 << 20)

/* A statement signed over its exact bytes. */
struct mkt_statement {
    const char *body; /* NULL when there is none */
    size_t bytes;
    const struct mkt_value *value;
    unsigned char signature[64]; /* r, s of P-256 */
};

struct mkt_collateral {
    struct mkt_chain chain;
    struct mkt_statement tcb_info, qe_identity;
};

void mkt_collateral_clear(struct mkt_collateral *collateral);

/* Adds one file's bytes, which must outlive the collateral. What is nothing of this is passed over.
 * Errors  MKT_E_DATA      a broken certificate; a statement without a signature; two of a kind
 *         MKT_E_LIMIT     too many certificates
 *         MKT_E_NOMEM     the arena is full */
MKT_MUST_CHECK mkt_status mkt_collateral_add(struct mkt_arena *arena,
                                             struct mkt_collateral *collateral, const char *bytes,
                                             size_t n, struct mkt_err *err);

/* Adds every file of a folder, in order of their names.
 * Errors  those above, with the file's name; those of mkt_err_file; MKT_E_LIMIT for more than
 *         MKT_COLLATERAL_FILES files or a file over MKT_COLLATERAL_FILE_BYTES */
MKT_MUST_CHECK mkt_status mkt_collateral_read(struct mkt_arena *arena, const char *folder,
                                              struct mkt_collateral *collateral,
                                              struct mkt_err *err);

/* Reads a file of at most `most` bytes into the arena, NUL-terminated.
 * Errors  those of mkt_err_file, MKT_E_LIMIT, MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_collateral_file(struct mkt_arena *arena, const char *path,
                                              size_t most, char **out, size_t *n,
                                              struct mkt_err *err);

#endif
