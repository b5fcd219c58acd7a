/* X-Client-ID: whose requests are taken, and when the hub needs no token. */
#include <sys/stat.h>

#include "server/fixture.h"

#define OWN "Authorization: Bearer token-of-the-operator\r\n"
#define HUB "Authorization: Bearer token-of-the-hub-here\r\n"
#define FINANCE "Authorization: Bearer token-of-finance-here\r\n"
#define LONGER "Authorization: Bearer token-of-acme-corp-here\r\n"

static void start_with_tokens(void)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/tokens", fixture.folder.path);
    assert_int_equal(temp_folder_write(path, "token-of-the-operator\n"
                                             "acme/hub:token-of-the-hub-here\n"
                                             "finance:token-of-finance-here\n"
                                             "acmecorp:token-of-acme-corp-here\n"
                                             "acme:token-of-the-whole-company\n"),
                     0);
    assert_int_equal(chmod(path, 0600), 0);
    fixture.settings.tokens_file = path;
    fixture.settings.client = "acme";
    fixture_start();
}

static void ask(const char *headers, int status, const char *words)
{
    expect(client_ask_with(fixture.port, "GET", "/api/v1/analyses", headers, NULL, 0), status,
           words);
}

static void a_token_speaks_for_its_own_client(void **state)
{
    (void)state;
    start_with_tokens();
    ask(HUB "X-Client-ID: acme\r\n", 200, "");
    ask("Authorization: Bearer token-of-the-whole-company\r\nX-Client-ID: acme\r\n", 200, "");
    ask(OWN "X-Client-ID: acme\r\n", 200, "");
    ask(FINANCE, 200, ""); /* who names no client is asked for none */
    ask(FINANCE "X-Client-ID: acme\r\n", 403, "this token is not of the client");
    ask(LONGER "X-Client-ID: acme\r\n", 403, "this token is not of the client");
    ask(HUB "X-Client-ID: rival\r\n", 403, "works for another client");
    ask(OWN "X-Client-ID: rival\r\n", 403, "works for another client");
    ask(OWN "X-Client-ID: ACME\r\n", 403, "works for another client");
    ask(OWN "X-Client-ID:\r\n", 403, "works for another client");
    ask("X-Client-ID: acme\r\n", 401, "token");
}

static void without_tokens_it_is_the_agents_own(void **state)
{
    (void)state;
    fixture.settings.client = "acme";
    fixture_start();
    ask("", 200, "");
    ask("X-Client-ID: acme\r\n", 200, "");
    ask("X-Client-ID: default\r\n", 403, "works for another client");
}

static void what_needs_no_token_asks_for_no_client(void **state)
{
    (void)state;
    start_with_tokens();
    expect(client_ask_with(fixture.port, "GET", "/health", "X-Client-ID: rival\r\n", NULL, 0), 200,
           "\"hub\":\"none\"");
    expect(client_ask_with(fixture.port, "GET", "/ready", "X-Client-ID: rival\r\n", NULL, 0), 200,
           "ready");
}

static void addresses_that_are_none_stop_the_start(void **state)
{
    (void)state;
    fixture.settings.hub_address = "the-hub";
    assert_int_equal(fixture_try_start(), MKT_E_ARG);
    assert_non_null(strstr(fixture_err.text, "HUB_ADDRESS: \"the-hub\" is neither"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_token_speaks_for_its_own_client),
        CASE(without_tokens_it_is_the_agents_own),
        CASE(what_needs_no_token_asks_for_no_client),
        CASE(addresses_that_are_none_stop_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
