/* Exports of web analytics: whose source a column tells, with its medium or without. */
#include "source/scratch.h"

#include "source/touch_faults.h"

static struct scratch s;

static struct mkt_dataset *open_text(const char *text, struct mkt_dataset_journeys *out)
{
    struct mkt_err err = {0};
    struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "a.csv", text), NULL);
    if (mkt_dataset_journeys(d, out, &err) != MKT_OK) fail_msg("%s", err.text);
    return d;
}

static bool has_channel(const struct mkt_dataset_journeys *j, const char *name)
{
    for (size_t p = 0; p < j->parts; p++)
        for (size_t i = 0; j->part[p] && i < j->part[p]->channel.count; i++)
            if (strcmp(j->part[p]->channel.name[i], name) == 0) return true;
    return false;
}

static void source_and_medium_are_one_channel(void **state)
{
    (void)state;
    static const char *const head[] = {
        "session_source,session_medium", "utm_medium_x,utm_source,utm_medium",
        "collected_traffic_source.manual_source,collected_traffic_source.manual_medium",
        "medium,source"};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        char text[512];
        const char *before = i == 1 ? "z," : "", *a = i == 3 ? "cpc" : "google",
                   *b = i == 3 ? "google" : "cpc", *c = i == 3 ? "organic" : "google",
                   *d = i == 3 ? "google" : "organic";
        struct mkt_dataset_journeys j;
        snprintf(text, sizeof text,
                 "user_pseudo_id,event_timestamp,event_name,%s\n"
                 "u1,1767261600000000,page_view,%s%s,%s\nu1,1767261700000000,purchase,%s%s,%s\n"
                 "u2,1767261700000000,page_view,%snews,\n",
                 head[i], before, a, b, before, c, d, before);
        struct mkt_dataset *set = open_text(text, &j);
        if (!has_channel(&j, "google / cpc") || !has_channel(&j, "google / organic"))
            fail_msg("%s: no source with its medium", head[i]);
        assert_null(scratch_caveat(set, "source_without_medium"));
        assert_null(scratch_caveat(set, "first_source_only"));
        mkt_dataset_close(set);
    }
}

static void a_source_alone_is_said_to_be(void **state)
{
    (void)state;
    struct mkt_dataset_journeys j;
    struct mkt_dataset *d = open_text("user_pseudo_id,event_timestamp,event_name,session_source\n"
                                      "u1,1767261600000000,page_view,google\n"
                                      "u1,1767261700000000,purchase,google\n",
                                      &j);
    assert_true(has_channel(&j, "google"));
    assert_non_null(scratch_caveat(d, "source_without_medium"));
    mkt_dataset_close(d);
}

/* traffic_source of an event is that of its user's first visit. */
static void the_source_of_a_first_visit_is_said_to_be(void **state)
{
    (void)state;
    struct mkt_dataset_journeys j;
    struct mkt_dataset *d =
        open_text("user_pseudo_id,event_timestamp,event_name,traffic_source.source,"
                  "traffic_source.medium,ecommerce.purchase_revenue\n"
                  "u1,1767261600000000,page_view,google,cpc,\n"
                  "u1,1767261700000000,purchase,google,cpc,20.5\n",
                  &j);
    assert_true(has_channel(&j, "google / cpc") && j.values);
    assert_non_null(scratch_caveat(d, "first_source_only"));
    assert_string_equal(scratch_role(&mkt_dataset_account(d)->table[0], "value"),
                        "ecommerce.purchase_revenue");
    mkt_dataset_close(d);
    d = open_text("user_pseudo_id,event_timestamp,event_name,traffic_source.source,"
                  "collected_traffic_source.manual_source\n"
                  "u1,1767261600000000,page_view,x,google\n"
                  "u1,1767261700000000,purchase,x,\n",
                  &j);
    assert_true(has_channel(&j, "google"));
    assert_false(has_channel(&j, "x"));
    assert_null(scratch_caveat(d, "first_source_only"));
    mkt_dataset_close(d);
}

/* Most events of an export bring no source: they are no touches, and nothing is wrong with them. */
static void events_without_a_source_are_no_touches(void **state)
{
    (void)state;
    struct mkt_dataset_journeys j;
    struct mkt_dataset *d = open_text("user_pseudo_id,event_timestamp,event_name,session_source\n"
                                      "u1,1767261600000000,page_view,google\n"
                                      "u1,1767261650000000,scroll,\n"
                                      "u1,1767261660000000,scroll,\n"
                                      "u1,1767261700000000,purchase,\n",
                                      &j);
    const struct mkt_caveat *c = scratch_caveat(d, "events_without_channel");
    assert_non_null(c);
    assert_non_null(strstr(c->text, "2 of 4 rows"));
    assert_int_equal(mkt_dataset_account(d)->table[0].broken, 0);
    mkt_dataset_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_and_medium_are_one_channel),
        cmocka_unit_test(a_source_alone_is_said_to_be),
        cmocka_unit_test(the_source_of_a_first_visit_is_said_to_be),
        cmocka_unit_test(events_without_a_source_are_no_touches),
    };
    scratch_open(&s);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_close(&s);
    return failed;
}
