#include "report/table_html.h"

#include <math.h>

#include "base/text.h"
#include "fact/format.h"
#include "report/html.h"
#include "report/parts.h"

#define PRINTED 9 /* columns that fit on paper; web/report.css hides the others there */

static void write_cell(struct mkt_buf *out, const struct mkt_fact *f, const char *currency)
{
    char text[MKT_FORMAT_TEXT], number[MKT_TEXT_NUMBER];
    if (!f) {
        mkt_buf_str(out, "<td class=\"none\">–</td>");
        return;
    }
    mkt_buf_printf(out, "<td data-v=\"%s\">", mkt_text_number(f->value, number));
    mkt_html_text(out, mkt_format_value(f->value, f->unit, currency, text));
    if (isfinite(f->low) && isfinite(f->high)) {
        char range[MKT_FORMAT_RANGE];
        mkt_format_range(f->low, f->high, f->unit, currency, range);
        mkt_html_wrap(out, "<small>", range, "</small>");
    }
    mkt_buf_str(out, "</td>");
}

/* What the rows are, for the head of their column: "Channel" of "channel". */
static void write_scope(struct mkt_buf *out, const char *scope)
{
    const char *name = scope && *scope ? scope : "name";
    char first[2] = {name[0], '\0'};
    if (first[0] >= 'a' && first[0] <= 'z') first[0] = (char)(first[0] - 'a' + 'A');
    mkt_html_wrap(out, "<th scope=\"col\">", first, "");
    mkt_html_wrap(out, "", name + 1, "</th>");
}

void mkt_table_html_write(struct mkt_buf *out, const struct mkt_sheet *sheet,
                          const struct mkt_table *table, size_t number)
{
    mkt_buf_printf(out, "<div class=\"table\"><h3 id=\"table-%zu\">", number);
    mkt_html_wrap(out, "", table->title, "</h3>");
    mkt_buf_printf(out,
                   "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                   "aria-labelledby=\"table-%zu\"><table class=\"sortable\" "
                   "aria-labelledby=\"table-%zu\"><thead><tr>",
                   number, number);
    write_scope(out, table->head ? table->head : table->scope);
    for (size_t c = 0; c < table->columns; c++)
        mkt_html_wrap(out, "<th scope=\"col\">", table->column[c].label, "</th>");
    mkt_buf_str(out, "</tr></thead><tbody>\n");
    for (size_t r = 0; r < table->rows; r++) {
        mkt_html_wrap(out, "<tr><th scope=\"row\">", table->row[r].label, "</th>");
        for (size_t c = 0; c < table->columns; c++)
            write_cell(out, mkt_sheet_fact(sheet, table->row[r].fact[c]), sheet->currency);
        mkt_buf_str(out, "</tr>\n");
    }
    mkt_buf_str(out, "</tbody></table></div>");
    if (table->columns > PRINTED)
        mkt_buf_printf(out, "<p class=\"tiny on-paper\">On paper: the first %d of %zu columns.</p>",
                       PRINTED, table->columns);
    if (table->note) {
        struct mkt_buf note;
        mkt_buf_init(&note, out->arena);
        mkt_buf_sentence(&note, table->note);
        if (note.failed)
            out->failed = true;
        else
            mkt_html_wrap(out, "<p class=\"tiny\">", note.data, "</p>");
    }
    mkt_buf_str(out, "</div>\n");
}
