#include "llm/gbnf.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

#define LAST_CHARACTER 0x10FFFFu

struct reader {
    struct mkt_arena *arena;
    struct mkt_grammar *grammar;
    const char *text, *at;
    uint32_t *slot; /* names to rule numbers + 1, open addressing */
    size_t slots;
    int depth;
    struct mkt_err *err;
};

/* A sequence as it grows; `last` is where the newest item or literal or group began. */
struct sequence {
    struct mkt_grammar_item *first, **end;
};

/* ---- what went wrong, and where */

static mkt_status wrong(struct reader *r, const char *what)
{
    int line = 1, column = 1;
    for (const char *p = r->text; p < r->at; p++) {
        column = *p == '\n' ? 1 : column + 1;
        line += *p == '\n';
    }
    return mkt_err_set(r->err, MKT_E_ARG, "the grammar's line %d, column %d: %s", line, column,
                       what);
}

static mkt_status full(struct reader *r)
{
    return mkt_arena_full(r->arena, r->err);
}

/* ---- rules and items */

static mkt_status add_rule(struct reader *r, const char *name, uint32_t *out)
{
    return mkt_grammar_add_rule(r->arena, r->grammar, name, out, r->err);
}

static mkt_status add_choice(struct reader *r, uint32_t rule, struct mkt_grammar_item *first)
{
    return mkt_grammar_add_choice(r->arena, r->grammar, rule, first, r->err);
}

static mkt_status rule_named(struct reader *r, const char *name, size_t length, uint32_t *out)
{
    char *copy = mkt_arena_strndup(r->arena, name, length);
    if (!copy) return full(r);
    size_t at = mkt_hash_text(copy) & (r->slots - 1);
    for (; r->slot[at]; at = (at + 1) & (r->slots - 1)) {
        if (!strcmp(r->grammar->rule[r->slot[at] - 1].name, copy)) {
            *out = r->slot[at] - 1;
            return MKT_OK;
        }
    }
    MKT_TRY(add_rule(r, copy, out));
    r->slot[at] = *out + 1;
    return MKT_OK;
}

static mkt_status append(struct reader *r, struct sequence *to, struct mkt_grammar_item item)
{
    struct mkt_grammar_item *copy = MKT_NEW(r->arena, struct mkt_grammar_item, 1);
    if (!copy) return full(r);
    *copy = item;
    copy->next = NULL;
    *to->end = copy;
    to->end = &copy->next;
    return MKT_OK;
}

/* ---- blanks, names, characters */

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static void skip_blanks(struct reader *r, bool lines)
{
    for (;; r->at++) {
        if (*r->at == '#') {
            while (*r->at && *r->at != '\n') r->at++;
        }
        bool line = *r->at == '\n' || *r->at == '\r';
        if (*r->at != ' ' && *r->at != '\t' && !(line && lines)) return;
    }
}

static mkt_status read_hex(struct reader *r, int digits, uint32_t *out)
{
    uint32_t value = 0;
    for (int i = 0; i < digits; i++, r->at++) {
        char c = *r->at;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return wrong(r, "a hexadecimal digit is missing");
        value = value * 16 + (uint32_t)digit;
    }
    if (value > LAST_CHARACTER || (value >= 0xD800 && value <= 0xDFFF)) {
        return wrong(r, "an escape that is no character");
    }
    *out = value;
    return MKT_OK;
}

/* One character of a literal or a class, escaped or not. */
static mkt_status read_character(struct reader *r, uint32_t *out)
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
            return wrong(r, "an escape that is not known");
        }
    }
    size_t n = mkt_text_utf8(r->at, strlen(r->at) < 4 ? strlen(r->at) : 4);
    if (!n) return wrong(r, *r->at ? "not UTF-8" : "the grammar ends within a literal or class");
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

static mkt_status make_class(struct reader *r, struct mkt_grammar_range *range, size_t n,
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

static mkt_status read_class(struct reader *r, struct sequence *to)
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
            if (one.high < one.low) return wrong(r, "a range that runs backwards");
        }
        struct mkt_grammar_range *slot =
            mkt_arena_push(r->arena, (void *)&range, &n, &cap, sizeof *range);
        if (!slot) return full(r);
        *slot = one;
    }
    r->at++;
    struct mkt_grammar_item item = {0};
    MKT_TRY(make_class(r, range, n, negated, &item.one));
    if (!item.one->ranges) return wrong(r, "a class without a character");
    return append(r, to, item);
}

static mkt_status read_any(struct reader *r, struct sequence *to)
{
    struct mkt_grammar_item item = {0};
    r->at++;
    MKT_TRY(make_class(r, NULL, 0, true, &item.one));
    return append(r, to, item);
}

static mkt_status read_literal(struct reader *r, struct sequence *to)
{
    r->at++;
    while (*r->at != '"') {
        struct mkt_grammar_range range;
        struct mkt_grammar_item item = {0};
        MKT_TRY(read_character(r, &range.low));
        range.high = range.low;
        MKT_TRY(make_class(r, &range, 1, false, &item.one));
        if (!item.one->ranges) return wrong(r, "a literal with a NUL");
        MKT_TRY(append(r, to, item));
    }
    r->at++;
    return MKT_OK;
}

/* ---- repetition */

static mkt_status read_count(struct reader *r, unsigned *out)
{
    unsigned value = 0;
    if (*r->at < '0' || *r->at > '9') return wrong(r, "a count is missing");
    for (; *r->at >= '0' && *r->at <= '9'; r->at++) {
        value = value * 10 + (unsigned)(*r->at - '0');
        if (value > MKT_GBNF_REPEAT) return wrong(r, "a count beyond 2000");
    }
    skip_blanks(r, true);
    *out = value;
    return MKT_OK;
}

/* `* + ? {m} {m,} {m,n}`; *most is 0 for no end. False where there is none. */
static mkt_status read_repeat(struct reader *r, bool *found, unsigned *least, unsigned *most)
{
    *found = true;
    *least = *r->at == '+';
    *most = *r->at == '?';
    switch (*r->at) {
    case '*':
    case '+':
    case '?':
        r->at++;
        return MKT_OK;
    case '{':
        break;
    default:
        *found = false;
        return MKT_OK;
    }
    r->at++;
    skip_blanks(r, true);
    MKT_TRY(read_count(r, least));
    *most = *least;
    if (*r->at == ',') {
        r->at++;
        skip_blanks(r, true);
        *most = 0;
        if (*r->at != '}') {
            MKT_TRY(read_count(r, most));
            if (*most < *least) return wrong(r, "counts that run backwards");
            if (!*most) return wrong(r, "a repetition of nothing");
        }
    } else if (!*least) {
        return wrong(r, "a repetition of nothing");
    }
    if (*r->at != '}') return wrong(r, "a } is missing");
    r->at++;
    return MKT_OK;
}

/* Makes `rule` mean `x more | (nothing)`; `more` may be the rule itself, or NULL. */
static mkt_status make_optional(struct reader *r, uint32_t rule, struct mkt_grammar_item x,
                                const uint32_t *more)
{
    struct sequence s = {.end = &s.first};
    MKT_TRY(append(r, &s, x));
    if (more) MKT_TRY(append(r, &s, (struct mkt_grammar_item){.rule = *more}));
    MKT_TRY(add_choice(r, rule, s.first));
    return add_choice(r, rule, NULL);
}

/* Puts `least` to `most` times what stands from `from` in its place. */
static mkt_status repeat(struct reader *r, struct sequence *to, struct mkt_grammar_item **from,
                         unsigned least, unsigned most)
{
    struct mkt_grammar_item x = {0};
    if (!*from) return wrong(r, "nothing to repeat");
    if ((*from)->next) {
        MKT_TRY(add_rule(r, "", &x.rule));
        MKT_TRY(add_choice(r, x.rule, *from));
    } else {
        x = **from;
    }
    *from = NULL;
    to->end = from;
    for (unsigned i = 0; i < least; i++) MKT_TRY(append(r, to, x));

    if (most && most == least) return MKT_OK;

    uint32_t rule, inner = 0;
    MKT_TRY(add_rule(r, "", &rule));
    MKT_TRY(make_optional(r, rule, x, most ? NULL : &rule));
    for (unsigned i = least + 1; i < most; i++) {
        inner = rule;
        MKT_TRY(add_rule(r, "", &rule));
        MKT_TRY(make_optional(r, rule, x, &inner));
    }
    return append(r, to, (struct mkt_grammar_item){.rule = rule});
}

/* ---- sequences and rules */

static mkt_status read_choices(struct reader *r, uint32_t rule, bool nested);

static mkt_status read_group(struct reader *r, struct sequence *to)
{
    struct mkt_grammar_item item = {0};
    if (++r->depth > MKT_GBNF_DEPTH) {
        return mkt_err_set(r->err, MKT_E_LIMIT, "the grammar's parentheses are deeper than %d",
                           MKT_GBNF_DEPTH);
    }
    r->at++;
    skip_blanks(r, true);
    MKT_TRY(add_rule(r, "", &item.rule));
    MKT_TRY(read_choices(r, item.rule, true));
    if (*r->at != ')') return wrong(r, "a ) is missing");
    r->at++;
    r->depth--;
    return append(r, to, item);
}

static mkt_status read_reference(struct reader *r, struct sequence *to)
{
    struct mkt_grammar_item item = {0};
    const char *name = r->at;
    while (is_name(*r->at)) r->at++;
    MKT_TRY(rule_named(r, name, (size_t)(r->at - name), &item.rule));
    return append(r, to, item);
}

static mkt_status read_sequence(struct reader *r, bool nested, struct mkt_grammar_item **out)
{
    struct sequence s = {.end = &s.first};
    for (;;) {
        struct mkt_grammar_item **from = s.end;
        if (*r->at == '"') {
            MKT_TRY(read_literal(r, &s));
        } else if (*r->at == '[') {
            MKT_TRY(read_class(r, &s));
        } else if (*r->at == '.') {
            MKT_TRY(read_any(r, &s));
        } else if (*r->at == '(') {
            MKT_TRY(read_group(r, &s));
        } else if (is_name(*r->at)) {
            MKT_TRY(read_reference(r, &s));
        } else {
            break;
        }
        skip_blanks(r, nested);
        bool found;
        unsigned least, most;
        MKT_TRY(read_repeat(r, &found, &least, &most));
        if (!found) continue;
        MKT_TRY(repeat(r, &s, from, least, most));
        skip_blanks(r, nested);
    }
    *out = s.first;
    return MKT_OK;
}

static mkt_status read_choices(struct reader *r, uint32_t rule, bool nested)
{
    for (;;) {
        struct mkt_grammar_item *first = NULL;
        MKT_TRY(read_sequence(r, nested, &first));
        MKT_TRY(add_choice(r, rule, first));
        if (*r->at != '|') return MKT_OK;
        r->at++;
        skip_blanks(r, true);
    }
}

static mkt_status read_rule(struct reader *r)
{
    uint32_t rule = 0;
    const char *name = r->at;
    while (is_name(*r->at)) r->at++;
    if (r->at == name) return wrong(r, "the name of a rule is missing");
    MKT_TRY(rule_named(r, name, (size_t)(r->at - name), &rule));
    skip_blanks(r, false);
    if (strncmp(r->at, "::=", 3) != 0) return wrong(r, "::= is missing");
    if (r->grammar->rule[rule].choice) return wrong(r, "a second definition of the same rule");
    r->at += 3;
    skip_blanks(r, true);
    MKT_TRY(read_choices(r, rule, false));
    if (*r->at && *r->at != '\n' && *r->at != '\r') return wrong(r, "the end of the rule expected");
    skip_blanks(r, true);
    return MKT_OK;
}

mkt_status mkt_gbnf_read(struct mkt_arena *arena, const char *text, struct mkt_grammar *out,
                         struct mkt_err *err)
{
    size_t length = strlen(text), slots = 64;
    if (length > MKT_GBNF_TEXT) {
        return mkt_err_set(err, MKT_E_LIMIT, "the grammar has %zu bytes; %d are the limit", length,
                           MKT_GBNF_TEXT);
    }
    while (slots < length) slots *= 2; /* a name takes more than one byte: never half full */
    *out = (struct mkt_grammar){0};
    struct reader r = {.arena = arena, .grammar = out, .text = text, .at = text, .err = err};
    r.slots = slots;
    r.slot = MKT_NEW(arena, uint32_t, slots);
    if (!r.slot) return mkt_arena_full(arena, err);
    MKT_TRY(rule_named(&r, "root", 4, &out->root));
    skip_blanks(&r, true);
    while (*r.at) MKT_TRY(read_rule(&r));
    return mkt_grammar_check(arena, out, err);
}
