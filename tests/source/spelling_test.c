#include "source/scratch_fixture.h"

static void spellings_become_the_most_frequent_one(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        scratch_dataset(scratch_write(&s, "a.csv",
                                      "date,channel,campaign,spend\n2025-01-01,search,Brand,1\n"
                                      "2025-01-01,Search,brand,2\n2025-01-02,Search,Brand,4\n"
                                      "2025-01-02,\"SEARCH \",Brand,8\n2025-01-02,social,x,16\n"),
                        NULL);
    const struct mkt_performance *p = scratch_sums(d);
    assert_int_equal(p->name_count[MKT_CHANNEL], 2);
    assert_int_equal(p->name_count[MKT_CAMPAIGN], 2);
    assert_true(scratch_has_name(d, MKT_CHANNEL, "Search"));
    assert_true(scratch_has_name(d, MKT_CAMPAIGN, "Brand"));
    assert_int_equal(p->cells, 3);
    assert_int_equal(p->rows, 5);
    assert_int_equal(p->cell[0].sum[MKT_SPEND], 3000000);
    assert_int_equal(p->cell[1].sum[MKT_SPEND], 12000000);
    assert_int_equal(scratch_total(d, MKT_SPEND), 31000000);
    const struct mkt_caveat *c = scratch_caveat(d, "names_merged");
    assert_non_null(c);
    assert_int_equal(c->weight, MKT_CAVEAT_WARN);
    assert_non_null(strstr(c->text, "channels"));
    assert_non_null(strstr(c->text, "\"Search\" (also \"SEARCH\", \"search\")"));
    mkt_dataset_close(d);
}

/* In other scripts, and with accents in a letter or beside it (as file names of macOS have them). */
static void accents_and_their_capitals_are_one(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        scratch_dataset(scratch_write(&s, "a.csv",
                                      "date,channel,spend\n2025-01-01,CAFÉ,1\n"
                                      "2025-01-01,Café,2\n2025-01-02,Cafe\xCC\x81,4\n"
                                      "2025-01-03,Cafe,8\n2025-01-03,РЕКЛАМА,8\n"
                                      "2025-01-04,Café,8\n2025-01-04,реклама,8\n"),
                        NULL);
    assert_int_equal(scratch_sums(d)->name_count[MKT_CHANNEL], 3);
    assert_true(scratch_has_name(d, MKT_CHANNEL, "Café"));
    assert_true(scratch_has_name(d, MKT_CHANNEL, "Cafe"));
    assert_true(scratch_has_name(d, MKT_CHANNEL, "РЕКЛАМА"));
    assert_non_null(strstr(scratch_caveat(d, "names_merged")->text, "\"Café\" (also "));
    mkt_dataset_close(d);
}

static void tables_of_a_folder_are_merged_too(void **state)
{
    (void)state;
    scratch_write(&s, "a.csv", "date,channel,spend\n2025-01-01,Email,1\n2025-01-02,Email,2\n");
    scratch_write(&s, "b.csv", "date,channel,spend\n2025-02-01,email,4\n");
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_sums(d)->name_count[MKT_CHANNEL], 1);
    assert_true(scratch_has_name(d, MKT_CHANNEL, "Email"));
    assert_int_equal(scratch_total(d, MKT_SPEND), 7000000);
    mkt_dataset_close(d);
}

static void ids_and_other_names_stay_apart(void **state)
{
    (void)state;
    struct mkt_dataset *d = scratch_dataset(
        scratch_write(&s, "a.csv",
                      "date,channel,campaign_id,spend\n2025-01-01,x,aB,1\n2025-01-01,x,Ab,2\n"
                      "2025-01-01,x y,Ab,2\n2025-01-01,xy,Ab,2\n"),
        NULL);
    assert_int_equal(scratch_sums(d)->name_count[MKT_CAMPAIGN], 2);
    assert_int_equal(scratch_sums(d)->name_count[MKT_CHANNEL], 3);
    assert_null(scratch_caveat(d, "names_merged"));
    mkt_dataset_close(d);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(spellings_become_the_most_frequent_one),
        TEST(accents_and_their_capitals_are_one),
        TEST(tables_of_a_folder_are_merged_too),
        TEST(ids_and_other_names_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
