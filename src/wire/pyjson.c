#include "wire/pyjson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define DIGITS_MAX 4300 /* of a whole number: sys.get_int_max_str_digits() */
#define DEPTH_MAX 512

typedef enum { WORD, INTEGER, REAL, STRING, ARRAY, OBJECT } kind;

/* Strings are UTF-8, in which a lone surrogate has the three bytes that its number gives. Compared
 * byte by byte they stand in order of their code points. */
struct mkt_pyvalue {
    kind kind;
    const char *key;
    size_t key_bytes;
    const char *text; /* WORD, INTEGER: as written; STRING */
    size_t bytes;
    double real;
    struct mkt_pyvalue *first, *last, *next; /* children in the order of the text */
    size_t items;
};

struct reader {
    struct mkt_arena *arena;
    const char *text, *at, *end;
    const struct mkt_json_limits *limits;
    size_t values, depth;
    struct mkt_err *err;
};

static mkt_status wrong(struct reader *r, const char *what)
{
    return mkt_err_set(r->err, MKT_E_SYNTAX, "the JSON is broken at byte %zu: %s",
                       (size_t)(r->at - r->text) + 1, what);
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The four digits at `at`; -1 when they are not there. */
static long hex4(const struct reader *r, const char *at)
{
    long code = 0;
    if (r->end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0) return -1;
        code = code << 4 | digit;
    }
    return code;
}

static char *put_code(char *out, long code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xf0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/* What follows a backslash. */
static mkt_status read_escape(struct reader *r, char **out)
{
    static const char name[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    if (r->at < r->end && *r->at == 'u') {
        long code = hex4(r, r->at + 1);
        if (code < 0) return wrong(r, "\\u needs four hex digits");
        r->at += 5;
        if (code >= 0xd800 && code < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
            r->at[1] == 'u') {
            long low = hex4(r, r->at + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                r->at += 6;
            }
        }
        *out = put_code(*out, code);
        return MKT_OK;
    }
    const char *which = r->at < r->end && *r->at ? strchr(name, *r->at) : NULL;
    if (!which) return wrong(r, "an escape that JSON does not have");
    *(*out)++ = meaning[which - name];
    r->at++;
    return MKT_OK;
}

/* A string, the quote already seen; no escape is longer written than read. */
static mkt_status read_string(struct reader *r, const char **text, size_t *bytes)
{
    const char *closing = r->at + 1;
    while (closing < r->end && *closing != '"') closing += *closing == '\\' ? 2 : 1;
    if (closing >= r->end) return wrong(r, "a string that does not end");
    char *start = MKT_NEW(r->arena, char, (size_t)(closing - r->at) + 1), *out = start;
    if (!start) return mkt_arena_full(r->arena, r->err);
    r->at++;
    while (r->at < closing) {
        unsigned char c = (unsigned char)*r->at;
        if (c < 0x20) return wrong(r, "a control character within a string");
        if (c == '\\') {
            r->at++;
            MKT_TRY(read_escape(r, &out));
            continue;
        }
        size_t length = mkt_text_utf8(r->at, (size_t)(closing - r->at));
        if (length == 0) return wrong(r, "bytes that are not UTF-8");
        memcpy(out, r->at, length);
        out += length;
        r->at += length;
    }
    r->at = closing + 1;
    *text = start;
    *bytes = (size_t)(out - start);
    return MKT_OK;
}

static size_t digits(struct reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return (size_t)(r->at - start);
}

static mkt_status read_number(struct reader *r, struct mkt_pyvalue *v)
{
    const char *start = r->at;
    bool real = false;
    if (*r->at == '-') r->at++;
    bool zero = r->at < r->end && *r->at == '0';
    size_t whole = digits(r);
    if (whole == 0 || (zero && whole > 1)) return wrong(r, "a number that JSON does not have");
    if (r->end - r->at >= 2 && r->at[0] == '.' && r->at[1] >= '0' && r->at[1] <= '9') {
        real = true;
        r->at++;
        digits(r);
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        const char *mark = r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-')) r->at++;
        if (digits(r)) {
            real = true;
        } else {
            r->at = mark;
        }
    }
    v->bytes = (size_t)(r->at - start);
    v->text = mkt_arena_strndup(r->arena, start, v->bytes);
    if (!v->text) return mkt_arena_full(r->arena, r->err);
    v->kind = real ? REAL : INTEGER;
    if (real) v->real = strtod(v->text, NULL);
    if (!real && whole > DIGITS_MAX) return wrong(r, "a whole number of more than 4300 digits");
    if (!real && strcmp(v->text, "-0") == 0) v->text++, v->bytes--;
    return MKT_OK;
}

static bool read_word(struct reader *r, const char *word, struct mkt_pyvalue *v)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) return false;
    r->at += n;
    v->kind = WORD;
    v->text = word;
    v->bytes = n;
    return true;
}

static mkt_status read_value(struct reader *r, struct mkt_pyvalue *v);

static mkt_status read_children(struct reader *r, struct mkt_pyvalue *v)
{
    bool object = *r->at == '{';
    char closing = object ? '}' : ']';
    v->kind = object ? OBJECT : ARRAY;
    if (++r->depth > r->limits->depth || r->depth > DEPTH_MAX)
        return mkt_err_set(r->err, MKT_E_ARG,
                           "the JSON is nested deeper than the allowed %zu levels",
                           r->limits->depth);
    r->at++;
    skip_space(r);
    while (!(r->at < r->end && *r->at == closing && v->items == 0)) {
        struct mkt_pyvalue *child = MKT_NEW(r->arena, struct mkt_pyvalue, 1);
        if (!child) return mkt_arena_full(r->arena, r->err);
        if (object) {
            if (r->at >= r->end || *r->at != '"') return wrong(r, "a key was expected");
            MKT_TRY(read_string(r, &child->key, &child->key_bytes));
            skip_space(r);
            if (r->at >= r->end || *r->at != ':') return wrong(r, "\":\" was expected");
            r->at++;
        }
        MKT_TRY(read_value(r, child));
        if (v->last)
            v->last->next = child;
        else
            v->first = child;
        v->last = child;
        v->items++;
        skip_space(r);
        if (r->at < r->end && *r->at == closing) break;
        if (r->at >= r->end || *r->at != ',') return wrong(r, "\",\" or an end was expected");
        r->at++;
        skip_space(r);
    }
    r->at++;
    r->depth--;
    return MKT_OK;
}

static mkt_status read_value(struct reader *r, struct mkt_pyvalue *v)
{
    static const char *const word[] = {"null", "true", "false", "NaN", "Infinity", "-Infinity"};
    if (++r->values > r->limits->values)
        return mkt_err_set(r->err, MKT_E_LIMIT, "the JSON has more than %zu values",
                           r->limits->values);
    skip_space(r);
    if (r->at >= r->end) return wrong(r, "a value was expected");
    if (*r->at == '{' || *r->at == '[') return read_children(r, v);
    if (*r->at == '"') {
        v->kind = STRING;
        return read_string(r, &v->text, &v->bytes);
    }
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (read_word(r, word[i], v)) return MKT_OK;
    if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9')) return read_number(r, v);
    return wrong(r, "a value was expected");
}

mkt_status mkt_pyjson_read(struct mkt_arena *arena, const char *text, size_t n,
                           const struct mkt_json_limits *limits, struct mkt_pyvalue **out,
                           struct mkt_err *err)
{
    struct reader r = {
        .arena = arena, .text = text, .at = text, .end = text + n, .limits = limits, .err = err};
    if (n > limits->bytes)
        return mkt_err_set(err, MKT_E_LIMIT, "the JSON has %zu bytes; at most %zu are read", n,
                           limits->bytes);
    struct mkt_pyvalue *value = MKT_NEW(arena, struct mkt_pyvalue, 1);
    if (!value) return mkt_arena_full(arena, err);
    MKT_TRY(read_value(&r, value));
    skip_space(&r);
    if (r.at != r.end) return wrong(&r, "something follows the value");
    *out = value;
    return MKT_OK;
}

const struct mkt_pyvalue *mkt_pyjson_member(const struct mkt_pyvalue *object, const char *key)
{
    const struct mkt_pyvalue *found = NULL;
    size_t n = strlen(key);
    if (!mkt_pyjson_is_object(object)) return NULL;
    for (const struct mkt_pyvalue *c = object->first; c; c = c->next)
        if (c->key_bytes == n && memcmp(c->key, key, n) == 0) found = c;
    return found;
}

const char *mkt_pyjson_text(const struct mkt_pyvalue *value)
{
    if (!value || value->kind != STRING || memchr(value->text, 0, value->bytes) ||
        !mkt_text_is_utf8(value->text, value->bytes))
        return NULL;
    return value->text;
}

bool mkt_pyjson_is_object(const struct mkt_pyvalue *value)
{
    return value && value->kind == OBJECT;
}

bool mkt_pyjson_is_true(const struct mkt_pyvalue *value)
{
    return value && value->kind == WORD && strcmp(value->text, "true") == 0;
}

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
    case WORD:
    case INTEGER:
        mkt_buf_add(out, value->text, value->bytes);
        break;
    case REAL:
        mkt_pyjson_write_double(out, value->real);
        break;
    case STRING:
        write_text(out, value->text, value->bytes);
        break;
    case OBJECT:
        write_object(out, value);
        break;
    case ARRAY:
        mkt_buf_char(out, '[');
        for (const struct mkt_pyvalue *c = value->first; c; c = c->next) {
            if (c != value->first) mkt_buf_str(out, ", ");
            mkt_pyjson_write(out, c);
        }
        mkt_buf_char(out, ']');
    }
}
