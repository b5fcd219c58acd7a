#include "simulate/sink.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "folder.h"

static char root[FOLDER_PATH];
static struct mkt_arena arena;

static int open_all(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    folder_open(root);
    return mkt_arena_open(&arena, (size_t)4 << 20, &err);
}

static int close_all(void **state)
{
    (void)state;
    folder_close(root);
    mkt_arena_close(&arena);
    return 0;
}

static bool there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void writes_numbers_and_lines(void **state)
{
    (void)state;
    struct mkt_sink sink;
    struct mkt_err err = {0};
    char path[FOLDER_PATH], text[400] = {0};
    folder_join(root, "numbers", path);
    assert_int_equal(mkt_sink_open(&sink, &arena, path, &err), MKT_OK);
    static const int64_t value[] = {0, -1, 7, 1234567, INT64_MAX, INT64_MIN};
    static const int64_t cents[] = {0, 5, -5, 100, -100, 12345, -12345, INT64_MIN};
    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
        mkt_sink_int(&sink, value[i]);
        mkt_sink_line(&sink);
    }
    for (size_t i = 0; i < sizeof cents / sizeof cents[0]; i++) {
        mkt_sink_cents(&sink, cents[i]);
        mkt_sink_line(&sink);
    }
    assert_int_equal(sink.lines, 14);
    assert_false(there(path));
    assert_int_equal(mkt_sink_close(&sink, &err), MKT_OK);
    assert_false(there(path));
    assert_int_equal(mkt_sink_publish(&sink, &err), MKT_OK);
    mkt_sink_drop(&sink);

    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    assert_true(fread(text, 1, sizeof text - 1, in) > 0);
    fclose(in);
    assert_string_equal(text, "0\n-1\n7\n1234567\n9223372036854775807\n-9223372036854775808\n"
                              "0.00\n0.05\n-0.05\n1.00\n-1.00\n123.45\n-123.45\n"
                              "-92233720368547758.08\n");
    unlink(path);
}

static void long_text_passes_the_buffer(void **state)
{
    (void)state;
    struct mkt_sink sink;
    struct mkt_err err = {0};
    char path[FOLDER_PATH];
    static char block[50000];
    memset(block, 'x', sizeof block);
    folder_join(root, "long", path);
    assert_int_equal(mkt_sink_open(&sink, &arena, path, &err), MKT_OK);
    for (int i = 0; i < 7; i++) mkt_sink_add(&sink, block, sizeof block);
    assert_int_equal(mkt_sink_close(&sink, &err), MKT_OK);
    assert_int_equal(mkt_sink_publish(&sink, &err), MKT_OK);
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_size, 7 * sizeof block);
    unlink(path);
}

static void full_disk_is_named(void **state)
{
    (void)state;
    struct mkt_sink sink;
    struct mkt_err err = {0};
    char path[FOLDER_PATH], want[FOLDER_PATH + 64];
    folder_join(root, "full", path);
    assert_int_equal(mkt_sink_open(&sink, &arena, path, &err), MKT_OK);
    int full = open("/dev/full", O_WRONLY);
    if (full < 0) {
        mkt_sink_drop(&sink);
        skip();
    }
    assert_int_equal(dup2(full, sink.fd), sink.fd);
    close(full);
    mkt_sink_text(&sink, "something");
    assert_int_equal(mkt_sink_close(&sink, &err), MKT_E_NOSPACE);
    snprintf(want, sizeof want, "cannot write %s: No space left on device", path);
    assert_string_equal(err.text, want);
    mkt_sink_drop(&sink);
    assert_false(there(path));
    assert_false(there(sink.partial));
}

static void nothing_is_left_when_dropped(void **state)
{
    (void)state;
    struct mkt_sink sink;
    struct mkt_err err = {0};
    char path[FOLDER_PATH];
    assert_int_equal(mkt_sink_open(&sink, &arena, folder_join(root, "gone", path), &err), MKT_OK);
    mkt_sink_text(&sink, "something");
    assert_true(there(sink.partial));
    mkt_sink_drop(&sink);
    assert_false(there(sink.partial));
    mkt_sink_drop(&sink);
}

static void overlong_text_is_an_error(void **state)
{
    (void)state;
    struct mkt_sink sink;
    struct mkt_err err = {0};
    char path[FOLDER_PATH];
    assert_int_equal(mkt_sink_open(&sink, &arena, folder_join(root, "o", path), &err), MKT_OK);
    mkt_sink_printf(&sink, "%600d", 1);
    assert_int_equal(mkt_sink_close(&sink, &err), MKT_E_IO);
    mkt_sink_drop(&sink);
}

static void a_link_is_not_followed(void **state)
{
    (void)state;
    struct mkt_sink sink;
    struct mkt_err err = {0};
    char path[FOLDER_PATH], link[FOLDER_PATH], target[FOLDER_PATH];
    folder_join(root, "l", path);
    folder_join(root, "l.partial", link);
    folder_join(root, "target", target);
    assert_int_equal(symlink(target, link), 0);
    assert_int_equal(mkt_sink_open(&sink, &arena, path, &err), MKT_E_IO);
    assert_non_null(strstr(err.text, link));
    assert_false(there(target));
    unlink(link);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (size_t i = 1; i <= 3; i++) {
        struct mkt_sink sink;
        struct mkt_err err = {0};
        char path[FOLDER_PATH];
        arena.fail_at = arena.allocations + i;
        assert_int_equal(mkt_sink_open(&sink, &arena, folder_join(root, "m", path), &err),
                         MKT_E_NOMEM);
        arena.fail_at = 0;
        mkt_sink_drop(&sink);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_numbers_and_lines),  cmocka_unit_test(long_text_passes_the_buffer),
        cmocka_unit_test(full_disk_is_named),        cmocka_unit_test(nothing_is_left_when_dropped),
        cmocka_unit_test(overlong_text_is_an_error), cmocka_unit_test(a_link_is_not_followed),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
