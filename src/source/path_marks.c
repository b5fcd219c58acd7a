#include "source/path_marks.h"

#include <string.h>
#include <strings.h>

const char *const mkt_path_marks[MKT_PATH_MARKS] = {
    "-->", "==>", "->", "=>", "\xE2\x86\x92", "\xC2\xBB", "\xE2\x80\xBA", ">>", ">", "|",
    ";",   "~",   ",",  "/"};

static size_t mark_at(const char *s, size_t n)
{
    for (size_t i = 0; i < MKT_PATH_MARKS; i++) {
        size_t length = strlen(mkt_path_marks[i]);
        if (length <= n && memcmp(s, mkt_path_marks[i], length) == 0) return i;
    }
    return MKT_PATH_MARKS;
}

/* Media as analytics name them, after a source and a slash. */
static bool is_medium(const char *s, size_t n)
{
    static const char *const word[] = {
        "cpc",    "ppc",         "cpm",        "cpv",         "organic",     "referral",
        "email",  "e-mail",      "(none)",     "none",        "(not set)",   "social",
        "paid",   "paid_social", "paidsocial", "paid_search", "paidsearch",  "display",
        "banner", "affiliate",   "affiliates", "video",       "retargeting", "push",
        "sms",    "qr",          "print",      "newsletter",  "feed",        "shopping",
        "web",    "app",         "post",       "story",       "bio",         "link"};
    while (n && *s == ' ') s++, n--;
    while (n && s[n - 1] == ' ') n--;
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strlen(word[i]) == n && strncasecmp(word[i], s, n) == 0) return true;
    return false;
}

/* Whether slashes part channels here: not those of "google / cpc", "/page/name", "https://...". */
static bool is_parted_by_slash(const char *s, size_t n)
{
    const char *first = memchr(s, '/', n);
    if (!first || first == s) return false;
    size_t after = n - (size_t)(first - s) - 1;
    if (after == 0 || first[1] == '/') return false;
    return memchr(first + 1, '/', after) || !is_medium(first + 1, after);
}

unsigned mkt_path_marks_look(const char *s, size_t n)
{
    unsigned seen = 0;
    for (size_t i = 0; i < n;) {
        size_t mark = mark_at(s + i, n - i);
        if (mark < MKT_PATH_MARKS) seen |= 1U << mark;
        i += mark < MKT_PATH_MARKS ? strlen(mkt_path_marks[mark]) : 1;
    }
    if (seen >> MKT_PATH_MARKS_SLASH & 1 && !is_parted_by_slash(s, n))
        seen &= ~(1U << MKT_PATH_MARKS_SLASH);
    return seen;
}

size_t mkt_path_marks_write(const char *s, size_t n, size_t mark, char *out)
{
    size_t length = strlen(mkt_path_marks[mark]), written = 0;
    for (size_t i = 0; i < n;) {
        bool here = length <= n - i && memcmp(s + i, mkt_path_marks[mark], length) == 0;
        out[written++] = here ? '>' : s[i];
        i += here ? length : 1;
    }
    return written;
}
