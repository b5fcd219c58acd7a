#include "event_world.h"

#include <stdio.h>

static struct event_world world;

/* Parts that met the names in different orders have one numbering, in byte order. */
static void one_numbering(void **state)
{
    struct mkt_events_view v;
    (void)state;
    world_open(&world, 2);
    world_add(&world, 0, (struct world_row){.user = 1, .event = "b", .level = "y"});
    world_add(&world, 0, (struct world_row){.user = 2, .event = "a", .level = "x"});
    world_add(&world, 1, (struct world_row){.user = 3, .event = "c", .level = "x"});
    world_add(&world, 1, (struct world_row){.user = 4, .event = "b"});
    world_unite(&world, &v);
    assert_int_equal(v.event.count, 3);
    for (size_t e = 0; e < 3; e++) {
        const char name[2] = {(char)('a' + e), '\0'};
        assert_string_equal(v.event.name[e], name);
        assert_int_equal(v.count[e], e == 1 ? 2 : 1);
    }
    assert_int_equal(v.level[0].count, 2);
    assert_string_equal(v.level[0].name[0], "x");
    struct mkt_event row[4];
    _Alignas(16) static char block[MKT_PILES_BLOCK(sizeof(struct mkt_event))];
    size_t rows, seen = 0;
    for (size_t pile = 0; pile < MKT_PILES; pile++) {
        assert_int_equal(mkt_events_gather(&v, pile, block, row, &rows, &world.err), MKT_OK);
        for (size_t i = 0; i < rows; i++) {
            const char *event = v.event.name[row[i].event];
            uint64_t user = row[i].user;
            if (user == mkt_names_mix(2)) assert_string_equal(event, "b"); /* user 1 */
            if (user == mkt_names_mix(3)) assert_string_equal(event, "a");
            if (user == mkt_names_mix(4)) assert_string_equal(event, "c");
            if (user == mkt_names_mix(4))
                assert_string_equal(v.level[0].name[row[i].property[0] - 1], "x");
            if (user == mkt_names_mix(5)) assert_int_equal(row[i].property[0], 0);
        }
        seen += rows;
    }
    assert_int_equal(seen, 4);
    world_close(&world);
}

/* Values of a property, too: rows tell which spelling stays, whatever part they are in. */
static void levels_are_joined(void **state)
{
    static const char *const level[] = {"Mobile", "mobile", "MOBILE", "mobile", NULL, "desktop"};
    struct mkt_events_view v;
    (void)state;
    world_open(&world, 2);
    for (size_t i = 0; i < 6; i++)
        world_add(&world, i % 2, (struct world_row){.user = i, .event = "a", .level = level[i]});
    world_unite(&world, &v);
    assert_int_equal(v.level[0].count, 2);
    assert_string_equal(v.level[0].name[0], "desktop");
    assert_string_equal(v.level[0].name[1], "mobile");
    assert_string_equal(v.respelled_levels[0], "\"mobile\" (also \"MOBILE\", \"Mobile\")");
    assert_null(v.respelled_levels[1]);
    struct mkt_event row[6];
    _Alignas(16) static char block[MKT_PILES_BLOCK(sizeof(struct mkt_event))];
    size_t rows, seen[3] = {0};
    for (size_t pile = 0; pile < MKT_PILES; pile++) {
        assert_int_equal(mkt_events_gather(&v, pile, block, row, &rows, &world.err), MKT_OK);
        for (size_t i = 0; i < rows; i++) seen[row[i].property[0]]++;
    }
    assert_int_equal(seen[0], 1); /* not told */
    assert_int_equal(seen[1], 1);
    assert_int_equal(seen[2], 4);
    world_close(&world);
}

/* Names that differ in capitals alone are the most frequent of them, in every part. */
static void capitals_do_not_matter(void **state)
{
    static const char *const name[] = {"View", "view", "VIEW", "view", "Cart", "cart", "other"};
    struct mkt_events_view v;
    (void)state;
    world_open(&world, 2);
    for (size_t i = 0; i < 7; i++)
        world_add(&world, i % 2, (struct world_row){.user = i, .event = name[i]});
    world_unite(&world, &v);
    assert_int_equal(v.event.count, 3);
    assert_string_equal(v.event.name[0], "Cart"); /* as frequent as cart, and first in bytes */
    assert_string_equal(v.event.name[1], "other");
    assert_string_equal(v.event.name[2], "view");
    assert_int_equal(v.count[0], 2);
    assert_int_equal(v.count[2], 4);
    assert_string_equal(v.respelled,
                        "\"Cart\" (also \"cart\"); \"view\" (also \"VIEW\", \"View\")");
    struct mkt_event row[7];
    _Alignas(16) static char block[MKT_PILES_BLOCK(sizeof(struct mkt_event))];
    size_t rows, seen[3] = {0};
    for (size_t pile = 0; pile < MKT_PILES; pile++) {
        assert_int_equal(mkt_events_gather(&v, pile, block, row, &rows, &world.err), MKT_OK);
        for (size_t i = 0; i < rows; i++) seen[row[i].event]++;
    }
    assert_int_equal(seen[0], 2);
    assert_int_equal(seen[1], 1);
    assert_int_equal(seen[2], 4);
    world_close(&world);
}

/* days[n], events each: the range that is left. */
static void range_of(const int *day, size_t n, int each, struct mkt_events_view *v)
{
    world_open(&world, 1);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < (i + 1 < n ? each : 1); k++)
            world_add(&world, 0, (struct world_row){.time = day[i] * WHOLE_DAY, .event = "a"});
    world_unite(&world, v);
    world_close(&world);
}

static void wrong_clocks_are_found(void **state)
{
    struct mkt_events_view v;
    static const int usual[] = {20000, 20030, 20060, 20500}, /* the last is a year later */
        decade[] = {20000, 20030, 25000}, early[] = {20000, 20030, 0},
                     apart[] = {20000, 20030, 20390};
    (void)state;
    range_of(usual, 4, 400, &v); /* one in 1,201 */
    assert_int_equal(v.skewed, 1);
    assert_int_equal(v.last / WHOLE_DAY, 20060);
    range_of(usual, 4, 100, &v); /* one in 301: too many to be a clock's fault in a year */
    assert_int_equal(v.skewed, 0);
    range_of(decade, 3, 20, &v); /* one in 41, a decade off */
    assert_int_equal(v.skewed, 1);
    range_of(decade, 3, 2, &v); /* one in 5 */
    assert_int_equal(v.skewed, 0);
    range_of(early, 3, 1000, &v); /* 1 January 1970: nobody's clock */
    assert_int_equal(v.skewed, 1);
    assert_int_equal(v.first / WHOLE_DAY, 20000);
    range_of(apart, 3, 1000, &v); /* less than a year: a pause */
    assert_int_equal(v.skewed, 0);
}

static void too_many_levels_are_dropped(void **state)
{
    struct mkt_events_view v;
    (void)state;
    world_open(&world, 1);
    for (int i = 0; i < MKT_EVENTS_LEVELS + 10; i++) {
        char level[16];
        snprintf(level, sizeof level, "%d", i);
        world_add(&world, 0, (struct world_row){.event = "a", .level = level});
    }
    world_unite(&world, &v);
    assert_true(v.too_many[0]);
    assert_false(v.too_many[1]);
    world_close(&world);
}

static void too_many_names_are_refused(void **state)
{
    struct mkt_err err = {0};
    mkt_status status = MKT_OK;
    (void)state;
    world_open(&world, 1);
    for (int i = 0; i <= MKT_EVENTS_NAMES && status == MKT_OK; i++) {
        char name[16];
        uint32_t code;
        int n = snprintf(name, sizeof name, "%d", i);
        status = mkt_events_name(&world.part[0], name, (size_t)n, &code, &err);
    }
    assert_int_equal(status, MKT_E_LIMIT);
    world_close(&world);
}

static void what_comes_first(void **state)
{
    struct mkt_events_view v;
    int64_t out[4];
    (void)state;
    world_open(&world, 1);
    for (uint64_t u = 0; u < 10; u++) {
        world_add(&world, 0,
                  (struct world_row){.user = u, .time = SECOND * (u < 7 ? 1 : 3), .event = "b"});
        if (u != 9)
            world_add(&world, 0, (struct world_row){.user = u, .time = 2 * SECOND, .event = "a"});
    }
    world_unite(&world, &v);
    const uint32_t event[] = {0, 1}; /* a, b */
    assert_int_equal(mkt_events_precedence(&world.arena, &v, event, 2, out, &world.err), MKT_OK);
    assert_int_equal(out[1], 2); /* a before b: users 7 and 8 */
    assert_int_equal(out[2], 8); /* b before a: seven, and the one without a */
    world_close(&world);
}

static void no_events(void **state)
{
    struct mkt_events_view v;
    struct mkt_err err = {0};
    (void)state;
    world_open(&world, 1);
    assert_int_equal(mkt_events_unite(&world.arena, world.list, 1, &v, &err), MKT_E_EMPTY);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capitals_do_not_matter),
        cmocka_unit_test(levels_are_joined),
        cmocka_unit_test(one_numbering),
        cmocka_unit_test(wrong_clocks_are_found),
        cmocka_unit_test(too_many_levels_are_dropped),
        cmocka_unit_test(too_many_names_are_refused),
        cmocka_unit_test(what_comes_first),
        cmocka_unit_test(no_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
