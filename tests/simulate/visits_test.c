/* The rows hold the rates that are said to be behind them. */
#include "simulate/visits.h"

#include <math.h>

#include "folder.h"

static char root[FOLDER_PATH];
static struct table events, orders;

static int make(void **state)
{
    (void)state;
    struct mkt_company_options options = folder_options(11);
    options.scale = 2;
    folder_open(root);
    folder_make(root, &options);
    events = table_open(root, "events.csv");
    orders = table_open(root, "orders.csv");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    table_close(&events);
    table_close(&orders);
    folder_close(root);
    return 0;
}

static const char *cell(const struct table *t, size_t row, const char *column)
{
    return table_text(t, row, column);
}

/* Each session is one visit: its events stand together, in order of time. */
static void rates_are_the_true_ones(void **state)
{
    double reached[MKT_VISITS_DEVICES][MKT_VISITS_STEPS] = {{0}};
    (void)state;
    for (size_t r = 0; r < events.rows; r++) {
        if (r && strcmp(cell(&events, r, "session_id"), cell(&events, r - 1, "session_id")) == 0)
            assert_true(strcmp(cell(&events, r, "time"), cell(&events, r - 1, "time")) > 0);
        bool again = r &&
                     strcmp(cell(&events, r, "user_id"), cell(&events, r - 1, "user_id")) == 0 &&
                     strcmp(cell(&events, r, "event"), "visit") == 0;
        if (again && cell(&events, r, "user_id")[0] == 'W') continue; /* came back */
        for (int d = 0; d < MKT_VISITS_DEVICES; d++)
            for (int k = 0; k < MKT_VISITS_STEPS; k++)
                reached[d][k] += strcmp(cell(&events, r, "device"), mkt_visits_device[d]) == 0 &&
                                 strcmp(cell(&events, r, "event"), mkt_visits_step[k]) == 0;
    }
    for (int d = 0; d < MKT_VISITS_DEVICES; d++)
        for (int k = 1; k < MKT_VISITS_STEPS; k++) {
            double n = reached[d][k - 1], p = mkt_visits_rate[d][k];
            assert_true(n > 100);
            if (fabs(reached[d][k] / n - p) > 4 * sqrt(p * (1 - p) / n))
                fail_msg("%s to %s: %.3f instead of %.3f", mkt_visits_device[d], mkt_visits_step[k],
                         reached[d][k] / n, p);
        }
    double mobile = reached[0][0] / (reached[0][0] + reached[1][0]);
    assert_true(fabs(mobile - MKT_VISITS_MOBILE) < .03);
}

/* A purchase is an order: the same customer, day and amount. */
static void purchases_are_orders(void **state)
{
    size_t purchases = 0;
    (void)state;
    for (size_t r = 0; r < events.rows; r++) {
        if (strcmp(cell(&events, r, "event"), "purchase") != 0) {
            assert_string_equal(cell(&events, r, "value"), "");
            continue;
        }
        bool found = false;
        for (size_t o = 0; o < orders.rows && !found; o++)
            found = strcmp(cell(&orders, o, "customer_id"), cell(&events, r, "user_id")) == 0 &&
                    strcmp(cell(&orders, o, "amount"), cell(&events, r, "value")) == 0;
        if (!found) fail_msg("purchase in row %zu is no order", r + 1);
        purchases++;
    }
    assert_true(purchases > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_the_true_ones),
        cmocka_unit_test(purchases_are_orders),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
