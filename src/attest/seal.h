/* Sealed messages: only the agent they are for can read them.
 *
 *     {"encrypted": true, "encryption": "x25519-hkdf-sha256-aes-256-gcm",
 *      "sender_id", "recipient_id", "nonce", "ephemeral_public_key", "encrypted_payload"}
 *
 * The payload is a whole signed envelope (attest/envelope.h), so that nothing of it shows outside,
 * its signature included. For each message the sender makes an X25519 key pair (e, E); R is the
 * recipient's X25519 key, which stands beside its Ed25519 key:
 *
 *     context = "marketing-agent sealed message 1" 00
 *               len16(sender_id) sender_id  len16(recipient_id) recipient_id
 *               len16(nonce) nonce  E  R                                 len16: two bytes, big-endian
 *     key, iv = HKDF-SHA256(salt "", secret X25519(e, R), info context, 44 bytes): 32 and 12
 *     encrypted_payload = base64(AES-256-GCM(key, iv, envelope, associated data context) tag)
 *
 * Sender, recipient and nonce must be those of the envelope inside.
 *
 * Source   RFC 7748 (X25519), RFC 5869 (HKDF), NIST SP 800-38D (GCM)
 * Checked  tests/attest/seal_test.c (vectors computed by another implementation)
 */
#ifndef MKT_ATTEST_SEAL_H
#define MKT_ATTEST_SEAL_H

#include "base/buf.h"
#include "wire/pyjson.h"

#define MKT_SEAL_NAME "x25519-hkdf-sha256-aes-256-gcm"
#define MKT_SEAL_KEY 32 /* bytes of a key, private or public */

struct mkt_seal;

/* Opens the X25519 key of the folder, seal_private_key.pem; makes it when there is none.
 * Errors  as mkt_keys_open */
MKT_MUST_CHECK mkt_status mkt_seal_open(const char *folder, struct mkt_seal **out,
                                        struct mkt_err *err);
void mkt_seal_close(struct mkt_seal *seal); /* NULL is allowed */

const unsigned char *mkt_seal_public(const struct mkt_seal *seal);

/* Whether a public key is a point of small order, all zeros among them: what is sealed for it anybody
 * can open. */
bool mkt_seal_is_weak(const unsigned char key[MKT_SEAL_KEY]);

/* Who sends what to whom; it stands outside, and is bound to what is inside. */
struct mkt_seal_context {
    const char *sender, *recipient, *nonce;
};

/* Seals `n` bytes.
 *   to         the recipient's public key
 *   ephemeral  the private key to use, for test vectors; NULL makes one
 * Errors  MKT_E_ARG  the key is none (a point of small order), a text over 65,535 bytes
 *         MKT_E_INTERNAL, MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_seal_write(struct mkt_arena *arena,
                                         const unsigned char to[MKT_SEAL_KEY],
                                         const struct mkt_seal_context *context, const void *bytes,
                                         size_t n, const unsigned char *ephemeral,
                                         struct mkt_buf *out, struct mkt_err *err);

/* Whether it says that it is sealed in this way. */
bool mkt_seal_is_one(const struct mkt_pyvalue *outer);

/* Opens a sealed message; texts and bytes in the arena.
 * Errors  MKT_E_SYNTAX  it is none
 *         MKT_E_AUTH    it was sealed for another key, or was changed;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_seal_read(struct mkt_arena *arena, const struct mkt_seal *seal,
                                        const struct mkt_pyvalue *outer,
                                        struct mkt_seal_context *context, char **bytes, size_t *n,
                                        struct mkt_err *err);

#endif
