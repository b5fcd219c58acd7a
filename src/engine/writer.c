#include "engine/writer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/files.h"
#include "engine/writer_open.h"
#include "llm/models.h"

#define PATIENCE_S 64 /* longest time between two tries */
#define NICE 10       /* of the threads of a model: facts go first */

struct mkt_writer {
    struct mkt_writer_options options;
    char path[4096], state[4200];
    atomic_int computing;
    pthread_t thread;
    bool running; /* the thread */
    atomic_bool cancel;
    _Atomic(struct mkt_llm *) llm;

    pthread_mutex_t lock; /* all below */
    pthread_cond_t change;
    bool closing;
    struct mkt_writer_view view;
};

const char *mkt_writer_state_name(mkt_writer_state state)
{
    static const char *const names[] = {"absent", "loading", "ready", "failed"};
    return names[state];
}

mkt_status mkt_writer_wanted(const char *name, mkt_words_wanted *out, struct mkt_err *err)
{
    static const char *const names[] = {"auto", "plain", "model"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) != 0) continue;
        *out = (mkt_words_wanted)i;
        return MKT_OK;
    }
    return mkt_err_set(err, MKT_E_ARG, "words are written as auto, plain or model, not \"%.40s\"",
                       name);
}

/* Beside the models: what is saved there is bound to a model's hash. */
static mkt_status state_folder(const struct mkt_settings *s, char out[4200], struct mkt_err *err)
{
    struct mkt_arena arena;
    const char *dir;
    MKT_TRY(mkt_arena_open(&arena, (size_t)64 << 10, err));
    mkt_status status = mkt_models_dir(&arena, s->model_dir, &dir, err);
    if (status == MKT_OK) snprintf(out, 4200, "%.4000s/state", dir);
    mkt_arena_close(&arena);
    return status;
}

static mkt_status named_file(const struct mkt_settings *s, char out[4096], struct mkt_err *err)
{
    struct mkt_arena arena;
    const char *path = s->model_path;
    MKT_TRY(mkt_arena_open(&arena, (size_t)64 << 10, err));
    mkt_status status =
        *path ? MKT_OK : mkt_models_path(&arena, s->model_dir, s->model, &path, err);
    if (status == MKT_OK && snprintf(out, 4096, "%s", path) >= 4096)
        status = mkt_err_set(err, MKT_E_ARG, "the path of the model is too long");
    mkt_arena_close(&arena);
    return status;
}

mkt_status mkt_writer_file(const struct mkt_settings *settings, char out[4096], int64_t *bytes,
                           struct mkt_err *err)
{
    struct stat info;
    mkt_words_wanted wanted = MKT_WORDS_AUTO;
    out[0] = '\0';
    *bytes = 0;
    MKT_TRY(mkt_writer_wanted(settings->words, &wanted, err));
    if (wanted == MKT_WORDS_PLAIN || settings->llm_url[0]) return MKT_OK;
    MKT_TRY(named_file(settings, out, err));
    if (stat(out, &info) == 0 && S_ISREG(info.st_mode)) *bytes = (int64_t)info.st_size;
    return MKT_OK;
}

/* ---- the thread that opens ---- */

static void set_state(struct mkt_writer *w, mkt_writer_state state, const char *name,
                      const char *why)
{
    pthread_mutex_lock(&w->lock);
    w->view.state = state;
    w->view.done = state == MKT_WRITER_READY;
    snprintf(w->view.name, sizeof w->view.name, "%s", name);
    snprintf(w->view.why, sizeof w->view.why, "%s", why);
    pthread_cond_broadcast(&w->change);
    pthread_mutex_unlock(&w->lock);
}

static bool opened_so_far(void *user, double done)
{
    struct mkt_writer *w = user;
    pthread_mutex_lock(&w->lock);
    w->view.done = done;
    pthread_mutex_unlock(&w->lock);
    return !atomic_load(&w->cancel);
}

static bool try_once(struct mkt_writer *w)
{
    struct mkt_err err = {0}, none = {0};
    struct mkt_llm *llm = NULL;
    if (w->state[0] && mkt_files_make_folder(w->state, &none) != MKT_OK) {
        mkt_log(MKT_LOG_WARN, "model", "state=not_kept reason=%s", mkt_status_name(none.status));
        w->state[0] = '\0'; /* it is computed anew at each start */
    }
    struct mkt_writer_opening opening = {.settings = w->options.settings,
                                         .path = w->path[0] ? w->path : NULL,
                                         .state = w->state[0] ? w->state : NULL,
                                         .engine_mb = w->options.engine_mb,
                                         .computing = &w->computing,
                                         .cancel = &w->cancel,
                                         .progress = opened_so_far,
                                         .user = w};
    mkt_status status = w->options.opener(&opening, &llm, &err);
    if (status != MKT_OK) {
        mkt_log(MKT_LOG_WARN, "model", "state=failed reason=%s", mkt_status_name(status));
        set_state(w, MKT_WRITER_FAILED, "", err.text);
        return false;
    }
    atomic_store(&w->llm, llm);
    mkt_log(MKT_LOG_INFO, "model", "state=ready identity=%.16s", mkt_llm_identity(llm));
    set_state(w, MKT_WRITER_READY, mkt_llm_name(llm), "");
    return true;
}

/* False when the writer is closing. */
static bool wait_seconds(struct mkt_writer *w, int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&w->lock);
    while (!w->closing && pthread_cond_timedwait(&w->change, &w->lock, &until) == 0) {
    }
    bool go_on = !w->closing;
    pthread_mutex_unlock(&w->lock);
    return go_on;
}

/* The threads that the model's library starts inherit this one's low priority. */
static void *open_model(void *user)
{
    struct mkt_writer *w = user;
    bool again = w->options.service && !w->path[0];
    if (w->options.service) setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
    for (int pause = 1; !try_once(w) && again && wait_seconds(w, pause);)
        if (pause < PATIENCE_S) pause *= 2;
    return NULL;
}

/* ---- the handle ---- */

static mkt_status begin(struct mkt_writer *w, struct mkt_err *err)
{
    const struct mkt_settings *s = w->options.settings;
    mkt_words_wanted wanted = MKT_WORDS_AUTO;
    int64_t bytes;
    MKT_TRY(mkt_writer_wanted(s->words, &wanted, err));
    MKT_TRY(mkt_writer_file(s, w->path, &bytes, err));
    if (wanted == MKT_WORDS_PLAIN) {
        set_state(w, MKT_WRITER_ABSENT, "", "plain words are asked for");
        return MKT_OK;
    }
    if (w->path[0] && bytes == 0) {
        char why[MKT_ERR_TEXT];
        snprintf(why, sizeof why,
                 "there is no model at %.600s; get one with marketing-agent model fetch", w->path);
        set_state(w, s->model_path[0] ? MKT_WRITER_FAILED : MKT_WRITER_ABSENT, "", why);
        return MKT_OK;
    }
    if (w->path[0]) MKT_TRY(state_folder(s, w->state, err));
    w->view.state = MKT_WRITER_LOADING;
    w->running = pthread_create(&w->thread, NULL, open_model, w) == 0;
    if (w->running) return MKT_OK;
    return mkt_err_set(err, MKT_E_NOMEM, "cannot start the thread that opens the model");
}

mkt_status mkt_writer_open(const struct mkt_writer_options *options, struct mkt_writer **out,
                           struct mkt_err *err)
{
    struct mkt_writer *w = calloc(1, sizeof *w);
    if (!w) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the model");
    w->options = *options;
    if (!w->options.opener) w->options.opener = mkt_writer_open_usual;
    atomic_init(&w->cancel, false);
    atomic_init(&w->computing, 0);
    atomic_init(&w->llm, NULL);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->change, NULL);
    mkt_status status = begin(w, err);
    if (status != MKT_OK) {
        mkt_writer_close(w);
        return status;
    }
    *out = w;
    return MKT_OK;
}

void mkt_writer_close(struct mkt_writer *writer)
{
    if (!writer) return;
    atomic_store(&writer->cancel, true);
    pthread_mutex_lock(&writer->lock);
    writer->closing = true;
    pthread_cond_broadcast(&writer->change);
    pthread_mutex_unlock(&writer->lock);
    if (writer->running) pthread_join(writer->thread, NULL);
    mkt_llm_close(atomic_load(&writer->llm));
    pthread_cond_destroy(&writer->change);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

struct mkt_llm *mkt_writer_llm(struct mkt_writer *writer)
{
    return writer ? atomic_load(&writer->llm) : NULL;
}

void mkt_writer_view(struct mkt_writer *writer, struct mkt_writer_view *out)
{
    pthread_mutex_lock(&writer->lock);
    *out = writer->view;
    pthread_mutex_unlock(&writer->lock);
}

void mkt_writer_wait(struct mkt_writer *writer, void (*progress)(void *user, double done),
                     void *user)
{
    struct mkt_writer_view view;
    struct timespec step = {.tv_nsec = 20000000};
    for (int i = 0;; i++) {
        mkt_writer_view(writer, &view);
        if (view.state != MKT_WRITER_LOADING) return;
        if (progress && i % 5 == 0) progress(user, view.done);
        nanosleep(&step, NULL);
    }
}

void mkt_writer_facts_begin(struct mkt_writer *writer)
{
    atomic_fetch_add(&writer->computing, 1);
}

void mkt_writer_facts_end(struct mkt_writer *writer)
{
    atomic_fetch_sub(&writer->computing, 1);
}

bool mkt_writer_is_final(const struct mkt_words *words)
{
    for (int p = 0; words->model && p < MKT_PARTS; p++)
        if (words->author[p] == MKT_AUTHOR_TIME || words->author[p] == MKT_AUTHOR_FAILED)
            return false;
    return true;
}
