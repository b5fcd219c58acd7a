/* Customers: each order's buyer is known by then, and some buy far more often than others. */
#include "simulate/people.h"

#include "folder.h"

static char root[FOLDER_PATH];
static struct table customers, orders;
static struct mkt_company_options options;

static int open_all(void **state)
{
    (void)state;
    folder_open(root);
    options = folder_options(6);
    folder_make(root, &options);
    customers = table_open(root, "customers.csv");
    orders = table_open(root, "orders.csv");
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    table_close(&customers);
    table_close(&orders);
    folder_close(root);
    return 0;
}

static size_t number(const struct table *t, size_t row)
{
    const char *id = table_text(t, row, "customer_id");
    assert_true(id[0] == 'C');
    size_t n = (size_t)strtoll(id + 1, NULL, 10);
    assert_in_range(n, 1, 3 * (customers.rows + 1));
    return n;
}

static void every_buyer_has_joined(void **state)
{
    (void)state;
    size_t most = 3 * (customers.rows + 1) + 1;
    int32_t *joined = calloc(most, sizeof *joined);
    size_t *bought = calloc(most, sizeof *bought);
    assert_true(joined && bought);
    for (size_t r = 0; r < customers.rows; r++) {
        size_t n = number(&customers, r);
        assert_int_equal(joined[n], 0); /* each customer once */
        joined[n] = table_day(&customers, r, "signup_date");
        const char *segment = table_text(&customers, r, "segment");
        assert_string_equal(segment, mkt_catalogue_segment[(n - 1) % MKT_CATALOGUE_SEGMENTS]);
    }
    for (size_t r = 0; r < orders.rows; r++) {
        size_t n = number(&orders, r);
        assert_true(joined[n] != 0);
        assert_true(table_day(&orders, r, "date") >= joined[n]);
        if (table_cents(&orders, r, "amount") > 0) bought[n]++;
    }
    size_t once = 0, often = 0, buyers = 0;
    for (size_t n = 0; n < most; n++) {
        /* who joins in the period does so by buying */
        if (joined[n] >= options.start) assert_true(bought[n] > 0);
        buyers += bought[n] > 0;
        once += bought[n] == 1;
        often += bought[n] >= 7;
    }
    /* Two orders a buyer: if all were alike, 39 in 100 would buy once and 2 in 1000 seven times. */
    assert_true(10 * once > 4 * buyers);
    assert_true(100 * often > buyers);
    free(joined);
    free(bought);
}

static void new_customers_are_those_of_the_truth(void **state)
{
    (void)state;
    size_t before = 0;
    for (size_t r = 0; r < customers.rows; r++) {
        int32_t day = table_day(&customers, r, "signup_date");
        before += day < options.start;
        assert_true(day >= options.start - 1096);
    }
    assert_int_equal(before, 450 + 630 + 420); /* 3000 customers at half scale, by age group */
    assert_true(customers.rows > before + 500);
}

static void consent_is_for_good(void **state)
{
    (void)state;
    struct mkt_people people = {.seed = 9};
    int agreed = 0;
    for (int64_t n = 1; n <= 20000; n++) {
        bool yes = mkt_people_consents(&people, n);
        assert_int_equal(yes, mkt_people_consents(&people, n));
        agreed += yes;
    }
    assert_in_range(agreed, 3700, 4300); /* 4000, sd 57 */
}

static void those_who_return_belong_to_their_group(void **state)
{
    (void)state;
    struct mkt_people people = {.seed = 9, .count = {1, 1000, 50}};
    mkt_random_init(&people.random, 1, 1);
    int64_t recent = 0;
    for (int i = 0; i < 3000; i++) {
        assert_int_equal(mkt_people_return(&people, 0), 1);
        int64_t n = mkt_people_return(&people, 1);
        assert_int_equal((n - 1) % 3, 1);
        assert_in_range((n - 1) / 3, 0, 999);
        recent += (n - 1) / 3 >= 750;
    }
    assert_true(recent > 1200); /* half of them by design, a quarter if all were alike */
    char id[MKT_PEOPLE_ID];
    assert_string_equal(mkt_people_id(123, id), "C0000123");
    assert_string_equal(mkt_people_id(123456789012, id), "C123456789012");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_buyer_has_joined),
        cmocka_unit_test(new_customers_are_those_of_the_truth),
        cmocka_unit_test(consent_is_for_good),
        cmocka_unit_test(those_who_return_belong_to_their_group),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
