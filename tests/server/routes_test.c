#include "server/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char place[MKT_EXCHANGE_PLACES][160];
static const char *allow;

static const struct mkt_route *find(const char *method, const char *path)
{
    return mkt_routes_find(method, path, place, &allow);
}

static void parts_of_the_path_are_found(void **state)
{
    (void)state;
    assert_non_null(find("PUT", "/api/v1/datasets/shop/ads.csv"));
    assert_string_equal(place[0], "shop");
    assert_string_equal(place[1], "ads.csv");
    assert_non_null(find("GET", "/api/v1/jobs/abc/events"));
    assert_string_equal(place[0], "abc");
    assert_string_equal(place[1], "");
}

static void what_is_not_there_has_no_methods(void **state)
{
    (void)state;
    char longest[300] = "/api/v1/datasets/";
    static const char *const none[] = {"",
                                       "/x",
                                       "/healthy",
                                       "/health/",
                                       "/api/v1/datasets/",
                                       "/api/v1/datasets/a/b/c",
                                       "/api/v1/jobs//events",
                                       "health"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_null(find("GET", none[i]));
        assert_null(allow);
    }
    memset(longest + strlen(longest), 'a', 200);
    assert_null(find("GET", longest));
    assert_null(allow);
}

static void another_method_names_those_there_are(void **state)
{
    (void)state;
    static const char *const wanted[][2] = {{"/health", "GET, HEAD"},
                                            {"/api/v1/analyses/roi", "POST"},
                                            {"/api/v1/datasets/a", "GET, HEAD, PUT, DELETE"},
                                            {"/api/v1/datasets/a/b.csv", "PUT"},
                                            {"/api/v1/jobs/a", "GET, HEAD, DELETE"}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_null(find("PATCH", wanted[i][0]));
        assert_string_equal(allow, wanted[i][1]);
    }
}

/* Whatever the table holds: each path refuses another method with a list of its own. */
static void every_path_has_its_methods(void **state)
{
    (void)state;
    for (size_t i = 0; i < mkt_routes_count; i++) {
        assert_ptr_equal(find(mkt_routes[i].method, mkt_routes[i].path), &mkt_routes[i]);
        assert_null(find("TRACE", mkt_routes[i].path));
        assert_non_null(allow);
        assert_non_null(strstr(allow, mkt_routes[i].method));
        assert_true(mkt_routes[i].help[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_the_path_are_found),
        cmocka_unit_test(what_is_not_there_has_no_methods),
        cmocka_unit_test(another_method_names_those_there_are),
        cmocka_unit_test(every_path_has_its_methods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
