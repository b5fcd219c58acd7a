#include "source/numeral.h"

#include <string.h>
#include <strings.h>

#include "source/money.h"

#define BODY 48 /* more digits and marks than this is no number of ours */

/* A cell taken apart: what stands around the digits, and digits with marks. */
struct cell {
    char body[BODY]; /* '0'..'9' '.' ',' and '\'' for any other thousands mark */
    size_t length;
    bool negative, percent;
    const char *currency;
    int exponent;
    bool has_exponent;
};

/* The number a cell means under one decimal mark. */
struct reading {
    char digit[BODY];  /* integer part, then fraction */
    int digits, point; /* value = 0.DIGITS * 10^point */
    bool grouped;
    int whole; /* digits before the mark */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the blank at s: ASCII, no-break, figure, thin, narrow no-break. */
static size_t blank(const char *s, size_t n)
{
    if (n >= 1 && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')) return 1;
    if (n >= 2 && memcmp(s, "\xC2\xA0", 2) == 0) return 2;
    if (n >= 3 && (memcmp(s, "\xE2\x80\x87", 3) == 0 || memcmp(s, "\xE2\x80\x89", 3) == 0 ||
                   memcmp(s, "\xE2\x80\xAF", 3) == 0))
        return 3;
    return 0;
}

static void trim(const char **s, size_t *n)
{
    size_t len;
    while (*n && (len = blank(*s, *n))) *s += len, *n -= len;
    for (;;) {
        if (*n >= 1 && blank(*s + *n - 1, 1) == 1)
            *n -= 1;
        else if (*n >= 2 && blank(*s + *n - 2, 2) == 2)
            *n -= 2;
        else if (*n >= 3 && blank(*s + *n - 3, 3) == 3)
            *n -= 3;
        else
            return;
    }
}

bool mkt_numeral_missing(const char *s, size_t n)
{
    static const char *const words[] = {
        "-",         "--",  "---",  "\xE2\x80\x93", "\xE2\x80\x94",
        "n/a",       "na",  "n.a.", "#n/a",         "null",
        "none",      "nil", "nan",  "<null>",       "not set",
        "(not set)", "\\n", ".",    "undefined",
    };
    if (n == 0) return true;
    if (is_digit(*s)) return false; /* nearly every cell */
    trim(&s, &n);
    if (n == 0) return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == n && strncasecmp(s, words[i], n) == 0) return true;
    return false;
}

/* Eats one sign, one currency or one bracket; returns its length, 0 when there is none. */
static size_t dressing(struct cell *c, const char *s, size_t n, bool *bracket)
{
    size_t len = blank(s, n);
    if (len) return len;
    if (!c->negative && *s == '-') return c->negative = true, 1;
    if (!c->negative && n >= 3 && memcmp(s, "\xE2\x88\x92", 3) == 0) return c->negative = true, 3;
    if (!c->currency && (len = mkt_money_match(s, n, &c->currency))) return len;
    if (*s == '(' && !*bracket && !c->negative) return *bracket = c->negative = true, 1;
    return 0;
}

/* The thousands mark at s that stands between two digits, as its length. */
static size_t group_mark(const char *s, size_t n)
{
    size_t len = blank(s, n);
    if (!len && *s == '\'') len = 1;
    if (!len && n >= 3 && memcmp(s, "\xE2\x80\x99", 3) == 0) len = 3;
    return len && len < n && is_digit(s[len]) ? len : 0;
}

static bool take_exponent(struct cell *c, const char **s, size_t *n)
{
    if (*n < 2 || (**s | 32) != 'e') return true;
    size_t i = 1;
    bool minus = (*s)[i] == '-';
    if ((*s)[i] == '-' || (*s)[i] == '+') i++;
    if (i >= *n || !is_digit((*s)[i])) return true; /* "12 EUR": not an exponent */
    int e = 0;
    for (; i < *n && is_digit((*s)[i]); i++)
        if (e < 1000) e = 10 * e + ((*s)[i] - '0');
    c->exponent = minus ? -e : e;
    c->has_exponent = true;
    *s += i;
    *n -= i;
    return true;
}

static bool take_apart(const char *s, size_t n, struct cell *c)
{
    memset(c, 0, sizeof *c);
    trim(&s, &n);
    bool bracket = false, plus = false;
    size_t len;
    while (n) {
        if (*s == '+' && !plus && !c->negative)
            len = 1, plus = true;
        else if (!(len = dressing(c, s, n, &bracket)))
            break;
        s += len, n -= len;
    }
    bool digit = false;
    while (n) {
        if (is_digit(*s) || *s == '.' || *s == ',') {
            if (c->length == BODY) return false;
            digit |= is_digit(*s);
            c->body[c->length++] = *s;
            s++, n--;
        } else if (c->length && is_digit(c->body[c->length - 1]) && (len = group_mark(s, n))) {
            if (c->length == BODY) return false;
            c->body[c->length++] = '\'';
            s += len, n -= len;
        } else {
            break;
        }
    }
    if (!digit) return false;
    take_exponent(c, &s, &n);
    bool closed = !bracket;
    while (n) {
        if ((len = blank(s, n))) {
        } else if (*s == ')' && !closed) {
            len = 1, closed = true;
        } else if (*s == '%' && !c->percent) {
            len = 1, c->percent = true;
        } else if (*s == '-' && !c->negative && !plus) {
            len = 1, c->negative = true; /* accountants' trailing minus */
        } else if (!c->currency && (len = mkt_money_match(s, n, &c->currency))) {
        } else {
            return false;
        }
        s += len, n -= len;
    }
    return closed;
}

static bool read_body(const struct cell *c, char decimal, struct reading *r)
{
    memset(r, 0, sizeof *r);
    size_t end = c->length, i = 0;
    for (size_t k = 0; k < c->length; k++)
        if (c->body[k] == decimal) {
            end = k;
            break;
        }
    char mark = 0;
    int run = 0, groups = 0, first = 0;
    for (; i < end; i++) {
        char b = c->body[i];
        if (is_digit(b)) {
            r->digit[r->digits++] = b;
            run++;
            continue;
        }
        if (mark && b != mark) return false;
        mark = b;
        if (groups == 0) first = run;
        if (groups == 0 ? run < 1 || run > 3 : run < 2 || run > 3) return false;
        groups++;
        run = 0;
    }
    if (groups && (run != 3 || (c->body[0] == '0'))) return false;
    if (groups && first > 3) return false;
    r->grouped = groups > 0;
    r->whole = r->point = r->digits;
    for (i = end + 1; i < c->length; i++) {
        if (!is_digit(c->body[i])) return false;
        r->digit[r->digits++] = c->body[i];
    }
    if (c->has_exponent && r->grouped) return false;
    r->point += c->exponent;
    if (c->percent) r->point -= 2;
    return r->digits > 0;
}

/* A plain number, -12 or -12.345, as nearly all are: where its parts lie. The long way round gives
 * the same; the fuzz target compares the two. */
struct plain {
    bool negative;
    size_t whole, fraction; /* digits */
    const char *digit;      /* of the whole part; the fraction begins a mark behind it */
    char mark;              /* 0 for none */
};

static bool is_plain(const char *s, size_t n, struct plain *p)
{
    if (n == 0) return false; /* a cell that is not there has no text either */
    const char *end = s + n;
    p->negative = *s == '-';
    if (p->negative) s++;
    p->digit = s;
    while (s < end && is_digit(*s)) s++;
    p->whole = (size_t)(s - p->digit);
    p->mark = 0;
    p->fraction = 0;
    if (p->whole < 1 || p->whole > 12) return false;
    if (s == end) return true;
    if (*s != '.' && *s != ',') return false;
    p->mark = *s++;
    const char *fraction = s;
    while (s < end && is_digit(*s)) s++;
    p->fraction = (size_t)(s - fraction);
    return s == end && p->fraction >= 1 && p->fraction <= 9;
}

static int64_t read_plain(const struct plain *p, int scale)
{
    int64_t v = 0;
    const char *fraction = p->digit + p->whole + 1;
    for (size_t i = 0; i < p->whole; i++) v = 10 * v + (p->digit[i] - '0');
    for (int i = 0; i < scale; i++) v = 10 * v + ((size_t)i < p->fraction ? fraction[i] - '0' : 0);
    if ((size_t)scale < p->fraction && fraction[scale] >= '5') v++;
    return p->negative ? -v : v;
}

mkt_numeral_result mkt_numeral_read(const char *s, size_t n, char decimal, int scale, int64_t *out)
{
    struct plain plain;
    if (scale <= 6 && is_plain(s, n, &plain) && (!plain.mark || plain.mark == decimal)) {
        *out = read_plain(&plain, scale);
        return MKT_NUMERAL_OK;
    }
    struct cell c;
    struct reading r;
    if (mkt_numeral_missing(s, n)) return MKT_NUMERAL_MISSING;
    if (!take_apart(s, n, &c) || !read_body(&c, decimal, &r)) return MKT_NUMERAL_BAD;

    int keep = r.point + scale; /* digits that stay; the next one rounds */
    uint64_t v = 0;
    for (int i = 0; i < keep; i++) {
        unsigned d = i < r.digits ? (unsigned)(r.digit[i] - '0') : 0;
        if (v == 0 && i >= r.digits) break; /* zero, however many noughts follow */
        if (v > (INT64_MAX - 9) / 10) return MKT_NUMERAL_LARGE;
        v = 10 * v + d;
    }
    if (keep >= 0 && keep < r.digits && r.digit[keep] >= '5') v++;
    *out = c.negative ? -(int64_t)v : (int64_t)v;
    return MKT_NUMERAL_OK;
}

static unsigned look_plain(const struct plain *p)
{
    unsigned look = p->negative ? MKT_NUMERAL_NEGATIVE : 0;
    bool nought = p->digit[0] == '0';
    if (p->mark && p->whole <= 3 && p->fraction == 3 && !nought)
        return look | (p->mark == '.' ? MKT_NUMERAL_EITHER_BY_POINT : MKT_NUMERAL_EITHER_BY_COMMA);
    look |= !p->mark         ? MKT_NUMERAL_IS_PLAIN
            : p->mark == '.' ? MKT_NUMERAL_POINT
                             : MKT_NUMERAL_COMMA;
    if (p->whole >= 4 && !nought) look |= MKT_NUMERAL_UNGROUPED;
    for (size_t i = 0; i < p->fraction; i++)
        if (p->digit[p->whole + 1 + i] != '0') look |= MKT_NUMERAL_FRACTION;
    return look;
}

unsigned mkt_numeral_look(const char *s, size_t n)
{
    struct plain plain;
    if (is_plain(s, n, &plain)) return look_plain(&plain);
    struct cell c;
    struct reading by_point, by_comma;
    if (mkt_numeral_missing(s, n)) return MKT_NUMERAL_IS_MISSING;
    if (!take_apart(s, n, &c)) return MKT_NUMERAL_IS_BAD;
    bool point = read_body(&c, '.', &by_point), comma = read_body(&c, ',', &by_comma);
    if (!point && !comma) return MKT_NUMERAL_IS_BAD;

    unsigned look = 0;
    const struct reading *r = point ? &by_point : &by_comma;
    bool marked = memchr(c.body, '.', c.length) || memchr(c.body, ',', c.length);
    if (!marked)
        look |= MKT_NUMERAL_IS_PLAIN;
    else if (point && comma)
        look |= memchr(c.body, '.', c.length) ? MKT_NUMERAL_EITHER_BY_POINT
                                              : MKT_NUMERAL_EITHER_BY_COMMA;
    else
        look |= point ? MKT_NUMERAL_POINT : MKT_NUMERAL_COMMA;
    if (!(point && comma && marked)) {
        if (!r->grouped && r->whole >= 4 && r->digit[0] != '0') look |= MKT_NUMERAL_UNGROUPED;
        for (int i = r->point < 0 ? 0 : r->point; i < r->digits; i++)
            if (r->digit[i] != '0') look |= MKT_NUMERAL_FRACTION;
    }
    if (c.negative) look |= MKT_NUMERAL_NEGATIVE;
    if (c.percent) look |= MKT_NUMERAL_PERCENT;
    if (c.currency) look |= MKT_NUMERAL_MONEY;
    return look;
}

const char *mkt_numeral_currency(const char *s, size_t n)
{
    struct plain plain;
    if (is_plain(s, n, &plain)) return NULL;
    struct cell c;
    if (!take_apart(s, n, &c)) return NULL;
    return c.currency && *c.currency ? c.currency : NULL;
}
