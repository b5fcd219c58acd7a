#include "engine/upload.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "engine/temp_folder.h"

static struct temp_folder folder;
static struct mkt_datasets *datasets;
static struct mkt_err err;

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    if (temp_folder_open(&folder) != 0) return -1;
    return mkt_datasets_open(folder.path, 30, &datasets, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_datasets_close(datasets);
    temp_folder_close(&folder);
    return 0;
}

static struct mkt_upload *begin(int64_t limit)
{
    struct mkt_upload *u = NULL;
    mkt_err_clear(&err);
    assert_int_equal(mkt_upload_open(datasets, "shop", NULL, limit, &u, &err), MKT_OK);
    return u;
}

static void nothing_is_listed(void)
{
    struct mkt_set *set;
    mkt_err_clear(&err);
    assert_int_equal(mkt_datasets_get(datasets, "shop", &set, &err), MKT_E_NOT_FOUND);
    assert_int_not_equal(access(mkt_datasets_temp(datasets), F_OK), -1);
    char command[128];
    snprintf(command, sizeof command, "test -z \"$(ls -A '%s')\"", mkt_datasets_temp(datasets));
    assert_int_equal(system(command), 0);
}

static void the_first_bytes_name_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *name;
        size_t n;
    } kind[] = {{"a,b\n1,2\n", "shop.csv", 8},
                {"  [{\"a\":1}]", "shop.json", 11},
                {"\xEF\xBB\xBF{}", "shop.json", 5},
                {"PAR1....PAR1", "shop.parquet", 12},
                {"\1\2\3\4\5\6\7\10DUCK....", "shop.duckdb", 16},
                {"x", "shop.csv", 1}};
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
        struct mkt_upload *u = begin(1000);
        struct mkt_set *set;
        for (size_t b = 0; b < kind[i].n; b++) /* byte by byte: the head may come in pieces */
            assert_int_equal(mkt_upload_add(u, kind[i].bytes + b, 1, &err), MKT_OK);
        assert_int_equal(mkt_upload_finish(u, &set, &err), MKT_OK);
        mkt_upload_close(u);
        assert_string_equal(set->file[0].name, kind[i].name);
        mkt_datasets_release(set);
    }
}

static void what_is_not_finished_leaves_no_trace(void **state)
{
    (void)state;
    struct mkt_upload *u = begin(1000);
    assert_int_equal(mkt_upload_add(u, "half", 4, &err), MKT_OK);
    mkt_upload_close(u);
    nothing_is_listed();
    mkt_upload_close(NULL);
}

static void the_size_is_limited(void **state)
{
    (void)state;
    struct mkt_upload *u = begin(10);
    assert_int_equal(mkt_upload_add(u, "0123456789", 10, &err), MKT_OK);
    assert_int_equal(mkt_upload_add(u, "x", 1, &err), MKT_E_LIMIT);
    mkt_upload_close(u);
    nothing_is_listed();
}

static void an_empty_upload_is_refused(void **state)
{
    (void)state;
    struct mkt_set *set;
    struct mkt_upload *u = begin(10);
    assert_int_equal(mkt_upload_finish(u, &set, &err), MKT_E_EMPTY);
    mkt_upload_close(u);
    nothing_is_listed();
}

static void a_bad_name_is_refused_before_a_byte(void **state)
{
    (void)state;
    struct mkt_upload *u;
    assert_int_equal(mkt_upload_open(datasets, "../etc", NULL, 10, &u, &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_upload_open(datasets, "shop", "../x.csv", 10, &u, &err), MKT_E_ARG);
}

static void no_room_on_the_disk_is_no_space(void **state)
{
    (void)state;
    struct rlimit old, small = {.rlim_cur = 4096};
    struct mkt_upload *u = begin(1 << 20);
    static char block[3000];
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    mkt_status first = mkt_upload_add(u, block, sizeof block, &err);
    mkt_status second = mkt_upload_add(u, block, sizeof block, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, handler);
    mkt_upload_close(u);
    assert_int_equal(first, MKT_OK);
    assert_int_equal(second, MKT_E_NOSPACE);
    nothing_is_listed();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_bytes_name_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_finished_leaves_no_trace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_size_is_limited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_upload_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_name_is_refused_before_a_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_room_on_the_disk_is_no_space, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
