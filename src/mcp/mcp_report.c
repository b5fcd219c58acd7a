#include "mcp/mcp_report.h"

#include "base/json.h"
#include "report/account_json.h"

mkt_status mkt_mcp_report_account(struct mkt_buf *out, const char *name,
                                  const struct mkt_dataset *dataset, const char *problem,
                                  struct mkt_err *err)
{
    struct mkt_json w;
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "name", name);
    mkt_json_member_bool(&w, "usable", dataset != NULL);
    mkt_json_member_string(&w, "problem", problem);
    mkt_json_key(&w, "account");
    if (dataset)
        mkt_account_json_write(&w, mkt_dataset_account(dataset));
    else
        mkt_json_null(&w);
    mkt_json_close(&w, '}');
    return mkt_buf_check(out, err);
}

/* The answers that say something, moved to the front. */
static size_t keep_useful(const struct mkt_answer **answer, size_t answers)
{
    size_t kept = 0;
    for (size_t i = 0; i < answers; i++)
        if (answer[i]->sheet.status != MKT_ANSWER_INSUFFICIENT) answer[kept++] = answer[i];
    return kept ? kept : answers;
}

static mkt_status run_all(const struct mkt_engine *engine, struct mkt_arena *arena,
                          struct mkt_dataset *dataset, const struct mkt_listener *listener,
                          const struct mkt_answer **answer, struct mkt_err *err)
{
    static const struct mkt_args usual = {{0}};
    for (size_t i = 0; i < engine->analyses; i++) {
        struct mkt_engine_request request = {
            .analysis = &engine->analysis[i], .args = &usual, .dataset = dataset};
        struct mkt_answer *one = MKT_NEW(arena, struct mkt_answer, 1);
        if (!one) return mkt_arena_full(arena, err);
        MKT_TRY(mkt_engine_run(engine, arena, &request, listener, one, err));
        answer[i] = one;
    }
    return MKT_OK;
}

mkt_status mkt_mcp_report_write(const struct mkt_engine *engine, struct mkt_arena *arena,
                                struct mkt_dataset *dataset, mkt_render_format format,
                                struct mkt_flag *flag, const struct mkt_listener *listener,
                                struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_listener heard = *listener;
    const struct mkt_answer **answer = MKT_NEW(arena, const struct mkt_answer *, engine->analyses);
    if (!answer) return mkt_arena_full(arena, err);
    heard.cancel = &flag->set;
    MKT_TRY(run_all(engine, arena, dataset, &heard, answer, err));
    size_t answers = keep_useful(answer, engine->analyses);
    if (format == MKT_RENDER_HTML) return mkt_answer_html_write(out, answer, answers, err);
    for (size_t i = 0; i < answers; i++) {
        if (i) mkt_buf_char(out, '\n');
        MKT_TRY(mkt_render_answer(out, answer[i], format, err));
    }
    return mkt_buf_check(out, err);
}
