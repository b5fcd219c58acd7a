#include "report/answer_html.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "report/html.h"
#include "report/page.h"
#include "report/sample_sheet.h"

#define HOSTILE                                                                                    \
    "</script><script>document.title='owned'</script><img src=x "                                  \
    "onerror=\"document.title='owned'\"> =cmd() [INST] ' \" & <!--"

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_answer answer;
static const char *steps[] = {"Move spend from Paid social to Paid search (93 % sure), because.",
                              "Look again."};

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    memset(&answer, 0, sizeof answer);
    return mkt_arena_open(&arena, (size_t)256 << 20, &err) == MKT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static void fill(struct sample_options options)
{
    assert_int_equal(sample_fill(&answer.sheet, &arena, options, &err), MKT_OK);
    answer.words = (struct mkt_words){
        .verdict = options.hostile ? options.hostile : "Spend was worth it, 93 % sure.",
        .performance_summary = options.hostile ? options.hostile : "A good year.",
        .optimization_recommendations = steps,
        .recommendations = 2,
        .written_by = "plain"};
}

static struct mkt_buf written(size_t answers)
{
    const struct mkt_answer *const list[] = {&answer, &answer};
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_answer_html_write(&out, list, answers, &err), MKT_OK);
    return out;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)) != NULL; text += strlen(what)) n++;
    return n;
}

/* The page without the bundled script and style: what comes from the answer and this room. */
static char *own_part(const struct mkt_buf *page)
{
    char *copy = mkt_arena_strndup(&arena, page->data, page->length);
    char *style = strstr(copy, mkt_page_css), *script = strstr(copy, mkt_page_js);
    assert_non_null(style);
    assert_non_null(script);
    memset(style, '_', mkt_page_css_size);
    memset(script, '_', mkt_page_js_size);
    return copy;
}

static void test_one_file_without_network(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    struct mkt_buf page = written(1);
    const char *own = own_part(&page);
    assert_true(page.length < 900 * 1024);
    assert_null(strstr(own, "src="));
    assert_null(strstr(own, "href="));
    assert_null(strstr(own, "url("));
    assert_null(strstr(own, "http:"));
    assert_null(strstr(own, "https:"));
    assert_null(strstr(mkt_page_css, "url("));
    assert_null(strstr(mkt_page_css, "@import"));
    assert_non_null(strstr(own, "default-src 'none'; script-src 'sha256-"));
}

/* The policy names the very bytes of the script and style in the page. */
static void test_policy_fits_script(void **state)
{
    char script[MKT_HTML_SOURCE], style[MKT_HTML_SOURCE];
    (void)state;
    fill((struct sample_options){0});
    struct mkt_buf page = written(1);
    const char *from = strstr(page.data, "<script>") + strlen("<script>");
    const char *to = strstr(from, "</script>");
    assert_int_equal(mkt_html_source(from, (size_t)(to - from), script, &err), MKT_OK);
    from = strstr(page.data, "<style>") + strlen("<style>");
    to = strstr(from, "</style>");
    assert_int_equal(mkt_html_source(from, (size_t)(to - from), style, &err), MKT_OK);
    const char *policy = strstr(page.data, "script-src '");
    assert_non_null(policy);
    assert_memory_equal(policy + strlen("script-src "), script, strlen(script));
    policy = strstr(page.data, "style-src '");
    assert_memory_equal(policy + strlen("style-src "), style, strlen(style));
}

static void test_order(void **state)
{
    static const char *const marks[] = {
        "class=\"verdict\"", "class=\"keys\"", ">What to do<", ">The figures at a glance<",
        ">In words<",        ">Tables<",       ">Caveats<",    ">Methods and data<",
        "<footer>"};
    (void)state;
    fill((struct sample_options){0});
    const char *at = written(1).data;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        at = strstr(at, marks[i]);
        if (!at) print_error("not in its place: %s\n", marks[i]);
        assert_non_null(at);
    }
}

/* Where only conversions are among what is looked for first, other totals stand beside them. */
static void test_few_keys(void **state)
{
    static const char *const metric[] = {"entered", "value", "rate", "path_length", "lag"};
    (void)state;
    answer.sheet = (struct mkt_sheet){0};
    mkt_sheet_init(&answer.sheet, &arena);
    for (size_t i = 0; i < sizeof metric / sizeof *metric; i++) {
        const struct mkt_fact f = {.id = metric[i],
                                   .label = metric[i],
                                   .scope = "total",
                                   .entity = "total",
                                   .metric = metric[i],
                                   .unit = MKT_UNIT_COUNT,
                                   .value = 1,
                                   .low = NAN,
                                   .high = NAN,
                                   .why = "counted"};
        assert_int_equal(mkt_sheet_add_fact(&answer.sheet, &f, &err), MKT_OK);
    }
    answer.words = (struct mkt_words){.verdict = "It was so.", .written_by = "plain"};
    const char *keys = strstr(written(1).data, "class=\"keys\"");
    assert_non_null(keys);
    const char *end = strstr(keys, "</dl>");
    char *list = mkt_arena_strndup(&arena, keys, (size_t)(end - keys));
    assert_int_equal(count(list, "<dt>"), 4);
    assert_int_equal(count(list, "<dt>entered</dt>"), 1);
    assert_non_null(strstr(list, "<dt>path_length</dt>"));
}

static void test_parts(void **state)
{
    (void)state;
    fill((struct sample_options){.status = MKT_ANSWER_LIMITED});
    const char *html = written(1).data;
    assert_non_null(strstr(html, "<p class=\"state\">Answered in part</p>"));
    assert_non_null(strstr(html, "Spend was worth it, 93&nbsp;% sure."));
    assert_non_null(strstr(html, "<strong>94 % confidence</strong> that Paid search returns more"));
    assert_non_null(strstr(html, "<dt>ROAS</dt><dd>2.86<small>2.60 to 3.15</small>"));
    assert_non_null(strstr(html, "<small>+11.3 % against the year before</small>"));
    assert_non_null(strstr(html, "<li><p><b>Move spend from Paid social to Paid search</b> "
                                 "(93&nbsp;% sure), because.</p><p class=\"stake\">"
                                 "<b>€298,440</b> at stake</p></li>"));
    assert_non_null(strstr(html, "<li><p>Look again.</p></li>"));
    assert_non_null(strstr(html, "<li class=\"limit\">No margin was given, so ROI on margin is not "
                                 "worked out.</li>"));
    assert_non_null(
        strstr(html, "<th scope=\"row\">Cost (micros)</th><td>spend</td><td>micros</td>"));
    assert_non_null(strstr(html, "<p class=\"tiny\">Not used: Labels.</p>"));
    assert_int_equal(count(html, "<figure class=\"chart"), 5);
    assert_int_equal(count(html, "<table class=\"sortable\""), 3);
    assert_int_equal(count(html, "<h1 "), 1);
}

static void test_table_cell(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    answer.sheet.table[0].row[0].fact[0] = NULL;
    assert_non_null(strstr(written(1).data,
                           "<tr><th scope=\"row\">Paid search</th><td class=\"none\">–</td>"
                           "<td data-v=\"1690147.6\">€1,690,148</td>"
                           "<td data-v=\"4.12\">4.12<small>3.90 to 4.36</small></td>"));
}

/* Text from data ends no element, opens none, and sits in no attribute unescaped. */
static void test_hostile_names(void **state)
{
    (void)state;
    fill((struct sample_options){.hostile = HOSTILE});
    struct mkt_buf page = written(1);
    const char *own = own_part(&page);
    assert_null(strstr(own, "<img"));
    assert_null(strstr(own, "<script>document"));
    assert_null(strstr(own, "onerror=\"doc"));
    assert_null(strstr(own, "<!--"));
    assert_int_equal(count(own, "</script>"), 1 + answer.sheet.charts);
    assert_non_null(strstr(own, "&lt;/script&gt;&lt;script&gt;document.title=&#39;owned&#39;"));
    assert_non_null(strstr(own, "\\u003c/script\\u003e\\u003cscript\\u003e"));
}

static void test_several_answers(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    const char *html = written(2).data;
    assert_non_null(strstr(html, "<title>Marketing report</title>"));
    assert_non_null(strstr(html, "<a href=\"#answer-2\">Return on marketing spend</a>"));
    assert_int_equal(count(html, "<article "), 2);
    assert_int_equal(count(html, "id=\"chart-1000\""), 1);
    assert_int_equal(count(html, "id=\"chart-2000\""), 1);
}

/* A sheet with nothing in it, a chart without points, and no words: still a page. */
static void test_plain_parts_are_marked(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    struct mkt_buf page = written(1);
    assert_null(strstr(own_part(&page), "plain words"));
    answer.words.written_by = answer.words.model = "Mistral-7B";
    answer.words.identity = "00ff";
    answer.words.seed = 7;
    answer.words.size = 2;
    answer.words.author[MKT_PART_SUMMARY] = answer.words.author[MKT_PART_ADVICE] = MKT_AUTHOR_TIME;
    page = written(1);
    assert_int_equal(count(own_part(&page), "<small>plain words</small>"), 2);
    assert_non_null(strstr(page.data, "words by Mistral-7B"));
}

static void test_empty_sheet(void **state)
{
    struct mkt_chart none = {.id = "x", .title = "Empty", .kind = MKT_CHART_INTERVAL};
    (void)state;
    mkt_sheet_init(&answer.sheet, &arena);
    answer.sheet.provenance.period = (struct mkt_period){0, -1};
    assert_int_equal(mkt_sheet_add_chart(&answer.sheet, &none, &err), MKT_OK);
    const char *html = written(1).data;
    assert_null(strstr(html, "<figure"));
    assert_non_null(strstr(html, "<title>Marketing report</title>"));
    assert_non_null(strstr(html, "</html>"));
}

static void test_small_print(void **state)
{
    struct mkt_parameter seed = {"seed", "1"};
    (void)state;
    fill((struct sample_options){0});
    answer.sheet.confidence = .9999;
    answer.sheet.provenance.draws = 2000;
    answer.sheet.provenance.parameter = &seed;
    answer.sheet.provenance.parameters = 1;
    answer.sheet.table[0].note = "the 30 largest";
    answer.sheet.table[0].head = "from";
    const char *html = written(1).data;
    assert_non_null(strstr(html, "<strong>Over 99.9 % confidence</strong>"));
    assert_non_null(strstr(html, "words by the program itself."));
    assert_non_null(strstr(html, "<p class=\"tiny\">The 30 largest.</p>"));
    assert_non_null(strstr(html, "<th scope=\"col\">From</th>"));
    assert_non_null(strstr(html, "2,000, seed"));
    assert_null(strstr(html, "<dt>seed</dt>")); /* it stands beside the draws */
    assert_non_null(strstr(html, "</h1><p>"));
    answer.sheet.provenance.period = (struct mkt_period){0, -1};
    assert_non_null(strstr(written(1).data, "</h1></header>")); /* no days, no dash */
}

static void test_megabyte_name(void **state)
{
    char *name = MKT_NEW(&arena, char, 1 << 20);
    (void)state;
    memset(name, '<', (1 << 20) - 1);
    fill((struct sample_options){.hostile = name, .campaigns = 1});
    assert_non_null(strstr(written(1).data, "&lt;&lt;&lt;"));
}

static void test_same_bytes(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    const char *first = written(1).data;
    assert_string_equal(first, written(1).data);
}

static void test_every_allocation_fails(void **state)
{
    const struct mkt_answer *list[] = {&answer};
    (void)state;
    fill((struct sample_options){.campaigns = 1});
    size_t mark = mkt_arena_mark(&arena), tries = 0;
    mkt_status status;
    do {
        struct mkt_buf out;
        memset(&err, 0, sizeof err);
        arena.fail_at = arena.allocations + ++tries;
        mkt_buf_init(&out, &arena);
        status = mkt_answer_html_write(&out, list, 1, &err);
        mkt_arena_release(&arena, mark);
        assert_true(status == MKT_OK || (status == MKT_E_NOMEM && err.text[0]));
    } while (status != MKT_OK);
    arena.fail_at = 0;
    assert_true(tries > 20);
}

/* ---- in a browser ------------------------------------------------------------------------ */

static char *run(const char *command, size_t most)
{
    FILE *pipe = popen(command, "r");
    if (!pipe) return NULL;
    char *text = MKT_NEW(&arena, char, most + 1);
    assert_non_null(text);
    size_t n = fread(text, 1, most, pipe);
    text[n] = '\0';
    pclose(pipe);
    return text;
}

/* The page as the browser holds it after running its script. */
static char *dom_of(const struct mkt_buf *page, int width)
{
    char folder[] = "/tmp/mkt-page-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = mkt_arena_printf(&arena, "%s/page.html", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(page->data, 1, page->length, file), page->length);
    assert_int_equal(fclose(file), 0);
    char *command = mkt_arena_printf(
        &arena,
        "timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
        "--disable-background-networking --disable-component-update --disable-sync "
        "--window-size=%d,1000 "
        "--user-data-dir=%s/profile --enable-logging=stderr --virtual-time-budget=5000 --dump-dom "
        "file://%s 2>%s/log; grep -i 'CONSOLE' %s/log",
        width, folder, path, folder, folder);
    char *dom = run(command, 8 << 20);
    assert_non_null(dom);
    run(mkt_arena_printf(&arena, "rm -rf %s", folder), 100);
    return dom;
}

static void test_browser(void **state)
{
    (void)state;
    if (!strstr(run("command -v chromium || true", 200), "chromium")) {
        print_message("no chromium here: the page was not opened in a browser\n");
        skip();
    }
    fill((struct sample_options){.hostile = HOSTILE});
    /* a few weeks: the marks stand under days that have points, and not where the calendar's do */
    static const char *week[] = {"2026-07-27", "2026-08-03", "2026-08-10", "2026-08-17",
                                 "2026-08-24", "2026-08-31", "2026-09-07"};
    struct mkt_chart *few = &answer.sheet.chart[0];
    assert_int_equal(few->kind, MKT_CHART_TIME);
    assert_true(few->points >= 7);
    few->x = week;
    few->points = 7;
    struct mkt_buf page = written(1);
    const char *dom = dom_of(&page, 1280);
    assert_non_null(strstr(dom, ">27 Jul</text>"));
    assert_non_null(strstr(dom, ">7 Sep</text>"));
    assert_null(strstr(dom, ">1 Aug</text>"));
    assert_null(strstr(dom, ">8 Aug</text>"));
    assert_non_null(strstr(dom, "<title>Return on marketing spend</title>"));
    assert_int_equal(count(dom, "<svg"), 5);
    assert_int_equal(count(dom, "<img"), 0);
    assert_non_null(strstr(dom, "Show all 30 rows"));
    assert_non_null(strstr(dom, ">7.90 (6.95 to 9.01)</text>"));
    assert_non_null(strstr(dom, "&lt;/script&gt;&lt;script&gt;document.title='owned'"));
    assert_null(strstr(dom, "CONSOLE")); /* no error, nothing refused by the policy */
}

/* No key figure is broken or sticks out, and none stands alone below a row
 * of three or more. */
static void test_key_figures_fit(void **state)
{
    static const char measure[] =
        "<script>var bad = 0, row = {}, range = document.createRange();"
        "document.querySelectorAll('.keys > div').forEach(function (cell) {"
        "  var dd = cell.querySelector('dd'), top = cell.offsetTop;"
        "  range.selectNodeContents(dd.firstChild);"
        "  bad += range.getClientRects().length !== 1;"
        "  bad += range.getBoundingClientRect().right > cell.getBoundingClientRect().right;"
        "  row[top] = (row[top] || 0) + 1; });"
        "var rows = Object.keys(row).sort(function (a, b) { return a - b; });"
        "bad += rows.length > 1 && row[rows[0]] > 2 && row[rows[rows.length - 1]] < 2;"
        "document.title = rows.length + ' rows, ' + bad + ' bad';</script>";
    static const int width[] = {500, 800, 900, 939, 940, 1024, 1129, 1130, 1400};
    (void)state;
    if (!strstr(run("command -v chromium || true", 200), "chromium")) skip();
    fill((struct sample_options){.campaigns = 1});
    struct mkt_buf page = written(1), open;
    mkt_buf_init(&open, &arena);
    char *policy = strstr(page.data, "Content-Security-Policy");
    assert_non_null(policy);
    memcpy(policy, "No", 2); /* which lets no other script in */
    mkt_buf_add(&open, page.data, page.length);
    mkt_buf_str(&open, measure);
    for (size_t i = 0; i < sizeof width / sizeof *width; i++) {
        const char *dom = dom_of(&open, width[i]);
        const char *title = strstr(dom, " rows, ");
        assert_non_null(title);
        if (strncmp(title, " rows, 0 bad", 12) != 0)
            fail_msg("%d pixels wide: %.40s", width[i], strstr(dom, "<title>"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_file_without_network, setup, teardown),
        cmocka_unit_test_setup_teardown(test_policy_fits_script, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_few_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_table_cell, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_several_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_plain_parts_are_marked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_empty_sheet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_small_print, setup, teardown),
        cmocka_unit_test_setup_teardown(test_megabyte_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_same_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_allocation_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(test_browser, setup, teardown),
        cmocka_unit_test_setup_teardown(test_key_figures_fit, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
