#include "source/total_names.h"

#include <string.h>
#include <strings.h>

static const char *const head[] = {"total", "grand total", "gesamt", "summe"};

static const char *const whole[] = {
    "totals",       "overall", "sum",         "all",        "all variants", "all users",
    "all segments", "(all)",   "everyone",    "alle",       "insgesamt",    "ensemble",
    "somme",        "tous",    "totale",      "tutti",      "todos",        "suma",
    "totaal",       "soma",    "gesamtsumme", "gesamtwert",
};

bool mkt_total_names_has(const char *s, size_t n, bool heads)
{
    while (n && *s == ' ') s++, n--;
    while (n && (s[n - 1] == ' ' || s[n - 1] == ':')) n--;
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        size_t length = strlen(head[i]);
        if ((heads ? n >= length : n == length) && strncasecmp(s, head[i], length) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (n == strlen(whole[i]) && strncasecmp(s, whole[i], n) == 0) return true;
    return false;
}
