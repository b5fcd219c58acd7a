#include "report/chart_html.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "fact/format.h"
#include "report/html.h"

#define POINTS_HALF 10 /* entities that half the page's width is enough for */

/* Points in the order they are shown. */
static size_t *order_of(struct mkt_arena *arena, const struct mkt_chart *chart)
{
    size_t *order = MKT_NEW(arena, size_t, chart->points);
    if (!order) return NULL;
    for (size_t i = 0; i < chart->points; i++) order[i] = i;
    if (chart->kind != MKT_CHART_INTERVAL || chart->count == 0) return order;
    const double *v = chart->series[0].value;
    for (size_t i = 1; i < chart->points; i++) { /* few entities: insertion keeps equals in place */
        size_t moved = order[i], j = i;
        for (; j > 0; j--) {
            double left = v[order[j - 1]];
            if (isnan(v[moved]) || left >= v[moved]) break;
            order[j] = order[j - 1];
        }
        order[j] = moved;
    }
    return order;
}

static bool has_band(const struct mkt_series *s, size_t i)
{
    return s->low && s->high && isfinite(s->low[i]) && isfinite(s->high[i]);
}

static void point_text(struct mkt_buf *out, const struct mkt_series *s, size_t i,
                       const char *currency, bool band)
{
    char text[MKT_FORMAT_RANGE];
    mkt_buf_str(out, mkt_format_value(s->value[i], s->unit, currency, text));
    if (!band || !has_band(s, i)) return;
    mkt_format_range(s->low[i], s->high[i], s->unit, currency, text);
    mkt_buf_printf(out, " (%s)", text);
}

static void numbers(struct mkt_json *w, const char *name, const double *v, const size_t *order,
                    size_t n)
{
    mkt_json_key(w, name);
    if (!v) {
        mkt_json_null(w);
        return;
    }
    mkt_json_open(w, '[');
    for (size_t i = 0; i < n; i++) mkt_json_number(w, v[order[i]]);
    mkt_json_close(w, ']');
}

static void texts(struct mkt_json *w, const char *name, const struct mkt_series *s,
                  const size_t *order, size_t n, const char *currency, bool band)
{
    struct mkt_buf text;
    mkt_buf_init(&text, w->out->arena);
    mkt_json_key(w, name);
    mkt_json_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        text.length = 0;
        point_text(&text, s, order[i], currency, band);
        if (!text.failed) mkt_json_string(w, text.data);
    }
    mkt_json_close(w, ']');
    if (text.failed) w->out->failed = true;
}

static mkt_unit flow_unit(const struct mkt_chart *chart)
{
    return chart->count ? chart->series[0].unit : MKT_UNIT_COUNT;
}

static void write_flows(struct mkt_json *w, const struct mkt_chart *chart, const char *currency)
{
    char text[MKT_FORMAT_TEXT];
    mkt_json_key(w, "flows");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < chart->flows; i++) {
        const struct mkt_flow *f = &chart->flow[i];
        mkt_json_open(w, '{');
        mkt_json_member_int(w, "from", (int64_t)f->from);
        mkt_json_member_int(w, "to", (int64_t)f->to);
        mkt_json_member_number(w, "value", f->value);
        mkt_json_member_string(w, "text",
                               mkt_format_value(f->value, flow_unit(chart), currency, text));
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
}

static void write_data(struct mkt_json *w, const struct mkt_chart *chart, const size_t *order,
                       const char *currency)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "kind", mkt_chart_kind_name(chart->kind));
    mkt_json_member_string(w, "currency", currency);
    mkt_json_member_number(w, "reference", chart->reference);
    mkt_json_member_string(w, "reference_name", chart->reference_name);
    mkt_json_key(w, "x");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < chart->points; i++) mkt_json_string(w, chart->x[order[i]]);
    mkt_json_close(w, ']');
    mkt_json_key(w, "series");
    mkt_json_open(w, '[');
    for (size_t k = 0; k < chart->count; k++) {
        const struct mkt_series *s = &chart->series[k];
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "name", s->name);
        mkt_json_member_string(w, "unit", mkt_unit_name(s->unit));
        numbers(w, "value", s->value, order, chart->points);
        numbers(w, "low", s->low, order, chart->points);
        numbers(w, "high", s->high, order, chart->points);
        texts(w, "short", s, order, chart->points, currency, false);
        texts(w, "text", s, order, chart->points, currency, true);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    if (chart->kind == MKT_CHART_FLOW) write_flows(w, chart, currency);
    mkt_json_close(w, '}');
}

/* ---- the figures as a table ------------------------------------------------------- */

static void write_cell(struct mkt_buf *out, const struct mkt_series *s, size_t p,
                       const char *currency)
{
    char text[MKT_FORMAT_TEXT];
    mkt_html_wrap(out, "<td>", mkt_format_value(s->value[p], s->unit, currency, text), "");
    if (has_band(s, p)) {
        char range[MKT_FORMAT_RANGE];
        mkt_format_range(s->low[p], s->high[p], s->unit, currency, range);
        mkt_html_wrap(out, "<small>", range, "</small>");
    }
    mkt_buf_str(out, "</td>");
}

/* Rows of the matrix as they are seen. */
static void matrix_rows(struct mkt_buf *out, const struct mkt_chart *chart, const char *currency)
{
    mkt_buf_str(out, "<td></td>");
    for (size_t i = 0; i < chart->points; i++)
        mkt_html_wrap(out, "<th scope=\"col\">", chart->x[i], "</th>");
    mkt_buf_str(out, "</tr></thead><tbody>\n");
    for (size_t k = 0; k < chart->count; k++) {
        mkt_html_wrap(out, "<tr><th scope=\"row\">", chart->series[k].name, "</th>");
        for (size_t i = 0; i < chart->points; i++) write_cell(out, &chart->series[k], i, currency);
        mkt_buf_str(out, "</tr>\n");
    }
}

static void flow_rows(struct mkt_buf *out, const struct mkt_chart *chart, const char *currency)
{
    char text[MKT_FORMAT_TEXT];
    mkt_buf_str(out, "<th scope=\"col\">From</th><th scope=\"col\">To</th>");
    mkt_html_wrap(out, "<th scope=\"col\">", chart->count ? chart->series[0].name : "",
                  "</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < chart->flows; i++) {
        const struct mkt_flow *f = &chart->flow[i];
        mkt_html_wrap(out, "<tr><th scope=\"row\">", chart->x[f->from], "</th>");
        mkt_html_wrap(out, "<th scope=\"row\">", chart->x[f->to], "</th><td>");
        mkt_buf_str(out, mkt_format_value(f->value, flow_unit(chart), currency, text));
        mkt_buf_str(out, "</td></tr>\n");
    }
}

static void point_rows(struct mkt_buf *out, const struct mkt_chart *chart, const size_t *order,
                       const char *currency)
{
    mkt_html_wrap(out, "<th scope=\"col\">", chart->kind == MKT_CHART_TIME ? "Date" : "Name",
                  "</th>");
    for (size_t k = 0; k < chart->count; k++)
        mkt_html_wrap(out, "<th scope=\"col\">", chart->series[k].name, "</th>");
    mkt_buf_str(out, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < chart->points; i++) {
        mkt_html_wrap(out, "<tr><th scope=\"row\">", chart->x[order[i]], "</th>");
        for (size_t k = 0; k < chart->count; k++)
            write_cell(out, &chart->series[k], order[i], currency);
        mkt_buf_str(out, "</tr>\n");
    }
}

static void write_table(struct mkt_buf *out, const struct mkt_chart *chart, const size_t *order,
                        const char *currency)
{
    mkt_buf_str(out, "<details class=\"behind\"><summary>Figures behind this chart</summary>"
                     "<div class=\"scroll\" role=\"region\" tabindex=\"0\"");
    mkt_html_wrap(out, " aria-label=\"Figures of ", chart->title, "\"><table><thead><tr>");
    if (chart->kind == MKT_CHART_MATRIX)
        matrix_rows(out, chart, currency);
    else if (chart->kind == MKT_CHART_FLOW)
        flow_rows(out, chart, currency);
    else
        point_rows(out, chart, order, currency);
    mkt_buf_str(out, "</tbody></table></div></details>");
}

/* Whether half the page's width is not enough. */
static bool is_wide(const struct mkt_chart *chart)
{
    return chart->kind == MKT_CHART_TIME || chart->kind == MKT_CHART_MATRIX ||
           chart->kind == MKT_CHART_FLOW || chart->kind == MKT_CHART_STEPS ||
           chart->points > POINTS_HALF;
}

mkt_status mkt_chart_html_write(struct mkt_buf *out, const struct mkt_sheet *sheet,
                                const struct mkt_chart *chart, size_t number, struct mkt_err *err)
{
    size_t *order = order_of(out->arena, chart);
    if (!order) return mkt_arena_full(out->arena, err);
    struct mkt_buf data;
    struct mkt_json w;
    mkt_buf_init(&data, out->arena);
    mkt_json_init(&w, &data);
    write_data(&w, chart, order, sheet->currency);
    MKT_TRY(mkt_buf_check(&data, err));

    mkt_buf_printf(out, "<figure class=\"chart%s\" aria-labelledby=\"chart-%zu\"><figcaption>",
                   is_wide(chart) ? " wide" : "", number);
    mkt_buf_printf(out, "<h3 id=\"chart-%zu\">", number);
    mkt_html_wrap(out, "", chart->title, "</h3>");
    if (chart->reading) mkt_html_wrap(out, "<p>", chart->reading, "</p>");
    mkt_html_wrap(out, "</figcaption><div class=\"plot\" role=\"img\" aria-label=\"", chart->title,
                  ". The figures stand in the table below the chart.\"></div>");
    mkt_buf_str(out, "<script type=\"application/json\">");
    mkt_html_json(out, data.data, data.length);
    mkt_buf_str(out, "</script>");
    write_table(out, chart, order, sheet->currency);
    mkt_buf_str(out, "</figure>\n");
    return mkt_buf_check(out, err);
}
