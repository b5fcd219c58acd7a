/* attest verify with key and nonce: which checks fail, by name. The quotes are of a made-up vendor, so
 * that its certificates fail, too; the recorded ones are verified in tests/e2e. */
#include "cli/attest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "attest/hierarchy.h"
#include "attest/tee.h"

#define NONCE "000102030405060708090a0b0c0d0e0f"

static struct vendor vendor;
static struct mkt_public_key key;
static struct mkt_err err;
static char folder[] = "/tmp/mkt-attest-XXXXXX", answer[64], pem[64], hex[65], base64[45];

static void write_text(char path[64], const char *name, const char *text)
{
    snprintf(path, 64, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* An answer of GET /attestation?nonce=NONCE. */
static int open_all(void **state)
{
    (void)state;
    static char text[40000];
    static struct made_quote q;
    unsigned char nonce[16];
    char key_pem[MKT_KEYS_PEM];
    if (!mkdtemp(folder) || !mkt_hex_read(NONCE, 32, nonce, 16)) return -1;
    open_vendor(&vendor);
    for (size_t i = 0; i < 32; i++) {
        key.raw[i] = (unsigned char)(200 + i);
        snprintf(hex + 2 * i, 3, "%02x", key.raw[i]);
    }
    EVP_EncodeBlock((unsigned char *)base64, key.raw, 32);
    make_quote(&vendor, 4, &q);
    mkt_tee_report_data(&key, nonce, 16, q.bytes + q.body + 520);
    sign_quote(&vendor, &q);
    int n = snprintf(text, sizeof text, "{\"attestation\":{\"platform\":\"tdx\",\"quote\":\"");
    n += EVP_EncodeBlock((unsigned char *)text + n, q.bytes, (int)q.n);
    strcpy(text + n, "\"}}");
    write_text(answer, "answer.json", text);
    write_text(pem, "key.pem", mkt_keys_pem(&key, key_pem));
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    unlink(answer);
    unlink(pem);
    rmdir(folder);
    close_vendor(&vendor);
    return 0;
}

/* The sentence, standard output aside. */
static mkt_status run(const char *key_text, const char *nonce)
{
    struct mkt_options options = {.input = {answer}, .inputs = 1};
    options.value[MKT_OPTION_KEY] = key_text;
    options.value[MKT_OPTION_NONCE] = nonce;
    options.value[MKT_OPTION_AT] = "2023-11-14";
    options.value[MKT_OPTION_JSON] = "";
    mkt_err_clear(&err);
    fflush(stdout);
    int out = dup(1);
    FILE *sink = freopen("/dev/null", "w", stdout);
    mkt_status status = mkt_attest_run("verify", &options, &err);
    fflush(stdout);
    dup2(out, 1);
    close(out);
    return sink ? status : MKT_E_IO;
}

#define OF_THE_VENDOR "certificates, enclave_signature failed"

static void key_and_nonce_hold(void **state)
{
    (void)state;
    const char *const form[] = {hex, base64, pem, NULL};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(run(form[i], NONCE), MKT_E_DATA);
        assert_string_equal(err.text, "the evidence is not trusted: " OF_THE_VENDOR);
    }
}

static void another_key_or_nonce_does_not(void **state)
{
    (void)state;
    hex[63] = hex[63] == '0' ? '1' : '0';
    assert_int_equal(run(hex, NULL), MKT_E_DATA);
    assert_non_null(strstr(err.text, "enclave_signature, key failed"));
    assert_int_equal(run(hex, NONCE), MKT_E_DATA);
    assert_non_null(strstr(err.text, "key, nonce failed"));
    assert_int_equal(run(base64, NONCE "00"), MKT_E_DATA);
    assert_non_null(strstr(err.text, "enclave_signature, nonce failed"));
    assert_int_equal(run(NULL, "ff" NONCE), MKT_E_DATA);
    assert_non_null(strstr(err.text, "enclave_signature, nonce failed"));
}

static void what_is_no_key_or_nonce(void **state)
{
    (void)state;
    assert_int_equal(run("/nowhere", NULL), MKT_E_NOT_FOUND);
    assert_int_equal(run(answer, NULL), MKT_E_LIMIT);
    assert_int_equal(run("/dev/null", NULL), MKT_E_ARG);
    assert_non_null(strstr(err.text, "--key takes"));
    assert_int_equal(run(NULL, "0011"), MKT_E_ARG);
    assert_non_null(strstr(err.text, "32 to 128 hex digits"));
    assert_int_equal(run(NULL, NONCE "0"), MKT_E_ARG);
    assert_int_equal(run(NULL, "x" NONCE "x"), MKT_E_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_and_nonce_hold),
        cmocka_unit_test(another_key_or_nonce_does_not),
        cmocka_unit_test(what_is_no_key_or_nonce),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
