#include "aggregate/ids.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A point and zeros. */
static bool is_no_fraction(const char *s, size_t n)
{
    if (n < 2 || *s != '.') return false;
    for (size_t i = 1; i < n; i++)
        if (s[i] != '0') return false;
    return true;
}

bool mkt_ids_read_number(const char *text, size_t n, int64_t *out)
{
    const char *s = text, *end = text + n;
    bool minus = n && *s == '-';
    s += minus;
    if (s == end || !is_digit(*s) || (*s == '0' && (end - s > 1 ? s[1] != '.' : minus)))
        return false;
    uint64_t x = 0;
    const char *last = end - s > 19 ? s + 19 : end; /* 19 digits fit whatever they are */
    for (; s < last && is_digit(*s); s++) x = 10 * x + (uint64_t)(*s - '0');
    if (x > (uint64_t)INT64_MAX + minus) return false;
    if (s < end && !is_no_fraction(s, (size_t)(end - s))) return false;
    *out = minus ? (int64_t)(0 - x) : (int64_t)x;
    return true;
}

uint64_t mkt_ids_of_text(const char *text, size_t n)
{
    int64_t number;
    if (mkt_ids_read_number(text, n, &number)) return mkt_ids_of_number(number);
    uint64_t id = mkt_names_hash(text, n);
    return id + (id == 0);
}
