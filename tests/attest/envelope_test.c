/* Secure messages: ours open, the origin's open, and each thing that the origin lets pass does not. */
#include "attest/envelope.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "attest/hex.h"

#define NOW_US ((int64_t)1767182400 * 1000000 + 250000)

static char folder[] = "/tmp/mkt-envelope-XXXXXX";
static struct mkt_keys *finance, *stranger;
static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_peer peer;
static struct mkt_envelope_policy policy;
static struct mkt_envelope envelope;

static int open_all(void **state)
{
    (void)state;
    char path[64];
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/other", folder);
    return mkt_keys_open(folder, &finance, &err) || mkt_keys_open(path, &stranger, &err) ||
           mkt_arena_open(&arena, (size_t)64 << 20, &err);
}

static int close_all(void **state)
{
    (void)state;
    char command[64];
    mkt_keys_close(finance);
    mkt_keys_close(stranger);
    mkt_arena_close(&arena);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static int begin(void **state)
{
    (void)state;
    mkt_arena_reset(&arena, 1 << 20);
    mkt_err_clear(&err);
    peer = (struct mkt_peer){.id = "finance-agent-acme", .key = *mkt_keys_public(finance)};
    policy = (struct mkt_envelope_policy){
        .self = "marketing-agent-acme", .peer = &peer, .peers = 1, .now_us = NOW_US};
    return 0;
}

static char *message(const struct mkt_keys *keys, const char *to, int64_t sent, const char *payload)
{
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    if (mkt_envelope_write(&arena, keys, "finance-agent-acme", to, "collaboration_request", sent,
                           "00112233445566778899aabbccddeeff", payload, &out, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return out.data;
}

static mkt_status open_text(const char *text)
{
    mkt_err_clear(&err);
    return mkt_envelope_open(&arena, text, strlen(text), &policy, &envelope, &err);
}

static char *good(void)
{
    return message(finance, policy.self, NOW_US - 1000000,
                   "{\"task_description\": \"Q4 ROI f\xc3\xbcr alle\", \"context\": {\"budget\": "
                   "1000000.0, \"big\": 1e22, \"n\": 123456789012345678901234567890}}");
}

/* `text` with the first `from` replaced. */
static char *with(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    return mkt_arena_printf(&arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void a_message_opens(void **state)
{
    (void)state;
    if (open_text(good()) != MKT_OK) fail_msg("%s", err.text);
    assert_string_equal(envelope.sender, "finance-agent-acme");
    assert_string_equal(envelope.type, "collaboration_request");
    assert_string_equal(envelope.nonce, "00112233445566778899aabbccddeeff");
    assert_int_equal(envelope.sent_us, NOW_US - 1000000);
    assert_true(envelope.pinned);
    assert_false(envelope.encrypted);
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    mkt_pyjson_write(&out, envelope.payload);
    assert_string_equal(out.data,
                        "{\"context\": {\"big\": 1e+22, \"budget\": 1000000.0, \"n\": "
                        "123456789012345678901234567890}, \"task_description\": \"Q4 ROI f\\u00fcr "
                        "alle\"}");
}

static void however_it_is_written(void **state)
{
    (void)state;
    /* other spaces, other notation, the key twice with the last as signed: the same message */
    char *text = with(good(), "\"message_type\": ", "\"message_type\":\n");
    text = with(text, "1e+22", "10000000000000000000000.0");
    text =
        with(text, "\"nonce\": ", "\"nonce\": \"ffffffffffffffffffffffffffffffff\", \"nonce\": ");
    if (open_text(text) != MKT_OK) fail_msg("%s", err.text);
}

static void what_was_changed_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } change[] = {{"1000000.0", "1000000"},
                  {"1000000.0", "1000001.0"},
                  {"\"nonce\": \"00", "\"nonce\": \"01"},
                  {"collaboration_request", "collaboration_response"},
                  {"\"sender_id\": \"finance", "\"sender_id\": \"financf"},
                  {"\\u00fc", "u"},
                  {"\"signature\": \"", "\"signature\": \"AAAA"},
                  {"PUBLIC KEY", "PRIVATE KEY"}};
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        assert_int_equal(open_text(with(good(), change[i].from, change[i].to)), MKT_E_AUTH);
        assert_string_equal(err.text, "invalid message signature");
    }
}

static void who_it_is_counts(void **state)
{
    (void)state;
    char *text = message(stranger, policy.self, NOW_US, "{}");
    assert_int_equal(open_text(text), MKT_E_AUTH);
    assert_string_equal(err.text, "the sender is known by another key");
    policy.open_to_all = true; /* does not loosen a pin */
    assert_int_equal(open_text(text), MKT_E_AUTH);
    policy.peers = 0;
    assert_int_equal(open_text(text), MKT_OK);
    assert_false(envelope.pinned);
    policy.open_to_all = false;
    assert_int_equal(open_text(text), MKT_E_AUTH);
    assert_string_equal(err.text, "unknown sender");
    begin(NULL);
    assert_int_equal(open_text(message(finance, "sales-agent-acme", NOW_US, "{}")),
                     MKT_E_FORBIDDEN);
}

static void a_peer_may_have_two_keys(void **state)
{
    (void)state;
    struct mkt_peer both[] = {{"finance-agent-acme", *mkt_keys_public(finance)},
                              {"finance-agent-acme", *mkt_keys_public(stranger)}};
    policy.peer = both;
    policy.peers = 2;
    assert_int_equal(open_text(message(stranger, policy.self, NOW_US, "{}")), MKT_OK);
    assert_true(envelope.pinned);
}

static void time_counts(void **state)
{
    (void)state;
    assert_int_equal(open_text(message(finance, policy.self, NOW_US, "{}")), MKT_OK);
    assert_int_equal(open_text(message(finance, policy.self, NOW_US + 1, "{}")), MKT_E_AUTH);
    assert_int_equal(open_text(message(finance, policy.self, NOW_US - 300000000, "{}")), MKT_OK);
    assert_int_equal(open_text(message(finance, policy.self, NOW_US - 300000001, "{}")),
                     MKT_E_AUTH);
    assert_string_equal(err.text, "the message is stale, or its time lies ahead");
    int64_t us;
    char text[40];
    assert_true(mkt_envelope_read_time("2025-12-31T12:00:00.250000Z", &us));
    assert_int_equal(us, NOW_US);
    mkt_envelope_write_time(NOW_US, text);
    assert_string_equal(text, "2025-12-31T12:00:00.250000Z");
    mkt_envelope_write_time(NOW_US - 250000, text);
    assert_string_equal(text, "2025-12-31T12:00:00Z");
    assert_true(mkt_envelope_read_time("2025-12-31T12:00:00.5+00:00", &us));
    static const char *const none[] = {"",
                                       "2025-12-31",
                                       "2025-12-31T12:00:00",
                                       "2025-02-30T12:00:00Z",
                                       "2025-12-31T25:00:00Z",
                                       "2025-12-31T12:00:00.1x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(mkt_envelope_read_time(none[i], &us));
}

static void what_is_no_envelope(void **state)
{
    (void)state;
    static const char *const none[] = {
        "", "{}", "[]", "{\"message\": 1}", "{\"encrypted\": false, \"message\": {}}", "nonsense"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(open_text(none[i]), MKT_E_SYNTAX);
    assert_int_equal(open_text(with(good(), "00112233445566778899aabbccddeeff", "short")),
                     MKT_E_SYNTAX);
}

/* The origin's encryption: AES-256-GCM with its key beside it; the signature is over the text as
 * it is decrypted. */
static void encryption_that_hides_nothing(void **state)
{
    (void)state;
    const char *plain = mkt_arena_printf(
        &arena,
        "{\"sender_id\":\"finance-agent-acme\",\"recipient_id\":\"%s\",\"message_type\":"
        "\"collaboration_request\",\"timestamp\":\"2025-12-31T12:00:00Z\",\"nonce\":"
        "\"00112233445566778899aabbccddeeff\",\"payload\":{\"a\":1}}",
        policy.self);
    unsigned char key[32] = {1}, iv[12] = {2}, cipher[1024], tag[16], signature[64];
    int n = 0, last = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, iv);
    EVP_EncryptUpdate(ctx, cipher, &n, (const unsigned char *)plain, (int)strlen(plain));
    EVP_EncryptFinal_ex(ctx, cipher + n, &last);
    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, tag);
    EVP_CIPHER_CTX_free(ctx);
    char *box = mkt_arena_printf(
        &arena, "{\"key\": \"%s\", \"iv\": \"%s\", \"ciphertext\": \"%s\", \"tag\": \"%s\"}",
        mkt_hex_write_base64(&arena, key, 32), mkt_hex_write_base64(&arena, iv, 12),
        mkt_hex_write_base64(&arena, cipher, (size_t)n), mkt_hex_write_base64(&arena, tag, 16));
    char pem[MKT_KEYS_PEM];
    assert_int_equal(mkt_keys_sign(finance, plain, strlen(plain), signature, &err), MKT_OK);
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    mkt_buf_printf(&out,
                   "{\"encrypted\": true, \"encrypted_payload\": \"%s\", \"signature\": \"%s\", "
                   "\"sender_public_key\": ",
                   mkt_hex_write_base64(&arena, box, strlen(box)),
                   mkt_hex_write_base64(&arena, signature, 64));
    mkt_pyjson_write_string(&out, mkt_keys_pem(mkt_keys_public(finance), pem));
    mkt_buf_str(&out, "}");
    assert_int_equal(open_text(out.data), MKT_E_FORBIDDEN);
    policy.weak_encryption = true;
    if (open_text(out.data) != MKT_OK) fail_msg("%s", err.text);
    assert_true(envelope.encrypted);
    assert_int_equal(open_text(with(out.data, "\"signature\": \"", "\"signature\": \"AAAA")),
                     MKT_E_AUTH);
    assert_int_equal(
        open_text(with(out.data, "\"encrypted_payload\": \"", "\"encrypted_payload\": \"AAAA")),
        MKT_E_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_message_opens, begin),
        cmocka_unit_test_setup(however_it_is_written, begin),
        cmocka_unit_test_setup(what_was_changed_is_refused, begin),
        cmocka_unit_test_setup(who_it_is_counts, begin),
        cmocka_unit_test_setup(a_peer_may_have_two_keys, begin),
        cmocka_unit_test_setup(time_counts, begin),
        cmocka_unit_test_setup(what_is_no_envelope, begin),
        cmocka_unit_test_setup(encryption_that_hides_nothing, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
