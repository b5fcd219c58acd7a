/* Whether an Intel TDX quote is genuine, of a platform whose TCB will do, and of the machine meant.
 *
 *     attestation key --signs--> quote          SHA-256(key, data) in the quoting enclave's report
 *     PCK --signs--> that report                PCK leads to Intel's pinned root
 *     TCB info, identity of the enclave, CRLs   from collateral, where it is given
 *
 * Every check stands in the verdict; a quote is trusted when none failed. Without collateral the
 * TCB is "not evaluated", and the verdict says so.
 *
 *   bytes       the quote; padding behind it is allowed
 *   collateral  may be NULL; its certificates are used beside those in the quote
 *   verdict     filled, whatever comes out; `arena` set
 *
 * Errors   MKT_E_DATA   not a TDX quote at all
 *          MKT_E_NOMEM  the arena is full
 * Cost     five to nine signatures
 * Source   Intel TDX DCAP Quoting Library API, rev 0.9, sections 3 and A; Intel PCS API v4, TCB
 *          info V3: comparison of TCB levels; Intel TDX Module 1.5 base specification, table 22.2
 * Checked  tests/attest/tdx_test.c
 */
#ifndef MKT_ATTEST_TDX_H
#define MKT_ATTEST_TDX_H

#include "attest/collateral.h"
#include "attest/policy.h"
#include "attest/verdict.h"

MKT_MUST_CHECK mkt_status mkt_tdx_verify(const unsigned char *bytes, size_t n,
                                         const struct mkt_collateral *collateral,
                                         const struct mkt_policy *policy,
                                         struct mkt_verdict *verdict, struct mkt_err *err);

#endif
