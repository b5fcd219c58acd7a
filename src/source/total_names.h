/* Words for a sum of the other rows: "Total", "Grand total", "Gesamt", "All variants", ... */
#ifndef MKT_SOURCE_TOTAL_NAMES_H
#define MKT_SOURCE_TOTAL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a cell is called a sum, whatever its capitals, blanks at the ends and a colon behind.
 *
 *   heads  a sum may name what it adds up ("Total: account", "Gesamt Mai"): a word for a total and
 *          nothing else can begin so. Without it the whole cell is one of the words, and those are
 *          more: "All" and "Sum" begin many a name. */
bool mkt_total_names_has(const char *s, size_t n, bool heads);

#endif
