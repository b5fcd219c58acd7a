/* The table of certificates that a host gives beside an SEV-SNP report.
 *
 *     entries of 24 bytes: GUID 16, offset u32, length u32 (little-endian), up to one of zeros;
 *     then the certificates, in DER
 *
 * An entry is known by its content, not by its GUID: what is no certificate is passed over. Nothing
 * of it is trusted for standing there: the chain must still lead to AMD's root.
 *
 * Source   AMD 56421, Guest Hypervisor Communication Block Standardization, section 4.1.8
 * Checked  tests/attest/snp_test.c, tests/fuzz/attest_evidence_fuzz.c
 */
#ifndef MKT_ATTEST_SNP_CERTS_H
#define MKT_ATTEST_SNP_CERTS_H

#include "attest/chain.h"

/* Adds the certificates to the chain.
 * Errors  MKT_E_DATA   an entry points outside the table;  MKT_E_LIMIT  more than a chain holds */
MKT_MUST_CHECK mkt_status mkt_snp_certs_add(struct mkt_chain *chain, const unsigned char *table,
                                            size_t n, struct mkt_err *err);

#endif
