#include "report/account_html.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "fact/format.h"
#include "report/html.h"

/* One line for each way an interval was made: "95 % bootstrap intervals". */
static void write_intervals(struct mkt_buf *out, const struct mkt_sheet *sheet)
{
    const struct mkt_fact *seen[8];
    size_t n = 0;
    char text[MKT_FORMAT_TEXT];
    for (size_t i = 0; i < sheet->facts && n < 8; i++) {
        const struct mkt_fact *f = &sheet->fact[i];
        if (!isfinite(f->low) || !f->interval) continue;
        size_t k = 0;
        while (k < n && (seen[k]->level != f->level || strcmp(seen[k]->interval, f->interval) != 0))
            k++;
        if (k == n) seen[n++] = f;
    }
    if (n == 0) return;
    mkt_buf_str(out, "<dt>Intervals</dt><dd>");
    for (size_t k = 0; k < n; k++) {
        if (k) mkt_buf_str(out, ", ");
        mkt_buf_printf(out, "%s ", mkt_format_probability(seen[k]->level, text));
        mkt_html_text(out, seen[k]->interval);
    }
    mkt_buf_str(out, "</dd>");
}

static void write_methods(struct mkt_buf *out, const struct mkt_sheet *sheet)
{
    const struct mkt_provenance *p = &sheet->provenance;
    mkt_buf_str(out, "<details><summary>How the figures were made</summary><div class=\"inner\">"
                     "<p>An interval is the range the figure would be expected to fall in, were "
                     "the same period to happen again. A probability is the share of resampled "
                     "histories in which the statement holds. Nothing on this page was worked out "
                     "after the figures listed here.</p><dl class=\"pairs\">");
    mkt_html_wrap(out, "<dt>Analysis</dt><dd>", sheet->analysis, "</dd>");
    mkt_buf_str(out, "<dt>Period</dt><dd>");
    mkt_html_period(out, p->period);
    mkt_buf_str(out, "</dd>");
    write_intervals(out, sheet);
    if (p->draws > 0) {
        mkt_buf_printf(out, "<dt>Draws</dt><dd>%s, seed %" PRIu64 "</dd>", MKT_COUNT(p->draws),
                       p->seed);
    }
    for (size_t i = 0; i < p->parameters; i++) {
        if (p->draws > 0 && strcmp(p->parameter[i].name, "seed") == 0) continue; /* told above */
        mkt_html_wrap(out, "<dt>", p->parameter[i].name, "</dt><dd>");
        mkt_html_wrap(out, "", p->parameter[i].value ? p->parameter[i].value : "not given",
                      "</dd>");
    }
    mkt_html_wrap(out, "<dt>Version</dt><dd>", p->version, "</dd></dl></div></details>\n");
}

static void write_columns(struct mkt_buf *out, const struct mkt_account_table *t)
{
    size_t ignored = 0;
    bool hows = false;
    for (size_t c = 0; c < t->columns; c++) hows = hows || t->column[c].how;
    mkt_buf_str(out, "<div class=\"scroll\"><table class=\"text\"><thead><tr>"
                     "<th scope=\"col\">Column</th><th scope=\"col\">Taken for</th>");
    if (hows) mkt_buf_str(out, "<th scope=\"col\">How it was read</th>");
    mkt_buf_str(out, "</tr></thead><tbody>\n");
    for (size_t c = 0; c < t->columns; c++) {
        const struct mkt_account_column *col = &t->column[c];
        if (!col->role && !col->how) {
            ignored++;
            continue;
        }
        mkt_html_wrap(out, "<tr><th scope=\"row\">", col->name, "</th><td>");
        mkt_html_wrap(out, "", col->role ? col->role : "not used", "</td>");
        if (hows) mkt_html_wrap(out, "<td>", col->how, "</td>");
        mkt_buf_str(out, "</tr>\n");
    }
    mkt_buf_str(out, "</tbody></table></div>");
    if (ignored == 0) return;
    mkt_buf_str(out, "<p class=\"tiny\">Not used: ");
    for (size_t c = 0; c < t->columns; c++) {
        if (t->column[c].role || t->column[c].how) continue;
        mkt_html_wrap(out, "", t->column[c].name, --ignored ? ", " : ".</p>");
    }
}

static void write_table(struct mkt_buf *out, const struct mkt_account_table *t)
{
    mkt_html_wrap(out, "<h3>", t->name, "</h3><p class=\"tiny\">");
    mkt_html_wrap(out, "", t->kind ? t->kind : "not used", "");
    if (t->why) mkt_html_wrap(out, ": ", t->why, "");
    mkt_buf_printf(out, ". %s rows", MKT_COUNT(t->rows));
    if (t->broken) mkt_buf_printf(out, ", %s kept out", MKT_COUNT(t->broken));
    mkt_buf_str(out, ".");
    if (t->sha256) mkt_html_wrap(out, "<br><code>sha256 ", t->sha256, "</code>");
    mkt_buf_str(out, "</p>");
    if (t->kind && t->columns) write_columns(out, t);
}

static void write_faults(struct mkt_buf *out, const struct mkt_account *a)
{
    if (a->faults == 0) return;
    mkt_buf_str(out,
                "<h3>Cells that could not be read</h3><div class=\"scroll\">"
                "<table class=\"text\"><thead><tr><th scope=\"col\">Table</th>"
                "<th scope=\"col\" class=\"num\">Row</th><th scope=\"col\">Column</th>"
                "<th scope=\"col\">Value</th><th scope=\"col\">Reason</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < a->faults; i++) {
        const struct mkt_account_fault *f = &a->fault[i];
        mkt_html_wrap(out, "<tr><th scope=\"row\">", f->table, "</th>");
        mkt_buf_printf(out, "<td class=\"num\">%" PRId64 "</td>", f->row);
        mkt_html_wrap(out, "<td>", f->column, "</td>");
        mkt_html_wrap(out, "<td>", f->value, "</td>");
        mkt_html_wrap(out, "<td>", f->reason, "</td></tr>\n");
    }
    mkt_buf_str(out, "</tbody></table></div>");
}

void mkt_account_html_write(struct mkt_buf *out, const struct mkt_sheet *sheet)
{
    const struct mkt_account *a = sheet->provenance.account;
    mkt_buf_str(out, "<section class=\"block\"><h2>Methods and data</h2>\n");
    write_methods(out, sheet);
    if (a) {
        mkt_buf_str(out, "<details><summary>What was read</summary><div class=\"inner\">"
                         "<dl class=\"pairs\"><dt>Days in the data</dt><dd>");
        mkt_html_period(out, a->data);
        mkt_html_wrap(out, "</dd><dt>Currency</dt><dd>", a->currency ? a->currency : "none named",
                      "</dd></dl>");
        for (size_t i = 0; i < a->tables; i++) write_table(out, &a->table[i]);
        write_faults(out, a);
        mkt_buf_str(out, "</div></details>\n");
    }
    mkt_buf_str(out, "</section>\n");
}
