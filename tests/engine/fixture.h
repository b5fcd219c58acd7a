/* An engine with its service on a folder of its own, and a data set of two channels. */
#ifndef MKT_TESTS_ENGINE_FIXTURE_H
#define MKT_TESTS_ENGINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "engine/engine.h"
#include "engine/temp_folder.h"
#include "engine/upload.h"

static struct temp_folder folder;
static struct mkt_settings settings;
static struct mkt_engine *engine;
static struct mkt_arena arena;
static struct mkt_flag *flag;
static struct mkt_err err;

static const char *no_setting(void *user, const char *name)
{
    (void)user;
    (void)name;
    return NULL;
}

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    if (temp_folder_open(&folder) != 0 ||
        mkt_settings_read(&settings, no_setting, NULL, &err) != MKT_OK)
        return -1;
    settings.data_dir = folder.path;
    settings.model_dir = folder.path; /* no model but the test's own */
    settings.open_datasets = 2;
#ifdef FIXTURE_OPENER
    settings.llm_url = "http://model.test"; /* the opener does not look at it */
#endif
    struct mkt_engine_options options = {.settings = &settings, .service = true, .threads = 1};
#ifdef FIXTURE_OPENER
    options.opener = FIXTURE_OPENER;
#endif
    if (mkt_engine_open(&options, &engine, &err) != MKT_OK) return -1;
    if (mkt_flag_make(&flag, &err) != MKT_OK) return -1;
    return mkt_arena_open(&arena, (size_t)256 << 20, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    mkt_flag_release(flag);
    mkt_engine_close(engine);
    temp_folder_close(&folder);
    return 0;
}

/* `days` of two channels; in the arena. */
static inline const char *shop_csv(int days)
{
    struct mkt_buf text;
    mkt_buf_init(&text, &arena);
    mkt_buf_str(&text, "date,channel,spend,clicks,conversions,revenue\n");
    for (int day = 0; day < days; day++) {
        char date[MKT_DATE_TEXT];
        int wave = day * 7919 % 101;
        mkt_date_text(mkt_date_days(2025, 1, 1) + day, date);
        mkt_buf_printf(&text, "%s,search,%d,%d,%d,%d\n", date, 100 + wave, 300 + wave,
                       20 + wave % 9, 700 + 9 * wave);
        mkt_buf_printf(&text, "%s,social,%d,%d,%d,%d\n", date, 80 + wave % 37, 150 + wave % 50,
                       6 + wave % 5, 150 + 3 * (wave % 41));
    }
    assert_false(text.failed);
    return text.data;
}

static inline void put_set(const char *name, const char *text)
{
    struct mkt_upload *upload;
    struct mkt_set *set = NULL;
    mkt_err_clear(&err);
    assert_int_equal(mkt_upload_open(engine->datasets, name, NULL, 1 << 24, &upload, &err), MKT_OK);
    assert_int_equal(mkt_upload_add(upload, text, strlen(text), &err), MKT_OK);
    assert_int_equal(mkt_upload_finish(upload, &set, &err), MKT_OK);
    mkt_upload_close(upload);
    mkt_datasets_release(set);
}

static inline struct mkt_set *get_set(const char *name)
{
    struct mkt_set *set = NULL;
    mkt_err_clear(&err);
    assert_int_equal(mkt_datasets_get(engine->datasets, name, &set, &err), MKT_OK);
    return set;
}

#endif
