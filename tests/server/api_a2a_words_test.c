/* A2A while a language model writes: facts at once, words as they come, and the whole at the end. */
#include "engine/fake_model.h"

#define FIXTURE_OPENER fake_model_open
#include "server/fixture.h"

#define NEWER "Content-Type: application/json\r\nA2A-Version: 1.0\r\n"
#define SEND(method, more)                                                                         \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method                                           \
    "\",\"params\":{\"message\":{\"messageId\":\"m\",\"role\":"                                    \
    "\"ROLE_USER\",\"parts\":[{\"data\":{\"analysis\":\"roi\",\"dataset\":\"shop\"" more "}}]}}}"

static int set_up(void **state)
{
    fake_model_reset();
    if (fixture_set_up(state) != 0) return -1;
    fixture.settings.llm_url = "http://model.test"; /* the opener does not look at it */
    return 0;
}

static int tear_down(void **state)
{
    atomic_store(&fake_model.step_ms, 0);
    return fixture_tear_down(state);
}

static void start_ready(void)
{
    fixture_start();
    fixture_put_shop();
    for (int i = 0; i < 400; i++) {
        struct reply r = client_ask(fixture.port, "GET", "/api/v1/health", NULL);
        bool ready = r.body && strstr(r.body, "\"model\":\"ready\"");
        reply_free(&r);
        if (ready) return;
        fixture_pause(10);
    }
    fail_msg("the model is never ready");
}

static struct reply post(const char *body)
{
    return client_ask_with(fixture.port, "POST", "/a2a", NEWER, body, strlen(body));
}

static const char *after(const char *text, const char *words)
{
    const char *at = text ? strstr(text, words) : NULL;
    if (!at) fail_msg("no %s in its place", words);
    return at + 1;
}

static void facts_come_before_words_and_both_whole_at_the_end(void **state)
{
    (void)state;
    start_ready();
    atomic_store(&fake_model.step_ms, 1);
    struct reply r = post(SEND("SendStreamingMessage", ""));
    expect_status(r, 200);
    /* the first facts, and sentences, may be in the task already: the model does not wait either */
    const char *at = after(r.body, "\"result\":{\"task\":{");
    at = after(at, "\"artifactId\":\"answer\"");
    at = after(at, "\"artifactId\":\"words\"");
    at = after(at, "\"append\":true,\"lastChunk\":false");
    at = after(at, "\"artifactId\":\"answer\"");
    at = after(at, "\"written_by\":\"parrot\"");
    at = after(at, "\"append\":false,\"lastChunk\":true");
    at = after(at, "\"artifactId\":\"words\"");
    at = after(at, "\"append\":false,\"lastChunk\":true");
    after(at, "\"state\":\"TASK_STATE_COMPLETED\"");
    reply_free(&r);
    /* the facts were in the audit log before the words began, the whole before it came */
    char path[200], text[4096];
    snprintf(path, sizeof path, "%s/audit.jsonl", fixture.folder.path);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    after(after(text, "\"kind\":\"a2a\""), "\"kind\":\"a2a\"");
}

/* Who comes late gets what is there, then the rest. */
static void who_follows_later_misses_nothing(void **state)
{
    char body[200], id[40] = "";
    (void)state;
    start_ready();
    atomic_store(&fake_model.step_ms, 5);
    int fd = client_connect(fixture.port);
    client_say(fd,
               "POST /a2a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" NEWER
               "Content-Length: %zu\r\n\r\n" SEND("SendStreamingMessage", ""),
               strlen(SEND("SendStreamingMessage", "")));
    for (int i = 0; i < 400 && !id[0]; i++) {
        struct reply r = post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ListTasks\",\"params\":{"
                              "\"includeArtifacts\":true}}");
        const char *task = strstr(r.body, "{\"id\":\"");
        if (task && strstr(r.body, "\"artifactId\":\"words\""))
            snprintf(id, sizeof id, "%.32s", task + 7);
        reply_free(&r);
        fixture_pause(5);
    }
    assert_int_equal(strlen(id), 32);
    snprintf(
        body, sizeof body,
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"SubscribeToTask\",\"params\":{\"id\":\"%s\"}}",
        id);
    struct reply late = post(body);
    expect_status(late, 200);
    const char *at = after(late.body, "\"state\":\"TASK_STATE_WORKING\"");
    at = after(at, "\"artifacts\":[{\"artifactId\":\"answer\"");
    at = after(at, "\"artifactId\":\"words\"");
    at = after(at, "\"append\":true,\"lastChunk\":false"); /* not its first sentence any more */
    at = after(at, "\"lastChunk\":true");
    after(at, "\"state\":\"TASK_STATE_COMPLETED\"");
    reply_free(&late);
    struct reply whole = client_read(fd);
    close(fd);
    expect(whole, 200, "TASK_STATE_COMPLETED");
}

static void words_that_nobody_can_write_are_told(void **state)
{
    (void)state;
    fixture.settings.llm_url = "";
    fixture_start();
    fixture_put_shop();
    expect(post(SEND("SendMessage", ",\"words\":\"model\"")), 200, "there is none");
    expect(post(SEND("SendMessage", ",\"words\":\"verse\"")), 200, "auto, plain or model");
    expect(post(SEND("SendMessage", "")), 200, "\"written_by\":\"plain\"");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(facts_come_before_words_and_both_whole_at_the_end),
        TEST(who_follows_later_misses_nothing),
        TEST(words_that_nobody_can_write_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
