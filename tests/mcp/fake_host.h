/* A host with two data sets, whose answers are those of no analysis. */
#ifndef MKT_TESTS_MCP_FAKE_HOST_H
#define MKT_TESTS_MCP_FAKE_HOST_H

#include "engine/fake_answers.h"
#include "mcp/mcp.h"

static mkt_status fake_account(void *user, struct mkt_arena *arena, const char *name,
                               struct mkt_flag *flag, struct mkt_buf *out, struct mkt_err *err)
{
    (void)user;
    (void)arena;
    (void)flag;
    MKT_TRY(fake_find(name, err));
    mkt_buf_printf(out, "account of %s", name);
    return mkt_buf_check(out, err);
}

static mkt_status fake_report(void *user, struct mkt_arena *arena, const char *name,
                              mkt_render_format format, struct mkt_flag *flag,
                              const struct mkt_listener *listener, struct mkt_buf *out,
                              struct mkt_err *err)
{
    (void)user;
    (void)arena;
    (void)flag;
    (void)listener;
    MKT_TRY(fake_find(name, err));
    mkt_buf_printf(out, "%s of %s", format == MKT_RENDER_HTML ? "page" : "text", name);
    return mkt_buf_check(out, err);
}

static inline struct mkt_mcp_host fake_host_make(struct fake_host *h)
{
    *h = (struct fake_host){.lock = PTHREAD_MUTEX_INITIALIZER};
    return (struct mkt_mcp_host){.analysis = mkt_analysis_table,
                                 .analyses = mkt_analysis_count,
                                 .data_help = "a data set",
                                 .words = MKT_WORDS_PLAIN,
                                 .user = h,
                                 .names = fake_names,
                                 .account = fake_account,
                                 .answer = fake_answer,
                                 .report = fake_report};
}

#endif
