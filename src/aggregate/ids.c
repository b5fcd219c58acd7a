#include "aggregate/ids.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first digit is the lowest byte");

#define EACH UINT64_C(0x0101010101010101)

/* How many digits a text begins with, at most eight, and their number: all bytes at once, because where
 * the digits of a text end is nothing a processor can foresee. */
static size_t read_digits(const char *s, size_t n, uint64_t *out)
{
    uint64_t x = mkt_names_word(s, n < 8 ? n : 8) ^ EACH * '0';
    /* the high bit of each byte that is above 9; a carry spoils only bytes behind the first of them */
    uint64_t other = (x | (x + EACH * (0x7f - 9))) & EACH * 0x80;
    size_t digits = other ? (size_t)__builtin_ctzll(other) / 8 : 8;
    x = x << 4 * (8 - digits) << 4 * (8 - digits); /* zeros in front */
    x = (10 * x + (x >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    x = (100 * x + (x >> 16)) & UINT64_C(0x0000ffff0000ffff);
    *out = (10000 * x + (x >> 32)) & UINT32_MAX;
    return digits;
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
    static const uint64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    bool minus = n && *text == '-';
    const char *s = text + minus;
    n -= minus;
    if (!n) return false;
    uint64_t x, more;
    size_t digits = read_digits(s, n, &x), most = n < 19 ? n : 19; /* these fit whatever they are */
    char next = s[digits < n ? digits : 0];
    if ((digits == 0) | ((digits < n) & (digits < 8) & (next != '.'))) return false;
    for (size_t last = digits; last == 8 && digits < most; digits += last) {
        last = read_digits(s + digits, most - digits, &more);
        x = x * power[last] + more;
    }
    if (*s == '0' && (digits > 1 || (minus && n == 1))) return false;
    if (x > (uint64_t)INT64_MAX + minus) return false;
    if (digits < n && !is_no_fraction(s + digits, n - digits)) return false;
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
