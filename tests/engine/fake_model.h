/* A language model that the test holds in its hand: it walks the grammars as narrate/parrot.h does,
 * a few bytes at a time, as slowly as told, and minds cancellation and deadline. */
#ifndef MKT_TESTS_ENGINE_FAKE_MODEL_H
#define MKT_TESTS_ENGINE_FAKE_MODEL_H

#include <pthread.h>
#include <time.h>

#include "engine/writer.h"
#include "narrate/parrot.h"

#define FAKE_MODEL_BYTES 4 /* a piece */

static struct {
    atomic_int step_ms;                 /* between pieces */
    atomic_int running, tasks, stopped; /* now; in all; cancelled */
    atomic_int open_fails;              /* so many openings fail */
    atomic_bool open_waits;             /* the opening takes until this is reset */
    atomic_int opened, closed;
} fake_model;

static inline void fake_model_reset(void)
{
    atomic_store(&fake_model.step_ms, 0);
    atomic_store(&fake_model.running, 0);
    atomic_store(&fake_model.tasks, 0);
    atomic_store(&fake_model.stopped, 0);
    atomic_store(&fake_model.open_fails, 0);
    atomic_store(&fake_model.open_waits, false);
    atomic_store(&fake_model.opened, 0);
    atomic_store(&fake_model.closed, 0);
}

static inline int64_t fake_model_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static inline void fake_model_pause(int ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    if (ms) nanosleep(&t, NULL);
}

/* One part; false when there is no more time for it. */
static inline bool fake_model_part(struct mkt_llm_task *task, size_t k, struct mkt_arena *arena)
{
    struct mkt_llm_part *part = &task->part[k];
    char *text = mkt_arena_strdup(arena, parrot_text(arena, part->grammar, part->seed));
    size_t n = strlen(text), at = 0;
    part->text = text;
    while (at < n) {
        size_t more = n - at < FAKE_MODEL_BYTES ? n - at : FAKE_MODEL_BYTES;
        if (task->cancel && atomic_load(task->cancel)) break;
        if (task->deadline_ms && fake_model_now() >= task->deadline_ms) break;
        if (task->piece) task->piece(task->user, k, text + at, more);
        at += more;
        fake_model_pause(atomic_load(&fake_model.step_ms));
    }
    part->done = at == n;
    text[at] = '\0';
    return part->done;
}

static inline mkt_status fake_model_write(struct mkt_llm *llm, struct mkt_arena *arena,
                                          struct mkt_llm_task *task, struct mkt_err *err)
{
    (void)llm;
    atomic_fetch_add(&fake_model.tasks, 1);
    atomic_fetch_add(&fake_model.running, 1);
    for (size_t k = 0; k < task->parts && fake_model_part(task, k, arena); k++) {
    }
    atomic_fetch_sub(&fake_model.running, 1);
    if (!task->cancel || !atomic_load(task->cancel)) return MKT_OK;
    atomic_fetch_add(&fake_model.stopped, 1);
    return mkt_err_set(err, MKT_E_CANCELLED, "stopped");
}

static inline void fake_model_close(struct mkt_llm *llm)
{
    (void)llm;
    atomic_fetch_add(&fake_model.closed, 1);
}

/* A mkt_writer_opener. */
static inline mkt_status fake_model_open(const struct mkt_writer_opening *opening,
                                         struct mkt_llm **out, struct mkt_err *err)
{
    static struct mkt_llm_kind kind;
    static struct parrot model;
    double done = 0;
    model = parrot_make();
    kind = *model.llm.kind;
    kind.write = fake_model_write;
    kind.close = fake_model_close;
    model.llm.kind = &kind;
    atomic_fetch_add(&fake_model.opened, 1);
    while (atomic_load(&fake_model.open_waits)) {
        if (!opening->progress(opening->user, done < 0.5 ? done += 0.25 : done))
            return mkt_err_set(err, MKT_E_CANCELLED, "not opened");
        fake_model_pause(5);
    }
    if (atomic_fetch_sub(&fake_model.open_fails, 1) > 0)
        return mkt_err_set(err, MKT_E_IO, "it is not in the mood");
    *out = &model.llm;
    return MKT_OK;
}

#endif
