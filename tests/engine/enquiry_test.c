#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/enquiry.h"

static struct mkt_arena arena;
static struct mkt_err err;

static mkt_status fill(const char *body, const struct mkt_analysis *analysis,
                       struct mkt_question *out)
{
    struct mkt_request r;
    mkt_err_clear(&err);
    if (mkt_request_read(&arena, body, strlen(body), &mkt_json_read_limits, &r, &err) != MKT_OK)
        fail_msg("%s", err.text);
    *out = (struct mkt_question){.analysis = analysis, .words = MKT_WORDS_AUTO};
    return mkt_enquiry_fill(&arena, &r, out, &err);
}

static void an_analysis_has_its_parameters(void **state)
{
    struct mkt_question q;
    const struct mkt_analysis *roi = mkt_analysis_find("roi");
    (void)state;
    assert_int_equal(
        fill("{\"dataset\":\"shop\",\"parameters\":{\"margin\":0.4},\"words\":\"plain\","
             "\"options\":{\"dates\":\"day-first\",\"map\":[\"spend=Cost\"]}}",
             roi, &q),
        MKT_OK);
    assert_string_equal(q.dataset, "shop");
    assert_int_equal(q.words, MKT_WORDS_PLAIN);
    assert_string_equal(q.reading.dates, "day-first");
    assert_string_equal(q.reading.map[0], "spend=Cost");
    size_t given = 0;
    for (size_t i = 0; i < roi->params; i++)
        if (q.args.text[i]) {
            given++;
            assert_string_equal(roi->param[i].name, "margin");
            assert_string_equal(q.args.text[i], "0.4");
        }
    assert_int_equal(given, 1);
}

static void a_question_in_words_keeps_what_is_given(void **state)
{
    struct mkt_question q;
    (void)state;
    assert_int_equal(
        fill(
            "{\"csv\":\"a,b\\n1,2\\n\",\"question\":\"why?\",\"parameters\":{\"period\":\"2025\"}}",
            NULL, &q),
        MKT_OK);
    assert_string_equal(q.asked, "why?");
    assert_int_equal(q.givens, 1);
    assert_string_equal(q.given[0].name, "period");
    assert_string_equal(q.given[0].value, "2025");
    assert_null(q.dataset);
    assert_int_equal(q.table_bytes, 8);
    assert_int_equal(q.words, MKT_WORDS_AUTO);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct mkt_question q;
    const struct mkt_analysis *roi = mkt_analysis_find("roi");
    (void)state;
    assert_int_equal(fill("{\"dataset\":\"shop\"}", NULL, &q), MKT_E_ARG);
    assert_non_null(strstr(err.text, "question"));
    assert_int_equal(fill("{\"dataset\":\"shop\",\"question\":\"why?\"}", roi, &q), MKT_E_ARG);
    assert_int_equal(fill("{\"dataset\":\"shop\",\"parameters\":{\"margin\":7}}", roi, &q),
                     MKT_E_ARG);
    assert_non_null(strstr(err.text, "margin"));
    assert_int_equal(fill("{\"dataset\":\"shop\",\"parameters\":{\"size\":7}}", roi, &q),
                     MKT_E_ARG);
    assert_int_equal(fill("{\"dataset\":\"shop\",\"words\":\"nobody\"}", roi, &q), MKT_E_ARG);
}

static int set_up(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, (size_t)1 << 20, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_analysis_has_its_parameters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_question_in_words_keeps_what_is_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
