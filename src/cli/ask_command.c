#include "cli/ask_command.h"

#include <string.h>
#include <time.h>

#include "cli/output.h"
#include "cli/workbench.h"
#include "engine/ask.h"
#include "report/asked_page.h"

/* What a run holds until it ends. */
struct run {
    struct mkt_workbench with;
    struct mkt_given given[MKT_OPTIONS_PARAMS];
    struct mkt_asked asked;
};

static mkt_status check(const struct mkt_options *o, struct mkt_err *err)
{
    if (o->inputs == 0)
        return mkt_err_set(err, MKT_E_ARG,
                           "ask needs a question: marketing-agent ask \"What is our ROAS?\" "
                           "--data PATH");
    MKT_TRY(mkt_planner_check(o->input[0], strlen(o->input[0]), err));
    if (!o->value[MKT_OPTION_DATA])
        return mkt_err_set(err, MKT_E_ARG,
                           "ask needs data: name a file or a folder with --data PATH");
    return MKT_OK;
}

static mkt_status answer(struct run *r, struct mkt_err *err)
{
    struct mkt_workbench *with = &r->with;
    const struct mkt_options *o = with->options;
    struct mkt_listener listener = {.progress = mkt_progress_show, .user = &with->line};
    for (size_t i = 0; i < o->params; i++)
        r->given[i] = (struct mkt_given){o->param[i].name, o->param[i].value};
    struct mkt_ask ask = {.question = o->input[0],
                          .bytes = strlen(o->input[0]),
                          .given = r->given,
                          .givens = o->params,
                          .dataset = with->dataset,
                          .place = o->value[MKT_OPTION_DATA],
                          .today = (int32_t)(time(NULL) / 86400),
                          .llm = with->llm,
                          .deadline_ms = mkt_workbench_until(with)};
    return mkt_ask_run(with->engine, &with->arena, &ask, &listener, &r->asked, err);
}

/* Into a file when one is named: then the terminal gets the reply and the path. */
static mkt_status show(struct run *r, struct mkt_err *err)
{
    const struct mkt_options *o = r->with.options;
    const char *path = o->value[MKT_OPTION_OUT];
    struct mkt_arena *arena = &r->with.arena;
    struct mkt_text_style style = mkt_output_style(o);
    mkt_render_format format = mkt_output_format(o);
    struct mkt_buf out, said;
    mkt_buf_init(&out, arena);
    mkt_buf_init(&said, arena);
    if (format == MKT_RENDER_TEXT)
        MKT_TRY(mkt_asked_page_text(&out, &r->asked, &style, err));
    else
        MKT_TRY(mkt_ask_render(&out, &r->asked, format, err));
    mkt_progress_stop(&r->with.line);
    if (!path) return mkt_output_print(out.data, out.length, err);
    MKT_TRY(mkt_output_file(path, out.data, out.length, err));
    const char *reply = mkt_asked_page_reply(arena, &r->asked);
    if (!reply) return mkt_arena_full(arena, err);
    mkt_buf_printf(&said, "%s\n\n%s\n", reply, path);
    MKT_TRY(mkt_buf_check(&said, err));
    return mkt_output_print(said.data, said.length, err);
}

mkt_status mkt_ask_command_run(const struct mkt_options *options, struct mkt_err *err)
{
    struct run run = {.with = {.options = options}}, *r = &run;
    mkt_progress_start(&r->with.line);
    mkt_status status = check(options, err);
    if (status == MKT_OK) status = mkt_workbench_open(&r->with, err);
    if (status == MKT_OK)
        status = mkt_workbench_read(&r->with, options->value[MKT_OPTION_DATA], MKT_KIND_NONE, err);
    if (status == MKT_OK) status = answer(r, err);
    if (status == MKT_OK) status = show(r, err);
    mkt_workbench_close(&r->with);
    return status;
}
