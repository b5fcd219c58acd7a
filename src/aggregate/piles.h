/* Rows of one size dealt to 256 piles by a hash, in memory up to a limit and on disk beyond it.
 *
 * A row's pile is the top byte of its hash, so all rows of a user lie in one
 * pile and piles can be worked on one by one. The file has no name: it is gone
 * when closed, even after a kill.
 */
#ifndef MKT_AGGREGATE_PILES_H
#define MKT_AGGREGATE_PILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define MKT_PILES 256

#define MKT_PILES_ROWS 256  /* of a chunk */
#define MKT_PILES_AHEAD 192 /* bytes behind a row that are asked for while it is written */
#define MKT_PILES_BLOCK(size) (sizeof(struct mkt_piles_chunk) + MKT_PILES_ROWS * (size))
#define MKT_PILES_BUCKETS 65536 /* of a sort, at most: see piles_sort.h */

struct mkt_piles_chunk {
    struct mkt_piles_chunk *next;
    int64_t previous; /* block of the same pile written before this one, -1 for none */
    char row[];       /* [MKT_PILES_ROWS] */
};

struct mkt_pile {
    struct mkt_piles_chunk *chunk; /* in memory, last first; all but it are full */
    size_t before;                 /* rows in the others and in the file */
    int64_t last_block;            /* place in the file, -1 for none */
};

struct mkt_piles {
    struct {
        char *next, *end; /* of the pile's chunk: where the next row goes; NULL before the first */
    } room[MKT_PILES];    /* what every row asks for lies together */
    struct mkt_pile pile[MKT_PILES];
    struct mkt_arena *arena;
    size_t size;        /* bytes of a row */
    size_t limit, held; /* bytes of rows to hold in memory; held now */
    const char *temp;
    int file; /* -1 until needed */
    int64_t file_bytes;
};

/*   arena  holds rows; one thread's own
 *   size   of a row, a multiple of 8
 *   limit  bytes of rows to hold before the rest goes to disk
 *   temp   folder for that */
void mkt_piles_init(struct mkt_piles *piles, struct mkt_arena *arena, size_t size, size_t limit,
                    const char *temp);
void mkt_piles_close(struct mkt_piles *piles); /* lets go of the temporary file */

/* Makes the pile ready for rows after a full chunk: a new one, or beyond the limit the old one once
 * it is on disk.   elsewhere  bytes of the limit that other piles of the owner hold
 * Errors  MKT_E_NOMEM    the arena is full
 *         MKT_E_IO       the temporary file cannot be made or written
 *         MKT_E_NOSPACE  no room for it on the disk */
MKT_MUST_CHECK mkt_status mkt_piles_widen(struct mkt_piles *piles, size_t pile, size_t elsewhere,
                                          struct mkt_err *err);

/* Room for one more row of `size` bytes, which is the size of all, for the caller to fill. The head
 * of the chunk is far off, and left alone. `elsewhere` and errors  as mkt_piles_widen */
MKT_MUST_CHECK static inline mkt_status mkt_piles_room(struct mkt_piles *piles, uint64_t hash,
                                                       size_t size, size_t elsewhere, void **out,
                                                       struct mkt_err *err)
{
    size_t pile = hash >> 56;
    if (piles->room[pile].next == piles->room[pile].end)
        MKT_TRY(mkt_piles_widen(piles, pile, elsewhere, err));
    *out = piles->room[pile].next;
    piles->room[pile].next += size;
    /* so many piles are more than the processor sees coming */
    __builtin_prefetch((char *)*out + MKT_PILES_AHEAD, 1);
    return MKT_OK;
}

/* Rows of a pile, in memory and in the file; of piles that are all zero none. */
static inline size_t mkt_piles_rows(const struct mkt_piles *piles, size_t pile)
{
    const struct mkt_pile *p = &piles->pile[pile];
    if (!p->chunk) return 0;
    return p->before + (size_t)(piles->room[pile].next - p->chunk->row) / piles->size;
}

/* Rows of all piles. */
size_t mkt_piles_all_rows(const struct mkt_piles *piles);

/* Adds a row. Errors  as mkt_piles_widen */
MKT_MUST_CHECK mkt_status mkt_piles_add(struct mkt_piles *piles, uint64_t hash, const void *row,
                                        struct mkt_err *err);

/* The chunks of a pile that are in memory, with the rows of each; NULL behind the last. */
const struct mkt_piles_chunk *mkt_piles_first(const struct mkt_piles *piles, size_t pile,
                                              size_t *rows);

static inline const struct mkt_piles_chunk *mkt_piles_next(const struct mkt_piles_chunk *chunk,
                                                           size_t *rows)
{
    *rows = MKT_PILES_ROWS; /* the first is in use; all others are full */
    return chunk->next;
}

/* A walk over all rows of a pile, chunk by chunk: those in memory, then those in the file. */
struct mkt_piles_walk {
    const struct mkt_piles *piles;
    const struct mkt_piles_chunk *memory;
    size_t first; /* rows of the first chunk; 0 behind it */
    int64_t stored;
    struct mkt_piles_chunk *block;
};

/*   block  room for MKT_PILES_BLOCK(size) bytes, 16-byte aligned */
void mkt_piles_walk_begin(struct mkt_piles_walk *walk, const struct mkt_piles *piles, size_t pile,
                          void *block);

/* The next chunk and its rows; NULL behind the last. It is good until the next call.
 * Errors  MKT_E_IO  the temporary file cannot be read back
 * Checked tests/aggregate/units_test.c */
MKT_MUST_CHECK mkt_status mkt_piles_walk_next(struct mkt_piles_walk *walk,
                                              const struct mkt_piles_chunk **chunk, size_t *rows,
                                              struct mkt_err *err);

/* Copies the other rows, those in the file, to `out`.
 *   block  room for MKT_PILES_BLOCK(size) bytes, 16-byte aligned
 *   rows   how many they are
 * Errors  MKT_E_IO  the temporary file cannot be read back */
MKT_MUST_CHECK mkt_status mkt_piles_gather_stored(const struct mkt_piles *piles, size_t pile,
                                                  void *block, void *out, size_t *rows,
                                                  struct mkt_err *err);

/* Copies all rows of a pile to `out` [pile.rows], in no particular order.
 *   block  as above
 * Errors  MKT_E_IO  the temporary file cannot be read back
 * Checked tests/aggregate/piles_test.c */
MKT_MUST_CHECK mkt_status mkt_piles_gather(const struct mkt_piles *piles, size_t pile, void *block,
                                           void *out, struct mkt_err *err);

/* Room to put the rows of one pile in order (piles_sort.h).   most  rows of the largest
 * Errors  MKT_E_NOMEM  the arena is full
 *         MKT_E_LIMIT  more than 4,294,967,295 rows */
MKT_MUST_CHECK mkt_status mkt_piles_sort_room(struct mkt_arena *arena, size_t most,
                                              uint32_t **start, struct mkt_err *err);

#endif
