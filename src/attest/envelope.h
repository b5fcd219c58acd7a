/* Boardroom's secure messages: opened and checked, made and signed.
 *
 *     {"encrypted": false, "message": {...}, "signature", "sender_public_key", "sender_fingerprint"}
 *     message: sender_id, recipient_id, message_type, timestamp, nonce, payload
 *
 * The signed bytes are json.dumps(message, sort_keys=True) (wire/pyjson.h). What the origin leaves
 * open is closed here: the key must be the one that is pinned for the sender, the message must be
 * for us, its time within a window, its nonce new (attest/nonces.h). Refusals name the class of the
 * reason only.
 *
 * The origin's encryption sends the AES key beside the ciphertext: it hides nothing, and is opened
 * only where the policy allows it. A sealed message (attest/seal.h) holds a whole envelope.
 *
 * Source   the origin's behaviour as run; RFC 8032; NIST SP 800-38D
 * Checked  tests/attest/envelope_test.c, tests/fuzz/boardroom_body_fuzz.c
 */
#ifndef MKT_ATTEST_ENVELOPE_H
#define MKT_ATTEST_ENVELOPE_H

#include <stdint.h>

#include "attest/keys.h"
#include "attest/seal.h"
#include "base/hash.h"
#include "wire/pyjson.h"

#define MKT_ENVELOPE_WINDOW_S 300

/* A peer whose key is known. */
struct mkt_peer {
    const char *id;
    struct mkt_public_key key;
};

struct mkt_envelope_policy {
    const char *self; /* our agent id: messages to others are refused */
    const struct mkt_peer *peer;
    size_t peers;
    int64_t now_us;       /* microseconds since 1970 */
    bool open_to_all;     /* a sender that is not pinned is answered, too, by the key it shows */
    bool weak_encryption; /* the origin's encryption is opened */
    const struct mkt_seal *seal; /* opens what is sealed for us (attest/seal.h); NULL refuses it */
};

/* An opened message; texts in the arena. */
struct mkt_envelope {
    const char *sender, *recipient, *type, *nonce;
    int64_t sent_us;
    const struct mkt_pyvalue *payload;
    struct mkt_public_key key; /* that signed it */
    bool pinned;               /* the key is the one pinned for the sender */
    bool encrypted;            /* in the origin's way, which hides nothing */
    bool sealed;
    bool verified; /* signature and sender hold; false whenever opening failed there */
    char digest[MKT_SHA256_TEXT]; /* SHA-256 of the signed bytes: the same message has the same */
};

/* Opens and checks a message; its nonce is the caller's to remember.
 *
 * Errors  MKT_E_SYNTAX     not an envelope
 *         MKT_E_AUTH       signature, key or time: "invalid signature", "unknown sender", "stale"
 *         MKT_E_FORBIDDEN  it is for another agent; encryption that hides nothing
 *         MKT_E_LIMIT, MKT_E_ARG  too large, too deep;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_envelope_open(struct mkt_arena *arena, const char *bytes, size_t n,
                                            const struct mkt_envelope_policy *policy,
                                            struct mkt_envelope *out, struct mkt_err *err);

/* As mkt_envelope_write, of a payload that is already as Python would write it.
 *   digest  of the bytes that were signed; may be NULL */
MKT_MUST_CHECK mkt_status mkt_envelope_write_canonical(
    struct mkt_arena *arena, const struct mkt_keys *keys, const char *sender, const char *recipient,
    const char *type, int64_t now_us, const char *nonce, const char *payload, size_t bytes,
    struct mkt_buf *out, char digest[MKT_SHA256_TEXT], struct mkt_err *err);

/* A message of ours. `payload` is JSON text; it stands in the envelope as Python would write it.
 *
 *   nonce    32 hex digits; NULL makes one
 * Errors  MKT_E_SYNTAX  the payload is no JSON;  MKT_E_INTERNAL;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_envelope_write(struct mkt_arena *arena, const struct mkt_keys *keys,
                                             const char *sender, const char *recipient,
                                             const char *type, int64_t now_us, const char *nonce,
                                             const char *payload, struct mkt_buf *out,
                                             struct mkt_err *err);

/* "2026-01-31T12:00:00.000123Z" (no fraction when it is 0) to microseconds and back. */
bool mkt_envelope_read_time(const char *text, int64_t *out_us);
void mkt_envelope_write_time(int64_t us, char out[40]);

#endif
