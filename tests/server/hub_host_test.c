/* The service at a hub: what it registers as, what /health and the metrics say, that nothing the hub
 * does holds up the service or its end. */
#include "server/fixture.h"

#include "boardroom/fake_hub.h"

#define PEM_BEGINS "-----BEGIN PUBLIC KEY-----\\n"

static int set_up(void **state)
{
    if (fixture_set_up(state) != 0 || fake_hub_open() != 0) return -1;
    fixture.settings.hub = fake_hub.server.url;
    fixture.settings.client = "acme";
    fixture.settings.advertise = FAKE_HUB_ENDPOINT;
    fixture.settings.hub_heartbeat_seconds = 1;
    return 0;
}

static int tear_down(void **state)
{
    fixture_tear_down(state);
    fake_hub_close();
    return 0;
}

static void expect_health(const char *words)
{
    struct reply r = {0};
    for (int i = 0; i < 200; i++) { /* made anew once a second */
        reply_free(&r);
        r = client_ask(fixture.port, "GET", "/health", NULL);
        if (r.status == 200 && strstr(r.body, words)) break;
        fixture_pause(50);
    }
    expect(r, 200, words);
}

static void it_registers_as_it_is_and_says_so(void **state)
{
    (void)state;
    char seen[8192];
    fixture_start();
    expect_health("\"hub_registered\":true,\"hub\":\"registered\",\"hub_agents\":0");
    fake_hub_last(FAKE_REGISTER, seen);
    assert_non_null(strstr(seen, "X-Client-ID: acme\r\n"));
    assert_non_null(strstr(seen, "{\"agent_id\":\"marketing-agent-acme\",\"agent_type\":"
                                 "\"marketing\",\"capabilities\":[\"marketing_analysis\","));
    assert_non_null(strstr(seen, "\"attestation_endpoint\":\"http://127.0.0.1:"));
    assert_non_null(strstr(seen, "\"quote\":\"\",\"public_key\":\"" PEM_BEGINS));
    assert_true(fake_hub_called(FAKE_HEARTBEAT, 1));
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200, "\nmkt_hub_registered 1\n");
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200,
           "mkt_hub_calls_total{call=\"register\",outcome=\"ok\"} 1\n");
}

static void the_directory_is_taken_into_the_register(void **state)
{
    (void)state;
    atomic_store(&fake_hub.others,
                 ",{\"agent_id\":\"finance\",\"agent_type\":\"finance\",\"capabilities\":[],"
                 "\"endpoint\":\"http://f:8081\",\"status\":\"online\"}");
    fixture_start();
    expect_health("\"hub_agents\":1");
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200, "\nmkt_hub_agents 1\n");
}

static void without_a_hub_nothing_is_said(void **state)
{
    (void)state;
    fixture.settings.hub = "";
    fixture_start();
    expect_health("\"hub_registered\":false,\"hub\":\"none\"");
    struct reply r = client_ask(fixture.port, "GET", "/metrics", NULL);
    assert_null(strstr(r.body, "mkt_hub"));
    reply_free(&r);
    assert_int_equal(atomic_load(&fake_hub.calls[FAKE_REGISTER]), 0);
}

static void a_hub_that_refuses_is_told_of(void **state)
{
    (void)state;
    atomic_store(&fake_hub.fault[FAKE_REGISTER], fault_refuses);
    fixture_start();
    expect_health("\"hub_registered\":false,\"hub\":\"refused\","
                  "\"hub_problem\":\"the hub refuses the registration (400)\"");
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200, "\nmkt_hub_registered 0\n");
    expect(client_ask(fixture.port, "GET", "/api/v1/analyses", NULL), 200, "roi");
}

static void the_end_does_not_wait_for_a_hub_that_hangs(void **state)
{
    (void)state;
    fixture.settings.hub_timeout_ms = 60000;
    atomic_store(&fake_hub.fault[FAKE_REGISTER], fault_hangs);
    fixture_start();
    assert_true(fake_hub_called(FAKE_REGISTER, 1));
    expect(client_ask(fixture.port, "GET", "/api/v1/analyses", NULL), 200, "roi");
    expect_health("\"hub\":\"joining\"");
    fixture_stop();
    assert_int_equal(atomic_load(&fake_hub.server.open), 1); /* it hangs still */
}

static void an_id_of_ones_own(void **state)
{
    (void)state;
    char seen[8192];
    fixture.settings.agent = "marketing.acme";
    fixture_start();
    expect_health("\"agent_id\":\"marketing.acme\"");
    /* the hub answers with the id of another: it is not ours */
    expect_health("\"hub_problem\":\"the hub says that it has registered another agent\"");
    fake_hub_last(FAKE_REGISTER, seen);
    assert_non_null(strstr(seen, "{\"agent_id\":\"marketing.acme\","));
}

static void settings_that_cannot_be_stop_the_start(void **state)
{
    (void)state;
    fixture.settings.hub = "hub:8080";
    assert_int_equal(fixture_try_start(), MKT_E_ARG);
    assert_non_null(strstr(fixture_err.text, "HUB_ENDPOINT: "));
    fixture.settings.hub = fake_hub.server.url;
    fixture.settings.advertise = "marketing";
    assert_int_equal(fixture_try_start(), MKT_E_ARG);
    assert_non_null(strstr(fixture_err.text, "ADVERTISE_URL: "));
    fixture.settings.advertise = "";
    fixture.settings.agent = "two words";
    assert_int_equal(fixture_try_start(), MKT_E_ARG);
    assert_non_null(strstr(fixture_err.text, "AGENT_ID: "));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_registers_as_it_is_and_says_so),
        CASE(the_directory_is_taken_into_the_register),
        CASE(without_a_hub_nothing_is_said),
        CASE(a_hub_that_refuses_is_told_of),
        CASE(the_end_does_not_wait_for_a_hub_that_hangs),
        CASE(an_id_of_ones_own),
        CASE(settings_that_cannot_be_stop_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
