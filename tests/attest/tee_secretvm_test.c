/* SecretVM's file: a quote of the agent's key in each form, taken as the last source; one of another
 * key is refused, as are recorded quotes of machines that are not this one. */
#include "attest/tee.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "attest/hierarchy.h"
#include "attest/recorded.h"

static struct vendor vendor;
static struct made_quote quote;
static struct mkt_public_key key;
static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_tee *tee;
static struct mkt_tee_evidence evidence;
static char path[] = "/tmp/mkt-secretvm-XXXXXX";

static int open_all(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    open_vendor(&vendor);
    memset(key.raw, 0x5a, sizeof key.raw);
    make_quote(&vendor, 4, &quote);
    memcpy(quote.bytes + quote.body + 520, key.raw, 32);
    sign_quote(&vendor, &quote);
    if (fd >= 0) close(fd);
    return fd >= 0 && mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    unlink(path);
    close_vendor(&vendor);
    mkt_arena_close(&arena);
    return 0;
}

static void write_file(const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static mkt_status take(const void *nonce, size_t n)
{
    const struct mkt_tee_options options = {
        .key = &key, .dstack = "/nowhere", .tsm = "/nowhere", .secretvm = path};
    mkt_err_clear(&err);
    mkt_arena_reset(&arena, 1 << 20);
    if (mkt_tee_open(&options, &tee, &err) != MKT_OK) fail_msg("%s", err.text);
    mkt_status status = mkt_tee_take(&arena, tee, nonce, n, &evidence, &err);
    return status;
}

static void is_ours(const void *bytes, size_t n)
{
    write_file(bytes, n);
    if (take(NULL, 0) != MKT_OK) fail_msg("%s", err.text);
    assert_string_equal(mkt_tee_source_name(tee), "secretvm");
    assert_string_equal(evidence.source, "secretvm");
    assert_memory_equal(evidence.quote, quote.bytes, quote.n);
    assert_memory_equal(evidence.report_data, key.raw, 32);
    mkt_tee_close(tee);
}

static void every_form_of_the_file(void **state)
{
    (void)state;
    struct mkt_arena mine = {0};
    assert_int_equal(mkt_arena_open(&mine, (size_t)8 << 20, &err), MKT_OK);
    char *hex = mkt_hex_write(&mine, quote.bytes, quote.n);
    char *base64 = mkt_hex_write_base64(&mine, quote.bytes, quote.n);
    is_ours(quote.bytes, quote.n);
    is_ours(hex, strlen(hex));
    is_ours(base64, strlen(base64));
    char *json = mkt_arena_printf(&mine, "{\"quote\":\"%s\",\"other\":1}", hex);
    is_ours(json, strlen(json));
    char *wrapped = mkt_hex_write_base64(&mine, json, strlen(json)); /* the older form */
    is_ours(wrapped, strlen(wrapped));
    mkt_arena_close(&mine);
}

static void no_nonce_can_be_bound(void **state)
{
    (void)state;
    static const unsigned char nonce[16] = {1};
    write_file(quote.bytes, quote.n);
    assert_int_equal(take(nonce, sizeof nonce), MKT_OK);
    assert_false(evidence.nonce_bound);
    mkt_tee_close(tee);
}

static void is_refused(const void *bytes, size_t n, const char *words)
{
    struct mkt_err why = {0};
    write_file(bytes, n);
    assert_int_equal(take(NULL, 0), MKT_E_DATA);
    if (!strstr(err.text, words)) fail_msg("\"%s\" lacks \"%s\"", err.text, words);
    assert_false(mkt_tee_attested(tee, &why));
    mkt_tee_close(tee);
}

static void what_is_not_ours_is_refused(void **state)
{
    (void)state;
    struct made_quote other;
    struct mkt_arena mine = {0};
    assert_int_equal(mkt_arena_open(&mine, (size_t)8 << 20, &err), MKT_OK);
    make_quote(&vendor, 4, &other);
    is_refused(other.bytes, other.n, "another key");
    is_refused("hello", 5, "no evidence");
    is_refused("", 0, "no evidence");
    is_refused(quote.bytes, 600, "cut short");
    /* the origin's own notion of the file */
    const char *old = "{\"version\":3,\"report_body\":{\"mr_enclave\":\"00\",\"report_data\":\"\"},"
                      "\"signature\":\"mock\",\"timestamp\":\"2025-01-01T00:00:00\"}";
    char *wrapped = mkt_hex_write_base64(&mine, old, strlen(old));
    is_refused(old, strlen(old), "without a quote of hardware");
    is_refused(wrapped, strlen(wrapped), "without a quote of hardware");
    mkt_arena_close(&mine);
}

static void recorded_quotes_are_of_others(void **state)
{
    (void)state;
    static const char *const file[] = {"tee/intel_tdx/tdx_prod_quote_SPR_E4.dat",
                                       "tee/intel_tdx/cos-113-tdx-quote.dat",
                                       "tee/amd_snp/attestation.bin"};
    for (size_t i = 0; i < 3; i++) {
        size_t n;
        unsigned char *bytes = recorded_file(file[i], &n);
        if (!bytes) skip();
        is_refused(bytes, n, "another key");
        free(bytes);
    }
}

static void no_file(void **state)
{
    (void)state;
    unlink(path);
    assert_int_equal(take(NULL, 0), MKT_E_NOT_FOUND);
    assert_string_equal(mkt_tee_source_name(tee), "none");
    mkt_tee_close(tee);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_the_file),
        cmocka_unit_test(no_nonce_can_be_bound),
        cmocka_unit_test(what_is_not_ours_is_refused),
        cmocka_unit_test(recorded_quotes_are_of_others),
        cmocka_unit_test(no_file),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
