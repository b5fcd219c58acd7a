#include "attest/envelope.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "attest/hex.h"
#include "base/clock.h"
#include "base/date.h"

static const struct mkt_json_limits limits = {
    .bytes = (size_t)8 << 20, .depth = 32, .values = 500000};

bool mkt_envelope_read_time(const char *text, int64_t *out_us)
{
    int year, month, day, hour, minute, second, at = 0;
    int64_t micros = 0;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
               &at) != 6 ||
        at != 19 || !mkt_date_valid(year, month, day) || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 60)
        return false;
    text += at;
    if (*text == '.') {
        int64_t unit = 100000;
        for (text++; *text >= '0' && *text <= '9' && unit; text++, unit /= 10)
            micros += (*text - '0') * unit;
    }
    if (strcmp(text, "Z") != 0 && strcmp(text, "+00:00") != 0) return false;
    *out_us =
        ((int64_t)mkt_date_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) *
            1000000 +
        micros;
    return true;
}

void mkt_envelope_write_time(int64_t us, char out[40])
{
    size_t n = strlen(mkt_clock_text(us / 1000000, out));
    if (us % 1000000) n += (size_t)snprintf(out + n, 16, ".%06d", (int)(us % 1000000));
    strcpy(out + n, "Z");
}

static mkt_status not_one(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_SYNTAX, "this is not a secure message");
}

/* One part of the origin's encryption, unpacked from base64. */
static mkt_status sealed_part(struct mkt_arena *arena, const struct mkt_pyvalue *box,
                              const char *name, unsigned char **out, size_t *n, struct mkt_err *err)
{
    const char *text = mkt_pyjson_text(mkt_pyjson_member(box, name));
    struct mkt_err inner = {0};
    if (!text) return not_one(err);
    mkt_status status = mkt_hex_read_base64(arena, text, strlen(text), out, n, &inner);
    return status == MKT_E_NOMEM ? mkt_err_set(err, status, "%s", inner.text)
           : status == MKT_OK    ? MKT_OK
                                 : not_one(err);
}

static bool decrypt(const unsigned char *key, const unsigned char *iv, unsigned char *text,
                    size_t n, unsigned char *tag)
{
    int length = 0, last = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool good = ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, iv) == 1 &&
                EVP_DecryptUpdate(ctx, text, &length, text, (int)n) == 1 &&
                EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, 16, tag) == 1 &&
                EVP_DecryptFinal_ex(ctx, text + length, &last) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return good;
}

/* The text that the origin's encryption carries, with its own key beside it. */
static mkt_status open_weak(struct mkt_arena *arena, const struct mkt_pyvalue *whole,
                            const char **text, size_t *n, struct mkt_err *err)
{
    const char *packed = mkt_pyjson_text(mkt_pyjson_member(whole, "encrypted_payload"));
    unsigned char *json = NULL, *key = NULL, *iv = NULL, *cipher = NULL, *tag = NULL;
    size_t bytes = 0, key_n = 0, iv_n = 0, tag_n = 0;
    struct mkt_pyvalue *box = NULL;
    struct mkt_err inner = {0};
    if (!packed) return not_one(err);
    mkt_status status = mkt_hex_read_base64(arena, packed, strlen(packed), &json, &bytes, &inner);
    if (status == MKT_OK)
        status = mkt_pyjson_read(arena, (const char *)json, bytes, &limits, &box, &inner);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", inner.text);
    if (status != MKT_OK) return not_one(err);
    MKT_TRY(sealed_part(arena, box, "key", &key, &key_n, err));
    MKT_TRY(sealed_part(arena, box, "iv", &iv, &iv_n, err));
    MKT_TRY(sealed_part(arena, box, "tag", &tag, &tag_n, err));
    MKT_TRY(sealed_part(arena, box, "ciphertext", &cipher, n, err));
    if (key_n != 32 || iv_n != 12 || tag_n != 16 || !decrypt(key, iv, cipher, *n, tag))
        return mkt_err_set(err, MKT_E_AUTH, "invalid message signature");
    *text = (const char *)cipher;
    return MKT_OK;
}

/* The message as a tree, and the bytes that were signed. */
static mkt_status open_message(struct mkt_arena *arena, const struct mkt_pyvalue *whole,
                               const struct mkt_envelope_policy *policy, struct mkt_envelope *out,
                               const struct mkt_pyvalue **message, const char **text, size_t *n,
                               struct mkt_err *err)
{
    out->encrypted = mkt_pyjson_is_true(mkt_pyjson_member(whole, "encrypted"));
    if (out->encrypted) {
        struct mkt_pyvalue *inner = NULL;
        if (!policy->weak_encryption)
            return mkt_err_set(err, MKT_E_FORBIDDEN,
                               "this encryption sends its key along and is not accepted");
        MKT_TRY(open_weak(arena, whole, text, n, err));
        MKT_TRY(mkt_pyjson_read(arena, *text, *n, &limits, &inner, err));
        *message = inner;
        return mkt_pyjson_is_object(inner) ? MKT_OK : not_one(err);
    }
    struct mkt_buf canonical;
    *message = mkt_pyjson_member(whole, "message");
    if (!mkt_pyjson_is_object(*message)) return not_one(err);
    mkt_buf_init(&canonical, arena);
    mkt_pyjson_write(&canonical, *message);
    MKT_TRY(mkt_buf_check(&canonical, err));
    *text = canonical.data;
    *n = canonical.length;
    return MKT_OK;
}

static mkt_status check_sender(struct mkt_arena *arena, const struct mkt_pyvalue *whole,
                               const struct mkt_envelope_policy *policy, const char *text, size_t n,
                               struct mkt_envelope *out, struct mkt_err *err)
{
    const char *pem = mkt_pyjson_text(mkt_pyjson_member(whole, "sender_public_key"));
    const char *base64 = mkt_pyjson_text(mkt_pyjson_member(whole, "signature"));
    unsigned char *signature = NULL;
    size_t length = 0;
    struct mkt_err inner = {0};
    mkt_status status =
        base64 ? mkt_hex_read_base64(arena, base64, strlen(base64), &signature, &length, &inner)
               : MKT_E_SYNTAX;
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", inner.text);
    if (status != MKT_OK || length != MKT_KEYS_SIGNATURE || !pem ||
        !mkt_keys_read_pem(pem, strlen(pem), &out->key) ||
        !mkt_keys_verify(&out->key, text, n, signature))
        return mkt_err_set(err, MKT_E_AUTH, "invalid message signature");
    for (size_t i = 0; i < policy->peers; i++)
        if (strcmp(policy->peer[i].id, out->sender) == 0) {
            if (memcmp(policy->peer[i].key.raw, out->key.raw, MKT_KEYS_PUBLIC) == 0) {
                out->pinned = true;
                return MKT_OK;
            }
        }
    for (size_t i = 0; i < policy->peers; i++)
        if (strcmp(policy->peer[i].id, out->sender) == 0)
            return mkt_err_set(err, MKT_E_AUTH, "the sender is known by another key");
    return policy->open_to_all ? MKT_OK : mkt_err_set(err, MKT_E_AUTH, "unknown sender");
}

/* The sealed envelope in place of the outer one. */
static mkt_status unseal(struct mkt_arena *arena, struct mkt_pyvalue **whole,
                         const struct mkt_envelope_policy *policy, struct mkt_seal_context *context,
                         struct mkt_err *err)
{
    char *bytes;
    size_t n;
    if (!policy->seal)
        return mkt_err_set(err, MKT_E_FORBIDDEN, "sealed messages are not opened here");
    MKT_TRY(mkt_seal_read(arena, policy->seal, *whole, context, &bytes, &n, err));
    MKT_TRY(mkt_pyjson_read(arena, bytes, n, &limits, whole, err));
    return mkt_pyjson_is_true(mkt_pyjson_member(*whole, "encrypted")) ? not_one(err) : MKT_OK;
}

/* What a sealed message says outside is what the envelope in it says. */
static bool agrees(const struct mkt_envelope *e, const struct mkt_seal_context *context)
{
    return !e->sealed ||
           (strcmp(e->sender, context->sender) == 0 && strcmp(e->nonce, context->nonce) == 0 &&
            strcmp(e->recipient, context->recipient) == 0);
}

static mkt_status read_members(const struct mkt_pyvalue *message, struct mkt_envelope *out,
                               struct mkt_err *err)
{
    const char *sent = mkt_pyjson_text(mkt_pyjson_member(message, "timestamp"));
    out->sender = mkt_pyjson_text(mkt_pyjson_member(message, "sender_id"));
    out->recipient = mkt_pyjson_text(mkt_pyjson_member(message, "recipient_id"));
    out->type = mkt_pyjson_text(mkt_pyjson_member(message, "message_type"));
    out->nonce = mkt_pyjson_text(mkt_pyjson_member(message, "nonce"));
    out->payload = mkt_pyjson_member(message, "payload");
    if (!sent || !out->sender || !out->recipient || !out->type || !out->nonce || !out->payload ||
        strlen(out->nonce) < 16 || strlen(out->nonce) > 128 || strlen(out->sender) > 256)
        return not_one(err);
    if (!mkt_envelope_read_time(sent, &out->sent_us)) out->sent_us = INT64_MIN;
    return MKT_OK;
}

mkt_status mkt_envelope_open(struct mkt_arena *arena, const char *bytes, size_t n,
                             const struct mkt_envelope_policy *policy, struct mkt_envelope *out,
                             struct mkt_err *err)
{
    struct mkt_pyvalue *whole;
    const struct mkt_pyvalue *message = NULL;
    struct mkt_seal_context context = {0};
    const char *text = NULL;
    size_t length = 0;
    *out = (struct mkt_envelope){0};
    MKT_TRY(mkt_pyjson_read(arena, bytes, n, &limits, &whole, err));
    bool sealed = mkt_seal_is_one(whole);
    if (sealed) MKT_TRY(unseal(arena, &whole, policy, &context, err));
    MKT_TRY(open_message(arena, whole, policy, out, &message, &text, &length, err));
    MKT_TRY(read_members(message, out, err));
    out->sealed = sealed;
    if (!agrees(out, &context)) return not_one(err);
    MKT_TRY(check_sender(arena, whole, policy, text, length, out, err));
    out->verified = true;
    MKT_TRY(mkt_hash_bytes(text, length, out->digest, err));
    if (strcmp(out->recipient, policy->self) != 0)
        return mkt_err_set(err, MKT_E_FORBIDDEN, "the message is for another agent");
    if (out->sent_us == INT64_MIN || out->sent_us > policy->now_us ||
        policy->now_us - out->sent_us > (int64_t)MKT_ENVELOPE_WINDOW_S * 1000000)
        return mkt_err_set(err, MKT_E_AUTH, "the message is stale, or its time lies ahead");
    return MKT_OK;
}

/* The bytes that are signed: the members in the order in which the keys are sorted. */
static mkt_status write_message(const char *sender, const char *recipient, const char *type,
                                int64_t now_us, const char *nonce, const char *payload,
                                size_t bytes, struct mkt_buf *out, struct mkt_err *err)
{
    char time_[40];
    mkt_envelope_write_time(now_us, time_);
    mkt_buf_str(out, "{\"message_type\": ");
    mkt_pyjson_write_string(out, type);
    mkt_buf_str(out, ", \"nonce\": ");
    mkt_pyjson_write_string(out, nonce);
    mkt_buf_str(out, ", \"payload\": ");
    mkt_buf_add(out, payload, bytes);
    mkt_buf_str(out, ", \"recipient_id\": ");
    mkt_pyjson_write_string(out, recipient);
    mkt_buf_str(out, ", \"sender_id\": ");
    mkt_pyjson_write_string(out, sender);
    mkt_buf_printf(out, ", \"timestamp\": \"%s\"}", time_);
    return mkt_buf_check(out, err);
}

static mkt_status make_nonce(struct mkt_arena *arena, const char **out, struct mkt_err *err)
{
    unsigned char random[16];
    if (RAND_bytes(random, sizeof random) != 1)
        return mkt_err_set(err, MKT_E_INTERNAL, "the system gives no random bytes");
    *out = mkt_hex_write(arena, random, sizeof random);
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

mkt_status mkt_envelope_write_canonical(struct mkt_arena *arena, const struct mkt_keys *keys,
                                        const char *sender, const char *recipient, const char *type,
                                        int64_t now_us, const char *nonce, const char *payload,
                                        size_t bytes, struct mkt_buf *out,
                                        char digest[MKT_SHA256_TEXT], struct mkt_err *err)
{
    static const char before[] = "{\"encrypted\": false, \"message\": ";
    unsigned char signature[MKT_KEYS_SIGNATURE];
    char pem[MKT_KEYS_PEM], fingerprint[MKT_KEYS_FINGERPRINT];
    if (!nonce) MKT_TRY(make_nonce(arena, &nonce, err));
    mkt_buf_str(out, before);
    size_t start = out->length;
    MKT_TRY(write_message(sender, recipient, type, now_us, nonce, payload, bytes, out, err));
    size_t length = out->length - start;
    MKT_TRY(mkt_keys_sign(keys, out->data + start, length, signature, err));
    if (digest) MKT_TRY(mkt_hash_bytes(out->data + start, length, digest, err));
    const char *base64 = mkt_hex_write_base64(arena, signature, sizeof signature);
    if (!base64) return mkt_arena_full(arena, err);
    mkt_buf_printf(out, ", \"signature\": \"%s\", \"sender_public_key\": ", base64);
    mkt_pyjson_write_string(out, mkt_keys_pem(mkt_keys_public(keys), pem));
    mkt_buf_printf(out, ", \"sender_fingerprint\": \"%s\"}",
                   mkt_keys_fingerprint(mkt_keys_public(keys), fingerprint));
    return mkt_buf_check(out, err);
}

mkt_status mkt_envelope_write(struct mkt_arena *arena, const struct mkt_keys *keys,
                              const char *sender, const char *recipient, const char *type,
                              int64_t now_us, const char *nonce, const char *payload,
                              struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_pyvalue *value;
    struct mkt_buf canonical;
    MKT_TRY(mkt_pyjson_read(arena, payload, strlen(payload), &limits, &value, err));
    mkt_buf_init(&canonical, arena);
    mkt_pyjson_write(&canonical, value);
    MKT_TRY(mkt_buf_check(&canonical, err));
    return mkt_envelope_write_canonical(arena, keys, sender, recipient, type, now_us, nonce,
                                        canonical.data, canonical.length, out, NULL, err);
}
