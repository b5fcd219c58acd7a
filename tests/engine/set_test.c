#include "engine/set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/temp_folder.h"

static struct temp_folder folder;
static struct mkt_err err;
static const char digest[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return temp_folder_open(&folder);
}

static int tear_down(void **state)
{
    (void)state;
    temp_folder_close(&folder);
    return 0;
}

static struct mkt_set *make(void)
{
    struct mkt_set *set = NULL;
    assert_int_equal(mkt_set_make("shop", folder.path, &set, &err), MKT_OK);
    return set;
}

static void add_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/files", folder.path);
    assert_int_equal(mkt_files_make_folder(path, &err), MKT_OK);
    snprintf(path, sizeof path, "%s/files/%s", folder.path, name);
    assert_int_equal(temp_folder_write(path, text), 0);
}

static void names_that_are_allowed(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "0", "shop", "q4-2025", "a.b_c-d"};
    static const char *const bad[] = {"",    ".",     "..",  "-a",  "_a", "A",
                                      "a/b", "../up", "a b", "a\n", "é",  "a%2e"};
    char longest[66];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(mkt_set_check_name(good[i], &err), MKT_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mkt_err_clear(&err);
        assert_int_equal(mkt_set_check_name(bad[i], &err), MKT_E_ARG);
    }
    memset(longest, 'a', 65);
    longest[65] = '\0';
    mkt_err_clear(&err);
    assert_int_equal(mkt_set_check_name(longest, &err), MKT_E_ARG);
    longest[64] = '\0';
    assert_int_equal(mkt_set_check_name(longest, &err), MKT_OK);
    assert_int_equal(mkt_set_check_file("Ads_2025.CSV", &err), MKT_OK);
    static const char *const bad_file[] = {"",        "csv",    ".csv", "a.exe",
                                           "a/b.csv", "a.csv/", "..csv"};
    for (size_t i = 0; i < sizeof bad_file / sizeof *bad_file; i++) {
        mkt_err_clear(&err);
        assert_int_equal(mkt_set_check_file(bad_file[i], &err), MKT_E_ARG);
    }
}

static void a_manifest_reads_back(void **state)
{
    (void)state;
    struct mkt_set *set = make(), *back = make();
    add_file("b.csv", "12");
    add_file("a.csv", "123");
    assert_int_equal(mkt_set_add(set, "b.csv", 2, digest, &err), MKT_OK);
    assert_int_equal(mkt_set_add(set, "a.csv", 3, digest, &err), MKT_OK);
    assert_int_equal(mkt_set_seal(set, &err), MKT_OK);
    assert_int_equal(mkt_set_write(set, folder.path, &err), MKT_OK);
    assert_int_equal(mkt_set_read(back, &err), MKT_OK);
    assert_int_equal(back->files, 2);
    assert_string_equal(back->file[0].name, "a.csv");
    assert_int_equal(back->file[1].bytes, 2);
    assert_string_equal(back->file[1].sha256, digest);
    assert_int_equal(back->bytes, 5);
    assert_string_equal(back->version, set->version);
    assert_string_equal(back->path, set->path);
    mkt_set_free(set);
    mkt_set_free(back);
}

static void a_manifest_in_doubt_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "nonsense\n", "0123 5 a.csv\n",
                                      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
                                      "abcdef 4 a.csv\n",
                                      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
                                      "abcdef 3 ../a.csv\n"};
    char path[128];
    add_file("a.csv", "123");
    struct mkt_set *set = make();
    assert_int_equal(mkt_set_read(set, &err), MKT_E_NOT_FOUND);
    mkt_set_free(set);
    snprintf(path, sizeof path, "%s/manifest", folder.path);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(temp_folder_write(path, bad[i]), 0);
        mkt_err_clear(&err);
        set = make();
        assert_int_equal(mkt_set_read(set, &err), MKT_E_IO);
        mkt_set_free(set);
    }
}

static void the_number_of_files_is_limited(void **state)
{
    (void)state;
    struct mkt_set *set = make();
    char name[16];
    for (int i = 0; i < MKT_SET_FILES; i++) {
        snprintf(name, sizeof name, "%d.csv", i);
        assert_int_equal(mkt_set_add(set, name, 1, digest, &err), MKT_OK);
    }
    assert_int_equal(mkt_set_add(set, "more.csv", 1, digest, &err), MKT_E_LIMIT);
    mkt_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_that_are_allowed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_manifest_reads_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_manifest_in_doubt_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_number_of_files_is_limited, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
