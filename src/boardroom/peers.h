/* The register of other agents: whose keys are known, where they are reached, what they can do.
 *
 * A record comes from one of two places:
 *
 *     pinned     the operator's file; its keys are never replaced by anybody else's word
 *     registry   the hub's directory; its first key is kept
 *
 * What the registry says of a pinned agent only fills what the file leaves open (endpoint, type,
 * capabilities). A registry record whose key changes is marked: it keeps its first key, remembers
 * the key it is now said to have, and is refused under either of them, until the operator pins one,
 * evidence shows that a trusted machine holds the new one (mkt_peers_attest), or the registry names
 * the first one again. Records of the registry are forgotten at the end of the process: who must
 * rely on a key over restarts pins it.
 *
 * The file, private to its owner, has one agent a line:
 *
 *     ID KEY [endpoint=URL] [type=TYPE] [capabilities=A,B] [seal=KEY] [attested=required]
 *
 * KEY is the base64 of 32 bytes: an Ed25519 key, and of `seal` an X25519 key (attest/seal.h). A
 * second line of the same ID adds a key, for the time of a rotation. `#` begins a comment line.
 *
 * Every function may be called from any thread.
 * Checked  tests/boardroom/peers_test.c
 */
#ifndef MKT_BOARDROOM_PEERS_H
#define MKT_BOARDROOM_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "attest/envelope.h"

#define MKT_PEERS_MOST 1024 /* records; more of the registry's are refused, never pinned ones */
#define MKT_PEERS_KEYS 4    /* keys of one record */
#define MKT_PEERS_CAPABILITIES 32
#define MKT_PEERS_ID 129 /* bytes of an id, NUL included */

typedef enum { MKT_PEERS_PINNED, MKT_PEERS_REGISTRY } mkt_peers_origin;

typedef enum {
    MKT_PEERS_UNKNOWN,  /* nobody has looked at evidence of it */
    MKT_PEERS_ATTESTED, /* its evidence was verified and names a key of the record */
    MKT_PEERS_REFUTED   /* its evidence was looked at and does not hold */
} mkt_peers_evidence;

struct mkt_peers_record {
    char id[MKT_PEERS_ID];
    mkt_peers_origin origin;
    struct mkt_public_key key[MKT_PEERS_KEYS];
    size_t keys; /* 0: the registry named none */
    char endpoint[256];
    char type[64];
    char capability[MKT_PEERS_CAPABILITIES][64];
    size_t capabilities;
    unsigned char seal[MKT_KEYS_PUBLIC];           /* its X25519 key */
    bool sealed;                                   /* `seal` is known */
    bool own_endpoint, own_type, own_capabilities; /* the file says them: the registry does not */

    bool changed; /* the registry names another key, `offered`; the record is refused */
    struct mkt_public_key offered;

    bool must_attest; /* refused unless attested */
    mkt_peers_evidence evidence;
    struct mkt_public_key
        judged;          /* the key that the evidence is about: it says nothing of others */
    char why[200];       /* of the verdict, in a sentence; "" when there is none */
    int64_t attested_us; /* when it was reached, microseconds since 1970 */
};

struct mkt_peers;

/* Reads the pins; `path` "" for none.
 * Errors  MKT_E_NOT_FOUND  no such file
 *         MKT_E_FORBIDDEN  others than its owner may read or write it
 *         MKT_E_ARG        a line that is no pin, a key that is none or of small order, the same key
 *                          for two agents: file, line and agent
 *         MKT_E_LIMIT      more agents than MKT_PEERS_MOST, more keys than MKT_PEERS_KEYS
 *         MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_peers_open(const char *path, struct mkt_peers **out,
                                         struct mkt_err *err);
void mkt_peers_close(struct mkt_peers *peers); /* NULL is allowed */

/* Copies the record out; false when there is none. */
bool mkt_peers_find(struct mkt_peers *peers, const char *id, struct mkt_peers_record *out);

/* Takes what the registry says of an agent: id, at most one key, endpoint, type, capabilities;
 * the rest of `said` is not looked at. `*changed`, which may be NULL, tells that its key is another
 * one than that kept.
 * Errors  MKT_E_ARG    an id that is empty, too long or not of printable ASCII; a key of small order
 *         MKT_E_LIMIT  the register is full */
MKT_MUST_CHECK mkt_status mkt_peers_learn(struct mkt_peers *peers,
                                          const struct mkt_peers_record *said, bool *changed,
                                          struct mkt_err *err);

/* The verdict on an agent's evidence.
 *
 *   key   the key that the evidence names. Evidence that holds, for the key that a changed record
 *         of the registry now has, makes it the record's key
 *   why   a sentence; cut to what fits
 * Errors  MKT_E_NOT_FOUND  no such agent
 *         MKT_E_AUTH       the key is not the agent's; nothing is recorded */
MKT_MUST_CHECK mkt_status mkt_peers_attest(struct mkt_peers *peers, const char *id,
                                           const struct mkt_public_key *key, bool holds,
                                           const char *why, int64_t now_us, struct mkt_err *err);

/* Forgets a record of the registry; a pinned one stays. */
void mkt_peers_forget(struct mkt_peers *peers, const char *id);

/* Whether messages of the agent may be answered.
 * Errors  MKT_E_AUTH  its key has changed; it must be attested and is not: says which */
MKT_MUST_CHECK mkt_status mkt_peers_check(const struct mkt_peers_record *record,
                                          struct mkt_err *err);

/* All keys by id, for mkt_envelope_policy; texts in the arena.  Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_peers_keys(struct mkt_peers *peers, struct mkt_arena *arena,
                                         struct mkt_peer **out, size_t *n, struct mkt_err *err);

/* All records, in byte order of their ids.  Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_peers_list(struct mkt_peers *peers, struct mkt_arena *arena,
                                         struct mkt_peers_record **out, size_t *n,
                                         struct mkt_err *err);

const char *mkt_peers_origin_name(mkt_peers_origin origin);       /* "pinned", "registry" */
const char *mkt_peers_evidence_name(mkt_peers_evidence evidence); /* "unknown", "attested", ... */

#endif
