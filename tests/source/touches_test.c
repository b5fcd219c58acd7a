/* Touchpoints and paths as people have them come out as the same journeys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/dataset.h"

static char folder[64], file[128];
static struct mkt_arena arena;

static int open_folder(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    strcpy(folder, "/tmp/mkt-touches-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return mkt_arena_open(&arena, (size_t)256 << 20, &err) != MKT_OK;
}

static int close_folder(void **state)
{
    (void)state;
    unlink(file);
    rmdir(folder);
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status try_text(const char *name, const char *text, struct mkt_dataset **out,
                           struct mkt_err *err)
{
    static const struct mkt_dataset_options options = {.today = 20500}; /* 2026-02-16 */
    unlink(file);
    snprintf(file, sizeof file, "%s/%s", folder, name);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return mkt_dataset_open(file, &options, out, err);
}

static struct mkt_dataset *open_text(const char *name, const char *text)
{
    struct mkt_dataset *dataset;
    struct mkt_err err = {0};
    if (try_text(name, text, &dataset, &err) != MKT_OK) fail_msg("%s", err.text);
    return dataset;
}

/* The sentence with which a file is refused has all of these. */
static void assert_refused(const char *text, const char *const *word)
{
    struct mkt_dataset *dataset;
    struct mkt_err err = {0};
    assert_int_not_equal(try_text("table.csv", text, &dataset, &err), MKT_OK);
    for (; *word; word++)
        if (!strstr(err.text, *word)) fail_msg("no \"%s\" in: %s", *word, err.text);
}

static const char *caveat_of(const struct mkt_dataset *d, const char *id)
{
    const struct mkt_account *a = mkt_dataset_account(d);
    for (size_t i = 0; i < a->caveats; i++)
        if (strcmp(a->caveat[i].id, id) == 0) return a->caveat[i].text;
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* "a>b 1/0": paths with conversions/nulls, in the order of their text. */
static void expect_paths(const struct mkt_paths *p, const char *expected)
{
    char line[16][96], all[1024] = "";
    assert_true(p->paths <= 16);
    for (size_t k = 0; k < p->paths; k++) {
        char *to = line[k];
        for (size_t i = 0; i < p->path[k].steps; i++)
            to += sprintf(to, "%s%s", i ? ">" : "",
                          p->channel.name[mkt_paths_steps(p, &p->path[k])[i]]);
        sprintf(to, " %d/%d", (int)p->path[k].counts.conversions, (int)p->path[k].counts.nulls);
    }
    qsort(line, p->paths, sizeof line[0], by_text);
    for (size_t k = 0; k < p->paths; k++) {
        if (k) strcat(all, " ");
        strcat(all, line[k]);
    }
    assert_string_equal(all, expected);
}

static struct mkt_touchpoints_out journeys(struct mkt_dataset *dataset, mkt_weak views)
{
    static const struct mkt_share_rule rule = {.name = "linear", .kind = MKT_SHARE_LINEAR};
    const struct mkt_journey_rules rules = {.lookback = INT64_C(30) * 86400, .views = views};
    struct mkt_dataset_journeys j;
    struct mkt_touchpoints_out out;
    struct mkt_err err = {0};
    assert_int_equal(mkt_dataset_journeys(dataset, &j, &err), MKT_OK);
    assert_int_equal(
        mkt_touchpoints_finish(&arena, j.part, j.parts, &rules, &rule, 1, 256, true, 2, &out, &err),
        MKT_OK);
    return out;
}

static void touchpoints(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        open_text("touchpoints.csv", "user_id,time,channel,event,conversion,value\n"
                                     "u1,2025-01-02 10:00:00,search,click,1,12.50\n"
                                     "u1,2025-01-01 09:30:00, Social ,click,0,\n"
                                     "u2,2025-01-03T00:00:00Z,display,impression,0,\n"
                                     "u2,2025-01-03 01:00:00,search,click,0,\n"
                                     "u3,2025-01-03,,,1,-4\n");
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    expect_paths(&out.paths, "Social>search 1/0 display>search 0/1");
    assert_int_equal(out.paths.total.value, 12500000);
    assert_int_equal(out.paths.untouched.value, -4000000);
    assert_int_equal(out.paths.total.lag, 24 * 3600 + 1800);
    out = journeys(d, MKT_WEAK_DROP);
    expect_paths(&out.paths, "Social>search 1/0 search 0/1");
    mkt_dataset_close(d);
}

/* A zone in a time counts, in whatever way the times are written. */
static void zones(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_text("zones.csv", "user_id,time,channel,conversion\n"
                                                   "u1,2025-01-03T02:30:00+02:00,display,0\n"
                                                   "u1,2025-01-03 01:00:00,search,1\n"
                                                   "u2,2025-01-02T20:00:00-05:00,social,0\n"
                                                   "u2,2025-01-03T00:30:00Z,email,0\n"
                                                   "u3,03/01/2025 10:30,search,1\n"
                                                   "u3,13/01/2025 09:00,email,0\n");
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    expect_paths(&out.paths, "display>search 1/0 email 0/1 email>social 0/1 search 1/0");
    assert_int_equal(out.paths.total.lag, 1800);
    mkt_dataset_close(d);
}

/* Microseconds, events instead of a conversion column, users as numbers: as GA4 exports them. */
static void event_export(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        open_text("ga4.csv", "user_pseudo_id,event_timestamp,source,event_name,revenue\n"
                             "17,1735725600000000,google,session_start,\n"
                             "17,1735729200000000,newsletter,purchase,20\n"
                             "18,1735729200000000,google,page_view,\n");
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    expect_paths(&out.paths, "google 0/1 google>newsletter 1/0");
    assert_int_equal(out.paths.total.value, 20000000);
    assert_int_equal(out.paths.total.lag, 3600);
    mkt_dataset_close(d);
}

static void aggregated_paths(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_text(
        "paths.csv", "\"path\",\"total_conversions\",\"total_conversion_value\",\"total_null\"\n"
                     "\"eta > iota > alpha > eta\",1,0.244,3\n\"iota > iota\",2,3.195,6\n"
                     "eta>iota>alpha>eta,4,1,0\n");
    struct mkt_dataset_journeys j;
    struct mkt_err err = {0};
    assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
    assert_true(j.conversions && j.values && j.nulls);
    assert_int_equal(j.parts, 0);
    expect_paths(j.paths, "eta>iota>alpha>eta 5/3 iota>iota 2/6");
    assert_int_equal(j.paths->total.value, 4439000);
    mkt_dataset_close(d);
}

static int64_t value_of(const char *text)
{
    struct mkt_dataset *d = open_text("paths.csv", text);
    struct mkt_dataset_journeys j;
    struct mkt_err err = {0};
    assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
    expect_paths(j.paths, "a 4/0 a>b 3/1");
    assert_int_equal(mkt_dataset_account(d)->table[0].broken, 1);
    int64_t value = j.paths->total.value;
    mkt_dataset_close(d);
    return value;
}

/* Marks are settled while the rows are read: also where they are not those that were hoped for, every
 * row counts once, and is as broken as it is. */
static void marks_of_paths(void **state)
{
    (void)state;
    static const char rows[] = "a > b;1;%s;1\na > b;2;%s;0\na;4;%s;0\n > b;1;1;1\n";
    static const struct {
        const char *one, *two, *three;
        int64_t value;
    } written[] = {{"0.5", "7", "1234.25", 1241750000},
                   {"0,5", "7", "1234,25", 1241750000},
                   {"0,5", "7", "1.234,25", 1241750000},
                   {"0.5", "7", "1,234.25", 1241750000},
                   {"1,234", "7", "1234", 1234000 + 1241000000}};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        char text[2048] = "path;total_conversions;total_conversion_value;total_null\n";
        size_t at = strlen(text);
        at += (size_t)snprintf(text + at, sizeof text - at, rows, written[i].one, written[i].two,
                               written[i].three);
        for (int more = 0; more < 40; more++) /* so that one broken row is few */
            at += (size_t)snprintf(text + at, sizeof text - at, "a > b;0;;0\n");
        assert_int_equal(value_of(text), written[i].value);
    }
}

/* What parts channels need not be >. */
static void paths_with_other_marks(void **state)
{
    (void)state;
    static const char *const mark[] = {" -> ",       "->",  " => ", " \xE2\x86\x92 ",
                                       " \xC2\xBB ", " | ", "; ",   ","};
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "path,conversions,value,nulls\n\"a%sb%sc\",2,3,4\n\"b%sa\",1,3,0\nc,1,1,1\n",
                 mark[i], mark[i], mark[i]);
        struct mkt_dataset *d = open_text("paths.csv", text);
        struct mkt_dataset_journeys j;
        struct mkt_err err = {0};
        assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
        expect_paths(j.paths, "a>b>c 2/4 b>a 1/0 c 1/1");
        mkt_dataset_close(d);
    }
    static const char *const ends[] = {"(conversion)", "no channel", NULL};
    assert_refused("path,conversions\n(start) > a > (conversion),3\n", ends);
}

/* A channel may be called "paid > search": who met it, and when, makes it a touch. */
static void channels_with_marks_in_their_names(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_text("t.csv", "user,time,channel,conversion,value\n"
                                               "u1,2025-01-01,paid > search,0,0\n"
                                               "u1,2025-01-02,paid > social,1,5\n"
                                               "u2,2025-01-02,paid > social,0,0\n");
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    expect_paths(&out.paths, "paid > search>paid > social 1/0 paid > social 0/1");
    mkt_dataset_close(d);
}

/* The same journeys, as tools write them. */
static void as_tools_export_them(void **state)
{
    (void)state;
    static const char *const text[] = {
        "\xEF\xBB\xBFuser_id,visitStartTime,channels,has_transaction,value\r\n"
        "u1,1735725600,a,False,0\r\nu1,1735729200,b,True,20.5\r\nu2,1735729200,a,False,0\r\n",
        "event_date,event_timestamp,event_name,user_pseudo_id,traffic_source_medium,"
        "session_default_channel_group,purchase_revenue_in_usd\n"
        "20250101,1735725600000000,session_start,u1,cpc,a,\n"
        "20250101,1735729200000000,purchase,u1,cpc,b,20.5\n"
        "20250101,1735729200000000,page_view,u2,cpc,a,\n",
        "user,time,channel,conversion,value\nu1,2025-01-01T10:00:00Z,a,0,\n"
        "u1,2025-01-01T13:00:00+02:00,b,1,$20.50\nu2,1735729200000,a,0,\n",
    };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        struct mkt_dataset *d = open_text("export.csv", text[i]);
        struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
        expect_paths(&out.paths, "a 0/1 a>b 1/0");
        assert_int_equal(out.paths.total.value, 20500000);
        mkt_dataset_close(d);
    }
    struct mkt_dataset *d = open_text("de.csv", "Nutzer;Zeitpunkt;Kanal;Conversion;Wert\n"
                                                "u1;13.01.2025 10:00:00;a;nein;0,0\n"
                                                "u1;13.01.2025 11:00:00;b;ja;20,5\n"
                                                "u2;13.01.2025 11:00:00;a;nein;0,0\n");
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    expect_paths(&out.paths, "a 0/1 a>b 1/0");
    assert_int_equal(out.paths.total.value, 20500000);
    mkt_dataset_close(d);
}

static void case_makes_no_channel(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        open_text("case.csv", "user_id,time,channel,campaign,conversion\n"
                              "u1,2025-01-01,Search,Brand,0\nu1,2025-01-02,search,BRAND,1\n"
                              "u2,2025-01-01,SEARCH,brand,1\nu3,2025-01-01,social,x,1\n"
                              "u4,2025-01-01,social,X2,1\nu5,2025-01-01,searc,brand,0\n");
    const char *said = caveat_of(d, "names_merged");
    assert_non_null(said);
    assert_non_null(strstr(said, "\"SEARCH\" (also \"Search\", \"search\")"));
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    expect_paths(&out.paths, "SEARCH 1/0 SEARCH>SEARCH 1/0 searc 0/1 social 2/0");
    static const struct mkt_share_rule rule = {.name = "linear", .kind = MKT_SHARE_LINEAR};
    struct mkt_journey_rules rules = {.lookback = INT64_C(30) * 86400, .campaigns = true};
    struct mkt_dataset_journeys j;
    struct mkt_err err = {0};
    assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
    assert_int_equal(
        mkt_touchpoints_finish(&arena, j.part, j.parts, &rules, &rule, 1, 256, true, 1, &out, &err),
        MKT_OK);
    expect_paths(&out.paths, "SEARCH\x1f"
                             "brand 1/0 SEARCH\x1f"
                             "brand>SEARCH\x1f"
                             "brand 1/0 searc\x1f"
                             "brand 0/1 social\x1fX2 1/0 social\x1fx 1/0");
    mkt_dataset_close(d);
    d = open_text("paths.csv", "path,conversions,nulls\nA > b,1,2\na > B,3,4\nb,1,1\n");
    assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
    expect_paths(j.paths, "B 1/1 a>B 4/6");
    assert_non_null(strstr(caveat_of(d, "names_merged"), "\"B\" (also \"b\")"));
    mkt_dataset_close(d);
    d = open_text("touchpoints.csv", "user_id,time,channel,campaign,conversion\n"
                                     "u1,2025-01-01,a,Spring,0\nu1,2025-01-02,b,Spring,1\n"
                                     "u2,2025-01-01,a,SPRING,0\nu2,2025-01-02,b,Spring,1\n");
    assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
    assert_string_equal(
        caveat_of(d, "names_merged"),
        "names of campaigns that differ only in capitals, blanks or how an accent is "
        "written are taken for one: "
        "\"Spring\" (also \"SPRING\")");
    mkt_dataset_close(d);
}

/* A clock a billion seconds fast, rows twice, two conversions in a row: said, and in no figure wrong. */
static void rows_that_cannot_be_meant(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_text("t.csv", "user,time,channel,conversion,value\n"
                                               "u1,2025-01-01,a,0,0\nu1,2057-01-02,b,1,5\n"
                                               "u1,2025-01-03,c,2,7\nu1,2025-01-03,c,2,7\n"
                                               "u2,2025-01-03,c,0,7\n");
    assert_non_null(strstr(caveat_of(d, "future_rows"), "1 of 5 rows"));
    assert_non_null(strstr(caveat_of(d, "several_conversions"), "2 of 5 rows"));
    assert_non_null(strstr(caveat_of(d, "repeated_rows"), "1 row of t.csv"));
    assert_int_equal(mkt_dataset_account(d)->table[0].broken, 0);
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    expect_paths(&out.paths, "a>c 1/0 c 1/1");
    mkt_dataset_close(d);
}

/* The first cell that cannot be read is named. */
static void refusals_name_the_cell(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words[5];
    } cases[] = {
        {"user,time,channel,conversion\n-,2025-01-01,a,1\n,2025-01-01,a,1\n",
         {"no row names anybody", "\"user\"", "--map \"user=...\""}},
        {"user,time,channel,conversion\nu1,2025-01-01,a,1\nu2,1962-01-01,a,1\n",
         {"row 2", "\"time\"", "1962-01-01", "since 1970"}},
        {"user,time,channel,conversion\nu1,2025-01-01,a,1\nu2,2025-01-01 10:00 CET,a,1\n",
         {"row 2", "\"time\"", "10:00 CET"}},
        {"user,time,channel,conversion\nu1,2025-01-01,a,1\nu2,2025-01-01,a,-1\n",
         {"row 2", "\"conversion\"", "\"-1\"", "whole number"}},
        {"user,time,channel,conversion\nu1,2025-01-01,a,1\nu2,2025-01-01,a,0.5\n",
         {"row 2", "\"conversion\"", "\"0.5\"", "whole number"}},
        {"user,time,channel,conversion,value\nu1,2025-01-01,a,1,3\nu2,2025-01-01,a,1,much\n",
         {"row 2", "\"value\"", "\"much\"", "no number"}},
        {"user,time,channel,conversion\nu1,2025-01-01,a,yes\nu2,2025-01-01,,no\n",
         {"row 2", "\"channel\"", "empty", "nothing converted"}},
        {"path,conversions,nulls\na > b,1,1\na >  > b,1,1\n", {"row 2", "\"path\"", "no channel"}},
        {"path,conversions,nulls\na > b,1,1\na > b,1.5,1\n",
         {"row 2", "\"conversions\"", "\"1.5\"", "whole number"}},
        {"path,conversions,nulls\na > b,1,1\na > b,1,-2\n",
         {"row 2", "\"nulls\"", "\"-2\"", "whole number"}},
        {"user,time,channel,sale\nu1,2025-01-01,a,1\n",
         {"touchpoints table", "conversions", "\"sale\"", "--map \"conversions=sale\""}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(cases[i].text, cases[i].words);
}

/* Enough rows for several threads; every row arrives. */
static void many_rows(void **state)
{
    (void)state;
    enum { N = 60000 };
    char *text = malloc(64 * N), *to = text;
    to += sprintf(to, "user_id,timestamp,channel,conversion\n");
    for (int i = 0; i < N; i++)
        to +=
            sprintf(to, "user%d,%d,channel %d,%d\n", i % 20000, 1700000000 + i, i % 7, i % 10 == 0);
    struct mkt_dataset *d = open_text("touches.csv", text);
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    assert_int_equal(out.counts.rows, N);
    assert_int_equal(out.counts.users, 20000);
    assert_int_equal(out.counts.conversions, N / 10);
    assert_int_equal(out.paths.channel.count, 7);
    free(text);
    mkt_dataset_close(d);
}

static void broken_rows(void **state)
{
    (void)state;
    char text[4096], *to = text;
    to += sprintf(to, "user_id,time,channel,conversion\n");
    for (int i = 0; i < 40; i++) to += sprintf(to, "u%d,2025-01-01,a,1\n", i);
    sprintf(to, ",2025-01-01,a,1\n");
    struct mkt_dataset *d = open_text("touchpoints.csv", text);
    assert_int_equal(mkt_dataset_account(d)->table[0].broken, 1);
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    assert_int_equal(out.counts.rows, 40);
    mkt_dataset_close(d);

    struct mkt_dataset_journeys j;
    struct mkt_err err = {0};
    d = open_text("performance.csv", "date,channel,spend\n2025-01-01,a,3\n");
    assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_E_EMPTY);
    assert_non_null(strstr(err.text, "touchpoints"));
    mkt_dataset_close(d);
}

/* Campaigns do not change the journeys by channel; blanks, and what stands for them, are none. */
static void campaigns(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        open_text("touchpoints.csv", "user_id,time,channel,utm_campaign,conversion,cost\n"
                                     "u1,2025-01-01,a,x,0,1.5\nu1,2025-01-02,b,x,1,2\n"
                                     "u2,2025-01-01,a,y,1,1\nu3,2025-01-01,a,(not set),1,0\n"
                                     "u4,2025-01-01,a,,0,0\nu5,2025-01-01,,x,1,0\n");
    static const struct mkt_share_rule rule = {.name = "linear", .kind = MKT_SHARE_LINEAR};
    struct mkt_journey_rules rules = {.lookback = INT64_C(30) * 86400, .campaigns = true};
    struct mkt_dataset_journeys j;
    struct mkt_touchpoints_out out = journeys(d, MKT_WEAK_KEEP);
    struct mkt_err err = {0};
    expect_paths(&out.paths, "a 2/1 a>b 1/0");
    assert_int_equal(out.paths.untouched.conversions, 1); /* a campaign alone is no touch */
    assert_int_equal(mkt_dataset_journeys(d, &j, &err), MKT_OK);
    assert_true(j.campaigns);
    assert_int_equal(
        mkt_touchpoints_finish(&arena, j.part, j.parts, &rules, &rule, 1, 256, true, 1, &out, &err),
        MKT_OK);
    expect_paths(&out.paths, "a\x1fx>b\x1fx 1/0 a\x1fy 1/0 a 1/1");
    assert_non_null(j.spend);
    mkt_micro spend = 0;
    for (size_t i = 0; i < j.spend->cells; i++) spend += j.spend->cell[i].sum[MKT_SPEND];
    assert_int_equal(spend, 4500000);
    mkt_dataset_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(touchpoints, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(zones, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(event_export, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(aggregated_paths, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(marks_of_paths, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(paths_with_other_marks, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(channels_with_marks_in_their_names, open_folder,
                                        close_folder),
        cmocka_unit_test_setup_teardown(as_tools_export_them, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(case_makes_no_channel, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(rows_that_cannot_be_meant, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(refusals_name_the_cell, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(campaigns, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(many_rows, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(broken_rows, open_folder, close_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
