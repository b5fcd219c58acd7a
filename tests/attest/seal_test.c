/* What is sealed opens for its recipient alone, and only as it was sent. The vectors are computed by
 * Python's cryptography from the words of the header. */
#include "attest/seal.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "attest/envelope.h"
#include "attest/hex.h"
#include "attest/key_file.h"

#define NOW_US (INT64_C(1767182400) * 1000000)

static char folder[] = "/tmp/mkt-seal-XXXXXX";
static struct mkt_arena arena;
static struct mkt_seal *seal, *other;
static struct mkt_keys *finance;
static struct mkt_err err;
static unsigned char counting[32]; /* 0, 1, 2, ... */
static const struct mkt_seal_context context = {.sender = "finance-agent-acme",
                                                .recipient = "marketing-agent-acme",
                                                .nonce = "00112233445566778899aabbccddeeff"};

/* The key of the vectors: 100, 101, 102, ... */
static bool write_known(const char *path)
{
    unsigned char raw[32];
    for (int i = 0; i < 32; i++) raw[i] = (unsigned char)(100 + i);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, raw, sizeof raw);
    bool good = key && mkt_key_file_write_private(path, key, &err) == MKT_OK;
    EVP_PKEY_free(key);
    return good;
}

static int open_all(void **state)
{
    (void)state;
    char path[64];
    if (!mkdtemp(folder)) return -1;
    for (int i = 0; i < 32; i++) counting[i] = (unsigned char)i;
    snprintf(path, sizeof path, "%s/seal_private_key.pem", folder);
    if (!write_known(path) || mkt_seal_open(folder, &seal, &err) != MKT_OK) return -1;
    snprintf(path, sizeof path, "%s/other", folder);
    return mkt_keys_open(path, &finance, &err) || mkt_seal_open(path, &other, &err) ||
           mkt_arena_open(&arena, (size_t)64 << 20, &err);
}

static int close_all(void **state)
{
    (void)state;
    char command[64];
    mkt_seal_close(seal);
    mkt_seal_close(other);
    mkt_keys_close(finance);
    mkt_arena_close(&arena);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static int begin(void **state)
{
    (void)state;
    mkt_arena_reset(&arena, 1 << 20);
    mkt_err_clear(&err);
    return 0;
}

static char *sealed(const struct mkt_seal_context *c, const char *text, bool known)
{
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    if (mkt_seal_write(&arena, mkt_seal_public(seal), c, text, strlen(text),
                       known ? counting : NULL, &out, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return out.data;
}

static mkt_status opened(const struct mkt_seal *with, const char *text, char **bytes, size_t *n)
{
    struct mkt_pyvalue *outer;
    struct mkt_seal_context c;
    const struct mkt_json_limits limits = {1 << 20, 8, 100};
    mkt_err_clear(&err);
    mkt_status status = mkt_pyjson_read(&arena, text, strlen(text), &limits, &outer, &err);
    if (status != MKT_OK) return status;
    assert_true(mkt_seal_is_one(outer));
    return mkt_seal_read(&arena, with, outer, &c, bytes, n, &err);
}

static void as_another_implementation_says(void **state)
{
    (void)state;
    assert_string_equal(mkt_hex_write_base64(&arena, mkt_seal_public(seal), 32),
                        "fZwkMWU5glwYluV/KBl3Rnk85gy+461H2p0HuF+lXio=");
    assert_string_equal(
        sealed(&context, "Q4 f\xc3\xbcr alle", true),
        "{\"encrypted\": true, \"encryption\": \"x25519-hkdf-sha256-aes-256-gcm\", "
        "\"sender_id\": \"finance-agent-acme\", \"recipient_id\": \"marketing-agent-acme\", "
        "\"nonce\": \"00112233445566778899aabbccddeeff\", \"ephemeral_public_key\": "
        "\"j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8=\", \"encrypted_payload\": "
        "\"0ZdXNfimKcZ+IVZMpalx6MIXw1zNxZS+4xxlKg==\"}");
    const struct mkt_seal_context odd = {"a\xc3\xa9", "b", "0000000000000000"};
    assert_non_null(strstr(sealed(&odd, "", true), "\"0iTijxRr1vLiXv/22s4Eow==\""));
}

static void it_opens_for_its_recipient_alone(void **state)
{
    (void)state;
    char *bytes, *text = sealed(&context, "{\"a\": 1}", false);
    size_t n;
    if (opened(seal, text, &bytes, &n) != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(n, 8);
    assert_memory_equal(bytes, "{\"a\": 1}", 8);
    assert_null(strstr(text, "\"a\""));
    assert_int_equal(opened(other, text, &bytes, &n), MKT_E_AUTH);
    /* every message has a key of its own */
    assert_string_not_equal(text, sealed(&context, "{\"a\": 1}", false));
}

static void any_change_is_found(void **state)
{
    (void)state;
    char *bytes, *text = sealed(&context, "figures", false);
    size_t n, changed = 0;
    char *values = strstr(text, "\"sender_id\"");
    for (char *at = values; *at; at++) {
        char was = *at;
        size_t mark = mkt_arena_mark(&arena);
        *at = was == 'A' ? 'B' : 'A';
        struct mkt_pyvalue *outer;
        struct mkt_seal_context c;
        const struct mkt_json_limits limits = {1 << 20, 8, 100};
        mkt_err_clear(&err);
        if (mkt_pyjson_read(&arena, text, strlen(text), &limits, &outer, &err) == MKT_OK) {
            mkt_err_clear(&err);
            mkt_status status = mkt_seal_read(&arena, seal, outer, &c, &bytes, &n, &err);
            assert_true(status == MKT_E_AUTH || status == MKT_E_SYNTAX);
            changed += status == MKT_E_AUTH;
        }
        *at = was;
        mkt_arena_release(&arena, mark);
    }
    assert_true(changed > 100);
    assert_int_equal(opened(seal, text, &bytes, &n), MKT_OK);
}

static void a_key_that_is_none_is_refused(void **state)
{
    (void)state;
    static const unsigned char zero[32], one[32] = {1};
    struct mkt_buf out;
    char *bytes, *text;
    size_t n;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_seal_write(&arena, zero, &context, "x", 1, NULL, &out, &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_seal_write(&arena, one, &context, "x", 1, NULL, &out, &err), MKT_E_ARG);
    /* the same from outside */
    text = sealed(&context, "x", true);
    char *at = strstr(text, "j0DFrbaP");
    memcpy(at, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 44);
    assert_int_equal(opened(seal, text, &bytes, &n), MKT_E_AUTH);
}

static char *envelope(const struct mkt_seal_context *outside, const char *recipient)
{
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    if (mkt_envelope_write(&arena, finance, "finance-agent-acme", recipient,
                           "collaboration_request", NOW_US - 1, context.nonce, "{\"x\": 1}", &out,
                           &err) != MKT_OK)
        fail_msg("%s", err.text);
    return sealed(outside, out.data, false);
}

static mkt_status open_envelope(const char *text, const struct mkt_seal *with,
                                struct mkt_envelope *out)
{
    const struct mkt_peer peer = {.id = "finance-agent-acme", .key = *mkt_keys_public(finance)};
    const struct mkt_envelope_policy policy = {
        .self = "marketing-agent-acme", .peer = &peer, .peers = 1, .now_us = NOW_US, .seal = with};
    mkt_err_clear(&err);
    return mkt_envelope_open(&arena, text, strlen(text), &policy, out, &err);
}

static void an_envelope_travels_sealed(void **state)
{
    (void)state;
    struct mkt_envelope e;
    if (open_envelope(envelope(&context, context.recipient), seal, &e) != MKT_OK)
        fail_msg("%s", err.text);
    assert_true(e.sealed && e.verified && e.pinned && !e.encrypted);
    assert_string_equal(e.nonce, context.nonce);
    assert_int_equal(open_envelope(envelope(&context, context.recipient), NULL, &e),
                     MKT_E_FORBIDDEN);
    assert_int_equal(open_envelope(envelope(&context, context.recipient), other, &e), MKT_E_AUTH);
    assert_false(e.verified);
}

static void outside_and_inside_must_agree(void **state)
{
    (void)state;
    struct mkt_envelope e;
    struct mkt_seal_context c = context;
    c.sender = "sales-agent-acme";
    assert_int_equal(open_envelope(envelope(&c, context.recipient), seal, &e), MKT_E_SYNTAX);
    c = context;
    c.nonce = "ffffffffffffffffffffffffffffffff";
    assert_int_equal(open_envelope(envelope(&c, context.recipient), seal, &e), MKT_E_SYNTAX);
    /* a message to another, sealed anew for us */
    assert_int_equal(open_envelope(envelope(&context, "sales-agent-acme"), seal, &e), MKT_E_SYNTAX);
    c = context;
    c.recipient = "sales-agent-acme";
    assert_int_equal(open_envelope(envelope(&c, "sales-agent-acme"), seal, &e), MKT_E_FORBIDDEN);
    /* sealed in sealed, and the origin's encryption in sealed, are no envelopes */
    assert_int_equal(open_envelope(sealed(&context, sealed(&context, "x", false), false), seal, &e),
                     MKT_E_SYNTAX);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    struct mkt_envelope e;
    char *kept = strdup(envelope(&context, context.recipient));
    for (size_t at = 1;; at++) {
        mkt_arena_reset(&arena, 1 << 20);
        arena.fail_at = at;
        mkt_status status = open_envelope(kept, seal, &e);
        arena.fail_at = 0;
        if (status == MKT_OK) break;
        assert_int_equal(status, MKT_E_NOMEM);
        assert_true(at < 1000);
    }
    free(kept);
}

static void a_weak_key_is_known(void **state)
{
    (void)state;
    unsigned char key[MKT_SEAL_KEY] = {0};
    assert_true(mkt_seal_is_weak(key));
    key[31] = 0x80; /* a bit that is not looked at */
    assert_true(mkt_seal_is_weak(key));
    key[0] = 1;
    assert_true(mkt_seal_is_weak(key));
    key[0] = 9;
    assert_false(mkt_seal_is_weak(key));
    assert_false(mkt_seal_is_weak(mkt_seal_public(other)));
}

static void the_key_is_its_owners(void **state)
{
    (void)state;
    char path[64];
    struct stat st;
    struct mkt_seal *again = NULL;
    snprintf(path, sizeof path, "%s/other/seal_private_key.pem", folder);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/other", folder);
    assert_int_equal(mkt_seal_open(path, &again, &err), MKT_OK);
    assert_memory_equal(mkt_seal_public(again), mkt_seal_public(other), 32);
    mkt_seal_close(again);
    snprintf(path, sizeof path, "%s/other/seal_private_key.pem", folder);
    assert_int_equal(chmod(path, 0640), 0);
    snprintf(path, sizeof path, "%s/other", folder);
    assert_int_equal(mkt_seal_open(path, &again, &err), MKT_E_FORBIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(as_another_implementation_says, begin),
        cmocka_unit_test_setup(it_opens_for_its_recipient_alone, begin),
        cmocka_unit_test_setup(any_change_is_found, begin),
        cmocka_unit_test_setup(a_key_that_is_none_is_refused, begin),
        cmocka_unit_test_setup(an_envelope_travels_sealed, begin),
        cmocka_unit_test_setup(outside_and_inside_must_agree, begin),
        cmocka_unit_test_setup(every_allocation_fails_once, begin),
        cmocka_unit_test_setup(a_weak_key_is_known, begin),
        cmocka_unit_test_setup(the_key_is_its_owners, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
