/* Characters of a grammar: escapes, classes and literals. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "llm/gbnf_reader.h"

#define LAST_CHARACTER 0x10FFFFu

static mkt_status full(struct mkt_gbnf_reader *r)
{
    return mkt_arena_full(r->arena, r->err);
}

static mkt_status read_hex(struct mkt_gbnf_reader *r, int digits, uint32_t *out)
{
    uint32_t value = 0;
    for (int i = 0; i < digits; i++, r->at++) {
        char c = *r->at;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return mkt_gbnf_reader_wrong(r, "a hexadecimal digit is missing");
        value = value * 16 + (uint32_t)digit;
    }
    if (value > LAST_CHARACTER || (value >= 0xD800 && value <= 0xDFFF)) {
        return mkt_gbnf_reader_wrong(r, "an escape that is no character");
    }
    *out = value;
    return MKT_OK;
}

/* One character of a literal or a class, escaped or not. */
static mkt_status read_character(struct mkt_gbnf_reader *r, uint32_t *out)
{
    if (*r->at == '\\') {
        char c = r->at[1];
        r->at += c ? 2 : 1;
        switch (c) {
        case 'x':
            return read_hex(r, 2, out);
        case 'u':
            return read_hex(r, 4, out);
        case 'U':
            return read_hex(r, 8, out);
        case 'n':
            *out = '\n';
            return MKT_OK;
        case 'r':
            *out = '\r';
            return MKT_OK;
        case 't':
            *out = '\t';
            return MKT_OK;
        case '\\':
        case '"':
        case '[':
        case ']':
            *out = (unsigned char)c;
            return MKT_OK;
        default:
            return mkt_gbnf_reader_wrong(r, "an escape that is not known");
        }
    }
    size_t n = mkt_text_utf8(r->at, strlen(r->at) < 4 ? strlen(r->at) : 4);
    if (!n)
        return mkt_gbnf_reader_wrong(r, *r->at ? "not UTF-8"
                                               : "the grammar ends within a literal or class");
    uint32_t c = (unsigned char)r->at[0];
    if (n > 1) c &= 0xFFu >> (n + 1);
    for (size_t i = 1; i < n; i++) c = c << 6 | ((unsigned char)r->at[i] & 0x3Fu);
    r->at += n;
    *out = c;
    return MKT_OK;
}

/* ---- classes */

static int by_low(const void *a, const void *b)
{
    uint32_t x = ((const struct mkt_grammar_range *)a)->low;
    uint32_t y = ((const struct mkt_grammar_range *)b)->low;
    return (x > y) - (x < y);
}

/* Adds a range without NUL and without surrogates, which are no characters. */
static void keep(struct mkt_grammar_class *one, struct mkt_grammar_range *to, uint32_t low,
                 uint32_t high)
{
    if (low == 0) low = 1;
    if (low < 0xD800 && high > 0xDFFF) {
        keep(one, to, low, 0xD7FF);
        low = 0xE000;
    }
    if (low >= 0xD800 && low <= 0xDFFF) low = 0xE000;
    if (high >= 0xD800 && high <= 0xDFFF) high = 0xD7FF;
    if (low <= high) to[one->ranges++] = (struct mkt_grammar_range){low, high};
}

/* Sorts and joins ranges; returns how many are left. */
static size_t join(struct mkt_grammar_range *range, size_t n)
{
    size_t joined = 0;
    if (n) qsort(range, n, sizeof *range, by_low);
    for (size_t i = 0; i < n; i++) {
        if (joined && range[i].low <= range[joined - 1].high + 1) {
            if (range[i].high > range[joined - 1].high) range[joined - 1].high = range[i].high;
        } else {
            range[joined++] = range[i];
        }
    }
    return joined;
}

static mkt_status make_class(struct mkt_gbnf_reader *r, struct mkt_grammar_range *range, size_t n,
                             bool negated, const struct mkt_grammar_class **out)
{
    struct mkt_grammar_class *one = MKT_NEW(r->arena, struct mkt_grammar_class, 1);
    struct mkt_grammar_range *to = MKT_NEW(r->arena, struct mkt_grammar_range, n + 2);
    if (!one || !to) return full(r);
    n = join(range, n);
    uint32_t next = 0;
    for (size_t i = 0; i < n; i++) {
        if (!negated) {
            keep(one, to, range[i].low, range[i].high);
        } else if (range[i].low > next) {
            keep(one, to, next, range[i].low - 1);
        }
        next = range[i].high + 1;
    }
    if (negated && next <= LAST_CHARACTER) keep(one, to, next, LAST_CHARACTER);
    one->range = to;
    *out = one;
    return MKT_OK;
}

mkt_status mkt_gbnf_reader_class(struct mkt_gbnf_reader *r, struct mkt_gbnf_sequence *to)
{
    size_t n = 0, cap = 0;
    struct mkt_grammar_range *range = NULL;
    bool negated = *++r->at == '^';
    r->at += negated;
    while (*r->at != ']') {
        struct mkt_grammar_range one;
        MKT_TRY(read_character(r, &one.low));
        one.high = one.low;
        if (r->at[0] == '-' && r->at[1] != ']') {
            r->at++;
            MKT_TRY(read_character(r, &one.high));
            if (one.high < one.low) return mkt_gbnf_reader_wrong(r, "a range that runs backwards");
        }
        struct mkt_grammar_range *slot =
            mkt_arena_push(r->arena, (void *)&range, &n, &cap, sizeof *range);
        if (!slot) return full(r);
        *slot = one;
    }
    r->at++;
    struct mkt_grammar_item item = {0};
    MKT_TRY(make_class(r, range, n, negated, &item.one));
    if (!item.one->ranges) return mkt_gbnf_reader_wrong(r, "a class without a character");
    return mkt_gbnf_reader_append(r, to, item);
}

mkt_status mkt_gbnf_reader_any(struct mkt_gbnf_reader *r, struct mkt_gbnf_sequence *to)
{
    struct mkt_grammar_item item = {0};
    r->at++;
    MKT_TRY(make_class(r, NULL, 0, true, &item.one));
    return mkt_gbnf_reader_append(r, to, item);
}

mkt_status mkt_gbnf_reader_literal(struct mkt_gbnf_reader *r, struct mkt_gbnf_sequence *to)
{
    r->at++;
    while (*r->at != '"') {
        struct mkt_grammar_range range = {0};
        struct mkt_grammar_item item = {0};
        MKT_TRY(read_character(r, &range.low));
        range.high = range.low;
        MKT_TRY(make_class(r, &range, 1, false, &item.one));
        if (!item.one->ranges) return mkt_gbnf_reader_wrong(r, "a literal with a NUL");
        MKT_TRY(mkt_gbnf_reader_append(r, to, item));
    }
    r->at++;
    return MKT_OK;
}
