#include "fact/format.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Writes value with `decimals` places and thousands in groups of three, after
 * "-" or `plus` and the currency's sign. What is shown as zero has no "-" or `plus`. */
static char *grouped(double value, int decimals, const char *plus, const char *sign, char *out)
{
    char plain[40];
    int n = snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    bool zero = plain[strspn(plain, "0.")] == '\0';
    if (!zero) out = stpcpy(out, value < 0 ? "-" : plus);
    out = stpcpy(out, sign);
    int whole = decimals ? n - decimals - 1 : n;
    out = mkt_text_group(plain, (size_t)whole, out);
    memcpy(out, plain + whole, (size_t)(n - whole) + 1);
    return out + (n - whole);
}

/* Places that leave about three digits, at most `most`. */
static int places(double value, int most)
{
    double v = fabs(value);
    int d = v >= 100 ? 0 : v >= 10 ? 1 : 2;
    return d < most ? d : most;
}

/* Places that leave three digits of what is below 1, at most 6: 0.131, 0.00417. */
static int fine_places(double value)
{
    double v = fabs(value);
    int d = 3;
    if (!(v > 0 && v < 1)) return places(value, 2);
    while (d < 6 && v < .1) v *= 10, d++;
    return d;
}

static const char *sign_of(const char *currency)
{
    static const struct {
        const char *code, *sign;
    } signs[] = {{"EUR", "€"}, {"USD", "$"}, {"GBP", "£"}, {"JPY", "¥"}, {"INR", "₹"}};
    for (size_t i = 0; currency && i < sizeof signs / sizeof *signs; i++)
        if (strcmp(signs[i].code, currency) == 0) return signs[i].sign;
    return NULL;
}

static void money(double value, const char *currency, char *out)
{
    const char *sign = sign_of(currency);
    int decimals = fabs(value) < 100 ? 2 : 0;
    out = grouped(value, decimals, "", sign ? sign : "", out);
    if (!sign && currency) {
        *out++ = ' ';
        snprintf(out, 9, "%.8s", currency);
    }
}

static const char percent[] = " %";

/* Hundredths, with what stands after them. */
static void hundredths(double value, const char *plus, const char *what, char *out)
{
    double p = value * 100;
    int decimals = fabs(p) >= 99.95 ? 0 : places(p, 1) + (fabs(p) < 1); /* 100 %, not 100.0 % */
    bool fine = !*plus || what != percent;                              /* 0.034 %, not 0.03 % */
    if (fine && p != 0 && fabs(p) < .1) decimals = fine_places(p) - 1;
    out = grouped(p, decimals, plus, "", out);
    strcpy(out, what);
}

#define P_LEAST 1e-4

static void p_value(double p, char *out)
{
    if (p < P_LEAST)
        strcpy(out, "< 0.0001");
    else
        snprintf(out, MKT_FORMAT_TEXT, "%.3g", p);
}

static void length_of_time(double seconds, char *out)
{
    static const struct {
        double seconds;
        const char *one, *many;
    } unit[] = {{86400, " day", " days"}, {3600, " hour", " hours"}, {60, " minute", " minutes"}};
    double size = fabs(seconds);
    const char *one = " second", *many = " seconds";
    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++) {
        if (size < (i ? 1 : 2) * unit[i].seconds) continue; /* 36 hours, not 1.5 days */
        seconds /= unit[i].seconds;
        one = unit[i].one;
        many = unit[i].many;
        break;
    }
    out = grouped(seconds, fabs(seconds) < 100 && seconds != floor(seconds) ? 1 : 0, "", "", out);
    strcpy(out, seconds == 1 ? one : many);
}

char *mkt_format_value(double value, mkt_unit unit, const char *currency, char out[MKT_FORMAT_TEXT])
{
    if (!isfinite(value)) {
        strcpy(out, "–");
        return out;
    }
    if (fabs(value) >= 1e15) {
        snprintf(out, MKT_FORMAT_TEXT, "%.3g", value);
        return out;
    }
    switch (unit) {
    case MKT_UNIT_MONEY:
        money(value, currency, out);
        break;
    case MKT_UNIT_SHARE:
        hundredths(value, "", percent, out);
        break;
    case MKT_UNIT_CHANGE:
        hundredths(value, "+", percent, out);
        break;
    case MKT_UNIT_POINTS:
        hundredths(value, "+", " points", out);
        break;
    case MKT_UNIT_P:
        p_value(value, out);
        break;
    case MKT_UNIT_PROBABILITY:
        mkt_format_probability(value, out);
        break;
    case MKT_UNIT_RATIO:
        grouped(value, places(value, 2), "", "", out);
        break;
    case MKT_UNIT_INDEX:
        grouped(value, fine_places(value), "", "", out);
        break;
    case MKT_UNIT_SECONDS:
        length_of_time(value, out);
        break;
    case MKT_UNIT_COUNT:
    case MKT_UNIT_DAYS:
        grouped(value, fabs(value) < 100 && value != floor(value) ? 1 : 0, "", "", out);
        break;
    }
    return out;
}

/* Where what is counted in begins: " %", " points", " days", " CHF"; the end where nothing does. */
static char *unit_of(char *text)
{
    char *space = strrchr(text, ' ');
    return space && space > text && (space[1] < '0' || space[1] > '9') ? space
                                                                       : text + strlen(text);
}

/* "day" and "days" are one unit. */
static bool same_unit(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;
    if (memcmp(a, b, least) != 0) return false;
    return n == m || (n + 1 == m && b[n] == 's') || (m + 1 == n && a[m] == 's');
}

char *mkt_format_range(double low, double high, mkt_unit unit, const char *currency,
                       char out[MKT_FORMAT_RANGE])
{
    char b[MKT_FORMAT_TEXT];
    const char *sign = unit == MKT_UNIT_MONEY ? sign_of(currency) : NULL;
    mkt_format_value(low, unit, currency, out);
    mkt_format_value(high, unit, currency, b);
    char *unit_a = unit_of(out), *unit_b = unit_of(b), *put = out + strlen(out);
    if (*unit_a && same_unit(unit_a, unit_b)) put = unit_a;
    char *at = sign ? strstr(b, sign) : NULL;
    if (at && strstr(out, sign)) memmove(at, at + strlen(sign), strlen(at + strlen(sign)) + 1);
    put = stpcpy(put, " to ");
    strcpy(put, b);
    return out;
}

void mkt_format_fact(struct mkt_buf *out, const struct mkt_fact *fact, const char *currency)
{
    char text[MKT_FORMAT_RANGE];
    mkt_buf_str(out, mkt_format_value(fact->value, fact->unit, currency, text));
    if (!isfinite(fact->low) || !isfinite(fact->high)) return;
    mkt_buf_str(out, " (");
    mkt_buf_str(out, mkt_format_range(fact->low, fact->high, fact->unit, currency, text));
    mkt_buf_str(out, ")");
}

char *mkt_format_probability(double p, char out[MKT_FORMAT_TEXT])
{
    if (!isfinite(p))
        strcpy(out, "–");
    else if (p > 0.999)
        strcpy(out, "over 99.9 %");
    else if (p < 0.001)
        strcpy(out, "under 0.1 %");
    else
        snprintf(out, MKT_FORMAT_TEXT, "%.*f %%", p > 0.99 || p < 0.01 ? 1 : 0, p * 100);
    return out;
}

char *mkt_format_p(double p, char out[MKT_FORMAT_TEXT])
{
    char value[MKT_FORMAT_TEXT];
    mkt_format_value(p, MKT_UNIT_P, NULL, value);
    snprintf(out, MKT_FORMAT_TEXT, "p %s%.40s", *value == '<' ? "" : "= ", value);
    return out;
}
