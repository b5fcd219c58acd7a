#include "report/html.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

/* What stands for the byte at c, or NULL when it stands for itself. */
static const char *entity_of(const char *c)
{
    unsigned char u = (unsigned char)*c;
    if (u == '&') return "&amp;";
    if (u == '<') return "&lt;";
    if (u == '>') return "&gt;";
    if (u == '"') return "&quot;";
    if (u == '\'') return "&#39;";
    return u < 0x20 || u == 0x7F ? "\xEF\xBF\xBD" : NULL;
}

static void escaped(struct mkt_buf *out, const char *text, bool prose)
{
    if (!text) return;
    const char *from = text;
    for (const char *c = text; *c; c++) {
        const char *entity = entity_of(c);
        if (prose && c > text && *c == ' ' && c[1] == '%' && c[-1] >= '0' && c[-1] <= '9')
            entity = "&nbsp;";
        if (!entity) continue;
        mkt_buf_add(out, from, (size_t)(c - from));
        mkt_buf_str(out, entity);
        from = c + 1;
    }
    mkt_buf_str(out, from);
}

void mkt_html_text(struct mkt_buf *out, const char *text)
{
    escaped(out, text, false);
}

void mkt_html_prose(struct mkt_buf *out, const char *text)
{
    escaped(out, text, true);
}

void mkt_html_wrap(struct mkt_buf *out, const char *before, const char *text, const char *after)
{
    mkt_buf_str(out, before);
    mkt_html_text(out, text);
    mkt_buf_str(out, after);
}

void mkt_html_json(struct mkt_buf *out, const char *json, size_t n)
{
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        const char *escape = NULL;
        size_t skip = 1;
        if (json[i] == '<') escape = "\\u003c";
        if (json[i] == '>') escape = "\\u003e";
        if (json[i] == '&') escape = "\\u0026";
        if (n - i >= 3 && memcmp(json + i, "\xE2\x80\xA8", 3) == 0) escape = "\\u2028", skip = 3;
        if (n - i >= 3 && memcmp(json + i, "\xE2\x80\xA9", 3) == 0) escape = "\\u2029", skip = 3;
        if (!escape) continue;
        mkt_buf_add(out, json + from, i - from);
        mkt_buf_str(out, escape);
        i += skip - 1;
        from = i + 1;
    }
    mkt_buf_add(out, json + from, n - from);
}

static unsigned nibble(char hex)
{
    return (unsigned)(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

mkt_status mkt_html_source(const char *bytes, size_t n, char out[MKT_HTML_SOURCE],
                           struct mkt_err *err)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char hex[MKT_SHA256_TEXT];
    MKT_TRY(mkt_hash_bytes(bytes, n, hex, err));
    unsigned byte[33] = {0};
    for (size_t i = 0; i < 32; i++) byte[i] = nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]);
    char *o = out + snprintf(out, MKT_HTML_SOURCE, "'sha256-");
    for (size_t i = 0; i < 33; i += 3) {
        unsigned v = byte[i] << 16 | byte[i + 1] << 8 | byte[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) *o++ = digits[v >> shift & 63U];
    }
    o[-1] = '='; /* 32 bytes are ten threes and two */
    memcpy(o, "'", 2);
    return MKT_OK;
}

bool mkt_html_embeds(const char *text, const char *element)
{
    char closing[32];
    snprintf(closing, sizeof closing, "</%s", element);
    return !strcasestr(text, closing) && !strcasestr(text, "<script") && !strstr(text, "<!--");
}

static void day(struct mkt_buf *out, int32_t days)
{
    static const char month[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct mkt_date d = mkt_date_of(days);
    mkt_buf_printf(out, "%d %.3s %d", d.day, month + 3 * (d.month - 1), d.year);
}

void mkt_html_period(struct mkt_buf *out, struct mkt_period period)
{
    if (period.first > period.last) {
        mkt_buf_str(out, "–");
        return;
    }
    day(out, period.first);
    if (period.first == period.last) return;
    mkt_buf_str(out, " – ");
    day(out, period.last);
}
