/* Words that stand for no name, and words for totals: one list each, the same in every table. */
#include "source/void_names.h"

#include "source/scratch_fixture.h"
#include "source/scratch_sql.h"
#include "source/total_names.h"

static void words(void **state)
{
    (void)state;
    static const char *const none[] = {"\\N",    "NULL", "null",      " Null ", "(null)",
                                       "<null>", "nil",  "undefined", "NaN",    "n/a",
                                       "N/A",    "#N/A", "-",         "--"};
    static const char *const name[] = {"None", "NA",      "(none)",    "(direct)", "",
                                       " ",    "N",       "nul",       "null x",   "---",
                                       "Nike", "(other)", "undefined!"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (!mkt_void_names_has(none[i], strlen(none[i]))) fail_msg("%s", none[i]);
        assert_true(mkt_void_names_unset(none[i], strlen(none[i])));
    }
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (mkt_void_names_unset(name[i], strlen(name[i]))) fail_msg("%s", name[i]);
    assert_false(mkt_void_names_has("(not set)", 9));
    assert_true(mkt_void_names_unset("(Not Set)", 9));
}

static void totals(void **state)
{
    (void)state;
    static const char *const whole[] = {"Total", "TOTAL:", " grand total ", "Gesamt",
                                        "Sum",   "(all)",  "Totals:",       "insgesamt"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        if (!mkt_total_names_has(whole[i], strlen(whole[i]), false)) fail_msg("%s", whole[i]);
        assert_true(mkt_total_names_has(whole[i], strlen(whole[i]), true));
    }
    assert_true(mkt_total_names_has("Total: account", 14, true));
    assert_false(mkt_total_names_has("Total: account", 14, false));
    assert_false(mkt_total_names_has("All brands", 10, true)); /* "All" alone is a sum */
    assert_false(mkt_total_names_has("", 0, true));
}

static const char *said(const struct mkt_dataset *d)
{
    const struct mkt_caveat *c = scratch_caveat(d, "void_names");
    assert_non_null(c);
    return c->text;
}

static void channels_and_campaigns_of_sums(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        scratch_dataset(scratch_write(&s, "a.csv",
                                      "date,channel,campaign,spend\n2025-01-01,\\N,x,1\n"
                                      "2025-01-01,NULL,NULL,2\n2025-01-02,(not set),x,4\n"
                                      "2025-01-02,None,n/a,8\n2025-01-03,social,x,16\n"),
                        NULL);
    assert_int_equal(scratch_sums(d)->name_count[MKT_CHANNEL], 3);
    assert_true(scratch_has_name(d, MKT_CHANNEL, "(not set)"));
    assert_true(scratch_has_name(d, MKT_CHANNEL, "None"));
    assert_int_equal(scratch_sums(d)->name_count[MKT_CAMPAIGN], 2);
    assert_int_equal(scratch_total(d, MKT_SPEND), 31000000);
    assert_non_null(strstr(said(d), "3 of 5 rows of a.csv"));
    mkt_dataset_close(d);
    d = scratch_dataset(scratch_write(&s, "a.csv", "date,channel,spend\n2025-01-01,(not set),1\n"),
                        NULL);
    assert_null(scratch_caveat(d, "void_names"));
    mkt_dataset_close(d);
}

/* A touch of no channel is none; what it converts stays. */
static void channels_and_campaigns_of_touches(void **state)
{
    (void)state;
    char text[4000] = "user_id,time,channel,campaign,conversion\n"
                      "u1,2025-01-01,NULL,x,1\nu2,2025-01-01,\\N,,0\nu3,2025-01-01,a,null,1\n"
                      "u4,2025-01-01,(not set),,1\n";
    for (int i = 0; i < 30; i++)
        sprintf(text + strlen(text), "v%d,2025-01-02,None,Spring,%d\n", i, i % 2);
    struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "a.csv", text), NULL);
    assert_non_null(strstr(said(d), "3 of 34 rows of a.csv"));
    struct mkt_dataset_journeys j;
    struct mkt_err err = {0};
    assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
    bool seen[3] = {false};
    for (size_t p = 0; p < j.parts; p++)
        for (size_t i = 0; j.part[p] && i < j.part[p]->channel.count; i++) {
            const char *name = j.part[p]->channel.name[i];
            seen[0] |= strcmp(name, "a") == 0;
            seen[1] |= strcmp(name, "(not set)") == 0;
            seen[2] |= strcmp(name, "None\x1fSpring") == 0;
            assert_null(strstr(name, "NULL"));
            assert_null(strstr(name, "null"));
            assert_null(strstr(name, "\\N"));
        }
    assert_true(seen[0] && seen[1] && seen[2]);
    const struct mkt_account_table *t = scratch_table(d, "a.csv");
    assert_int_equal(t->broken, 1); /* u2: no channel, and nothing converted */
    assert_int_equal(mkt_dataset_account(d)->faults, 1);
    assert_string_equal(mkt_dataset_account(d)->fault[0].value, "\\N");
    mkt_dataset_close(d);
}

/* In a path, too: the place is none, the journey stays; a path of nothing else is none. */
static void paths(void **state)
{
    (void)state;
    char text[4000] = "path\tconversions\tnulls\nsearch > NULL > email\t7\t1\n\\N > email\t5\t0\n"
                      "search > email\t2\t0\nNULL > \\N\t9\t0\n";
    for (int i = 0; i < 30; i++) sprintf(text + strlen(text), "email > video\t1\t%d\n", i);
    for (int parquet = 0; parquet < 2; parquet++) {
        const char *file = scratch_write(&s, "a.tsv", text);
        char out[512];
        struct mkt_err err = {0};
        if (parquet) {
            snprintf(out, sizeof out, "%s/b.parquet", s.folder);
            scratch_sql(NULL, "COPY (FROM read_csv('%s', delim = '\t')) TO '%s' (FORMAT parquet)",
                        file, out);
        }
        struct mkt_dataset *d = scratch_dataset(parquet ? out : file, NULL);
        struct mkt_dataset_journeys j;
        if (mkt_dataset_journeys(d, &j, &err) != MKT_OK) fail_msg("%s", err.text);
        assert_int_equal(j.paths->channel.count, 3);
        assert_int_equal(j.paths->paths, 3); /* search > email, email, email > video */
        assert_int_equal(j.paths->total.conversions, 7 + 5 + 2 + 30);
        assert_non_null(strstr(said(d), "2 of 34 rows"));
        const struct mkt_account *a = mkt_dataset_account(d);
        assert_int_equal(a->table[0].broken, 1);
        assert_string_equal(a->fault[0].value, "NULL > \\N");
        mkt_dataset_close(d);
    }
}

static void events(void **state)
{
    (void)state;
    char text[4000] = "user_id,time,event,plan\nu1,2025-01-01,NULL,pro\nu2,2025-01-01,view,\\N\n";
    for (int i = 0; i < 30; i++) sprintf(text + strlen(text), "v%d,2025-01-02,view,pro\n", i);
    struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "a.csv", text), NULL);
    struct mkt_dataset_events e;
    struct mkt_err err = {0};
    assert_int_equal(mkt_dataset_events(d, &e, &err), MKT_OK);
    int64_t views = 0;
    for (size_t p = 0; p < e.parts; p++) {
        if (!e.part[p] || !e.part[p]->event.count) continue;
        assert_int_equal(e.part[p]->event.count, 1);
        assert_int_equal(e.part[p]->level[0].count, 1);
        views += e.part[p]->count[0];
    }
    assert_int_equal(views, 31);
    assert_int_equal(scratch_table(d, "a.csv")->broken, 1);
    assert_string_equal(mkt_dataset_account(d)->fault[0].value, "NULL");
    mkt_dataset_close(d);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(totals),
        TEST(channels_and_campaigns_of_sums),
        TEST(channels_and_campaigns_of_touches),
        TEST(paths),
        TEST(events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
