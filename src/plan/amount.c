#include "plan/amount.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *sign, *code;
} currency[] = {{"$", "USD"},       {"€", "EUR"},       {"£", "GBP"},      {"¥", "JPY"},
                {"usd", "USD"},     {"eur", "EUR"},     {"gbp", "GBP"},    {"chf", "CHF"},
                {"jpy", "JPY"},     {"sek", "SEK"},     {"pln", "PLN"},    {"brl", "BRL"},
                {"euro", "EUR"},    {"euros", "EUR"},   {"dollar", "USD"}, {"dollars", "USD"},
                {"pound", "GBP"},   {"pounds", "GBP"},  {"franc", "CHF"},  {"francs", "CHF"},
                {"dolares", "USD"}, {"franken", "CHF"}, {"reais", "BRL"},  {"dollari", "USD"}};

static const char *currency_of(const struct mkt_fold *f, size_t at, size_t end)
{
    for (size_t i = 0; at < end && i < sizeof currency / sizeof *currency; i++)
        if (strcmp(f->token[at].word, currency[i].sign) == 0) return currency[i].code;
    return NULL;
}

static double scale_of(const char *word)
{
    static const struct {
        const char *word;
        double scale;
    } known[] = {{"k", 1e3},        {"thousand", 1e3}, {"tsd", 1e3},     {"m", 1e6},
                 {"mm", 1e6},       {"mn", 1e6},       {"mio", 1e6},     {"million", 1e6},
                 {"millions", 1e6}, {"bn", 1e9},       {"billion", 1e9}, {"mil", 1e3},
                 {"mila", 1e3}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(word, known[i].word) == 0) return known[i].scale;
    return 0;
}

/* Digits with marks: the last mark is the decimal one unless it stands before groups of three. */
static bool read_number(const char *w, bool comma, double *value, double *other, const char **rest)
{
    char plain[40];
    size_t n = 0, marks = 0, after = 0;
    char mark = 0;
    const char *c = w;
    bool mixed = false;
    for (; (*c >= '0' && *c <= '9') || *c == '.' || *c == ',' || *c == '\''; c++) {
        if (*c >= '0' && *c <= '9') {
            after++;
            continue;
        }
        mixed = mixed || (mark && mark != *c);
        marks = mark == *c ? marks + 1 : 1;
        mark = *c;
        after = 0;
    }
    bool groups = mark && after == 3 && !mixed;
    bool thousands = groups && (marks > 1 || mark == '\'' || mark == (comma ? '.' : ','));
    *other = NAN;
    for (const char *d = w; d < c; d++) {
        if (n + 2 > sizeof plain) return false;
        if (*d >= '0' && *d <= '9') plain[n++] = *d;
        if (*d == mark && !thousands && !strchr(d + 1, mark)) plain[n++] = '.';
    }
    plain[n] = '\0';
    *value = strtod(plain, NULL);
    if (groups && !thousands) *other = *value * 1000;
    *rest = c;
    return n > 0;
}

static bool read_amount(const struct mkt_fold *f, size_t at, size_t end, bool comma,
                        struct mkt_amount *out)
{
    const char *rest;
    struct mkt_amount a = {.from = at, .to = at + 1};
    if (f->token[at].kind != MKT_TOKEN_NUMBER || f->token[at].taken) return false;
    if (!read_number(f->token[at].word, comma, &a.value, &a.other, &rest)) return false;
    double scale = *rest ? scale_of(rest) : 1;
    if (scale == 0) return false;
    if (!*rest && a.to < end && !f->token[a.to].taken && scale_of(f->token[a.to].word) > 0)
        scale = scale_of(f->token[a.to++].word);
    if (scale > 1) a.other = NAN; /* 1.234 million */
    a.value *= scale;
    if (a.to < end && (mkt_fold_is(f, a.to, "%") || mkt_fold_is(f, a.to, "percent") ||
                       mkt_fold_is(f, a.to, "prozent") || mkt_fold_is(f, a.to, "pct"))) {
        a.kind = MKT_AMOUNT_PERCENT;
        a.value /= 100;
        a.to++;
    } else {
        a.currency = currency_of(f, a.to, end);
        if (a.currency) a.to++;
        if (!a.currency && at > 0 && (a.currency = currency_of(f, at - 1, end))) a.from--;
        if (a.currency || scale > 1) a.kind = MKT_AMOUNT_MONEY;
    }
    *out = a;
    return true;
}

size_t mkt_amount_find(struct mkt_fold *fold, size_t at, size_t end, bool comma,
                       struct mkt_amount out[MKT_AMOUNTS])
{
    size_t n = 0;
    for (size_t i = at; i < end && n < MKT_AMOUNTS;) {
        struct mkt_amount a;
        if (!read_amount(fold, i, end, comma, &a)) {
            i++;
            continue;
        }
        for (size_t k = a.from; k < a.to; k++) fold->token[k].taken = true;
        out[n++] = a;
        i = a.to;
    }
    return n;
}
