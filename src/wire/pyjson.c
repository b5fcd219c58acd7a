#include "wire/pyjson.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/pyvalue.h"

#define DIGITS_MAX 4300 /* of a whole number: sys.get_int_max_str_digits() */
#define DEPTH_MAX 512

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
    v->kind = real ? MKT_PYVALUE_REAL : MKT_PYVALUE_INTEGER;
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
    v->kind = MKT_PYVALUE_WORD;
    v->text = word;
    v->bytes = n;
    return true;
}

static mkt_status read_value(struct reader *r, struct mkt_pyvalue *v);

static mkt_status read_children(struct reader *r, struct mkt_pyvalue *v)
{
    bool object = *r->at == '{';
    char closing = object ? '}' : ']';
    v->kind = object ? MKT_PYVALUE_OBJECT : MKT_PYVALUE_ARRAY;
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
        v->kind = MKT_PYVALUE_STRING;
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
    if (!value || value->kind != MKT_PYVALUE_STRING || memchr(value->text, 0, value->bytes) ||
        !mkt_text_is_utf8(value->text, value->bytes))
        return NULL;
    return value->text;
}

bool mkt_pyjson_is_object(const struct mkt_pyvalue *value)
{
    return value && value->kind == MKT_PYVALUE_OBJECT;
}

bool mkt_pyjson_is_true(const struct mkt_pyvalue *value)
{
    return value && value->kind == MKT_PYVALUE_WORD && strcmp(value->text, "true") == 0;
}
