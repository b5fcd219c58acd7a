/* The log of every answer that was sent to another agent: chained, signed, only ever longer.
 *
 * One line of JSON an entry. Each holds the SHA-256 of the line before it and an Ed25519 signature
 * over itself, so that no entry can be changed, taken out or put in without the key. Hashes of
 * request and answer stand there, never their content. An entry is on the disk before the answer
 * leaves: what cannot be logged is not answered.
 *
 * A kill may leave a torn last line, whose answer was never sent: it is cut off at the next start.
 * Entries cut off at the end by someone else are seen only against a copy of the last hash, which
 * mkt_audit_head gives.
 *
 * Checked  tests/attest/audit_test.c, tests/e2e/audit_test.sh
 */
#ifndef MKT_ATTEST_AUDIT_H
#define MKT_ATTEST_AUDIT_H

#include <stdint.h>

#include "attest/keys.h"
#include "base/hash.h"

struct mkt_audit;

/* What was answered to whom. */
struct mkt_audit_entry {
    const char *kind;     /* "collaborate", "process", "a2a" */
    const char *peer;     /* the sender's id, as it signed or named itself */
    const char *peer_key; /* fingerprint of the key that signed the request; "" for none */
    const char *request;  /* SHA-256, hex */
    const char *answer;   /* SHA-256, hex */
};

/* Opens the log for appending, makes it when there is none (mode 600), and cuts off a torn last line.
 * `keys` must outlive it. The whole log is not verified here.
 * Errors  MKT_E_DATA      the last whole line is no entry
 *         MKT_E_CONFLICT  another process has it open
 *         MKT_E_IO, MKT_E_NOSPACE, MKT_E_FORBIDDEN, MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_audit_open(const char *path, const struct mkt_keys *keys,
                                         struct mkt_audit **out, struct mkt_err *err);
void mkt_audit_close(struct mkt_audit *audit);

/* Appends an entry and brings it to the disk. Several threads may call it: those that come while
 * one waits for the disk wait together for the next time.
 * Errors  MKT_E_NOSPACE, MKT_E_IO  it is not on the disk: the answer must not be sent */
MKT_MUST_CHECK mkt_status mkt_audit_add(struct mkt_audit *audit,
                                        const struct mkt_audit_entry *entry, struct mkt_err *err);

/* Called with the hash of a request and the time of its answer in microseconds, rounded up; with
 * NULL for the hash: all entries up to that time are not told. */
typedef void mkt_audit_taker(void *user, const char *request, int64_t us);

/* The entries of one kind in the last `bytes` bytes of a log, oldest first, not verified: for the
 * memory of what was answered (attest/nonces.h). A log that is not there has none.
 * Errors  MKT_E_IO, MKT_E_FORBIDDEN */
MKT_MUST_CHECK mkt_status mkt_audit_recent(const char *path, int64_t bytes, const char *kind,
                                           mkt_audit_taker *take, void *user, struct mkt_err *err);

/* Number of the last entry, and the SHA-256 of its line; 0 and 64 zeros when there is none. */
int64_t mkt_audit_head(struct mkt_audit *audit, char hash[MKT_SHA256_TEXT]);

struct mkt_audit_report {
    int64_t entries;
    char head[MKT_SHA256_TEXT];
    bool torn;      /* a torn last line follows, which is no fault */
    char first[32]; /* times of the first and the last entry; "" when there is none */
    char last[32];
};

/* Walks a log from its first line: every number, hash and signature.
 *
 *   key     the keys that may have signed: the current one and those before
 * Errors  MKT_E_DATA  a line is wrong: which one, and what of it
 *         MKT_E_NOT_FOUND, MKT_E_IO
 * Cost    one signature an entry */
MKT_MUST_CHECK mkt_status mkt_audit_verify(const char *path, const struct mkt_public_key *key,
                                           size_t keys, struct mkt_audit_report *out,
                                           struct mkt_err *err);

#endif
