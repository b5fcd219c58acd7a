/* json.dumps(value, sort_keys=True), to the byte. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/pyjson.h"
#include "wire/pyvalue.h"

static void write_unit(struct mkt_buf *out, unsigned unit)
{
    mkt_buf_printf(out, "\\u%04x", unit);
}

/* The next code point of UTF-8 that may hold lone surrogates. */
static long next_code(const char **at)
{
    const unsigned char *b = (const unsigned char *)*at;
    int more = b[0] < 0x80 ? 0 : b[0] < 0xe0 ? 1 : b[0] < 0xf0 ? 2 : 3;
    long code = more == 0 ? b[0] : b[0] & (0x3f >> more);
    for (int i = 1; i <= more; i++) code = code << 6 | (b[i] & 0x3f);
    *at += more + 1;
    return code;
}

static void write_text(struct mkt_buf *out, const char *text, size_t n)
{
    static const char name[] = "\"\\nrtbf", meaning[] = "\"\\\n\r\t\b\f";
    mkt_buf_char(out, '"');
    for (const char *at = text, *end = text + n; at < end;) {
        unsigned char c = (unsigned char)*at;
        const char *which = c ? strchr(meaning, c) : NULL;
        if (which) {
            mkt_buf_char(out, '\\');
            mkt_buf_char(out, name[which - meaning]);
            at++;
        } else if (c >= 0x20 && c < 0x7f) {
            mkt_buf_char(out, (char)c);
            at++;
        } else {
            long code = next_code(&at);
            if (code >= 0x10000) {
                write_unit(out, (unsigned)(0xd800 + ((code - 0x10000) >> 10)));
                code = 0xdc00 + ((code - 0x10000) & 0x3ff);
            }
            write_unit(out, (unsigned)code);
        }
    }
    mkt_buf_char(out, '"');
}

void mkt_pyjson_write_string(struct mkt_buf *out, const char *text)
{
    write_text(out, text, strlen(text));
}

void mkt_pyjson_write_double(struct mkt_buf *out, double value)
{
    char text[MKT_TEXT_NUMBER], digit[MKT_TEXT_NUMBER];
    if (isnan(value) || isinf(value)) {
        mkt_buf_str(out, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        return;
    }
    if (signbit(value)) mkt_buf_char(out, '-');
    /* the same digits in another notation: value = 0.DIGITS * 10^point */
    mkt_text_number(fabs(value), text);
    int n = 0, point = 0;
    bool fraction = false;
    const char *c = text;
    for (; *c && *c != 'e'; c++) {
        if (*c == '.') {
            fraction = true;
            continue;
        }
        if (n || *c != '0') digit[n++] = *c;
        if (!fraction && n) point++;
        if (fraction && !n) point--;
    }
    if (*c == 'e') point += atoi(c + 1);
    while (n > 1 && digit[n - 1] == '0') n--;
    if (n == 0) {
        mkt_buf_str(out, "0.0");
    } else if (point > 16 || point < -3) {
        mkt_buf_char(out, digit[0]);
        if (n > 1) {
            mkt_buf_char(out, '.');
            mkt_buf_add(out, digit + 1, (size_t)n - 1);
        }
        mkt_buf_printf(out, "e%c%02d", point - 1 < 0 ? '-' : '+', abs(point - 1));
    } else if (point <= 0) {
        mkt_buf_str(out, "0.");
        for (int i = point; i < 0; i++) mkt_buf_char(out, '0');
        mkt_buf_add(out, digit, (size_t)n);
    } else {
        for (int i = 0; i < point || i < n; i++) {
            if (i == point) mkt_buf_char(out, '.');
            mkt_buf_char(out, i < n ? digit[i] : '0');
        }
        if (n <= point) mkt_buf_str(out, ".0");
    }
}

static int by_key(const void *a, const void *b)
{
    const struct mkt_pyvalue *x = *(const struct mkt_pyvalue *const *)a;
    const struct mkt_pyvalue *y = *(const struct mkt_pyvalue *const *)b;
    size_t n = x->key_bytes < y->key_bytes ? x->key_bytes : y->key_bytes;
    int order = memcmp(x->key, y->key, n);
    if (order) return order;
    if (x->key_bytes != y->key_bytes) return x->key_bytes < y->key_bytes ? -1 : 1;
    /* equal keys: as they were read, so that the last can be told */
    return x < y ? -1 : 1;
}

static bool same_key(const struct mkt_pyvalue *a, const struct mkt_pyvalue *b)
{
    return a->key_bytes == b->key_bytes && memcmp(a->key, b->key, a->key_bytes) == 0;
}

static void write_object(struct mkt_buf *out, const struct mkt_pyvalue *object)
{
    const struct mkt_pyvalue **child =
        MKT_NEW(out->arena, const struct mkt_pyvalue *, object->items + 1);
    size_t n = 0;
    bool comma = false;
    if (!child) {
        out->failed = true;
        return;
    }
    for (const struct mkt_pyvalue *c = object->first; c; c = c->next) child[n++] = c;
    qsort(child, n, sizeof *child, by_key);
    mkt_buf_char(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && same_key(child[i], child[i + 1])) continue;
        if (comma) mkt_buf_str(out, ", ");
        comma = true;
        write_text(out, child[i]->key, child[i]->key_bytes);
        mkt_buf_str(out, ": ");
        mkt_pyjson_write(out, child[i]);
    }
    mkt_buf_char(out, '}');
}

void mkt_pyjson_write(struct mkt_buf *out, const struct mkt_pyvalue *value)
{
    switch (value->kind) {
    case MKT_PYVALUE_WORD:
    case MKT_PYVALUE_INTEGER:
        mkt_buf_add(out, value->text, value->bytes);
        break;
    case MKT_PYVALUE_REAL:
        mkt_pyjson_write_double(out, value->real);
        break;
    case MKT_PYVALUE_STRING:
        write_text(out, value->text, value->bytes);
        break;
    case MKT_PYVALUE_OBJECT:
        write_object(out, value);
        break;
    case MKT_PYVALUE_ARRAY:
        mkt_buf_char(out, '[');
        for (const struct mkt_pyvalue *c = value->first; c; c = c->next) {
            if (c != value->first) mkt_buf_str(out, ", ");
            mkt_pyjson_write(out, c);
        }
        mkt_buf_char(out, ']');
    }
}
