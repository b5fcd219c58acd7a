#include "aggregate/clocks.h"

#include <assert.h>
#include <stdbool.h>

#define YEAR_BINS 13 /* empty ones in a row: more than a year */
#define DECADE_BINS 122

static bool is_stray(int64_t beyond, int64_t all, size_t gap)
{
    return (gap >= YEAR_BINS && beyond * 1000 <= all) || (gap >= DECADE_BINS && beyond * 20 <= all);
}

/* Of the bins that have rows, those left once strays at one end are cut off. */
static size_t cut(const struct mkt_clocks_bin *bin, size_t bins, size_t from, size_t to,
                  bool from_end, int64_t all)
{
    size_t kept = from_end ? to : from, gap = 0;
    int64_t beyond = 0;
    for (size_t k = 0; k <= to - from; k++) {
        size_t i = from_end ? to - k : from + k;
        assert(i < bins);
        gap = bin[i].rows ? 0 : gap + 1;
        beyond += bin[i].rows;
        size_t next = from_end ? i - 1 : i + 1;
        if (gap && k < to - from && bin[next].rows && is_stray(beyond, all, gap)) kept = next;
    }
    return kept;
}

void mkt_clocks_join(struct mkt_clocks_bin *into, const struct mkt_clocks_bin *from, size_t bins)
{
    for (size_t b = 0; b < bins; b++) {
        if (!from[b].rows) continue;
        if (!into[b].rows || from[b].first < into[b].first) into[b].first = from[b].first;
        if (!into[b].rows || from[b].last > into[b].last) into[b].last = from[b].last;
        into[b].rows += from[b].rows;
    }
}

int64_t mkt_clocks_range(const struct mkt_clocks_bin *bin, size_t bins, int64_t *first,
                         int64_t *last)
{
    size_t from = 0, to = bins - 1;
    int64_t all = 0, strays = 0;
    for (size_t i = 0; i < bins; i++) all += bin[i].rows;
    assert(all);
    while (!bin[from].rows) from++;
    while (!bin[to].rows) to--;
    to = cut(bin, bins, from, to, true, all);
    from = cut(bin, bins, from, to, false, all);
    *first = bin[from].first;
    *last = bin[to].last;
    for (size_t i = 0; i < bins; i++) strays += i < from || i > to ? bin[i].rows : 0;
    return strays;
}
