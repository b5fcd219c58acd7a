/* Whether an AMD SEV-SNP report is genuine, of a platform whose TCB will do, and of the machine
 * meant.
 *
 *     VCEK --signs--> report     ASK --signs--> VCEK     pinned ARK --signs--> ASK
 *     the VCEK's extensions name the chip and the TCB that the report tells
 *
 * The certificates come from the collateral: AMD's key server gives them by chip and TCB. Milan and
 * Genoa are known; Turin counts its TCB in another layout and is refused.
 *
 *   bytes   the report: 1,184 bytes; more may follow
 *
 * Errors   MKT_E_DATA  not such a report;  MKT_E_NOMEM
 * Cost     four signatures
 * Source   AMD 56860, SEV Secure Nested Paging Firmware ABI, rev 1.55, table 22; AMD 57230, VCEK
 *          Certificate and KDS Interface, rev 0.51, section 3
 * Checked  tests/attest/snp_test.c
 */
#ifndef MKT_ATTEST_SNP_H
#define MKT_ATTEST_SNP_H

#include "attest/collateral.h"
#include "attest/policy.h"
#include "attest/verdict.h"

#define MKT_SNP_BYTES 1184

MKT_MUST_CHECK mkt_status mkt_snp_verify(const unsigned char *bytes, size_t n,
                                         const struct mkt_collateral *collateral,
                                         const struct mkt_policy *policy,
                                         struct mkt_verdict *verdict, struct mkt_err *err);

/* Whether the bytes look like such a report. */
bool mkt_snp_is_report(const unsigned char *bytes, size_t n);

#endif
