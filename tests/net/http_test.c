#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_err err;

static void an_address_is_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool tls, loopback;
        const char *host, *path;
    } good[] = {
        {"http://127.0.0.1:80/a/b?c", false, true, "127.0.0.1", "/a/b"},
        {"http://127.9.8.7", false, true, "127.9.8.7", "/"},
        {"http://LOCALHOST/", false, true, "LOCALHOST", "/"},
        {"http://[::1]:8080/v1", false, true, "[::1]", "/v1"},
        {"https://models.example/x", true, false, "models.example", "/x"},
        {"http://127.0.0.1.example/", false, false, "127.0.0.1.example", "/"},
        {"http://128.0.0.1/", false, false, "128.0.0.1", "/"},
    };
    static const char *const bad[] = {
        "",        "x",           "ftp://x/",           "file:///etc/passwd",
        "http://", "http://u@h/", "http://u:secret@h/", "https://h/#x"};
    struct mkt_http_url u;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        mkt_err_clear(&err);
        if (mkt_http_url_read(good[i].url, &u, &err) != MKT_OK) fail_msg("%s", err.text);
        assert_int_equal(u.tls, good[i].tls);
        assert_int_equal(u.loopback, good[i].loopback);
        assert_string_equal(u.host, good[i].host);
        assert_string_equal(u.path, good[i].path);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mkt_err_clear(&err);
        if (mkt_http_url_read(bad[i], &u, &err) != MKT_E_ARG) fail_msg("%s is taken", bad[i]);
        assert_null(strstr(err.text, "secret"));
    }
}

static void a_header_that_is_too_long_is_refused(void **state)
{
    (void)state;
    static char value[10000];
    struct curl_slist *list = NULL;
    memset(value, 'x', sizeof value - 1);
    assert_int_equal(mkt_http_header(&list, "A", "b", &err), MKT_OK);
    assert_string_equal(list->data, "A: b");
    assert_int_equal(mkt_http_header(&list, "A", value, &err), MKT_E_NOMEM);
    assert_null(list->next);
    curl_slist_free_all(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_address_is_taken_apart),
                                       cmocka_unit_test(a_header_that_is_too_long_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
