/* The agent's Ed25519 key: made once, kept in a file that only its owner reads, used to sign.
 *
 * A folder holds the current key and, after a rotation, those before it, whose public halves are
 * still told for a while so that peers can follow:
 *
 *     docker_private_key_ed25519.pem, docker_public_key_ed25519.pem      PKCS8 and SPKI, the names
 *                                                                        of the platform's own files
 *     retired/NAME.pem                                                   public keys of before, and
 *                                                                        when they ceased
 *
 * Source   RFC 8032 (Ed25519), RFC 8410 (its PEM)
 * Checked  tests/attest/keys_test.c
 */
#ifndef MKT_ATTEST_KEYS_H
#define MKT_ATTEST_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define MKT_KEYS_PUBLIC 32
#define MKT_KEYS_SIGNATURE 64
#define MKT_KEYS_PEM 128        /* bytes of a public key as PEM, NUL included */
#define MKT_KEYS_FINGERPRINT 17 /* 16 characters of base64 and the NUL */

/* A public key. */
struct mkt_public_key {
    unsigned char raw[MKT_KEYS_PUBLIC];
};

struct mkt_keys;

/* Opens the key of the folder; makes folder and key when there is none.
 * Errors  MKT_E_FORBIDDEN  others may read the private key
 *         MKT_E_DATA       the file holds no Ed25519 key
 *         MKT_E_NOMEM; those of mkt_err_file */
MKT_MUST_CHECK mkt_status mkt_keys_open(const char *folder, struct mkt_keys **out,
                                        struct mkt_err *err);
void mkt_keys_close(struct mkt_keys *keys);

/* A new key takes the place of the old, whose public half goes to retired/ with the time `now`
 * (seconds since 1970). A kill leaves either. A process that has the old one open goes on with it. */
MKT_MUST_CHECK mkt_status mkt_keys_rotate(const char *folder, int64_t now, struct mkt_err *err);

#define MKT_KEYS_OVERLAP_S (7 * 86400) /* for which what a retired key signed may still be taken */
#define MKT_KEYS_RETIRED 32            /* that are told, the latest ones */

struct mkt_retired_key {
    struct mkt_public_key key;
    int64_t retired; /* seconds since 1970 */
};

/* The keys of before, the latest first; none is no error. What is no public key is passed over, and
 * so is `current`, which a kill within a rotation may leave there.
 * Errors  MKT_E_IO, MKT_E_FORBIDDEN  the folder cannot be read */
MKT_MUST_CHECK mkt_status mkt_keys_retired(const char *folder, const struct mkt_public_key *current,
                                           struct mkt_retired_key out[MKT_KEYS_RETIRED], size_t *n,
                                           struct mkt_err *err);

const struct mkt_public_key *mkt_keys_public(const struct mkt_keys *keys);

/* Errors  MKT_E_INTERNAL  the crypto library refuses */
MKT_MUST_CHECK mkt_status mkt_keys_sign(const struct mkt_keys *keys, const void *bytes, size_t n,
                                        unsigned char out[MKT_KEYS_SIGNATURE], struct mkt_err *err);

bool mkt_keys_verify(const struct mkt_public_key *key, const void *bytes, size_t n,
                     const unsigned char signature[MKT_KEYS_SIGNATURE]);

/* Whether the key is a point of small order, all zeros among them: for such a key anybody can make
 * signatures, without a private key. */
bool mkt_keys_is_weak(const struct mkt_public_key *key);

/* A public key as PEM (SubjectPublicKeyInfo, a line end last), and back. */
char *mkt_keys_pem(const struct mkt_public_key *key, char out[MKT_KEYS_PEM]);
bool mkt_keys_read_pem(const char *pem, size_t n, struct mkt_public_key *out);

/* The first 16 characters of the raw key's base64. */
char *mkt_keys_fingerprint(const struct mkt_public_key *key, char out[MKT_KEYS_FINGERPRINT]);

#endif
