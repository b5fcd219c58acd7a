#include "base/text.h"

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Adds one to the last digit before the 'e' of d.ddde+x; false if it would carry. */
static bool step_up(char *e)
{
    char *last = strchr(e, 'e') - 1;
    if (*last < '0' || *last >= '9') return false;
    ++*last;
    return true;
}

/* Whole numbers and amounts of up to six decimals: m / 10^k with both exact divides to the nearest
 * double, which is what reading the text does, and 15 digits leave no shorter one. */
static int decimal(double value, char digits[20], int *point)
{
    double power = 1;
    for (int k = 0; k <= 6; k++, power *= 10) {
        double m = rint(value * power);
        if (m >= 1e15) break;
        if (m / power != value) continue;
        char reversed[20];
        int n = 0, at = 0;
        for (uint64_t rest = (uint64_t)m; rest; rest /= 10) reversed[n++] = (char)('0' + rest % 10);
        *point = n - k;
        while (n > 0) digits[at++] = reversed[--n];
        while (at > 1 && digits[at - 1] == '0') at--;
        return at;
    }
    return 0;
}

/* Digits and decimal exponent of the shortest text that reads back: value = 0.DIGITS * 10^point.
 *
 * A normal double holds any 15 digits, so nothing shorter than them (less
 * closing zeros) need be tried; a subnormal holds fewer. Doubles lie twice as
 * far apart above a power of two as below it: there the nearest text of 16
 * digits may fail while the next one up reads back. */
static int shortest(double value, char digits[20], int *point)
{
    char e[40];
    int precision = value < DBL_MIN ? 1 : 15, exponent;
    bool power_of_two = frexp(value, &exponent) == 0.5;
    for (;; precision++) {
        snprintf(e, sizeof e, "%.*e", precision - 1, value);
        if (precision == 17 || strtod(e, NULL) == value) break;
        if (power_of_two && step_up(e) && strtod(e, NULL) == value) break;
    }
    int n = 1;
    const char *c = e + 1;
    digits[0] = e[0];
    for (; *c != 'e' && *c; c++)
        if (*c >= '0' && *c <= '9') digits[n++] = *c;
    while (n > 1 && digits[n - 1] == '0') n--;
    *point = atoi(c + 1) + 1;
    return n;
}

/* ---- the same by whole numbers, where 128 bits hold them: a tenth of the time ---- */

__extension__ typedef unsigned __int128 wide;

#define SHORT_POWERS 23 /* 10^22 times a mantissa still fits */

static const uint64_t ten[20] = {1ULL,
                                 10ULL,
                                 100ULL,
                                 1000ULL,
                                 10000ULL,
                                 100000ULL,
                                 1000000ULL,
                                 10000000ULL,
                                 100000000ULL,
                                 1000000000ULL,
                                 10000000000ULL,
                                 100000000000ULL,
                                 1000000000000ULL,
                                 10000000000000ULL,
                                 100000000000000ULL,
                                 1000000000000000ULL,
                                 10000000000000000ULL,
                                 100000000000000000ULL,
                                 1000000000000000000ULL,
                                 10000000000000000000ULL};

static wide power_of_ten(int k)
{
    return k < 20 ? ten[k] : (wide)ten[19] * ten[k - 19];
}

/* The nearest whole number to value * 10^k, where value = m / 2^s; ties to even, as printf has it. */
static uint64_t scaled(uint64_t m, int s, int k)
{
    wide exact = m * power_of_ten(k), half = (wide)1 << (s - 1);
    wide low = exact & ((half << 1) - 1);
    uint64_t n = (uint64_t)(exact >> s);
    return n + (low > half || (low == half && (n & 1)));
}

/* Whether n / 10^k is nearer to m / 2^s than to the doubles beside it: within half of 1 / 2^s, or at
 * it when m is even. */
static bool reads_back(uint64_t n, uint64_t m, int s, int k)
{
    wide given = (wide)n << s, exact = m * power_of_ten(k);
    wide off = given > exact ? given - exact : exact - given;
    return 2 * off < power_of_ten(k) || (2 * off == power_of_ten(k) && m % 2 == 0);
}

/* As shortest(), for 10^-6 <= value < 10^15 that is no power of two; 0 for the others. */
static int quick(double value, char digits[20], int *point)
{
    int exponent;
    if (!(value >= 1e-6 && value < 1e15)) return 0;
    uint64_t m = (uint64_t)ldexp(frexp(value, &exponent), 53), n = 0;
    int s = 53 - exponent, k = 0;
    if (m == UINT64_C(1) << 52 || s < 1) return 0;
    for (int precision = 15; precision <= 17; precision++) {
        if (precision == 15)
            while (k < SHORT_POWERS && scaled(m, s, k) < ten[14]) k++;
        else
            k++;
        if (k >= SHORT_POWERS) return 0;
        n = scaled(m, s, k);
        if (precision == 17 || reads_back(n, m, s, k)) break;
    }
    char reversed[20];
    int count = 0, at = 0;
    for (; n; n /= 10) reversed[count++] = (char)('0' + n % 10);
    *point = count - k;
    while (count > 0) digits[at++] = reversed[--count];
    while (at > 1 && digits[at - 1] == '0') at--;
    return at;
}

char *mkt_text_number(double value, char out[MKT_TEXT_NUMBER])
{
    char digits[20];
    int point;
    char *o = out;
    if (value == 0.0) {
        strcpy(out, "0");
        return out;
    }
    if (value < 0) {
        *o++ = '-';
        value = -value;
    }
    int n = decimal(value, digits, &point);
    if (n == 0) n = quick(value, digits, &point);
    if (n == 0) n = shortest(value, digits, &point);
    if (point > 21 || point < -5) {
        *o++ = digits[0];
        if (n > 1) {
            *o++ = '.';
            memcpy(o, digits + 1, (size_t)n - 1);
            o += n - 1;
        }
        snprintf(o, MKT_TEXT_NUMBER - 19, "e%+d", point - 1);
        return out;
    }
    if (point <= 0) {
        *o++ = '0';
        *o++ = '.';
        for (int i = point; i < 0; i++) *o++ = '0';
        memcpy(o, digits, (size_t)n);
        o += n;
    } else {
        for (int i = 0; i < point || i < n; i++) {
            if (i == point) *o++ = '.';
            *o++ = i < n ? digits[i] : '0';
        }
    }
    *o = '\0';
    return out;
}

char *mkt_text_group(const char *digits, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) *out++ = ',';
        *out++ = digits[i];
    }
    return out;
}

char *mkt_text_count(int64_t n, char out[MKT_TEXT_COUNT])
{
    char digits[24], *end = out;
    uint64_t size = n < 0 ? -(uint64_t)n : (uint64_t)n;
    int length = snprintf(digits, sizeof digits, "%" PRIu64, size);
    if (n < 0) *end++ = '-';
    *mkt_text_group(digits, (size_t)length, end) = '\0';
    return out;
}

bool mkt_text_to_double(const char *text, double *out)
{
    if (!((*text >= '0' && *text <= '9') || *text == '-' || *text == '+' || *text == '.'))
        return false;
    if (text[strspn(text, "0123456789+-.eE")]) return false; /* no hex, inf, nan */
    char *end;
    double v = strtod(text, &end);
    if (end == text || *end || !isfinite(v)) return false;
    *out = v;
    return true;
}

bool mkt_text_to_int(const char *text, int64_t *out)
{
    char *end;
    if (!((*text >= '0' && *text <= '9') || *text == '-')) return false;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (end == text || *end || errno) return false;
    *out = v;
    return true;
}

size_t mkt_text_utf8(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    if (n == 0) return 0;
    if (s[0] < 0x80) return 1;
    size_t len;
    uint32_t code, least;
    if ((s[0] & 0xE0) == 0xC0) {
        len = 2, code = s[0] & 0x1FU, least = 0x80;
    } else if ((s[0] & 0xF0) == 0xE0) {
        len = 3, code = s[0] & 0x0FU, least = 0x800;
    } else if ((s[0] & 0xF8) == 0xF0) {
        len = 4, code = s[0] & 0x07U, least = 0x10000;
    } else {
        return 0;
    }
    if (len > n) return 0;
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
        code = code << 6 | (s[i] & 0x3FU);
    }
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0;
    return len;
}

bool mkt_text_is_utf8(const char *s, size_t n)
{
    while (n > 0) {
        size_t len = mkt_text_utf8(s, n);
        if (len == 0) return false;
        s += len;
        n -= len;
    }
    return true;
}

/* C0, DEL, C1 (U+0080..9F), line and paragraph separators, bidirectional
 * marks, overrides and isolates (U+200E/F, U+2028..2E, U+2066..69), U+FEFF. */
static bool is_control(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    if (len == 1) return s[0] < 0x20 || s[0] == 0x7F;
    if (len == 2) return s[0] == 0xC2 && s[1] < 0xA0;
    if (len != 3) return false;
    if (s[0] == 0xE2 && s[1] == 0x80)
        return s[2] == 0x8E || s[2] == 0x8F || (s[2] >= 0xA8 && s[2] <= 0xAE);
    if (s[0] == 0xE2 && s[1] == 0x81) return s[2] >= 0xA6 && s[2] <= 0xA9;
    return s[0] == 0xEF && s[1] == 0xBB && s[2] == 0xBF;
}

char *mkt_text_clean(struct mkt_arena *arena, const char *s, size_t n, size_t max)
{
    static const char replacement[] = "\xEF\xBF\xBD", ellipsis[] = "\xE2\x80\xA6";
    char *out = mkt_arena_alloc(arena, max + 1, 1);
    if (!out) return NULL;
    size_t used = 0, fits = 0; /* fits: where an ellipsis would still go */
    bool space = false;
    while (n > 0) {
        size_t len = mkt_text_utf8(s, n);
        const char *add = s;
        size_t take = len ? len : 1, size = len;
        if (len == 0) {
            add = replacement;
            size = 3;
        }
        bool blank = size && (is_control(add, size) || *add == ' ');
        if (blank) {
            space = used > 0;
        } else {
            if (used + space + size > max) {
                if (max >= 3) {
                    memcpy(out + fits, ellipsis, 3);
                    used = fits + 3;
                }
                break;
            }
            if (space) out[used++] = ' ';
            space = false;
            memcpy(out + used, add, size);
            used += size;
            if (used + 3 <= max) fits = used;
        }
        s += take;
        n -= take;
    }
    out[used] = '\0';
    return out;
}

char *mkt_text_slug(struct mkt_arena *arena, const char *s, size_t max)
{
    char *out = mkt_arena_alloc(arena, (max < 1 ? 1 : max) + 1, 1);
    if (!out) return NULL;
    size_t n = 0;
    for (; *s && n < max; s++) {
        char c = mkt_text_small(*s);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[n++] = c;
        else if (n > 0 && out[n - 1] != '_')
            out[n++] = '_';
    }
    while (n > 0 && out[n - 1] == '_') n--;
    if (n == 0) out[n++] = 'x';
    out[n] = '\0';
    return out;
}

bool mkt_text_equal_nocase(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

bool mkt_text_has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}
