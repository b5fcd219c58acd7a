#include "cli/narrator.h"

#include <stdio.h>
#include <time.h>

static void show_loading(void *user, double done)
{
    mkt_progress_show(user, "loading the language model", done);
}

mkt_status mkt_narrator_take(struct mkt_engine *engine, struct mkt_progress_line *line,
                             struct mkt_llm **out, struct mkt_err *err)
{
    struct mkt_writer_view view;
    mkt_writer_wait(engine->writer, show_loading, line);
    mkt_writer_view(engine->writer, &view);
    MKT_TRY(mkt_engine_narrator(engine, engine->words, out, err));
    if (view.state != MKT_WRITER_FAILED) return MKT_OK;
    mkt_progress_stop(line);
    fprintf(stderr, "marketing-agent: plain words, because the language model cannot be had: %s\n",
            view.why);
    return MKT_OK;
}

int64_t mkt_narrator_until(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return ms ? t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000 + ms : 0;
}
