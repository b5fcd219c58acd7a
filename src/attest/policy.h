/* What a caller demands of evidence beyond its signatures. */
#ifndef MKT_ATTEST_POLICY_H
#define MKT_ATTEST_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A measurement that is allowed: a register may have several. */
struct mkt_allowed {
    const char *name; /* "mrtd", "rtmr0" ... "rtmr3", "mrseam", "measurement", "host_data" */
    const char *hex;  /* lower case */
};

struct mkt_policy {
    int64_t time;    /* seconds since 1970: validity is asked at that moment */
    bool debug;      /* a machine whose memory can be read from outside will do */
    bool sept_ve;    /* one from which pages can be taken unseen (SEPT_VE_DISABLE off) will do */
    bool tcb_needed; /* "TCB not evaluated" will not do */
    /* TCB statuses that will do besides "UpToDate", separated by commas; NULL for none */
    const char *accept;
    const struct mkt_allowed *allowed; /* every register named here must have one of its values */
    size_t alloweds;
    const unsigned char *report_data; /* what the evidence must bind, from its first byte */
    size_t report_data_bytes;         /* 0 to 64 */
    const unsigned char *key;         /* 32: the Ed25519 key that must be bound (tee.h); or NULL */
    const unsigned char *nonce;       /* that must be bound, by that key or by any; or NULL */
    size_t nonce_bytes;               /* MKT_TEE_NONCE_LEAST to MKT_TEE_NONCE_MOST; 0 for none */
    const char *event_log;            /* JSON, to be replayed into the RTMRs; NULL for none */
    size_t event_log_bytes;
    /* SHA-256 of the public key of the root, in place of the one pinned; NULL in the product, the
     * root of a made-up hierarchy in tests */
    const unsigned char *root;
};

/* The roots that hardware vendors published, by the hash of their public key. */
extern const unsigned char mkt_policy_intel_root[32];
extern const unsigned char mkt_policy_amd_milan[32];
extern const unsigned char mkt_policy_amd_genoa[32];

/* Whether a TCB status will do. */
bool mkt_policy_accepts(const struct mkt_policy *policy, const char *status);

/* Reads allowed measurements, one a line: "mrtd HEX"; "#" begins a remark.
 * Errors  MKT_E_SYNTAX  a line that is neither: says which;  MKT_E_NOMEM
 * Checked tests/attest/policy_test.c, tests/fuzz/attest_policy_fuzz.c */
MKT_MUST_CHECK mkt_status mkt_policy_read_allowed(struct mkt_arena *arena, const char *text,
                                                  struct mkt_policy *policy, struct mkt_err *err);

struct mkt_verdict;

/* The checks that all kinds of evidence share: allowed measurements, and what is bound: report_data
 * as such, key, nonce. */
void mkt_policy_check(const struct mkt_policy *policy, struct mkt_verdict *verdict);

#endif
