#include "source/void_names.h"

#include <string.h>
#include <strings.h>

/* MySQL and PostgreSQL; programs; spreadsheets; reports */
static const char *const word[] = {"\\n", "null", "(null)", "<null>", "nil", "undefined",
                                   "nan", "n/a",  "#n/a",   "-",      "--"};

static const char *const unset[] = {MKT_VOID_NAMES_SHOWN, "not set"};

#define LONGEST 9               /* bytes of them */
#define BEGINNINGS "\\nN(<uU#-" /* what they begin with: most names are told by that alone */

static bool is_among(const char *s, size_t n, const char *const *words, size_t count)
{
    while (n && *s == ' ') s++, n--;
    while (n && s[n - 1] == ' ') n--;
    if (n == 0 || n > LONGEST || !memchr(BEGINNINGS, *s, sizeof BEGINNINGS - 1)) return false;
    for (size_t i = 0; i < count; i++)
        if (n == strlen(words[i]) && strncasecmp(s, words[i], n) == 0) return true;
    return false;
}

bool mkt_void_names_has(const char *s, size_t n)
{
    return is_among(s, n, word, sizeof word / sizeof *word);
}

#define NIL_UUID "00000000-0000-0000-0000-000000000000"
#define NOBODY_LONGEST 11

/* By length; besides those above. */
static const char *const nobody[NOBODY_LONGEST + 1][4] = {
    [2] = {"na"},
    [4] = {"none", "<na>"},
    [5] = {"guest"},
    [6] = {"(none)"},
    [7] = {"unknown", "(other)", "(guest)"},
    [9] = {"anonymous", "(unknown)"},
    [11] = {"(anonymous)"},
};

#define ANY MKT_VOID_NAMES_ANY

/* 1: an, un; 2: gu; 4: na, ni, no, nu, n/; 8: 00 */
const uint8_t mkt_void_names_first[256] = {
    ['a'] = 1,    ['A'] = 1,   ['u'] = 1,   ['U'] = 1,   ['g'] = 2,
    ['G'] = 2,    ['n'] = 4,   ['N'] = 4,   ['0'] = 8,   [' '] = ANY,
    ['\\'] = ANY, ['('] = ANY, ['<'] = ANY, ['#'] = ANY, ['-'] = ANY};
const uint8_t mkt_void_names_second[256] = {
    ['n'] = 1, ['N'] = 1, ['u'] = 2 + 4, ['U'] = 2 + 4, ['a'] = 4, ['A'] = 4,
    ['i'] = 4, ['I'] = 4, ['o'] = 4,     ['O'] = 4,     ['/'] = 4, ['0'] = 8};

bool mkt_void_names_list(const char *s, size_t n)
{
    while (n && *s == ' ') s++, n--;
    while (n && s[n - 1] == ' ') n--;
    if (n == 0) return true;
    if (n > NOBODY_LONGEST) return n == sizeof NIL_UUID - 1 && memcmp(s, NIL_UUID, n) == 0;
    for (size_t i = 0; i < 4 && nobody[n][i]; i++)
        if (strncasecmp(s, nobody[n][i], n) == 0) return true;
    return mkt_void_names_unset(s, n);
}

bool mkt_void_names_path(const char *s, size_t n)
{
    for (const char *end = s + n; s <= end;) {
        const char *mark = s < end ? memchr(s, '>', (size_t)(end - s)) : NULL;
        size_t length = (size_t)((mark ? mark : end) - s), blanks = 0;
        while (blanks < length && s[blanks] == ' ') blanks++;
        if (blanks < length && !mkt_void_names_has(s, length)) return false;
        s += length + 1;
    }
    return true;
}

bool mkt_void_names_unset(const char *s, size_t n)
{
    return mkt_void_names_has(s, n) || is_among(s, n, unset, sizeof unset / sizeof *unset);
}
