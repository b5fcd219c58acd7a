/* TDX quotes of a made-up vendor pass every check, and each thing that can be wrong is found; quotes
 * of real machines verify to Intel's root, and no flip of a field does. */
#include "attest/tdx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attest/hierarchy.h"
#include "attest/recorded.h"
#include "attest/tdx_quote.h"

static struct vendor vendor;
static struct mkt_arena arena;
static struct mkt_err err;
static struct made_quote quote;
static struct mkt_collateral collateral;
static struct mkt_policy policy;
static struct mkt_verdict verdict;

static int open_all(void **state)
{
    (void)state;
    open_vendor(&vendor);
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    close_vendor(&vendor);
    mkt_collateral_clear(&collateral);
    mkt_arena_close(&arena);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    mkt_collateral_clear(&collateral);
    mkt_arena_reset(&arena, 1 << 20);
    policy = (struct mkt_policy){.time = NOW, .root = vendor.root_hash};
    make_quote(&vendor, 4, &quote);
    return 0;
}

static void add(const void *bytes, size_t n)
{
    char *copy = mkt_arena_strndup(&arena, "", 0);
    copy = mkt_arena_alloc(&arena, n + 1, 1);
    memcpy(copy, bytes, n);
    if (mkt_collateral_add(&arena, &collateral, copy, n, &err) != MKT_OK) fail_msg("%s", err.text);
}

static void add_crl(const char *issuer, EVP_PKEY *key, X509 *revoked, int64_t to)
{
    unsigned char der[1024];
    X509_CRL *crl = made_crl(issuer, key, revoked, NOW - 86400, to);
    add(der, write_crl(crl, der));
    X509_CRL_free(crl);
}

static void add_tcb(const char *tcb_info, const char *identity)
{
    char text[8192];
    X509 *cert[] = {vendor.tcb, vendor.root};
    add(text, write_pem(cert, 2, text, sizeof text));
    add(text, make_statement(vendor.tcb_key, "tcbInfo", tcb_info, text, sizeof text));
    add(text, make_statement(vendor.tcb_key, "enclaveIdentity", identity, text, sizeof text));
}

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

static void verify_bytes(const unsigned char *bytes, size_t n)
{
    verdict = (struct mkt_verdict){.arena = &arena};
    if (mkt_tdx_verify(bytes, n, &collateral, &policy, &verdict, &err) != MKT_OK)
        fail_msg("%s", err.text);
}

static void verify(void)
{
    verify_bytes(quote.bytes, quote.n);
}

static void result_is(const char *name, mkt_check_result result, const char *words)
{
    const struct mkt_check *c = NULL;
    for (size_t i = 0; i < verdict.checks; i++)
        if (strcmp(verdict.check[i].name, name) == 0 && (!c || c->result != result))
            c = &verdict.check[i];
    assert_non_null(c);
    if (c->result != result || !strstr(c->text, words))
        fail_msg("%s: %s, \"%s\"", name, mkt_check_result_name(c->result), c->text);
    assert_true(result != MKT_CHECK_FAILED || verdict.failed);
}

static void fails(const char *name, const char *words)
{
    verify();
    result_is(name, MKT_CHECK_FAILED, words);
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

static void another_root_is_none(void **state)
{
    (void)state;
    policy.root = NULL;
    fails("certificates", "pinned root");
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

static void use_chain(X509 *const *cert, size_t n)
{
    size_t room = sizeof quote.bytes - quote.chain;
    size_t pem = write_pem(cert, n, (char *)quote.bytes + quote.chain, room) + 1;
    quote.n = quote.chain + pem;
    put_u32(quote.bytes + quote.signature - 4, quote.n - quote.signature);
    put_u32(quote.bytes + quote.qe_report - 4, quote.n - quote.qe_report);
    put_u32(quote.bytes + quote.chain - 4, pem);
}

static void only_a_platforms_certificate_will_do(void **state)
{
    (void)state;
    /* Intel's own TCB signing key is no platform's */
    X509 *cert[] = {vendor.tcb, vendor.root};
    use_chain(cert, 2);
    EVP_PKEY *pck = vendor.pck_key;
    vendor.pck_key = vendor.tcb_key;
    sign_quote(&vendor, &quote);
    vendor.pck_key = pck;
    fails("certificates", "none of a platform");
}

static void broken_chains(void **state)
{
    (void)state;
    X509 *no_middle[] = {vendor.pck, vendor.root}, *no_root[] = {vendor.pck, vendor.ca};
    use_chain(no_middle, 2);
    fails("certificates", "");
    use_chain(no_root, 2);
    fails("certificates", "pinned root");
    quote.bytes[quote.chain + 40] = '*';
    fails("certificates", "");
}

/* Somebody else's hierarchy under Intel's names, signed anew from end to end; with the genuine
 * certificates put beside it in every order. */
static void a_foreign_root_under_the_same_names(void **state)
{
    (void)state;
    struct vendor stranger;
    open_vendor(&stranger);
    make_quote(&stranger, 4, &quote);
    fails("certificates", "pinned root");
    X509 *all[] = {stranger.pck, stranger.ca, stranger.root, vendor.root, vendor.ca};
    for (size_t i = 3; i <= 5; i++) {
        use_chain(all, i);
        sign_quote(&stranger, &quote);
        fails("certificates", "");
        result_is("enclave_signature", MKT_CHECK_FAILED, "");
    }
    X509 *genuine_leaf[] = {vendor.pck, vendor.ca, vendor.root}; /* whose key the stranger lacks */
    use_chain(genuine_leaf, 3);
    sign_quote(&stranger, &quote);
    verify();
    result_is("certificates", MKT_CHECK_PASSED, "");
    result_is("enclave_signature", MKT_CHECK_FAILED, "did not sign");
    close_vendor(&stranger);
}

/* Two authorities that each vouch for the other, and lead nowhere. */
static void a_loop_of_certificates(void **state)
{
    (void)state;
    EVP_PKEY *a = made_key(), *b = made_key();
    X509 *one = made_cert("A", a, "B", b, true, NOW - YEAR, NOW + YEAR, NULL, NULL, 0);
    X509 *two = made_cert("B", b, "A", a, true, NOW - YEAR, NOW + YEAR, NULL, NULL, 0);
    X509 *leaf = made_cert("Intel SGX PCK Certificate", vendor.pck_key, "A", a, false, NOW - YEAR,
                           NOW + YEAR, NULL, NULL, 0);
    X509 *loop[] = {leaf, one, two, vendor.root};
    use_chain(loop, 4);
    sign_quote(&vendor, &quote);
    fails("certificates", "");
    X509_free(one);
    X509_free(two);
    X509_free(leaf);
    EVP_PKEY_free(a);
    EVP_PKEY_free(b);
}

/* Each certificate of the chain, and the one that signs the statements, past its time. */
static void every_part_can_expire(void **state)
{
    (void)state;
    X509 *old_ca = made_cert("Intel SGX PCK Platform CA", vendor.ca_key, "Intel SGX Root CA",
                             vendor.root_key, true, NOW - 4 * YEAR, NOW - 86400, NULL, NULL, 0);
    X509 *old_pck =
        made_cert("Intel SGX PCK Certificate", vendor.pck_key, "Intel SGX PCK Platform CA",
                  vendor.ca_key, false, NOW - 4 * YEAR, NOW - 86400, NULL, NULL, 0);
    X509 *ca[] = {vendor.pck, old_ca, vendor.root}, *pck[] = {old_pck, vendor.ca, vendor.root};
    use_chain(ca, 3);
    sign_quote(&vendor, &quote);
    fails("certificates", "expired");
    use_chain(pck, 3);
    sign_quote(&vendor, &quote);
    fails("certificates", "expired");
    X509_free(old_ca);
    X509_free(old_pck);

    begin(NULL);
    X509 *tcb = vendor.tcb;
    vendor.tcb = made_cert("Intel SGX TCB Signing", vendor.tcb_key, "Intel SGX Root CA",
                           vendor.root_key, false, NOW - 4 * YEAR, NOW - 86400, NULL, NULL, 0);
    char tcb_info[4096], identity[2048];
    write_tcb_info(tcb_info, sizeof tcb_info, 5, 3, 11, 5, "UpToDate", DATES);
    write_identity(identity, sizeof identity, 4, DATES);
    add_tcb(tcb_info, identity);
    fails("tcb", "expired");
    X509_free(vendor.tcb);
    vendor.tcb = tcb;
}

static void times_count(void **state)
{
    (void)state;
    policy.time = NOW - 2 * YEAR;
    fails("certificates", "not yet valid");
    policy.time = NOW + 6 * YEAR;
    fails("certificates", "expired");
}

static void revoked_and_stale_lists(void **state)
{
    (void)state;
    add_crl("Intel SGX PCK Platform CA", vendor.ca_key, vendor.pck, NOW + 86400);
    fails("certificates", "revoked"); /* though the root's own list is not there */
    begin(NULL);
    add_crl("Intel SGX Root CA", vendor.root_key, vendor.ca, NOW + 86400);
    add_crl("Intel SGX PCK Platform CA", vendor.ca_key, NULL, NOW + 86400);
    verify();
    result_is("revocation", MKT_CHECK_FAILED, "revoked");
    begin(NULL);
    add_crl("Intel SGX Root CA", vendor.root_key, NULL, NOW + 86400);
    add_crl("Intel SGX PCK Platform CA", vendor.ca_key, NULL, NOW - 3600);
    verify();
    result_is("revocation", MKT_CHECK_FAILED, "expired");
    begin(NULL);
    add_crl("Intel SGX Root CA", vendor.root_key, NULL, NOW + 86400);
    add_crl("Intel SGX PCK Platform CA", vendor.root_key, NULL, NOW + 86400); /* not its own key */
    verify();
    result_is("revocation", MKT_CHECK_FAILED, "signature");
}

/* One thing of the statements changed, and what must come of it. */
static void tcb_case(int sgx, int tdx, int pce, int module, int isvsvn, const char *status,
                     const char *dates, const char *tcb, const char *words)
{
    char tcb_info[4096], identity[2048];
    begin(NULL);
    write_tcb_info(tcb_info, sizeof tcb_info, sgx, tdx, pce, module, status, dates);
    write_identity(identity, sizeof identity, isvsvn, DATES);
    add_tcb(tcb_info, identity);
    verify();
    assert_string_equal(verdict.tcb, tcb);
    result_is("tcb", MKT_CHECK_FAILED, words);
}

static void levels_of_the_tcb(void **state)
{
    (void)state;
    const char *old =
        "\"issueDate\":\"2023-10-01T00:00:00Z\",\"nextUpdate\":\"2023-11-01T00:00:00Z\"";
    tcb_case(6, 3, 11, 5, 4, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 4, 11, 5, 4, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 3, 12, 5, 4, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 3, 11, 6, 4, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 3, 11, 5, 5, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 3, 11, 6, 4, "ConfigurationNeeded", DATES, "OutOfDateConfigurationNeeded", "");
    tcb_case(5, 3, 11, 5, 4, "Revoked", DATES, "Revoked", "Revoked");
    tcb_case(5, 3, 11, 6, 4, "Revoked", DATES, "Revoked", "Revoked");
    tcb_case(5, 3, 11, 5, 4, "SWHardeningNeeded", DATES, "SWHardeningNeeded", "");
    tcb_case(5, 3, 11, 5, 4, "UpToDate", old, "not evaluated", "not current");
    policy.accept = "OutOfDate,SWHardeningNeeded";
    char tcb_info[4096], identity[2048];
    begin(NULL);
    policy.accept = "OutOfDate,SWHardeningNeeded";
    write_tcb_info(tcb_info, sizeof tcb_info, 5, 3, 11, 5, "SWHardeningNeeded", DATES);
    write_identity(identity, sizeof identity, 4, DATES);
    add_tcb(tcb_info, identity);
    verify();
    assert_false(verdict.failed);
    assert_string_equal(verdict.tcb, "SWHardeningNeeded");
}

static void statements_must_be_signed_by_the_right_key(void **state)
{
    (void)state;
    char tcb_info[4096], identity[2048], text[8192];
    write_tcb_info(tcb_info, sizeof tcb_info, 5, 3, 11, 5, "UpToDate", DATES);
    write_identity(identity, sizeof identity, 4, DATES);
    add_tcb(tcb_info, identity);
    ((char *)(uintptr_t)collateral.tcb_info.body)[collateral.tcb_info.bytes - 3] ^= 1;
    fails("tcb", "signature is wrong");
    begin(NULL);
    X509 *cert[] = {vendor.root};
    add(text, write_pem(cert, 1, text, sizeof text));
    add(text, make_statement(vendor.tcb_key, "tcbInfo", tcb_info, text, sizeof text));
    add(text, make_statement(vendor.tcb_key, "enclaveIdentity", identity, text, sizeof text));
    fails("tcb", "TCB Signing");
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

/* Intel's statement of 2023 about the platform of the first quote. */
static void a_recorded_platform_reaches_its_level(void **state)
{
    (void)state;
    size_t n, m, k;
    unsigned char *bytes = recorded_file("tee/intel_tdx/tdx_prod_quote_SPR_E4.dat", &n);
    char *tcb = (char *)recorded_file("tee/intel_tdx/sample_tcbInfo_response", &m);
    char *identity = (char *)recorded_file("tee/intel_tdx/sample_qeIdentity_response", &k);
    if (!bytes || !tcb || !identity) skip();
    assert_int_equal(mkt_collateral_add(&arena, &collateral, tcb, m, &err), MKT_OK);
    assert_int_equal(mkt_collateral_add(&arena, &collateral, identity, k, &err), MKT_OK);
    policy = (struct mkt_policy){.time = 1688169600, .sept_ve = true};
    verify_bytes(bytes, n);
    /* the certificate that signs the statements was not recorded with them */
    result_is("tcb", MKT_CHECK_FAILED, "TCB Signing");
    free(bytes);
    free(tcb);
    free(identity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_in_order, begin),
        cmocka_unit_test_setup(padding_behind_is_allowed, begin),
        cmocka_unit_test_setup(without_collateral_it_says_so, begin),
        cmocka_unit_test_setup(another_root_is_none, begin),
        cmocka_unit_test_setup(signatures_count, begin),
        cmocka_unit_test_setup(an_enclave_must_vouch, begin),
        cmocka_unit_test_setup(only_a_platforms_certificate_will_do, begin),
        cmocka_unit_test_setup(broken_chains, begin),
        cmocka_unit_test_setup(a_foreign_root_under_the_same_names, begin),
        cmocka_unit_test_setup(a_loop_of_certificates, begin),
        cmocka_unit_test_setup(every_part_can_expire, begin),
        cmocka_unit_test_setup(times_count, begin),
        cmocka_unit_test_setup(revoked_and_stale_lists, begin),
        cmocka_unit_test_setup(levels_of_the_tcb, begin),
        cmocka_unit_test_setup(statements_must_be_signed_by_the_right_key, begin),
        cmocka_unit_test_setup(machines_that_can_be_looked_into, begin),
        cmocka_unit_test_setup(what_it_is_for, begin),
        cmocka_unit_test_setup(not_a_quote, begin),
        cmocka_unit_test_setup(padded_within, begin),
        cmocka_unit_test_setup(no_flip_of_a_made_quote_verifies, begin),
        cmocka_unit_test_setup(recorded_quotes_verify, begin),
        cmocka_unit_test_setup(a_recorded_platform_reaches_its_level, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
