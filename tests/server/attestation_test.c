/* The attestation port: what is answered there, what is not, with a TEE (a socket that plays dstack),
 * with one that fails or hangs, and without any. */
#include "server/attestation_fixture.h"

static void only_what_is_marked_is_there(void **state)
{
    (void)state;
    static const char *const marked[] = {"/attestation", "/cpu", "/.well-known/keys.json",
                                         "/.well-known/attestation.json"};
    static const char *const others[] = {
        "/health", "/",        "/metrics",     "/api/v1/analyses", "/api/v1/datasets/x",
        "/mcp",    "/nothing", "/attestation/"};
    char title[256];
    start();
    for (size_t i = 0; i < 4; i++) {
        expect(client_ask(port, "GET", marked[i], NULL), 200, "");
        struct reply r = client_ask(port, "POST", marked[i], "{}");
        assert_int_equal(r.status, 405);
        assert_string_equal(reply_header(&r, "Allow", title), "GET, HEAD");
        reply_free(&r);
        r = client_ask(port, "HEAD", marked[i], NULL);
        assert_int_equal(r.status, 200);
        reply_free(&r);
    }
    for (size_t i = 0; i < 8; i++) {
        expect(client_ask(port, "GET", others[i], NULL), 404, "no such path");
        expect(client_ask(port, "POST", others[i], "{}"), 404, "no such path");
    }
    expect(client_ask(port, "DELETE", "/api/v1/datasets/x", NULL), 404, "no such path");
    expect(client_ask(fixture.port, "GET", "/health", NULL), 200, "\"attestation_port\":");
}

static void a_quote_for_a_nonce(void **state)
{
    (void)state;
    start();
    both("/attestation", 200, "\"quote_available\":true,\"quote_type\":\"tdx\"");
    both("/attestation", 200, "\"measurements\":{\"mrtd\":\"aaaa");
    both("/attestation", 200, "\"development_mode\":false");
    int before = atomic_load(&dstack.server.requests);
    both("/attestation?quote=true", 200, "\"quote\":\"BAACAIEA");
    assert_int_equal(atomic_load(&dstack.server.requests), before); /* of what is kept */
    both("/attestation?nonce=" NONCE, 200, "\"bound\":true");
    assert_int_equal(atomic_load(&dstack.server.requests), before + 2);
    both("/cpu", 200, "040002008100");
    struct reply r = client_ask(port, "GET", "/attestation", NULL);
    assert_null(strstr(r.body, "\"quote\":"));
    reply_free(&r);
}

/* What a peer does: it asks with a nonce, and verifies by the published key. */
static void a_peer_verifies_the_answer(void **state)
{
    (void)state;
    unsigned char nonce[16];
    struct mkt_peer_demand demand = {.policy = {.root = vendor.root_hash}};
    char hex[97];
    memset(hex, 'a', 96);
    hex[96] = '\0';
    struct mkt_allowed allowed = {"mrtd", hex};
    demand.policy.allowed = &allowed;
    demand.policy.alloweds = 1;
    struct mkt_verdict verdict;
    struct mkt_public_key key;
    struct mkt_err err = {0};
    dstack.event_log = NULL;
    assert_true(mkt_hex_read(NONCE, 32, nonce, sizeof nonce));
    start();
    struct reply keys = client_ask(port, "GET", "/.well-known/keys.json", NULL);
    expect_status(keys, 200);
    const struct mkt_value *whole;
    struct mkt_value *read;
    assert_int_equal(mkt_json_read_value(&arena, keys.body, keys.body_length, &mkt_json_read_limits,
                                         &read, &err),
                     MKT_OK);
    whole = mkt_json_read_member(read, "current");
    const char *pem = mkt_json_read_member(whole, "pem")->text;
    assert_true(mkt_keys_read_pem(pem, strlen(pem), &key));
    const struct mkt_value *jwk = mkt_json_read_member(whole, "jwk");
    assert_string_equal(mkt_json_read_member(jwk, "crv")->text, "Ed25519");
    assert_int_equal(strlen(mkt_json_read_member(jwk, "x")->text), 43);
    assert_null(strpbrk(mkt_json_read_member(jwk, "x")->text, "+/="));
    reply_free(&keys);

    struct reply r = client_ask(port, "GET", "/attestation?nonce=" NONCE, NULL);
    expect_status(r, 200);
    mkt_status status = mkt_peer_verify(&arena, &demand, "us", &key, r.body, r.body_length, nonce,
                                        sizeof nonce, NOW, &verdict, &err);
    /* the log of the fake machine leads nowhere: that is found, too */
    assert_int_equal(status, MKT_E_FORBIDDEN);
    assert_non_null(strstr(err.text, "event log"));
    for (size_t i = 0; i < verdict.checks; i++)
        if (verdict.check[i].result == MKT_CHECK_FAILED)
            assert_string_equal(verdict.check[i].name, "event_log");
    assert_int_equal(mkt_verdict_find(&verdict, "nonce")->result, MKT_CHECK_PASSED);
    assert_int_equal(mkt_verdict_find(&verdict, "key")->result, MKT_CHECK_PASSED);
    reply_free(&r);
}

static void what_cannot_be_asked(void **state)
{
    (void)state;
    start();
    both("/attestation?nonce=00", 400, "32 to 128 hex digits");
    both("/attestation?nonce=" NONCE "0", 400, "32 to 128 hex digits");
    both("/attestation?nonce=" NONCE "zz", 400, "32 to 128 hex digits");
    both("/attestation?quote=perhaps", 400, "true or false");
    both("/attestation?other=1", 400, "no parameter \\\"other\\\"");
    both("/cpu?nonce=1", 400, "hex digits");
    expect(client_ask_with(port, "GET", "/attestation", "Origin: http://evil.example\r\n", NULL, 0),
           403, "other origins");
    int fd = client_connect(port);
    client_say(fd, "GET /attestation HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    expect(client_read(fd), 403, "localhost only");
    close(fd);
}

static void no_tee(void **state)
{
    (void)state;
    tee.dstack = "/nowhere";
    start();
    both("/attestation", 200, "\"tee\":\"none\"");
    both("/attestation?nonce=" NONCE, 200, "\"platform\":\"none\",\"quote_available\":false");
    both("/cpu", 404, "no TEE");
    both("/.well-known/attestation.json", 200, "\"source\":\"none\",\"required\":false");
    assert_int_equal(mkt_attestation_check(fixture.server->attestation, &arena, &fixture_err),
                     MKT_OK);
    const char *wrapper;
    assert_int_equal(mkt_attestation_quote(fixture.server, &arena, &wrapper, &fixture_err), MKT_OK);
    assert_string_equal(wrapper, "");
}

static void development_mode_is_no_evidence(void **state)
{
    (void)state;
    const char *wrapper;
    struct mkt_evidence evidence;
    tee.dstack = "/nowhere";
    fixture.settings.development = "true";
    fixture.settings.attestation_required = "true";
    start();
    both("/attestation", 200, "\"quote_available\":false");
    both("/attestation", 200, "\"development_mode\":true");
    expect(client_ask(fixture.port, "GET", "/health", NULL), 200, "\"development_mode\":true");
    assert_int_equal(mkt_attestation_quote(fixture.server, &arena, &wrapper, &fixture_err), MKT_OK);
    assert_int_equal(mkt_evidence_read(&arena, wrapper, strlen(wrapper), &evidence, &fixture_err),
                     MKT_E_DATA);
    assert_non_null(strstr(fixture_err.text, "development mode"));
    /* nor does it stand in for what is required */
    expect(client_ask(fixture.port, "POST", "/api/v1/collaborate", "{}"), 403,
           "must be attested before it collaborates, and is not: this machine has no TEE");
    expect(client_ask(fixture.port, "POST", "/api/v1/process", "{}"), 403, "must be attested");
    expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze",
                      "{\"marketing_spend\":1000,\"attributed_revenue\":3000}"),
           200, "");
    mkt_err_clear(&fixture_err);
    assert_int_equal(mkt_attestation_check(fixture.server->attestation, &arena, &fixture_err),
                     MKT_E_FORBIDDEN);
    assert_non_null(strstr(fixture_err.text, "no TEE"));
}

static void required_and_there(void **state)
{
    (void)state;
    struct mkt_buf out;
    fixture.settings.attestation_required = "TRUE";
    start();
    struct reply r = client_ask(fixture.port, "POST", "/api/v1/collaborate", "{}");
    assert_null(strstr(r.body, "must be attested"));
    reply_free(&r);
    assert_int_equal(mkt_attestation_check(fixture.server->attestation, &arena, &fixture_err),
                     MKT_OK);
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_attestation_claim(fixture.server, &arena, &out, &fixture_err), MKT_OK);
    assert_non_null(strstr(out.data, "\"tee\":\"tdx\",\"source\":\"dstack\""));
}

static void a_tee_that_fails(void **state)
{
    (void)state;
    dstack.body = "{\"error\":\"the quoting service is away\"}";
    dstack.status = 500;
    fixture.settings.attestation_required = "true";
    start();
    both("/attestation", 503,
         "\"status\":\"unhealthy\",\"error\":\"dstack gives no quote: the "
         "quoting service is away\"");
    both("/cpu", 503, "quoting service is away");
    assert_int_equal(mkt_attestation_check(fixture.server->attestation, &arena, &fixture_err),
                     MKT_E_FORBIDDEN);
    struct mkt_buf out;
    mkt_err_clear(&fixture_err);
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_attestation_claim(fixture.server, &arena, &out, &fixture_err), MKT_OK);
    assert_ptr_equal(strstr(out.data, "{\"tee\":\"unavailable\",\"key_fingerprint\""), out.data);
    dstack.body = NULL; /* back again: a nonce finds out at once */
    both("/attestation?nonce=" NONCE, 200, "\"bound\":true");
    both("/attestation", 200, "\"status\":\"healthy\"");
}

/* While the TEE hangs, everything else goes on; too many that wait are sent away; and the service
 * can end. */
static void a_tee_that_hangs(void **state)
{
    (void)state;
    enum { ASKERS = 24 };
    int fd[ASKERS], answered = 0;
    fixture.settings.run_seconds = 60;
    start();
    atomic_store(&dstack.hold, true);
    for (int i = 0; i < ASKERS; i++) {
        fd[i] = client_connect(port);
        client_say(fd[i], "GET /attestation?nonce=" NONCE " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    for (int i = 0; i < 1000 && answered < ASKERS - MKT_ATTESTATION_QUEUE - 1; i++) {
        answered = 0;
        for (int k = 0; k < ASKERS; k++) {
            struct pollfd p = {.fd = fd[k], .events = POLLIN};
            answered += poll(&p, 1, 0) == 1;
        }
        fixture_pause(2);
    }
    /* the last of the queue may come before the worker has taken the first out of it */
    assert_in_range(answered, ASKERS - MKT_ATTESTATION_QUEUE - 1, ASKERS - MKT_ATTESTATION_QUEUE);
    for (int k = 0; k < ASKERS; k++) {
        struct pollfd p = {.fd = fd[k], .events = POLLIN};
        if (poll(&p, 1, 0) == 1) expect(client_read(fd[k]), 503, "\"busy\"");
    }
    expect(client_ask(port, "GET", "/attestation", NULL), 200, "healthy"); /* of what is kept */
    expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze",
                      "{\"marketing_spend\":1000,\"attributed_revenue\":3000}"),
           200, "");
    atomic_store(&dstack.hold, false); /* so that the worker ends; the others are let go at once */
    fixture_stop();
    for (int k = 0; k < ASKERS; k++) close(fd[k]);
}

/* Lets the TEE answer after a while. */
static void *let_go(void *user)
{
    (void)user;
    fixture_pause(700);
    atomic_store(&dstack.hold, false);
    return NULL;
}

static void the_service_ends_while_it_hangs(void **state)
{
    (void)state;
    pthread_t thread;
    start();
    atomic_store(&dstack.hold, true);
    int fd = client_connect(port);
    client_say(fd, "GET /cpu?nonce=" NONCE " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for (int i = 0; i < 1000 && atomic_load(&dstack.server.open) == 0; i++) fixture_pause(2);
    assert_int_equal(pthread_create(&thread, NULL, let_go, NULL), 0);
    mkt_server_stop(fixture.server, 100); /* the drain is over long before the TEE answers */
    fixture.server = NULL;
    expect(client_read(fd), 503, "shutting down");
    pthread_join(thread, NULL);
    close(fd);
}

static void tokens_do_not_close_it(void **state)
{
    (void)state;
    char path[300];
    snprintf(path, sizeof path, "%s/tokens", fixture.folder.path);
    FILE *f = fopen(path, "w");
    fputs("finance:0123456789abcdef0123\n", f);
    fclose(f);
    chmod(path, 0600);
    fixture.settings.tokens_file = path;
    start();
    both("/attestation?nonce=" NONCE, 200, "\"bound\":true");
    both("/.well-known/keys.json", 200, "\"overlap_seconds\":604800");
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 401, "token");
    expect(client_ask(port, "GET", "/metrics", NULL), 401, "token");
}

static void retired_keys_are_told(void **state)
{
    (void)state;
    char folder[300];
    struct mkt_err err = {0};
    snprintf(folder, sizeof folder, "%s/keys", fixture.folder.path);
    assert_int_equal(mkt_keys_rotate(folder, 1700000000, &err), MKT_OK);
    assert_int_equal(mkt_keys_rotate(folder, (int64_t)time(NULL), &err), MKT_OK);
    start();
    both("/.well-known/keys.json", 200, "\"valid\":true},{\"fingerprint\"");
    both("/.well-known/keys.json", 200,
         "\"retired\":\"2023-11-14T22:13:20Z\",\"valid_until\":\"2023-11-21T22:13:20Z\","
         "\"valid\":false}");
}

static void settings_that_are_none(void **state)
{
    (void)state;
    fixture.settings.development = "perhaps";
    assert_int_equal(fixture_try_start(), MKT_E_ARG);
    assert_non_null(strstr(fixture_err.text, "DEVELOPMENT_MODE is \"perhaps\""));
    fixture.settings.development = "off";
    fixture.settings.attestation_required = "2";
    assert_int_equal(fixture_try_start(), MKT_E_ARG);
    fixture.settings.attestation_required = "0";
    fixture.settings.peer_attestation = "required";
    assert_int_equal(fixture_try_start(), MKT_E_ARG);
    fixture.settings.peer_attestation = "off";

    int listener, taken; /* a port that somebody has */
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t n = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &n), 0);
    taken = ntohs(at.sin_port);
    fixture.settings.attestation_port = taken;
    assert_int_equal(fixture_try_start(), MKT_E_CONFLICT);
    assert_non_null(strstr(fixture_err.text, "AGENT_ATTESTATION_PORT"));
    close(listener);

    fixture.settings.attestation_port = -1;
    fixture_start();
    assert_int_equal(mkt_server_attestation_port(fixture.server), 0);
    expect(client_ask(fixture.port, "GET", "/attestation", NULL), 200, "\"tdx\"");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(only_what_is_marked_is_there),
        T(a_quote_for_a_nonce),
        T(a_peer_verifies_the_answer),
        T(what_cannot_be_asked),
        T(no_tee),
        T(development_mode_is_no_evidence),
        T(required_and_there),
        T(a_tee_that_fails),
        T(a_tee_that_hangs),
        T(the_service_ends_while_it_hangs),
        T(tokens_do_not_close_it),
        T(retired_keys_are_told),
        T(settings_that_are_none),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
