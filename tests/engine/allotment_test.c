#include "engine/allotment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/temp_folder.h"

static struct mkt_settings settings;
static struct mkt_allotment shares;
static struct temp_folder folder;
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
    if (temp_folder_open(&folder) != 0) return -1;
    snprintf(path, sizeof path, "%s/model.gguf", folder.path);
    if (mkt_settings_read(&settings, no_setting, NULL, &err) != MKT_OK) return -1;
    settings.model_path = path;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_folder_close(&folder);
    return 0;
}

/* A file of that length, which takes no room on the disk. */
static void put_model(long long mb)
{
    assert_int_equal(temp_folder_write(path, "x"), 0);
    assert_int_equal(truncate(path, (off_t)(mb << 20)), 0);
}

static void share(void)
{
    mkt_err_clear(&err);
    if (mkt_allotment_make(&settings, &shares, &err) != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(shares.model_mb + shares.data_mb, settings.memory_mb);
}

static void without_a_model_all_is_for_the_data(void **state)
{
    (void)state;
    share();
    assert_int_equal(shares.data_mb, 7000);
    assert_int_equal(shares.narrations, 0);
    settings.llm_url = "http://127.0.0.1:8080"; /* its memory is elsewhere */
    put_model(4170);
    share();
    assert_int_equal(shares.data_mb, 7000);
    assert_int_equal(shares.narrations, 4);
}

/* Mistral at four bits within the seed's limit. */
static void the_model_has_its_file_and_a_gigabyte(void **state)
{
    (void)state;
    put_model(4170);
    share();
    assert_int_equal(shares.model_mb, 4170 + 1 + 1024);
    assert_int_equal(shares.narrations, 4);
    settings.words = "plain";
    share();
    assert_int_equal(shares.data_mb, 7000);
    assert_int_equal(shares.narrations, 0);
}

static void the_data_keep_the_least(void **state)
{
    (void)state;
    put_model(7700); /* Q8_0: it will be refused, and the service goes on */
    share();
    assert_int_equal(shares.data_mb, 512);
    settings.memory_mb = 600;
    share();
    assert_int_equal(shares.data_mb, 300);
}

static void wrong_settings(void **state)
{
    (void)state;
    settings.words = "verse";
    assert_int_equal(mkt_allotment_make(&settings, &shares, &err), MKT_E_ARG);
}

static void parts_of_it(void **state)
{
    (void)state;
    assert_int_equal(mkt_allotment_bytes(1800, 4, 6), (size_t)75 << 20);
    assert_int_equal(mkt_allotment_bytes(100, 4, 100), (size_t)16 << 20);
    assert_int_equal(mkt_allotment_bytes(100, 4, 0), (size_t)25 << 20);
}

/* Beside Mistral within the seed's limit there is room for fewer data sets, and each can be read. */
static void every_open_data_set_can_be_read(void **state)
{
    (void)state;
    size_t bytes;
    assert_int_equal(mkt_allotment_datasets(7000, 8, &bytes), 8);
    assert_int_equal(bytes >> 20, 218);
    assert_int_equal(mkt_allotment_datasets(1805, 8, &bytes), 3);
    assert_int_equal(bytes >> 20, 150);
    assert_int_equal(mkt_allotment_datasets(1805, 2, &bytes), 2);
    assert_int_equal(bytes >> 20, 225);
    assert_int_equal(mkt_allotment_datasets(128, 8, &bytes), 1);
    assert_int_equal(bytes >> 20, 64);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(without_a_model_all_is_for_the_data),
        T(the_model_has_its_file_and_a_gigabyte),
        T(the_data_keep_the_least),
        T(every_open_data_set_can_be_read),
        T(wrong_settings),
        T(parts_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
