#include "server/accept.h"

#include <string.h>
#include <strings.h>

/* "0.8" in thousandths; 1000 when there is none or it is no number */
static int weight_of(const char *range, size_t n)
{
    const char *q = memmem(range, n, "q=", 2);
    if (!q || q + 2 >= range + n) return 1000;
    if (q[2] == '1') return 1000;
    if (q[2] != '0') return 1000;
    int weight = 0, place = 100;
    if (q + 3 < range + n && q[3] == '.')
        for (const char *c = q + 4; c < range + n && *c >= '0' && *c <= '9' && place; c++) {
            weight += (*c - '0') * place;
            place /= 10;
        }
    return weight;
}

/* 0 no match, 1 for * / *, 2 for type / *, 3 for the type itself */
static int closeness(const char *range, size_t n, const char *offer)
{
    size_t type = strcspn(offer, "/") + 1;
    if (n == 3 && memcmp(range, "*/*", 3) == 0) return 1;
    if (n == type + 1 && range[type] == '*' && strncasecmp(range, offer, type) == 0) return 2;
    return n == strlen(offer) && strncasecmp(range, offer, n) == 0 ? 3 : 0;
}

static int liking(const char *header, const char *offer)
{
    int best = 0, liked = 0;
    while (*header) {
        header += strspn(header, " \t,");
        size_t whole = strcspn(header, ","), range = strcspn(header, ",; \t");
        int close = closeness(header, range, offer);
        if (close > best) {
            best = close;
            liked = weight_of(header + range, whole - range);
        }
        header += whole;
    }
    return liked;
}

size_t mkt_accept_choose(const char *header, const char *const *offer, size_t offers)
{
    size_t chosen = offers;
    int most = 0;
    if (!header || !*header) return 0;
    for (size_t i = 0; i < offers; i++) {
        int liked = liking(header, offer[i]);
        if (liked > most) {
            most = liked;
            chosen = i;
        }
    }
    return chosen;
}
