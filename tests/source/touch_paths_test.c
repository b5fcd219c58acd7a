/* Paths as files write them: each mark parts channels, and what is no path is not taken for one. */
#include "source/touch_paths.h"

#include "source/scratch.h"

static struct scratch s;

static struct mkt_dataset *open_paths(const char *text, struct mkt_dataset_journeys *out)
{
    struct mkt_err err = {0};
    struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "a.tsv", text), NULL);
    if (mkt_dataset_journeys(d, out, &err) != MKT_OK) fail_msg("%s", err.text);
    return d;
}

static bool has_channel(const struct mkt_dataset_journeys *j, const char *name)
{
    for (size_t i = 0; i < j->paths->channel.count; i++)
        if (strcmp(j->paths->channel.name[i], name) == 0) return true;
    return false;
}

static void every_mark_parts(void **state)
{
    (void)state;
    static const char *const mark[] = {">",   " > ", "->", " -> ", " --> ", "=>", " ==> ", " → ",
                                       " » ", " › ", ">>", " >> ", " | ",   "|",  ";",     "; ",
                                       "~",   " ~ ", ",",  ", ",   "/",     " / "};
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++) {
        char text[256];
        struct mkt_dataset_journeys j;
        snprintf(text, sizeof text,
                 "path\tconversions\nalpha%sbeta\t10\nbeta\t5\nalpha%sgamma%sbeta\t7\n", mark[i],
                 mark[i], mark[i]);
        struct mkt_dataset *d = open_paths(text, &j);
        if (j.paths->channel.count != 3 || !has_channel(&j, "alpha") || !has_channel(&j, "beta") ||
            !has_channel(&j, "gamma"))
            fail_msg("%zu channels by \"%s\"", j.paths->channel.count, mark[i]);
        bool slash = strchr(mark[i], '/') != NULL;
        assert_true(slash == (scratch_caveat(d, "paths_by_slash") != NULL));
        mkt_dataset_close(d);
    }
}

static void a_source_and_its_medium_are_one(void **state)
{
    (void)state;
    struct mkt_dataset_journeys j;
    struct mkt_dataset *d = open_paths("path\tconversions\ngoogle / cpc\t10\nx / paid_social\t5\n"
                                       "(direct) / (none)\t7\n",
                                       &j);
    assert_true(has_channel(&j, "google / cpc") && has_channel(&j, "(direct) / (none)"));
    assert_int_equal(j.paths->channel.count, 3);
    assert_non_null(scratch_caveat(d, "paths_of_one"));
    mkt_dataset_close(d);
    d = open_paths("path\tconversions\ngoogle / cpc > news / email\t10\nnews / email\t5\n", &j);
    assert_int_equal(j.paths->channel.count, 2);
    assert_true(has_channel(&j, "google / cpc") && has_channel(&j, "news / email"));
    assert_null(scratch_caveat(d, "paths_of_one"));
    mkt_dataset_close(d);
}

static void pages_are_no_paths(void **state)
{
    (void)state;
    scratch_refused(scratch_write(&s, "a.csv", "path,conversions\n/shop/cart,1\n/,4\n"), NULL,
                    MKT_E_EMPTY, "no usable table", NULL);
    scratch_refused(scratch_write(&s, "a.csv", "page_path,conversions\nshop/a/b,1\nshop/c/d,4\n"),
                    NULL, MKT_E_EMPTY, "no usable table", NULL);
    scratch_refused(scratch_write(&s, "a.csv", "path,conversions\nhttps://a.example/b/c,1\n"), NULL,
                    MKT_E_EMPTY, "no usable table", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mark_parts),
        cmocka_unit_test(a_source_and_its_medium_are_one),
        cmocka_unit_test(pages_are_no_paths),
    };
    scratch_open(&s);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_close(&s);
    return failed;
}
