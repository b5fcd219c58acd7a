/* The layout of an Intel TDX quote, versions 4 and 5: bytes into named parts, nothing checked but
 * lengths.
 *
 *     header 48 | [v5: type u16, size u32] | body 584 or 648 | u32 | signature data
 *
 * Source   Intel TDX DCAP Quoting Library API, rev 0.9, appendix A.3 and A.4; little-endian
 * Checked  tests/attest/tdx_test.c, tests/fuzz/attest_quote_fuzz.c
 */
#ifndef MKT_ATTEST_TDX_QUOTE_H
#define MKT_ATTEST_TDX_QUOTE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define MKT_TDX_QE_REPORT 384

/* Pointers into the quote's bytes. */
struct mkt_tdx_quote {
    unsigned version;             /* 4 or 5 */
    unsigned body_version;        /* 10 for TDX 1.0, 15 for 1.5 */
    const unsigned char *signed_; /* header and body, as signed by the attestation key */
    size_t signed_bytes;
    const unsigned char *tee_tcb_svn;     /* 16 */
    const unsigned char *mrseam;          /* 48 */
    const unsigned char *mrsignerseam;    /* 48 */
    const unsigned char *seam_attributes; /* 8 */
    const unsigned char *td_attributes;   /* 8 */
    const unsigned char *xfam;            /* 8 */
    const unsigned char *mrtd;            /* 48 */
    const unsigned char *mrconfigid;      /* 48 */
    const unsigned char *mrowner;         /* 48 */
    const unsigned char *mrownerconfig;   /* 48 */
    const unsigned char *rtmr[4];         /* 48 each */
    const unsigned char *report_data;     /* 64 */
    const unsigned char *mrservicetd;     /* 48; NULL in TDX 1.0 */

    const unsigned char *signature;    /* 64: r, s over signed_ */
    const unsigned char *key;          /* 64: x, y of the attestation key */
    const unsigned char *qe_report;    /* MKT_TDX_QE_REPORT, of the quoting enclave */
    const unsigned char *qe_signature; /* 64: r, s over qe_report */
    const unsigned char *qe_auth;
    size_t qe_auth_bytes;
    const unsigned char *chain; /* PEM certificates: PCK leaf first */
    size_t chain_bytes;
    size_t used; /* bytes of the quote; what follows is padding */
};

/* Errors  MKT_E_DATA  not a TDX quote of ECDSA P-256, or cut short: says which part is missing */
MKT_MUST_CHECK mkt_status mkt_tdx_quote_read(const unsigned char *bytes, size_t n,
                                             struct mkt_tdx_quote *out, struct mkt_err *err);

#endif
