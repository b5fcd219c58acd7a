/* A company whose channels hold people out: each person for good, by chance, and without the orders
 * that the channel would have caused. */
#include "simulate/withheld.h"

#include <math.h>

#include "folder.h"
#include "simulate/people.h"

#define HOLDOUT .2

static char root[FOLDER_PATH];
static struct table touches, orders;
static struct mkt_company_options options;

static int open_all(void **state)
{
    (void)state;
    folder_open(root);
    options = folder_options(7);
    options.holdout = HOLDOUT;
    folder_make(root, &options);
    touches = table_open(root, "touchpoints.csv");
    orders = table_open(root, "orders.csv");
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    table_close(&touches);
    table_close(&orders);
    folder_close(root);
    return 0;
}

struct pair {
    char key[64]; /* user|channel */
    bool held;
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

static void a_person_is_held_out_for_good(void **state)
{
    (void)state;
    struct pair *pair = calloc(touches.rows, sizeof *pair);
    assert_non_null(pair);
    size_t n = 0, pairs = 0, held = 0;
    for (size_t r = 0; r < touches.rows; r++) {
        const char *channel = table_text(&touches, r, "channel");
        bool out = !strcmp(table_text(&touches, r, "event"), "holdout");
        if (out) assert_int_equal(table_int(&touches, r, "conversion"), 0);
        if (!strcmp(channel, "direct") || !strcmp(channel, "organic")) {
            assert_false(out); /* nothing is shown there */
            continue;
        }
        snprintf(pair[n].key, sizeof pair[n].key, "%s|%s", table_text(&touches, r, "user_id"),
                 channel);
        pair[n++].held = out;
    }
    qsort(pair, n, sizeof *pair, by_key);
    for (size_t i = 0; i < n; i++) {
        bool same = i && strcmp(pair[i].key, pair[i - 1].key) == 0;
        if (same) assert_int_equal(pair[i].held, pair[i - 1].held);
        pairs += !same;
        held += !same && pair[i].held;
    }
    assert_true(pairs > 1000);
    double share = (double)held / (double)pairs;
    double spread = sqrt(HOLDOUT * (1 - HOLDOUT) / (double)pairs);
    assert_true(fabs(share - HOLDOUT) < 4 * spread);
    free(pair);
}

/* Conversions are still the orders of those who agreed, and there are fewer than without. */
static void what_would_have_been_caused_is_not_there(void **state)
{
    (void)state;
    struct mkt_people people = {.seed = options.seed};
    struct mkt_company_options whole = options;
    char other[FOLDER_PATH];
    size_t conversions = 0, agreed = 0, all = 0;
    for (size_t r = 0; r < touches.rows; r++)
        conversions += table_int(&touches, r, "conversion") != 0;
    for (size_t r = 0; r < orders.rows; r++) {
        const char *user = table_text(&orders, r, "customer_id");
        if (table_cents(&orders, r, "amount") < 0) continue; /* a refund */
        all++;
        agreed += mkt_people_consents(&people, strtoll(user + 1, NULL, 10));
    }
    assert_int_equal(conversions, agreed);
    whole.holdout = 0;
    folder_open(other);
    folder_make(other, &whole);
    struct table before = table_open(other, "orders.csv");
    size_t then = 0;
    for (size_t r = 0; r < before.rows; r++) then += table_cents(&before, r, "amount") >= 0;
    assert_true(all < then && (double)all > .9 * (double)then);
    table_close(&before);
    char *text = folder_text(other, "touchpoints.csv");
    assert_null(strstr(text, "holdout"));
    free(text);
    folder_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_held_out_for_good),
        cmocka_unit_test(what_would_have_been_caused_is_not_there),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
