#include "engine/question.h"

#include "engine/fixture.h"

static struct mkt_question ask(const char *dataset, const char *table)
{
    struct mkt_question q = {.analysis = mkt_engine_find(engine, "roi"),
                             .dataset = dataset,
                             .table = table,
                             .table_bytes = table ? strlen(table) : 0,
                             .reading = {.today = 21000},
                             .format = MKT_RENDER_JSON};
    assert_non_null(q.analysis);
    return q;
}

static struct mkt_blob *answer(const struct mkt_question *q, bool cached)
{
    struct mkt_blob *blob = NULL;
    struct mkt_question_report report;
    mkt_err_clear(&err);
    if (mkt_question_answer(engine, &arena, q, flag, NULL, &blob, &report, &err) != MKT_OK)
        fail_msg("%s", err.text);
    assert_int_equal(report.cached, cached);
    return blob;
}

static void gives_the_same_answer_again(void **state)
{
    (void)state;
    struct mkt_blob *found;
    put_set("shop", shop_csv(60));
    struct mkt_question q = ask("shop", NULL);
    assert_int_equal(mkt_question_cached(engine, &arena, &q, &found, &err), MKT_OK);
    assert_null(found);
    struct mkt_blob *a = answer(&q, false), *b = answer(&q, true);
    assert_ptr_equal(a, b);
    assert_string_equal(a->type, "application/json");
    assert_int_equal(mkt_question_cached(engine, &arena, &q, &found, &err), MKT_OK);
    assert_ptr_equal(found, a);
    mkt_blob_release(found);
    mkt_blob_release(a);
    mkt_blob_release(b);
}

/* Each part of the question by itself makes it another one. */
static void whatever_changes_is_computed_anew(void **state)
{
    (void)state;
    put_set("shop", shop_csv(60));
    put_set("other", shop_csv(60));
    struct mkt_question q = ask("shop", NULL);
    mkt_blob_release(answer(&q, false));
    q.format = MKT_RENDER_TEXT;
    mkt_blob_release(answer(&q, false));
    q = ask("shop", NULL);
    assert_int_equal(mkt_args_set(&q.args, q.analysis, "seed", "2", &err), MKT_OK);
    mkt_blob_release(answer(&q, false));
    q = ask("shop", NULL);
    q.reading.today++;
    mkt_blob_release(answer(&q, false));
    q = ask("shop", NULL);
    q.reading.decimal = "point";
    mkt_blob_release(answer(&q, false));
    q = ask("other", NULL);
    mkt_blob_release(answer(&q, false));
    put_set("shop", shop_csv(61));
    q = ask("shop", NULL);
    struct mkt_blob *new = answer(&q, false);
    put_set("shop", shop_csv(60)); /* the old data again: what was computed still holds */
    struct mkt_blob *old = answer(&q, true);
    assert_ptr_not_equal(new, old);
    mkt_blob_release(new);
    mkt_blob_release(old);
}

static void a_table_of_its_own(void **state)
{
    (void)state;
    struct mkt_question q = ask(NULL, shop_csv(60));
    struct mkt_blob *a = answer(&q, false), *b = answer(&q, true);
    assert_ptr_equal(a, b);
    const char *name = "\"name\":\"table.csv\"";
    assert_non_null(memmem(a->bytes, a->length, name, strlen(name)));
    mkt_blob_release(a);
    mkt_blob_release(b);
    char command[160];
    snprintf(command, sizeof command, "test -z \"$(ls -A '%s/tmp')\"", folder.path);
    assert_int_equal(system(command), 0);
}

static void faults_are_passed_on_and_not_kept(void **state)
{
    (void)state;
    struct mkt_blob *blob = NULL;
    struct mkt_question_report report;
    struct mkt_question q = ask("none", NULL);
    assert_int_equal(mkt_question_answer(engine, &arena, &q, flag, NULL, &blob, &report, &err),
                     MKT_E_NOT_FOUND);
    q = ask(NULL, "x\n1\n");
    for (int i = 0; i < 2; i++) {
        mkt_err_clear(&err);
        assert_int_equal(mkt_question_answer(engine, &arena, &q, flag, NULL, &blob, &report, &err),
                         MKT_E_EMPTY);
    }
    put_set("shop", shop_csv(60));
    atomic_store(&flag->set, true);
    q = ask("shop", NULL);
    mkt_err_clear(&err);
    assert_int_equal(mkt_question_answer(engine, &arena, &q, flag, NULL, &blob, &report, &err),
                     MKT_E_CANCELLED);
}

static void an_account_of_what_was_recognised(void **state)
{
    (void)state;
    const struct mkt_reading reading = {0};
    struct mkt_opened *opened = NULL;
    put_set("shop", shop_csv(60));
    struct mkt_set *set = get_set("shop");
    assert_int_equal(mkt_question_account(engine, set, &reading, flag, &opened, &err), MKT_OK);
    const struct mkt_account *account = mkt_dataset_account(opened->dataset);
    assert_int_equal(account->tables, 1);
    assert_string_equal(account->table[0].kind, "performance");
    mkt_opened_release(engine->opened, opened);
    mkt_datasets_release(set);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(gives_the_same_answer_again),
        T(whatever_changes_is_computed_anew),
        T(a_table_of_its_own),
        T(faults_are_passed_on_and_not_kept),
        T(an_account_of_what_was_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
