/* The agent at Boardroom's table: what the rooms for messages and requests share.
 *
 * Open, it holds the audit log and the memory of what was answered, filled again from the log.
 * Checked  tests/boardroom/collaborate_test.c
 */
#ifndef MKT_BOARDROOM_BOARDROOM_H
#define MKT_BOARDROOM_BOARDROOM_H

#include <stdatomic.h>

#include "attest/audit.h"
#include "attest/nonces.h"
#include "attest/seal.h"
#include "boardroom/peers.h"
#include "engine/engine.h"

#define MKT_BOARDROOM_REMEMBERED 32768 /* answered messages; see attest/nonces.h */

typedef enum {
    MKT_BOARDROOM_STRICT, /* messages of pinned agents only */
    MKT_BOARDROOM_KNOWN,  /* also of agents whose key the hub's registry names */
    MKT_BOARDROOM_OPEN    /* of anybody, by the key it shows; the origin's encryption is opened */
} mkt_boardroom_mode;

/* Whether an agent may be answered as far as evidence of its machine goes; it may be asked for it now.
 * `record` NULL: the register knows no such agent; `key` signed its message.
 * Errors  MKT_E_FORBIDDEN  it must be attested and is not
 *         MKT_E_BUSY       it cannot be asked now: the same message may come again;  MKT_E_NOMEM */
typedef mkt_status mkt_boardroom_admit(void *user, struct mkt_arena *arena,
                                       const struct mkt_peers_record *record,
                                       const struct mkt_public_key *key, struct mkt_err *err);

/* Writes what an answer says of this machine's evidence, one JSON object (attest/claim.h). */
typedef mkt_status mkt_boardroom_claim(void *user, struct mkt_arena *arena, struct mkt_buf *out,
                                       struct mkt_err *err);

struct mkt_boardroom {
    struct mkt_engine *engine;
    const char *self; /* our agent id */
    const struct mkt_keys *keys;
    struct mkt_peers *peers;
    struct mkt_seal *seal;      /* our key for sealed messages */
    mkt_boardroom_admit *admit; /* NULL: evidence is asked of nobody */
    mkt_boardroom_claim *claim; /* NULL: an answer says nothing of ours */
    void *attestation;          /* user of both */
    mkt_boardroom_mode mode;
    struct mkt_audit *audit;
    struct mkt_nonces *nonces;
    atomic_llong answered_us; /* when the last answer was logged, since 1970; 0: none yet */
};

/* Opens the log and the memory; the other members are set by the caller and must outlive it.
 *   log   its path
 *   mode  "strict", "known" or "open"
 * Errors  MKT_E_ARG  another mode;  those of mkt_audit_open and mkt_audit_recent */
MKT_MUST_CHECK mkt_status mkt_boardroom_open(struct mkt_boardroom *boardroom, const char *log,
                                             const char *mode, struct mkt_err *err);
void mkt_boardroom_close(struct mkt_boardroom *boardroom);

/* Logs an answer before it leaves.
 * Errors  MKT_E_BUSY  it could not be logged: it must not be sent */
MKT_MUST_CHECK mkt_status mkt_boardroom_log(struct mkt_boardroom *boardroom,
                                            const struct mkt_audit_entry *entry,
                                            struct mkt_err *err);

/* How a caller's request is to be answered. */
struct mkt_boardroom_call {
    struct mkt_flag *flag;
    bool narrating;   /* this is a narrator's thread: words of a model may be waited for */
    bool late;        /* no narrator was free */
    int64_t began_ms; /* CLOCK_MONOTONIC */
    int64_t until_ms; /* for the words, at the latest */
    int64_t now_us;   /* CLOCK_REALTIME */
    bool narrate;     /* set: not answered; a narrator has to, or the same with `late` */
};

/* When the words must be there so that an answer comes within `timeout_ms` of the beginning. */
int64_t mkt_boardroom_until(const struct mkt_boardroom_call *call, int64_t timeout_ms);

/* Milliseconds since the request came. */
double mkt_boardroom_elapsed_ms(const struct mkt_boardroom_call *call);

const char *mkt_boardroom_mode_name(mkt_boardroom_mode mode);

#endif
