#include "server/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const offer[] = {"application/json", "text/html", "text/plain"};

static void chooses_what_is_liked_best(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t chosen;
    } c[] = {
        {"", 0},
        {"*/*", 0},
        {"application/json", 0},
        {"text/html", 1},
        {"TEXT/HTML", 1},
        {"text/*", 1},
        {"text/plain, text/html;q=0.9", 2},
        {"text/plain;q=0.5, text/html;q=0.51", 1},
        /* a browser */
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 1},
        {"application/json;q=0, */*", 1},
        {"text/html; charset=utf-8; q=0.2, application/json;q=0.1", 1},
        {"image/png", 3},
        {"*/*;q=0", 3},
        {"text/html;q=0.000", 3},
        {", ,text/plain", 2},
        {"text", 3},
        {"q=1", 3},
    };
    for (size_t i = 0; i < sizeof c / sizeof *c; i++)
        if (mkt_accept_choose(c[i].header, offer, 3) != c[i].chosen)
            fail_msg("\"%s\" chooses %zu", c[i].header, mkt_accept_choose(c[i].header, offer, 3));
    assert_int_equal(mkt_accept_choose(NULL, offer, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chooses_what_is_liked_best)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
