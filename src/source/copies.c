#include "source/copies.h"

#include <string.h>

#include "aggregate/piles.h"
#include "base/buf.h"
#include "source/duckdrain.h"

#define SCRATCH ((size_t)16 << 20) /* for the query */

struct scan {
    struct mkt_duckdrain drain;
    size_t capacity, limit;
    const char *temp;
    struct mkt_arena arena[MKT_DUCKDRAIN_PLACES];
    struct mkt_piles piles[MKT_DUCKDRAIN_PLACES];
};

static mkt_status take(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                       struct mkt_err *err)
{
    struct scan *scan = user;
    struct mkt_piles *piles = &scan->piles[place];
    const uint64_t *hash = rows->data[0];
    if (!piles->arena) {
        MKT_TRY(mkt_arena_open(&scan->arena[place], scan->capacity, err));
        mkt_piles_init(piles, &scan->arena[place], sizeof *hash, scan->limit, scan->temp);
    }
    for (size_t i = 0; i < rows->rows; i++) MKT_TRY(mkt_piles_add(piles, hash[i], &hash[i], err));
    return MKT_OK;
}

/* Whether a hash was there before.   slot [mask + 1] */
static bool is_copy(uint64_t *slot, size_t mask, uint64_t hash)
{
    size_t i = (size_t)hash & mask;
    for (; slot[i]; i = (i + 1) & mask)
        if (slot[i] == hash) return true;
    slot[i] = hash;
    return false;
}

static mkt_status count_pile(const struct scan *scan, struct mkt_arena *arena, size_t pile,
                             int64_t *copies, struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(arena), rows = 0, slots = 64;
    for (size_t p = 0; p < MKT_DUCKDRAIN_PLACES; p++) rows += mkt_piles_rows(&scan->piles[p], pile);
    while (slots < 2 * rows) slots *= 2;
    uint64_t *slot = MKT_NEW(arena, uint64_t, slots);
    void *block = mkt_arena_alloc(arena, 1, MKT_PILES_BLOCK(sizeof *slot));
    if (!slot || !block) return mkt_arena_full(arena, err);
    for (size_t p = 0; p < MKT_DUCKDRAIN_PLACES; p++) {
        struct mkt_piles_walk walk;
        const struct mkt_piles_chunk *chunk;
        size_t n;
        if (!scan->piles[p].arena) continue;
        mkt_piles_walk_begin(&walk, &scan->piles[p], pile, block);
        for (;;) {
            MKT_TRY(mkt_piles_walk_next(&walk, &chunk, &n, err));
            if (!chunk) break;
            const uint64_t *hash = (const void *)chunk->row;
            /* 0 is a free slot: a row with that hash stands for one of its neighbour */
            for (size_t i = 0; i < n; i++)
                *copies += is_copy(slot, slots - 1, hash[i] ? hash[i] : 1);
        }
    }
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

static mkt_status run(struct scan *scan, struct mkt_arena *scratch, struct mkt_duck *duck,
                      const struct mkt_relation *r, int64_t *copies, struct mkt_err *err)
{
    struct mkt_buf columns, from;
    mkt_buf_init(&columns, scratch);
    mkt_buf_str(&columns, "hash(");
    for (size_t i = 0; i < r->columns; i++) mkt_buf_printf(&columns, "%sc%zu", i ? ", " : "", i);
    mkt_buf_char(&columns, ')');
    MKT_TRY(mkt_buf_check(&columns, err));
    mkt_buf_init(&from, scratch);
    mkt_buf_str(&from, r->from);
    if (r->filter) mkt_buf_printf(&from, " WHERE %s", r->filter);
    MKT_TRY(mkt_buf_check(&from, err));
    MKT_TRY(mkt_duckdrain_run(&scan->drain, duck, columns.data, from.data, r->show, err));
    for (size_t pile = 0; pile < MKT_PILES; pile++)
        MKT_TRY(count_pile(scan, scratch, pile, copies, err));
    return MKT_OK;
}

mkt_status mkt_copies_count(struct mkt_duck *duck, const struct mkt_relation *relation,
                            int64_t *copies, struct mkt_err *err)
{
    struct mkt_arena own, scratch;
    *copies = 0;
    MKT_TRY(mkt_arena_open(&own, sizeof(struct scan) + 4096, err));
    struct scan *scan = MKT_NEW(&own, struct scan, 1);
    mkt_status status =
        scan ? mkt_arena_open(&scratch, SCRATCH + duck->memory, err) : mkt_arena_full(&own, err);
    if (status == MKT_OK) {
        scan->drain.take = take;
        scan->drain.user = scan;
        scan->drain.columns = 1;
        scan->drain.type[0] = DUCKDB_TYPE_UBIGINT;
        scan->capacity = duck->memory;
        scan->limit = duck->memory / 16 / (size_t)duck->threads;
        scan->temp = duck->temp;
        status = run(scan, &scratch, duck, relation, copies, err);
        mkt_arena_close(&scratch);
    }
    for (size_t p = 0; scan && p < MKT_DUCKDRAIN_PLACES; p++) {
        if (scan->piles[p].arena) mkt_piles_close(&scan->piles[p]);
        mkt_arena_close(&scan->arena[p]);
    }
    mkt_arena_close(&own);
    return status;
}
