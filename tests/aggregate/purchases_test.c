#include "aggregate/purchases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aggregate/cohorts.h"
#include "num/random.h"

#define PARTS 3

static struct mkt_arena arena, part_arena[PARTS];
static struct mkt_purchases purchases[PARTS], *const part[PARTS] = {&purchases[0], &purchases[1],
                                                                    &purchases[2]};
static struct mkt_err err;

static void open_parts(size_t limit)
{
    mkt_err_clear(&err);
    assert_int_equal(mkt_arena_open(&arena, (size_t)256 << 20, &err), MKT_OK);
    for (int i = 0; i < PARTS; i++) {
        assert_int_equal(mkt_arena_open(&part_arena[i], (size_t)64 << 20, &err), MKT_OK);
        mkt_purchases_init(&purchases[i], &part_arena[i], limit, "/tmp");
    }
}

static void close_parts(void)
{
    for (int i = 0; i < PARTS; i++) {
        mkt_purchases_close(&purchases[i]);
        mkt_arena_close(&part_arena[i]);
    }
    mkt_arena_close(&arena);
}

/* Names come as codes of the part; "" for none. */
static void put(int p, bool customer, uint64_t id, int32_t day, mkt_micro amount,
                const char *channel, const char *segment)
{
    struct mkt_purchase x = {
        .customer = mkt_names_mix(id), .day = day, .amount = amount, .cost = amount / 2};
    if (*channel)
        assert_int_equal(mkt_purchases_channel(part[p], channel, strlen(channel), &x.channel, &err),
                         MKT_OK);
    if (*segment)
        assert_int_equal(mkt_purchases_segment(part[p], segment, strlen(segment), &x.segment, &err),
                         MKT_OK);
    assert_int_equal(customer ? mkt_purchases_add_customer(part[p], &x, &err)
                              : mkt_purchases_add(part[p], &x, &err),
                     MKT_OK);
}

struct met {
    struct mkt_purchases_customer customer[64];
    size_t n, orders;
};

static void remember(void *user, size_t pile, const struct mkt_purchases_customer *c)
{
    struct met *m = user;
    assert_int_equal(pile, c->id >> 56);
    for (size_t i = 1; i < c->orders; i++) assert_true(c->order[i - 1].day <= c->order[i].day);
    if (m->n < 64) m->customer[m->n] = *c;
    m->n++;
    m->orders += c->orders;
}

static const struct mkt_purchases_customer *find(const struct met *m, uint64_t id)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->customer[i].id == mkt_names_mix(id)) return &m->customer[i];
    return NULL;
}

static void orders_and_customers_meet(void **state)
{
    struct mkt_purchases_view v;
    struct met met = {.n = 0};
    (void)state;
    open_parts(1 << 20);
    put(0, false, 1, 20010, 5, "b", "");
    put(1, false, 1, 20000, 7, "a", "x"); /* the first order */
    put(2, true, 2, 20005, 0, "c", "y");
    put(0, false, 2, 20001, 3, "a", ""); /* before the day that is told */
    put(1, true, 3, 20007, 0, "", "");   /* listed, never bought */
    put(2, true, 4, MKT_PURCHASES_NO_DAY, 0, "a", "");
    put(2, true, 5, MKT_PURCHASES_NO_DAY, 0, "c", ""); /* listed twice */
    put(0, true, 5, 20003, 0, "b", "z");
    put(1, false, 5, 20004, 1, "a", "");
    assert_int_equal(mkt_purchases_unite(&arena, part, PARTS, &v, &err), MKT_OK);
    assert_int_equal(v.channel.count, 3);
    assert_string_equal(v.channel.name[0], "a");
    assert_int_equal(v.first, 20000);
    assert_int_equal(v.last, 20010);
    assert_int_equal(v.orders, 4);
    assert_int_equal(mkt_purchases_each(&arena, &v, 0, MKT_PILES, remember, &met, &err), MKT_OK);
    assert_int_equal(met.n, 4); /* 4 has neither day nor order */
    const struct mkt_purchases_customer *c = find(&met, 1);
    assert_int_equal(c->start, 20000);
    assert_int_equal(c->channel, 1); /* "a": of the first order */
    assert_string_equal(v.segment.name[c->segment - 1], "x");
    assert_false(c->listed || c->early);
    c = find(&met, 2);
    assert_true(c->early && c->listed);
    assert_int_equal(c->start, 20001);
    assert_int_equal(c->channel, 3); /* of their own row */
    c = find(&met, 3);
    assert_int_equal(c->orders, 0);
    assert_int_equal(c->start, 20007);
    c = find(&met, 5);
    assert_int_equal(c->start, 20003); /* of the row with a day */
    assert_int_equal(c->channel, 2);
    close_parts();
}

/* The spelling of most rows stays, those of customers counted, too. */
static void spellings_are_one_name(void **state)
{
    struct mkt_purchases_view v;
    struct met met = {.n = 0};
    (void)state;
    open_parts(1 << 20);
    put(0, false, 1, 20000, 5, "Search", "x");
    put(1, false, 2, 20001, 5, "search", "Y");
    put(2, true, 3, 20002, 0, "search", "y");
    put(0, false, 4, 20003, 5, "social", "y");
    assert_int_equal(mkt_purchases_unite(&arena, part, PARTS, &v, &err), MKT_OK);
    assert_int_equal(v.channel.count, 2);
    assert_string_equal(v.channel.name[0], "search");
    assert_string_equal(v.respelled_channels, "\"search\" (also \"Search\")");
    assert_string_equal(v.respelled_segments, "\"y\" (also \"Y\")");
    assert_int_equal(mkt_purchases_each(&arena, &v, 0, MKT_PILES, remember, &met, &err), MKT_OK);
    for (uint64_t id = 1; id <= 4; id++) {
        assert_int_equal(find(&met, id)->channel, id == 4 ? 2 : 1);
        assert_string_equal(v.segment.name[find(&met, id)->segment - 1], id == 1 ? "x" : "y");
    }
    close_parts();
}

static void number(int p, uint64_t id, int32_t day, mkt_micro amount, uint32_t order,
                   uint32_t content, const char *channel)
{
    struct mkt_purchase x = {.customer = mkt_names_mix(id),
                             .day = day,
                             .amount = amount,
                             .order = order,
                             .content = content};
    assert_int_equal(mkt_purchases_channel(part[p], channel, strlen(channel), &x.channel, &err),
                     MKT_OK);
    assert_int_equal(mkt_purchases_add(part[p], &x, &err), MKT_OK);
}

static void an_order_told_twice_counts_once(void **state)
{
    struct mkt_purchases_view v;
    struct met met = {.n = 0};
    (void)state;
    open_parts(1 << 20);
    number(0, 1, 20000, 5, 11, 1, "b");
    number(1, 1, 20000, 5, 11, 1, "b"); /* again, read by another thread */
    number(2, 1, 20000, 5, 11, 1, "b");
    number(0, 1, 20000, 5, 11, 2, "a"); /* the same number, amount and day, another channel */
    number(0, 1, 20000, 6, 11, 3, "b"); /* a line of another amount */
    number(1, 1, 20001, 5, 11, 1, "b"); /* another day */
    number(0, 2, 20000, 5, 11, 1, "b"); /* another customer's */
    number(0, 3, 20000, 7, 0, 0, "a");  /* without numbers two orders are two */
    number(1, 3, 20000, 7, 0, 0, "a");
    assert_int_equal(mkt_purchases_unite(&arena, part, PARTS, &v, &err), MKT_OK);
    assert_int_equal(mkt_purchases_each(&arena, &v, 0, MKT_PILES, remember, &met, &err), MKT_OK);
    const struct mkt_purchases_customer *c = find(&met, 1);
    assert_int_equal(c->orders, 4);
    assert_int_equal(c->same.rows, 2);
    assert_int_equal(c->same.amount, 10);
    assert_int_equal(c->alike.rows, 1);
    assert_int_equal(c->alike.amount, 5);
    assert_int_equal(c->channel, 1); /* of two alike the first name */
    c = find(&met, 2);
    assert_int_equal(c->orders, 1);
    assert_int_equal(c->same.rows + c->alike.rows, 0);
    c = find(&met, 3);
    assert_int_equal(c->orders, 2);
    assert_int_equal(c->same.rows + c->alike.rows, 0);
    close_parts();
}

static void no_orders_are_an_error(void **state)
{
    struct mkt_purchases_view v;
    (void)state;
    open_parts(1 << 20);
    put(0, true, 1, 20000, 0, "a", "");
    assert_int_equal(mkt_purchases_unite(&arena, part, PARTS, &v, &err), MKT_E_EMPTY);
    close_parts();
}

/* ---- cohorts -------------------------------------------------------------------------------- */

static const uint8_t channel_map[] = {255, 1, 2}, kind_map[] = {255, 4, 4},
                     segment_map[] = {255, 3};
static const bool paid[] = {false, true, true};
static mkt_micro threshold[] = {30 * MKT_MICRO, 30 * MKT_MICRO, 30 * MKT_MICRO, 30 * MKT_MICRO,
                                30 * MKT_MICRO};

static struct mkt_cohorts_rules rules(int threads)
{
    return (struct mkt_cohorts_rules){.period = {20000, 20099},
                                      .last = 20299,
                                      .margin = NAN,
                                      .rate = {0, .1, .2, .3, .4},
                                      .months = 6,
                                      .channels = 2,
                                      .segments = 1,
                                      .kinds = 1,
                                      .channel = channel_map,
                                      .kind = kind_map,
                                      .segment = segment_map,
                                      .paid = paid,
                                      .threshold = threshold,
                                      .threads = threads};
}

static void cohorts(struct mkt_cohorts *out, int threads)
{
    struct mkt_purchases_view v;
    struct mkt_cohorts_rules r = rules(threads);
    assert_int_equal(mkt_purchases_unite(&arena, part, PARTS, &v, &err), MKT_OK);
    assert_int_equal(mkt_cohorts_make(&arena, &v, &r, out, &err), MKT_OK);
}

static int64_t seen(const struct mkt_cohorts *c, size_t slice, size_t month)
{
    int64_t n = 0;
    for (size_t g = 0; g < MKT_COHORTS_GROUPS; g++) n += mkt_cohorts_at(c, slice, g)[month].seen;
    return n;
}

static void customers_by_hand(void **state)
{
    struct mkt_cohorts c;
    (void)state;
    open_parts(1 << 20);
    /* two customers: the first leaves 20 at once and 20 in the second month of age */
    put(0, false, 1, 20000, 40 * MKT_MICRO, "a", "x");
    put(0, false, 1, 20031, 40 * MKT_MICRO, "b", "");
    put(1, false, 2, 20099, 80 * MKT_MICRO, "b", "");
    put(1, false, 2, 20099, -20 * MKT_MICRO, "b", "");
    put(2, false, 3, 20050, 80 * MKT_MICRO, "", "");  /* no channel */
    put(2, false, 4, 19999, 80 * MKT_MICRO, "a", ""); /* came before */
    put(0, false, 5, 20299, 1, "a", "");              /* came after */
    cohorts(&c, 2);
    assert_int_equal(c.customers[0], 2);
    assert_int_equal(c.customers[1], 1);
    assert_int_equal(c.customers[2], 1);
    assert_int_equal(c.customers[3], 1); /* segment x */
    assert_int_equal(c.customers[4], 2); /* the kind */
    assert_int_equal(c.all, 3);
    assert_int_equal(c.unknown, 1);
    assert_int_equal(c.before, 1);
    assert_int_equal(seen(&c, 0, 5), 2); /* 201 days and more: six months */
    assert_int_equal(mkt_cohorts_age(30), 0);
    assert_int_equal(mkt_cohorts_age(31), 1);
    assert_int_equal(c.back[0].risk, 2);
    assert_int_equal(c.back[0].paid, 1); /* the second leaves 30 at once */
    assert_int_equal(c.back[1].paid, 1); /* the first in the second month */
    mkt_micro brought = 0;
    for (size_t t = 0; t < c.calendar; t++) brought += c.flow[t].contribution;
    assert_int_equal(brought, 70 * MKT_MICRO);
    assert_int_equal(mkt_cohorts_days(&c, 0, 0)[0].customers, 1);
    assert_int_equal(mkt_cohorts_days(&c, 0, 0)[0].present[0], 40 * MKT_MICRO);
    assert_true(mkt_cohorts_days(&c, 0, 0)[0].present[4] < 40 * MKT_MICRO);
    close_parts();
}

static void fill(int deal, uint64_t shuffle)
{
    struct mkt_random r;
    enum { ROWS = 240000 };
    static uint32_t order[ROWS];
    mkt_random_init(&r, 5, shuffle);
    for (uint32_t i = 0; i < ROWS; i++) order[i] = i;
    for (uint32_t i = ROWS - 1; shuffle && i; i--) {
        uint32_t k = mkt_random_below(&r, i + 1), held = order[i];
        order[i] = order[k];
        order[k] = held;
    }
    for (uint32_t i = 0; i < ROWS; i++) {
        uint32_t k = order[i];
        int day = 20000 + (int)(k * 37 % 290);
        put(deal ? (int)(i % PARTS) : 0, k % 17 == 0, k * 29 % 700, day,
            (mkt_micro)(k * 7919 % 90000000) - 3000000, k % 3 ? "a" : "b", k % 5 ? "" : "x");
    }
}

static void check_equal(const struct mkt_cohorts *a, const struct mkt_cohorts *b)
{
    size_t cells = a->slices * MKT_COHORTS_GROUPS * a->rules.months;
    assert_memory_equal(a->cell, b->cell, cells * sizeof *a->cell);
    assert_memory_equal(a->back, b->back, a->slices * a->rules.months * sizeof *a->back);
    assert_memory_equal(a->flow, b->flow, a->slices * a->calendar * sizeof *a->flow);
    assert_memory_equal(a->cohort, b->cohort, a->calendar * sizeof *a->cohort);
    assert_memory_equal(a->day, b->day, 3 * 2 * a->days * sizeof *a->day);
    assert_memory_equal(a->customers, b->customers, a->slices * sizeof *a->customers);
}

/* Rows in another order, dealt to several parts, spilled to disk, walked by several threads. */
static void nothing_depends_on_how_rows_come(void **state)
{
    struct mkt_cohorts one, other;
    struct mkt_arena kept;
    (void)state;
    open_parts(1 << 20);
    fill(0, 0);
    cohorts(&one, 1);
    assert_true(one.customers[0] > 100);
    kept = arena;
    for (int i = 0; i < PARTS; i++) {
        mkt_purchases_close(&purchases[i]);
        mkt_arena_close(&part_arena[i]);
    }
    open_parts(4096); /* most rows go to disk */
    fill(1, 9);
    assert_true(purchases[0].order.file >= 0);
    cohorts(&other, 4);
    check_equal(&one, &other);
    close_parts();
    mkt_arena_close(&kept);
}

static void limits_are_kept(void **state)
{
    struct mkt_purchases_view v;
    struct mkt_cohorts c;
    (void)state;
    open_parts(1 << 20);
    for (int i = 0; i < 3; i++) put(0, false, 1, 20000, INT64_MAX / 2, "a", "");
    struct mkt_cohorts_rules r = rules(1);
    assert_int_equal(mkt_purchases_unite(&arena, part, PARTS, &v, &err), MKT_OK);
    assert_int_equal(mkt_cohorts_make(&arena, &v, &r, &c, &err), MKT_E_LIMIT);
    mkt_err_clear(&err);
    r.last = r.period.first + 366 * 60;
    assert_int_equal(mkt_cohorts_make(&arena, &v, &r, &c, &err), MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "600"));
    r = rules(1);
    for (size_t k = 1; k < 12; k++) {
        size_t mark = mkt_arena_mark(&arena);
        arena.fail_at = arena.allocations + k;
        mkt_status status = mkt_cohorts_make(&arena, &v, &r, &c, &err);
        assert_true(status == MKT_E_NOMEM || status == MKT_E_LIMIT);
        arena.fail_at = 0;
        mkt_arena_release(&arena, mark);
    }
    close_parts();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_and_customers_meet),
        cmocka_unit_test(spellings_are_one_name),
        cmocka_unit_test(an_order_told_twice_counts_once),
        cmocka_unit_test(no_orders_are_an_error),
        cmocka_unit_test(customers_by_hand),
        cmocka_unit_test(nothing_depends_on_how_rows_come),
        cmocka_unit_test(limits_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
