#include "attest/seal.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "attest/hex.h"
#include "attest/key_file.h"

#define FILE_NAME "seal_private_key.pem"
#define LABEL "marketing-agent sealed message 1" /* its NUL goes along */
#define KEY 32
#define IV 12
#define TAG 16
#define MOST ((size_t)64 << 20) /* bytes of a message */

struct mkt_seal {
    EVP_PKEY *key;
    unsigned char public_[MKT_SEAL_KEY];
};

static mkt_status refused(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_INTERNAL, "the crypto library refused to seal");
}

/* ---- the key ---- */

static mkt_status make_key(const char *path, EVP_PKEY **out, struct mkt_err *err)
{
    *out = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    if (!*out) return refused(err);
    mkt_status status = mkt_key_file_write_private(path, *out, err);
    if (status != MKT_OK) EVP_PKEY_free(*out);
    return status;
}

/* With the folder locked. Another process may have made it meanwhile. */
static mkt_status read_or_make(const char *path, EVP_PKEY **out, struct mkt_err *err)
{
    MKT_TRY(mkt_key_file_read(path, "X25519", out, err));
    return *out ? MKT_OK : make_key(path, out, err);
}

mkt_status mkt_seal_open(const char *folder, struct mkt_seal **out, struct mkt_err *err)
{
    char path[PATH_MAX];
    EVP_PKEY *key = NULL;
    size_t n = MKT_SEAL_KEY;
    if (snprintf(path, sizeof path, "%s/" FILE_NAME, folder) >= (int)sizeof path)
        return mkt_err_set(err, MKT_E_ARG, "the folder's name %s is too long", folder);
    MKT_TRY(mkt_key_file_read(path, "X25519", &key, err));
    if (!key) {
        int lock = mkt_key_file_lock(folder);
        mkt_status status = read_or_make(path, &key, err);
        mkt_key_file_unlock(lock);
        MKT_TRY(status);
    }
    struct mkt_seal *seal = calloc(1, sizeof *seal);
    if (!seal || EVP_PKEY_get_raw_public_key(key, seal->public_, &n) != 1) {
        free(seal);
        EVP_PKEY_free(key);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for the key");
    }
    seal->key = key;
    *out = seal;
    return MKT_OK;
}

void mkt_seal_close(struct mkt_seal *seal)
{
    if (!seal) return;
    EVP_PKEY_free(seal->key);
    free(seal);
}

const unsigned char *mkt_seal_public(const struct mkt_seal *seal)
{
    return seal->public_;
}

/* ---- from two keys and a context to the key of one message ---- */

static void add_text(struct mkt_buf *out, const char *text)
{
    size_t n = strlen(text);
    const unsigned char length[2] = {(unsigned char)(n >> 8), (unsigned char)n};
    mkt_buf_add(out, length, sizeof length);
    mkt_buf_add(out, text, n);
}

static mkt_status write_context(struct mkt_buf *out, const struct mkt_seal_context *c,
                                const unsigned char *ephemeral, const unsigned char *recipient,
                                struct mkt_err *err)
{
    if (strlen(c->sender) > UINT16_MAX || strlen(c->recipient) > UINT16_MAX ||
        strlen(c->nonce) > UINT16_MAX)
        return mkt_err_set(err, MKT_E_ARG, "a name of a sealed message is too long");
    mkt_buf_add(out, LABEL, sizeof LABEL);
    add_text(out, c->sender);
    add_text(out, c->recipient);
    add_text(out, c->nonce);
    mkt_buf_add(out, ephemeral, MKT_SEAL_KEY);
    mkt_buf_add(out, recipient, MKT_SEAL_KEY);
    return mkt_buf_check(out, err);
}

/* False when the other key is a point of small order: OpenSSL refuses an all-zero secret. */
static bool agree(EVP_PKEY *own, const unsigned char *other, unsigned char secret[32])
{
    size_t n = 32;
    EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, other, MKT_SEAL_KEY);
    EVP_PKEY_CTX *ctx = peer ? EVP_PKEY_CTX_new(own, NULL) : NULL;
    bool good = ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
                EVP_PKEY_derive(ctx, secret, &n) == 1 && n == 32;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(peer);
    return good;
}

bool mkt_seal_is_weak(const unsigned char key[MKT_SEAL_KEY])
{
    static const unsigned char any[MKT_SEAL_KEY] = {1}; /* every private key is a multiple of 8 */
    unsigned char secret[32];
    EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, any, sizeof any);
    bool weak = !own || !agree(own, key, secret);
    EVP_PKEY_free(own);
    return weak;
}

static bool expand(const unsigned char secret[32], const struct mkt_buf *context,
                   unsigned char out[KEY + IV])
{
    unsigned char ikm[32];
    memcpy(ikm, secret, sizeof ikm);
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    char digest[] = "SHA256";
    OSSL_PARAM param[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, ikm, sizeof ikm),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, context->data, context->length),
        OSSL_PARAM_construct_end()};
    bool good = ctx && EVP_KDF_derive(ctx, out, KEY + IV, param) == 1;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    OPENSSL_cleanse(ikm, sizeof ikm);
    return good;
}

/* In place; writes the tag, or checks it. */
static bool crypt(const unsigned char key[KEY + IV], const struct mkt_buf *context,
                  unsigned char *bytes, size_t n, unsigned char tag[TAG], bool seal)
{
    int length = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool good = ctx && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, key + KEY, seal) == 1 &&
                EVP_CipherUpdate(ctx, NULL, &length, (const unsigned char *)context->data,
                                 (int)context->length) == 1 &&
                EVP_CipherUpdate(ctx, bytes, &length, bytes, (int)n) == 1 &&
                (seal || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1) &&
                EVP_CipherFinal_ex(ctx, bytes + length, &length) == 1 &&
                (!seal || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1);
    EVP_CIPHER_CTX_free(ctx);
    return good;
}

/* ---- messages ---- */

static mkt_status write_outer(struct mkt_arena *arena, const struct mkt_seal_context *c,
                              const unsigned char *ephemeral, const unsigned char *sealed, size_t n,
                              struct mkt_buf *out, struct mkt_err *err)
{
    const char *key = mkt_hex_write_base64(arena, ephemeral, MKT_SEAL_KEY),
               *payload = mkt_hex_write_base64(arena, sealed, n);
    if (!key || !payload) return mkt_arena_full(arena, err);
    mkt_buf_printf(out,
                   "{\"encrypted\": true, \"encryption\": \"%s\", \"sender_id\": ", MKT_SEAL_NAME);
    mkt_pyjson_write_string(out, c->sender);
    mkt_buf_str(out, ", \"recipient_id\": ");
    mkt_pyjson_write_string(out, c->recipient);
    mkt_buf_str(out, ", \"nonce\": ");
    mkt_pyjson_write_string(out, c->nonce);
    mkt_buf_printf(out, ", \"ephemeral_public_key\": \"%s\", \"encrypted_payload\": \"", key);
    mkt_buf_str(out, payload);
    mkt_buf_str(out, "\"}");
    return mkt_buf_check(out, err);
}

mkt_status mkt_seal_write(struct mkt_arena *arena, const unsigned char to[MKT_SEAL_KEY],
                          const struct mkt_seal_context *context, const void *bytes, size_t n,
                          const unsigned char *ephemeral, struct mkt_buf *out, struct mkt_err *err)
{
    unsigned char secret[32], key[KEY + IV], public_[MKT_SEAL_KEY];
    size_t length = sizeof public_;
    struct mkt_buf bound;
    if (n > MOST) return mkt_err_set(err, MKT_E_ARG, "the message is too long to be sealed");
    unsigned char *sealed = MKT_NEW(arena, unsigned char, n + TAG);
    if (!sealed) return mkt_arena_full(arena, err);
    memcpy(sealed, bytes, n);
    EVP_PKEY *own = ephemeral ? EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, ephemeral, 32)
                              : EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    mkt_status status =
        own && EVP_PKEY_get_raw_public_key(own, public_, &length) == 1 ? MKT_OK : refused(err);
    mkt_buf_init(&bound, arena);
    if (status == MKT_OK) status = write_context(&bound, context, public_, to, err);
    if (status == MKT_OK && !agree(own, to, secret))
        status = mkt_err_set(err, MKT_E_ARG, "the key to seal for is none");
    if (status == MKT_OK &&
        (!expand(secret, &bound, key) || !crypt(key, &bound, sealed, n, sealed + n, true)))
        status = refused(err);
    EVP_PKEY_free(own);
    OPENSSL_cleanse(secret, sizeof secret);
    OPENSSL_cleanse(key, sizeof key);
    MKT_TRY(status);
    return write_outer(arena, context, public_, sealed, n + TAG, out, err);
}

bool mkt_seal_is_one(const struct mkt_pyvalue *outer)
{
    const char *name = mkt_pyjson_text(mkt_pyjson_member(outer, "encryption"));
    return name && strcmp(name, MKT_SEAL_NAME) == 0;
}

static mkt_status not_one(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_SYNTAX, "this is not a sealed message");
}

static mkt_status read_bytes(struct mkt_arena *arena, const struct mkt_pyvalue *outer,
                             const char *name, unsigned char **out, size_t *n, struct mkt_err *err)
{
    const char *text = mkt_pyjson_text(mkt_pyjson_member(outer, name));
    struct mkt_err inner = {0};
    if (!text) return not_one(err);
    mkt_status status = mkt_hex_read_base64(arena, text, strlen(text), out, n, &inner);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", inner.text);
    return status == MKT_OK ? MKT_OK : not_one(err);
}

mkt_status mkt_seal_read(struct mkt_arena *arena, const struct mkt_seal *seal,
                         const struct mkt_pyvalue *outer, struct mkt_seal_context *context,
                         char **bytes, size_t *n, struct mkt_err *err)
{
    unsigned char *ephemeral, *sealed, secret[32], key[KEY + IV];
    size_t length, total;
    struct mkt_buf bound;
    *context = (struct mkt_seal_context){
        .sender = mkt_pyjson_text(mkt_pyjson_member(outer, "sender_id")),
        .recipient = mkt_pyjson_text(mkt_pyjson_member(outer, "recipient_id")),
        .nonce = mkt_pyjson_text(mkt_pyjson_member(outer, "nonce"))};
    if (!context->sender || !context->recipient || !context->nonce) return not_one(err);
    MKT_TRY(read_bytes(arena, outer, "ephemeral_public_key", &ephemeral, &length, err));
    MKT_TRY(read_bytes(arena, outer, "encrypted_payload", &sealed, &total, err));
    if (length != MKT_SEAL_KEY || total < TAG || total > MOST) return not_one(err);
    mkt_buf_init(&bound, arena);
    MKT_TRY(write_context(&bound, context, ephemeral, seal->public_, err));
    *n = total - TAG;
    bool good = agree(seal->key, ephemeral, secret) && expand(secret, &bound, key) &&
                crypt(key, &bound, sealed, *n, sealed + *n, false);
    OPENSSL_cleanse(secret, sizeof secret);
    OPENSSL_cleanse(key, sizeof key);
    if (!good)
        return mkt_err_set(err, MKT_E_AUTH, "the message was sealed for another, or was changed");
    *bytes = (char *)sealed;
    return MKT_OK;
}
