#include "cli/workbench.h"

#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"

#define MEGABYTE ((size_t)1 << 20)

static mkt_status read_sizes(const struct mkt_options *o, size_t *memory, int *threads,
                             struct mkt_err *err)
{
    double megabytes, n;
    MKT_TRY(mkt_options_number(o, MKT_OPTION_THREADS, 1, 1024, 0, &n, err));
    MKT_TRY(mkt_options_number(o, MKT_OPTION_MEMORY, 64, 1 << 24, 1024, &megabytes, err));
    *memory = (size_t)megabytes * MEGABYTE;
    *threads = (int)n;
    return MKT_OK;
}

mkt_status mkt_workbench_open(struct mkt_workbench *w, struct mkt_err *err)
{
    const struct mkt_options *o = w->options;
    struct mkt_engine_options engine = {.settings = &w->settings};
    double words_ms;
    MKT_TRY(read_sizes(o, &engine.data_memory, &engine.threads, err));
    MKT_TRY(mkt_options_number(o, MKT_OPTION_DEADLINE, 1, 86400000, 0, &words_ms, err));
    MKT_TRY(mkt_settings_read(&w->settings, mkt_options_setting, (void *)(uintptr_t)o, err));
    w->words_ms = (int64_t)words_ms;
    return mkt_engine_open(&engine, &w->engine, err);
}

static void show_loading(void *user, double done)
{
    mkt_progress_show(user, "loading the language model", done);
}

/* The model loads while the data are read; here it is waited for. One that was asked for and cannot
 * be had is told on standard error, not only missed. */
static mkt_status take_model(struct mkt_workbench *w, struct mkt_err *err)
{
    struct mkt_writer_view view;
    mkt_writer_wait(w->engine->writer, show_loading, &w->line);
    mkt_writer_view(w->engine->writer, &view);
    MKT_TRY(mkt_engine_narrator(w->engine, w->engine->words, &w->llm, err));
    if (view.state != MKT_WRITER_FAILED) return MKT_OK;
    mkt_progress_stop(&w->line);
    fprintf(stderr, "marketing-agent: plain words, because the language model cannot be had: %s\n",
            view.why);
    return MKT_OK;
}

mkt_status mkt_workbench_read(struct mkt_workbench *w, const char *path, mkt_kind asked,
                              struct mkt_err *err)
{
    const struct mkt_options *o = w->options;
    struct mkt_dataset_options data = {.map = o->map,
                                       .maps = o->maps,
                                       .dates = o->value[MKT_OPTION_DATES],
                                       .decimal = o->value[MKT_OPTION_DECIMAL],
                                       .currency = o->value[MKT_OPTION_CURRENCY],
                                       .asked = asked,
                                       .keep_users = o->value[MKT_OPTION_TRANSACTIONS] != NULL,
                                       .progress = mkt_progress_show,
                                       .user = &w->line};
    MKT_TRY(read_sizes(o, &data.memory, &data.threads, err));
    MKT_TRY(mkt_arena_open(&w->arena, data.memory, err));
    MKT_TRY(mkt_dataset_open(path, &data, &w->dataset, err));
    return take_model(w, err);
}

int64_t mkt_workbench_until(const struct mkt_workbench *w)
{
    return w->words_ms ? mkt_clock_ms() + w->words_ms : 0;
}

void mkt_workbench_close(struct mkt_workbench *w)
{
    mkt_progress_stop(&w->line);
    mkt_engine_close(w->engine);
    if (w->dataset) mkt_dataset_close(w->dataset);
    mkt_arena_close(&w->arena);
}
