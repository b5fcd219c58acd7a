#include "narrate/phrase.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "fact/format.h"

#define NAME_BYTES 120

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* True for a name that can stand in a sentence without marks around it. */
static bool reads_as_words(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || name[n - 1] == ' ') return false;
    if (!is_letter(name[0]) && !is_digit(name[0]) && !((unsigned char)name[0] & 0x80)) return false;
    for (const char *c = name; *c; c++)
        if (!is_letter(*c) && !is_digit(*c) && !((unsigned char)*c & 0x80) && !strchr(" _&+/-", *c))
            return false;
    return true;
}

void mkt_phrase_name(struct mkt_buf *out, const char *name)
{
    size_t n = strlen(name), keep = 0;
    while (keep < n && keep < NAME_BYTES) {
        size_t len = mkt_text_utf8(name + keep, n - keep);
        if (len == 0 || keep + len > NAME_BYTES) break;
        keep += len;
    }
    bool plain = n <= NAME_BYTES && reads_as_words(name);
    if (!plain) mkt_buf_str(out, "“");
    mkt_buf_add(out, name, keep);
    if (keep < n) mkt_buf_str(out, "…");
    if (!plain) mkt_buf_str(out, "”");
}

static bool opens_with_capital(const char *text)
{
    return text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z';
}

void mkt_phrase_small(struct mkt_buf *out, const char *text)
{
    if (opens_with_capital(text)) mkt_buf_char(out, (char)(*text++ - 'A' + 'a'));
    mkt_buf_str(out, text);
}

const char *mkt_phrase_likely(double probability)
{
    static const struct {
        double from;
        const char *word;
    } words[] = {{0.99, "nearly certain"},
                 {0.95, "very likely"},
                 {0.8, "likely"},
                 {0.6, "more likely than not"},
                 {0.4, "undecided"}};
    if (isnan(probability)) return "of unknown likelihood";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (probability >= words[i].from) return words[i].word;
    return "unlikely";
}

static const char *const month_name[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};

/* Whole years, quarters and months have names of their own. */
static bool named_span(struct mkt_buf *out, struct mkt_date a, struct mkt_date b)
{
    static const char *const quarter[] = {"first", "second", "third", "fourth"};
    if (a.day != 1 || b.day != mkt_date_month_length(b.year, b.month)) return false;
    if (a.year != b.year)
        mkt_buf_printf(out, "from %s %d to %s %d", month_name[a.month - 1], a.year,
                       month_name[b.month - 1], b.year);
    else if (a.month == 1 && b.month == 12)
        mkt_buf_printf(out, "in %d", a.year);
    else if (a.month == b.month)
        mkt_buf_printf(out, "in %s %d", month_name[a.month - 1], a.year);
    else if (a.month % 3 == 1 && b.month == a.month + 2)
        mkt_buf_printf(out, "in the %s quarter of %d", quarter[a.month / 3], a.year);
    else
        mkt_buf_printf(out, "from %s to %s %d", month_name[a.month - 1], month_name[b.month - 1],
                       a.year);
    return true;
}

bool mkt_phrase_period(struct mkt_buf *out, struct mkt_period period)
{
    if (period.first > period.last) return false;
    struct mkt_date a = mkt_date_of(period.first), b = mkt_date_of(period.last);
    if (named_span(out, a, b)) return true;
    if (period.first == period.last) {
        mkt_buf_printf(out, "on %d %s %d", b.day, month_name[b.month - 1], b.year);
        return true;
    }
    mkt_buf_printf(out, "from %d", a.day);
    if (a.year != b.year || a.month != b.month) mkt_buf_printf(out, " %s", month_name[a.month - 1]);
    if (a.year != b.year) mkt_buf_printf(out, " %d", a.year);
    mkt_buf_printf(out, " to %d %s %d", b.day, month_name[b.month - 1], b.year);
    return true;
}

double mkt_phrase_level(const struct mkt_sheet *sheet)
{
    double level = 0;
    for (size_t i = 0; i < sheet->facts; i++) {
        const struct mkt_fact *f = &sheet->fact[i];
        if (!isfinite(f->low) || !isfinite(f->high)) continue;
        if (level != 0 && level != f->level) return 0;
        level = f->level;
    }
    return level;
}

void mkt_phrase_figure(struct mkt_buf *out, const struct mkt_fact *fact, const char *currency,
                       double level)
{
    mkt_format_fact(out, fact, currency);
    if (fact->level == level || !isfinite(fact->low) || !isfinite(fact->high)) return;
    char text[MKT_FORMAT_TEXT];
    mkt_buf_printf(out, " at %s", mkt_format_probability(fact->level, text));
}

void mkt_phrase_label(struct mkt_buf *out, const struct mkt_fact *fact)
{
    if (fact->entity && mkt_text_has_prefix(fact->label, fact->entity))
        mkt_buf_str(out, fact->label);
    else
        mkt_phrase_small(out, fact->label);
}

const char *mkt_phrase_was(const struct mkt_fact *fact)
{
    /* what is counted stands before this: "Conversions by last touch of search" */
    static const char *const ends[] = {" by ", " of ",     " that ", " who ",
                                       " in ", " within ", " with "};
    size_t n = strlen(fact->label);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *end = strstr(fact->label, ends[i]);
        if (end && (size_t)(end - fact->label) < n) n = (size_t)(end - fact->label);
    }
    return fact->unit == MKT_UNIT_COUNT && n && fact->label[n - 1] == 's' ? "were" : "was";
}
