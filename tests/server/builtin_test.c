/* The service with a real model in the process: a tiny one, its weights are random. */
#include "server/fixture.h"

#include "narrate/word_model.h"

#define ROI "/api/v1/analyses/roi"

static char path[128];

static int set_up(void **state)
{
    if (fixture_set_up(state) != 0) return -1;
    snprintf(path, sizeof path, "%s/tiny.gguf", fixture.folder.path);
    fixture.settings.model_path = path;
    fixture.settings.model_threads = 1;
    return word_model_write(path) ? 0 : -1;
}

static bool health_says(const char *words)
{
    struct reply r = client_ask(fixture.port, "GET", "/api/v1/health", NULL);
    bool said = r.body && strstr(r.body, words);
    reply_free(&r);
    return said;
}

static void it_loads_behind_the_service_and_writes(void **state)
{
    (void)state;
    fixture_start();
    fixture_put_shop();
    for (int i = 0; i < 4000 && !health_says("\"model\":\"ready\""); i++) fixture_pause(10);
    assert_true(health_says("\"model_name\":\"Tiny random\",\"model_loaded\":true"));
    struct reply first = client_ask(fixture.port, "POST", ROI, "{\"dataset\":\"shop\"}");
    expect_status(first, 200);
    assert_non_null(strstr(first.body, "\"written_by\":\"Tiny random\""));
    reply_free(&first);
}

/* Whatever the moment: loading, warming up, writing. */
static void it_can_end_at_any_moment(void **state)
{
    (void)state;
    for (int ms = 0; ms < 60; ms += 12) {
        fixture_start();
        fixture_pause(ms);
        mkt_server_stop(fixture.server, 0);
        fixture.server = NULL;
    }
}

static void a_broken_file_is_told(void **state)
{
    (void)state;
    assert_int_equal(truncate(path, 1000), 0);
    fixture_start();
    fixture_put_shop();
    for (int i = 0; i < 1000 && !health_says("\"model\":\"failed\""); i++) fixture_pause(10);
    assert_true(health_says("\"model_problem\":\""));
    expect(client_ask(fixture.port, "POST", ROI, "{\"dataset\":\"shop\"}"), 200,
           "\"written_by\":\"plain\"");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {T(it_loads_behind_the_service_and_writes),
                                       T(it_can_end_at_any_moment), T(a_broken_file_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
