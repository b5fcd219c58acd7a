#include "cli/ask_command.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/narrator.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "engine/ask.h"
#include "report/asked_page.h"

#define MEGABYTE ((size_t)1 << 20)

/* What a run holds until it ends. */
struct run {
    const struct mkt_options *options;
    struct mkt_settings settings;
    struct mkt_progress_line line;
    struct mkt_engine *engine;
    struct mkt_dataset *dataset;
    struct mkt_arena arena;
    struct mkt_given given[MKT_OPTIONS_PARAMS];
    struct mkt_asked asked;
    struct mkt_llm *llm; /* that plans and writes, or NULL */
    int64_t words_ms;    /* for the words of the answer; 0: no limit */
    mkt_render_format format;
};

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && mkt_text_equal_nocase(text + n - m, end);
}

static mkt_status check(struct run *r, struct mkt_err *err)
{
    const struct mkt_options *o = r->options;
    const char *path = o->value[MKT_OPTION_OUT];
    if (o->inputs == 0)
        return mkt_err_set(err, MKT_E_ARG,
                           "ask needs a question: marketing-agent ask \"What is our ROAS?\" "
                           "--data PATH");
    MKT_TRY(mkt_planner_check(o->input[0], strlen(o->input[0]), err));
    if (!o->value[MKT_OPTION_DATA])
        return mkt_err_set(err, MKT_E_ARG,
                           "ask needs data: name a file or a folder with --data PATH");
    r->format = MKT_RENDER_TEXT;
    if (mkt_options_flag(o, MKT_OPTION_JSON) || (path && ends_with(path, ".json")))
        r->format = MKT_RENDER_JSON;
    else if (path && (ends_with(path, ".html") || ends_with(path, ".htm")))
        r->format = MKT_RENDER_HTML;
    return MKT_OK;
}

static mkt_status open_all(struct run *r, struct mkt_err *err)
{
    const struct mkt_options *o = r->options;
    double memory, threads, words_ms;
    MKT_TRY(mkt_options_number(o, MKT_OPTION_DEADLINE, 1, 86400000, 0, &words_ms, err));
    r->words_ms = (int64_t)words_ms;
    MKT_TRY(mkt_options_number(o, MKT_OPTION_MEMORY, 64, 1 << 24, 1024, &memory, err));
    MKT_TRY(mkt_options_number(o, MKT_OPTION_THREADS, 1, 1024, 0, &threads, err));
    MKT_TRY(mkt_settings_read(&r->settings, mkt_options_setting, (void *)(uintptr_t)o, err));
    struct mkt_engine_options engine = {.settings = &r->settings,
                                        .threads = (int)threads,
                                        .data_memory = (size_t)memory * MEGABYTE};
    struct mkt_dataset_options data = {.map = o->map,
                                       .maps = o->maps,
                                       .dates = o->value[MKT_OPTION_DATES],
                                       .decimal = o->value[MKT_OPTION_DECIMAL],
                                       .currency = o->value[MKT_OPTION_CURRENCY],
                                       .memory = (size_t)memory * MEGABYTE,
                                       .threads = (int)threads,
                                       .progress = mkt_progress_show,
                                       .user = &r->line};
    MKT_TRY(mkt_engine_open(&engine, &r->engine, err));
    MKT_TRY(mkt_arena_open(&r->arena, (size_t)memory * MEGABYTE, err));
    return mkt_dataset_open(o->value[MKT_OPTION_DATA], &data, &r->dataset, err);
}

static mkt_status answer(struct run *r, struct mkt_err *err)
{
    const struct mkt_options *o = r->options;
    struct mkt_listener listener = {.progress = mkt_progress_show, .user = &r->line};
    for (size_t i = 0; i < o->params; i++)
        r->given[i] = (struct mkt_given){o->param[i].name, o->param[i].value};
    struct mkt_ask ask = {.question = o->input[0],
                          .bytes = strlen(o->input[0]),
                          .given = r->given,
                          .givens = o->params,
                          .dataset = r->dataset,
                          .place = o->value[MKT_OPTION_DATA],
                          .today = (int32_t)(time(NULL) / 86400),
                          .llm = r->llm,
                          .deadline_ms = mkt_narrator_until(r->words_ms)};
    return mkt_ask_run(r->engine, &r->arena, &ask, &listener, &r->asked, err);
}

static int terminal_width(void)
{
    struct winsize w;
    if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_col < 40)
        return 100;
    return w.ws_col;
}

/* Into a file when one is named: then the terminal gets the reply and the path. */
static mkt_status show(struct run *r, struct mkt_err *err)
{
    const char *path = r->options->value[MKT_OPTION_OUT], *no_colour = getenv("NO_COLOR");
    struct mkt_buf out, said;
    mkt_buf_init(&out, &r->arena);
    mkt_buf_init(&said, &r->arena);
    struct mkt_text_style style = {.colour = !path && !(no_colour && *no_colour) &&
                                             isatty(STDOUT_FILENO) == 1,
                                   .width = path ? 100 : terminal_width(),
                                   .full = mkt_options_flag(r->options, MKT_OPTION_FULL)};
    if (r->format == MKT_RENDER_TEXT)
        MKT_TRY(mkt_asked_page_text(&out, &r->asked, &style, err));
    else
        MKT_TRY(mkt_ask_render(&out, &r->asked, r->format, err));
    mkt_progress_stop(&r->line);
    if (!path) return mkt_output_print(out.data, out.length, err);
    MKT_TRY(mkt_output_file(path, out.data, out.length, err));
    const char *reply = mkt_asked_page_reply(&r->arena, &r->asked);
    if (!reply) return mkt_arena_full(&r->arena, err);
    mkt_buf_printf(&said, "%s\n\n%s\n", reply, path);
    MKT_TRY(mkt_buf_check(&said, err));
    return mkt_output_print(said.data, said.length, err);
}

mkt_status mkt_ask_command_run(const struct mkt_options *options, struct mkt_err *err)
{
    struct run run = {.options = options}, *r = &run;
    mkt_progress_start(&r->line);
    mkt_status status = check(r, err);
    if (status == MKT_OK) status = open_all(r, err);
    if (status == MKT_OK) status = mkt_narrator_take(r->engine, &r->line, &r->llm, err);
    if (status == MKT_OK) status = answer(r, err);
    if (status == MKT_OK) status = show(r, err);
    mkt_progress_stop(&r->line);
    mkt_engine_close(r->engine);
    if (r->dataset) mkt_dataset_close(r->dataset);
    mkt_arena_close(&r->arena);
    return status;
}
