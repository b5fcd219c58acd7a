#include "source/hashing.h"

#include <string.h>

static void *hash_files(void *argument)
{
    struct mkt_hashing *h = argument;
    for (size_t i = 0; i < h->files && h->err.status == MKT_OK; i++) {
        if (h->file[i].fd < 0) continue;
        if (h->cancel && atomic_load(h->cancel)) break;
        if (mkt_hash_file(h->file[i].path, h->digest[i], &h->err) != MKT_OK) break;
    }
    return NULL;
}

mkt_status mkt_hashing_start(struct mkt_hashing *h, struct mkt_arena *arena,
                             const struct mkt_file *file, size_t files, const atomic_bool *cancel,
                             struct mkt_err *err)
{
    *h = (struct mkt_hashing){.file = file, .files = files, .cancel = cancel};
    h->digest = mkt_arena_alloc(arena, files, sizeof *h->digest);
    if (!h->digest) return mkt_arena_full(arena, err);
    if (pthread_create(&h->thread, NULL, hash_files, h) != 0)
        return mkt_err_set(err, MKT_E_INTERNAL, "cannot start a thread");
    h->running = true;
    return MKT_OK;
}

void mkt_hashing_join(struct mkt_hashing *h)
{
    if (h->running) pthread_join(h->thread, NULL);
    h->running = false;
}

mkt_status mkt_hashing_take(struct mkt_hashing *h, struct mkt_arena *arena,
                            struct mkt_relation *relation, struct mkt_err *err)
{
    mkt_hashing_join(h);
    if (h->err.status != MKT_OK) return mkt_err_set(err, h->err.status, "%s", h->err.text);
    for (size_t i = 0; i < h->files; i++) {
        struct mkt_relation *r = &relation[i];
        if (h->digest[i][0]) r->sha256 = h->digest[i];
        for (size_t k = 0; k < i && r->sha256 && !r->refused; k++) {
            const struct mkt_relation *other = &relation[k];
            if (other->refused || !other->sha256 || strcmp(other->sha256, r->sha256) != 0) continue;
            r->refused = mkt_arena_printf(arena, "it is byte for byte the same as %s", other->show);
            if (!r->refused) return mkt_arena_full(arena, err);
        }
    }
    return MKT_OK;
}
