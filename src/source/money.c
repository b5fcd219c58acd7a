#include "source/money.h"

#include <string.h>
#include <strings.h>

/* Longer signs before their own beginnings. */
static const struct {
    const char *sign, *code;
} signs[] = {
    {"US$", "USD"}, {"CA$", "CAD"}, {"AU$", "AUD"}, {"NZ$", "NZD"}, {"HK$", "HKD"},  {"MX$", "MXN"},
    {"S$", "SGD"},  {"A$", "AUD"},  {"C$", "CAD"},  {"R$", "BRL"},  {"$", "$"},      {"€", "EUR"},
    {"£", "GBP"},   {"¥", "JPY"},   {"₹", "INR"},   {"₽", "RUB"}, {"₩", "KRW"},    {"₺", "TRY"},
    {"₪", "ILS"},   {"₫", "VND"},   {"฿", "THB"},   {"₱", "PHP"},   {"₦", "NGN"},    {"₴", "UAH"},
    {"zł", "PLN"},  {"Kč", "CZK"},  {"Ft", "HUF"},  {"Fr.", "CHF"}, {"SFr.", "CHF"}, {"kr.", ""},
    {"kr", ""},     {"Rs.", "INR"}, {"Rp", "IDR"},
};

static const char codes[][4] = {
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN",
    "CZK", "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "INR", "IDR", "MYR", "SGD", "HKD", "TWD",
    "KRW", "THB", "PHP", "VND", "ILS", "AED", "SAR", "EGP", "ZAR", "NGN", "KES", "MAD", "BRL",
    "MXN", "ARS", "CLP", "COP", "PEN", "UYU", "ISK", "PKR", "BDT", "QAR", "KWD",
};
#define CODES (sizeof codes / sizeof *codes)

static const char dollars[][4] = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD",
                                  "TWD", "MXN", "ARS", "CLP", "COP", "UYU"};

static bool is_letter(unsigned char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static const char *iso(const char *s)
{
    for (size_t i = 0; i < CODES; i++)
        if (strncasecmp(s, codes[i], 3) == 0) return codes[i];
    return NULL;
}

size_t mkt_money_match(const char *s, size_t n, const char **code)
{
    if (n == 0) return 0;
    unsigned char first = (unsigned char)*s;
    if (first < 0x80 && first != '$' && !is_letter(first)) return 0; /* nearly every cell */
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t len = strlen(signs[i].sign);
        if (len > n || memcmp(s, signs[i].sign, len) != 0) continue;
        if (is_letter((unsigned char)s[len - 1]) && len < n && is_letter((unsigned char)s[len]))
            continue;
        *code = signs[i].code;
        return len;
    }
    if (n < 3 || !is_letter((unsigned char)s[0]) || !is_letter((unsigned char)s[1]) ||
        !is_letter((unsigned char)s[2]) || (n > 3 && is_letter((unsigned char)s[3])))
        return 0;
    const char *known = iso(s);
    if (!known) return 0;
    *code = known;
    return 3;
}

const char *mkt_money_code(const char *s, size_t n)
{
    static const struct {
        const char *name, *code;
    } names[] = {{"euro", "EUR"}, {"euros", "EUR"},      {"us dollar", "USD"},
                 {"dollar", "$"}, {"pound", "GBP"},      {"british pound", "GBP"},
                 {"yen", "JPY"},  {"swiss franc", "CHF"}};
    while (n && (*s == ' ' || *s == '\t')) s++, n--;
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r')) n--;
    const char *code;
    if (n && mkt_money_match(s, n, &code) == n) return *code ? code : NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].name) == n && strncasecmp(s, names[i].name, n) == 0)
            return names[i].code;
    return NULL;
}

static bool is_dollar(const char *code)
{
    for (size_t i = 0; i < sizeof dollars / sizeof *dollars; i++)
        if (strcmp(code, dollars[i]) == 0) return true;
    return false;
}

bool mkt_money_agree(const char *a, const char *b)
{
    if (strcmp(a, b) == 0) return true;
    if (strcmp(a, "$") == 0) return is_dollar(b);
    return strcmp(b, "$") == 0 && is_dollar(a);
}
