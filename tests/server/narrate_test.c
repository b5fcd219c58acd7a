/* The service with a language model: facts do not wait for it, and it stops when nobody waits. */
#include "attest/envelope.h"
#include "engine/fake_model.h"

#define FIXTURE_OPENER fake_model_open
#include "server/fixture.h"

#define ROI "/api/v1/analyses/roi"

static int set_up(void **state)
{
    fake_model_reset();
    if (fixture_set_up(state) != 0) return -1;
    fixture.settings.llm_url = "http://model.test"; /* the opener does not look at it */
    fixture.settings.narrations = 16; /* one is free, though the last is not quite done */
    return 0;
}

static int tear_down(void **state)
{
    atomic_store(&fake_model.step_ms, 0);
    atomic_store(&fake_model.open_waits, false);
    return fixture_tear_down(state);
}

static struct reply roi(const char *members)
{
    char body[400];
    snprintf(body, sizeof body, "{\"dataset\":\"shop\"%s}", members);
    return client_ask(fixture.port, "POST", ROI, body);
}

/* The health page is renewed once a second. */
static void until_health_says(const char *words)
{
    for (int i = 0; i < 400; i++) {
        struct reply r = client_ask(fixture.port, "GET", "/api/v1/health", NULL);
        bool said = r.body && strstr(r.body, words);
        reply_free(&r);
        if (said) return;
        fixture_pause(10);
    }
    fail_msg("/health never says %s", words);
}

static void start_ready(void)
{
    fixture_start();
    fixture_put_shop();
    until_health_says("\"model\":\"ready\"");
}

static void facts_do_not_wait_for_the_loading(void **state)
{
    (void)state;
    atomic_store(&fake_model.open_waits, true);
    fixture_start();
    expect(client_ask(fixture.port, "GET", "/health", NULL), 200, "\"model\":\"loading\"");
    fixture_put_shop();
    expect(roi(""), 200, "\"written_by\":\"plain\"");
    struct reply r = roi(",\"words\":\"model\"");
    char value[256];
    expect_status(r, 503);
    assert_string_equal(reply_header(&r, "Retry-After", value), "1");
    assert_non_null(strstr(r.body, "being loaded"));
    reply_free(&r);
    atomic_store(&fake_model.open_waits, false);
    until_health_says("\"model\":\"ready\",\"model_name\":\"parrot\",\"model_loaded\":true");
    expect(roi(""), 200, "\"written_by\":\"parrot\"");
    expect(roi(",\"words\":\"plain\""), 200, "\"written_by\":\"plain\"");
    expect(client_ask(fixture.port, "GET", "/", NULL), 200, "\"model_loaded\":true");
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200, "mkt_model_ready 1");
}

static void a_service_without_a_model(void **state)
{
    (void)state;
    fixture.settings.llm_url = "";
    fixture_start();
    fixture_put_shop();
    expect(client_ask(fixture.port, "GET", "/health", NULL), 200,
           "\"model\":\"absent\",\"model_name\":\"mistralai/Mistral-7B-Instruct-v0.3\","
           "\"model_loaded\":false,\"model_problem\":\"there is no model at ");
    expect(roi(""), 200, "\"written_by\":\"plain\"");
    expect(roi(",\"words\":\"model\""), 400, "there is none");
    expect(roi(",\"words\":\"verse\""), 400, "auto, plain or model");
    expect(roi(",\"deadline_ms\":-1"), 400, "deadline_ms");
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200, "mkt_model_ready 0");
}

static void a_deadline_is_kept_and_marked(void **state)
{
    (void)state;
    start_ready();
    atomic_store(&fake_model.step_ms, 10); /* all of it takes seconds */
    expect(roi(",\"deadline_ms\":300"), 200, "\"deadline\"");
    expect(roi(",\"deadline_ms\":0"), 200, "\"written_by\":\"plain\"");
    atomic_store(&fake_model.step_ms, 0); /* it was not kept: better words now */
    expect(roi(",\"deadline_ms\":20000"), 200, "\"written_by\":\"parrot\"");
}

/* The setting holds where the request says nothing, and a waiting client never gets a 504 for it. */
static void words_end_before_the_answer_is_given_up(void **state)
{
    (void)state;
    fixture.settings.run_seconds = 1;
    start_ready();
    atomic_store(&fake_model.step_ms, 20);
    expect(roi(",\"deadline_ms\":60000"), 200, "\"llm_analysis\"");
    expect(roi(""), 200, "\"llm_analysis\"");
}

struct asker {
    pthread_t thread;
    const char *members;
    struct reply reply;
};

static void *ask_roi(void *user)
{
    struct asker *a = user;
    a->reply = roi(a->members);
    return NULL;
}

static void begin_asking(struct asker *a, const char *members)
{
    *a = (struct asker){.members = members};
    assert_int_equal(pthread_create(&a->thread, NULL, ask_roi, a), 0);
}

/* Both narrators write; the workers stay free, and more answers have plain words. */
static void when_all_narrators_write(void **state)
{
    (void)state;
    struct asker asker[2];
    fixture.settings.narrations = 2;
    start_ready();
    atomic_store(&fake_model.step_ms, 500); /* they would take minutes */
    begin_asking(&asker[0], ",\"parameters\":{\"seed\":11}");
    begin_asking(&asker[1], ",\"parameters\":{\"seed\":12}");
    assert_true(fixture_until(&fake_model.running, 2));
    expect(roi(",\"parameters\":{\"seed\":13}"), 200, "\"written_by\":\"plain\"");
    expect(roi(",\"words\":\"plain\""), 200, "\"written_by\":\"plain\"");
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200, "mkt_narrations_running 2");
    assert_int_equal(atomic_load(&fake_model.running), 2); /* nobody waited for them */
    assert_int_equal(atomic_load(&fake_model.tasks), 2);

    struct reply r = roi(",\"words\":\"model\",\"parameters\":{\"seed\":13}");
    char value[256];
    expect_status(r, 503);
    assert_string_equal(reply_header(&r, "Retry-After", value), "1");
    assert_non_null(strstr(r.body, "the model writes 2 answers"));
    reply_free(&r);
    expect(client_ask_with(fixture.port, "POST", ROI,
                           "Prefer: respond-async\r\nContent-Type: application/json\r\n",
                           "{\"dataset\":\"shop\",\"words\":\"model\"}", 34),
           503, "the model writes 2 answers");

    atomic_store(&fake_model.step_ms, 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(asker[i].thread, NULL);
        expect(asker[i].reply, 200, "\"written_by\":\"parrot\"");
    }
    for (int i = 0; i < 1000; i++) { /* until both are free again */
        struct reply m = client_ask(fixture.port, "GET", "/metrics", NULL);
        bool idle = m.body && strstr(m.body, "mkt_narrations_running 0");
        reply_free(&m);
        if (idle) break;
        fixture_pause(10);
    }
    expect(roi(",\"parameters\":{\"seed\":13}"), 200, "\"written_by\":\"parrot\"");
}

/* A table that is too large for the network's thread is handed on by a worker. */
static void a_large_table_goes_to_a_narrator_too(void **state)
{
    (void)state;
    char *csv = fixture_table_csv(), *padded = malloc(400000);
    start_ready();
    size_t n = strlen(csv);
    memcpy(padded, csv, n);
    memset(padded + n, '\n', 70000);
    expect(
        client_ask_with(fixture.port, "POST", ROI, "Content-Type: text/csv\r\n", padded, n + 70000),
        200, "\"written_by\":\"parrot\"");
    expect(client_ask_with(fixture.port, "POST", ROI "?words=plain", "Content-Type: text/csv\r\n",
                           padded, n + 70000),
           200, "\"written_by\":\"plain\"");
    expect(client_ask_with(fixture.port, "POST", ROI "?deadline_ms=0&seed=9",
                           "Content-Type: text/csv\r\n", padded, n + 70000),
           200, "\"written_by\":\"plain\"");
    free(padded);
    free(csv);
}

/* Totals of a campaign are told by the model too. */
static void a_campaign_from_its_totals(void **state)
{
    (void)state;
    static const char *const wish[][2] = {
        {"", "\"written_by\":\"parrot\""},
        {",\"words\":\"plain\"", "\"written_by\":\"plain\""},
        {",\"deadline_ms\":0", "\"written_by\":\"plain\""},
    };
    char text[400];
    start_ready();
    for (size_t i = 0; i < sizeof wish / sizeof *wish; i++) {
        snprintf(text, sizeof text,
                 "{\"marketing_spend\":50000,\"impressions\":1000000,\"clicks\":25000,"
                 "\"conversions\":500,\"attributed_revenue\":120000%s}",
                 wish[i][0]);
        expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze", text), 200, wish[i][1]);
    }
    snprintf(text, sizeof text, "{\"marketing_spend\":5,\"deadline_ms\":\"x\"}");
    expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze", text), 400, "deadline_ms");
}

static char *signed_request(struct mkt_arena *arena, const struct mkt_keys *keys,
                            const char *payload)
{
    struct timespec now;
    struct mkt_buf text;
    clock_gettime(CLOCK_REALTIME, &now);
    mkt_buf_init(&text, arena);
    assert_int_equal(mkt_envelope_write(
                         arena, keys, "finance", "marketing-agent-default", "collaboration_request",
                         (now.tv_sec - 1) * INT64_C(1000000), NULL, payload, &text, &fixture_err),
                     MKT_OK);
    return text.data;
}

/* Other agents wait for the words too, but not beyond their patience. */
static void other_agents_hear_the_model(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_keys *keys;
    char path[128];
    snprintf(path, sizeof path, "%s/other", fixture.folder.path);
    assert_int_equal(mkt_arena_open(&arena, (size_t)16 << 20, &fixture_err), MKT_OK);
    assert_int_equal(mkt_keys_open(path, &keys, &fixture_err), MKT_OK);
    fixture.settings.collaboration = "open";
    start_ready();
    static const char *const bodies[] = {"{\"query\":\"ROI by channel\"}",
                                         "{\"spend\":5,\"revenue\":9}"};
    for (size_t i = 0; i < 2; i++) {
        expect(client_ask(fixture.port, "POST", "/api/v1/process", bodies[i]), 200,
               "\"written_by\":\"parrot\"");
        expect(client_ask(fixture.port, "POST", "/api/v1/collaborate",
                          signed_request(&arena, keys, bodies[i])),
               200, "\"written_by\": \"parrot\"");
    }
    /* the message is opened twice, by a worker and by a narrator, and answered once */
    char *text = signed_request(&arena, keys, "{\"query\":\"ROAS by channel\"}");
    expect(client_ask(fixture.port, "POST", "/api/v1/collaborate", text), 200, "parrot");
    expect(client_ask(fixture.port, "POST", "/api/v1/collaborate", text), 200, "replayed");
    atomic_store(&fake_model.step_ms, 20); /* all of it takes seconds */
    expect(client_ask(fixture.port, "POST", "/api/v1/process",
                      "{\"query\":\"What was the CAC?\",\"timeout_seconds\":0.4}"),
           200, "\"deadline\"");
    mkt_keys_close(keys);
    mkt_arena_close(&arena);
}

static int stream_open(const char *members)
{
    char body[300];
    int fd = client_connect(fixture.port);
    assert_true(fd >= 0);
    snprintf(body, sizeof body, "{\"dataset\":\"shop\"%s}", members);
    assert_true(client_say(fd,
                           "POST " ROI " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                           "Accept: text/event-stream\r\nContent-Type: application/json\r\n"
                           "Content-Length: %zu\r\n\r\n%s",
                           strlen(body), body));
    return fd;
}

static void facts_sentences_words_done(void **state)
{
    (void)state;
    static const char *const order[] = {"event: facts\n", "event: sentence\n", "event: words\n",
                                        "event: done\n"};
    start_ready();
    int fd = stream_open("");
    struct reply r = client_read(fd);
    close(fd);
    expect_status(r, 200);
    const char *at = r.body;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        at = strstr(at, order[i]);
        if (!at) fail_msg("no %s in its place", order[i]);
    }
    assert_non_null(strstr(r.body, "data: {\"part\":\"performance_summary\",\"text\":\""));
    assert_non_null(strstr(at - 1, "done"));
    reply_free(&r);
}

/* Reads until the stream has said it. */
static void read_until(int fd, const char *words)
{
    static char text[1 << 20];
    size_t n = 0;
    while (n < sizeof text - 1) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 20000) != 1) break;
        ssize_t got = recv(fd, text + n, sizeof text - 1 - n, 0);
        if (got <= 0) break;
        n += (size_t)got;
        text[n] = '\0';
        if (strstr(text, words)) return;
    }
    fail_msg("the stream never says %s", words);
}

static void a_client_that_leaves_stops_the_model(void **state)
{
    (void)state;
    start_ready();
    atomic_store(&fake_model.step_ms, 20);
    int fd = stream_open(",\"parameters\":{\"seed\":21}");
    read_until(fd, "event: sentence");
    close(fd);
    assert_true(fixture_until(&fake_model.stopped, 1));
    assert_true(fixture_until(&fake_model.running, 0));

    fd = client_connect(fixture.port); /* the same without a stream */
    const char *body = "{\"dataset\":\"shop\",\"parameters\":{\"seed\":22}}";
    client_say(fd,
               "POST " ROI " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               strlen(body), body);
    assert_true(fixture_until(&fake_model.running, 1));
    close(fd);
    assert_true(fixture_until(&fake_model.stopped, 2));
    assert_true(fixture_until(&fake_model.running, 0));
}

static void a_cancelled_job_stops_the_model(void **state)
{
    (void)state;
    char path[256];
    start_ready();
    atomic_store(&fake_model.step_ms, 20);
    struct reply r = client_ask_with(fixture.port, "POST", ROI,
                                     "Prefer: respond-async\r\nContent-Type: application/json\r\n",
                                     "{\"dataset\":\"shop\"}", 18);
    expect_status(r, 202);
    reply_header(&r, "Location", path);
    reply_free(&r);
    assert_true(fixture_until(&fake_model.running, 1));
    expect(client_ask(fixture.port, "DELETE", path, NULL), 200, "\"id\"");
    assert_true(fixture_until(&fake_model.stopped, 1));
}

static void the_service_ends_while_the_model_writes(void **state)
{
    (void)state;
    struct asker asker;
    start_ready();
    atomic_store(&fake_model.step_ms, 50);
    begin_asking(&asker, ",\"parameters\":{\"seed\":31}");
    assert_true(fixture_until(&fake_model.running, 1));
    mkt_server_stop(fixture.server, 100);
    fixture.server = NULL;
    pthread_join(asker.thread, NULL);
    expect(asker.reply, 503, "shutting down");
    assert_int_equal(atomic_load(&fake_model.stopped), 1);
    assert_int_equal(atomic_load(&fake_model.closed), 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(facts_do_not_wait_for_the_loading), T(a_service_without_a_model),
        T(a_deadline_is_kept_and_marked),     T(words_end_before_the_answer_is_given_up),
        T(when_all_narrators_write),          T(a_large_table_goes_to_a_narrator_too),
        T(a_campaign_from_its_totals),        T(other_agents_hear_the_model),
        T(facts_sentences_words_done),        T(a_client_that_leaves_stops_the_model),
        T(a_cancelled_job_stops_the_model),   T(the_service_ends_while_the_model_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
