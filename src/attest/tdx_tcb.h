/* Which TCB level a platform has reached, from Intel's signed statements.
 *
 * Source   Intel PCS API v4: TCB info V3 (levels, TDX module identities) and enclave identity V2;
 *          the comparison as the DCAP documentation gives it
 * Checked  tests/attest/tdx_tcb_test.c, tests/fuzz/attest_quote_fuzz.c
 */
#ifndef MKT_ATTEST_TDX_TCB_H
#define MKT_ATTEST_TDX_TCB_H

#include "attest/pck.h"
#include "attest/tdx_quote.h"
#include "wire/json_read.h"

/* Longest status: "OutOfDateConfigurationNeeded". */
struct mkt_tdx_tcb {
    const char *status; /* constant; "not evaluated" when `why` tells what is wrong */
    const char *why;    /* constant; NULL when all is well */
};

/* The status of the platform: its level in `tcb_info`, lowered by its TDX module's and by its
 * quoting enclave's in `qe_identity`. Signatures and dates are not looked at here. */
struct mkt_tdx_tcb mkt_tdx_tcb_level(const struct mkt_tdx_quote *quote, const struct mkt_pck *pck,
                                     const struct mkt_value *tcb_info,
                                     const struct mkt_value *qe_identity);

/* Whether `time` lies within the statement's issueDate and nextUpdate. */
bool mkt_tdx_tcb_current(const struct mkt_value *statement, int64_t time);

#endif
