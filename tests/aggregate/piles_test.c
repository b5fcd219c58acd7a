#include "aggregate/piles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aggregate/names.h"

struct row {
    uint64_t hash, number, rest[3];
};

static uint64_t sum_of(const struct mkt_piles *p, size_t *rows)
{
    struct mkt_err err = {0};
    void *block = aligned_alloc(16, (MKT_PILES_BLOCK(sizeof(struct row)) + 15) / 16 * 16);
    struct row *out = malloc(mkt_piles_all_rows(p) * sizeof *out + 1);
    uint64_t sum = 0;
    *rows = 0;
    assert_non_null(block);
    assert_non_null(out);
    for (size_t k = 0; k < MKT_PILES; k++) {
        assert_int_equal(mkt_piles_gather(p, k, block, out, &err), MKT_OK);
        for (size_t i = 0; i < mkt_piles_rows(p, k); i++) {
            assert_int_equal(out[i].hash >> 56, k);
            assert_int_equal(out[i].hash, mkt_names_mix(out[i].number));
            sum += out[i].number;
        }
        *rows += mkt_piles_rows(p, k);
    }
    free(out);
    free(block);
    return sum;
}

/* What is in memory and what went to disk come back alike. */
static void rows_come_back(void **state)
{
    (void)state;
    for (int spill = 0; spill < 2; spill++) {
        struct mkt_arena arena;
        struct mkt_piles p;
        struct mkt_err err = {0};
        size_t rows;
        assert_int_equal(mkt_arena_open(&arena, (size_t)64 << 20, &err), MKT_OK);
        mkt_piles_init(&p, &arena, sizeof(struct row), spill ? 1 : (size_t)1 << 30, "/tmp");
        for (uint64_t i = 0; i < 200000; i++) {
            struct row r = {.hash = mkt_names_mix(i), .number = i};
            assert_int_equal(mkt_piles_add(&p, r.hash, &r, &err), MKT_OK);
        }
        assert_int_equal(p.file >= 0, spill);
        assert_int_equal(sum_of(&p, &rows), UINT64_C(200000) * 199999 / 2);
        assert_int_equal(rows, 200000);
        assert_int_equal(mkt_piles_all_rows(&p), 200000);
        mkt_piles_close(&p);
        mkt_arena_close(&arena);
    }
}

/* Neither takes the other's room: what both hold stays within the one limit. */
static void one_limit_for_two(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_piles one, two;
    struct mkt_err err = {0};
    size_t rows, limit = (size_t)20 << 20;
    assert_int_equal(mkt_arena_open(&arena, (size_t)64 << 20, &err), MKT_OK);
    mkt_piles_init(&one, &arena, sizeof(struct row), limit, "/tmp");
    mkt_piles_init(&two, &arena, sizeof(struct row), limit, "/tmp");
    for (uint64_t i = 0; i < 700000; i++) {
        struct row r = {.hash = mkt_names_mix(i), .number = i};
        struct mkt_piles *to = i % 2 ? &one : &two;
        void *room = NULL;
        assert_int_equal(
            mkt_piles_room(to, r.hash, sizeof r, i % 2 ? two.held : one.held, &room, &err), MKT_OK);
        assert_non_null(room);
        *(struct row *)room = r;
    }
    assert_true(one.file_bytes > 0 && two.file_bytes > 0);
    assert_true(arena.used < limit + 65536);
    uint64_t sum = sum_of(&one, &rows);
    assert_int_equal(sum + sum_of(&two, &rows), UINT64_C(700000) * 699999 / 2);
    mkt_piles_close(&one);
    mkt_piles_close(&two);
    mkt_arena_close(&arena);
}

static void faults_are_said(void **state)
{
    struct mkt_arena arena;
    struct mkt_piles p;
    struct mkt_err err = {0};
    struct row r = {0};
    mkt_status status = MKT_OK;
    (void)state;
    assert_int_equal(mkt_arena_open(&arena, (size_t)64 << 20, &err), MKT_OK);
    mkt_piles_init(&p, &arena, sizeof r, 1, "/nowhere/at/all");
    for (int i = 0; i < 1000 && status == MKT_OK; i++) status = mkt_piles_add(&p, 0, &r, &err);
    assert_int_equal(status, MKT_E_IO);
    assert_non_null(strstr(err.text, "/nowhere/at/all"));
    mkt_piles_close(&p);
    mkt_arena_close(&arena);
    mkt_err_clear(&err);
    assert_int_equal(mkt_arena_open(&arena, 20000, &err), MKT_OK);
    mkt_piles_init(&p, &arena, sizeof r, 1 << 20, "/tmp");
    for (uint64_t i = 0; i < 256 && status != MKT_E_NOMEM; i++)
        status = mkt_piles_add(&p, i << 56, &r, &err);
    assert_int_equal(status, MKT_E_NOMEM);
    mkt_arena_close(&arena);
}

/* Places are told by 32 bits. */
static void more_than_can_be_sorted(void **state)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    uint32_t *start;
    (void)state;
    assert_int_equal(mkt_arena_open(&arena, (size_t)1 << 20, &err), MKT_OK);
    assert_int_equal(mkt_piles_sort_room(&arena, UINT32_MAX, &start, &err), MKT_OK);
    assert_int_equal(mkt_piles_sort_room(&arena, (size_t)UINT32_MAX + 1, &start, &err),
                     MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "4,294,967,296 rows"));
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back), cmocka_unit_test(one_limit_for_two),
        cmocka_unit_test(faults_are_said), cmocka_unit_test(more_than_can_be_sorted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
