#include "report/width.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

struct range {
    uint32_t first, last;
};

/* Combining and joining characters of the scripts that names are mostly written in. */
static const struct range none_wide[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},  {0x064B, 0x065F},
    {0x0670, 0x0670}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D},  {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},  {0x200B, 0x200F},
    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};

static const struct range two_wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
                                        {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
                                        {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                                        {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                                        {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

static bool within(const struct range *range, size_t n, uint32_t code)
{
    for (size_t i = 0; i < n; i++)
        if (code >= range[i].first && code <= range[i].last) return true;
    return false;
}

/* One character as it is shown: its bytes, or '?' for what must not reach a terminal. */
struct shown {
    const char *bytes;
    size_t length; /* of bytes */
    size_t step;   /* in the text */
    size_t columns;
};

static struct shown next(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t len = mkt_text_utf8(text, strnlen(text, 4));
    if (len == 0 || s[0] < 0x20 || s[0] == 0x7F) return (struct shown){"?", 1, 1, 1};
    if (len == 1) return (struct shown){text, 1, 1, 1};
    if (len == 2 && s[0] == 0xC2 && s[1] < 0xA0) return (struct shown){"?", 1, 2, 1};
    uint32_t code = s[0] & (0xFFU >> (len + 1));
    for (size_t i = 1; i < len; i++) code = code << 6 | (s[i] & 0x3FU);
    size_t columns = 1;
    if (within(none_wide, sizeof none_wide / sizeof *none_wide, code)) columns = 0;
    if (within(two_wide, sizeof two_wide / sizeof *two_wide, code)) columns = 2;
    return (struct shown){text, len, len, columns};
}

size_t mkt_width_of(const char *text)
{
    size_t columns = 0;
    while (*text) {
        struct shown c = next(text);
        columns += c.columns;
        text += c.step;
    }
    return columns;
}

/* Appends characters while they fit in `most` columns; returns how far it came. */
static const char *add(struct mkt_buf *out, const char *text, const char *end, size_t most,
                       size_t *columns)
{
    *columns = 0;
    while (text < end) {
        struct shown c = next(text);
        if (*columns + c.columns > most) break;
        mkt_buf_add(out, c.bytes, c.length);
        *columns += c.columns;
        text += c.step;
    }
    return text;
}

size_t mkt_width_add(struct mkt_buf *out, const char *text, size_t most)
{
    const char *end = text + strlen(text);
    size_t columns;
    if (mkt_width_of(text) <= most) {
        add(out, text, end, most, &columns);
        return columns;
    }
    if (most == 0) return 0;
    add(out, text, end, most - 1, &columns);
    mkt_buf_str(out, "…");
    return columns + 1;
}

void mkt_width_spaces(struct mkt_buf *out, size_t columns)
{
    while (columns--) mkt_buf_char(out, ' ');
}

/* The end of the word at `text`: a space ends it, unless a percent sign follows. */
static const char *word_end(const char *text)
{
    while (*text && !(*text == ' ' && text[1] != '%')) text++;
    return text;
}

static size_t columns_of(const char *text, const char *end)
{
    size_t columns = 0;
    while (text < end) {
        struct shown c = next(text);
        columns += c.columns;
        text += c.step;
    }
    return columns;
}

void mkt_width_wrap(struct mkt_buf *out, const char *text, size_t at, size_t indent, size_t width)
{
    size_t column = at;
    bool fresh = true; /* no word on this line yet */
    if (width < indent + 8) width = indent + 8;
    while (*text) {
        while (*text == ' ') text++;
        const char *end = word_end(text);
        size_t need = columns_of(text, end);
        if (!fresh && column + 1 + need > width) {
            mkt_buf_char(out, '\n');
            mkt_width_spaces(out, indent);
            column = indent;
            fresh = true;
        }
        if (!fresh) {
            mkt_buf_char(out, ' ');
            column++;
        }
        while (text < end) {
            size_t used;
            text = add(out, text, end, width > column ? width - column : 1, &used);
            column += used;
            if (text == end) break;
            mkt_buf_char(out, '\n');
            mkt_width_spaces(out, indent);
            column = indent;
        }
        fresh = false;
    }
    mkt_buf_char(out, '\n');
}
