#include "aggregate/piles.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

void mkt_piles_init(struct mkt_piles *p, struct mkt_arena *arena, size_t size, size_t limit,
                    const char *temp)
{
    *p = (struct mkt_piles){.arena = arena, .size = size, .limit = limit, .temp = temp, .file = -1};
    for (size_t k = 0; k < MKT_PILES; k++) p->pile[k].last_block = -1;
}

void mkt_piles_close(struct mkt_piles *p)
{
    if (p->file >= 0) close(p->file);
    p->file = -1;
}

static mkt_status open_file(struct mkt_piles *p, struct mkt_err *err)
{
    char *name = mkt_arena_printf(p->arena, "%s/mkt-piles-XXXXXX", p->temp);
    if (!name) return mkt_arena_full(p->arena, err);
    p->file = mkostemp(name, O_CLOEXEC);
    if (p->file < 0)
        return mkt_err_set(err, MKT_E_IO, "cannot make a temporary file in %s: %s", p->temp,
                           strerror(errno));
    unlink(name);
    return MKT_OK;
}

static mkt_status cannot_write(const struct mkt_piles *p, int why, struct mkt_err *err)
{
    bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
    return mkt_err_set(err, full ? MKT_E_NOSPACE : MKT_E_IO,
                       "cannot write a temporary file of %lld MB in %s: %s",
                       (long long)(p->file_bytes >> 20), p->temp, strerror(why));
}

static mkt_status write_block(struct mkt_piles *p, struct mkt_pile *pile, struct mkt_err *err)
{
    if (p->file < 0) MKT_TRY(open_file(p, err));
    size_t bytes = MKT_PILES_BLOCK(p->size);
    pile->chunk->previous = pile->last_block;
    const char *from = (const char *)pile->chunk;
    for (size_t done = 0; done < bytes;) {
        ssize_t n = pwrite(p->file, from + done, bytes - done, p->file_bytes + (int64_t)done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return cannot_write(p, n < 0 ? errno : ENOSPC, err);
        done += (size_t)n;
    }
    pile->last_block = p->file_bytes;
    p->file_bytes += (int64_t)bytes;
    return MKT_OK;
}

mkt_status mkt_piles_widen(struct mkt_piles *p, size_t pile, size_t elsewhere, struct mkt_err *err)
{
    size_t bytes = MKT_PILES_BLOCK(p->size), held = p->held + elsewhere;
    struct mkt_pile *own = &p->pile[pile];
    struct mkt_piles_chunk *full = own->chunk;
    if (full && held + bytes > p->limit) {
        MKT_TRY(write_block(p, own, err));
    } else {
        struct mkt_piles_chunk *chunk = mkt_arena_alloc(p->arena, 1, bytes);
        if (!chunk) return mkt_arena_full(p->arena, err);
        chunk->next = full;
        own->chunk = chunk;
        p->held += bytes;
    }
    if (full) own->before += MKT_PILES_ROWS;
    p->room[pile].next = own->chunk->row;
    p->room[pile].end = own->chunk->row + MKT_PILES_ROWS * p->size;
    return MKT_OK;
}

size_t mkt_piles_all_rows(const struct mkt_piles *p)
{
    size_t rows = 0;
    for (size_t k = 0; k < MKT_PILES; k++) rows += mkt_piles_rows(p, k);
    return rows;
}

mkt_status mkt_piles_add(struct mkt_piles *p, uint64_t hash, const void *row, struct mkt_err *err)
{
    void *room = NULL;
    MKT_TRY(mkt_piles_room(p, hash, p->size, 0, &room, err));
    memcpy(room, row, p->size);
    return MKT_OK;
}

static mkt_status read_block(const struct mkt_piles *p, int64_t at, void *block,
                             struct mkt_err *err)
{
    size_t bytes = MKT_PILES_BLOCK(p->size);
    for (size_t done = 0; done < bytes;) {
        ssize_t n = pread(p->file, (char *)block + done, bytes - done, at + (int64_t)done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return mkt_err_set(err, MKT_E_IO, "cannot read back a temporary file in %s: %s",
                               p->temp, n < 0 ? strerror(errno) : "it has become shorter");
        done += (size_t)n;
    }
    return MKT_OK;
}

const struct mkt_piles_chunk *mkt_piles_first(const struct mkt_piles *p, size_t pile, size_t *rows)
{
    const struct mkt_pile *own = &p->pile[pile];
    *rows = mkt_piles_rows(p, pile) - own->before;
    return own->chunk;
}

void mkt_piles_walk_begin(struct mkt_piles_walk *walk, const struct mkt_piles *p, size_t pile,
                          void *block)
{
    *walk = (struct mkt_piles_walk){.piles = p, .stored = p->pile[pile].last_block, .block = block};
    walk->memory = mkt_piles_first(p, pile, &walk->first);
}

mkt_status mkt_piles_walk_next(struct mkt_piles_walk *walk, const struct mkt_piles_chunk **chunk,
                               size_t *rows, struct mkt_err *err)
{
    *rows = walk->first ? walk->first : MKT_PILES_ROWS;
    walk->first = 0;
    *chunk = walk->memory;
    if (*chunk) {
        walk->memory = (*chunk)->next;
        return MKT_OK;
    }
    if (walk->stored < 0) return MKT_OK;
    MKT_TRY(read_block(walk->piles, walk->stored, walk->block, err));
    walk->stored = walk->block->previous;
    *chunk = walk->block;
    return MKT_OK;
}

mkt_status mkt_piles_gather_stored(const struct mkt_piles *p, size_t pile, void *block, void *out,
                                   size_t *rows, struct mkt_err *err)
{
    size_t bytes = MKT_PILES_ROWS * p->size;
    struct mkt_piles_chunk *c = block;
    *rows = 0;
    for (int64_t at = p->pile[pile].last_block; at >= 0; at = c->previous) {
        MKT_TRY(read_block(p, at, block, err));
        memcpy((char *)out + *rows * p->size, c->row, bytes);
        *rows += MKT_PILES_ROWS;
    }
    return MKT_OK;
}

mkt_status mkt_piles_gather(const struct mkt_piles *p, size_t pile, void *block, void *out,
                            struct mkt_err *err)
{
    const struct mkt_piles_chunk *c;
    char *to = out;
    size_t n;
    for (c = mkt_piles_first(p, pile, &n); c; c = mkt_piles_next(c, &n)) {
        memcpy(to, c->row, n * p->size);
        to += n * p->size;
    }
    return mkt_piles_gather_stored(p, pile, block, to, &n, err);
}

mkt_status mkt_piles_sort_room(struct mkt_arena *arena, size_t most, uint32_t **start,
                               struct mkt_err *err)
{
    if (most > UINT32_MAX)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "a user, or a few together, have %s rows: more than 4,294,967,295 are "
                           "not put in order; a user with so many is no person",
                           MKT_COUNT(most));
    *start = MKT_NEW(arena, uint32_t, MKT_PILES_BUCKETS + 1);
    return *start ? MKT_OK : mkt_arena_full(arena, err);
}
