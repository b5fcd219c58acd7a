/* One part of a task on its way to a server and back: a single chat completion. */
#ifndef MKT_LLM_REMOTE_CALL_H
#define MKT_LLM_REMOTE_CALL_H

#include "base/buf.h"
#include "llm/llm.h"
#include "llm/remote_reply.h"
#include "llm/remote_server.h"
#include "net/http.h"

struct mkt_remote_call {
    const struct mkt_remote_server *server;
    const struct mkt_llm_task *task;
    size_t part;

    CURL *easy; /* NULL before and after */
    struct curl_slist *headers;
    struct mkt_remote_reply reply;
    char problem[8192]; /* beginning of the body of an error */
    size_t problem_bytes;
    int64_t began_ms, first_ms, ended_ms; /* on the clock of mkt_clock_ms; 0 for not yet */
    bool over;
    struct mkt_err err; /* when over: why there is no text, or OK */
};

/* The body of the request. Text from data loses what a server could take for control tokens.
 * Errors  MKT_E_NOMEM  the arena is full
 * Checked tests/llm/remote_test.c */
MKT_MUST_CHECK mkt_status mkt_remote_call_body(struct mkt_buf *out,
                                               const struct mkt_remote_server *server,
                                               const struct mkt_llm_task *task, size_t part,
                                               struct mkt_err *err);

/* Prepares call->easy for a multi handle; `scratch` is shared by the calls of one thread.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_remote_call_start(struct mkt_remote_call *call,
                                                struct mkt_arena *scratch, size_t limit,
                                                struct mkt_err *err);

/* The transfer has ended with that code: judges what came. */
void mkt_remote_call_finish(struct mkt_remote_call *call, CURLcode code);

void mkt_remote_call_close(struct mkt_remote_call *call);

#endif
