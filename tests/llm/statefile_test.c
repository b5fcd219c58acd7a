/* A saved state is believed only if it is whole, private and of the same key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "engine/temp_folder.h"
#include "llm/fingerprint.h"
#include "llm/statefile.h"

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct temp_folder folder;
static char state[128], path[192];

static int setup(void **unused)
{
    (void)unused;
    if (temp_folder_open(&folder) != 0) return -1;
    snprintf(state, sizeof state, "%s/state", folder.path);
    snprintf(path, sizeof path, "%s/a.state", state);
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    temp_folder_close(&folder);
    return 0;
}

static void put(void)
{
    struct mkt_err err = {0};
    assert_int_equal(mkt_statefile_write(state, "a.state", KEY, "the bytes", 9, &err), MKT_OK);
}

static void refused(const char *key, mkt_status status, const char *says)
{
    struct mkt_err err = {0};
    unsigned char *bytes;
    size_t n;
    assert_int_equal(mkt_statefile_read(path, key, &bytes, &n, &err), status);
    assert_null(bytes);
    if (!strstr(err.text, says)) fail_msg("%s", err.text);
}

static void comes_back_as_it_was(void **unused)
{
    struct mkt_err err = {0};
    struct stat st;
    unsigned char *bytes;
    size_t n;
    (void)unused;
    put();
    assert_int_equal(mkt_statefile_read(path, KEY, &bytes, &n, &err), MKT_OK);
    assert_int_equal(n, 9);
    assert_memory_equal(bytes, "the bytes", 9);
    free(bytes);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(state, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

/* One bit changed anywhere, or the end missing anywhere, and it is not used. */
static void every_change_is_seen(void **unused)
{
    char whole[512];
    (void)unused;
    put();
    FILE *file = fopen(path, "re");
    size_t n = fread(whole, 1, sizeof whole, file);
    fclose(file);
    assert_int_equal(n, 8 + 64 + 64 + 8 + 9);
    for (size_t i = 0; i < 2 * n; i++) {
        struct mkt_err err = {0};
        unsigned char *bytes;
        size_t got, length = i < n ? n : i - n;
        if (i < n) whole[i] ^= 4;
        file = fopen(path, "we");
        assert_int_equal(fwrite(whole, 1, length, file), length);
        fclose(file);
        if (i < n) whole[i] ^= 4;
        assert_int_equal(mkt_statefile_read(path, KEY, &bytes, &got, &err), MKT_E_DATA);
    }
}

static void what_is_not_believed(void **unused)
{
    char link[192];
    (void)unused;
    unlink(path);
    refused(KEY, MKT_E_NOT_FOUND, "no file");
    put();
    refused(OTHER, MKT_E_DATA, "another model");
    assert_int_equal(chmod(path, 0640), 0);
    refused(KEY, MKT_E_DATA, "others may read");
    assert_int_equal(chmod(path, 0600), 0);
    snprintf(link, sizeof link, "%s/b", state);
    assert_int_equal(rename(path, link), 0);
    assert_int_equal(symlink(link, path), 0);
    refused(KEY, MKT_E_DATA, "a link");
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    refused(KEY, MKT_E_DATA, "no file");
    rmdir(path);
}

static void where_it_cannot_be_written(void **unused)
{
    struct mkt_err err = {0};
    (void)unused;
    assert_int_equal(mkt_statefile_write("/dev/null/x", "a", KEY, "b", 1, &err), MKT_E_IO);
    mkt_err_clear(&err);
    assert_int_equal(mkt_statefile_write("/nowhere/at/all", "a", KEY, "b", 1, &err), MKT_E_IO);
}

static void the_newest_are_kept(void **unused)
{
    struct mkt_err err = {0};
    char name[32], full[192];
    (void)unused;
    for (int i = 0; i < 12; i++) {
        struct timespec at[2] = {{.tv_sec = 1000 + i}, {.tv_sec = 1000 + i}};
        snprintf(name, sizeof name, "p-%d.s", i);
        assert_int_equal(mkt_statefile_write(state, name, KEY, "b", 1, &err), MKT_OK);
        snprintf(full, sizeof full, "%s/%s", state, name);
        assert_int_equal(utimensat(AT_FDCWD, full, at, 0), 0);
    }
    put(); /* another kind: left alone */
    mkt_statefile_prune(state, "p-", ".s", 3);
    for (int i = 0; i < 12; i++) {
        snprintf(full, sizeof full, "%s/p-%d.s", state, i);
        assert_int_equal(access(full, F_OK), i < 9 ? -1 : 0);
    }
    assert_int_equal(access(path, F_OK), 0);
}

/* The hash of a file is looked up while the file is the same, and computed anew when not. */
static void hashes_are_remembered(void **unused)
{
    struct mkt_err err = {0};
    char model[128], one[MKT_SHA256_TEXT], two[MKT_SHA256_TEXT];
    (void)unused;
    snprintf(model, sizeof model, "%s/model", folder.path);
    assert_int_equal(temp_folder_write(model, "weights"), 0);
    assert_int_equal(mkt_fingerprint_of(model, state, one, &err), MKT_OK);
    assert_int_equal(mkt_hash_file(model, two, &err), MKT_OK);
    assert_string_equal(one, two);

    /* other bytes under the same size, time and inode: what was kept is what is said */
    struct stat st;
    assert_int_equal(stat(model, &st), 0);
    FILE *file = fopen(model, "r+e");
    fputs("WEIGHTS", file);
    fclose(file);
    struct timespec at[2] = {st.st_atim, st.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, model, at, 0), 0);
    assert_int_equal(mkt_fingerprint_of(model, state, two, &err), MKT_OK);
    assert_string_equal(one, two);

    at[1].tv_sec++;
    assert_int_equal(utimensat(AT_FDCWD, model, at, 0), 0);
    assert_int_equal(mkt_fingerprint_of(model, state, two, &err), MKT_OK);
    assert_string_not_equal(one, two);
    assert_int_equal(mkt_fingerprint_of("/nowhere", state, two, &err), MKT_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was), cmocka_unit_test(every_change_is_seen),
        cmocka_unit_test(what_is_not_believed), cmocka_unit_test(where_it_cannot_be_written),
        cmocka_unit_test(the_newest_are_kept),  cmocka_unit_test(hashes_are_remembered),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
