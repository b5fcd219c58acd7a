#include "engine/writer.h"

#include "engine/fake_model.h"
#include "engine/temp_folder.h"

static struct temp_folder folder;
static struct mkt_settings settings;
static struct mkt_writer *writer;
static struct mkt_writer_view view;
static struct mkt_err err;
static char path[128];

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
    fake_model_reset();
    writer = NULL;
    if (temp_folder_open(&folder) != 0 ||
        mkt_settings_read(&settings, no_setting, NULL, &err) != MKT_OK)
        return -1;
    settings.model_dir = folder.path;
    snprintf(path, sizeof path, "%s/Mistral-7B-Instruct-v0.3.Q4_K_M.gguf", folder.path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_writer_close(writer);
    temp_folder_close(&folder);
    return 0;
}

static mkt_status open_it(bool service)
{
    struct mkt_writer_options options = {
        .settings = &settings, .service = service, .opener = fake_model_open};
    return mkt_writer_open(&options, &writer, &err);
}

static void expect_state(mkt_writer_state state, const char *why)
{
    mkt_writer_wait(writer, NULL, NULL);
    mkt_writer_view(writer, &view);
    assert_string_equal(mkt_writer_state_name(view.state), mkt_writer_state_name(state));
    if (!strstr(view.why, why)) fail_msg("\"%s\" is not in: %s", why, view.why);
}

static void without_a_file_there_is_none(void **state)
{
    (void)state;
    assert_int_equal(open_it(true), MKT_OK);
    expect_state(MKT_WRITER_ABSENT, path);
    assert_non_null(strstr(view.why, "model fetch"));
    assert_null(mkt_writer_llm(writer));
    assert_null(mkt_writer_llm(NULL));
    assert_int_equal(atomic_load(&fake_model.opened), 0);
}

/* Who names a file means it. */
static void a_named_file_that_is_not_there_is_a_failure(void **state)
{
    (void)state;
    settings.model_path = "/nowhere/x.gguf";
    assert_int_equal(open_it(true), MKT_OK);
    expect_state(MKT_WRITER_FAILED, "/nowhere/x.gguf");
}

static void plain_words_need_no_model(void **state)
{
    (void)state;
    assert_int_equal(temp_folder_write(path, "x"), 0);
    settings.words = "plain";
    assert_int_equal(open_it(true), MKT_OK);
    expect_state(MKT_WRITER_ABSENT, "plain words");
    assert_int_equal(atomic_load(&fake_model.opened), 0);
}

static void wrong_settings_are_told_at_once(void **state)
{
    (void)state;
    settings.words = "poetry";
    assert_int_equal(open_it(true), MKT_E_ARG);
    assert_null(writer);
    mkt_err_clear(&err);
    settings.words = "auto";
    settings.model = "/";
    assert_int_equal(open_it(true), MKT_E_ARG);
}

static void it_is_there_when_it_is_loaded(void **state)
{
    (void)state;
    assert_int_equal(temp_folder_write(path, "x"), 0);
    atomic_store(&fake_model.open_waits, true);
    assert_int_equal(open_it(true), MKT_OK);
    for (int i = 0; i < 2000; i++) {
        mkt_writer_view(writer, &view);
        if (view.done >= 0.5) break;
        fake_model_pause(2);
    }
    assert_int_equal(view.state, MKT_WRITER_LOADING);
    assert_true(view.done >= 0.5);
    assert_null(mkt_writer_llm(writer));
    atomic_store(&fake_model.open_waits, false);
    expect_state(MKT_WRITER_READY, "");
    assert_string_equal(view.name, "parrot");
    assert_non_null(mkt_writer_llm(writer));
    mkt_writer_close(writer);
    writer = NULL;
    assert_int_equal(atomic_load(&fake_model.closed), 1);
}

static void closing_stops_the_loading(void **state)
{
    (void)state;
    assert_int_equal(temp_folder_write(path, "x"), 0);
    atomic_store(&fake_model.open_waits, true);
    assert_int_equal(open_it(true), MKT_OK);
    mkt_writer_close(writer);
    writer = NULL;
    assert_int_equal(atomic_load(&fake_model.closed), 0);
}

static void a_file_is_tried_once_a_server_again(void **state)
{
    (void)state;
    assert_int_equal(temp_folder_write(path, "x"), 0);
    atomic_store(&fake_model.open_fails, 1);
    assert_int_equal(open_it(true), MKT_OK);
    expect_state(MKT_WRITER_FAILED, "not in the mood");
    mkt_writer_close(writer);
    assert_int_equal(atomic_load(&fake_model.opened), 1);

    settings.llm_url = "http://127.0.0.1:1";
    atomic_store(&fake_model.open_fails, 1);
    assert_int_equal(open_it(true), MKT_OK);
    expect_state(MKT_WRITER_FAILED, "not in the mood");
    for (int i = 0; i < 1000 && !mkt_writer_llm(writer); i++) fake_model_pause(10);
    expect_state(MKT_WRITER_READY, "");
    mkt_writer_close(writer);

    atomic_store(&fake_model.open_fails, 1); /* a command does not wait */
    assert_int_equal(open_it(false), MKT_OK);
    expect_state(MKT_WRITER_FAILED, "not in the mood");
    mkt_writer_close(writer);
    writer = NULL;
    assert_int_equal(atomic_load(&fake_model.opened), 4);
}

static void the_usual_way_reports_what_is_wrong(void **state)
{
    (void)state;
    struct mkt_writer_options options = {.settings = &settings};
    settings.llm_url = "http://127.0.0.1:1";
    settings.llm_grammar = "yes";
    assert_int_equal(mkt_writer_open(&options, &writer, &err), MKT_OK);
    expect_state(MKT_WRITER_FAILED, "auto, llama, vllm, guided or none");
    mkt_writer_close(writer);
    settings.llm_grammar = "auto";
    assert_int_equal(mkt_writer_open(&options, &writer, &err), MKT_OK);
    expect_state(MKT_WRITER_FAILED, "does not answer");
}

static void only_what_stays_the_same_is_final(void **state)
{
    (void)state;
    struct mkt_words words = {0};
    assert_true(mkt_writer_is_final(&words)); /* plain */
    words.model = "m";
    words.author[MKT_PART_RETURN] = MKT_AUTHOR_REFUSED;
    words.author[MKT_PART_ADVICE] = MKT_AUTHOR_NOTHING;
    assert_true(mkt_writer_is_final(&words));
    words.author[MKT_PART_CHANNELS] = MKT_AUTHOR_TIME;
    assert_false(mkt_writer_is_final(&words));
    words.author[MKT_PART_CHANNELS] = MKT_AUTHOR_FAILED;
    assert_false(mkt_writer_is_final(&words));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(without_a_file_there_is_none),        T(a_named_file_that_is_not_there_is_a_failure),
        T(plain_words_need_no_model),           T(wrong_settings_are_told_at_once),
        T(it_is_there_when_it_is_loaded),       T(closing_stops_the_loading),
        T(a_file_is_tried_once_a_server_again), T(the_usual_way_reports_what_is_wrong),
        T(only_what_stays_the_same_is_final),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
