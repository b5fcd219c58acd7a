/* Evidence of this machine from the trusted hardware under it, where there is any.
 *
 * Sources are asked in this order, and the first that gives evidence for the agent's key is kept:
 *
 *     dstack        the socket of its guest agent: TDX quote with its event log
 *     configfs-tsm  the kernel's own way: TDX quote, or SEV-SNP report with its certificates
 *     secretvm      a file beside the key, made when the machine was: a quote of that key, always
 *                   the same, so that no nonce can be bound
 *
 * dstack goes before the kernel because only it tells what was extended into the registers.
 * What comes back is compared with what was asked: a quote that binds anything else is an error,
 * never an answer. Where no source is there, there is no evidence, and nothing is made up.
 *
 * The 64 bytes that the hardware signs (report_data):
 *
 *     [0, 32)   the agent's raw Ed25519 public key
 *     [32, 64)  without a nonce: zeros
 *               with one: SHA-256("marketing-agent/attestation/v1", one zero byte, key, nonce)
 *
 * Evidence without a nonce is kept for MKT_TEE_KEEP_S seconds, and as long again while the hardware is
 * busy. The hardware is asked by one thread at a time, and at most MKT_TEE_WAITING wait for it.
 *
 * Checked  tests/attest/tee_test.c, tests/attest/tee_configfs_test.c, tests/attest/tee_dstack_test.c,
 *          tests/attest/tee_secretvm_test.c
 */
#ifndef MKT_ATTEST_TEE_H
#define MKT_ATTEST_TEE_H

#include <stdint.h>
#include <sys/types.h>

#include "attest/keys.h"
#include "attest/verdict.h"

#define MKT_TEE_REPORT_DATA 64
#define MKT_TEE_NONCE_LEAST 16 /* bytes; a shorter one can be guessed */
#define MKT_TEE_NONCE_MOST 64
#define MKT_TEE_KEEP_S 300 /* for which evidence without a nonce is given again */
#define MKT_TEE_AGAIN_S 10 /* after a failure, until the hardware is asked again without a nonce */
#define MKT_TEE_WAITING 8  /* requests that may wait for the hardware */
#define MKT_TEE_WAIT_S 30  /* for which one waits */
#define MKT_TEE_QUOTE_BYTES ((size_t)64 << 10)

/* The calls to the kernel, replaced in tests: all as in <sys/stat.h> and <unistd.h>, with errno. */
struct mkt_tee_kernel {
    void *user;
    int (*make)(void *user, const char *folder);
    int (*remove)(void *user, const char *folder);
    /* opens, reads all up to `most` bytes, closes; EFBIG when there is more */
    ssize_t (*read)(void *user, const char *path, void *out, size_t most);
    /* opens, writes all at once, closes */
    ssize_t (*write)(void *user, const char *path, const void *bytes, size_t n);
    int64_t (*now_ms)(void *user); /* CLOCK_MONOTONIC; NULL for the real one */
};

/* Where to look. Texts must outlive the tee. */
struct mkt_tee_options {
    const struct mkt_public_key *key;    /* the agent's */
    const char *dstack;                  /* socket; NULL for /var/run/dstack.sock */
    const char *tsm;                     /* folder; NULL for /sys/kernel/config/tsm */
    const char *secretvm;                /* file with a quote; NULL for none */
    const struct mkt_tee_kernel *kernel; /* NULL for the real one */
};

/* Evidence as it was given; memory of the arena that it was asked with. */
struct mkt_tee_evidence {
    const char *tee;            /* "tdx" or "sev-snp" */
    const char *source;         /* "dstack", "configfs-tsm", "secretvm" */
    const unsigned char *quote; /* TDX quote or SEV-SNP report */
    size_t quote_bytes;
    const char *event_log; /* JSON, or NULL */
    size_t event_log_bytes;
    const unsigned char *certificates; /* the host's table beside a report, or NULL */
    size_t certificates_bytes;
    unsigned char report_data[MKT_TEE_REPORT_DATA];
    bool nonce_bound;
    int64_t taken; /* seconds since 1970 */
    struct mkt_measured measured[MKT_VERDICT_MEASURED];
    size_t measures;
};

struct mkt_tee;

/* Looks for a source and takes first evidence, which may last as long as the hardware does (seconds).
 * A machine without any is no error; nor is one whose source fails, which is asked again later.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_tee_open(const struct mkt_tee_options *options, struct mkt_tee **out,
                                       struct mkt_err *err);
void mkt_tee_close(struct mkt_tee *tee);

/* The source's name, "none" where there is none. */
const char *mkt_tee_source_name(const struct mkt_tee *tee);

/* Whether evidence for the agent's key was given when it was last asked for; if not, `why` says what
 * is missing. Any thread; does not ask the hardware. */
bool mkt_tee_attested(struct mkt_tee *tee, struct mkt_err *why);

/* Evidence for the agent's key and, where `n` is not 0, for the nonce. Any thread; waits for others.
 *
 * Errors   MKT_E_NOT_FOUND  there is no TEE
 *          MKT_E_ARG        a nonce shorter than MKT_TEE_NONCE_LEAST, longer than MKT_TEE_NONCE_MOST
 *          MKT_E_BUSY       too many wait, or the hardware was busy for MKT_TEE_WAIT_S
 *          MKT_E_DATA       what it gave is no evidence, or binds something else
 *          MKT_E_IO, MKT_E_FORBIDDEN, MKT_E_LIMIT, MKT_E_NOMEM  it cannot be asked */
MKT_MUST_CHECK mkt_status mkt_tee_take(struct mkt_arena *arena, struct mkt_tee *tee,
                                       const void *nonce, size_t n, struct mkt_tee_evidence *out,
                                       struct mkt_err *err);

/* The evidence without a nonce that is kept; false where none is, or it is too old. Any thread; does
 * not ask the hardware. */
bool mkt_tee_kept(struct mkt_arena *arena, struct mkt_tee *tee, struct mkt_tee_evidence *out);

/* What the hardware must have signed; `nonce` of `n` bytes, 0 for none.
 * False when the nonce's length is out of bounds, or the crypto library fails. */
bool mkt_tee_report_data(const struct mkt_public_key *key, const void *nonce, size_t n,
                         unsigned char out[MKT_TEE_REPORT_DATA]);

#endif
