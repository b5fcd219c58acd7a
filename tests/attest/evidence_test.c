/* Evidence in every form, policies in text, collateral by content, hex and base64. */
#include "attest/evidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "attest/hierarchy.h"
#include "base/json.h"

static struct vendor vendor;
static struct made_quote quote;
static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_evidence evidence;

static int open_all(void **state)
{
    (void)state;
    open_vendor(&vendor);
    make_quote(&vendor, 4, &quote);
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    close_vendor(&vendor);
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status read_bytes(const char *bytes, size_t n)
{
    mkt_err_clear(&err);
    return mkt_evidence_read(&arena, bytes, n, &evidence, &err);
}

static void is_the_quote(const char *text)
{
    if (read_bytes(text, strlen(text)) != MKT_OK) fail_msg("%.40s: %s", text, err.text);
    assert_int_equal(evidence.n, quote.n);
    assert_memory_equal(evidence.bytes, quote.bytes, quote.n);
}

static void every_form_is_read(void **state)
{
    (void)state;
    char *hex = mkt_hex_write(&arena, quote.bytes, quote.n);
    char *base64 = mkt_hex_write_base64(&arena, quote.bytes, quote.n);
    char *raw = mkt_arena_strndup(&arena, (char *)quote.bytes, quote.n);
    assert_int_equal(read_bytes(raw, quote.n), MKT_OK);
    assert_int_equal(evidence.n, quote.n);
    is_the_quote(hex);
    is_the_quote(mkt_arena_printf(&arena, "  %s\n", hex));
    is_the_quote(base64);
    is_the_quote(mkt_arena_printf(&arena, "{\"quote\": \"%s\"}", hex));
    is_the_quote(mkt_arena_printf(&arena, "{\"event_log\": [1, 2], \"quote\": \"%s\"}", base64));
    assert_int_equal(evidence.event_log_bytes, 6);
    assert_memory_equal(evidence.event_log, "[1, 2]", 6);
    is_the_quote(mkt_arena_printf(&arena, "{\"quote\":\"%s\",\"event_log\":\"[3]\"}", hex));
    assert_string_equal(evidence.event_log, "[3]");
}

static void what_is_none(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",   "hello, world", "{\"quote\": 3}", "{\"report\": \"00\"}",
        "zz", "QUJ",          "QUJD=QUJD",      "===="};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (read_bytes(none[i], strlen(none[i])) != MKT_E_DATA) fail_msg("\"%s\"", none[i]);
        assert_non_null(strstr(err.text, "no evidence"));
    }
    assert_int_equal(read_bytes("{\"quote\": ", 10), MKT_E_SYNTAX);
    assert_int_equal(read_bytes("", MKT_EVIDENCE_BYTES + 1), MKT_E_LIMIT);
}

static void a_log_that_came_along_is_replayed(void **state)
{
    (void)state;
    struct mkt_policy policy = {.time = NOW, .root = vendor.root_hash};
    struct mkt_verdict verdict;
    char *hex = mkt_hex_write(&arena, quote.bytes, quote.n);
    is_the_quote(mkt_arena_printf(&arena, "{\"quote\":\"%s\",\"event_log\":[]}", hex));
    assert_int_equal(mkt_evidence_verify(&arena, &evidence, NULL, &policy, &verdict, &err), MKT_OK);
    assert_true(verdict.failed);
    assert_int_equal(mkt_verdict_find(&verdict, "event_log")->result, MKT_CHECK_FAILED);

    struct mkt_buf out;
    struct mkt_json w;
    mkt_buf_init(&out, &arena);
    mkt_json_init(&w, &out);
    mkt_evidence_write(&w, &verdict);
    assert_int_equal(mkt_buf_check(&out, &err), MKT_OK);
    assert_int_equal(strncmp(out.data, "{\"trusted\":false,\"tee\":\"tdx\"", 27), 0);
    assert_non_null(strstr(out.data, "\"mrtd\":\"aaaa"));
}

static void allowed_measurements_in_text(void **state)
{
    (void)state;
    struct mkt_policy policy = {0};
    char hex[97], text[512];
    memset(hex, 'A', 96);
    hex[96] = '\0';
    snprintf(text, sizeof text, "# mine\n\nmrtd %s\nhost_data\t%.64s # of the image\n", hex, hex);
    mkt_err_clear(&err);
    assert_int_equal(mkt_policy_read_allowed(&arena, text, &policy, &err), MKT_OK);
    assert_int_equal(policy.alloweds, 2);
    assert_string_equal(policy.allowed[0].name, "mrtd");
    assert_int_equal(policy.allowed[0].hex[0], 'a');
    assert_string_equal(policy.allowed[1].name, "host_data");
    snprintf(text, sizeof text, "mrtd %s\nmrxx %s\n", hex, hex);
    assert_int_equal(mkt_policy_read_allowed(&arena, text, &policy, &err), MKT_E_SYNTAX);
    assert_non_null(strstr(err.text, "line 2"));
    mkt_err_clear(&err);
    assert_int_equal(mkt_policy_read_allowed(&arena, "mrtd 00\n", &policy, &err), MKT_E_SYNTAX);
    assert_non_null(strstr(err.text, "96 hex digits"));
    assert_true(mkt_policy_accepts(&policy, "UpToDate"));
    assert_false(mkt_policy_accepts(&policy, "OutOfDate"));
    policy.accept = "SWHardeningNeeded,OutOfDate";
    assert_true(mkt_policy_accepts(&policy, "OutOfDate"));
    assert_false(mkt_policy_accepts(&policy, "OutOf"));
}

static void write_file(const char *folder, const char *name, const void *bytes, size_t n)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    fwrite(bytes, 1, n, f);
    fclose(f);
}

static void a_folder_is_read_by_content(void **state)
{
    (void)state;
    struct mkt_collateral c = {0};
    char folder[] = "/tmp/mkt-collateral-XXXXXX", command[300], text[8192], body[4096];
    unsigned char der[1024];
    assert_non_null(mkdtemp(folder));
    X509 *cert[] = {vendor.tcb, vendor.root};
    X509_CRL *crl = made_crl("Intel SGX Root CA", vendor.root_key, NULL, NOW, NOW + YEAR);
    write_file(folder, "anything", text, write_pem(cert, 2, text, sizeof text));
    write_file(folder, "b.bin", der, write_crl(crl, der));
    X509_CRL_free(crl);
    write_identity(body, sizeof body, 4, DATES);
    write_file(folder, "c.txt", text,
               make_statement(vendor.tcb_key, "enclaveIdentity", body, text, sizeof text));
    write_file(folder, "notes.md", "nothing", 7);
    write_file(folder, "quote.dat", quote.bytes, quote.n);
    mkt_err_clear(&err);
    if (mkt_collateral_read(&arena, folder, &c, &err) != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(c.chain.crls, 1);
    assert_non_null(mkt_chain_named(&c.chain, "Intel SGX TCB Signing"));
    assert_null(c.tcb_info.body);
    assert_int_equal(c.qe_identity.bytes, strlen(body));
    assert_memory_equal(c.qe_identity.body, body, strlen(body));
    mkt_collateral_clear(&c);

    write_file(folder, "d.json", "{\"tcbInfo\":{},\"signature\":\"00\"}", 31);
    assert_int_equal(mkt_collateral_read(&arena, folder, &c, &err), MKT_E_DATA);
    assert_non_null(strstr(err.text, "d.json"));
    mkt_collateral_clear(&c);
    mkt_err_clear(&err);
    assert_int_equal(mkt_collateral_read(&arena, "/nowhere/at/all", &c, &err), MKT_E_NOT_FOUND);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void base64_and_hex(void **state)
{
    (void)state;
    static const char *const text[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"}; /* RFC 4648, 10 */
    unsigned char *bytes;
    size_t n;
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(mkt_hex_write_base64(&arena, text[i], strlen(text[i])), coded[i]);
        assert_int_equal(mkt_hex_read_base64(&arena, coded[i], strlen(coded[i]), &bytes, &n, &err),
                         MKT_OK);
        assert_int_equal(n, strlen(text[i]));
        assert_memory_equal(bytes, text[i], n);
    }
    /* another text of the same bytes */
    static const char *const loose[] = {"Zh==", "Zm9=", "Zm9vYn=="};
    for (size_t i = 0; i < 3; i++) {
        struct mkt_err refused = {0};
        assert_int_equal(
            mkt_hex_read_base64(&arena, loose[i], strlen(loose[i]), &bytes, &n, &refused),
            MKT_E_SYNTAX);
    }
    assert_string_equal(mkt_hex_write(&arena, "\x00\xff", 2), "00ff");
    assert_false(mkt_hex_read("0g", 2, bytes, 1));
    assert_false(mkt_hex_read("000", 3, bytes, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(a_log_that_came_along_is_replayed),
        cmocka_unit_test(allowed_measurements_in_text),
        cmocka_unit_test(a_folder_is_read_by_content),
        cmocka_unit_test(base64_and_hex),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
