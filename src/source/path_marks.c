#include "source/path_marks.h"

#include <string.h>

const char *const mkt_path_marks[MKT_PATH_MARKS] = {
    "->", "=>", "\xE2\x86\x92", "\xC2\xBB", ">", "|", ";", ","};

static size_t mark_at(const char *s, size_t n)
{
    for (size_t i = 0; i < MKT_PATH_MARKS; i++) {
        size_t length = strlen(mkt_path_marks[i]);
        if (length <= n && memcmp(s, mkt_path_marks[i], length) == 0) return i;
    }
    return MKT_PATH_MARKS;
}

unsigned mkt_path_marks_look(const char *s, size_t n)
{
    unsigned seen = 0;
    for (size_t i = 0; i < n;) {
        size_t mark = mark_at(s + i, n - i);
        if (mark < MKT_PATH_MARKS) seen |= 1U << mark;
        i += mark < MKT_PATH_MARKS ? strlen(mkt_path_marks[mark]) : 1;
    }
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
