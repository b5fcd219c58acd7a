#include "report/chart_html.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_sheet sheet;

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    if (mkt_arena_open(&arena, 4 << 20, &err) != MKT_OK) return -1;
    mkt_sheet_init(&sheet, &arena);
    sheet.currency = "EUR";
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static double value[] = {1.5, NAN, 3.25, 1.5}, low[] = {1, NAN, 3, 1.25}, high[] = {2, NAN, 4, 2};
static const char *names[] = {"</script>", "none", "best", "second"};
static struct mkt_series series[] = {{"ROAS", MKT_UNIT_RATIO, value, low, high},
                                     {"Spend", MKT_UNIT_MONEY, value, NULL, NULL}};

static struct mkt_chart chart_of(mkt_chart_kind kind)
{
    return (struct mkt_chart){.id = "c",
                              .title = "A & B",
                              .reading = "how <to> read",
                              .kind = kind,
                              .x = names,
                              .points = 4,
                              .series = series,
                              .count = 2,
                              .reference = 1,
                              .reference_name = "break-even"};
}

static const char *written(mkt_chart_kind kind)
{
    struct mkt_chart chart = chart_of(kind);
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_chart_html_write(&out, &sheet, &chart, 7, &err), MKT_OK);
    return out.data;
}

static json_t *data_of(const char *html)
{
    static const char open[] = "<script type=\"application/json\">";
    const char *from = strstr(html, open), *to;
    assert_non_null(from);
    from += strlen(open);
    assert_non_null(to = strstr(from, "</script>"));
    json_t *data = json_loadb(from, (size_t)(to - from), 0, NULL);
    assert_non_null(data);
    return data;
}

static const char *name_at(const json_t *data, size_t i)
{
    return json_string_value(json_array_get(json_object_get(data, "x"), i));
}

/* Intervals from the largest to the least, equal ones in their order, those without a value last;
 * the names and bounds move along. */
static void test_interval_is_sorted(void **state)
{
    (void)state;
    json_t *data = data_of(written(MKT_CHART_INTERVAL));
    assert_string_equal(name_at(data, 0), "best");
    assert_string_equal(name_at(data, 1), "</script>");
    assert_string_equal(name_at(data, 2), "second");
    assert_string_equal(name_at(data, 3), "none");
    const json_t *s = json_array_get(json_object_get(data, "series"), 0);
    assert_true(json_number_value(json_array_get(json_object_get(s, "low"), 2)) == 1.25);
    assert_true(json_is_null(json_array_get(json_object_get(s, "value"), 3)));
    assert_string_equal(json_string_value(json_array_get(json_object_get(s, "text"), 0)),
                        "3.25 (3.00 to 4.00)");
    assert_string_equal(json_string_value(json_array_get(json_object_get(s, "short"), 0)), "3.25");
    assert_string_equal(json_string_value(json_array_get(json_object_get(s, "text"), 3)), "–");
    json_decref(data);
}

static void test_other_kinds_keep_their_order(void **state)
{
    (void)state;
    for (int kind = MKT_CHART_TIME; kind <= MKT_CHART_FLOW; kind++) {
        if (kind == MKT_CHART_INTERVAL) continue;
        json_t *data = data_of(written((mkt_chart_kind)kind));
        for (size_t i = 0; i < 4; i++) assert_string_equal(name_at(data, i), names[i]);
        assert_string_equal(json_string_value(json_object_get(data, "kind")),
                            mkt_chart_kind_name((mkt_chart_kind)kind));
        json_decref(data);
    }
}

static void test_markup(void **state)
{
    (void)state;
    const char *html = written(MKT_CHART_TIME);
    assert_non_null(strstr(html, "<figure class=\"chart wide\" aria-labelledby=\"chart-7\">"));
    assert_non_null(strstr(html, "<h3 id=\"chart-7\">A &amp; B</h3><p>how &lt;to&gt; read</p>"));
    assert_non_null(strstr(html, "role=\"img\" aria-label=\"A &amp; B. The figures stand"));
    assert_non_null(strstr(html,
                           "<tr><th scope=\"row\">best</th><td>3.25<small>3.00 to 4.00</small>"
                           "</td><td>€3.25</td></tr>"));
    assert_non_null(strstr(html, "<th scope=\"row\">&lt;/script&gt;</th>"));
    assert_non_null(strstr(written(MKT_CHART_PAIRS), "<figure class=\"chart\" "));
}

/* The table behind a matrix has its rows and columns as they are seen. */
static void test_matrix(void **state)
{
    (void)state;
    const char *html = written(MKT_CHART_MATRIX);
    assert_non_null(strstr(html, "<figure class=\"chart wide\""));
    assert_non_null(strstr(html, "<td></td><th scope=\"col\">&lt;/script&gt;</th>"
                                 "<th scope=\"col\">none</th>"));
    assert_non_null(strstr(html, "<tr><th scope=\"row\">ROAS</th><td>1.50<small>1.00 to 2.00"
                                 "</small></td><td>–</td>"));
    assert_non_null(strstr(html, "<tr><th scope=\"row\">Spend</th><td>€1.50</td>"));
}

static void test_flow(void **state)
{
    static struct mkt_flow flow[] = {{0, 2, 7}, {1, 3, 2.5}};
    struct mkt_chart chart = chart_of(MKT_CHART_FLOW);
    struct mkt_buf out;
    (void)state;
    chart.flow = flow;
    chart.flows = 2;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_chart_html_write(&out, &sheet, &chart, 1, &err), MKT_OK);
    assert_non_null(strstr(out.data, "<figure class=\"chart wide\""));
    assert_non_null(strstr(out.data, "<th scope=\"row\">&lt;/script&gt;</th>"
                                     "<th scope=\"row\">best</th><td>7.00</td>"));
    json_t *data = data_of(out.data);
    const json_t *f = json_array_get(json_object_get(data, "flows"), 1);
    assert_int_equal(json_integer_value(json_object_get(f, "from")), 1);
    assert_int_equal(json_integer_value(json_object_get(f, "to")), 3);
    assert_string_equal(json_string_value(json_object_get(f, "text")), "2.50");
    json_decref(data);
}

/* More entities than half a page takes have the whole width. */
static void test_many_points_are_wide(void **state)
{
    static const char *x[11] = {"", "", "", "", "", "", "", "", "", "", ""};
    static double v[11];
    struct mkt_series one = {"ROAS", MKT_UNIT_RATIO, v, NULL, NULL};
    struct mkt_chart chart = chart_of(MKT_CHART_INTERVAL);
    struct mkt_buf out;
    (void)state;
    chart.x = x;
    chart.series = &one;
    chart.count = 1;
    chart.points = 11;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_chart_html_write(&out, &sheet, &chart, 1, &err), MKT_OK);
    assert_non_null(strstr(out.data, "<figure class=\"chart wide\""));
}

static void test_every_allocation_fails(void **state)
{
    struct mkt_chart chart = chart_of(MKT_CHART_INTERVAL);
    size_t tries = 0;
    mkt_status status;
    (void)state;
    do {
        struct mkt_buf out;
        memset(&err, 0, sizeof err);
        arena.fail_at = arena.allocations + ++tries;
        mkt_buf_init(&out, &arena);
        status = mkt_chart_html_write(&out, &sheet, &chart, 1, &err);
        assert_true(status == MKT_OK || (status == MKT_E_NOMEM && err.text[0]));
    } while (status != MKT_OK);
    arena.fail_at = 0;
    assert_true(tries > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_interval_is_sorted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_kinds_keep_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_markup, setup, teardown),
        cmocka_unit_test_setup_teardown(test_matrix, setup, teardown),
        cmocka_unit_test_setup_teardown(test_flow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_points_are_wide, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_allocation_fails, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
