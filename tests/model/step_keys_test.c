/* Keys hold every step with what was before it; a key has room for as many channels as it says. */
#include "model/step_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/contexts.h"
#include "num/random.h"

#define ARENA_BYTES (64U << 20)
#include "arena_fixture.h"

static void add(struct mkt_paths *p, const char *text, int64_t conversions, int64_t nulls)
{
    struct mkt_err err = {0};
    struct mkt_path_counts c = {conversions, nulls, 0, 0};
    assert_int_equal(mkt_paths_add_text(p, text, strlen(text), '>', &c, &err), MKT_OK);
}

static struct mkt_paths example(void)
{
    struct mkt_paths p;
    struct mkt_err err = {0};
    mkt_paths_init(&p, &arena);
    add(&p, "a > b > a", 3, 2);
    add(&p, "b > a", 0, 7);
    add(&p, "a", 1000, 0);
    add(&p, "b", 0, 0);
    assert_int_equal(mkt_paths_finish(&p, &err), MKT_OK);
    return p;
}

/* "ba|c 3": b, before it a, then conversion, 3 journeys; in the order of the keys. */
static void write_keys(const struct mkt_step_keys *keys, char *out)
{
    static const char name[] = ".ab", came[] = "abcn";
    struct mkt_step_key *key = MKT_NEW(&arena, struct mkt_step_key, keys->most);
    struct mkt_step_key *room = MKT_NEW(&arena, struct mkt_step_key, keys->most);
    for (size_t s = 0; s < keys->shares; s++) {
        size_t n = mkt_step_keys_make(keys, s, key, room);
        for (size_t i = 0; i < n; i++) {
            uint64_t k = key[i].key, mask = (UINT64_C(1) << keys->bits) - 1;
            for (size_t d = keys->depth; d > 0; d--)
                *out++ = name[k >> (d * (size_t)keys->bits) & mask];
            out += sprintf(out, "|%c %d; ", came[k & mask], (int)key[i].count);
            assert_in_range(key[i].held, 0, key[i].count);
        }
    }
}

static void every_step_once(void **state)
{
    (void)state;
    struct mkt_paths paths = example();
    struct mkt_step_keys keys;
    struct mkt_err err = {0};
    char text[512];
    for (size_t room = 0; room <= 1 << 20; room += 1 << 19) { /* many shares, and few */
        assert_int_equal(mkt_step_keys_init(&keys, &arena, &paths, 2, true, 3, room, &err), MKT_OK);
        write_keys(&keys, text);
        assert_string_equal(text, "..|a 1005; ..|b 7; a.|b 5; a.|c 1000; ab|c 3; ab|n 9; b.|a 7; "
                                  "ba|a 5; ");
    }
    assert_int_equal(keys.came[0][0], 5 + 5 + 7 + 1000);
    assert_int_equal(keys.came[0][2], 1003);
    assert_int_equal(keys.came[0][3], 9);
    assert_int_equal(mkt_step_keys_init(&keys, &arena, &paths, 1, false, 1, 0, &err), MKT_OK);
    write_keys(&keys, text);
    assert_string_equal(text, ".|a 1003; a|b 3; a|c 1003; b|a 3; ");
}

/* Many keys, in each share more than are sorted near at hand: in order, each once, none lost. */
static void many_are_sorted(void **state)
{
    (void)state;
    enum { CHANNELS = 5, PATHS = 30000, STEPS = 9 };
    struct mkt_paths paths;
    struct mkt_step_keys keys;
    struct mkt_random r;
    struct mkt_err err = {0};
    int64_t steps = 0, sum = 0;
    mkt_random_init(&r, 1, 0);
    mkt_paths_init(&paths, &arena);
    for (int c = 0; c < CHANNELS; c++) {
        uint32_t code;
        char name[2] = {(char)('a' + c), 0};
        assert_int_equal(mkt_names_code(&paths.channel, name, 1, &code, &err), MKT_OK);
    }
    for (int i = 0; i < PATHS; i++) {
        uint32_t step[STEPS], n = 1 + mkt_random_below(&r, STEPS);
        struct mkt_path_counts counts = {mkt_random_below(&r, 3), 1, 0, 0};
        for (uint32_t t = 0; t < n; t++) step[t] = mkt_random_below(&r, CHANNELS);
        assert_int_equal(mkt_paths_add(&paths, step, n, &counts, &err), MKT_OK);
        steps += (n + 1) * (counts.conversions + 1);
    }
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    assert_int_equal(mkt_step_keys_init(&keys, &arena, &paths, 7, true, 2, 1 << 24, &err), MKT_OK);
    struct mkt_step_key *key = MKT_NEW(&arena, struct mkt_step_key, keys.most);
    struct mkt_step_key *room = MKT_NEW(&arena, struct mkt_step_key, keys.most);
    uint64_t last = 0;
    for (size_t s = 0; s < keys.shares; s++) {
        size_t n = mkt_step_keys_make(&keys, s, key, room);
        for (size_t i = 0; i < n; i++) {
            assert_true(key[i].key > last || (s == 0 && i == 0));
            last = key[i].key;
            sum += key[i].count;
        }
    }
    assert_true(keys.most > 20000);
    assert_int_equal(sum, steps);
}

/* What is held out is drawn as mkt_contexts_held says, also where it is too much for a byte. */
static void held_out(void **state)
{
    (void)state;
    struct mkt_paths paths = example();
    struct mkt_step_keys keys;
    struct mkt_err err = {0};
    int64_t converted = 0, nulls = 0;
    for (size_t k = 0; k < paths.paths; k++) {
        converted += mkt_contexts_held(&paths.path[k], true);
        nulls += mkt_contexts_held(&paths.path[k], false);
    }
    assert_in_range(converted, 150, 260); /* about a fifth of 1003 */
    assert_int_equal(mkt_step_keys_init(&keys, &arena, &paths, 3, true, 2, 0, &err), MKT_OK);
    assert_int_equal(keys.came[1][2], converted);
    assert_int_equal(keys.came[1][3], nulls);
}

static void depth_of_keys(void **state)
{
    (void)state;
    static const struct {
        size_t channels, depth;
    } known[] = {{1, 31}, {12, 15}, {30, 11}, {31, 9}, {62, 9}, {126, 8}, {254, 7}, {5000, 3}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(mkt_step_keys_depth(known[i].channels), known[i].depth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_step_once, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(many_are_sorted, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(held_out, arena_open, arena_close),
        cmocka_unit_test(depth_of_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
