/* Journeys end in the orders of orders.csv and visit only what was running. */
#include "simulate/journeys.h"

#include "folder.h"
#include "simulate/people.h"

static char root[FOLDER_PATH];
static struct table touches, orders, performance;
static struct mkt_company_options options;

static int open_all(void **state)
{
    (void)state;
    folder_open(root);
    options = folder_options(7);
    folder_make(root, &options);
    touches = table_open(root, "touchpoints.csv");
    orders = table_open(root, "orders.csv");
    performance = table_open(root, "performance.csv");
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    table_close(&touches);
    table_close(&orders);
    table_close(&performance);
    folder_close(root);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted lines "user|date|amount|channel" of orders by those who agreed, or of conversions. */
static char **lines(const struct table *t, bool conversions, size_t *out)
{
    struct mkt_people people = {.seed = options.seed};
    char **line = calloc(t->rows + 1, sizeof *line);
    assert_non_null(line);
    size_t n = 0;
    for (size_t r = 0; r < t->rows; r++) {
        const char *user = table_text(t, r, conversions ? "user_id" : "customer_id");
        int64_t cents = table_cents(t, r, conversions ? "value" : "amount");
        if (conversions && table_int(t, r, "conversion") == 0) {
            assert_int_equal(cents, 0);
            continue;
        }
        if (cents < 0) continue; /* a refund */
        if (!conversions && !mkt_people_consents(&people, strtoll(user + 1, NULL, 10))) continue;
        char text[160], date[11] = {0};
        memcpy(date, table_text(t, r, conversions ? "time" : "date"), 10);
        snprintf(text, sizeof text, "%s|%s|%lld|%s", user, date, (long long)cents,
                 table_text(t, r, "channel"));
        line[n++] = strdup(text);
    }
    qsort(line, n, sizeof *line, by_text);
    *out = n;
    return line;
}

static void conversions_are_the_orders_of_those_who_agreed(void **state)
{
    (void)state;
    size_t n, m;
    char **converted = lines(&touches, true, &n), **ordered = lines(&orders, false, &m);
    assert_true(n > 500);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(converted[i], ordered[i]);
        free(converted[i]);
        free(ordered[i]);
    }
    free(converted);
    free(ordered);
}

static void paid_touches_are_on_days_with_spend(void **state)
{
    (void)state;
    char **running = calloc(performance.rows, sizeof *running);
    assert_non_null(running);
    size_t n = 0, paid = 0;
    char text[160];
    for (size_t r = 0; r < performance.rows; r++) {
        if (table_cents(&performance, r, "spend") == 0) continue;
        snprintf(text, sizeof text, "%s|%s|%s", table_text(&performance, r, "date"),
                 table_text(&performance, r, "channel"), table_text(&performance, r, "campaign"));
        running[n++] = strdup(text);
    }
    qsort(running, n, sizeof *running, by_text);
    for (size_t r = 0; r < touches.rows; r++) {
        const char *channel = table_text(&touches, r, "channel");
        const char *event = table_text(&touches, r, "event");
        assert_true(!strcmp(event, "click") || !strcmp(event, "impression"));
        if (!strcmp(channel, "direct") || !strcmp(channel, "organic")) {
            assert_string_equal(table_text(&touches, r, "campaign"), "");
            assert_string_equal(event, "click");
            continue;
        }
        char date[11] = {0};
        memcpy(date, table_text(&touches, r, "time"), 10);
        snprintf(text, sizeof text, "%s|%s|%s", date, channel, table_text(&touches, r, "campaign"));
        const char *key = text;
        assert_non_null(bsearch(&key, running, n, sizeof *running, by_text));
        paid++;
    }
    assert_true(paid > 1000);
    for (size_t i = 0; i < n; i++) free(running[i]);
    free(running);
}

/* Rows of a journey stand together in time order and only its last may convert; visitors never do. */
static void journeys_run_forward(void **state)
{
    (void)state;
    int64_t visitors = 0;
    for (size_t r = 0; r < touches.rows; r++) {
        const char *user = table_text(&touches, r, "user_id");
        const char *time = table_text(&touches, r, "time");
        assert_int_equal(strlen(time), 19);
        int32_t day = table_day(&touches, r, "time");
        assert_true(day >= options.start && day < options.start + 181);
        if (user[0] == 'V') assert_int_equal(table_int(&touches, r, "conversion"), 0);
        bool same = r && !strcmp(user, table_text(&touches, r - 1, "user_id"));
        if (same && table_int(&touches, r - 1, "conversion") == 0)
            assert_true(strcmp(time, table_text(&touches, r - 1, "time")) >= 0);
        if (!same && user[0] == 'V') assert_int_equal(strtoll(user + 1, NULL, 10), ++visitors);
        if (!same && r) {
            bool visitor = table_text(&touches, r - 1, "user_id")[0] == 'V';
            assert_int_equal(table_int(&touches, r - 1, "conversion"), !visitor);
        }
    }
    assert_true(visitors > 500);
}

/* Video comes before search more often than after it. */
static void early_channels_come_first(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    struct mkt_company *c;
    struct mkt_sink sink;
    struct mkt_journeys journeys;
    char path[FOLDER_PATH];
    assert_int_equal(mkt_arena_open(&arena, (size_t)16 << 20, &err), MKT_OK);
    assert_int_equal(mkt_company_make(&arena, &options, &c, &err), MKT_OK);
    assert_int_equal(mkt_sink_open(&sink, &arena, folder_join(root, "touch.csv", path), &err),
                     MKT_OK);
    assert_int_equal(mkt_journeys_init(&journeys, &arena, c, &sink, &err), MKT_OK);
    int day = mkt_date_days(2024, 12, 15) - options.start; /* Holiday: all channels run */
    int first = 0;
    for (int i = 0; i < 2000; i++) {
        struct mkt_journey j;
        mkt_journeys_draw(&journeys, day, 1U << 0 | 1U << 4, &j);
        assert_in_range(j.touches, 2, MKT_JOURNEYS_TOUCHES);
        int seen = 0;
        for (int t = 0; t < j.touches; t++)
            if (j.touch[t].channel >= 0) seen |= 1 << j.touch[t].channel;
        assert_int_equal(seen, 1 << 0 | 1 << 4);
        first += j.touch[0].channel == 4;
    }
    assert_true(first > 1800);
    mkt_sink_drop(&sink);
    arena.fail_at = arena.allocations + 1;
    assert_int_equal(mkt_journeys_init(&journeys, &arena, c, &sink, &err), MKT_E_NOMEM);
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_are_the_orders_of_those_who_agreed),
        cmocka_unit_test(paid_touches_are_on_days_with_spend),
        cmocka_unit_test(journeys_run_forward),
        cmocka_unit_test(early_channels_come_first),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
