#include "source/reading.h"

#include <pthread.h>
#include <time.h>

#include "source/ducktext.h"
#include "source/mapping.h"
#include "source/recognise.h"

void mkt_reading_progress(const struct mkt_reading *x, const char *stage, double done)
{
    if (x->options->progress) x->options->progress(x->options->user, stage, done);
}

/* The database, opened while the text files are looked through. */
struct opening {
    struct mkt_duck_limits limits;
    struct mkt_duck *duck;
    mkt_status status;
    struct mkt_err err;
    pthread_t thread;
    bool started;
};

static void *open_duck(void *user)
{
    struct opening *o = user;
    o->status = mkt_duck_open(&o->limits, o->duck, &o->err);
    return NULL;
}

static mkt_status begin_duck(struct mkt_reading *x, struct opening *out, struct mkt_err *err)
{
    const struct mkt_dataset_options *o = x->options;
    const char **path = MKT_NEW(x->arena, const char *, 2 * x->files);
    size_t paths = 0;
    if (!path) return mkt_arena_full(x->arena, err);
    for (size_t i = 0; i < x->files; i++) {
        const struct mkt_file *f = &x->file[i];
        if (f->kind == MKT_FILE_PARQUET) {
            path[paths] = mkt_arena_printf(x->arena, "/proc/self/fd/%d", f->fd);
            if (!path[paths++]) return mkt_arena_full(x->arena, err);
        } else if (f->kind == MKT_FILE_DUCKDB) {
            path[paths++] = f->path;
            path[paths] = mkt_arena_printf(x->arena, "%s.wal", f->path);
            if (!path[paths++]) return mkt_arena_full(x->arena, err);
        }
    }
    *out = (struct opening){.limits = {.memory = o->memory ? o->memory : MKT_READING_MEMORY,
                                       .threads = o->threads,
                                       .temp = o->temp,
                                       .cancel = o->cancel,
                                       .path = path,
                                       .paths = paths},
                            .duck = &x->duck};
    out->started = pthread_create(&out->thread, NULL, open_duck, out) == 0;
    return MKT_OK;
}

static void end_duck(struct mkt_reading *x, struct opening *o)
{
    if (o->started)
        pthread_join(o->thread, NULL);
    else
        open_duck(o);
    x->duck_open = o->status == MKT_OK;
}

static mkt_status recognise_all(struct mkt_reading *x, struct mkt_err *err)
{
    const struct mkt_dataset_options *o = x->options;
    const struct mkt_intake *in = &x->intake;
    for (size_t i = 0; i < in->relations; i++) {
        struct mkt_relation *r = &in->relation[i];
        struct mkt_recognise_choice *choice;
        size_t choices;
        if (r->refused) continue;
        MKT_TRY(mkt_mapping_for(x->arena, o->map, o->maps, r, &choice, &choices, err));
        MKT_TRY(mkt_recognise(x->arena, r, choice, choices, err));
    }
    return mkt_mapping_check(x->arena, o->map, o->maps, in->relation, in->relations, err);
}

mkt_status mkt_reading_open(struct mkt_reading *x, struct mkt_arena *arena, const char *path,
                            const struct mkt_dataset_options *options, bool hashed,
                            struct mkt_err *err)
{
    *x = (struct mkt_reading){.arena = arena, .options = options, .caveats = {.arena = arena}};
    x->today = options->today ? options->today : (int32_t)(time(NULL) / 86400);
    MKT_TRY(mkt_folder_open(arena, path, &x->file, &x->files, &x->is_folder, err));
    if (hashed)
        MKT_TRY(mkt_hashing_start(&x->hashing, arena, x->file, x->files, options->cancel, err));
    struct opening duck;
    MKT_TRY(begin_duck(x, &duck, err));
    mkt_status looked =
        mkt_intake_look(arena, x->file, x->files, x->is_folder, options, &x->intake, err);
    end_duck(x, &duck);
    MKT_TRY(looked);
    if (!x->duck_open) return mkt_err_set(err, duck.status, "%s", duck.err.text);
    MKT_TRY(mkt_ducktext_register(&x->duck, err));
    MKT_TRY(mkt_intake_register(arena, &x->duck, &x->intake, err));
    return recognise_all(x, err);
}

void mkt_reading_close(struct mkt_reading *x)
{
    mkt_hashing_join(&x->hashing);
    if (x->duck_open) mkt_duck_close(&x->duck);
    mkt_folder_close(x->file, x->files);
}
