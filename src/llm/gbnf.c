#include "llm/gbnf.h"

#include <string.h>

#include "base/hash.h"
#include "llm/gbnf_reader.h"

/* ---- what went wrong, and where */

mkt_status mkt_gbnf_reader_wrong(struct mkt_gbnf_reader *r, const char *what)
{
    int line = 1, column = 1;
    for (const char *p = r->text; p < r->at; p++) {
        column = *p == '\n' ? 1 : column + 1;
        line += *p == '\n';
    }
    return mkt_err_set(r->err, MKT_E_ARG, "the grammar's line %d, column %d: %s", line, column,
                       what);
}

static mkt_status full(struct mkt_gbnf_reader *r)
{
    return mkt_arena_full(r->arena, r->err);
}

/* ---- rules and items */

static mkt_status add_rule(struct mkt_gbnf_reader *r, const char *name, uint32_t *out)
{
    return mkt_grammar_add_rule(r->arena, r->grammar, name, out, r->err);
}

static mkt_status add_choice(struct mkt_gbnf_reader *r, uint32_t rule,
                             struct mkt_grammar_item *first)
{
    return mkt_grammar_add_choice(r->arena, r->grammar, rule, first, r->err);
}

static mkt_status rule_named(struct mkt_gbnf_reader *r, const char *name, size_t length,
                             uint32_t *out)
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

mkt_status mkt_gbnf_reader_append(struct mkt_gbnf_reader *r, struct mkt_gbnf_sequence *to,
                                  struct mkt_grammar_item item)
{
    struct mkt_grammar_item *copy = MKT_NEW(r->arena, struct mkt_grammar_item, 1);
    if (!copy) return full(r);
    *copy = item;
    copy->next = NULL;
    *to->end = copy;
    to->end = &copy->next;
    return MKT_OK;
}

/* ---- blanks and names */

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static void skip_blanks(struct mkt_gbnf_reader *r, bool lines)
{
    for (;; r->at++) {
        if (*r->at == '#') {
            while (*r->at && *r->at != '\n') r->at++;
        }
        bool line = *r->at == '\n' || *r->at == '\r';
        if (*r->at != ' ' && *r->at != '\t' && !(line && lines)) return;
    }
}

/* ---- repetition */

static mkt_status read_count(struct mkt_gbnf_reader *r, unsigned *out)
{
    unsigned value = 0;
    if (*r->at < '0' || *r->at > '9') return mkt_gbnf_reader_wrong(r, "a count is missing");
    for (; *r->at >= '0' && *r->at <= '9'; r->at++) {
        value = value * 10 + (unsigned)(*r->at - '0');
        if (value > MKT_GBNF_REPEAT) return mkt_gbnf_reader_wrong(r, "a count beyond 2000");
    }
    skip_blanks(r, true);
    *out = value;
    return MKT_OK;
}

/* `* + ? {m} {m,} {m,n}`; *most is 0 for no end. False where there is none. */
static mkt_status read_repeat(struct mkt_gbnf_reader *r, bool *found, unsigned *least,
                              unsigned *most)
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
            if (*most < *least) return mkt_gbnf_reader_wrong(r, "counts that run backwards");
            if (!*most) return mkt_gbnf_reader_wrong(r, "a repetition of nothing");
        }
    } else if (!*least) {
        return mkt_gbnf_reader_wrong(r, "a repetition of nothing");
    }
    if (*r->at != '}') return mkt_gbnf_reader_wrong(r, "a } is missing");
    r->at++;
    return MKT_OK;
}

/* Makes `rule` mean `x more | (nothing)`; `more` may be the rule itself, or NULL. */
static mkt_status make_optional(struct mkt_gbnf_reader *r, uint32_t rule, struct mkt_grammar_item x,
                                const uint32_t *more)
{
    struct mkt_gbnf_sequence s = {.end = &s.first};
    MKT_TRY(mkt_gbnf_reader_append(r, &s, x));
    if (more) MKT_TRY(mkt_gbnf_reader_append(r, &s, (struct mkt_grammar_item){.rule = *more}));
    MKT_TRY(add_choice(r, rule, s.first));
    return add_choice(r, rule, NULL);
}

/* Puts `least` to `most` times what stands from `from` in its place. */
static mkt_status repeat(struct mkt_gbnf_reader *r, struct mkt_gbnf_sequence *to,
                         struct mkt_grammar_item **from, unsigned least, unsigned most)
{
    struct mkt_grammar_item x = {0};
    if (!*from) return mkt_gbnf_reader_wrong(r, "nothing to repeat");
    if ((*from)->next) {
        MKT_TRY(add_rule(r, "", &x.rule));
        MKT_TRY(add_choice(r, x.rule, *from));
    } else {
        x = **from;
    }
    *from = NULL;
    to->end = from;
    for (unsigned i = 0; i < least; i++) MKT_TRY(mkt_gbnf_reader_append(r, to, x));

    if (most && most == least) return MKT_OK;

    uint32_t rule, inner = 0;
    MKT_TRY(add_rule(r, "", &rule));
    MKT_TRY(make_optional(r, rule, x, most ? NULL : &rule));
    for (unsigned i = least + 1; i < most; i++) {
        inner = rule;
        MKT_TRY(add_rule(r, "", &rule));
        MKT_TRY(make_optional(r, rule, x, &inner));
    }
    return mkt_gbnf_reader_append(r, to, (struct mkt_grammar_item){.rule = rule});
}

/* ---- sequences and rules */

static mkt_status read_choices(struct mkt_gbnf_reader *r, uint32_t rule, bool nested);

static mkt_status read_group(struct mkt_gbnf_reader *r, struct mkt_gbnf_sequence *to)
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
    if (*r->at != ')') return mkt_gbnf_reader_wrong(r, "a ) is missing");
    r->at++;
    r->depth--;
    return mkt_gbnf_reader_append(r, to, item);
}

static mkt_status read_reference(struct mkt_gbnf_reader *r, struct mkt_gbnf_sequence *to)
{
    struct mkt_grammar_item item = {0};
    const char *name = r->at;
    while (is_name(*r->at)) r->at++;
    MKT_TRY(rule_named(r, name, (size_t)(r->at - name), &item.rule));
    return mkt_gbnf_reader_append(r, to, item);
}

static mkt_status read_sequence(struct mkt_gbnf_reader *r, bool nested,
                                struct mkt_grammar_item **out)
{
    struct mkt_gbnf_sequence s = {.end = &s.first};
    for (;;) {
        struct mkt_grammar_item **from = s.end;
        if (*r->at == '"') {
            MKT_TRY(mkt_gbnf_reader_literal(r, &s));
        } else if (*r->at == '[') {
            MKT_TRY(mkt_gbnf_reader_class(r, &s));
        } else if (*r->at == '.') {
            MKT_TRY(mkt_gbnf_reader_any(r, &s));
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

static mkt_status read_choices(struct mkt_gbnf_reader *r, uint32_t rule, bool nested)
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

static mkt_status read_rule(struct mkt_gbnf_reader *r)
{
    uint32_t rule = 0;
    const char *name = r->at;
    while (is_name(*r->at)) r->at++;
    if (r->at == name) return mkt_gbnf_reader_wrong(r, "the name of a rule is missing");
    MKT_TRY(rule_named(r, name, (size_t)(r->at - name), &rule));
    skip_blanks(r, false);
    if (strncmp(r->at, "::=", 3) != 0) return mkt_gbnf_reader_wrong(r, "::= is missing");
    if (r->grammar->rule[rule].choice)
        return mkt_gbnf_reader_wrong(r, "a second definition of the same rule");
    r->at += 3;
    skip_blanks(r, true);
    MKT_TRY(read_choices(r, rule, false));
    if (*r->at && *r->at != '\n' && *r->at != '\r')
        return mkt_gbnf_reader_wrong(r, "the end of the rule expected");
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
    struct mkt_gbnf_reader r = {
        .arena = arena, .grammar = out, .text = text, .at = text, .err = err};
    r.slots = slots;
    r.slot = MKT_NEW(arena, uint32_t, slots);
    if (!r.slot) return mkt_arena_full(arena, err);
    MKT_TRY(rule_named(&r, "root", 4, &out->root));
    skip_blanks(&r, true);
    while (*r.at) MKT_TRY(read_rule(&r));
    return mkt_grammar_check(arena, out, err);
}
