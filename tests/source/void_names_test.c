/* Words that stand for no name or nobody, and words for totals: one list each, the same in every table. */
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

static void words_for_nobody(void **state)
{
    (void)state;
    static const char *const none[] = {"",
                                       "  ",
                                       "NULL",
                                       "\\N",
                                       " nan ",
                                       "undefined",
                                       "(not set)",
                                       "None",
                                       "none",
                                       "(none)",
                                       "NA",
                                       "<NA>",
                                       "anonymous",
                                       "(Anonymous)",
                                       "Guest",
                                       "unknown",
                                       "(other)",
                                       "-",
                                       "00000000-0000-0000-0000-000000000000"};
    static const char *const name[] = {
        "0",     "-1",         "00",     "nobody",         "u",
        "Nan C", "anonymous1", "NA12",   "guest@home.com", "00000000-0000-0000-0000-000000000001",
        "ann",   "unknow",     "(guest", "other",          "nulls"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (!mkt_void_names_nobody(none[i], strlen(none[i]))) fail_msg("%s", none[i]);
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (mkt_void_names_nobody(name[i], strlen(name[i]))) fail_msg("%s", name[i]);
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

/* Many rows of users who are not known are no one person, and no fault of the table: the same whether
 * the cells are empty, NULL or words. */
static void touches_and_events_of_nobody(void **state)
{
    (void)state;
    static const char *const word[] = {"", "NULL", "nan", "anonymous", "(not set)"};
    for (int events = 0; events < 2; events++) {
        char text[8000];
        strcpy(text, events ? "user_id,time,event\n" : "user_id,time,channel,conversion\n");
        for (int i = 0; i < 60; i++)
            sprintf(text + strlen(text),
                    events ? "%s,2025-01-%02d,view\n" : "%s,2025-01-%02d,a,1\n",
                    i % 3 == 2 ? "u7" : word[i % 5], 1 + i % 28);
        strcat(text,
               events ? "u8,2025-01-03,view\nu8,noon,view\n" : "u8,2025-01-03,a,1\nu8,noon,a,1\n");
        for (int parquet = 0; parquet < 2; parquet++) {
            const char *file = scratch_write(&s, "a.csv", text);
            char out[512];
            if (parquet) {
                snprintf(out, sizeof out, "%s/b.parquet", s.folder);
                scratch_sql(
                    NULL,
                    "COPY (SELECT * REPLACE (CASE WHEN user_id <> 'nan' THEN user_id END AS "
                    "user_id) FROM read_csv('%s', all_varchar = true)) TO '%s' (FORMAT "
                    "parquet)",
                    file, out);
            }
            struct mkt_dataset *d = scratch_dataset(parquet ? out : file, NULL);
            const struct mkt_account *a = mkt_dataset_account(d);
            const struct mkt_caveat *c = scratch_caveat(d, "nobody");
            assert_non_null(c);
            assert_non_null(strstr(c->text, "40 of 62 rows"));
            assert_non_null(strstr(c->text, "\"user_id\""));
            assert_non_null(strstr(c->text, "--map \"user=...\"")); /* more than half */
            assert_non_null(strstr(scratch_caveat(d, "broken_rows")->text, "1 of 62 rows"));
            assert_int_equal(a->table[0].broken, 41);
            assert_int_equal(a->faults, 1);
            assert_string_equal(a->fault[0].value, "noon");
            struct mkt_err err = {0};
            struct mkt_dataset_journeys j;
            struct mkt_dataset_events e;
            size_t rows = 0;
            if (events) {
                assert_int_equal(mkt_dataset_events(d, &e, &err), MKT_OK);
                for (size_t i = 0; i < e.parts; i++) rows += mkt_piles_all_rows(&e.part[i]->piles);
            } else {
                assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
                for (size_t i = 0; i < j.parts; i++) rows += mkt_piles_all_rows(&j.part[i]->bare);
            }
            assert_int_equal(rows, 21);
            mkt_dataset_close(d);
        }
    }
}

static void orders_of_nobody(void **state)
{
    (void)state;
    char text[8000] = "order_id,customer_id,date,amount\n";
    for (int i = 0; i < 60; i++)
        sprintf(text + strlen(text), "%d,%s,2025-01-%02d,10\n", i, i % 4 ? "c" : "guest",
                1 + i % 28);
    struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "a.csv", text), NULL);
    struct mkt_dataset_purchases p;
    struct mkt_err err = {0};
    assert_int_equal(mkt_dataset_purchases(d, &p, &err), MKT_OK);
    size_t rows = 0;
    for (size_t i = 0; i < p.parts; i++) rows += mkt_piles_all_rows(&p.part[i]->order);
    assert_int_equal(rows, 45);
    assert_non_null(strstr(scratch_caveat(d, "nobody")->text, "15 of 60 rows"));
    assert_null(strstr(scratch_caveat(d, "nobody")->text, "--map"));
    mkt_dataset_close(d);
}

/* Zero is somebody, but where it has many rows a doubt is told. */
static void zero_is_somebody(void **state)
{
    (void)state;
    static char text[1 << 16];
    static const char *const head[] = {"user_id,time,channel,conversion", "user_id,time,event",
                                       "customer_id,date,amount"},
                             *const rest[] = {"a,1", "view", "10"};
    for (int kind = 0; kind < 6; kind++) {
        int each = kind < 3 ? 6 : 40; /* a sixth of the rows are of 0, or a fortieth */
        sprintf(text, "%s\n", head[kind % 3]);
        for (int i = 0; i < 1200; i++)
            sprintf(text + strlen(text), "%d,2025-01-%02d,%s\n", i % each ? i : 0, 1 + i % 28,
                    rest[kind % 3]);
        struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "a.csv", text), NULL);
        const struct mkt_caveat *c = scratch_caveat(d, "one_of_zero");
        assert_int_equal(scratch_table(d, "a.csv")->broken, 0);
        assert_int_equal(c != NULL, kind < 3);
        if (c) assert_non_null(strstr(c->text, "200 of 1,200 rows of a.csv"));
        mkt_dataset_close(d);
    }
}

static void units_of_nobody(void **state)
{
    (void)state;
    char text[8000] = "user_id,variant,revenue\n";
    for (int i = 0; i < 60; i++)
        sprintf(text + strlen(text), i % 6 ? "%d,%s,1\n" : "NaN,%.0d%s,1\n", i % 6 ? i : 0,
                i % 2 ? "a" : "b");
    struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "a.csv", text), NULL);
    const struct mkt_arms *arms;
    struct mkt_err err = {0};
    if (mkt_dataset_arms(d, &arms, &err) != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(arms->units, 50);
    assert_int_equal(arms->multiple, 0);
    assert_int_equal(arms->unnamed, 10);
    mkt_dataset_close(d);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(words_for_nobody),
        cmocka_unit_test(totals),
        TEST(channels_and_campaigns_of_sums),
        TEST(channels_and_campaigns_of_touches),
        TEST(paths),
        TEST(events),
        TEST(touches_and_events_of_nobody),
        TEST(orders_of_nobody),
        TEST(zero_is_somebody),
        TEST(units_of_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
