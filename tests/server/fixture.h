/* A service on a free port with a data folder of its own, and analyses that behave as a test needs. */
#ifndef MKT_TESTS_SERVER_FIXTURE_H
#define MKT_TESTS_SERVER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "analysis/roi.h"
#include "base/log.h"
#include "engine/temp_folder.h"
#include "server/client.h"
#include "server/server.h"

/* What the analyses of the tests did. */
static atomic_int fixture_running, fixture_cancelled;
static atomic_bool fixture_release; /* lets `hold` go on */

static inline void fixture_pause(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static inline bool fixture_until(atomic_int *value, int wanted)
{
    for (int i = 0; i < 4000 && atomic_load(value) != wanted; i++) fixture_pause(5);
    return atomic_load(value) == wanted;
}

/* Runs until it is released or cancelled. */
static mkt_status hold_run(const struct mkt_run *run, struct mkt_sheet *sheet, struct mkt_err *err)
{
    atomic_fetch_add(&fixture_running, 1);
    for (int step = 0; !atomic_load(&fixture_release) && !mkt_run_cancelled(run); step++) {
        if (run->progress && step < 3) run->progress(run->user, "holding", step / 10.0);
        fixture_pause(2);
    }
    atomic_fetch_sub(&fixture_running, 1);
    if (mkt_run_cancelled(run)) {
        atomic_fetch_add(&fixture_cancelled, 1);
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped");
    }
    sheet->analysis = "hold";
    sheet->analysis_type = "test";
    sheet->title = "Test";
    sheet->status = MKT_ANSWER_INSUFFICIENT;
    return MKT_OK;
}

/* Does not look whether anyone still waits. */
static mkt_status deaf_run(const struct mkt_run *run, struct mkt_sheet *sheet, struct mkt_err *err)
{
    (void)run;
    (void)sheet;
    atomic_fetch_add(&fixture_running, 1);
    while (!atomic_load(&fixture_release)) fixture_pause(2);
    atomic_fetch_sub(&fixture_running, 1);
    return mkt_err_set(err, MKT_E_DATA, "it is over");
}

static const struct mkt_analysis fixture_table[] = {
    {.name = "roi",
     .type = "campaign_roi",
     .area = "a",
     .question = "q",
     .summary = "s",
     .needs = "n",
     .param = mkt_roi_params,
     .params = MKT_ROI_PARAMS,
     .topic = mkt_topics_roi,
     .topics = MKT_TOPICS_ROI,
     .run = mkt_roi_run},
    {.name = "hold",
     .type = "test",
     .area = "a",
     .question = "q",
     .summary = "s",
     .needs = "n",
     .run = hold_run},
    {.name = "deaf",
     .type = "test",
     .area = "a",
     .question = "q",
     .summary = "s",
     .needs = "n",
     .run = deaf_run},
};

struct fixture {
    struct temp_folder folder;
    struct mkt_settings settings;
    struct mkt_server *server;
    int port;
};

static struct fixture fixture;
static struct mkt_err fixture_err;

static const char *fixture_no_setting(void *user, const char *name)
{
    (void)user;
    (void)name;
    return NULL;
}

/* Defaults, a free port, the test's own folder. */
static inline int fixture_prepare(void)
{
    mkt_log_set_level(MKT_LOG_OFF);
    mkt_err_clear(&fixture_err);
    atomic_store(&fixture_running, 0);
    atomic_store(&fixture_cancelled, 0);
    atomic_store(&fixture_release, false);
    if (temp_folder_open(&fixture.folder) != 0) return -1;
    if (mkt_settings_read(&fixture.settings, fixture_no_setting, NULL, &fixture_err) != MKT_OK)
        return -1;
    fixture.settings.port = 0;
    fixture.settings.attestation_port = 0;
    fixture.settings.data_dir = fixture.folder.path;
    fixture.settings.model_dir = fixture.folder.path; /* no model but the test's own */
    fixture.settings.workers = 2;
    return 0;
}

static inline mkt_status fixture_try_start(void)
{
    struct mkt_server_options options = {.settings = &fixture.settings,
                                         .analysis = fixture_table,
                                         .analyses = sizeof fixture_table / sizeof *fixture_table};
#ifdef FIXTURE_TEE
    options.tee = FIXTURE_TEE;
#endif
#ifdef FIXTURE_OPENER
    options.opener = FIXTURE_OPENER;
#endif
    mkt_err_clear(&fixture_err);
    MKT_TRY(mkt_server_start(&options, &fixture.server, &fixture_err));
    fixture.port = mkt_server_port(fixture.server);
    return MKT_OK;
}

static inline void fixture_start(void)
{
    if (fixture_try_start() != MKT_OK) fail_msg("%s", fixture_err.text);
}

static inline void fixture_stop(void)
{
    atomic_store(&fixture_release, true);
    if (fixture.server) mkt_server_stop(fixture.server, 5000);
    fixture.server = NULL;
}

static inline int fixture_set_up(void **state)
{
    (void)state;
    return fixture_prepare();
}

static inline int fixture_tear_down(void **state)
{
    (void)state;
    fixture_stop();
    temp_folder_close(&fixture.folder);
    return 0;
}

/* 120 days, two channels, in a known shape; to be freed. */
static inline char *fixture_table_csv(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs("date,channel,spend,impressions,clicks,conversions,revenue\n", out);
    for (int day = 0; day < 120; day++) {
        char date[MKT_DATE_TEXT];
        mkt_date_text(mkt_date_days(2025, 1, 1) + day, date);
        int wave = day * 7919 % 101;
        fprintf(out, "%s,search,%d.50,%d,%d,%d,%d.25\n", date, 100 + wave, 9000 + 10 * wave,
                300 + wave, 20 + wave % 9, 700 + 9 * wave);
        fprintf(out, "%s,social,%d.00,%d,%d,%d,%d.00\n", date, 80 + wave % 37, 12000 + 7 * wave,
                150 + wave % 50, 6 + wave % 5, 150 + 3 * (wave % 41));
    }
    fclose(out);
    return text;
}

static inline void expect_status(struct reply r, int status)
{
    if (r.status != status)
        fail_msg("status %d instead of %d: %.400s", r.status, status, r.text ? r.text : "nothing");
}

/* The body holds these words; the reply is freed. */
static inline void expect(struct reply r, int status, const char *words)
{
    expect_status(r, status);
    const char *body = r.body ? r.body : "";
    if (!strstr(body, words)) fail_msg("\"%s\" is not in: %.600s", words, body);
    reply_free(&r);
}

static inline void fixture_put_shop(void)
{
    char *csv = fixture_table_csv();
    expect(client_ask_with(fixture.port, "PUT", "/api/v1/datasets/shop",
                           "Content-Type: text/csv\r\n", csv, strlen(csv)),
           201, "\"usable\":true");
    free(csv);
}

#endif
