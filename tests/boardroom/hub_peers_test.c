#include "boardroom/hub_peers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_peers *peers;
static struct mkt_err err;
static struct mkt_hub_peers_taken taken;
static char pem[3][MKT_KEYS_PEM];
static char judged[512];

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    judged[0] = '\0';
    for (int i = 0; i < 3; i++) {
        struct mkt_public_key key;
        memset(key.raw, 0x10 + i, sizeof key.raw);
        mkt_keys_pem(&key, pem[i]);
    }
    return mkt_peers_open("", &peers, &err) != MKT_OK;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_peers_close(peers);
    return 0;
}

static void judge(void *user, const char *id, const struct mkt_public_key *key, const char *quote)
{
    size_t n = strlen(judged);
    (void)user;
    snprintf(judged + n, sizeof judged - n, "%s %02x %s;", id, key->raw[0], quote);
}

static void take(const struct mkt_hub_wire_agent *agent, size_t n)
{
    struct mkt_hub_wire_agent copy[8];
    memcpy(copy, agent, n * sizeof *agent);
    struct mkt_hub_wire_directory d = {.agent = copy, .agents = n};
    mkt_hub_peers_take(peers, "acme", &d, judge, NULL, &taken);
}

static struct mkt_peers_record record(const char *id)
{
    struct mkt_peers_record r = {0};
    assert_true(mkt_peers_find(peers, id, &r));
    return r;
}

static void records_are_taken_with_key_and_evidence(void **state)
{
    (void)state;
    static const char *const can[] = {"roi_calculation", "budget_planning"};
    take(
        (struct mkt_hub_wire_agent[]){
            {.id = "finance",
             .type = "finance",
             .endpoint = "http://f:8081",
             .client = "acme",
             .capability = can,
             .capabilities = 2,
             .public_key = pem[0],
             .quote = "Q"},
            {.id = "sales", .endpoint = "http://s:8083"}, /* keys could not be had */
            {.id = "ceo", .endpoint = "http://c:8084", .public_key = "no key", .quote = "R"}},
        3);
    assert_int_equal(taken.taken, 3);
    assert_int_equal(taken.keyless, 2);
    struct mkt_peers_record r = record("finance");
    assert_int_equal(r.origin, MKT_PEERS_REGISTRY);
    assert_int_equal(r.keys, 1);
    assert_int_equal(r.key[0].raw[31], 0x10);
    assert_string_equal(r.type, "finance");
    assert_string_equal(r.endpoint, "http://f:8081");
    assert_int_equal(r.capabilities, 2);
    assert_string_equal(r.capability[1], "budget_planning");
    assert_int_equal(record("sales").keys, 0);
    assert_int_equal(record("ceo").keys, 0);
    assert_string_equal(judged, "finance 10 Q;");
}

static void a_key_that_changes_is_told(void **state)
{
    (void)state;
    struct mkt_hub_wire_agent a = {.id = "finance", .endpoint = "e", .public_key = pem[0]};
    take(&a, 1);
    assert_int_equal(taken.changed, 0);
    a.public_key = pem[1];
    a.quote = "Q";
    take(&a, 1);
    assert_int_equal(taken.changed, 1);
    struct mkt_peers_record r = record("finance");
    assert_true(r.changed);
    assert_int_equal(r.key[0].raw[0], 0x10);
    assert_int_equal(mkt_peers_check(&r, &err), MKT_E_AUTH);
    assert_string_equal(judged, "finance 11 Q;"); /* its evidence may settle it */
    take(&a, 0);                                  /* who vanishes keeps its key */
    assert_int_equal(record("finance").key[0].raw[0], 0x10);
}

static void a_record_of_another_client_is_not_taken(void **state)
{
    (void)state;
    struct mkt_peers_record r;
    take(
        (struct mkt_hub_wire_agent[]){
            {.id = "finance", .endpoint = "e", .client = "rival", .public_key = pem[0]},
            {.id = "bad id \xC3\xA4", .endpoint = "e", .client = "acme"},
        },
        2);
    assert_int_equal(taken.foreign, 1);
    assert_int_equal(taken.refused, 1);
    assert_int_equal(taken.taken, 0);
    assert_false(mkt_peers_find(peers, "finance", &r));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(records_are_taken_with_key_and_evidence),
        CASE(a_key_that_changes_is_told),
        CASE(a_record_of_another_client_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
