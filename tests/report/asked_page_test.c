/* The page of a question: complete in every form, and text from outside stays text. */
#include "report/asked_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, 16 << 20, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static const char *understood[] = {"“<i>” is taken as <b>x</b>."};
static const char *unanswered[] = {"The moon was left out."};
static struct mkt_parameter parameter[] = {{"period", "2025-Q4"}};
static const char *cite[] = {"total.roas"};
static struct mkt_asked_step step[] = {{.analysis = "roi",
                                        .part = "ROAS <script>?",
                                        .how = "Asked of roi.",
                                        .parameter = parameter,
                                        .parameters = 1,
                                        .command = "roi --period 2025-Q4",
                                        .direct = "ROAS was 2.",
                                        .cite = cite,
                                        .cites = 1}};
static struct mkt_asked_choice choice[] = {{"the </code> one", "period", "2025", "again '<x>'"}};

static struct mkt_asked sample(void)
{
    return (struct mkt_asked){.question = "ROAS <script>?",
                              .language = "English",
                              .planned_by = "matcher",
                              .status = "partly",
                              .understood = understood,
                              .understoods = 1,
                              .unanswered = unanswered,
                              .unanswereds = 1,
                              .step = step,
                              .steps = 1};
}

static void as_json(void **state)
{
    struct mkt_asked a = sample();
    struct mkt_buf out;
    (void)state;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_asked_page_json(&out, &a, &err), MKT_OK);
    assert_string_equal(
        out.data,
        "{\"analysis_type\":\"ask\",\"status\":\"partly\",\"question\":\"ROAS <script>?\","
        "\"language\":\"English\",\"reply\":\"ROAS was 2.\",\"question_back\":null,"
        "\"understood\":[\"“<i>” is taken as <b>x</b>.\"],\"unanswered\":[\"The moon was left "
        "out.\"],\"planned_by\":\"matcher\",\"plan\":[{\"analysis\":\"roi\",\"parameters\":{"
        "\"period\":\"2025-Q4\"},\"part\":\"ROAS <script>?\",\"how\":\"Asked of roi.\","
        "\"command\":\"roi --period 2025-Q4\",\"reply\":\"ROAS was 2.\",\"cites\":[\"total.roas\"]}"
        "],\"answers\":[]}\n");
}

static void as_html_everything_is_escaped(void **state)
{
    struct mkt_asked a = sample();
    struct mkt_buf out;
    (void)state;
    a.back = "Which & why?";
    a.choice = choice;
    a.choices = 1;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_asked_page_html(&out, &a, &err), MKT_OK);
    const char *main = strstr(out.data, "<main");
    assert_non_null(main);
    assert_non_null(strstr(main, "<h1>ROAS &lt;script&gt;?</h1>"));
    assert_non_null(strstr(main, "Which &amp; why?"));
    assert_non_null(strstr(main, "the &lt;/code&gt; one"));
    assert_non_null(strstr(main, "&lt;b&gt;x&lt;/b&gt;"));
    assert_null(strstr(main, "<i>"));
    assert_non_null(strstr(out.data, "</html>\n"));
}

static void as_text(void **state)
{
    struct mkt_asked a = sample();
    struct mkt_buf out;
    struct mkt_text_style style = {.width = 60};
    (void)state;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_asked_page_text(&out, &a, &style, &err), MKT_OK);
    assert_string_equal(out.data, "ROAS was 2.\n\nUnderstood\n  - “<i>” is taken as <b>x</b>.\n\n"
                                  "Not answered\n  ! The moon was left out.\n\nAsked of\n"
                                  "  - roi --period 2025-Q4 (“ROAS <script>?”)\n"
                                  "    rests on total.roas\n");
}

static void nothing_to_say_is_said(void **state)
{
    struct mkt_asked a = {.question = "x", .status = "unanswered"};
    (void)state;
    assert_string_equal(mkt_asked_page_reply(&arena, &a), "No analysis here answers this.");
}

static void a_full_arena(void **state)
{
    struct mkt_asked a = sample();
    struct mkt_buf out;
    (void)state;
    mkt_buf_init(&out, &arena);
    arena.capacity = arena.used + 64;
    assert_int_equal(mkt_asked_page_json(&out, &a, &err), MKT_E_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(as_html_everything_is_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(as_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_to_say_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
