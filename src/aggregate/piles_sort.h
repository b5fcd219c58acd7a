/* Rows of a pile in order: into buckets by a few bits of the hash, a few users each, then bucket by
 * bucket; long histories by merging.
 *
 * For a file that sorts rows of one type. Before it includes this it defines
 *     MKT_PILES_SORT_ROW                 the type
 *     MKT_PILES_SORT_HASH                its member with the hash that rows were dealt by
 *     MKT_PILES_SORT_BEFORE(a, b, how)   whether row *a comes before row *b in the order `how`; every order
 *                              begins with the hash
 * and so has mkt_piles_sort_rows.
 *
 * Cost     linear in rows, but n log n for one user's rows
 * Checked  tests/aggregate/touchpoints_test.c, tests/aggregate/funnels_test.c,
 *          tests/aggregate/purchases_test.c
 */
#ifndef MKT_AGGREGATE_PILES_SORT_H
#define MKT_AGGREGATE_PILES_SORT_H

#include <string.h>

#include "aggregate/piles.h"

#define MKT_PILES_SORT_RUN 24 /* rows that are sorted by insertion */

static void mkt_piles_sort_insert(MKT_PILES_SORT_ROW *row, size_t n, int how)
{
    (void)how;
    for (size_t k = 1; k < n; k++) {
        if (!MKT_PILES_SORT_BEFORE(&row[k], &row[k - 1], how)) continue;
        MKT_PILES_SORT_ROW held = row[k];
        size_t i = k;
        for (; i && MKT_PILES_SORT_BEFORE(&held, &row[i - 1], how); i--) row[i] = row[i - 1];
        row[i] = held;
    }
}

static void mkt_piles_sort_merge(MKT_PILES_SORT_ROW *row, MKT_PILES_SORT_ROW *room, size_t n,
                                 int how)
{
    for (size_t from = 0; from < n; from += MKT_PILES_SORT_RUN)
        mkt_piles_sort_insert(row + from,
                              n - from < MKT_PILES_SORT_RUN ? n - from : MKT_PILES_SORT_RUN, how);
    MKT_PILES_SORT_ROW *source = row, *target = room;
    for (size_t width = MKT_PILES_SORT_RUN; width < n; width *= 2) {
        for (size_t from = 0; from < n; from += 2 * width) {
            size_t middle = from + width < n ? from + width : n;
            size_t end = from + 2 * width < n ? from + 2 * width : n;
            size_t a = from, b = middle;
            for (size_t to = from; to < end; to++) {
                bool right =
                    a == middle || (b < end && MKT_PILES_SORT_BEFORE(&source[b], &source[a], how));
                target[to] = right ? source[b++] : source[a++];
            }
        }
        MKT_PILES_SORT_ROW *swap = source;
        source = target;
        target = swap;
    }
    if (source != row) memcpy(row, source, n * sizeof *row);
}

/*   row    [rows] of one pile; overwritten
 *   start  [MKT_PILES_BUCKETS + 1]: room
 *   out    [rows] sorted */
static void mkt_piles_sort_rows(MKT_PILES_SORT_ROW *row, size_t rows, int how, size_t *start,
                                MKT_PILES_SORT_ROW *out)
{
    int bits = 1;
    while ((size_t)1 << bits < MKT_PILES_BUCKETS && (size_t)8 << bits < rows) bits++;
    size_t buckets = (size_t)1 << bits;
    memset(start, 0, (buckets + 1) * sizeof *start);
    for (size_t i = 0; i < rows; i++) start[(row[i].MKT_PILES_SORT_HASH << 8 >> (64 - bits)) + 1]++;
    for (size_t b = 1; b <= buckets; b++) start[b] += start[b - 1];
    for (size_t i = 0; i < rows; i++)
        out[start[row[i].MKT_PILES_SORT_HASH << 8 >> (64 - bits)]++] = row[i];
    for (size_t b = 0, from = 0; b < buckets; from = start[b++]) {
        size_t n = start[b] - from; /* by now start[b] is where bucket b ends */
        if (n > MKT_PILES_SORT_RUN)
            mkt_piles_sort_merge(out + from, row + from, n, how);
        else
            mkt_piles_sort_insert(out + from, n, how);
    }
}

#endif
