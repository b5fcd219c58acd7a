/* MCP over HTTP: one message in a POST, its answer as JSON or as a stream of events. */
#include <stdlib.h>
#include <string.h>

#include "mcp/mcp_registered.h"
#include "server/accept.h"
#include "server/api.h"
#include "server/gate.h"
#include "server/mcp_header.h"
#include "server/reply.h"
#include "server/stream.h"

#define EVENT "message"

static const char *const offers[] = {"application/json", "text/event-stream"};
#define OFFERS (sizeof offers / sizeof *offers)
#define STREAM 1

/* ---- one text as the reply ---- */

static void take(void *user, const char *json, size_t n)
{
    mkt_buf_add(user, json, n);
}

static mkt_status refuse(struct mkt_reply *reply, struct mkt_arena *arena,
                         const struct mkt_mcp_message *m, int status, int code,
                         const struct mkt_err *why, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_mcp_message refused = *m;
    struct mkt_err said = *why; /* it becomes the answer */
    refused.code = code;
    mkt_err_clear(err);
    mkt_buf_init(&text, arena);
    mkt_mcp_refuse(&refused, &said, take, &text);
    return mkt_reply_text(reply, status, "application/json", &text, err);
}

/* A model would write words, if there is a narrator for it. */
static bool is_narrated(struct mkt_engine *e, const struct mkt_mcp_message *m)
{
    struct mkt_llm *llm = NULL;
    struct mkt_err none = {0};
    if (!e->narrators || strcmp(m->rpc.method, "tools/call") != 0) return false;
    return mkt_engine_narrator(e, e->words, &llm, &none) == MKT_OK && llm;
}

static mkt_status answer_here(struct mkt_exchange *x, struct mkt_reply *reply,
                              struct mkt_arena *arena, const struct mkt_mcp_message *m, bool late,
                              struct mkt_err *err)
{
    struct mkt_mcp_registered data = {.engine = x->server->engine,
                                      .late = late,
                                      .until_ms = mkt_exchange_words_until(x, -1, false)};
    struct mkt_mcp_host host;
    struct mkt_buf text;
    mkt_mcp_registered_host(&data, &host);
    mkt_buf_init(&text, arena);
    int code = mkt_mcp_answer(&host, arena, m, x->flag, take, &text);
    if (code == mkt_status_jsonrpc(MKT_E_CANCELLED))
        return mkt_err_set(err, MKT_E_CANCELLED, "the request was cancelled");
    bool unknown = code == MKT_JSONRPC_METHOD && m->era == MKT_MCP_MODERN;
    return mkt_reply_text(reply, unknown ? 404 : 200, "application/json", &text, err);
}

/* ---- as a stream: a job whose events are the messages ---- */

struct letter {
    struct mkt_server *server;
    struct mkt_sessions_request *asked;
    bool late;
    int64_t until_ms;
    char *body;
    size_t body_bytes;
};

static void send_event(void *user, const char *json, size_t n)
{
    (void)n;
    mkt_jobs_event(user, EVENT, json);
}

static void run_letter(struct mkt_arena *arena, struct mkt_job *job, void *user)
{
    const struct mkt_mcp_peer peer = {.greeted = true};
    struct letter *l = user;
    struct mkt_mcp_registered data = {
        .engine = l->server->engine, .late = l->late, .until_ms = l->until_ms};
    struct mkt_mcp_host host;
    struct mkt_mcp_message m;
    struct mkt_blob *blob = NULL;
    struct mkt_err err = {0};
    mkt_mcp_registered_host(&data, &host);
    mkt_sessions_attach(l->asked, mkt_jobs_flag(job));
    mkt_status status = mkt_mcp_read(arena, l->body, l->body_bytes, &peer, &m, &err);
    if (status == MKT_OK && mkt_mcp_answer(&host, arena, &m, mkt_jobs_flag(job), send_event, job) ==
                                mkt_status_jsonrpc(MKT_E_CANCELLED))
        status = mkt_err_set(&err, MKT_E_CANCELLED, "the request was cancelled");
    /* the answer has gone as an event: what is kept of the job is that it is done */
    if (status == MKT_OK && mkt_blob_make("application/json", "{}", 2, &blob, &err) != MKT_OK)
        blob = NULL; /* and the job ends with the error */
    mkt_jobs_finish(job, blob, &err);
    mkt_blob_release(blob);
}

static void drop_letter(void *user)
{
    struct letter *l = user;
    mkt_sessions_end(l->asked);
    free(l->body);
    free(l);
}

static mkt_status submit(struct mkt_engine *e, struct letter *l, bool narrated,
                         struct mkt_job **out, struct mkt_err *err)
{
    struct mkt_err full = {0};
    if (narrated && mkt_jobs_start(e->jobs, e->narrators, "mcp", run_letter, drop_letter, l, out,
                                   &full) == MKT_OK)
        return MKT_OK;
    l->late = narrated;
    return mkt_jobs_start(e->jobs, e->pool, "mcp", run_letter, drop_letter, l, out, err);
}

/* The job takes the body and the session's request over from the exchange. */
static mkt_status answer_by_stream(struct mkt_exchange *x, struct mkt_reply *reply,
                                   const struct mkt_mcp_message *m, struct mkt_err *err)
{
    struct mkt_job *job;
    struct letter *l = malloc(sizeof *l);
    if (!l) return mkt_err_set(err, MKT_E_NOMEM, "no memory for a stream");
    *l = (struct letter){.server = x->server,
                         .asked = x->asked,
                         .until_ms = mkt_exchange_words_until(x, -1, true),
                         .body = x->body,
                         .body_bytes = x->body_bytes};
    mkt_status status = submit(x->server->engine, l, is_narrated(x->server->engine, m), &job, err);
    if (status != MKT_OK) {
        free(l);
        return status;
    }
    x->asked = NULL;
    x->body = NULL;
    x->body_bytes = 0;
    /* before 2026-07-28 who hangs up may still want the work done */
    MKT_TRY(mkt_stream_make(job, 0, m->era == MKT_MCP_MODERN, &reply->stream, err));
    mkt_stream_only(reply->stream, EVENT);
    return MKT_OK;
}

/* ---- the request ---- */

static const char *header(struct mkt_exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

static mkt_status take_notice(struct mkt_exchange *x, struct mkt_reply *reply,
                              const struct mkt_mcp_message *m)
{
    const char *session = header(x, "Mcp-Session-Id");
    const struct mkt_value *id = mkt_json_read_member(m->rpc.params, "requestId");
    reply->status = 202;
    if (m->rpc.kind == MKT_JSONRPC_NOTIFICATION && id && session &&
        strcmp(m->rpc.method, "notifications/cancelled") == 0 &&
        mkt_sessions_know(x->server->sessions, session, header(x, "Authorization")))
        mkt_sessions_cancel(x->server->sessions, session, id);
    return MKT_OK;
}

/* Of a client with a handshake: its session, where it names one. False when there is none such. */
static bool enter_session(struct mkt_exchange *x, const struct mkt_mcp_message *m)
{
    const char *session = header(x, "Mcp-Session-Id");
    if (m->era == MKT_MCP_MODERN || !session || strcmp(m->rpc.method, "initialize") == 0)
        return true;
    if (!mkt_sessions_know(x->server->sessions, session, header(x, "Authorization"))) return false;
    x->asked = mkt_sessions_begin(x->server->sessions, session, m->rpc.id);
    return true;
}

static mkt_status dispatch(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                           const struct mkt_mcp_message *m, size_t offer, struct mkt_err *err)
{
    bool both = mkt_accept_choose(x->accept, offers + STREAM, 1) == 0;
    if (mkt_mcp_is_slow(m) && (offer == STREAM || (m->token && both)))
        return answer_by_stream(x, reply, m, err);
    if (mkt_mcp_is_slow(m)) {
        mkt_sessions_attach(x->asked, x->flag);
        reply->later = true;
        reply->narrate = is_narrated(x->server->engine, m);
        return MKT_OK;
    }
    MKT_TRY(answer_here(x, reply, arena, m, false, err));
    if (m->era == MKT_MCP_LEGACY && strcmp(m->rpc.method, "initialize") == 0) {
        struct mkt_err none = {0}; /* without a session it is served all the same */
        if (mkt_sessions_make(x->server->sessions, header(x, "Authorization"), reply->session,
                              &none) != MKT_OK)
            reply->session[0] = '\0';
    }
    return MKT_OK;
}

/* All that looks at the header, on the network's thread, and all that needs no data. */
mkt_status mkt_api_mcp_quick(struct mkt_exchange *x, struct mkt_reply *reply,
                             struct mkt_arena *arena, struct mkt_err *err)
{
    char type[128];
    struct mkt_mcp_message m = {0};
    struct mkt_err why = {0};
    const struct mkt_mcp_header said = {header(x, "MCP-Protocol-Version"), header(x, "Mcp-Method"),
                                        header(x, "Mcp-Name")};
    const struct mkt_mcp_peer peer = {.greeted = true, .version = said.version};
    MKT_TRY(mkt_gate_same_origin(x->connection, err));
    if (strcmp(mkt_exchange_type(x, type), "application/json") != 0)
        return mkt_err_set(err, MKT_E_TYPE, "a message is sent as application/json");
    size_t offer = mkt_accept_choose(x->accept, offers, OFFERS);
    if (offer == OFFERS) {
        mkt_err_set(&why, MKT_E_TYPE,
                    "an answer can be had as application/json or text/event-stream");
        return refuse(reply, arena, &m, 406, MKT_JSONRPC_INVALID, &why, err);
    }
    if (mkt_mcp_read(arena, x->body ? x->body : "", x->body_bytes, &peer, &m, &why) != MKT_OK)
        return refuse(reply, arena, &m, 400, m.code, &why, err);
    if (m.rpc.kind != MKT_JSONRPC_REQUEST) return take_notice(x, reply, &m);
    if (m.era == MKT_MCP_MODERN && mkt_mcp_header_check(&said, &m, &why) != MKT_OK)
        return refuse(reply, arena, &m, 400, MKT_MCP_HEADER_MISMATCH, &why, err);
    if (!enter_session(x, &m)) {
        mkt_err_set(&why, MKT_E_NOT_FOUND, "there is no such session: send initialize again");
        return refuse(reply, arena, &m, 404, mkt_status_jsonrpc(MKT_E_NOT_FOUND), &why, err);
    }
    return dispatch(x, reply, arena, &m, offer, err);
}

mkt_status mkt_api_mcp(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                       struct mkt_err *err)
{
    const struct mkt_mcp_peer peer = {.greeted = true};
    struct mkt_mcp_message m;
    if (x->body_bytes > MKT_EXCHANGE_QUICK) /* it has not been looked at */
        return mkt_err_set(err, MKT_E_LIMIT, "a message has at most %zu bytes",
                           mkt_mcp_limits.bytes);
    MKT_TRY(mkt_mcp_read(arena, x->body, x->body_bytes, &peer, &m, err));
    bool narrated = is_narrated(x->server->engine, &m);
    if (narrated && !x->narrating && !x->late) {
        reply->narrate = true;
        return MKT_OK;
    }
    return answer_here(x, reply, arena, &m, narrated && !x->narrating, err);
}
