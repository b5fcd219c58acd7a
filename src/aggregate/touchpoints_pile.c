#include "aggregate/touchpoints.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void mkt_touchpoints_init(struct mkt_touchpoints *j, struct mkt_arena *arena, size_t limit,
                          const char *temp)
{
    *j = (struct mkt_touchpoints){
        .arena = arena, .first = 0, .last = -1, .limit = limit, .temp = temp, .file = -1};
    mkt_names_init(&j->channel, arena);
    for (size_t p = 0; p < MKT_TOUCHPOINTS_PILES; p++) j->pile[p].last_block = -1;
}

void mkt_touchpoints_close(struct mkt_touchpoints *j)
{
    if (j->file >= 0) close(j->file);
    j->file = -1;
}

/* A file without a name: gone when closed, even after a kill. */
static mkt_status open_file(struct mkt_touchpoints *j, struct mkt_err *err)
{
    char *name = mkt_arena_printf(j->arena, "%s/mkt-touchpoints-XXXXXX", j->temp);
    if (!name) return mkt_arena_full(j->arena, err);
    j->file = mkostemp(name, O_CLOEXEC);
    if (j->file < 0)
        return mkt_err_set(err, MKT_E_IO, "cannot make a temporary file in %s: %s", j->temp,
                           strerror(errno));
    unlink(name);
    return MKT_OK;
}

static mkt_status write_block(struct mkt_touchpoints *j, struct mkt_touchpoints_pile *pile,
                              struct mkt_err *err)
{
    if (j->file < 0) MKT_TRY(open_file(j, err));
    struct mkt_touchpoints_chunk *chunk = pile->chunk;
    chunk->previous = pile->last_block;
    const char *from = (const char *)chunk;
    for (size_t done = 0; done < sizeof *chunk;) {
        ssize_t n =
            pwrite(j->file, from + done, sizeof *chunk - done, j->file_bytes + (int64_t)done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            int why = n < 0 ? errno : ENOSPC;
            bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
            return mkt_err_set(err, full ? MKT_E_NOSPACE : MKT_E_IO,
                               "cannot write a temporary file of %lld MB in %s: %s",
                               (long long)(j->file_bytes >> 20), j->temp, strerror(why));
        }
        done += (size_t)n;
    }
    pile->last_block = j->file_bytes;
    j->file_bytes += (int64_t)sizeof *chunk;
    return MKT_OK;
}

/* Room for one more row in the pile's first chunk: a new one, or beyond the limit the old one
 * once it is on disk. */
static mkt_status make_room(struct mkt_touchpoints *j, struct mkt_touchpoints_pile *pile,
                            struct mkt_err *err)
{
    if (pile->chunk && j->held + sizeof *pile->chunk > j->limit) return write_block(j, pile, err);
    struct mkt_touchpoints_chunk *chunk = MKT_NEW(j->arena, struct mkt_touchpoints_chunk, 1);
    if (!chunk) return mkt_arena_full(j->arena, err);
    chunk->next = pile->chunk;
    pile->chunk = chunk;
    j->held += sizeof *chunk;
    return MKT_OK;
}

static struct mkt_touchpoints_row pack(const struct mkt_touchpoint *t)
{
    assert(t->time >= 0 && t->time < INT64_C(1) << 38 && t->view <= 3);
    uint64_t channel = t->channel & MKT_TOUCHPOINTS_NO_CHANNEL;
    return (struct mkt_touchpoints_row){
        t->user,
        (uint64_t)t->time << 26 | (uint64_t)(t->conversion != 0) << 25 | channel << 2 | t->view,
        t->value};
}

mkt_status mkt_touchpoints_add(struct mkt_touchpoints *j, const struct mkt_touchpoint *row,
                               size_t rows, struct mkt_err *err)
{
    int64_t first = j->first <= j->last ? j->first : INT64_MAX;
    int64_t last = j->first <= j->last ? j->last : INT64_MIN;
    for (size_t i = 0; i < rows; i++) {
        if (row[i].channel != MKT_TOUCHPOINTS_NONE && row[i].channel >= MKT_TOUCHPOINTS_NO_CHANNEL)
            return mkt_err_set(err, MKT_E_LIMIT, "there are more than %u channels",
                               MKT_TOUCHPOINTS_NO_CHANNEL);
        struct mkt_touchpoints_pile *pile = &j->pile[row[i].user >> 56];
        size_t at = pile->rows % MKT_TOUCHPOINTS_CHUNK;
        if (!at) MKT_TRY(make_room(j, pile, err));
        assert(pile->chunk);
        pile->chunk->row[at] = pack(&row[i]); /* its head is far off, and left alone */
        pile->rows++;
        if (row[i].time < first) first = row[i].time;
        if (row[i].time > last) last = row[i].time;
        j->first = first;
        j->last = last;
        j->rows++;
    }
    return MKT_OK;
}

static struct mkt_touchpoints_row *copy_rows(const struct mkt_touchpoints_chunk *chunk, size_t rows,
                                             const uint32_t *map, struct mkt_touchpoints_row *out)
{
    const uint64_t mask = (uint64_t)MKT_TOUCHPOINTS_NO_CHANNEL << 2;
    for (size_t i = 0; i < rows; i++, out++) {
        *out = chunk->row[i];
        uint64_t channel = (out->what & mask) >> 2;
        if (channel != MKT_TOUCHPOINTS_NO_CHANNEL)
            out->what = (out->what & ~mask) | (uint64_t)map[channel] << 2;
    }
    return out;
}

static mkt_status read_block(const struct mkt_touchpoints *j, int64_t at,
                             struct mkt_touchpoints_chunk *chunk, struct mkt_err *err)
{
    char *to = (char *)chunk;
    for (size_t done = 0; done < sizeof *chunk;) {
        ssize_t n = pread(j->file, to + done, sizeof *chunk - done, at + (int64_t)done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return mkt_err_set(err, MKT_E_IO, "cannot read back a temporary file in %s: %s",
                               j->temp, n < 0 ? strerror(errno) : "it has become shorter");
        done += (size_t)n;
    }
    return MKT_OK;
}

mkt_status mkt_touchpoints_gather(const struct mkt_touchpoints *j, size_t pile, const uint32_t *map,
                                  struct mkt_touchpoints_row *out, struct mkt_err *err)
{
    const struct mkt_touchpoints_pile *p = &j->pile[pile];
    /* the chunk in use is the first; all others are full, and so are those on disk */
    size_t rows = p->rows ? (p->rows - 1) % MKT_TOUCHPOINTS_CHUNK + 1 : 0;
    for (const struct mkt_touchpoints_chunk *c = p->chunk; c; c = c->next) {
        out = copy_rows(c, rows, map, out);
        rows = MKT_TOUCHPOINTS_CHUNK;
    }
    struct mkt_touchpoints_chunk block;
    for (int64_t at = p->last_block; at >= 0; at = block.previous) {
        MKT_TRY(read_block(j, at, &block, err));
        out = copy_rows(&block, MKT_TOUCHPOINTS_CHUNK, map, out);
    }
    return MKT_OK;
}

/* ---- sort: a few users a bucket, then one by one; long histories by merging -------------------- */

static bool before(const struct mkt_touchpoints_row *a, const struct mkt_touchpoints_row *b)
{
    if (a->user != b->user) return a->user < b->user;
    if (a->what != b->what) return a->what < b->what;
    return a->value < b->value;
}

static void insert_sort(struct mkt_touchpoints_row *row, size_t n)
{
    for (size_t k = 1; k < n; k++) {
        if (!before(&row[k], &row[k - 1])) continue;
        struct mkt_touchpoints_row held = row[k];
        size_t i = k;
        for (; i && before(&held, &row[i - 1]); i--) row[i] = row[i - 1];
        row[i] = held;
    }
}

#define RUN 24

static void merge_sort(struct mkt_touchpoints_row *row, struct mkt_touchpoints_row *room, size_t n)
{
    for (size_t from = 0; from < n; from += RUN)
        insert_sort(row + from, n - from < RUN ? n - from : RUN);
    struct mkt_touchpoints_row *source = row, *target = room;
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t from = 0; from < n; from += 2 * width) {
            size_t middle = from + width < n ? from + width : n;
            size_t end = from + 2 * width < n ? from + 2 * width : n;
            size_t a = from, b = middle;
            for (size_t to = from; to < end; to++) {
                bool right = a == middle || (b < end && before(&source[b], &source[a]));
                target[to] = right ? source[b++] : source[a++];
            }
        }
        struct mkt_touchpoints_row *swap = source;
        source = target;
        target = swap;
    }
    if (source != row) memcpy(row, source, n * sizeof *row);
}

void mkt_touchpoints_sort(struct mkt_touchpoints_row *row, size_t rows, size_t *start,
                          struct mkt_touchpoints_row *out)
{
    int bits = 1;
    while (bits < 16 && (size_t)8 << bits < rows) bits++;
    size_t buckets = (size_t)1 << bits;
    memset(start, 0, (buckets + 1) * sizeof *start);
    for (size_t i = 0; i < rows; i++) start[(row[i].user << 8 >> (64 - bits)) + 1]++;
    for (size_t b = 1; b <= buckets; b++) start[b] += start[b - 1];
    for (size_t i = 0; i < rows; i++) out[start[row[i].user << 8 >> (64 - bits)]++] = row[i];
    for (size_t b = 0, from = 0; b < buckets; from = start[b++]) {
        size_t n = start[b] - from; /* by now start[b] is where bucket b ends */
        if (n > RUN)
            merge_sort(out + from, row + from, n);
        else
            insert_sort(out + from, n);
    }
}
