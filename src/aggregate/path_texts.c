#include "aggregate/path_texts.h"

#include <string.h>

#define VOID UINT32_MAX           /* number of a name that stands for no channel */
#define NAMES ((size_t)256 << 20) /* bytes that the names of all channels may take */

mkt_status mkt_path_texts_open(struct mkt_path_texts *t, size_t room, struct mkt_err *err)
{
    memset(t, 0, sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
    MKT_TRY(mkt_arena_open(&t->arena, NAMES, err));
    mkt_names_init(&t->channel, &t->arena);
    mkt_status status = mkt_path_shards_open(&t->shards, room, 0, 0, err);
    if (status != MKT_OK) mkt_arena_close(&t->arena);
    return status;
}

void mkt_path_texts_close(struct mkt_path_texts *t)
{
    mkt_path_shards_close(&t->shards);
    mkt_arena_close(&t->arena);
}

mkt_status mkt_path_text_reader_init(struct mkt_path_text_reader *r, struct mkt_arena *arena,
                                     struct mkt_path_texts *texts, struct mkt_err *err)
{
    *r = (struct mkt_path_text_reader){.texts = texts, .arena = arena};
    mkt_names_init(&r->own, arena);
    return mkt_path_batch_init(&r->batch, arena, &texts->shards, err);
}

/* The number of a channel that is new to this reader. */
static mkt_status look_up(struct mkt_path_text_reader *r, const char *name, size_t length,
                          struct mkt_err *err)
{
    struct mkt_path_texts *t = r->texts;
    uint32_t *code = mkt_arena_push(r->arena, &r->code, &r->codes, &r->code_cap, sizeof *code);
    if (!code) return mkt_arena_full(r->arena, err);
    *code = VOID;
    if (t->is_void && t->is_void(name, length)) return MKT_OK;
    pthread_mutex_lock(&t->lock);
    mkt_status status = mkt_names_code(&t->channel, name, length, code, err);
    pthread_mutex_unlock(&t->lock);
    return status;
}

static mkt_status add_step(struct mkt_path_text_reader *r, const char *name, size_t length,
                           struct mkt_err *err)
{
    uint32_t own;
    MKT_TRY(mkt_names_recent_code(&r->recent, &r->own, name, length, &own, err));
    if (own == r->codes) MKT_TRY(look_up(r, name, length, err));
    if (r->code[own] == VOID) {
        r->voids++;
        return MKT_OK;
    }
    uint32_t *step = r->steps < r->step_cap ? &r->step[r->steps++]
                                            : mkt_arena_push(r->arena, &r->step, &r->steps,
                                                             &r->step_cap, sizeof *step);
    if (!step) return mkt_arena_full(r->arena, err);
    *step = r->code[own];
    return MKT_OK;
}

mkt_status mkt_path_text_reader_add(struct mkt_path_text_reader *r, const char *text, size_t length,
                                    char separator, const struct mkt_path_counts *counts,
                                    struct mkt_err *err)
{
    const char *at = text, *name;
    size_t n;
    r->steps = r->voids = 0;
    while (at) {
        at = mkt_paths_next(at, text + length, separator, &name, &n);
        if (!n) return mkt_err_set(err, MKT_E_DATA, "a path names no channel in one of its places");
        MKT_TRY(add_step(r, name, n, err));
    }
    if (!r->steps) return mkt_err_set(err, MKT_E_DATA, "a path names no channel");
    return mkt_path_batch_add(&r->batch, r->step, r->steps, counts, err);
}

mkt_status mkt_path_text_reader_flush(struct mkt_path_text_reader *r, struct mkt_err *err)
{
    return mkt_path_batch_flush(&r->batch, err);
}

mkt_status mkt_path_texts_finish(struct mkt_path_texts *t, int threads, struct mkt_paths *paths,
                                 struct mkt_err *err)
{
    const struct mkt_names *all = &t->channel;
    uint32_t *map;
    MKT_TRY(mkt_names_unite(&paths->channel, &all, 1, '\0', &map, err));
    return mkt_path_shards_finish(&t->shards, map, threads, paths, err);
}
