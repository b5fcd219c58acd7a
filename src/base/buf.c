#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void mkt_buf_init(struct mkt_buf *buf, struct mkt_arena *arena)
{
    *buf = (struct mkt_buf){.arena = arena};
    buf->data = mkt_arena_alloc(arena, 1, 256);
    buf->capacity = buf->data ? 256 : 0;
    buf->failed = !buf->data;
}

/* Makes room for n more bytes and the closing NUL. */
static bool reserve(struct mkt_buf *buf, size_t n)
{
    if (buf->failed) return false;
    if (n < buf->capacity - buf->length) return true;
    size_t want = buf->capacity * 2;
    while (want - buf->length <= n) want *= 2;
    char *data = mkt_arena_grow(buf->arena, buf->data, buf->capacity, want);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->capacity = want;
    return true;
}

void mkt_buf_add(struct mkt_buf *buf, const void *bytes, size_t n)
{
    if (n == 0 || !reserve(buf, n)) return;
    memcpy(buf->data + buf->length, bytes, n);
    buf->length += n;
    buf->data[buf->length] = '\0';
}

void mkt_buf_str(struct mkt_buf *buf, const char *text)
{
    mkt_buf_add(buf, text, strlen(text));
}

void mkt_buf_char(struct mkt_buf *buf, char c)
{
    mkt_buf_add(buf, &c, 1);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* True if the text opens with a word of letters, as "spend" is and "ads_2025.csv" is not. */
static bool opens_with_word(const char *text)
{
    size_t n = 0;
    while (is_letter(text[n])) n++;
    return n > 0 && (text[n] == '\0' || strchr(" ,;:'", text[n]));
}

void mkt_buf_capital(struct mkt_buf *buf, const char *text)
{
    if (*text >= 'a' && *text <= 'z' && opens_with_word(text))
        mkt_buf_char(buf, (char)(*text++ - 'a' + 'A'));
    mkt_buf_str(buf, text);
}

void mkt_buf_sentence(struct mkt_buf *buf, const char *text)
{
    size_t n = strlen(text);
    mkt_buf_capital(buf, text);
    if (n == 0 || !strchr(".!?", text[n - 1])) mkt_buf_char(buf, '.');
}

void mkt_buf_between(struct mkt_buf *buf, size_t i, size_t n, const char *last)
{
    if (i > 0) mkt_buf_str(buf, i + 1 == n ? last : ", ");
}

bool mkt_buf_listed(struct mkt_buf *buf, size_t i, size_t n, size_t most)
{
    if (i == most) mkt_buf_printf(buf, " and %s more", MKT_COUNT(n - most));
    if (i >= most) return false;
    mkt_buf_between(buf, i, n, " and ");
    return true;
}

void mkt_buf_printf(struct mkt_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n >= 0 && reserve(buf, (size_t)n)) {
        vsnprintf(buf->data + buf->length, (size_t)n + 1, format, again);
        buf->length += (size_t)n;
    }
    va_end(again);
}

mkt_status mkt_buf_check(const struct mkt_buf *buf, struct mkt_err *err)
{
    return buf->failed ? mkt_arena_full(buf->arena, err) : MKT_OK;
}
