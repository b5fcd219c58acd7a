#include "engine/files.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "engine/temp_folder.h"

static struct temp_folder folder;
static struct mkt_err err;

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

static void makes_folders_for_the_owner_only(void **state)
{
    (void)state;
    char path[128];
    struct stat info;
    snprintf(path, sizeof path, "%s/a/b/c", folder.path);
    assert_int_equal(mkt_files_make_folder(path, &err), MKT_OK);
    assert_int_equal(mkt_files_make_folder(path, &err), MKT_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    snprintf(path, sizeof path, "%s/file", folder.path);
    assert_int_equal(temp_folder_write(path, "x"), 0);
    assert_int_equal(mkt_files_make_folder(path, &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_files_make_folder("", &err), MKT_E_ARG);
}

static void removes_a_tree_but_not_through_links(void **state)
{
    (void)state;
    char tree[128], path[160], outside[128];
    snprintf(tree, sizeof tree, "%s/tree", folder.path);
    snprintf(outside, sizeof outside, "%s/outside", folder.path);
    snprintf(path, sizeof path, "%s/sub/deep", tree);
    assert_int_equal(mkt_files_make_folder(path, &err), MKT_OK);
    assert_int_equal(mkt_files_make_folder(outside, &err), MKT_OK);
    snprintf(path, sizeof path, "%s/kept", outside);
    assert_int_equal(temp_folder_write(path, "x"), 0);
    snprintf(path, sizeof path, "%s/sub/link", tree);
    assert_int_equal(symlink(outside, path), 0);
    mkt_files_remove(tree);
    assert_int_not_equal(access(tree, F_OK), 0);
    snprintf(path, sizeof path, "%s/kept", outside);
    assert_int_equal(access(path, F_OK), 0);
}

static void a_full_device_is_no_space(void **state)
{
    (void)state;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (fd < 0) skip();
    assert_int_equal(mkt_files_write(fd, "x", 1, "/dev/full", &err), MKT_E_NOSPACE);
    close(fd);
}

static void syncs_files_and_folders(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/file", folder.path);
    assert_int_equal(temp_folder_write(path, "x"), 0);
    assert_int_equal(mkt_files_sync(path, &err), MKT_OK);
    assert_int_equal(mkt_files_sync(folder.path, &err), MKT_OK);
    snprintf(path, sizeof path, "%s/none", folder.path);
    assert_int_equal(mkt_files_sync(path, &err), MKT_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(makes_folders_for_the_owner_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(removes_a_tree_but_not_through_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_device_is_no_space, set_up, tear_down),
        cmocka_unit_test_setup_teardown(syncs_files_and_folders, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
