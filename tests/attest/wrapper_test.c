/* What the origin's hub is shown: its own names, the real quote beside them, and in development mode
 * a wrapper that nobody can take for a quote; and the attestation object of signed answers. */
#include "attest/wrapper.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "attest/claim.h"
#include "attest/evidence.h"
#include "attest/hierarchy.h"
#include "base/hash.h"

static struct vendor vendor;
static struct made_quote quote;
static struct mkt_public_key key;
static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_tee_evidence evidence;

static int open_all(void **state)
{
    (void)state;
    char *hex;
    open_vendor(&vendor);
    memset(key.raw, 0x5a, sizeof key.raw);
    make_quote(&vendor, 4, &quote);
    if (mkt_arena_open(&arena, (size_t)16 << 20, &err) != MKT_OK) return -1;
    hex = mkt_hex_write(&arena, quote.bytes + quote.body + 136, 48);
    evidence = (struct mkt_tee_evidence){.tee = "tdx",
                                         .source = "dstack",
                                         .quote = quote.bytes,
                                         .quote_bytes = quote.n,
                                         .event_log = "[]",
                                         .event_log_bytes = 2,
                                         .taken = NOW,
                                         .measured = {{"mrtd", hex}},
                                         .measures = 1};
    memcpy(evidence.report_data, key.raw, 32);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    close_vendor(&vendor);
    mkt_arena_close(&arena);
    return 0;
}

static struct mkt_value *unwrapped(const char *wrapper)
{
    static const struct mkt_json_limits limits = {.bytes = 1 << 20, .depth = 8, .values = 100};
    unsigned char *bytes;
    size_t n;
    struct mkt_value *whole;
    assert_non_null(wrapper);
    assert_int_equal(mkt_hex_read_base64(&arena, wrapper, strlen(wrapper), &bytes, &n, &err),
                     MKT_OK);
    if (mkt_json_read_value(&arena, (char *)bytes, n, &limits, &whole, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return whole;
}

/* What the hub reads: all of these, or it answers 400. */
static void has_the_hubs_names(const struct mkt_value *whole)
{
    static const char *const body[] = {"mr_enclave", "mr_signer", "isv_prod_id", "isv_svn",
                                       "report_data"};
    const struct mkt_value *report = mkt_json_read_member(whole, "report_body");
    assert_non_null(mkt_json_read_member(whole, "version"));
    assert_non_null(mkt_json_read_member(whole, "signature"));
    for (size_t i = 0; i < 5; i++) assert_non_null(mkt_json_read_member(report, body[i]));
    /* naive: an aware time is an error there */
    assert_string_equal(mkt_json_read_member(whole, "timestamp")->text, "2023-11-14T22:13:20");
}

static void with_evidence_the_quote_is_in_it(void **state)
{
    (void)state;
    struct mkt_evidence read;
    struct mkt_verdict verdict;
    struct mkt_policy policy = {.time = NOW, .root = vendor.root_hash};
    char *wrapper = mkt_wrapper_write(&arena, &key, &evidence, NOW);
    has_the_hubs_names(unwrapped(wrapper));
    mkt_err_clear(&err);
    if (mkt_evidence_read(&arena, wrapper, strlen(wrapper), &read, &err) != MKT_OK)
        fail_msg("%s", err.text);
    assert_int_equal(read.n, quote.n);
    assert_memory_equal(read.bytes, quote.bytes, quote.n);
    assert_string_equal(read.event_log, "[]");
    read.event_log = NULL;
    assert_int_equal(mkt_evidence_verify(&arena, &read, NULL, &policy, &verdict, &err), MKT_OK);
    assert_false(verdict.failed);
}

static void without_any_it_says_so_and_is_no_evidence(void **state)
{
    (void)state;
    struct mkt_evidence read;
    char *wrapper = mkt_wrapper_write(&arena, &key, NULL, NOW);
    struct mkt_value *whole = unwrapped(wrapper);
    has_the_hubs_names(whole);
    assert_string_equal(mkt_json_read_member(whole, "signature")->text, "UNATTESTED");
    const struct mkt_value *report = mkt_json_read_member(whole, "report_body");
    const char *enclave = mkt_json_read_member(report, "mr_enclave")->text;
    assert_int_equal(strspn(enclave, "0"), 64);
    mkt_err_clear(&err);
    assert_int_equal(mkt_evidence_read(&arena, wrapper, strlen(wrapper), &read, &err), MKT_E_DATA);
    assert_non_null(strstr(err.text, "nothing is attested"));
}

/* The forms in which a member could pass for more than it is. */
static void a_wrapper_changed_is_still_none(void **state)
{
    (void)state;
    static const char *const changed[] = {
        "{\"unattested\":\"x\",\"report_body\":{}}",
        "{\"report_body\":{},\"tdx_quote_b64\":5}",
        "{\"report_body\":{},\"tdx_quote_b64\":\"\"}",
        "{\"attestation\":{\"platform\":\"none\",\"quote_available\":false}}",
        "{\"attestation\":{\"platform\":\"tdx\",\"quote_available\":true}}",
        "{\"attestation\":{\"event_log\":[1],\"quote\":\"00\"}}",
        "{\"attestation\":7}",
    };
    struct mkt_evidence read;
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
        mkt_err_clear(&err);
        if (mkt_evidence_read(&arena, changed[i], strlen(changed[i]), &read, &err) != MKT_E_DATA)
            fail_msg("%s", changed[i]);
    }
}

static void what_stands_in_a_signed_answer(void **state)
{
    (void)state;
    struct mkt_buf out;
    struct mkt_json w;
    char hash[MKT_SHA256_TEXT];
    mkt_err_clear(&err);
    mkt_buf_init(&out, &arena);
    mkt_json_init(&w, &out);
    assert_int_equal(mkt_claim_write(&w, &key, NULL, "none", "http://here/attestation", true, &err),
                     MKT_OK);
    assert_string_equal(out.data, "{\"tee\":\"none\",\"key_fingerprint\":\"WlpaWlpaWlpaWlpa\"}");

    mkt_buf_init(&out, &arena);
    mkt_json_init(&w, &out);
    assert_int_equal(
        mkt_claim_write(&w, &key, &evidence, "none", "http://here/attestation", false, &err),
        MKT_OK);
    assert_int_equal(mkt_hash_bytes(quote.bytes, quote.n, hash, &err), MKT_OK);
    assert_non_null(strstr(out.data, hash));
    assert_non_null(strstr(out.data, "\"quote_at\":\"http://here/attestation\""));
    assert_non_null(strstr(out.data, "\"taken\":\"2023-11-14T22:13:20Z\""));
    assert_null(strstr(out.data, "\"quote\":"));

    mkt_buf_init(&out, &arena);
    mkt_json_init(&w, &out);
    assert_int_equal(mkt_claim_write(&w, &key, &evidence, "none", NULL, true, &err), MKT_OK);
    assert_non_null(strstr(out.data, "\"quote\":\"BAACAIEA"));
    assert_null(strstr(out.data, "quote_at"));
}

static void a_full_arena(void **state)
{
    (void)state;
    struct mkt_arena small = {0};
    assert_int_equal(mkt_arena_open(&small, (size_t)1 << 20, &err), MKT_OK);
    bool whole = false;
    for (size_t i = 1; i < 100 && !whole; i++) {
        mkt_arena_reset(&small, 0);
        small.fail_at = i;
        whole = mkt_wrapper_write(&small, &key, &evidence, NOW) != NULL;
    }
    assert_true(whole);
    mkt_arena_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_evidence_the_quote_is_in_it),
        cmocka_unit_test(without_any_it_says_so_and_is_no_evidence),
        cmocka_unit_test(a_wrapper_changed_is_still_none),
        cmocka_unit_test(what_stands_in_a_signed_answer),
        cmocka_unit_test(a_full_arena),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
