/* Event logs lead to the registers they were made for, and to no others. */
#include "attest/event_log.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attest/hex.h"

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_verdict verdict;

static int open_arena(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, (size_t)16 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static void sha384(const void *bytes, size_t n, unsigned char out[48])
{
    EVP_Digest(bytes, n, out, NULL, EVP_sha384(), NULL);
}

static void extend(unsigned char rtmr[48], const unsigned char digest[48])
{
    unsigned char both[96];
    memcpy(both, rtmr, 48);
    memcpy(both + 48, digest, 48);
    sha384(both, 96, rtmr);
}

/* RTMR 0 gets one event with a digest, RTMR 3 one of run time in each version. */
static void quote_of(unsigned char rtmr[4][48])
{
    unsigned char digest[48];
    memset(rtmr, 0, (size_t)4 * 48);
    memset(digest, 0x5a, sizeof digest);
    extend(rtmr[0], digest);
    sha384("\x01\x00\x00\x08:app-id:\xab\xcd", 14, digest);
    extend(rtmr[3], digest);
    const char *v2 = "{\"name\":\"compose-hash\",\"payload\":\"0102\",\"type\":134217729}";
    sha384(v2, strlen(v2), digest);
    extend(rtmr[3], digest);
}

static const char *log_text(const char *digest_of_app)
{
    char digest[97];
    memset(digest, 0, sizeof digest);
    for (size_t i = 0; i < 48; i++) memcpy(digest + 2 * i, "5a", 2);
    return mkt_arena_printf(
        &arena,
        "[{\"imr\":0,\"event_type\":1,\"digest\":\"%s\",\"event\":\"\",\"event_payload\":\"\"},"
        "{\"imr\":3,\"event_type\":134217729,\"digest\":\"%s\",\"event\":\"app-id\","
        "\"event_payload\":\"abcd\"},{\"imr\":3,\"event_type\":134217729,\"digest\":\"\","
        "\"event\":\"compose-hash\",\"event_payload\":\"0102\",\"version\":2}]",
        digest, digest_of_app);
}

static void check(const char *log, unsigned char rtmr[4][48], mkt_check_result result,
                  const char *words)
{
    static const char *const name[] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    struct mkt_policy policy = {.event_log = log, .event_log_bytes = strlen(log)};
    verdict = (struct mkt_verdict){.arena = &arena};
    for (size_t i = 0; i < 4; i++) mkt_verdict_measure(&verdict, name[i], rtmr[i], 48);
    mkt_event_log_check(&policy, &verdict);
    const struct mkt_check *c = mkt_verdict_find(&verdict, "event_log");
    assert_non_null(c);
    if (c->result != result || !strstr(c->text, words)) fail_msg("\"%s\"", c->text);
}

static void a_log_leads_to_its_registers(void **state)
{
    (void)state;
    unsigned char rtmr[4][48];
    quote_of(rtmr);
    check(log_text(""), rtmr, MKT_CHECK_PASSED, "all four");
    assert_string_equal(mkt_verdict_measured(&verdict, "app-id"), "abcd");
    assert_string_equal(mkt_verdict_measured(&verdict, "compose-hash"), "0102");
}

static void a_digest_given_must_be_its_own(void **state)
{
    (void)state;
    unsigned char rtmr[4][48], digest[48];
    quote_of(rtmr);
    sha384("\x01\x00\x00\x08:app-id:\xab\xcd", 14, digest);
    check(log_text(mkt_hex_write(&arena, digest, 48)), rtmr, MKT_CHECK_PASSED, "");
    digest[0] ^= 1;
    check(log_text(mkt_hex_write(&arena, digest, 48)), rtmr, MKT_CHECK_FAILED, "not its own");
}

static void every_register_counts(void **state)
{
    (void)state;
    static const char *const name[] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    for (size_t i = 0; i < 4; i++) {
        unsigned char rtmr[4][48];
        quote_of(rtmr);
        rtmr[i][47] ^= 1;
        check(log_text(""), rtmr, MKT_CHECK_FAILED, name[i]);
        assert_null(mkt_verdict_measured(&verdict, "app-id"));
    }
}

static void broken_logs(void **state)
{
    (void)state;
    static const struct {
        const char *log, *words;
    } broken[] = {
        {"{}", "no list"},
        {"[", "line 1"},
        {"[{\"imr\":4,\"digest\":\"\"}]", "register from 0 to 3"},
        {"[{\"imr\":-1,\"digest\":\"\"}]", "register from 0 to 3"},
        {"[{\"imr\":0,\"digest\":\"00\"}]", "no SHA-384"},
        {"[{\"imr\":0,\"event_type\":1,\"digest\":\"\"}]", "no digest"},
        {"[{\"imr\":3,\"event_type\":134217729,\"event\":\"a\",\"event_payload\":\"0\"}]",
         "cannot be read"},
        {"[{\"imr\":3,\"event_type\":134217729,\"event\":\"a\\\"b\",\"event_payload\":\"\","
         "\"version\":2}]",
         "cannot be read"},
    };
    unsigned char rtmr[4][48];
    quote_of(rtmr);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        check(broken[i].log, rtmr, MKT_CHECK_FAILED, broken[i].words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_leads_to_its_registers),
        cmocka_unit_test(a_digest_given_must_be_its_own),
        cmocka_unit_test(every_register_counts),
        cmocka_unit_test(broken_logs),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
