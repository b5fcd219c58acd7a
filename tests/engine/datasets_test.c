#include "engine/datasets.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "engine/temp_folder.h"
#include "engine/upload.h"

static struct temp_folder folder;
static struct mkt_datasets *datasets;
static struct mkt_err err;

static void reopen(void)
{
    mkt_datasets_close(datasets);
    datasets = NULL;
    mkt_err_clear(&err);
    if (mkt_datasets_open(folder.path, 3, &datasets, &err) != MKT_OK) fail_msg("%s", err.text);
}

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    if (temp_folder_open(&folder) != 0) return -1;
    return mkt_datasets_open(folder.path, 3, &datasets, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_datasets_close(datasets);
    datasets = NULL;
    temp_folder_close(&folder);
    return 0;
}

static mkt_status upload(const char *name, const char *file, const char *text, struct mkt_set **out)
{
    struct mkt_upload *u;
    mkt_err_clear(&err);
    MKT_TRY(mkt_upload_open(datasets, name, file, 1 << 20, &u, &err));
    mkt_status status = mkt_upload_add(u, text, strlen(text), &err);
    if (status == MKT_OK) status = mkt_upload_finish(u, out, &err);
    mkt_upload_close(u);
    return status;
}

/* Uploads, and gives the set back at once. */
static void put(const char *name, const char *file, const char *text)
{
    struct mkt_set *set = NULL;
    if (upload(name, file, text, &set) != MKT_OK) fail_msg("%s", err.text);
    mkt_datasets_release(set);
}

static struct mkt_set *get(const char *name)
{
    struct mkt_set *set = NULL;
    mkt_err_clear(&err);
    if (mkt_datasets_get(datasets, name, &set, &err) != MKT_OK) fail_msg("%s", err.text);
    return set;
}

static void expect_file(const char *path, const char *text)
{
    char got[64] = "";
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t n = fread(got, 1, sizeof got - 1, file);
    got[n] = '\0';
    fclose(file);
    assert_string_equal(got, text);
}

static size_t count_listed(void)
{
    struct mkt_arena arena;
    struct mkt_set **list;
    size_t count = 0;
    assert_int_equal(mkt_arena_open(&arena, 1 << 16, &err), MKT_OK);
    assert_int_equal(mkt_datasets_list(datasets, &arena, &list, &count, &err), MKT_OK);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) assert_true(strcmp(list[i - 1]->name, list[i]->name) < 0);
    }
    const char **name;
    size_t names;
    assert_int_equal(mkt_datasets_names(datasets, &arena, &name, &names, &err), MKT_OK);
    assert_int_equal(names, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(name[i], list[i]->name);
        mkt_datasets_release(list[i]);
    }
    mkt_arena_close(&arena);
    return count;
}

static size_t entries_of(const char *sub)
{
    char command[160];
    size_t n = 0;
    snprintf(command, sizeof command, "ls -A '%s/%s' 2>/dev/null | wc -l", folder.path, sub);
    FILE *out = popen(command, "re");
    assert_non_null(out);
    assert_int_equal(fscanf(out, "%zu", &n), 1);
    pclose(out);
    return n;
}

static void what_was_put_is_there_after_a_restart(void **state)
{
    (void)state;
    put("shop", NULL, "date,spend\n");
    put("other", NULL, "[{}]");
    for (int restart = 0; restart < 2; restart++) {
        struct mkt_set *set = get("shop");
        assert_string_equal(set->name, "shop");
        assert_int_equal(set->files, 1);
        assert_string_equal(set->file[0].name, "shop.csv");
        assert_int_equal(set->bytes, 11);
        assert_int_equal(strlen(set->version), 64);
        expect_file(set->path, "date,spend\n");
        mkt_datasets_release(set);
        assert_int_equal(count_listed(), 2);
        reopen();
    }
    assert_int_equal(entries_of("tmp"), 0);
}

static void a_version_depends_on_content_and_names_only(void **state)
{
    (void)state;
    char first[MKT_SHA256_TEXT];
    put("shop", NULL, "a,b\n");
    struct mkt_set *set = get("shop");
    memcpy(first, set->version, sizeof first);
    put("shop", NULL, "a,b\n"); /* the same again: nothing changes */
    struct mkt_set *same = get("shop");
    assert_ptr_equal(set, same);
    mkt_datasets_release(same);
    mkt_datasets_release(set);
    put("shop", NULL, "a,c\n");
    set = get("shop");
    assert_string_not_equal(set->version, first);
    mkt_datasets_release(set);
    put("shop", NULL, "a,b\n");
    set = get("shop");
    assert_string_equal(set->version, first);
    mkt_datasets_release(set);
    assert_int_equal(entries_of("sets/shop"), 2); /* one version, and the link to it */
}

static void a_version_in_use_stays(void **state)
{
    (void)state;
    char path[256];
    put("shop", NULL, "old\n");
    struct mkt_set *old = get("shop");
    put("shop", NULL, "new\n");
    expect_file(old->path, "old\n");
    struct mkt_set *new = get("shop");
    expect_file(new->path, "new\n");
    assert_int_equal(mkt_datasets_delete(datasets, "shop", &err), MKT_OK);
    assert_int_equal(count_listed(), 0);
    expect_file(old->path, "old\n");
    expect_file(new->path, "new\n");
    snprintf(path, sizeof path, "%s", old->path);
    mkt_datasets_release(old);
    assert_int_not_equal(access(path, F_OK), 0);
    mkt_datasets_release(new);
    assert_int_equal(entries_of("sets"), 0);
}

static void files_are_added_and_replaced_one_by_one(void **state)
{
    (void)state;
    put("ads", "b.csv", "b\n");
    put("ads", "a.csv", "a\n");
    struct mkt_set *two = get("ads");
    assert_int_equal(two->files, 2);
    assert_string_equal(two->file[0].name, "a.csv");
    assert_non_null(strstr(two->path, "/files"));
    put("ads", "b.csv", "bb\n");
    struct mkt_set *set = get("ads");
    char path[2900];
    assert_int_equal(set->files, 2);
    snprintf(path, sizeof path, "%s/b.csv", set->path);
    expect_file(path, "bb\n");
    snprintf(path, sizeof path, "%s/b.csv", two->path);
    expect_file(path, "b\n");
    mkt_datasets_release(two);
    snprintf(path, sizeof path, "%s/a.csv", set->path);
    expect_file(path, "a\n");
    mkt_datasets_release(set);
    put("ads", NULL, "whole\n"); /* the whole in one body replaces them all */
    set = get("ads");
    assert_int_equal(set->files, 1);
    assert_string_equal(set->file[0].name, "ads.csv");
    mkt_datasets_release(set);
}

static void what_does_not_exist_is_not_found(void **state)
{
    (void)state;
    struct mkt_set *set;
    assert_int_equal(mkt_datasets_get(datasets, "none", &set, &err), MKT_E_NOT_FOUND);
    mkt_err_clear(&err);
    assert_int_equal(mkt_datasets_delete(datasets, "none", &err), MKT_E_NOT_FOUND);
    mkt_err_clear(&err);
    assert_int_equal(mkt_datasets_delete(datasets, "../x", &err), MKT_E_ARG);
}

static void the_number_is_limited(void **state)
{
    (void)state;
    struct mkt_set *set;
    put("a", NULL, "x\n");
    put("b", NULL, "x\n");
    put("c", NULL, "x\n");
    assert_int_equal(upload("d", NULL, "x\n", &set), MKT_E_LIMIT);
    put("c", NULL, "y\n");
    assert_int_equal(mkt_datasets_delete(datasets, "a", &err), MKT_OK);
    put("d", NULL, "x\n");
}

static void one_service_a_folder(void **state)
{
    (void)state;
    struct mkt_datasets *second;
    assert_int_equal(mkt_datasets_open(folder.path, 3, &second, &err), MKT_E_CONFLICT);
}

static void leftovers_are_removed_and_never_listed(void **state)
{
    (void)state;
    char path[256];
    put("shop", NULL, "whole\n");
    /* as a kill would leave them: an upload, a version that was moved but not linked */
    snprintf(path, sizeof path, "%s/tmp/upload-abc", folder.path);
    assert_int_equal(temp_folder_write(path, "ha"), 0);
    snprintf(path, sizeof path, "%s/sets/half/v0123456789abcdef/files", folder.path);
    assert_int_equal(mkt_files_make_folder(path, &err), MKT_OK);
    snprintf(path, sizeof path, "%s/sets/shop/v0123456789abcdef/files", folder.path);
    assert_int_equal(mkt_files_make_folder(path, &err), MKT_OK);
    reopen();
    assert_int_equal(count_listed(), 1);
    assert_int_equal(entries_of("tmp"), 0);
    assert_int_equal(entries_of("sets"), 1);
    assert_int_equal(entries_of("sets/shop"), 2);
    struct mkt_set *set = get("shop");
    expect_file(set->path, "whole\n");
    mkt_datasets_release(set);
}

static void a_note_stays_with_its_version(void **state)
{
    (void)state;
    struct mkt_arena arena;
    assert_int_equal(mkt_arena_open(&arena, 1 << 16, &err), MKT_OK);
    put("shop", NULL, "one\n");
    struct mkt_set *set = get("shop");
    assert_null(mkt_set_note(set, &arena));
    mkt_set_keep_note(set, "first");
    mkt_set_keep_note(set, "{\"usable\":true}");
    mkt_datasets_release(set);
    reopen();
    set = get("shop");
    assert_string_equal(mkt_set_note(set, &arena), "{\"usable\":true}");
    mkt_datasets_release(set);
    put("shop", NULL, "two\n");
    set = get("shop");
    assert_null(mkt_set_note(set, &arena));
    mkt_datasets_release(set);
    mkt_arena_close(&arena);
}

static void a_version_that_lost_a_file_is_not_listed(void **state)
{
    (void)state;
    put("shop", NULL, "whole\n");
    struct mkt_set *set = get("shop");
    assert_int_equal(truncate(set->path, 3), 0);
    mkt_datasets_release(set);
    reopen();
    assert_int_equal(count_listed(), 0);
}

/* Puts versions without end until it is killed. */
static void put_for_ever(void)
{
    for (int i = 0;; i++) {
        struct mkt_set *set;
        char text[32];
        snprintf(text, sizeof text, "version %06d\n", i);
        if (upload("shop", NULL, text, &set) != MKT_OK) _exit(1);
        mkt_datasets_release(set);
    }
}

static void a_kill_at_any_moment_leaves_a_whole_set_or_none(void **state)
{
    (void)state;
    for (int round = 0; round < 12; round++) {
        mkt_datasets_close(datasets);
        datasets = NULL;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct mkt_err e = {0};
            if (mkt_datasets_open(folder.path, 3, &datasets, &e) != MKT_OK) _exit(1);
            put_for_ever();
        }
        usleep(3000 + 1700 * (useconds_t)round);
        kill(child, SIGKILL);
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        reopen();
        size_t listed = count_listed();
        assert_true(listed <= 1);
        assert_int_equal(entries_of("sets"), listed);
        assert_int_equal(entries_of("tmp"), 0);
        if (!listed) continue;
        struct mkt_set *set = get("shop");
        struct stat info;
        assert_int_equal(stat(set->path, &info), 0);
        assert_int_equal(info.st_size, 15);
        assert_int_equal(set->bytes, 15);
        mkt_datasets_release(set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_put_is_there_after_a_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_version_depends_on_content_and_names_only, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_version_in_use_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_are_added_and_replaced_one_by_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_exist_is_not_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_number_is_limited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_service_a_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leftovers_are_removed_and_never_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_note_stays_with_its_version, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_version_that_lost_a_file_is_not_listed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_kill_at_any_moment_leaves_a_whole_set_or_none, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
