/* The cells of performance.csv add up to the company's days. */
#include "simulate/cells.h"

#include "folder.h"

static char root[FOLDER_PATH];
static struct mkt_arena arena;

static int open_all(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    folder_open(root);
    return mkt_arena_open(&arena, (size_t)64 << 20, &err);
}

static int close_all(void **state)
{
    (void)state;
    folder_close(root);
    mkt_arena_close(&arena);
    return 0;
}

static int channel_of(const struct mkt_company *c, const char *name)
{
    for (int k = 0; k < c->channels; k++)
        if (strcmp(c->channel[k].name, name) == 0) return k;
    fail_msg("no channel %s", name);
    return -1;
}

static void check_sums(double scale, int channels)
{
    struct mkt_company_options o = folder_options(3);
    o.scale = scale;
    o.channels = channels;
    folder_make(root, &o);
    struct mkt_company *c;
    struct mkt_err err = {0};
    mkt_arena_reset(&arena, 0);
    assert_int_equal(mkt_company_make(&arena, &o, &c, &err), MKT_OK);

    enum { SPEND, SEEN, CLICKS, CONVERSIONS, REVENUE, NEW, FIGURES };
    size_t cells = (size_t)c->days * (size_t)c->channels;
    int64_t *sum = MKT_NEW(&arena, int64_t, cells * FIGURES);
    assert_non_null(sum);
    struct table t = table_open(root, "performance.csv");
    for (size_t r = 0; r < t.rows; r++) {
        int day = table_day(&t, r, "date") - c->period.first;
        int64_t *s = sum + ((size_t)day * (size_t)c->channels +
                            (size_t)channel_of(c, table_text(&t, r, "channel"))) *
                               FIGURES;
        int64_t seen = table_int(&t, r, "impressions"), clicks = table_int(&t, r, "clicks");
        int64_t conversions = table_int(&t, r, "conversions");
        assert_in_range(clicks, 0, seen);
        assert_in_range(table_int(&t, r, "new_customers"), 0, conversions);
        assert_true(table_cents(&t, r, "spend") > 0 || conversions > 0);
        s[SPEND] += table_cents(&t, r, "spend");
        s[SEEN] += seen;
        s[CLICKS] += clicks;
        s[CONVERSIONS] += conversions;
        s[REVENUE] += table_cents(&t, r, "revenue");
        s[NEW] += table_int(&t, r, "new_customers");
    }
    for (int d = 0; d < c->days; d++)
        for (int k = 0; k < c->channels; k++) {
            const struct mkt_company_channel *h = &c->channel[k];
            const int64_t *s = sum + ((size_t)d * (size_t)c->channels + (size_t)k) * FIGURES;
            assert_int_equal(s[SPEND], (int64_t)(h->spend[d] * 100 + 0.5));
            assert_int_equal(s[SEEN], h->impressions[d]);
            assert_int_equal(s[CLICKS], h->clicks[d]);
            assert_int_equal(s[CONVERSIONS], h->conversions[d]);
            assert_int_equal(s[REVENUE], h->cents[d]);
            assert_int_equal(s[NEW], h->new_customers[d]);
        }
    table_close(&t);
}

static void add_up_to_the_company(void **state)
{
    (void)state;
    check_sums(1, 7);
}

static void add_up_when_counts_are_small(void **state)
{
    (void)state;
    check_sums(0.1, 8);
}

static void add_up_when_counts_are_large(void **state)
{
    (void)state;
    check_sums(20, 2);
}

/* One row a day, channel, campaign and age group, in the order of the days. */
static void no_row_stands_twice(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(4);
    folder_make(root, &o);
    struct table t = table_open(root, "performance.csv");
    size_t block = 0; /* first row of the day */
    for (size_t r = 1; r < t.rows; r++) {
        int32_t day = table_day(&t, r, "date"), before = table_day(&t, r - 1, "date");
        assert_true(day >= before);
        if (day > before) block = r;
        for (size_t i = block; i < r; i++)
            assert_false(!strcmp(table_text(&t, i, "channel"), table_text(&t, r, "channel")) &&
                         !strcmp(table_text(&t, i, "campaign"), table_text(&t, r, "campaign")) &&
                         !strcmp(table_text(&t, i, "segment"), table_text(&t, r, "segment")));
    }
    table_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add_up_to_the_company),
        cmocka_unit_test(add_up_when_counts_are_small),
        cmocka_unit_test(add_up_when_counts_are_large),
        cmocka_unit_test(no_row_stands_twice),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
