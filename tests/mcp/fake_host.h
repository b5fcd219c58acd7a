/* A host with two data sets, whose answers are those of no analysis. */
#ifndef MKT_TESTS_MCP_FAKE_HOST_H
#define MKT_TESTS_MCP_FAKE_HOST_H

#include <pthread.h>
#include <string.h>

#include "mcp/mcp.h"

struct fake_host {
    pthread_mutex_t lock;
    struct mkt_question asked; /* the last question */
    bool cancel;               /* the call is cancelled while it runs */
    atomic_int calls;
};

static mkt_status fake_names(void *user, struct mkt_arena *arena, const char ***out, size_t *count,
                             struct mkt_err *err)
{
    (void)user;
    *out = MKT_NEW(arena, const char *, 2);
    if (!*out) return mkt_arena_full(arena, err);
    (*out)[0] = "a b/c.csv";
    (*out)[1] = "shop";
    *count = 2;
    return MKT_OK;
}

static mkt_status fake_find(const char *name, struct mkt_err *err)
{
    if (strcmp(name, "shop") == 0 || strcmp(name, "a b/c.csv") == 0) return MKT_OK;
    return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no data set \"%s\"", name);
}

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

static mkt_status fake_answer(void *user, struct mkt_arena *arena,
                              const struct mkt_question *question, struct mkt_flag *flag,
                              const struct mkt_listener *listener, struct mkt_blob **out,
                              struct mkt_err *err)
{
    static const char both[] = "{\"roas\":2.5}\n\0Words: \"2.5\".";
    struct fake_host *h = user;
    (void)arena;
    pthread_mutex_lock(&h->lock);
    h->asked = *question;
    atomic_fetch_add(&h->calls, 1);
    pthread_mutex_unlock(&h->lock);
    MKT_TRY(fake_find(question->dataset, err));
    listener->progress(listener->user, "reading", 0.5);
    if (h->cancel) {
        atomic_store(&flag->set, true);
        listener->progress(listener->user, "draws", 0.5);
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped");
    }
    for (int i = 0; i < 1000; i++) listener->progress(listener->user, "draws", i / 1000.0);
    return mkt_blob_make("application/json", both, sizeof both, out, err);
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
