#include "aggregate/piles.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct mkt_piles_chunk {
    struct mkt_piles_chunk *next;
    int64_t previous; /* block of the same pile written before this one, -1 for none */
    size_t rows;
    size_t pad;
    char row[]; /* [MKT_PILES_ROWS] */
};

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

static mkt_status write_block(struct mkt_piles *p, struct mkt_pile *pile, struct mkt_err *err)
{
    if (p->file < 0) MKT_TRY(open_file(p, err));
    size_t bytes = MKT_PILES_BLOCK(p->size);
    pile->chunk->previous = pile->last_block;
    const char *from = (const char *)pile->chunk;
    for (size_t done = 0; done < bytes;) {
        ssize_t n = pwrite(p->file, from + done, bytes - done, p->file_bytes + (int64_t)done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return mkt_err_set(err, n < 0 && errno == ENOSPC ? MKT_E_NOSPACE : MKT_E_IO,
                               "cannot write a temporary file in %s: %s", p->temp,
                               strerror(n < 0 ? errno : ENOSPC));
        done += (size_t)n;
    }
    pile->last_block = p->file_bytes;
    p->file_bytes += (int64_t)bytes;
    pile->chunk->rows = 0;
    return MKT_OK;
}

/* Room for one more row in the pile's first chunk: a new one, or beyond the limit the old one once
 * it is on disk. */
static mkt_status make_room(struct mkt_piles *p, struct mkt_pile *pile, struct mkt_err *err)
{
    size_t bytes = MKT_PILES_BLOCK(p->size);
    if (pile->chunk && p->held + bytes > p->limit) return write_block(p, pile, err);
    struct mkt_piles_chunk *chunk = mkt_arena_alloc(p->arena, 1, bytes);
    if (!chunk) return mkt_arena_full(p->arena, err);
    chunk->next = pile->chunk;
    pile->chunk = chunk;
    p->held += bytes;
    return MKT_OK;
}

mkt_status mkt_piles_add(struct mkt_piles *p, uint64_t hash, const void *row, struct mkt_err *err)
{
    struct mkt_pile *pile = &p->pile[hash >> 56];
    if (!pile->chunk || pile->chunk->rows == MKT_PILES_ROWS) MKT_TRY(make_room(p, pile, err));
    assert(pile->chunk);
    memcpy(pile->chunk->row + p->size * pile->chunk->rows++, row, p->size);
    pile->rows++;
    p->rows++;
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

mkt_status mkt_piles_gather(const struct mkt_piles *p, size_t pile, void *block, void *out,
                            struct mkt_err *err)
{
    char *to = out;
    for (const struct mkt_piles_chunk *c = p->pile[pile].chunk; c; c = c->next) {
        memcpy(to, c->row, c->rows * p->size);
        to += c->rows * p->size;
    }
    struct mkt_piles_chunk *c = block;
    for (int64_t at = p->pile[pile].last_block; at >= 0; at = c->previous) {
        MKT_TRY(read_block(p, at, block, err));
        memcpy(to, c->row, c->rows * p->size);
        to += c->rows * p->size;
    }
    return MKT_OK;
}
