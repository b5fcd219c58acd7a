#include "net/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "net/fake_server.h"

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_called got;
static char seen[4096]; /* the last request */

/* What the server does is asked for by the path. */
static void answer(int fd, const struct fake_request *request, void *user)
{
    (void)user;
    snprintf(seen, sizeof seen, "%s", request->text);
    if (strstr(request->text, " /teapot "))
        fake_reply(fd, 418, "text/plain", "short and stout");
    else if (strstr(request->text, " /moved "))
        fake_say(fd, "HTTP/1.1 302 x\r\nLocation: /teapot\r\nContent-Length: 0\r\n\r\n");
    else if (strstr(request->text, " /empty "))
        fake_reply(fd, 200, "text/plain", "");
    else if (strstr(request->text, " /endless ")) {
        fake_say(fd, "HTTP/1.1 200 x\r\n\r\n");
        while (fake_say(fd, "all work and no play ")) {
        }
    } else if (strstr(request->text, " /header ")) {
        fake_say(fd, "HTTP/1.1 200 x\r\n");
        while (fake_say(fd, "X-More: and more, and more, and more, and more, and more\r\n")) {
        }
    } else if (strstr(request->text, " /early ")) {
        while (fake_say(fd, "HTTP/1.1 103 x\r\nX-More: and more, and more\r\n\r\n")) {
        }
    } else if (strstr(request->text, " /hangs "))
        fake_pause(3000);
    else if (strstr(request->text, " /half "))
        fake_say(fd, "HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\nhalf");
    else if (strstr(request->text, " /noise "))
        fake_say(fd, "x\r\n\r\n");
    else
        fake_reply(fd, 200, "text/plain", request->body);
}

static struct fake_server server;

static mkt_status call(const char *path, const char *body, const atomic_bool *cancel)
{
    char url[128];
    snprintf(url, sizeof url, "%s%s", server.url, path);
    const struct mkt_call c = {.method = body ? "POST" : "GET",
                               .url = url,
                               .header = {{"X-Client-ID", "acme"}},
                               .body = body,
                               .bytes = body ? strlen(body) : 0,
                               .timeout_ms = 600,
                               .most = 10000,
                               .cancel = cancel};
    mkt_err_clear(&err);
    return mkt_call_make(&arena, &c, &got, &err);
}

static void an_answer_of_any_status_is_an_answer(void **state)
{
    (void)state;
    assert_int_equal(call("/echo", "{\"a\": 1}", NULL), MKT_OK);
    assert_int_equal(got.status, 200);
    assert_int_equal(got.bytes, 8);
    assert_string_equal(got.body, "{\"a\": 1}");
    assert_non_null(strstr(seen, "POST /echo HTTP/1.1\r\n"));
    assert_non_null(strstr(seen, "X-Client-ID: acme\r\n"));
    assert_null(strstr(seen, "Expect:"));
    assert_int_equal(call("/teapot", NULL, NULL), MKT_OK);
    assert_int_equal(got.status, 418);
    assert_string_equal(got.body, "short and stout");
    assert_int_equal(call("/empty", NULL, NULL), MKT_OK);
    assert_int_equal(got.bytes, 0);
    assert_string_equal(got.body, "");
}

static void a_redirect_is_not_followed(void **state)
{
    (void)state;
    assert_int_equal(call("/moved", NULL, NULL), MKT_OK);
    assert_int_equal(got.status, 302);
}

static void what_never_ends_is_cut_off(void **state)
{
    (void)state;
    assert_int_equal(call("/endless", NULL, NULL), MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "more than 10000 bytes"));
    assert_int_equal(call("/header", NULL, NULL), MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "header of more than 65536 bytes"));
    assert_int_equal(call("/early", NULL, NULL), MKT_E_LIMIT);
    assert_int_equal(call("/hangs", NULL, NULL), MKT_E_IO);
    assert_non_null(strstr(err.text, "does not answer"));
}

static void what_is_no_answer_is_a_fault(void **state)
{
    (void)state;
    assert_int_equal(call("/half", NULL, NULL), MKT_E_IO);
    assert_int_equal(call("/noise", NULL, NULL), MKT_E_IO);
    const struct mkt_call nobody = {
        .method = "GET", .url = "http://127.0.0.1:1/", .timeout_ms = 600, .most = 1};
    assert_int_equal(mkt_call_make(&arena, &nobody, &got, &err), MKT_E_IO);
    const struct mkt_call file = {.method = "GET", .url = "file:///etc/hosts", .most = 1};
    assert_int_equal(mkt_call_make(&arena, &file, &got, &err), MKT_E_ARG);
}

static void nobody_waits_for_what_is_cancelled(void **state)
{
    (void)state;
    atomic_bool cancel = true;
    assert_int_equal(call("/hangs", NULL, &cancel), MKT_E_CANCELLED);
}

static void *stop_soon(void *user)
{
    fake_pause(150);
    atomic_store((atomic_bool *)user, true);
    return NULL;
}

static void a_call_that_hangs_ends_soon_after_it_is_cancelled(void **state)
{
    (void)state;
    atomic_bool cancel = false;
    pthread_t thread;
    char url[128];
    snprintf(url, sizeof url, "%s/hangs", server.url);
    const struct mkt_call c = {
        .method = "GET", .url = url, .timeout_ms = 60000, .most = 10, .cancel = &cancel};
    mkt_err_clear(&err);
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &cancel), 0);
    assert_int_equal(mkt_call_make(&arena, &c, &got, &err), MKT_E_CANCELLED);
    assert_int_equal(atomic_load(&server.open) > 0, true); /* the server still hangs */
    pthread_join(thread, NULL);
}

static void *answer_once(void *user)
{
    int fd = accept(*(int *)user, NULL, NULL);
    char bytes[512];
    if (fd >= 0 && recv(fd, bytes, sizeof bytes, 0) > 0) fake_reply(fd, 200, "text/plain", "local");
    if (fd >= 0) close(fd);
    return NULL;
}

static void a_socket_of_this_machine_takes_it_too(void **state)
{
    (void)state;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    pthread_t thread;
    snprintf(at.sun_path, sizeof at.sun_path, "/tmp/mkt-call-%d.sock", (int)getpid());
    unlink(at.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &fd), 0);
    const struct mkt_call c = {.method = "GET",
                               .url = "http://localhost/Info",
                               .socket = at.sun_path,
                               .timeout_ms = 5000,
                               .most = 100};
    mkt_status status = mkt_call_make(&arena, &c, &got, &err);
    pthread_join(thread, NULL);
    close(fd);
    unlink(at.sun_path);
    assert_int_equal(status, MKT_OK);
    assert_string_equal(got.body, "local");
}

static int set_up(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, (size_t)1 << 20, &err) != MKT_OK ||
           fake_open(&server, answer, NULL) != 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_close(&server);
    mkt_arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_of_any_status_is_an_answer),
        cmocka_unit_test(a_redirect_is_not_followed),
        cmocka_unit_test(what_never_ends_is_cut_off),
        cmocka_unit_test(what_is_no_answer_is_a_fault),
        cmocka_unit_test(nobody_waits_for_what_is_cancelled),
        cmocka_unit_test(a_call_that_hangs_ends_soon_after_it_is_cancelled),
        cmocka_unit_test(a_socket_of_this_machine_takes_it_too),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
