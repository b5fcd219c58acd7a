#include "server/fixture.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

#define ROI "/api/v1/analyses/roi"

static void pages_about_the_service(void **state)
{
    (void)state;
    fixture_start();
    int p = fixture.port;
    expect(client_ask(p, "GET", "/health", NULL), 200, "\"status\":\"healthy\"");
    expect(client_ask(p, "GET", "/health", NULL), 200, "\"model\":\"absent\"");
    expect(client_ask(p, "GET", "/api/v1/health", NULL), 200, "\"service\":\"marketing-agent\"");
    expect(client_ask(p, "GET", "/ready", NULL), 200, "\"ready\":true");
    expect(client_ask(p, "GET", "/", NULL), 200, "\"status\":\"running\"");
    expect(client_ask(p, "GET", "/api/v1/analyses", NULL), 200, "\"name\":\"roi\"");
    expect(client_ask(p, "GET", "/api/v1/capabilities", NULL), 200, "\"marketing_analysis\"");
    expect(client_ask(p, "GET", "/openapi.json", NULL), 200, "\"/api/v1/analyses/roi\"");
    expect(client_ask(p, "GET", "/metrics", NULL), 200,
           "mkt_http_requests_total{route=\"/health\",status=\"200\"} 2\n");
    struct reply head = client_ask(p, "HEAD", "/api/v1/analyses", NULL);
    expect_status(head, 200);
    assert_int_equal(head.body_length, 0);
    reply_free(&head);
}

static void a_connection_serves_many_requests(void **state)
{
    (void)state;
    static const char *const path[] = {"/health", "/ready", "/health", "/none", "/metrics"};
    static const int status[] = {200, 200, 200, 404, 200};
    fixture_start();
    int fd = client_connect(fixture.port);
    for (int i = 0; i < 25; i++) {
        client_say(fd, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path[i % 5]);
        struct reply r = client_read(fd);
        expect_status(r, status[i % 5]);
        reply_free(&r);
    }
    close(fd);
}

static void a_data_set_comes_and_goes(void **state)
{
    (void)state;
    fixture_start();
    int p = fixture.port;
    expect(client_ask(p, "GET", "/api/v1/datasets", NULL), 200, "{\"datasets\":[]}");
    fixture_put_shop();
    expect(client_ask(p, "GET", "/api/v1/datasets", NULL), 200, "\"role\":\"spend\"");
    expect(client_ask(p, "GET", "/api/v1/datasets/shop", NULL), 200, "\"rows\":240");
    expect(client_ask(p, "GET", "/api/v1/datasets/shop?dates=day-first", NULL), 200,
           "\"usable\":true");
    expect(client_ask(p, "GET", "/api/v1/datasets/shop?date=x", NULL), 400, "no option");
    fixture_stop(); /* and is still there after a restart */
    fixture_start();
    p = fixture.port;
    expect(client_ask(p, "GET", "/api/v1/datasets", NULL), 200, "\"name\":\"shop\"");
    expect(client_ask(p, "DELETE", "/api/v1/datasets/shop", NULL), 204, "");
    expect(client_ask(p, "GET", "/api/v1/datasets/shop", NULL), 404, "no data set");
    expect(client_ask(p, "DELETE", "/api/v1/datasets/shop", NULL), 404, "no data set");
    expect(client_ask(p, "POST", ROI, "{\"dataset\":\"shop\"}"), 404, "no data set");
}

static void what_cannot_be_used_is_kept_and_says_why(void **state)
{
    (void)state;
    fixture_start();
    expect(client_ask_with(fixture.port, "PUT", "/api/v1/datasets/odd", "", "a,b\n1,2\n", 8), 201,
           "\"usable\":false,\"problem\":\"");
    expect(client_ask(fixture.port, "POST", ROI, "{\"dataset\":\"odd\"}"), 422, "\"error\"");
}

static void files_join_into_one_data_set(void **state)
{
    (void)state;
    char *csv = fixture_table_csv();
    fixture_start();
    for (int i = 0; i < 2; i++) {
        char path[64];
        snprintf(path, sizeof path, "/api/v1/datasets/two/part-%d.csv", i);
        /* the second has other days, so that the two add up */
        if (i)
            for (char *c = csv; (c = strstr(c, "2025-")); c += 4) memcpy(c, "2024", 4);
        expect(client_ask_with(fixture.port, "PUT", path, "Content-Type: text/csv\r\n", csv,
                               strlen(csv)),
               201, i ? "part-1.csv" : "part-0.csv");
    }
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets/two", NULL), 200,
           "\"first_day\":\"2024-01-01\",\"last_day\":\"2025-04-30\"");
    free(csv);
}

static void an_answer_in_three_formats(void **state)
{
    (void)state;
    char value[256];
    fixture_start();
    fixture_put_shop();
    const char *body = "{\"dataset\":\"shop\",\"parameters\":{\"margin\":0.5}}";
    struct reply r = client_ask(fixture.port, "POST", ROI, body);
    expect_status(r, 200);
    assert_non_null(strstr(r.body, "\"analysis_type\":\"campaign_roi\""));
    assert_non_null(strstr(r.body, "\"id\":\"search.roas\""));
    assert_string_equal(reply_header(&r, "Content-Type", value), "application/json");
    reply_free(&r);
    r = client_ask_with(fixture.port, "POST", ROI,
                        "Content-Type: application/json\r\nAccept: text/html,*/*;q=0.1\r\n", body,
                        strlen(body));
    expect_status(r, 200);
    assert_non_null(strstr(r.body, "<html"));
    assert_string_equal(reply_header(&r, "X-Frame-Options", value), "DENY");
    assert_string_equal(reply_header(&r, "X-Content-Type-Options", value), "nosniff");
    reply_free(&r);
    r = client_ask_with(fixture.port, "POST", ROI,
                        "Content-Type: application/json\r\nAccept: text/plain\r\n", body,
                        strlen(body));
    expect_status(r, 200);
    assert_string_equal(reply_header(&r, "Content-Type", value), "text/plain; charset=utf-8");
    reply_free(&r);
    expect(client_ask_with(fixture.port, "POST", ROI,
                           "Content-Type: application/json\r\nAccept: image/png\r\n", body,
                           strlen(body)),
           415, "text/event-stream");
}

/* The same question gives the same bytes: computed, from the cache, after a restart, as a job. */
static void the_same_bytes_every_time(void **state)
{
    (void)state;
    const char *body = "{\"dataset\":\"shop\",\"parameters\":{\"seed\":5}}";
    char location[256], path[300];
    fixture_start();
    fixture_put_shop();
    struct reply first = client_ask(fixture.port, "POST", ROI, body);
    expect_status(first, 200);
    struct reply cached = client_ask(fixture.port, "POST", ROI, body);
    assert_string_equal(cached.body, first.body);
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200, "mkt_cache_hits_total 1\n");
    fixture_stop();
    fixture.settings.cache_mb = 0;
    fixture_start();
    struct reply again = client_ask(fixture.port, "POST", ROI, body);
    assert_string_equal(again.body, first.body);
    struct reply job = client_ask_with(
        fixture.port, "POST", ROI, "Content-Type: application/json\r\nPrefer: respond-async\r\n",
        body, strlen(body));
    expect_status(job, 202);
    snprintf(path, sizeof path, "%s/answer", reply_header(&job, "Location", location));
    struct reply answer = {0};
    for (int i = 0; i < 2000 && answer.status != 200; i++) {
        reply_free(&answer);
        fixture_pause(5);
        answer = client_ask(fixture.port, "GET", path, NULL);
    }
    assert_string_equal(answer.body, first.body);
    reply_free(&first);
    reply_free(&cached);
    reply_free(&again);
    reply_free(&job);
    reply_free(&answer);
}

/* Reading and summing is done once, however many questions follow. */
static void a_data_set_is_read_once(void **state)
{
    (void)state;
    fixture_start();
    fixture_put_shop();
    for (int seed = 1; seed <= 4; seed++) {
        char body[80];
        snprintf(body, sizeof body, "{\"dataset\":\"shop\",\"parameters\":{\"seed\":%d}}", seed);
        expect(client_ask(fixture.port, "POST", ROI, body), 200, "campaign_roi");
    }
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200,
           "mkt_datasets_openings_total 1\n");
}

static void a_table_in_the_body(void **state)
{
    (void)state;
    char *csv = fixture_table_csv();
    fixture_start();
    struct reply as_csv = client_ask_with(fixture.port, "POST", ROI "?margin=0.5",
                                          "Content-Type: text/csv\r\n", csv, strlen(csv));
    expect_status(as_csv, 200);
    assert_non_null(strstr(as_csv.body, "\"id\":\"search.roi_on_margin\""));
    reply_free(&as_csv);
    expect(client_ask(fixture.port, "POST", ROI,
                      "{\"table\":[{\"date\":\"2025-01-01\",\"channel\":\"search\",\"spend\":1},"
                      "{\"date\":\"2025-01-02\",\"channel\":\"search\",\"spend\":2}]}"),
           200, "\"name\":\"table.csv\"");
    expect(client_ask(fixture.port, "POST", ROI, "{\"table\":[{\"x\":1}]}"), 422, "\"error\"");
    expect(client_ask_with(fixture.port, "POST", ROI "?dataset=shop", "Content-Type: text/csv\r\n",
                           csv, strlen(csv)),
           400, "no dataset besides");
    expect(client_ask_with(fixture.port, "POST", ROI, "Content-Type: text/csv\r\n", "", 0), 422,
           "empty");
    free(csv);
    char command[160]; /* nothing stays behind */
    snprintf(command, sizeof command, "test -z \"$(ls -A '%s/tmp')\"", fixture.folder.path);
    assert_int_equal(system(command), 0);
}

static void faults_of_a_request_have_a_sentence(void **state)
{
    (void)state;
    fixture_start();
    fixture_put_shop();
    int p = fixture.port;
    expect(client_ask(p, "POST", "/api/v1/analyses/none", "{}"), 404, "no analysis");
    expect(client_ask(p, "POST", ROI, "{"), 400, "\"bad_syntax\"");
    expect(client_ask(p, "POST", ROI, "{\"dataset\":\"shop\",\"parameters\":{\"margn\":1}}"), 400,
           "margn");
    expect(client_ask(p, "POST", ROI, "{\"dataset\":\"shop\",\"parameters\":{\"margin\":2}}"), 400,
           "from 0 to 1");
    expect(client_ask(p, "POST", ROI "?margin=1", "{\"dataset\":\"shop\"}"), 400, "in the body");
    expect(client_ask(p, "POST", ROI, "{\"dataset\":\"../etc\"}"), 400, "cannot name");
    expect(client_ask(p, "GET", "/api/v1/datasets/..%2f..%2fetc", NULL), 404, "no such path");
    expect(client_ask(p, "GET", "/api/v1/jobs/none", NULL), 404, "no job");
}

static void a_campaign_from_its_totals(void **state)
{
    (void)state;
    fixture_start();
    expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze",
                      "{\"campaign_name\":\"Q4\",\"marketing_spend\":50000,\"impressions\":1000000,"
                      "\"clicks\":25000,\"conversions\":500,\"attributed_revenue\":120000}"),
           200, "\"return_on_ad_spend\":2.4");
    expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze", "{\"clicks\":1}"), 422,
           "no spend");
    expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze",
                      "{\"spend\":1,\"marketing_spend\":2}"),
           400, "two values");
    expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze", "{\"spend\":\"1\"}"), 400,
           "must be a number");
    expect(client_ask(fixture.port, "POST", "/api/v1/campaign/analyze",
                      "{\"spend\":3,\"channels\":[{\"name\":\"a\",\"spend\":1},"
                      "{\"name\":\"b\",\"spend\":1}]}"),
           422, "add up to 2");
}

static void request_ids_come_back(void **state)
{
    (void)state;
    char value[256];
    fixture_start();
    struct reply r =
        client_ask_with(fixture.port, "GET", "/ready", "X-Request-Id: abc-1\r\n", NULL, 0);
    assert_string_equal(reply_header(&r, "X-Request-Id", value), "abc-1");
    reply_free(&r);
    r = client_ask_with(fixture.port, "GET", "/ready", "X-Request-Id: a b\"<\r\n", NULL, 0);
    assert_null(strchr(reply_header(&r, "X-Request-Id", value), '<'));
    assert_true(strlen(value) > 4);
    reply_free(&r);
}

static void write_tokens(char path[128])
{
    snprintf(path, 128, "%s/tokens", fixture.folder.path);
    assert_int_equal(temp_folder_write(path, "# ours\nfinance:0123456789abcdef\n"), 0);
    assert_int_equal(chmod(path, 0600), 0);
    fixture.settings.tokens_file = path;
}

static void tokens_are_asked_for(void **state)
{
    (void)state;
    char path[128], value[256];
    write_tokens(path);
    fixture_start();
    int p = fixture.port;
    struct reply r = client_ask(p, "GET", "/api/v1/analyses", NULL);
    expect_status(r, 401);
    assert_string_equal(reply_header(&r, "WWW-Authenticate", value), "Bearer");
    reply_free(&r);
    expect(client_ask_with(p, "GET", "/api/v1/analyses",
                           "Authorization: Bearer 0123456789abcdeX\r\n", NULL, 0),
           401, "unauthorized");
    expect(client_ask_with(p, "GET", "/api/v1/analyses",
                           "Authorization: Bearer 0123456789abcdef\r\n", NULL, 0),
           200, "roi");
    expect(client_ask(p, "GET", "/none", NULL), 401, "unauthorized"); /* tells nothing away */
    expect(client_ask(p, "GET", "/health", NULL), 200, "healthy");
    expect(client_ask(p, "GET", "/ready", NULL), 200, "ready");
}

static void beyond_this_machine_only_with_tokens(void **state)
{
    (void)state;
    char path[128];
    fixture.settings.host = "0.0.0.0";
    assert_int_equal(fixture_try_start(), MKT_E_ARG);
    assert_non_null(strstr(fixture_err.text, "AGENT_TOKENS_FILE"));
    write_tokens(path);
    fixture_start();
    expect(client_ask(fixture.port, "GET", "/health", NULL), 200, "healthy");
    fixture_stop();
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(fixture_try_start(), MKT_E_FORBIDDEN);
    fixture.settings.tokens_file = "/none/tokens";
    assert_int_equal(fixture_try_start(), MKT_E_NOT_FOUND);
}

static void what_is_taken_is_said(void **state)
{
    (void)state;
    fixture_start();
    struct mkt_server *first = fixture.server;
    assert_int_equal(fixture_try_start(), MKT_E_CONFLICT); /* the data folder */
    struct temp_folder other;
    assert_int_equal(temp_folder_open(&other), 0);
    fixture.settings.data_dir = other.path;
    fixture.settings.port = fixture.port;
    assert_int_equal(fixture_try_start(), MKT_E_CONFLICT); /* the port */
    assert_non_null(strstr(fixture_err.text, "cannot listen on 127.0.0.1 port"));
    temp_folder_close(&other);
    fixture.server = first;
}

static void *ask_hold(void *user)
{
    struct reply *r = user;
    *r = client_ask(fixture.port, "POST", "/api/v1/analyses/hold",
                    "{\"csv\":\"date,channel,spend\\n2025-01-01,a,1\\n\"}");
    return NULL;
}

static void *release_later(void *user)
{
    (void)user;
    fixture_pause(150);
    atomic_store(&fixture_release, true);
    return NULL;
}

static void draining_lets_requests_finish(void **state)
{
    (void)state;
    struct reply r = {0};
    pthread_t asking, releasing;
    fixture_start();
    int port = fixture.port;
    assert_int_equal(pthread_create(&asking, NULL, ask_hold, &r), 0);
    assert_true(fixture_until(&fixture_running, 1));
    assert_int_equal(pthread_create(&releasing, NULL, release_later, NULL), 0);
    mkt_server_stop(fixture.server, 20000);
    fixture.server = NULL;
    pthread_join(releasing, NULL);
    pthread_join(asking, NULL);
    expect_status(r, 200);
    reply_free(&r);
    assert_int_equal(client_connect(port), -1);
}

static void draining_has_an_end(void **state)
{
    (void)state;
    struct reply r = {0};
    pthread_t asking;
    fixture_start();
    assert_int_equal(pthread_create(&asking, NULL, ask_hold, &r), 0);
    assert_true(fixture_until(&fixture_running, 1));
    mkt_server_stop(fixture.server, 50);
    fixture.server = NULL;
    pthread_join(asking, NULL);
    expect_status(r, 503);
    reply_free(&r);
    assert_int_equal(atomic_load(&fixture_cancelled), 1);
}

/* This program again, as a service of its own: --serve FOLDER */
static pid_t spawn_service(int *port)
{
    char self[] = "/proc/self/exe", serve[] = "--serve";
    char *argv[] = {self, serve, fixture.folder.path, NULL};
    posix_spawn_file_actions_t actions;
    int out[2];
    pid_t child;
    assert_int_equal(pipe(out), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 2);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    assert_int_equal(posix_spawn(&child, self, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    FILE *text = fdopen(out[0], "re");
    char line[512];
    *port = 0;
    while (!*port && fgets(line, sizeof line, text))
        sscanf(line, "marketing-agent listens on http://127.0.0.1:%d", port);
    assert_true(*port > 0);
    fclose(text);
    return child;
}

static void ends_with_0(int signal_number)
{
    int port, how;
    pid_t child = spawn_service(&port);
    expect(client_ask(port, "GET", "/health", NULL), 200, "healthy");
    assert_int_equal(kill(child, signal_number), 0);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
}

static void sigterm_and_sighup_drain_and_end_with_0(void **state)
{
    (void)state;
    ends_with_0(SIGTERM);
    ends_with_0(SIGHUP);
}

static void who_ignores_sighup_goes_on(void **state)
{
    (void)state;
    int port, how;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    assert_int_equal(sigaction(SIGHUP, &ignore, &before), 0);
    pid_t child = spawn_service(&port);
    assert_int_equal(sigaction(SIGHUP, &before, NULL), 0);
    assert_int_equal(kill(child, SIGHUP), 0);
    fixture_pause(100);
    expect(client_ask(port, "GET", "/health", NULL), 200, "healthy");
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static void a_kill_during_an_upload_lists_nothing_half(void **state)
{
    (void)state;
    int port, how;
    char *csv = fixture_table_csv();
    pid_t child = spawn_service(&port);
    expect(client_ask_with(port, "PUT", "/api/v1/datasets/whole", "Content-Type: text/csv\r\n", csv,
                           strlen(csv)),
           201, "usable");
    int fd = client_connect(port);
    client_say(fd, "PUT /api/v1/datasets/half HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Length: 100000\r\n\r\n");
    client_send(fd, csv, strlen(csv) / 2);
    fixture_pause(100);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &how, 0), child);
    close(fd);
    free(csv);
    fixture_start();
    struct reply r = client_ask(fixture.port, "GET", "/api/v1/datasets", NULL);
    expect_status(r, 200);
    assert_non_null(strstr(r.body, "\"whole\""));
    assert_null(strstr(r.body, "half"));
    reply_free(&r);
    char command[160];
    snprintf(command, sizeof command, "test -z \"$(ls -A '%s/tmp')\"", fixture.folder.path);
    assert_int_equal(system(command), 0);
    expect(client_ask(fixture.port, "POST", ROI, "{\"dataset\":\"whole\"}"), 200, "campaign_roi");
}

static int serve(const char *folder)
{
    struct mkt_settings settings;
    struct mkt_err err = {0};
    if (mkt_settings_read(&settings, fixture_no_setting, NULL, &err) != MKT_OK) return 2;
    settings.port = 0;
    settings.attestation_port = 0;
    settings.data_dir = folder;
    settings.log_level = "off";
    return mkt_status_exit(mkt_server_run(&settings, &err));
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--serve") == 0) return serve(argv[2]);
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        T(pages_about_the_service),      T(a_connection_serves_many_requests),
        T(a_data_set_comes_and_goes),    T(what_cannot_be_used_is_kept_and_says_why),
        T(files_join_into_one_data_set), T(an_answer_in_three_formats),
        T(the_same_bytes_every_time),    T(a_data_set_is_read_once),
        T(a_table_in_the_body),          T(faults_of_a_request_have_a_sentence),
        T(a_campaign_from_its_totals),   T(request_ids_come_back),
        T(tokens_are_asked_for),         T(beyond_this_machine_only_with_tokens),
        T(what_is_taken_is_said),        T(draining_lets_requests_finish),
        T(draining_has_an_end),          T(sigterm_and_sighup_drain_and_end_with_0),
        T(who_ignores_sighup_goes_on),   T(a_kill_during_an_upload_lists_nothing_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
