/* Lines in, lines out: against a host whose calls wait until they are released or stopped. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcp/fake_host.h"
#include "mcp/mcp_stdio.h"

static struct mkt_mcp_host host;
static struct fake_host fake;
static atomic_bool released;
static atomic_int running, stopped;

static int in_end, out_end; /* ours */
static int its_in, its_out;
static pthread_t thread;
static mkt_status ended_with;
static char line[1 << 16];
static FILE *lines;

static void pause_ms(long ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static mkt_status wait_answer(void *user, struct mkt_arena *arena,
                              const struct mkt_question *question, struct mkt_flag *flag,
                              const struct mkt_listener *listener, struct mkt_blob **out,
                              struct mkt_err *err)
{
    atomic_fetch_add(&running, 1);
    while (!atomic_load(&released) && !atomic_load(&flag->set)) pause_ms(1);
    atomic_fetch_sub(&running, 1);
    if (atomic_load(&flag->set)) {
        atomic_fetch_add(&stopped, 1);
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped");
    }
    return fake_answer(user, arena, question, flag, listener, out, err);
}

static void *serve(void *unused)
{
    struct mkt_err err = {0};
    const struct mkt_mcp_stdio_options options = {
        .host = &host, .in = its_in, .out = its_out, .workers = 2, .arena = (size_t)16 << 20};
    (void)unused;
    ended_with = mkt_mcp_stdio_run(&options, &err);
    close(its_out);
    return NULL;
}

static int set_up(void **state)
{
    int to[2], from[2];
    (void)state;
    host = fake_host_make(&fake);
    host.answer = wait_answer;
    atomic_store(&released, false);
    atomic_store(&running, 0);
    atomic_store(&stopped, 0);
    if (pipe(to) != 0 || pipe(from) != 0) return -1;
    its_in = to[0];
    in_end = to[1];
    out_end = from[0];
    its_out = from[1];
    lines = fdopen(out_end, "r");
    return lines ? pthread_create(&thread, NULL, serve, NULL) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (in_end >= 0) close(in_end);
    pthread_join(thread, NULL);
    fclose(lines);
    close(its_in);
    assert_int_equal(ended_with, MKT_OK);
    return 0;
}

static void say(const char *text)
{
    assert_int_equal(write(in_end, text, strlen(text)), strlen(text));
}

static void hear(const char *words)
{
    assert_non_null(fgets(line, sizeof line, lines));
    if (!strstr(line, words)) fail_msg("\"%s\" is not in: %.400s", words, line);
}

static void wait_for(atomic_int *value, int wanted)
{
    for (int i = 0; i < 5000 && atomic_load(value) != wanted; i++) pause_ms(1);
    assert_int_equal(atomic_load(value), wanted);
}

#define HELLO                                                                                      \
    "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"     \
    "\"2025-11-25\"}}\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
#define CALL(id)                                                                                   \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"tools/call\",\"params\":{\"name\":\"roi\","   \
    "\"arguments\":{\"data\":\"shop\"}}}\n"
#define CANCEL(id)                                                                                 \
    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" id    \
    ",\"reason\":\"x\"}}\n"
#define PING(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"ping\"}\n"

static void the_handshake_opens(void **state)
{
    (void)state;
    say("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/list\"}\n");
    hear("\"code\":-32602");
    say(HELLO);
    hear("\"protocolVersion\":\"2025-11-25\"");
    say("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"resources/list\"}\r\n\n  \n");
    hear("\"resources\"");
}

static void others_are_answered_while_one_runs(void **state)
{
    (void)state;
    say(HELLO CALL("1"));
    hear("protocolVersion");
    wait_for(&running, 1);
    say(PING("2"));
    hear("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}");
    say(CALL("1"));
    hear("still running");
    atomic_store(&released, true);
    hear("\"id\":1,\"result\":{\"content\"");
}

static void a_cancelled_call_is_silent(void **state)
{
    (void)state;
    say(HELLO CALL("\"a\"") CALL("2"));
    hear("protocolVersion");
    wait_for(&running, 2);
    say(CANCEL("\"2\"") CANCEL("3") CANCEL("\"a\"")); /* no such, no such, the first */
    wait_for(&stopped, 1);
    assert_int_equal(atomic_load(&running), 1);
    say(PING("4"));
    hear("\"id\":4");
    atomic_store(&released, true);
    hear("\"id\":2,\"result\"");
    say(CANCEL("2") PING("5"));
    hear("\"id\":5");
}

/* One that waits for a worker is not run at all. */
static void a_waiting_call_is_cancelled(void **state)
{
    (void)state;
    say(HELLO CALL("1") CALL("2") CALL("3"));
    hear("protocolVersion");
    wait_for(&running, 2);
    say(CANCEL("3") PING("4"));
    hear("\"id\":4");
    atomic_store(&released, true);
    hear("\"result\":{\"content\"");
    hear("\"result\":{\"content\"");
    say(PING("5"));
    hear("\"id\":5");
    assert_int_equal(atomic_load(&fake.calls), 2);
}

static void too_many_calls_are_busy(void **state)
{
    char text[300];
    (void)state;
    say(HELLO);
    hear("protocolVersion");
    for (int i = 0; i < MKT_MCP_STDIO_CALLS; i++) {
        snprintf(text, sizeof text, CALL("%d"), i + 100);
        say(text);
    }
    say(CALL("7"));
    hear("\"id\":7,\"error\":{\"code\":1503");
    atomic_store(&released, true);
    for (int i = 0; i < MKT_MCP_STDIO_CALLS; i++) hear("\"result\":{\"content\"");
    say(CALL("8"));
    hear("\"id\":8,\"result\"");
}

static void the_end_of_input_stops_what_runs(void **state)
{
    (void)state;
    say(HELLO CALL("1"));
    hear("protocolVersion");
    wait_for(&running, 1);
    close(in_end);
    in_end = -1;
    assert_null(fgets(line, sizeof line, lines));
    assert_int_equal(atomic_load(&stopped), 1);
}

static void long_and_broken_lines_are_answered(void **state)
{
    char *text = malloc((size_t)300 << 10);
    (void)state;
    assert_non_null(text);
    memset(text, 'x', (size_t)300 << 10);
    text[((size_t)300 << 10) - 2] = '\n';
    text[((size_t)300 << 10) - 1] = '\0';
    say(text);
    free(text);
    hear("at most 65536 bytes");
    say("{\"jsonrpc\":\"2.0\",\"id\":1,\n");
    hear("\"code\":-32700");
    say("{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}\n");
    hear("UTF-8");
    say(PING("2"));
    hear("\"id\":2");
}

static void it_ends_when_nobody_reads(void **state)
{
    (void)state;
    fclose(lines);
    lines = fdopen(dup(its_in), "r"); /* something to close */
    for (int i = 0; i < 3; i++) {
        if (write(in_end, PING("1"), strlen(PING("1"))) < 0) break;
        pause_ms(5);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_handshake_opens),
        TEST(others_are_answered_while_one_runs),
        TEST(a_cancelled_call_is_silent),
        TEST(a_waiting_call_is_cancelled),
        TEST(too_many_calls_are_busy),
        TEST(the_end_of_input_stops_what_runs),
        TEST(long_and_broken_lines_are_answered),
        TEST(it_ends_when_nobody_reads),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
