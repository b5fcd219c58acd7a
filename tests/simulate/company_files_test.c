/* The folder as a whole: same bytes, what it refuses, what it leaves behind. */
#include "simulate/company_files.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "folder.h"

#define FILES (sizeof folder_file / sizeof folder_file[0])

static char root[FOLDER_PATH], dir[FOLDER_PATH];

static int open_root(void **state)
{
    (void)state;
    folder_open(root);
    folder_join(root, "c", dir);
    return 0;
}

static int close_root(void **state)
{
    (void)state;
    folder_close(root);
    return 0;
}

static void hash_all(const char *where, char out[FILES][MKT_SHA256_TEXT])
{
    struct mkt_err err = {0};
    char path[FOLDER_PATH];
    for (size_t f = 0; f < FILES; f++)
        if (mkt_hash_file(folder_join(where, folder_file[f], path), out[f], &err) != MKT_OK)
            fail_msg("%s", err.text);
}

static void MKT_PRINTF(4, 5) refuse(const char *where, const struct mkt_company_options *o,
                                    mkt_status status, const char *format, ...)
{
    struct mkt_err err = {0};
    char want[MKT_ERR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(want, sizeof want, format, args);
    va_end(args);
    assert_int_equal(mkt_company_files_write(where, o, NULL, NULL, &err), status);
    assert_string_equal(err.text, want);
}

static void same_options_same_bytes(void **state)
{
    (void)state;
    char first[FILES][MKT_SHA256_TEXT], again[FILES][MKT_SHA256_TEXT],
        other[FILES][MKT_SHA256_TEXT];
    struct mkt_company_options o = folder_options(1);
    folder_make(root, &o);
    hash_all(dir, first);
    folder_make(root, &o); /* over the earlier one */
    hash_all(dir, again);
    o.seed = 2;
    folder_make(root, &o);
    hash_all(dir, other);
    for (size_t f = 0; f < FILES; f++) {
        assert_string_equal(first[f], again[f]);
        assert_string_not_equal(first[f], other[f]);
    }
}

static void the_example_can_be_made_again(void **state)
{
    (void)state;
    char ours[FILES][MKT_SHA256_TEXT], theirs[FILES][MKT_SHA256_TEXT];
    struct mkt_company_options o;
    mkt_company_options_init(&o, 7);
    o.scale = 0.4;
    o.start = mkt_date_days(2024, 10, 1);
    folder_make(root, &o);
    hash_all(dir, ours);
    hash_all("examples", theirs);
    for (size_t f = 0; f < FILES; f++) assert_string_equal(ours[f], theirs[f]);
}

static void a_foreign_folder_is_left_alone(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(1);
    char path[FOLDER_PATH];
    assert_int_equal(mkdir(dir, 0777), 0);
    FILE *out = fopen(folder_join(dir, "truth.json", path), "w");
    assert_non_null(out);
    fputs("{\"made_by\": \"somebody else\", \"and\": \"worth keeping\"}\n", out);
    fclose(out);
    refuse(dir, &o, MKT_E_CONFLICT,
           "%s holds \"truth.json\" and no earlier simulation: name a new or an empty folder", dir);
    char *kept = folder_text(root, "truth.json");
    assert_non_null(strstr(kept, "worth keeping"));
    free(kept);
    assert_int_not_equal(access(folder_join(dir, "orders.csv", path), F_OK), 0);

    unlink(folder_join(dir, "truth.json", path));
    folder_make(root, &o); /* now it is empty */
}

static void leavings_of_a_killed_run_are_no_obstacle(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(1);
    char path[FOLDER_PATH];
    assert_int_equal(mkdir(dir, 0777), 0);
    int fd = open(folder_join(dir, "orders.csv.partial", path), O_CREAT | O_WRONLY, 0666);
    assert_true(fd >= 0);
    close(fd);
    folder_make(root, &o);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void other_files_beside_a_simulation_stay(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(1);
    char path[FOLDER_PATH];
    folder_make(root, &o);
    int fd = open(folder_join(dir, "report.html", path), O_CREAT | O_WRONLY, 0666);
    assert_true(fd >= 0);
    close(fd);
    folder_make(root, &o);
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
}

static void folders_that_cannot_be(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(1);
    char path[FOLDER_PATH], below[FOLDER_PATH];
    refuse(NULL, &o, MKT_E_ARG, "the folder to write the simulation to is missing");
    refuse("", &o, MKT_E_ARG, "the folder to write the simulation to is missing");
    folder_join(folder_join(root, "none", path), "c", below);
    refuse(below, &o, MKT_E_IO, "cannot make the folder %s: No such file or directory", below);

    int fd = open(folder_join(root, "file", path), O_CREAT | O_WRONLY, 0666);
    assert_true(fd >= 0);
    close(fd);
    refuse(path, &o, MKT_E_CONFLICT,
           "%s is a file: name a new or an empty folder for the simulation", path);
    folder_join(path, "c", below);
    refuse(below, &o, MKT_E_IO, "cannot make the folder %s: Not a directory", below);
    unlink(path);

    static char overlong[5000];
    memset(overlong, 'a', sizeof overlong - 1);
    struct mkt_err err = {0};
    assert_int_equal(mkt_company_files_write(overlong, &o, NULL, NULL, &err), MKT_E_IO);
    assert_non_null(strstr(err.text, "cannot make the folder aaaa"));
}

static void unwritable_folder(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(1);
    assert_int_equal(mkdir(dir, 0555), 0);
    assert_int_equal(chmod(root, 0755), 0);
    bool super = geteuid() == 0; /* may write anywhere */
    if (super && seteuid(65534) != 0) skip();
    struct mkt_err err = {0};
    mkt_status status = mkt_company_files_write(dir, &o, NULL, NULL, &err);
    if (super) assert_int_equal(seteuid(0), 0);
    assert_int_equal(status, MKT_E_IO);
    char want[FOLDER_PATH + 64];
    snprintf(want, sizeof want, "cannot make %s/performance.csv.partial: Permission denied", dir);
    assert_string_equal(err.text, want);
}

/* A limit on the size of files stands for a disk that ends in the middle. */
static void a_failed_run_leaves_the_earlier_one(void **state)
{
    (void)state;
    char before[FILES][MKT_SHA256_TEXT], after[FILES][MKT_SHA256_TEXT], path[FOLDER_PATH];
    struct mkt_company_options o = folder_options(1);
    folder_make(root, &o);
    hash_all(dir, before);

    o.seed = 2;
    struct rlimit usual, tight;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    tight = usual;
    tight.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    struct mkt_err over = {0}, new = {0};
    mkt_status over_old = mkt_company_files_write(dir, &o, NULL, NULL, &over);
    folder_join(root, "new", path);
    mkt_status in_new = mkt_company_files_write(path, &o, NULL, NULL, &new);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    signal(SIGXFSZ, SIG_DFL);

    assert_int_equal(over_old, MKT_E_IO);
    assert_non_null(strstr(over.text, "cannot write "));
    assert_non_null(strstr(over.text, "File too large"));
    assert_int_equal(in_new, MKT_E_IO);
    assert_int_not_equal(access(path, F_OK), 0);
    hash_all(dir, after);
    for (size_t f = 0; f < FILES; f++) assert_string_equal(before[f], after[f]);
}

static void hostile_options_make_no_folder(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(1);
    o.months = 0;
    refuse(dir, &o, MKT_E_ARG, "months must be from 1 to 120, not 0");
    o = folder_options(1);
    o.scale = NAN;
    refuse(dir, &o, MKT_E_ARG, "scale must be a number from 0.1 to 10000");
    o = folder_options(1);
    o.days = 30;
    refuse(dir, &o, MKT_E_ARG, "a folder holds whole months: days must be 0, not 30");
    assert_int_not_equal(access(dir, F_OK), 0);
}

static void the_longest_history_can_be_written(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(1);
    o.start = mkt_date_days(2097, 12, 31);
    o.months = 120;
    o.scale = 0.1;
    o.channels = 8;
    folder_make(root, &o);
    struct table t = table_open(root, "performance.csv");
    assert_int_equal(table_day(&t, t.rows - 1, "date"), mkt_date_days(2107, 12, 30));
    table_close(&t);
}

struct heard {
    int calls;
    double done;
};

static void hear(void *user, const char *stage, double done)
{
    struct heard *heard = user;
    assert_true(stage[0] != '\0');
    assert_true(done >= heard->done && done <= 1);
    heard->done = done;
    heard->calls++;
}

static void progress_reaches_the_end(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(1);
    struct heard heard = {0, 0};
    struct mkt_err err = {0};
    assert_int_equal(mkt_company_files_write(dir, &o, hear, &heard, &err), MKT_OK);
    assert_true(heard.done == 1);
    assert_in_range(heard.calls, 10, 200);
}

static void the_readme_gives_the_command(void **state)
{
    (void)state;
    struct mkt_company_options o = folder_options(12345678901234567890ULL);
    folder_make(root, &o);
    char *text = folder_text(root, "README.md");
    assert_non_null(strstr(text, "\n    marketing-agent simulate --out DIR --seed "
                                 "12345678901234567890 --months 6 --scale 0.5 --start "
                                 "2024-09-01\n"));
    free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_root, close_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_options_same_bytes),
        TEST(the_example_can_be_made_again),
        TEST(a_foreign_folder_is_left_alone),
        TEST(leavings_of_a_killed_run_are_no_obstacle),
        TEST(other_files_beside_a_simulation_stay),
        TEST(folders_that_cannot_be),
        TEST(unwritable_folder),
        TEST(a_failed_run_leaves_the_earlier_one),
        TEST(hostile_options_make_no_folder),
        TEST(the_longest_history_can_be_written),
        TEST(progress_reaches_the_end),
        TEST(the_readme_gives_the_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
