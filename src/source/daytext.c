#include "source/daytext.h"

#include <stdbool.h>
#include <string.h>

#include "base/date.h"
#include "source/numeral.h"

#define FIRST_YEAR 1970
#define LAST_YEAR 2100
#define SPREADSHEET_EPOCH 25569 /* spreadsheet day number of 1970-01-01 */

/* A day as it stands: year and the two parts whose order may be open. */
struct written {
    int year, a, b;  /* a, b: in the order of the text when `open`; else a month, b day */
    bool open, dots; /* open: two small numbers beside a year behind them */
    int32_t days;    /* when year is 0: counted directly */
    bool time, zoned, number, month_only;
};

struct text {
    const char *s;
    size_t n;
};

static void skip_blanks(struct text *t)
{
    while (t->n && (*t->s == ' ' || *t->s == '\t' || *t->s == '\r')) t->s++, t->n--;
}

static bool take(struct text *t, char c)
{
    if (!t->n || *t->s != c) return false;
    t->s++, t->n--;
    return true;
}

/* Digits at t; how many there were. *value is kept below 10^17. */
static int take_digits(struct text *t, int64_t *value)
{
    int len = 0;
    *value = 0;
    while (t->n && *t->s >= '0' && *t->s <= '9') {
        if (len < 17) *value = 10 * *value + (*t->s - '0');
        len++;
        t->s++, t->n--;
    }
    return len;
}

/* A word of letters folded to ASCII lower case; its length, cut at `room`. */
static size_t take_word(struct text *t, char *word, size_t room)
{
    static const struct {
        const char *from;
        char to;
    } fold[] = {{"\xC3\xA4", 'a'}, {"\xC3\x84", 'a'}, {"\xC3\xA9", 'e'},
                {"\xC3\x89", 'e'}, {"\xC3\xBB", 'u'}, {"\xC3\x9B", 'u'}};
    size_t len = 0;
    while (t->n) {
        char c = *t->s;
        size_t step = 1;
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (!(c >= 'a' && c <= 'z')) {
            bool found = false;
            for (size_t i = 0; i < sizeof fold / sizeof *fold && !found; i++)
                if (t->n >= 2 && memcmp(t->s, fold[i].from, 2) == 0)
                    c = fold[i].to, step = 2, found = true;
            if (!found) break;
        }
        if (len + 1 < room) word[len++] = c;
        t->s += step, t->n -= step;
    }
    word[len] = '\0';
    return len;
}

static int month_of(const char *word, size_t len)
{
    static const char *const names[12][6] = {
        {"january", "januar", "janvier", "enero"},
        {"february", "februar", "fevrier", "febrero", "fev"},
        {"march", "maerz", "marz", "mars", "marzo"},
        {"april", "avril", "abril"},
        {"may", "mai", "mayo"},
        {"june", "juni", "juin", "junio"},
        {"july", "juli", "juillet", "julio"},
        {"august", "aout", "agosto"},
        {"september", "septembre", "septiembre", "sept"},
        {"october", "oktober", "octobre", "octubre"},
        {"november", "novembre", "noviembre"},
        {"december", "dezember", "decembre", "diciembre"},
    };
    if (len < 3) return 0;
    for (int m = 0; m < 12; m++)
        for (int k = 0; k < 6 && names[m][k]; k++)
            if (strncmp(names[m][k], word, len) == 0) return m + 1;
    return 0;
}

static bool is_weekday(const char *word, size_t len)
{
    static const char *const names[] = {
        "monday", "tuesday",  "wednesday", "thursday",   "friday",  "saturday", "sunday",
        "montag", "dienstag", "mittwoch",  "donnerstag", "freitag", "samstag",  "sonntag"};
    for (size_t i = 0; len >= 2 && i < sizeof names / sizeof *names; i++)
        if (strncmp(names[i], word, len) == 0) return true;
    return false;
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0) return true;
    return false;
}

/* What may follow a day: nothing, or a time with fractions, am/pm and a zone. */
static bool take_time(struct text *t, struct written *w)
{
    take(t, ',');
    if (t->n && (*t->s == 'T' || *t->s == 't')) take(t, *t->s);
    skip_blanks(t);
    if (t->n == 0) return true;
    int64_t v;
    int len = take_digits(t, &v);
    if (len == 0 || (len > 2 && len != 4 && len != 6) || (len <= 2 && v > 24)) return false;
    for (int part = 0; part < 2 && take(t, ':'); part++) {
        len = take_digits(t, &v);
        if (len < 1 || len > 2 || v > 60) return false;
    }
    if (take(t, '.') || take(t, ',')) {
        if (take_digits(t, &v) == 0) return false;
    }
    skip_blanks(t);
    char word[8];
    size_t letters = take_word(t, word, sizeof word);
    static const char *const tails[] = {"am", "pm", "z", "utc", "gmt", NULL};
    if (letters && !is_one_of(word, tails)) return false;
    w->zoned = letters && !strchr("ap", word[0]);
    skip_blanks(t);
    if (take(t, '+') || take(t, '-')) {
        w->zoned = true;
        len = take_digits(t, &v);
        if (len != 2 && len != 4) return false;
        if (take(t, ':')) {
            if (take_digits(t, &v) != 2) return false;
        }
    }
    skip_blanks(t);
    w->time = true;
    return t->n == 0;
}

static bool count_days(struct written *w, int64_t days)
{
    if (days < 0 || days > mkt_date_days(LAST_YEAR, 12, 31)) return false;
    w->year = 0;
    w->days = (int32_t)days;
    w->number = true;
    return true;
}

/* 20260131, 2026013123, 20260131235959, 45962, 1767225600, 1767225600000 */
static bool run_of_digits(struct text *t, int len, int64_t v, struct written *w)
{
    if (len == 8 || len == 10 || len == 14) {
        int64_t day = len == 8 ? v : len == 10 ? v / 100 : v / 1000000;
        int year = (int)(day / 10000), month = (int)(day / 100 % 100), d = (int)(day % 100);
        bool hour = len != 10 || v % 100 < 24;
        if (year >= FIRST_YEAR && year <= LAST_YEAR && mkt_date_valid(year, month, d) && hour) {
            w->year = year, w->a = month, w->b = d;
            w->time = len != 8;
            return len == 8 ? take_time(t, w) : t->n == 0;
        }
    }
    if (len == 5 && v >= SPREADSHEET_EPOCH) {
        int64_t part;
        if (take(t, '.')) w->time = take_digits(t, &part) > 0;
        return t->n == 0 && count_days(w, v - SPREADSHEET_EPOCH);
    }
    if (t->n == 0 && (len == 10 || len == 13)) {
        w->time = true;
        return count_days(w, (len == 13 ? v / 1000 : v) / 86400);
    }
    return false;
}

/* 2026-W05: the Monday of an ISO week. */
static bool iso_week(struct text *t, int64_t year, struct written *w)
{
    int64_t week;
    if (take_digits(t, &week) != 2 || t->n || week < 1 || week > 53) return false;
    if (year < FIRST_YEAR || year > LAST_YEAR) return false;
    int32_t fourth = mkt_date_days((int)year, 1, 4); /* always in week 1 */
    w->month_only = true;
    bool ok = count_days(w, fourth - mkt_date_weekday(fourth) + 7 * ((int32_t)week - 1));
    w->number = false;
    return ok;
}

static bool year_first(struct text *t, int64_t year, struct written *w)
{
    char sep = *t->s, word[16];
    take(t, sep);
    int64_t v;
    w->year = (int)year;
    if (t->n && (*t->s == 'W' || *t->s == 'w')) {
        take(t, *t->s);
        return iso_week(t, year, w);
    }
    int len = take_digits(t, &v);
    if (len == 0) {
        size_t letters = take_word(t, word, sizeof word);
        w->a = month_of(word, letters);
        if (!w->a) return false;
    } else {
        if (len > 2) return false;
        w->a = (int)v;
    }
    if (t->n == 0) {
        w->b = 1;
        w->month_only = true;
        return true;
    }
    if (!take(t, sep)) return false;
    len = take_digits(t, &v);
    if (len < 1 || len > 2) return false;
    w->b = (int)v;
    return take_time(t, w);
}

static bool take_year(struct text *t, struct written *w)
{
    int64_t v;
    int len = take_digits(t, &v);
    if (len != 2 && len != 4) return false;
    w->year = (int)(len == 2 ? 2000 + v : v);
    return true;
}

/* "31", then ". January 2026" or "/01/2026" */
static bool small_first(struct text *t, int64_t first, struct written *w)
{
    char word[16];
    int64_t v;
    char sep = *t->s;
    struct text at = *t;
    take_word(&at, word, sizeof word);
    static const char *const ordinals[] = {"st", "nd", "rd", "th", NULL};
    if (is_one_of(word, ordinals)) {
        *t = at;
        sep = t->n ? *t->s : ' ';
    }
    while (t->n && (*t->s == ' ' || *t->s == '.' || *t->s == '-' || *t->s == '/')) {
        sep = *t->s == ' ' ? sep : *t->s;
        take(t, *t->s);
    }
    int len = take_digits(t, &v);
    if (len == 0) {
        size_t letters = take_word(t, word, sizeof word);
        w->a = month_of(word, letters);
        w->b = (int)first;
        if (!w->a) return false;
        while (t->n &&
               (*t->s == ' ' || *t->s == '.' || *t->s == '-' || *t->s == ',' || *t->s == '/'))
            take(t, *t->s);
        return take_year(t, w) && take_time(t, w);
    }
    if (len > 2 || (sep != '/' && sep != '.' && sep != '-') || !take(t, sep)) return false;
    skip_blanks(t);
    w->a = (int)first, w->b = (int)v;
    w->open = true;
    w->dots = sep == '.';
    return take_year(t, w) && take_time(t, w);
}

/* "Nov 3, 2025", "November 2025", after an optional weekday */
static bool word_first(struct text *t, struct written *w)
{
    char word[16];
    int64_t v;
    size_t letters = take_word(t, word, sizeof word);
    if (is_weekday(word, letters)) {
        take(t, '.');
        take(t, ',');
        skip_blanks(t);
        if (t->n && *t->s >= '0' && *t->s <= '9') {
            int len = take_digits(t, &v);
            if (len == 4 && t->n) return year_first(t, v, w);
            return len <= 2 && t->n && small_first(t, v, w);
        }
        letters = take_word(t, word, sizeof word);
    }
    w->a = month_of(word, letters);
    if (!w->a) return false;
    while (t->n && (*t->s == ' ' || *t->s == '.' || *t->s == '-' || *t->s == '/')) take(t, *t->s);
    struct text before = *t;
    int len = take_digits(t, &v);
    if (len == 4 || (len == 2 && t->n == 0)) {
        *t = before;
        w->b = 1;
        w->month_only = true;
        return take_year(t, w) && t->n == 0;
    }
    if (len < 1 || len > 2) return false;
    w->b = (int)v;
    while (t->n && (*t->s == ' ' || *t->s == ',' || *t->s == '-' || *t->s == '/')) take(t, *t->s);
    return take_year(t, w) && take_time(t, w);
}

static bool understand(const char *s, size_t n, struct written *w)
{
    struct text t = {s, n};
    memset(w, 0, sizeof *w);
    while (t.n && (t.s[t.n - 1] == ' ' || t.s[t.n - 1] == '\t' || t.s[t.n - 1] == '\r')) t.n--;
    skip_blanks(&t);
    if (t.n == 0 || t.n > 48) return false;
    if (!(*t.s >= '0' && *t.s <= '9')) return word_first(&t, w);
    int64_t v;
    int len = take_digits(&t, &v);
    if (len == 4 && t.n && (*t.s == '-' || *t.s == '/' || *t.s == '.' || *t.s == ' '))
        return year_first(&t, v, w);
    if (len <= 2 && t.n) return small_first(&t, v, w);
    return run_of_digits(&t, len, v, w);
}

static bool is_day(int year, int month, int day)
{
    return year >= FIRST_YEAR && year <= LAST_YEAR && mkt_date_valid(year, month, day);
}

/* 2026-01-31 and nothing else, as nearly all are. The long way round gives the same. */
static bool is_plain(const char *s, size_t n, int32_t *out)
{
    if (n != 10 || s[4] != '-' || s[7] != '-') return false;
    int part[3] = {0, 0, 0};
    for (int i = 0, k = 0; i < 10; i++) {
        if (i == 4 || i == 7) {
            k++;
            continue;
        }
        if (s[i] < '0' || s[i] > '9') return false;
        part[k] = 10 * part[k] + (s[i] - '0');
    }
    if (!is_day(part[0], part[1], part[2])) return false;
    *out = mkt_date_days(part[0], part[1], part[2]);
    return true;
}

mkt_daytext_result mkt_daytext_read(const char *s, size_t n, mkt_day_order order, int32_t *out)
{
    struct written w;
    if (is_plain(s, n, out)) return MKT_DAYTEXT_OK;
    if (mkt_numeral_missing(s, n)) return MKT_DAYTEXT_MISSING;
    if (!understand(s, n, &w)) return MKT_DAYTEXT_BAD;
    if (w.year == 0) {
        *out = w.days;
        return MKT_DAYTEXT_OK;
    }
    bool day_first = w.open && order == MKT_DAY_FIRST;
    int month = day_first ? w.b : w.a, day = day_first ? w.a : w.b;
    if (!is_day(w.year, month, day)) return MKT_DAYTEXT_BAD;
    *out = mkt_date_days(w.year, month, day);
    return MKT_DAYTEXT_OK;
}

unsigned mkt_daytext_look(const char *s, size_t n)
{
    struct written w;
    int32_t day;
    if (is_plain(s, n, &day)) return MKT_DAYTEXT_CERTAIN;
    if (mkt_numeral_missing(s, n)) return MKT_DAYTEXT_IS_MISSING;
    if (!understand(s, n, &w)) return MKT_DAYTEXT_IS_BAD;
    unsigned look = w.time ? MKT_DAYTEXT_TIME : 0;
    if (w.time && w.year) look |= w.zoned ? MKT_DAYTEXT_ZONED : MKT_DAYTEXT_UNZONED;
    if (w.number) look |= MKT_DAYTEXT_NUMBER;
    if (w.month_only) look |= MKT_DAYTEXT_MONTH;
    if (w.year == 0) return look | MKT_DAYTEXT_CERTAIN;
    bool month_first = is_day(w.year, w.a, w.b);
    if (!w.open) return month_first ? look | MKT_DAYTEXT_CERTAIN : MKT_DAYTEXT_IS_BAD;
    bool day_first = is_day(w.year, w.b, w.a);
    if (!month_first && !day_first) return MKT_DAYTEXT_IS_BAD;
    if (month_first && day_first && w.a == w.b) return look | MKT_DAYTEXT_CERTAIN;
    if (month_first && day_first && !w.dots) return look | MKT_DAYTEXT_EITHER;
    return look | (day_first ? MKT_DAYTEXT_DAY_FIRST : MKT_DAYTEXT_MONTH_FIRST);
}
