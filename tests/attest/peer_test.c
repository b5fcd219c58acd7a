/* Other agents: those who show what the operator demands are let in, and each way of not showing it
 * is a refusal with a sentence. */
#include "attest/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "attest/fake_peer.h"
#include "attest/recorded.h"
#include "attest/wrapper.h"

static struct vendor vendor;
static struct made_quote quote;
static struct mkt_public_key key, other;
static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_peer_demand demand;
static struct mkt_verdict verdict;
static char file[] = "/tmp/mkt-measurements-XXXXXX";

static int open_all(void **state)
{
    (void)state;
    char hex[97];
    int fd = mkstemp(file);
    if (fd < 0) return -1;
    memset(hex, 'a', 96);
    hex[96] = '\0';
    dprintf(fd, "# the finance agent of today\nmrtd %s\n", hex);
    close(fd);
    open_vendor(&vendor);
    memset(key.raw, 0x11, sizeof key.raw);
    memset(other.raw, 0x22, sizeof other.raw);
    make_quote(&vendor, 4, &quote);
    memcpy(quote.bytes + quote.body + 520, key.raw, 32);
    sign_quote(&vendor, &quote);
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    unlink(file);
    close_vendor(&vendor);
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status read_demand(const char *attestation, const char *measurements,
                              const char *collateral)
{
    const struct mkt_peer_settings settings = {.attestation = attestation,
                                               .nonce = "required",
                                               .measurements = measurements,
                                               .collateral = collateral,
                                               .tcb = ""};
    mkt_err_clear(&err);
    mkt_status status = mkt_peer_demand_read(&arena, &settings, &demand, &err);
    demand.policy.root = vendor.root_hash;
    return status;
}

static int begin(void **state)
{
    (void)state;
    mkt_arena_reset(&arena, 1 << 20);
    return read_demand("required", file, "") == MKT_OK ? 0 : -1;
}

static mkt_status verify(const void *bytes, size_t n)
{
    mkt_err_clear(&err);
    return mkt_peer_verify(&arena, &demand, "finance-agent-1", &key, bytes, n, NULL, 0, NOW,
                           &verdict, &err);
}

static void refuses(const void *bytes, size_t n, const char *words)
{
    if (verify(bytes, n) != MKT_E_FORBIDDEN || !strstr(err.text, words))
        fail_msg("%s: \"%s\" lacks \"%s\"", mkt_status_name(err.status), err.text, words);
    assert_true(verdict.failed);
    assert_non_null(strstr(err.text, "finance-agent-1 is not attested: "));
}

static void settings_are_judged(void **state)
{
    (void)state;
    assert_int_equal(read_demand("maybe", "", ""), MKT_E_ARG);
    assert_int_equal(read_demand("required", "", ""), MKT_E_ARG);
    assert_non_null(strstr(err.text, "any program"));
    assert_int_equal(read_demand("required", "/nowhere", ""), MKT_E_NOT_FOUND);
    assert_int_equal(read_demand("required", "/dev/null", ""), MKT_E_ARG);
    assert_non_null(strstr(err.text, "nobody would do"));
    assert_int_equal(read_demand("required", "docs/attest.md", ""), MKT_E_SYNTAX);
    assert_non_null(strstr(err.text, "docs/attest.md: line"));
    assert_int_equal(read_demand("required", file, "/nowhere"), MKT_E_NOT_FOUND);
    assert_int_equal(read_demand("off", "", ""), MKT_OK);
    assert_false(demand.required);
    assert_false(demand.old_will_do);
    const struct mkt_peer_settings settings = {
        .attestation = "off", .nonce = "never", .measurements = "", .collateral = "", .tcb = ""};
    assert_int_equal(mkt_peer_demand_read(&arena, &settings, &demand, &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "AGENT_PEER_NONCE"));
}

static void one_who_shows_it(void **state)
{
    (void)state;
    if (verify(quote.bytes, quote.n) != MKT_OK) fail_msg("%s", err.text);
    assert_false(verdict.failed);
    char *hex = mkt_hex_write(&arena, quote.bytes, quote.n);
    char *base64 = mkt_hex_write_base64(&arena, quote.bytes, quote.n);
    assert_int_equal(verify(hex, strlen(hex)), MKT_OK);
    assert_int_equal(verify(base64, strlen(base64)), MKT_OK);
}

static void those_who_do_not(void **state)
{
    (void)state;
    struct made_quote q;
    refuses("", 0, "shows no evidence");
    refuses("hello", 5, "no evidence");
    char *wrapper = mkt_wrapper_write(&arena, &key, NULL, NOW);
    refuses(wrapper, strlen(wrapper), "development mode");
    refuses("{\"attestation\":{\"platform\":\"none\"}}", 35, "runs in no TEE");
    refuses(quote.bytes, 700, "cut short");

    q = quote; /* changed behind its signature */
    q.bytes[q.body + 140] ^= 1;
    refuses(q.bytes, q.n, "did not sign the quote");
    q = quote; /* another program */
    q.bytes[q.body + 140] ^= 1;
    sign_quote(&vendor, &q);
    refuses(q.bytes, q.n, "none of those allowed");
    q = quote; /* a machine that others can look into */
    q.bytes[q.body + 120] = 1;
    sign_quote(&vendor, &q);
    refuses(q.bytes, q.n, "debug mode");
    q = quote; /* a quote that is genuine, and somebody else's */
    memcpy(q.bytes + q.body + 520, other.raw, 32);
    sign_quote(&vendor, &q);
    refuses(q.bytes, q.n, "another key");

    struct vendor stranger; /* signed anew, under names that are the same */
    open_vendor(&stranger);
    make_quote(&stranger, 4, &q);
    memcpy(q.bytes + q.body + 520, key.raw, 32);
    sign_quote(&stranger, &q);
    refuses(q.bytes, q.n, "root");
    close_vendor(&stranger);
    demand.policy.root = NULL; /* the product's own: a made-up vendor is none */
    refuses(quote.bytes, quote.n, "root");
}

static void without_an_allow_list_nobody_is(void **state)
{
    (void)state;
    assert_int_equal(read_demand("off", "", ""), MKT_OK);
    refuses(quote.bytes, quote.n, "AGENT_PEER_MEASUREMENTS names no program");
}

static void with_collateral_the_tcb_must_do(void **state)
{
    (void)state;
    assert_int_equal(read_demand("required", file, "docs"), MKT_OK); /* nothing of this is there */
    refuses(quote.bytes, quote.n, "TCB not evaluated");
    mkt_peer_demand_clear(&demand);
}

static void recorded_quotes_are_of_nobody(void **state)
{
    (void)state;
    static const char *const name[] = {"tee/intel_tdx/tdx_prod_quote_SPR_E4.dat",
                                       "tee/intel_tdx/cos-113-tdx-quote.dat",
                                       "tee/amd_snp/attestation.bin"};
    demand.policy.root = NULL;
    demand.policy.sept_ve = true;
    for (size_t i = 0; i < 3; i++) {
        size_t n;
        unsigned char *bytes = recorded_file(name[i], &n);
        if (!bytes) skip();
        mkt_err_clear(&err);
        assert_int_equal(mkt_peer_verify(&arena, &demand, "p", &key, (char *)bytes, n, NULL, 0,
                                         1735689600, &verdict, &err),
                         MKT_E_FORBIDDEN);
        assert_int_equal(mkt_verdict_find(&verdict, "key")->result, MKT_CHECK_FAILED);
        free(bytes);
    }
}

/* ---- asked itself ---- */

static mkt_status ask(const char *url)
{
    mkt_err_clear(&err);
    return mkt_peer_ask(&arena, &demand, "finance-agent-1", &key, url, NOW, &verdict, &err);
}

static void a_peer_is_asked_with_a_nonce(void **state)
{
    (void)state;
    struct fake_peer peer;
    char url[128];
    assert_int_equal(fake_peer_open(&peer, &vendor, &key), 0);
    snprintf(url, sizeof url, "%s/attestation", peer.server.url);
    if (ask(url) != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(mkt_verdict_find(&verdict, "nonce")->result, MKT_CHECK_PASSED);
    snprintf(url, sizeof url, "%s/attestation?x=1", peer.server.url);
    assert_int_equal(ask(url), MKT_OK);
    peer.stale = true;
    assert_int_equal(ask(url), MKT_E_FORBIDDEN);
    assert_non_null(strstr(err.text, "may be an old one"));
    demand.old_will_do = true; /* as of SecretVM */
    assert_int_equal(ask(url), MKT_OK);
    assert_null(mkt_verdict_find(&verdict, "nonce"));
    demand.old_will_do = false;
    peer.stale = false;
    peer.said = "{\"attestation\":{\"platform\":\"none\"}}";
    assert_int_equal(ask(url), MKT_E_FORBIDDEN);
    assert_non_null(strstr(err.text, "no TEE"));
    peer.said = "not JSON";
    assert_int_equal(ask(url), MKT_E_FORBIDDEN);
    fake_close(&peer.server);
    assert_int_equal(ask(url), MKT_E_FORBIDDEN);
    assert_non_null(strstr(err.text, "does not answer"));
    assert_int_equal(ask("ftp://x/"), MKT_E_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(settings_are_judged, begin),
        cmocka_unit_test_setup(one_who_shows_it, begin),
        cmocka_unit_test_setup(those_who_do_not, begin),
        cmocka_unit_test_setup(without_an_allow_list_nobody_is, begin),
        cmocka_unit_test_setup(with_collateral_the_tcb_must_do, begin),
        cmocka_unit_test_setup(recorded_quotes_are_of_nobody, begin),
        cmocka_unit_test_setup(a_peer_is_asked_with_a_nonce, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
