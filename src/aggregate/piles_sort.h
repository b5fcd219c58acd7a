/* Rows of a pile in order: into buckets by a few bits of the hash, a few users each, then bucket by
 * bucket; long histories by merging.
 *
 * For a file that sorts rows of one type. Before it includes this it defines
 *     MKT_PILES_SORT_ROW                 the type
 *     MKT_PILES_SORT_HASH                its member with the hash that rows were dealt by
 *     MKT_PILES_SORT_BEFORE(a, b, how)   whether row *a comes before row *b in the order `how`; every order
 *                              begins with the hash
 *     MKT_PILES_SORT_ROUGH(a, b)  optional: the same but for ties, without branches, where rows are
 *                              short: buckets of up to 12 rows are set in order by comparing each
 *                              row with each
 * and so has mkt_piles_sort_rows, or its steps for rows that lie in several places.
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
#define MKT_PILES_SORT_FEW 12 /* and by comparing each with each */

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

#ifdef MKT_PILES_SORT_ROUGH
#define MKT_PILES_SORT_INLINE static inline __attribute__((always_inline))

/* A row's place is the number of rows before it. Nothing is guessed, so nothing is guessed wrong;
 * with n known to the compiler there is no loop left. */
MKT_PILES_SORT_INLINE void mkt_piles_sort_few(MKT_PILES_SORT_ROW *row, const int n, int how)
{
    MKT_PILES_SORT_ROW held[MKT_PILES_SORT_FEW];
    int place[MKT_PILES_SORT_FEW];
#pragma GCC unroll 12
    for (int i = 0; i < n; i++) {
        held[i] = row[i];
        place[i] = i;
    }
#pragma GCC unroll 12
    for (int i = 1; i < n; i++)
#pragma GCC unroll 12
        for (int k = 0; k < i; k++) {
            int first = MKT_PILES_SORT_ROUGH(&held[i], &held[k]);
            place[k] += first;
            place[i] -= first;
        }
#pragma GCC unroll 12
    for (int i = 0; i < n; i++) row[place[i]] = held[i];
    int tied = 0;
#pragma GCC unroll 12
    for (int i = 1; i < n; i++) tied |= !MKT_PILES_SORT_ROUGH(&row[i - 1], &row[i]);
    if (tied) mkt_piles_sort_insert(row, (size_t)n, how);
}

#define MKT_PILES_SORT_CASE(n)                                                                     \
    case n:                                                                                        \
        mkt_piles_sort_few(row, n, how);                                                           \
        return
#endif

static void mkt_piles_sort_bucket(MKT_PILES_SORT_ROW *row, size_t n, int how)
{
#ifdef MKT_PILES_SORT_ROUGH
    switch (n) {
        MKT_PILES_SORT_CASE(2);
        MKT_PILES_SORT_CASE(3);
        MKT_PILES_SORT_CASE(4);
        MKT_PILES_SORT_CASE(5);
        MKT_PILES_SORT_CASE(6);
        MKT_PILES_SORT_CASE(7);
        MKT_PILES_SORT_CASE(8);
        MKT_PILES_SORT_CASE(9);
        MKT_PILES_SORT_CASE(10);
        MKT_PILES_SORT_CASE(11);
        MKT_PILES_SORT_CASE(12);
    default:
        break;
    }
#endif
    mkt_piles_sort_insert(row, n, how);
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

/* The bits of a hash that name a row's bucket, for so many rows: those behind the pile's eight. */
static int mkt_piles_sort_bits(size_t rows)
{
    int bits = 1;
    while ((size_t)1 << bits < MKT_PILES_BUCKETS && (size_t)4 << bits < rows) bits++;
    return bits;
}

static inline size_t mkt_piles_sort_place(uint64_t hash, int bits)
{
    return hash << 8 >> (64 - bits);
}

/* From rows of each bucket to where each begins.   start  [2^bits + 1] those of bucket b at b + 1 */
static void mkt_piles_sort_add_up(int bits, uint32_t *start)
{
    for (size_t b = 1; b <= (size_t)1 << bits; b++) start[b] += start[b - 1];
}

/*   end   [2^bits] of the buckets
 *   row   [end of the last] by bucket
 *   room  as much */
static void mkt_piles_sort_buckets(MKT_PILES_SORT_ROW *row, const uint32_t *end, int bits, int how,
                                   MKT_PILES_SORT_ROW *room)
{
    for (size_t b = 0, from = 0; b < (size_t)1 << bits; from = end[b++]) {
        size_t n = end[b] - from;
        if (n > MKT_PILES_SORT_RUN)
            mkt_piles_sort_merge(row + from, room + from, n, how);
        else
            mkt_piles_sort_bucket(row + from, n, how);
    }
}

/* All of that for rows that lie together.
 *   row    [rows] of one pile; overwritten
 *   start  [MKT_PILES_BUCKETS + 1]: room
 *   out    [rows] sorted */
static inline void mkt_piles_sort_rows(MKT_PILES_SORT_ROW *row, size_t rows, int how,
                                       uint32_t *start, MKT_PILES_SORT_ROW *out)
{
    int bits = mkt_piles_sort_bits(rows);
    memset(start, 0, (((size_t)1 << bits) + 1) * sizeof *start);
    for (size_t i = 0; i < rows; i++)
        start[mkt_piles_sort_place(row[i].MKT_PILES_SORT_HASH, bits) + 1]++;
    mkt_piles_sort_add_up(bits, start);
    for (size_t i = 0; i < rows; i++)
        out[start[mkt_piles_sort_place(row[i].MKT_PILES_SORT_HASH, bits)]++] = row[i];
    mkt_piles_sort_buckets(out, start, bits, how, row);
}

#endif
