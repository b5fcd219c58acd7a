/* Events as people have them come out as the same rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/dataset.h"

#define DAY (INT64_C(86400) * 1000000)

static char folder[64], file[128];
static struct mkt_arena arena;
static struct mkt_dataset *dataset;
static struct mkt_dataset_events events;
static struct mkt_events_view view;
static struct mkt_err err;

static int open_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mkt-event-rows-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK;
}

static int close_folder(void **state)
{
    (void)state;
    unlink(file);
    rmdir(folder);
    mkt_arena_close(&arena);
    return 0;
}

static void write_text(const char *name, const char *text)
{
    unlink(file);
    snprintf(file, sizeof file, "%s/%s", folder, name);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static mkt_status read_events(const char *name, const char *text)
{
    write_text(name, text);
    mkt_err_clear(&err);
    if (mkt_dataset_open(file, NULL, &dataset, &err) != MKT_OK) fail_msg("%s", err.text);
    mkt_status status = mkt_dataset_events(dataset, &events, &err);
    if (status == MKT_OK) status = mkt_events_unite(&arena, events.part, events.parts, &view, &err);
    return status;
}

static void open_text(const char *name, const char *text)
{
    if (read_events(name, text) != MKT_OK) fail_msg("%s", err.text);
}

/* All rows by user and time, at most 16. */
static size_t rows_of(struct mkt_event *out)
{
    static struct mkt_event all[64], sorted[64];
    static uint32_t start[MKT_PILES_BUCKETS + 1];
    _Alignas(16) static char block[MKT_PILES_BLOCK(sizeof(struct mkt_event))];
    size_t n = 0;
    for (size_t pile = 0; pile < MKT_PILES; pile++) {
        size_t rows;
        assert_int_equal(mkt_events_gather(&view, pile, block, all, &rows, &err), MKT_OK);
        mkt_events_sort(all, rows, false, start, sorted);
        memcpy(out + n, sorted, rows * sizeof *out);
        n += rows;
    }
    return n;
}

static const char *event_of(const struct mkt_event *row)
{
    return view.event.name[row->event];
}

static const char *level_of(const struct mkt_event *row, size_t property)
{
    return row->property[property] ? view.level[property].name[row->property[property] - 1] : NULL;
}

static void plain_table(void **state)
{
    struct mkt_event row[16];
    (void)state;
    open_text("log.csv", "user_id,timestamp,event,value,session_id,device,plan\n"
                         "u1,2026-03-02 10:00:00,visit,,s1,mobile,free\n"
                         "u1,2026-03-02 10:00:01.5,purchase,12.50,s1,mobile,\n");
    assert_int_equal(rows_of(row), 2);
    assert_true(events.values && events.sessions);
    assert_int_equal(events.properties, 2);
    assert_string_equal(events.property[0], "device"); /* the segment comes first */
    assert_string_equal(events.role[0], "segment");
    assert_string_equal(event_of(&row[0]), "visit");
    assert_int_equal(row[1].time - row[0].time, 1500000);
    assert_int_equal(row[0].time, 20514 * DAY + 10 * (DAY / 24));
    assert_int_equal(row[0].valued, 0);
    assert_int_equal(row[1].valued, 1);
    assert_int_equal(row[1].value, 12500000);
    assert_int_equal(row[0].session, row[1].session);
    assert_string_equal(level_of(&row[0], 0), "mobile");
    assert_string_equal(level_of(&row[0], 1), "free");
    assert_null(level_of(&row[1], 1));
    mkt_dataset_close(dataset);
}

/* A GA4-like export: microseconds, a session number, source and medium: touchpoints and events. */
static void ga4_export(void **state)
{
    struct mkt_event row[16];
    struct mkt_dataset_journeys journeys;
    (void)state;
    open_text("ga4.csv",
              "event_date,event_timestamp,event_name,user_pseudo_id,ga_session_id,source,"
              "event_value_in_usd\n"
              "20260302,1772445600000000,session_start,a.1,17,google,\n"
              "20260302,1772445600250000,view_item,a.1,17,google,\n"
              "20260302,1772445660000000,purchase,a.1,17,google,30\n");
    assert_int_equal(rows_of(row), 3);
    assert_string_equal(event_of(&row[0]), "session_start");
    assert_int_equal(row[1].time - row[0].time, 250000);
    assert_string_equal(events.role[0], "channel");
    assert_string_equal(level_of(&row[0], 0), "google");
    assert_true(events.sessions);
    assert_int_equal(mkt_dataset_journeys(dataset, &journeys, &err), MKT_OK);
    mkt_dataset_close(dataset);
}

/* Most events have no source: all are events, and those that have one are touches. */
static void rows_without_a_channel_are_events(void **state)
{
    struct mkt_event row[16];
    struct mkt_dataset_journeys journeys;
    (void)state;
    open_text("ga4.csv", "event_timestamp,event_name,user_pseudo_id,source\n"
                         "1772445600000000,session_start,a,google\n"
                         "1772445601000000,view_item,a,\n"
                         "1772445602000000,scroll,a,\n");
    assert_int_equal(rows_of(row), 3);
    assert_int_equal(mkt_dataset_journeys(dataset, &journeys, &err), MKT_OK);
    assert_int_equal(mkt_dataset_account(dataset)->table[0].broken, 0);
    mkt_dataset_close(dataset);
}

/* The same moment in every way people write it. */
static void times_as_people_write_them(void **state)
{
    static const char *const text[] = {"2026-03-14T10:30:00Z", "2026-03-14T12:30:00+02:00",
                                       "2026-03-14 10:30:00",  "2026-03-14 10:30",
                                       "1773484200",           "1773484200000",
                                       "1773484200000000",     "1773484200000000000",
                                       "14/03/2026 10:30:00",  "14.03.2026 10:30",
                                       "14/03/2026 10:30 AM"};
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        char csv[256];
        struct mkt_event row[16];
        snprintf(csv, sizeof csv, "user_id,time,event\nu,%s,visit\n", text[i]);
        open_text("log.csv", csv);
        assert_int_equal(rows_of(row), 1);
        if (row[0].time != INT64_C(1773484200000000))
            fail_msg("%s is read as %lld", text[i], (long long)row[0].time);
        mkt_dataset_close(dataset);
    }
}

/* More than 5 % of the rows: the first of them is named. */
static void a_refusal_names_the_cell(void **state)
{
    (void)state;
    write_text("log.csv", "user_id,time,event\nu,2026-03-14 10:30,visit\nu,noon,visit\n"
                          ",2026-03-14 10:31,visit\n");
    mkt_err_clear(&err);
    assert_int_equal(mkt_dataset_open(file, NULL, &dataset, &err), MKT_E_EMPTY);
    if (!strstr(err.text, "row 2, column \"time\": \"noon\" is no time")) fail_msg("%s", err.text);
}

static void broken_rows_are_left_out(void **state)
{
    char csv[4096] = "user_id,time,event,value\n";
    struct mkt_event row[64];
    (void)state;
    for (int i = 0; i < 60; i++)
        sprintf(csv + strlen(csv), "u%d,2026-01-%02d 08:00,visit,-%d\n", i, 1 + i % 28, i);
    strcat(csv, "u1,yesterday,visit,1\n");
    strcat(csv, ",2026-01-01 08:00,visit,1\n");
    strcat(csv, "u1,2026-01-01 08:00,,1\n");
    open_text("log.csv", csv);
    assert_int_equal(view.rows, 60);
    assert_int_equal(mkt_dataset_account(dataset)->table[0].broken, 3);
    assert_int_equal(rows_of(row), 60);
    mkt_dataset_close(dataset);
    strcat(csv, "u2,a,visit,1\nu2,b,visit,1\nu2,c,visit,1\n"); /* more than one in twenty */
    write_text("log.csv", csv);
    mkt_err_clear(&err);
    assert_int_equal(mkt_dataset_open(file, NULL, &dataset, &err), MKT_E_EMPTY);
    assert_non_null(strstr(err.text, "5 of 66 rows"));
    mkt_err_clear(&err);
}

/* A year of nine digits, and the year 9000: the first is no time, the second a wrong clock. */
static void wrong_clocks(void **state)
{
    char csv[16384] = "user_id,time,event\n";
    (void)state;
    for (int i = 0; i < 300; i++)
        sprintf(csv + strlen(csv), "u%d,2026-01-%02d 08:00,visit\n", i, 1 + i % 28);
    strcat(csv, "u1,999999999-01-01 08:00,visit\nu1,99999999999999999999,visit\n");
    strcat(csv, "u2,9000-01-01 08:00,visit\n");
    open_text("log.csv", csv);
    assert_int_equal(mkt_dataset_account(dataset)->table[0].broken, 2);
    assert_int_equal(view.skewed, 1);
    assert_int_equal(view.last / DAY, 20454 + 27); /* 28 January 2026 */
    mkt_dataset_close(dataset);
}

static void five_thousand_events(void **state)
{
    char *csv = malloc(1 << 20), *to = csv;
    (void)state;
    assert_non_null(csv);
    to += sprintf(to, "user_id,time,event\n");
    for (int i = 0; i < 5000; i++) to += sprintf(to, "u%d,2026-01-01 08:00,event %d\n", i % 7, i);
    open_text("log.csv", csv);
    assert_int_equal(view.event.count, 5000);
    assert_int_equal(view.rows, 5000);
    mkt_dataset_close(dataset);
    free(csv);
}

static void ids_in_the_column_of_events(void **state)
{
    char *csv = malloc(8 << 20), *to = csv;
    (void)state;
    assert_non_null(csv);
    to += sprintf(to, "user_id,time,event\n");
    for (int i = 0; i < 66000; i++) to += sprintf(to, "u%d,2026-01-01 08:00,/page/%d\n", i % 7, i);
    write_text("log.csv", csv);
    free(csv);
    mkt_err_clear(&err);
    assert_int_equal(mkt_dataset_open(file, NULL, &dataset, &err), MKT_E_EMPTY);
    assert_non_null(strstr(err.text, "more than 65,535 different events"));
    mkt_err_clear(&err);
}

static void more_properties_than_are_kept(void **state)
{
    (void)state;
    open_text("log.csv", "user_id,time,event,p1,p2,p3,p4,p5,p6,p7,p8,p9,segment,page_id\n"
                         "u,2026-01-01 08:00,visit,1,2,3,4,5,6,7,8,9,new,77\n");
    assert_int_equal(events.properties, MKT_EVENTS_PROPERTIES);
    assert_string_equal(events.property[0], "segment");
    assert_string_equal(events.left_out, "\"p8\", \"p9\"");
    mkt_dataset_close(dataset);
}

static void no_events(void **state)
{
    (void)state;
    assert_int_equal(read_events("spend.csv", "date,channel,spend\n2026-01-01,search,10\n"),
                     MKT_E_EMPTY);
    assert_non_null(strstr(err.text, "user, time and event"));
    mkt_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_table),
        cmocka_unit_test(ga4_export),
        cmocka_unit_test(rows_without_a_channel_are_events),
        cmocka_unit_test(times_as_people_write_them),
        cmocka_unit_test(a_refusal_names_the_cell),
        cmocka_unit_test(broken_rows_are_left_out),
        cmocka_unit_test(wrong_clocks),
        cmocka_unit_test(five_thousand_events),
        cmocka_unit_test(ids_in_the_column_of_events),
        cmocka_unit_test(more_properties_than_are_kept),
        cmocka_unit_test(no_events),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
