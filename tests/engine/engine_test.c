#include "engine/fixture.h"

#include <math.h>

#include "engine/render.h"

static struct mkt_dataset *dataset;

static struct mkt_engine_request request_for(const char *csv, struct mkt_args *args)
{
    char path[128];
    struct mkt_dataset_options options = {.today = 21000};
    snprintf(path, sizeof path, "%s/data.csv", folder.path);
    assert_int_equal(temp_folder_write(path, csv), 0);
    mkt_err_clear(&err);
    if (mkt_dataset_open(path, &options, &dataset, &err) != MKT_OK) fail_msg("%s", err.text);
    return (struct mkt_engine_request){
        .analysis = mkt_engine_find(engine, "roi"), .args = args, .dataset = dataset};
}

struct heard {
    int progress, facts, words;
    bool facts_first, no_words_yet;
};

static void hear_progress(void *user, const char *stage, double done)
{
    struct heard *h = user;
    assert_true(stage && done >= 0 && done <= 1);
    h->progress++;
}

static void hear_facts(void *user, const struct mkt_answer *answer)
{
    struct heard *h = user;
    h->facts++;
    h->facts_first = h->words == 0;
    h->no_words_yet = answer->words.verdict == NULL && answer->sheet.facts > 0;
}

static void hear_words(void *user, const struct mkt_answer *answer)
{
    struct heard *h = user;
    h->words += answer->words.verdict != NULL;
}

static void facts_come_before_words(void **state)
{
    (void)state;
    struct mkt_args args = {0};
    struct heard heard = {0};
    struct mkt_answer *answer = MKT_NEW(&arena, struct mkt_answer, 1);
    struct mkt_engine_request request = request_for(shop_csv(90), &args);
    struct mkt_listener listener = {
        .progress = hear_progress, .facts = hear_facts, .words = hear_words, .user = &heard};
    assert_int_equal(mkt_engine_run(engine, &arena, &request, &listener, answer, &err), MKT_OK);
    assert_int_equal(heard.facts, 1);
    assert_int_equal(heard.words, 1);
    assert_true(heard.progress > 0 && heard.facts_first && heard.no_words_yet);
    assert_string_equal(answer->words.written_by, "plain");
    assert_non_null(mkt_sheet_fact(&answer->sheet, "search.roas"));
    mkt_dataset_close(dataset);
}

static void every_format_can_be_had(void **state)
{
    (void)state;
    static const char *const begin[] = {"{\"analysis_type\":\"campaign_roi\"", "<!doctype html>",
                                        "Return on marketing spend"};
    struct mkt_args args = {0};
    struct mkt_answer *answer = MKT_NEW(&arena, struct mkt_answer, 1);
    struct mkt_engine_request request = request_for(shop_csv(90), &args);
    assert_int_equal(mkt_engine_run(engine, &arena, &request, NULL, answer, &err), MKT_OK);
    for (int f = MKT_RENDER_JSON; f <= MKT_RENDER_TEXT; f++) {
        struct mkt_buf text;
        mkt_buf_init(&text, &arena);
        assert_int_equal(mkt_render_answer(&text, answer, (mkt_render_format)f, &err), MKT_OK);
        if (strncasecmp(text.data, begin[f], strlen(begin[f])) != 0)
            fail_msg("format %d begins with %.60s", f, text.data);
        assert_true(mkt_render_type((mkt_render_format)f)[0]);
    }
    mkt_dataset_close(dataset);
}

/* Three in one, in order, each with its NUL. */
static void all_formats_can_be_had_at_once(void **state)
{
    static const mkt_render_format order[] = {MKT_RENDER_JSON, MKT_RENDER_TEXT, MKT_RENDER_HTML};
    struct mkt_args args = {0};
    struct mkt_answer *answer = MKT_NEW(&arena, struct mkt_answer, 1);
    struct mkt_engine_request request = request_for(shop_csv(90), &args);
    struct mkt_buf all, one;
    (void)state;
    assert_int_equal(mkt_engine_run(engine, &arena, &request, NULL, answer, &err), MKT_OK);
    mkt_buf_init(&all, &arena);
    assert_int_equal(mkt_render_answer(&all, answer, MKT_RENDER_ALL, &err), MKT_OK);
    const char *at = all.data;
    for (size_t i = 0; i < 3; i++) {
        mkt_buf_init(&one, &arena);
        assert_int_equal(mkt_render_answer(&one, answer, order[i], &err), MKT_OK);
        assert_string_equal(at, one.data);
        at += one.length + 1;
    }
    assert_int_equal(at - all.data, all.length);
    mkt_dataset_close(dataset);
}

static void a_set_flag_stops_it(void **state)
{
    (void)state;
    struct mkt_args args = {0};
    struct mkt_answer *answer = MKT_NEW(&arena, struct mkt_answer, 1);
    struct mkt_engine_request request = request_for(shop_csv(90), &args);
    struct mkt_listener listener = {.cancel = &flag->set};
    atomic_store(&flag->set, true);
    assert_int_equal(mkt_engine_run(engine, &arena, &request, &listener, answer, &err),
                     MKT_E_CANCELLED);
    mkt_dataset_close(dataset);
}

static void a_full_arena_is_an_error(void **state)
{
    (void)state;
    struct mkt_arena small;
    struct mkt_args args = {0};
    struct mkt_answer answer;
    struct mkt_engine_request request = request_for(shop_csv(90), &args);
    assert_int_equal(mkt_arena_open(&small, 100000, &err), MKT_OK);
    assert_int_equal(mkt_engine_run(engine, &small, &request, NULL, &answer, &err), MKT_E_NOMEM);
    mkt_arena_close(&small);
    mkt_dataset_close(dataset);
}

static void memory_is_shared_out(void **state)
{
    (void)state;
    struct mkt_engine *other;
    struct mkt_settings small = settings;
    struct temp_folder place;
    assert_int_equal(temp_folder_open(&place), 0);
    small.data_dir = place.path;
    small.memory_mb = 512;
    small.workers = 4;
    small.request_mb = 100;
    struct mkt_engine_options options = {.settings = &small, .service = true};
    assert_int_equal(mkt_engine_open(&options, &other, &err), MKT_OK);
    assert_int_equal(other->request_bytes, 32u << 20); /* a quarter of 512 MB among four */
    mkt_engine_close(other);
    temp_folder_close(&place);
    struct mkt_engine_options alone = {.settings = &settings};
    assert_int_equal(mkt_engine_open(&alone, &other, &err), MKT_OK);
    assert_null(other->pool);
    assert_null(other->datasets);
    assert_ptr_equal(mkt_engine_find(other, "roi"), mkt_analysis_find("roi"));
    assert_null(mkt_engine_find(other, "none"));
    mkt_engine_close(other);
    mkt_engine_close(NULL);
}

static void the_data_folder_is_for_one(void **state)
{
    (void)state;
    struct mkt_engine *second;
    struct mkt_engine_options options = {.settings = &settings, .service = true};
    assert_int_equal(mkt_engine_open(&options, &second, &err), MKT_E_CONFLICT);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(facts_come_before_words),        T(every_format_can_be_had),
        T(all_formats_can_be_had_at_once), T(a_set_flag_stops_it),
        T(a_full_arena_is_an_error),       T(memory_is_shared_out),
        T(the_data_folder_is_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
