/* Tables of orders and customers: what columns are taken for, how cells are read, what is refused. */
#include "source/purchase_rows.h"

#include "scratch.h"

static struct scratch files;

static int begin(void **state)
{
    (void)state;
    scratch_open(&files);
    return 0;
}

static int end(void **state)
{
    (void)state;
    scratch_close(&files);
    return 0;
}

/* All orders of a data set. */
struct seen {
    struct mkt_arena arena;
    struct mkt_purchases_view view;
    mkt_micro amount, cost;
    size_t orders, customers, listed;
    struct mkt_purchases_repeats same, alike;
    int32_t first;
};

static void add(void *user, size_t pile, const struct mkt_purchases_customer *c)
{
    struct seen *s = user;
    (void)pile;
    s->customers++;
    s->listed += c->listed;
    s->orders += c->orders;
    s->same.rows += c->same.rows;
    s->same.amount += c->same.amount;
    s->alike.rows += c->alike.rows;
    s->alike.amount += c->alike.amount;
    if (s->customers == 1 || c->start < s->first) s->first = c->start;
    for (size_t i = 0; i < c->orders; i++) {
        s->amount += c->order[i].amount;
        s->cost += c->order[i].cost;
    }
}

static struct seen look(const struct mkt_dataset_options *options,
                        struct mkt_dataset_purchases *out)
{
    struct seen s = {.orders = 0};
    struct mkt_err err = {0};
    struct mkt_dataset *d = scratch_dataset(files.folder, options);
    assert_int_equal(mkt_arena_open(&s.arena, (size_t)64 << 20, &err), MKT_OK);
    if (mkt_dataset_purchases(d, out, &err) != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(mkt_purchases_unite(&s.arena, out->part, out->parts, &s.view, &err), MKT_OK);
    assert_int_equal(mkt_purchases_each(&s.arena, &s.view, 0, MKT_PILES, add, &s, &err), MKT_OK);
    assert_true(s.view.channel.count < 4);
    mkt_dataset_close(d);
    mkt_arena_close(&s.arena);
    return s;
}

static void orders_with_costs_are_no_advertising(void **state)
{
    struct mkt_dataset_purchases p;
    (void)state;
    scratch_write(&files, "sales.csv",
                  "customer_id,date,amount,cost,channel\na,2025-01-01,10,4,search\n"
                  "b,2025-01-02,20.5,8,\na,2025-01-03,-10,-4,search\n");
    struct seen s = look(NULL, &p);
    assert_true(p.costs && p.channels && !p.customers);
    assert_int_equal(s.customers, 2);
    assert_int_equal(s.orders, 3);
    assert_int_equal(s.amount, 20500000);
    assert_int_equal(s.cost, 8000000);
    assert_int_equal(p.refunds, 1);
}

static void decimal_commas_profit_and_written_days(void **state)
{
    struct mkt_dataset_purchases p;
    (void)state;
    scratch_write(&files, "orders.csv",
                  "order_id;Kundennummer;Datum;Betrag;Rohertrag\n1;7;13.01.2025;1.234,50;234,50\n"
                  "2;8;14.01.2025;10,00;4,00\n");
    scratch_write(&files, "customers.csv",
                  "customer_id,signup_date,acquisition_channel,segment\n7,2024-12-24,Search,x\n"
                  "9,2025-01-01,social,y\n");
    struct seen s = look(NULL, &p);
    assert_true(p.costs && p.customers && p.starts && p.segments);
    assert_int_equal(s.amount, 1244500000);
    assert_int_equal(s.cost, 1006000000); /* what profit leaves */
    assert_int_equal(s.customers, 3);
    assert_int_equal(s.listed, 2); /* 7 is a number in both files, and one customer */
    assert_int_equal(s.first, mkt_date_days(2024, 12, 24));
}

static void columns_can_be_named(void **state)
{
    struct mkt_dataset_purchases p;
    static const char *const map[] = {"cost=einkauf", "channel=kam_durch"};
    (void)state;
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount,einkauf,kam_durch\n1,a,2025-01-01,10,4,x\n");
    struct seen s = look(&(struct mkt_dataset_options){.map = map, .maps = 2}, &p);
    assert_true(p.costs && p.channels);
    assert_int_equal(s.cost, 4000000);
}

static void unreadable_rows_are_counted(void **state)
{
    struct mkt_dataset_purchases p;
    static char text[8192] = "order_id,customer_id,date,amount,cost\n";
    (void)state;
    for (int i = 0; i < 100; i++)
        sprintf(text + strlen(text), "%d,c%d,2025-01-%02d,10,4\n", i, i, 1 + i % 28);
    strcat(text,
           "a,,2025-01-01,10,4\nb,x,someday,10,4\nc,x,2025-01-01,ten,4\nd,x,2025-01-01,10,\n");
    scratch_write(&files, "orders.csv", text);
    struct seen s = look(NULL, &p);
    assert_int_equal(s.orders, 100);
    struct mkt_dataset *d = scratch_dataset(files.folder, NULL);
    assert_int_equal(scratch_table(d, "orders.csv")->broken, 4);
    assert_non_null(strstr(scratch_caveat(d, "broken_orders")->text, "3 of 104"));
    assert_non_null(strstr(scratch_caveat(d, "nobody")->text, "1 of 104"));
    mkt_dataset_close(d);
}

static void a_broken_table_is_no_fault_of_the_others(void **state)
{
    struct mkt_dataset_purchases p;
    struct mkt_err err = {0};
    (void)state;
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount\n1,a,2025-01-01,x\n2,b,2025-01-02,5\n");
    scratch_write(&files, "performance.csv", "date,channel,spend\n2025-01-01,search,5\n");
    struct mkt_dataset *d = scratch_dataset(files.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 5000000);
    assert_int_equal(mkt_dataset_purchases(d, &p, &err), MKT_E_EMPTY);
    assert_non_null(strstr(err.text, "orders.csv: 1 of 2 rows"));
    mkt_dataset_close(d);
}

/* The same file twice is one file. */
static void copies_count_once(void **state)
{
    struct mkt_dataset_purchases p;
    static const char text[] = "order_id,customer_id,date,amount\n1,a,2025-01-01,5\n";
    (void)state;
    scratch_write(&files, "orders.csv", text);
    scratch_write(&files, "orders (1).csv", text);
    struct seen s = look(NULL, &p);
    assert_int_equal(s.orders, 1);
}

/* An export appended to itself, one that overlaps it, and one that a join made longer. */
static void repeated_orders(void **state)
{
    struct mkt_dataset_purchases p;
    (void)state;
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount,note\n1,a,2025-01-01,5,x\n1,a,2025-01-01,5,x\n"
                  "2,a,2025-01-02,7,x\n2,a,2025-01-02,7,y\n-,a,2025-01-03,9,x\n"
                  "-,a,2025-01-03,9,x\n3,b,2025-01-04,1,x\n");
    scratch_write(&files, "later.csv",
                  "order_id,customer_id,date,amount,note\n3,b,2025-01-04,1,x\n"
                  "4,b,2025-01-05,2,x\n");
    struct seen s = look(NULL, &p);
    assert_int_equal(s.orders, 7);
    assert_int_equal(s.amount, (5 + 7 + 7 + 9 + 9 + 1 + 2) * MKT_MICRO);
    assert_int_equal(s.same.rows, 2);
    assert_int_equal(s.same.amount, 6 * MKT_MICRO);
    assert_int_equal(s.alike.rows, 1);
    assert_int_equal(s.alike.amount, 7 * MKT_MICRO);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(orders_with_costs_are_no_advertising),
        T(decimal_commas_profit_and_written_days),
        T(columns_can_be_named),
        T(unreadable_rows_are_counted),
        T(a_broken_table_is_no_fault_of_the_others),
        T(copies_count_once),
        T(repeated_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
