/* Orders add up to the company's days; refunds belong to an order that came before. */
#include "simulate/orders.h"

#include "folder.h"

static char root[FOLDER_PATH];
static struct table orders;
static struct mkt_company_options options;

static int open_all(void **state)
{
    (void)state;
    folder_open(root);
    options = folder_options(5);
    folder_make(root, &options);
    orders = table_open(root, "orders.csv");
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    table_close(&orders);
    folder_close(root);
    return 0;
}

static void days_add_up(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    struct mkt_company *c;
    assert_int_equal(mkt_arena_open(&arena, (size_t)16 << 20, &err), MKT_OK);
    assert_int_equal(mkt_company_make(&arena, &options, &c, &err), MKT_OK);
    int64_t *count = MKT_NEW(&arena, int64_t, (size_t)c->days);
    int64_t *cents = MKT_NEW(&arena, int64_t, (size_t)c->days);
    for (size_t r = 0; r < orders.rows; r++) {
        int64_t amount = table_cents(&orders, r, "amount");
        int day = table_day(&orders, r, "date") - c->period.first;
        assert_in_range(day, 0, c->days - 1);
        if (amount < 0) continue;
        count[day]++;
        cents[day] += amount;
    }
    for (int d = 0; d < c->days; d++) {
        assert_int_equal(count[d], c->orders[d]);
        assert_int_equal(cents[d], c->order_cents[d]);
    }
    mkt_arena_close(&arena);
}

static void numbers_rise_with_the_days(void **state)
{
    (void)state;
    int64_t last = 0;
    for (size_t r = 0; r < orders.rows; r++) {
        const char *id = table_text(&orders, r, "order_id");
        assert_true(id[0] == 'O');
        if (r) assert_true(table_day(&orders, r, "date") >= table_day(&orders, r - 1, "date"));
        if (table_cents(&orders, r, "amount") < 0) continue;
        int64_t number = strtoll(id + 1, NULL, 10);
        assert_int_equal(number, last + 1);
        last = number;
    }
    assert_true(last > 3000);
}

static void refunds_belong_to_an_order(void **state)
{
    (void)state;
    /* row of order n, and whether it was refunded */
    size_t *row = calloc(orders.rows + 1, sizeof *row);
    bool *refunded = calloc(orders.rows + 1, sizeof *refunded);
    assert_true(row && refunded);
    size_t refunds = 0, sold = 0, parts = 0;
    for (size_t r = 0; r < orders.rows; r++) {
        int64_t amount = table_cents(&orders, r, "amount");
        size_t n = (size_t)strtoll(table_text(&orders, r, "order_id") + 1, NULL, 10);
        assert_in_range(n, 1, orders.rows);
        if (amount >= 0) {
            row[n] = r;
            sold++;
            continue;
        }
        refunds++;
        assert_in_range(n, 1, sold);
        assert_false(refunded[n]);
        refunded[n] = true;
        static const char *const same[] = {"customer_id", "product", "channel"};
        for (size_t i = 0; i < 3; i++)
            assert_string_equal(table_text(&orders, r, same[i]),
                                table_text(&orders, row[n], same[i]));
        int later = table_day(&orders, r, "date") - table_day(&orders, row[n], "date");
        assert_in_range(later, 3, 24);
        int64_t paid = table_cents(&orders, row[n], "amount");
        assert_true(paid == -amount || paid == -2 * amount || paid == -3 * amount);
        parts += paid != -amount;
    }
    assert_true(parts > 0 && parts < refunds / 2);
    /* the refunds of the last orders are still to come: 181 days, 13.5 of them on average */
    double want = MKT_ORDERS_REFUND_RATE * (double)sold * (181 - 13.5) / 181;
    assert_true((double)refunds > 0.75 * want && (double)refunds < 1.25 * want);
    free(row);
    free(refunded);
}

static void full_arena_is_noticed(void **state)
{
    (void)state;
    struct mkt_arena arena, small;
    struct mkt_err err = {0};
    struct mkt_company *c;
    struct mkt_sink sink;
    char path[FOLDER_PATH];
    assert_int_equal(mkt_arena_open(&arena, (size_t)16 << 20, &err), MKT_OK);
    assert_int_equal(mkt_arena_open(&small, 64, &err), MKT_OK);
    assert_int_equal(mkt_company_make(&arena, &options, &c, &err), MKT_OK);
    assert_int_equal(mkt_sink_open(&sink, &arena, folder_join(root, "orders.csv", path), &err),
                     MKT_OK);
    struct mkt_orders o;
    mkt_orders_init(&o, &small, c, &sink);
    struct mkt_company_order order = {.cause = -1, .quantity = 1, .cents = 100};
    for (int i = 0; i < 500; i++) mkt_orders_write(&o, 0, &order, 1, "search");
    assert_int_equal(mkt_orders_check(&o, &err), MKT_E_NOMEM);
    mkt_sink_drop(&sink);
    mkt_arena_close(&small);
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_add_up),
        cmocka_unit_test(numbers_rise_with_the_days),
        cmocka_unit_test(refunds_belong_to_an_order),
        cmocka_unit_test(full_arena_is_noticed),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
