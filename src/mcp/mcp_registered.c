#include "mcp/mcp_registered.h"

#include "mcp/mcp_report.h"

static mkt_status names(void *user, struct mkt_arena *arena, const char ***out, size_t *count,
                        struct mkt_err *err)
{
    struct mkt_mcp_registered *r = user;
    return mkt_datasets_names(r->engine->datasets, arena, out, count, err);
}

/* No such name is told as there being no such thing. */
static mkt_status get(struct mkt_mcp_registered *r, const char *name, struct mkt_set **out,
                      struct mkt_err *err)
{
    mkt_status status = mkt_datasets_get(r->engine->datasets, name, out, err);
    return status == MKT_E_ARG ? MKT_E_NOT_FOUND : status;
}

static mkt_status account(void *user, struct mkt_arena *arena, const char *name,
                          struct mkt_flag *flag, struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_mcp_registered *r = user;
    const struct mkt_reading usual = {0};
    struct mkt_opened *opened = NULL;
    struct mkt_set *set;
    struct mkt_err problem = {0};
    (void)arena;
    MKT_TRY(get(r, name, &set, err));
    mkt_status status = mkt_question_account(r->engine, set, &usual, flag, &opened, &problem);
    if (status == MKT_E_CANCELLED)
        status = mkt_err_set(err, status, "%s", problem.text);
    else
        status = mkt_mcp_report_account(out, name, opened ? opened->dataset : NULL,
                                        opened ? NULL : problem.text, err);
    mkt_opened_release(r->engine->opened, opened);
    mkt_datasets_release(set);
    return status;
}

static mkt_status answer(void *user, struct mkt_arena *arena, const struct mkt_question *question,
                         struct mkt_flag *flag, const struct mkt_listener *listener,
                         struct mkt_blob **out, struct mkt_err *err)
{
    struct mkt_mcp_registered *r = user;
    struct mkt_question q = *question;
    struct mkt_question_report report;
    struct mkt_llm *llm;
    q.late = r->late;
    q.deadline_ms = r->until_ms;
    MKT_TRY(mkt_engine_narrator(r->engine, q.words, &llm, err));
    if (llm && q.late && q.words == MKT_WORDS_MODEL)
        return mkt_err_set(err, MKT_E_BUSY,
                           "the model writes as many answers as allowed; try again in a while, or "
                           "ask for words \"auto\"");
    return mkt_question_answer(r->engine, arena, &q, flag, listener, out, &report, err);
}

static mkt_status report(void *user, struct mkt_arena *arena, const char *name,
                         mkt_render_format format, struct mkt_flag *flag,
                         const struct mkt_listener *listener, struct mkt_buf *out,
                         struct mkt_err *err)
{
    struct mkt_mcp_registered *r = user;
    const struct mkt_reading usual = {0};
    struct mkt_opened *opened = NULL;
    struct mkt_set *set;
    MKT_TRY(get(r, name, &set, err));
    mkt_status status = mkt_question_account(r->engine, set, &usual, flag, &opened, err);
    if (status == MKT_OK)
        status = mkt_mcp_report_write(r->engine, arena, opened->dataset, format, flag, listener,
                                      out, err);
    mkt_opened_release(r->engine->opened, opened);
    mkt_datasets_release(set);
    return status;
}

void mkt_mcp_registered_host(struct mkt_mcp_registered *registered, struct mkt_mcp_host *out)
{
    *out = (struct mkt_mcp_host){.analysis = registered->engine->analysis,
                                 .analyses = registered->engine->analyses,
                                 .data_help = "name of a registered data set",
                                 .words = registered->engine->words,
                                 .user = registered,
                                 .names = names,
                                 .account = account,
                                 .answer = answer,
                                 .report = report};
}
