/* Shards and the uniting of parts hold what mkt_paths would, to the last bit; every way to run out of
 * memory is an error. */
#include "aggregate/path_shards.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aggregate/path_texts.h"
#include "aggregate/paths_unite.h"

#define ARENA_BYTES (512U << 20)
#include "arena_fixture.h"

#define CHANNELS 5
#define JOURNEYS 60000 /* several batches */

static void name_channels(struct mkt_paths *p, int first)
{
    struct mkt_err err = {0};
    for (int c = 0; c < CHANNELS; c++) {
        char name[2] = {(char)('a' + (first + c) % CHANNELS), 0};
        uint32_t code;
        assert_int_equal(mkt_names_code(&p->channel, name, 1, &code, &err), MKT_OK);
    }
}

static size_t journey(uint64_t i, uint32_t *step, struct mkt_path_counts *counts)
{
    uint64_t s = mkt_names_mix(i + 1);
    size_t steps = 1 + s % 9;
    for (size_t t = 0; t < steps; t++) step[t] = (uint32_t)(mkt_names_mix(s + t) % CHANNELS);
    *counts = (struct mkt_path_counts){(int64_t)(s >> 60 & 1), (int64_t)(s >> 61 & 1),
                                       (int64_t)(s >> 40 & 1023) - 300, (int64_t)(s >> 20 & 4095)};
    return steps;
}

static struct mkt_paths by_paths(size_t journeys)
{
    struct mkt_paths p;
    struct mkt_err err = {0};
    mkt_paths_init(&p, &arena);
    name_channels(&p, 0);
    for (size_t i = 0; i < journeys; i++) {
        uint32_t step[9];
        struct mkt_path_counts counts;
        size_t n = journey(i, step, &counts);
        assert_int_equal(mkt_paths_add(&p, step, n, &counts, &err), MKT_OK);
    }
    assert_int_equal(mkt_paths_finish(&p, &err), MKT_OK);
    return p;
}

static void assert_same(const struct mkt_paths *a, const struct mkt_paths *b)
{
    assert_int_equal(a->paths, b->paths);
    assert_int_equal(a->steps, b->steps);
    assert_int_equal(a->channel.count, b->channel.count);
    for (size_t c = 0; c < a->channel.count; c++)
        assert_string_equal(a->channel.name[c], b->channel.name[c]);
    assert_memory_equal(a->path, b->path, a->paths * sizeof *a->path);
    assert_memory_equal(a->step, b->step, a->steps * sizeof *a->step);
    assert_memory_equal(&a->total, &b->total, sizeof a->total);
    assert_memory_equal(&a->extent, &b->extent, sizeof a->extent);
}

static mkt_status by_shards(struct mkt_arena *into, size_t room, size_t channels, size_t journeys,
                            int threads, struct mkt_paths *out, struct mkt_err *err)
{
    static struct mkt_path_shards shards;
    struct mkt_path_batch batch;
    mkt_paths_init(out, into);
    name_channels(out, 0);
    MKT_TRY(mkt_path_shards_open(&shards, room, channels, journeys, err));
    mkt_status status = mkt_path_batch_init(&batch, into, &shards, err);
    for (size_t i = 0; i < journeys && status == MKT_OK; i++) {
        uint32_t step[9];
        struct mkt_path_counts counts;
        size_t n = journey(i * 7919 % journeys, step, &counts);
        status = mkt_path_batch_add(&batch, step, n, &counts, err);
    }
    if (status == MKT_OK) status = mkt_path_batch_flush(&batch, err);
    if (status == MKT_OK) status = mkt_path_shards_finish(&shards, NULL, threads, out, err);
    mkt_path_shards_close(&shards);
    return status;
}

static void shards_are_paths(void **state)
{
    (void)state;
    struct mkt_paths whole = by_paths(JOURNEYS), out;
    struct mkt_err err = {0};
    assert_true(whole.paths > 10000);
    static const size_t channels[] = {0, CHANNELS, 257, 65537}; /* steps of 4, 1, 2 and 4 bytes */
    for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
        for (int threads = 1; threads <= 3; threads += 2) {
            assert_int_equal(
                by_shards(&arena, 64U << 20, channels[c], JOURNEYS, threads, &out, &err), MKT_OK);
            assert_same(&whole, &out);
        }
    /* more may be added, as to any paths */
    struct mkt_path_counts one = {.conversions = 1};
    size_t paths = out.paths;
    assert_int_equal(
        mkt_paths_add(&out, mkt_paths_steps(&out, &out.path[5]), out.path[5].steps, &one, &err),
        MKT_OK);
    assert_int_equal(out.paths, paths);
    assert_int_equal(out.path[5].counts.conversions, whole.path[5].counts.conversions + 1);
}

/* Parts that number their channels differently. */
static void parts_are_united(void **state)
{
    (void)state;
    struct mkt_paths whole = by_paths(JOURNEYS), part[3], out;
    const struct mkt_paths *list[3] = {&part[0], &part[1], &part[2]};
    struct mkt_err err = {0};
    for (int p = 0; p < 3; p++) {
        mkt_paths_init(&part[p], &arena);
        name_channels(&part[p], p);
    }
    for (size_t i = 0; i < JOURNEYS; i++) {
        uint32_t step[9];
        struct mkt_path_counts counts;
        size_t n = journey(i, step, &counts), p = i % 3;
        for (size_t t = 0; t < n; t++) step[t] = (step[t] + CHANNELS - (uint32_t)p) % CHANNELS;
        assert_int_equal(mkt_paths_add(&part[p], step, n, &counts, &err), MKT_OK);
    }
    part[1].untouched.conversions = 3;
    for (int threads = 1; threads <= 4; threads += 3) {
        assert_int_equal(mkt_paths_unite(&arena, list, 3, threads, &out, &err), MKT_OK);
        assert_same(&whole, &out);
        assert_int_equal(out.untouched.conversions, 3);
    }
    assert_int_equal(mkt_paths_unite(&arena, list, 0, 2, &out, &err), MKT_OK);
    assert_int_equal(out.paths, 0);
}

/* Written out, and read by two that meet the channels in different orders. */
static mkt_status by_texts(struct mkt_arena *into, size_t room, size_t journeys, int threads,
                           struct mkt_paths *out, struct mkt_err *err)
{
    static struct mkt_path_texts texts;
    static struct mkt_path_text_reader reader[2];
    mkt_paths_init(out, into);
    MKT_TRY(mkt_path_texts_open(&texts, room, err));
    mkt_status status = MKT_OK;
    for (int r = 0; r < 2 && status == MKT_OK; r++)
        status = mkt_path_text_reader_init(&reader[r], into, &texts, err);
    for (size_t i = 0; i < journeys && status == MKT_OK; i++) {
        uint32_t step[9];
        char text[9 * 5], *end = text;
        struct mkt_path_counts counts;
        size_t n = journey(i * 7919 % journeys, step, &counts);
        for (size_t t = 0; t < n; t++)
            end += sprintf(end, "%s%c%s", t ? ">" : "", (char)('a' + step[t]), i % 3 ? " " : "");
        status =
            mkt_path_text_reader_add(&reader[i % 2], text, (size_t)(end - text), '>', &counts, err);
    }
    for (int r = 0; r < 2 && status == MKT_OK; r++)
        status = mkt_path_text_reader_flush(&reader[r], err);
    if (status == MKT_OK) status = mkt_path_texts_finish(&texts, threads, out, err);
    mkt_path_texts_close(&texts);
    return status;
}

static void texts_are_paths(void **state)
{
    (void)state;
    struct mkt_paths whole = by_paths(JOURNEYS), out;
    struct mkt_err err = {0};
    for (int threads = 1; threads <= 3; threads += 2) {
        assert_int_equal(by_texts(&arena, 64U << 20, JOURNEYS, threads, &out, &err), MKT_OK);
        assert_same(&whole, &out);
    }
    assert_int_equal(by_texts(&arena, 64U << 20, 0, 2, &out, &err), MKT_OK);
    assert_int_equal(out.paths, 0);
}

static void texts_without_a_channel(void **state)
{
    (void)state;
    static struct mkt_path_texts texts;
    static struct mkt_path_text_reader reader;
    static const char *const bad[] = {"", " ", ">", "a >", "> a", "a > > b", "a >\t> b"};
    struct mkt_paths out;
    struct mkt_err err = {0};
    const struct mkt_path_counts one = {.conversions = 1};
    assert_int_equal(mkt_path_texts_open(&texts, 1U << 20, &err), MKT_OK);
    assert_int_equal(mkt_path_text_reader_init(&reader, &arena, &texts, &err), MKT_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(mkt_path_text_reader_add(&reader, bad[i], strlen(bad[i]), '>', &one, &err),
                         MKT_E_DATA);
    assert_int_equal(mkt_path_text_reader_add(&reader, "b > a", 5, '>', &one, &err), MKT_OK);
    assert_int_equal(mkt_path_text_reader_flush(&reader, &err), MKT_OK);
    mkt_paths_init(&out, &arena);
    assert_int_equal(mkt_path_texts_finish(&texts, 1, &out, &err), MKT_OK);
    mkt_path_texts_close(&texts);
    assert_int_equal(out.paths, 1);
    assert_int_equal(out.step[0], 1);
    assert_int_equal(out.step[1], 0);
}

static void longer_than_a_batch(size_t channels)
{
    static struct mkt_path_shards shards;
    enum { N = MKT_PATH_BATCH_BYTES + 1 };
    struct mkt_path_batch batch;
    struct mkt_paths out;
    struct mkt_err err = {0};
    uint32_t *step = MKT_NEW(&arena, uint32_t, N);
    const struct mkt_path_counts one = {.conversions = 1};
    for (uint32_t i = 0; i < N; i++) step[i] = i % 2;
    mkt_paths_init(&out, &arena);
    name_channels(&out, 0);
    assert_int_equal(mkt_path_shards_open(&shards, 64U << 20, channels, 0, &err), MKT_OK);
    assert_int_equal(mkt_path_batch_init(&batch, &arena, &shards, &err), MKT_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(mkt_path_batch_add(&batch, step, N, &one, &err), MKT_OK);
    step[N - 1] = 1;
    assert_int_equal(mkt_path_batch_add(&batch, step, N, &one, &err), MKT_OK);
    assert_int_equal(mkt_path_batch_add(&batch, step, N - 1, &one, &err), MKT_OK);
    assert_int_equal(mkt_path_batch_flush(&batch, &err), MKT_OK);
    assert_int_equal(mkt_path_shards_finish(&shards, NULL, 2, &out, &err), MKT_OK);
    mkt_path_shards_close(&shards);
    assert_int_equal(out.paths, 3);
    for (size_t i = 0; i < out.paths; i++) {
        const struct mkt_path *p = &out.path[i];
        const uint32_t *own = mkt_paths_steps(&out, p);
        bool twice = p->steps == N && own[N - 1] == 0;
        assert_int_equal(p->counts.conversions, twice ? 3 : 1);
        assert_int_equal(p->hash, mkt_paths_hash(own, p->steps));
    }
    assert_int_equal(out.total.conversions, 5);
}

static void a_path_longer_than_a_batch(void **state)
{
    (void)state;
    longer_than_a_batch(0);
    longer_than_a_batch(2);
    longer_than_a_batch(300);
}

static void sums_too_large(void **state)
{
    (void)state;
    static struct mkt_path_shards shards;
    struct mkt_path_batch batch;
    struct mkt_paths out;
    struct mkt_err err = {0};
    const struct mkt_path_counts much = {.conversions = 1, .value = INT64_MAX / 2 + 1};
    mkt_paths_init(&out, &arena);
    name_channels(&out, 0);
    assert_int_equal(mkt_path_shards_open(&shards, 64U << 20, 0, 0, &err), MKT_OK);
    assert_int_equal(mkt_path_batch_init(&batch, &arena, &shards, &err), MKT_OK);
    for (uint32_t c = 0; c < 3; c++) /* one by one they fit, together they do not */
        assert_int_equal(mkt_path_batch_add(&batch, &c, 1, &much, &err), MKT_OK);
    mkt_status status = mkt_path_batch_flush(&batch, &err);
    if (status == MKT_OK) status = mkt_path_shards_finish(&shards, NULL, 1, &out, &err);
    mkt_path_shards_close(&shards);
    assert_int_equal(status, MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "too large"));
}

static void needs_room(void **state)
{
    (void)state;
    struct mkt_paths out;
    struct mkt_err err = {0};
    assert_int_equal(by_shards(&arena, 1 << 20, 0, JOURNEYS, 2, &out, &err), MKT_E_NOMEM);
    mkt_err_clear(&err);
    assert_int_equal(by_texts(&arena, 1 << 20, JOURNEYS, 2, &out, &err), MKT_E_NOMEM);
    mkt_err_clear(&err);
    size_t before = arena.allocations;
    assert_int_equal(by_shards(&arena, 64U << 20, 0, 500, 2, &out, &err), MKT_OK);
    size_t needed = arena.allocations - before;
    for (size_t k = CHANNELS + 4; k <= needed; k++) { /* after the names */
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        assert_int_equal(by_shards(&arena, 64U << 20, 0, 500, 2, &out, &err), MKT_E_NOMEM);
        arena.fail_at = 0;
    }
    mkt_err_clear(&err);
    before = arena.allocations;
    assert_int_equal(by_texts(&arena, 64U << 20, 500, 2, &out, &err), MKT_OK);
    needed = arena.allocations - before;
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        assert_int_equal(by_texts(&arena, 64U << 20, 500, 2, &out, &err), MKT_E_NOMEM);
        arena.fail_at = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shards_are_paths, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(parts_are_united, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(texts_are_paths, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(texts_without_a_channel, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(a_path_longer_than_a_batch, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(sums_too_large, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(needs_room, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
