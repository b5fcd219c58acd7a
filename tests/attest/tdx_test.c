/* TDX quotes of a made-up vendor pass every check, and each thing that can be wrong with a quote is
 * found; quotes of real machines verify to Intel's root, and no flip of a field does. */
#include "attest/tdx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attest/recorded.h"
#include "attest/tdx_fixture.h"
#include "attest/tdx_quote.h"

/* All that Intel would give, all in order. */
static void add_everything(void)
{
    char tcb_info[4096], identity[2048];
    write_tcb_info(tcb_info, sizeof tcb_info, 5, 3, 11, 5, "UpToDate", DATES);
    write_identity(identity, sizeof identity, 4, DATES);
    add_tcb(tcb_info, identity);
    add_crl("Intel SGX Root CA", vendor.root_key, NULL, NOW + 86400);
    add_crl("Intel SGX PCK Platform CA", vendor.ca_key, NULL, NOW + 86400);
}

static void all_in_order(void **state)
{
    (void)state;
    static const int kind[] = {4, 50, 51};
    add_everything();
    policy.tcb_needed = true;
    policy.report_data = (const unsigned char *)"\0\1\2\3\4";
    policy.report_data_bytes = 5;
    for (size_t i = 0; i < 3; i++) {
        make_quote(&vendor, kind[i], &quote);
        verify();
        for (size_t k = 0; k < verdict.checks; k++)
            if (verdict.check[k].result == MKT_CHECK_FAILED)
                fail_msg("%d: %s: %s", kind[i], verdict.check[k].name, verdict.check[k].text);
        assert_false(verdict.failed);
        assert_string_equal(verdict.tcb, "UpToDate");
        assert_string_equal(verdict.tee, "tdx");
        result_is("revocation", MKT_CHECK_PASSED, "");
        assert_int_equal(strncmp(mkt_verdict_measured(&verdict, "mrtd"), "aaaa", 4), 0);
        assert_int_equal(strncmp(mkt_verdict_measured(&verdict, "rtmr3"), "b3b3", 4), 0);
    }
}

static void padding_behind_is_allowed(void **state)
{
    (void)state;
    quote.n += 70;
    verify();
    assert_false(verdict.failed);
}

static void without_collateral_it_says_so(void **state)
{
    (void)state;
    verify();
    assert_false(verdict.failed);
    assert_string_equal(verdict.tcb, "not evaluated");
    result_is("tcb", MKT_CHECK_SKIPPED, "TCB not evaluated");
    result_is("revocation", MKT_CHECK_SKIPPED, "");
    policy.tcb_needed = true;
    fails("tcb", "TCB not evaluated");
}

static void signatures_count(void **state)
{
    (void)state;
    quote.bytes[quote.body + 136] ^= 1;
    fails("quote_signature", "");
    begin(NULL);
    quote.bytes[quote.qe_auth] ^= 1;
    fails("attestation_key", "");
    begin(NULL);
    quote.bytes[quote.qe_report] ^= 1;
    fails("enclave_signature", "");
}

static void an_enclave_must_vouch(void **state)
{
    (void)state;
    /* a key of one's own, well signed, of which the enclave knows nothing */
    EVP_PKEY *own = made_key();
    point_of(own, quote.bytes + quote.key);
    sign_raw(own, quote.bytes, quote.signature - 4, quote.bytes + quote.signature);
    verify();
    result_is("quote_signature", MKT_CHECK_PASSED, "");
    result_is("attestation_key", MKT_CHECK_FAILED, "");
    EVP_PKEY_free(own);
}

static void changed_body(size_t at, unsigned char value)
{
    begin(NULL);
    quote.bytes[quote.body + at] = value;
    sign_quote(&vendor, &quote);
}

static void machines_that_can_be_looked_into(void **state)
{
    (void)state;
    changed_body(120, 1);
    fails("debug", "debug mode");
    policy.debug = true;
    verify();
    assert_false(verdict.failed);
    changed_body(120, 2); /* another bit of the same byte, which nothing allows */
    policy.debug = true;
    fails("debug", "");
    changed_body(121, 1);
    fails("attributes", "reserved");
    changed_body(123, 0);
    fails("pages", "SEPT_VE_DISABLE");
    policy.sept_ve = true;
    verify();
    assert_false(verdict.failed);
    changed_body(64, 1);
    fails("module", "not Intel's");
    make_quote(&vendor, 51, &quote);
    quote.bytes[quote.body + 600] = 1; /* mrservicetd */
    sign_quote(&vendor, &quote);
    fails("module", "service domain");
}

static void what_it_is_for(void **state)
{
    (void)state;
    char aa[97], other[97];
    memset(aa, 'a', 96);
    memset(other, 'b', 96);
    aa[96] = other[96] = '\0';
    struct mkt_allowed allowed[] = {{"mrtd", other}, {"mrtd", aa}, {"rtmr0", other}};
    policy.allowed = allowed;
    policy.alloweds = 2;
    verify();
    assert_false(verdict.failed);
    policy.alloweds = 3;
    fails("allowed", "rtmr0");
}

static void not_a_quote(void **state)
{
    (void)state;
    verdict = (struct mkt_verdict){.arena = &arena};
    for (size_t n = 0; n < quote.n; n += n < 1300 ? 1 : 97) {
        mkt_err_clear(&err);
        assert_int_equal(mkt_tdx_verify(quote.bytes, n, NULL, &policy, &verdict, &err), MKT_E_DATA);
        assert_non_null(strstr(err.text, "cut short"));
    }
    static const struct {
        size_t at;
        unsigned char value;
        const char *words;
    } wrong[] = {{0, 3, "version 4 or 5"},
                 {2, 3, "key type 3"},
                 {4, 0, "version 4 or 5"},
                 {12, 0, "quoting enclave"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        begin(NULL);
        quote.bytes[wrong[i].at] = wrong[i].value;
        assert_int_equal(mkt_tdx_verify(quote.bytes, quote.n, NULL, &policy, &verdict, &err),
                         MKT_E_DATA);
        if (!strstr(err.text, wrong[i].words)) fail_msg("%s", err.text);
    }
}

/* Bytes put where none belong, within what the sizes say. */
static void padded_within(void **state)
{
    (void)state;
    static const char *const words[] = {"behind the certification data", "behind the certificates"};
    verdict = (struct mkt_verdict){.arena = &arena};
    for (size_t i = 0; i < 2; i++) {
        begin(NULL);
        quote.n += 8;
        put_u32(quote.bytes + quote.signature - 4, quote.n - quote.signature);
        if (i == 1) put_u32(quote.bytes + quote.qe_report - 4, quote.n - quote.qe_report);
        assert_int_equal(mkt_tdx_verify(quote.bytes, quote.n, NULL, &policy, &verdict, &err),
                         MKT_E_DATA);
        if (!strstr(err.text, words[i])) fail_msg("%s", err.text);
    }
}

/* Whether two quotes hold the same certificates: PEM can say them in more than one way. */
static bool same_chain(const unsigned char *a, const unsigned char *b, size_t n)
{
    struct mkt_chain chain[2];
    memset(chain, 0, sizeof chain);
    const unsigned char *bytes[] = {a, b};
    bool same = true;
    for (size_t i = 0; i < 2; i++) {
        struct mkt_tdx_quote q;
        size_t found;
        struct mkt_err ignored = {0};
        same = same && mkt_tdx_quote_read(bytes[i], n, &q, &ignored) == MKT_OK &&
               mkt_chain_add(&chain[i], q.chain, strnlen((const char *)q.chain, q.chain_bytes),
                             &found, &ignored) == MKT_OK;
    }
    same = same && chain[0].certs == chain[1].certs;
    for (size_t i = 0; same && i < chain[0].certs; i++)
        same = X509_cmp(chain[0].cert[i], chain[1].cert[i]) == 0;
    mkt_chain_clear(&chain[0]);
    mkt_chain_clear(&chain[1]);
    return same;
}

/* Every byte of a quote flipped, of the certificates' text each `step`th: never trusted, but where the
 * certificates stay the same. */
static void no_flip_verifies(const unsigned char *bytes, size_t n, size_t step)
{
    struct mkt_tdx_quote q;
    assert_int_equal(mkt_tdx_quote_read(bytes, n, &q, &err), MKT_OK);
    size_t pem = (size_t)(q.chain - bytes);
    unsigned char *copy = malloc(n);
    for (size_t i = 0; i < q.used; i += i < pem ? 1 : step) {
        memcpy(copy, bytes, n);
        copy[i] ^= (unsigned char)(1u << i % 8);
        size_t mark = mkt_arena_mark(&arena);
        verdict = (struct mkt_verdict){.arena = &arena};
        mkt_err_clear(&err);
        mkt_status status = mkt_tdx_verify(copy, n, NULL, &policy, &verdict, &err);
        if (status == MKT_OK && !verdict.failed && !(i >= pem && same_chain(bytes, copy, n)))
            fail_msg("byte %zu flipped verifies", i);
        mkt_arena_release(&arena, mark);
    }
    free(copy);
}

static void no_flip_of_a_made_quote_verifies(void **state)
{
    (void)state;
    static const int kind[] = {4, 50, 51};
    for (size_t i = 0; i < 3; i++) {
        make_quote(&vendor, kind[i], &quote);
        verify();
        assert_false(verdict.failed);
        no_flip_verifies(quote.bytes, quote.n, i ? 7 : 1);
    }
}

/* The recorded quotes, at a time when their certificates were valid. */
static void recorded_quotes_verify(void **state)
{
    (void)state;
    static const struct {
        const char *file, *mrtd;
        bool pages;
    } recorded[] = {{"tee/intel_tdx/tdx_prod_quote_SPR_E4.dat", "6363b8043668a3ad", true},
                    {"tee/intel_tdx/cos-113-tdx-quote.dat", "dae67181d3d65e07", false}};
    for (size_t i = 0; i < 2; i++) {
        size_t n;
        unsigned char *bytes = recorded_file(recorded[i].file, &n);
        if (!bytes) skip();
        policy = (struct mkt_policy){.time = 1735689600, .sept_ve = recorded[i].pages};
        verify_bytes(bytes, n);
        assert_false(verdict.failed);
        assert_int_equal(strncmp(mkt_verdict_measured(&verdict, "mrtd"), recorded[i].mrtd, 16), 0);
        no_flip_verifies(bytes, n, 5);
        policy.time = 1500000000;
        verify_bytes(bytes, n);
        result_is("certificates", MKT_CHECK_FAILED, "not yet valid");
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_in_order, begin),
        cmocka_unit_test_setup(padding_behind_is_allowed, begin),
        cmocka_unit_test_setup(without_collateral_it_says_so, begin),
        cmocka_unit_test_setup(signatures_count, begin),
        cmocka_unit_test_setup(an_enclave_must_vouch, begin),
        cmocka_unit_test_setup(machines_that_can_be_looked_into, begin),
        cmocka_unit_test_setup(what_it_is_for, begin),
        cmocka_unit_test_setup(not_a_quote, begin),
        cmocka_unit_test_setup(padded_within, begin),
        cmocka_unit_test_setup(no_flip_of_a_made_quote_verifies, begin),
        cmocka_unit_test_setup(recorded_quotes_verify, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
