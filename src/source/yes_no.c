#include "source/yes_no.h"

#include <string.h>
#include <strings.h>

bool mkt_yes_no_read(const char *s, size_t n, bool *out)
{
    static const struct {
        const char *word;
        bool yes;
    } words[] = {
#define WORD(word, yes) {word, yes},
        MKT_YES_NO_LIST(WORD)
#undef WORD
    };
    while (n && *s == ' ') s++, n--;
    while (n && s[n - 1] == ' ') n--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].word) == n && strncasecmp(words[i].word, s, n) == 0)
            return *out = words[i].yes, true;
    return false;
}
