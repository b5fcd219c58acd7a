/* An SEV-SNP report of a real machine verifies to AMD's root, no flip of what it signs does, and
 * each thing that can be wrong with its certificates is found. */
#include "attest/snp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attest/evidence.h"
#include "attest/recorded.h"

#define THEN ((int64_t)1704067200) /* 2024-01-01 */

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_collateral collateral;
static struct mkt_policy policy;
static struct mkt_verdict verdict;
static unsigned char *report, *vcek, *chain;
static size_t report_bytes, vcek_bytes, chain_bytes;

static int open_all(void **state)
{
    (void)state;
    report = recorded_file("tee/amd_snp/attestation.bin", &report_bytes);
    vcek = recorded_file("tee/amd_snp/vcek.testcer", &vcek_bytes);
    chain = recorded_file("tee/amd_snp/ask_ark_milan.pem", &chain_bytes);
    return mkt_arena_open(&arena, (size_t)16 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    mkt_collateral_clear(&collateral);
    mkt_arena_close(&arena);
    free(report);
    free(vcek);
    free(chain);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    mkt_collateral_clear(&collateral);
    mkt_arena_reset(&arena, 1 << 20);
    policy = (struct mkt_policy){.time = THEN, .debug = true}; /* the machine runs in debug mode */
    if (!report || !vcek || !chain) return 0;
    if (mkt_collateral_add(&arena, &collateral, (char *)vcek, vcek_bytes, &err) != MKT_OK ||
        mkt_collateral_add(&arena, &collateral, (char *)chain, chain_bytes, &err) != MKT_OK)
        return -1;
    return 0;
}

static void need_data(void)
{
    if (!report || !vcek || !chain) skip();
}

static void verify(const unsigned char *bytes)
{
    verdict = (struct mkt_verdict){.arena = &arena};
    mkt_err_clear(&err);
    if (mkt_snp_verify(bytes, report_bytes, &collateral, &policy, &verdict, &err) != MKT_OK)
        fail_msg("%s", err.text);
}

static void fails(const char *name, const char *words)
{
    const struct mkt_check *c = mkt_verdict_find(&verdict, name);
    assert_non_null(c);
    if (c->result != MKT_CHECK_FAILED || !strstr(c->text, words))
        fail_msg("%s: %s, \"%s\"", name, mkt_check_result_name(c->result), c->text);
    assert_true(verdict.failed);
}

static void result_is_skipped(const char *name, const char *words)
{
    const struct mkt_check *c = mkt_verdict_find(&verdict, name);
    assert_non_null(c);
    assert_int_equal(c->result, MKT_CHECK_SKIPPED);
    assert_non_null(strstr(c->text, words));
}

static void a_recorded_report_verifies(void **state)
{
    (void)state;
    need_data();
    verify(report);
    assert_false(verdict.failed);
    assert_string_equal(verdict.tee, "sev-snp");
    assert_string_equal(verdict.tcb, "bootloader 2, tee 0, snp 5, microcode 68");
    assert_int_equal(strncmp(mkt_verdict_measured(&verdict, "measurement"), "b07af9620f3b839b", 16),
                     0);
    assert_int_equal(verdict.report_data[4], 5);
    policy.debug = false;
    verify(report);
    fails("debug", "debug mode");
}

static void no_flip_verifies(void **state)
{
    (void)state;
    need_data();
    unsigned char copy[MKT_SNP_BYTES];
    for (size_t i = 0; i < MKT_SNP_BYTES; i++) {
        size_t mark = mkt_arena_mark(&arena);
        memcpy(copy, report, sizeof copy);
        copy[i] ^= (unsigned char)(1u << i % 8);
        verdict = (struct mkt_verdict){.arena = &arena};
        mkt_err_clear(&err);
        mkt_status status = mkt_snp_verify(copy, sizeof copy, &collateral, &policy, &verdict, &err);
        if (status == MKT_OK && !verdict.failed) fail_msg("byte %zu flipped verifies", i);
        mkt_arena_release(&arena, mark);
    }
}

static void certificates_count(void **state)
{
    (void)state;
    need_data();
    policy.time = THEN + (int64_t)10 * 365 * 86400;
    verify(report);
    fails("certificates", "expired");
    policy.time = THEN;

    unsigned char *cert = malloc(vcek_bytes); /* one byte of the chip's certificate changed */
    memcpy(cert, vcek, vcek_bytes);
    cert[vcek_bytes - 1] ^= 1;
    mkt_collateral_clear(&collateral);
    assert_int_equal(mkt_collateral_add(&arena, &collateral, (char *)cert, vcek_bytes, &err),
                     MKT_OK);
    assert_int_equal(mkt_collateral_add(&arena, &collateral, (char *)chain, chain_bytes, &err),
                     MKT_OK);
    verify(report);
    fails("certificates", "");
    fails("report_signature", "");
    free(cert);

    mkt_collateral_clear(&collateral);
    verify(report);
    fails("certificates", "SEV-VCEK");
    unsigned char other[32] = {1};
    begin(NULL);
    policy.root = other;
    verify(report);
    fails("certificates", "pinned root");
}

/* One entry of the host's table, and its certificate behind the entries. */
static size_t add_entry(unsigned char *table, size_t entry, size_t at, const unsigned char *der,
                        size_t n)
{
    unsigned char *e = table + 24 * entry;
    memset(e, (int)(entry + 1), 16);
    for (size_t i = 0; i < 4; i++) {
        e[16 + i] = (unsigned char)(at >> 8 * i);
        e[20 + i] = (unsigned char)(n >> 8 * i);
    }
    memcpy(table + at, der, n);
    return at + n;
}

/* The host's table in place of collateral: the certificates are found, and must still lead. */
static void the_hosts_certificates_will_do(void **state)
{
    (void)state;
    need_data();
    unsigned char table[16384] = {0}, der[4096], *to;
    size_t at = 24 * 4;
    struct mkt_evidence evidence = {.bytes = report, .n = report_bytes, .certificates = table};
    at = add_entry(table, 0, at, vcek, vcek_bytes);
    for (size_t i = 0; i < collateral.chain.certs; i++) {
        to = der;
        if (collateral.chain.cert[i] == mkt_chain_named(&collateral.chain, "SEV-VCEK")) continue;
        int n = i2d_X509(collateral.chain.cert[i], &to);
        at = add_entry(table, i, at, der, (size_t)n);
    }
    evidence.certificates_bytes = at;
    mkt_err_clear(&err);
    if (mkt_evidence_verify(&arena, &evidence, NULL, &policy, &verdict, &err) != MKT_OK)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < verdict.checks; i++)
        if (verdict.check[i].result == MKT_CHECK_FAILED)
            fail_msg("%s: %s", verdict.check[i].name, verdict.check[i].text);

    memset(table + 24 + 16, 0xff, 4); /* the second entry points far outside */
    assert_int_equal(mkt_evidence_verify(&arena, &evidence, NULL, &policy, &verdict, &err), MKT_OK);
    result_is_skipped("table", "entry 1");
    fails("certificates", "");
    evidence.certificates_bytes = 23; /* not one entry */
    assert_int_equal(mkt_evidence_verify(&arena, &evidence, NULL, &policy, &verdict, &err), MKT_OK);
    fails("certificates", "SEV-VCEK");
    /* with the right ones from elsewhere the host's do no harm */
    evidence.certificates_bytes = at;
    assert_int_equal(mkt_evidence_verify(&arena, &evidence, &collateral, &policy, &verdict, &err),
                     MKT_OK);
    assert_false(verdict.failed);
}

static void no_report(void **state)
{
    (void)state;
    unsigned char bytes[MKT_SNP_BYTES] = {0};
    verdict = (struct mkt_verdict){.arena = &arena};
    assert_int_equal(mkt_snp_verify(bytes, sizeof bytes, NULL, &policy, &verdict, &err),
                     MKT_E_DATA);
    assert_non_null(strstr(err.text, "1184 bytes"));
    bytes[0] = 2;
    bytes[0x34] = 1;
    assert_true(mkt_snp_is_report(bytes, sizeof bytes));
    assert_false(mkt_snp_is_report(bytes, sizeof bytes - 1));
    bytes[0] = 6;
    assert_false(mkt_snp_is_report(bytes, sizeof bytes));
}

static void other_machines_are_refused(void **state)
{
    (void)state;
    unsigned char bytes[MKT_SNP_BYTES] = {0};
    bytes[0] = 3;
    bytes[0x34] = 1;
    bytes[0x188] = 0x1a;  /* Turin */
    bytes[0x48] = 1 << 2; /* signed by a VLEK */
    report_bytes = sizeof bytes;
    verify(bytes);
    fails("product", "Turin");
    fails("signing_key", "VCEK");
    fails("attributes", "malformed");
    policy.event_log = "[]";
    policy.event_log_bytes = 2;
    verify(bytes);
    fails("event_log", "no runtime registers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_recorded_report_verifies, begin),
        cmocka_unit_test_setup(no_flip_verifies, begin),
        cmocka_unit_test_setup(certificates_count, begin),
        cmocka_unit_test_setup(the_hosts_certificates_will_do, begin),
        cmocka_unit_test_setup(no_report, begin),
        cmocka_unit_test_setup(other_machines_are_refused, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
