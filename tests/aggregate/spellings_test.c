/* One rule for names that are spelt in several ways. */
#include "aggregate/spellings.h"

#include <string.h>

#define ARENA_BYTES (1 << 20)
#include "arena_fixture.h"

static void find(const char *const *name, const int64_t *rows, size_t names,
                 struct mkt_spellings *out)
{
    struct mkt_err err = {0};
    assert_int_equal(mkt_spellings_find(&arena, name, rows, names, out, &err), MKT_OK);
}

static void the_most_frequent_stays(void **state)
{
    (void)state;
    static const char *const name[] = {"Search", "SEARCH", "search", "Café", "social", "CAFÉ"};
    static const int64_t rows[] = {2, 1, 3, 4, 9, 4};
    struct mkt_spellings s;
    find(name, rows, 6, &s);
    static const uint32_t kept[] = {2, 2, 2, 5, 4, 5}; /* of equals the first in byte order */
    assert_memory_equal(s.kept, kept, sizeof kept);
    assert_int_equal(s.gone, 3);
    assert_string_equal(s.list,
                        "\"CAFÉ\" (also \"Café\"); \"search\" (also \"Search\", \"SEARCH\")");
}

static void nothing_differs(void **state)
{
    (void)state;
    static const char *const name[] = {"a", "b"};
    static const int64_t rows[] = {0, 0};
    struct mkt_spellings s;
    find(name, rows, 2, &s);
    assert_int_equal(s.gone, 0);
    assert_null(s.list);
    assert_int_equal(s.kept[1], 1);
    find(name, rows, 0, &s);
    assert_int_equal(s.gone, 0);
}

static void a_long_list_ends_in_how_many_more(void **state)
{
    (void)state;
    static const char *const name[] = {"A", "a", "B", "b", "C", "c", "D", "d", "E", "e"};
    static const int64_t rows[10] = {0};
    struct mkt_spellings s;
    find(name, rows, 10, &s);
    assert_int_equal(s.gone, 5);
    assert_string_equal(s.list,
                        "\"A\" (also \"a\"); \"B\" (also \"b\"); \"C\" (also \"c\"); and 2 more");
}

/* What is left of a dictionary keeps its order, and rows add up. */
static void dictionaries_are_joined(void **state)
{
    (void)state;
    static const char *const name[] = {"B", "Search", "a", "b", "search"};
    static const uint32_t want[] = {2, 0, 1, 2, 0};
    int64_t rows[] = {2, 5, 1, 4, 3};
    struct mkt_names names;
    struct mkt_err err = {0};
    uint32_t number[5];
    const char *list;
    mkt_names_init(&names, &arena);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(mkt_names_code(&names, name[i], strlen(name[i]), &number[i], &err),
                         MKT_OK);
    assert_int_equal(mkt_spellings_join(&arena, &names, rows, number, &list, &err), MKT_OK);
    assert_memory_equal(number, want, sizeof want);
    assert_int_equal(names.count, 3);
    assert_string_equal(names.name[0], "Search");
    assert_string_equal(names.name[1], "a");
    assert_string_equal(names.name[2], "b");
    assert_int_equal(rows[0], 8);
    assert_int_equal(rows[1], 1);
    assert_int_equal(rows[2], 6);
    assert_string_equal(list, "\"b\" (also \"B\"); \"Search\" (also \"search\")");
    /* once more there is nothing to join */
    assert_int_equal(mkt_spellings_join(&arena, &names, rows, number, &list, &err), MKT_OK);
    assert_null(list);
    assert_int_equal(names.count, 3);
    assert_int_equal(number[2], 2);
    assert_int_equal(rows[2], 6);
}

/* Full at any moment, it says so. */
static void memory_ends(void **state)
{
    (void)state;
    static const char *const name[] = {"Search", "search"};
    static const int64_t rows[] = {1, 2};
    int full = 0;
    for (size_t at = 1; at < 20; at++) {
        struct mkt_spellings s;
        struct mkt_err err = {0};
        size_t mark = mkt_arena_mark(&arena);
        arena.fail_at = arena.allocations + at;
        mkt_status status = mkt_spellings_find(&arena, name, rows, 2, &s, &err);
        arena.fail_at = 0;
        mkt_arena_release(&arena, mark);
        if (status == MKT_OK) break;
        assert_int_equal(status, MKT_E_NOMEM);
        full++;
    }
    assert_true(full >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_frequent_stays),
        cmocka_unit_test(nothing_differs),
        cmocka_unit_test(a_long_list_ends_in_how_many_more),
        cmocka_unit_test(dictionaries_are_joined),
        cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
