#include "mcp/mcp.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "mcp/mcp_progress.h"
#include "mcp/mcp_work.h"

#define FAILURE ((size_t)1 << 20) /* address space for an error: its data repeat what was sent */
#define META "io.modelcontextprotocol/"

const struct mkt_json_limits mkt_mcp_limits = {
    .bytes = (size_t)64 << 10, .depth = 16, .values = 4096};

static const char *const modern[] = {MKT_MCP_NEWEST, NULL};
static const char *const legacy[] = {MKT_MCP_LEGACY_NEWEST, "2025-06-18", "2025-03-26",
                                     "2024-11-05", NULL};

/* ---- what there is ---- */

enum { OF_LEGACY = 1, OF_MODERN = 2, OF_BOTH = 3 };

struct method {
    const char *name;
    mkt_mcp_method *run;
    unsigned eras;
    bool slow;
    const char *params_name; /* member of params that Mcp-Name repeats, or NULL */
    int64_t ttl_ms;          /* how long a modern client may keep the result; -1: not told */
    const char *scope;
};

#define HOUR 3600000

static const struct method methods[] = {
    {"initialize", mkt_mcp_greeting_initialize, OF_LEGACY, false, NULL, -1, NULL},
    {"ping", mkt_mcp_greeting_ping, OF_LEGACY, false, NULL, -1, NULL},
    {"server/discover", mkt_mcp_greeting_discover, OF_MODERN, false, NULL, HOUR, "public"},
    {"tools/list", mkt_mcp_tools_list, OF_BOTH, false, NULL, HOUR, "public"},
    {"tools/call", mkt_mcp_tools_call, OF_BOTH, true, "name", -1, NULL},
    {"resources/list", mkt_mcp_resources_list, OF_BOTH, false, NULL, 0, "private"},
    {"resources/templates/list", mkt_mcp_resources_templates, OF_BOTH, false, NULL, HOUR, "public"},
    {"resources/read", mkt_mcp_resources_read, OF_BOTH, true, "uri", 0, "private"},
    {"prompts/list", mkt_mcp_prompts_list, OF_BOTH, false, NULL, HOUR, "public"},
    {"prompts/get", mkt_mcp_prompts_get, OF_BOTH, false, "name", -1, NULL},
    {"completion/complete", mkt_mcp_complete_argument, OF_BOTH, false, NULL, -1, NULL},
};

static const struct method *find_method(const struct mkt_mcp_message *m)
{
    unsigned era = m->era == MKT_MCP_MODERN ? OF_MODERN : OF_LEGACY;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if ((methods[i].eras & era) && strcmp(methods[i].name, m->rpc.method) == 0)
            return &methods[i];
    return NULL;
}

static bool is_among(const char *const *list, const char *version)
{
    for (; *list; list++)
        if (strcmp(*list, version) == 0) return true;
    return false;
}

bool mkt_mcp_knows(const char *version, mkt_mcp_era era)
{
    return is_among(era == MKT_MCP_MODERN ? modern : legacy, version);
}

/* ---- reading ---- */

static mkt_status refuse(struct mkt_mcp_message *m, int code, mkt_status status)
{
    m->code = code;
    return status;
}

static mkt_status unknown_version(struct mkt_arena *arena, struct mkt_mcp_message *m,
                                  const char *version, struct mkt_err *err)
{
    struct mkt_buf data;
    struct mkt_json w;
    mkt_buf_init(&data, arena);
    mkt_json_init(&w, &data);
    mkt_json_open(&w, '{');
    mkt_json_key(&w, "supported");
    mkt_json_open(&w, '[');
    for (const char *const *v = modern; *v; v++) mkt_json_string(&w, *v);
    for (const char *const *v = legacy; *v; v++) mkt_json_string(&w, *v);
    mkt_json_close(&w, ']');
    mkt_json_member_string(&w, "requested", version);
    mkt_json_close(&w, '}');
    m->data = data.failed ? NULL : data.data;
    return refuse(m, MKT_MCP_UNSUPPORTED_VERSION,
                  mkt_err_set(err, MKT_E_ARG, "the version \"%.40s\" of the protocol is not spoken",
                              version));
}

/* Of 2026-07-28: what `_meta` must hold. */
static mkt_status read_meta(struct mkt_arena *arena, const struct mkt_value *meta,
                            struct mkt_mcp_message *m, struct mkt_err *err)
{
    const struct mkt_value *version = mkt_json_read_member(meta, META "protocolVersion");
    const struct mkt_value *capabilities = mkt_json_read_member(meta, META "clientCapabilities");
    m->era = MKT_MCP_MODERN;
    if (!version || version->type != MKT_VALUE_STRING)
        return refuse(m, MKT_JSONRPC_PARAMS,
                      mkt_err_set(err, MKT_E_ARG,
                                  "params._meta must hold \"" META "protocolVersion\", a string"));
    m->version = version->text;
    if (!mkt_mcp_knows(version->text, MKT_MCP_MODERN))
        return unknown_version(arena, m, version->text, err);
    if (!capabilities || capabilities->type != MKT_VALUE_OBJECT)
        return refuse(m, MKT_JSONRPC_PARAMS,
                      mkt_err_set(err, MKT_E_ARG,
                                  "params._meta must hold \"" META
                                  "clientCapabilities\", an object"));
    return MKT_OK;
}

/* Before it: what the client has said on its connection. */
static mkt_status read_legacy(struct mkt_arena *arena, const struct mkt_mcp_peer *peer,
                              struct mkt_mcp_message *m, struct mkt_err *err)
{
    const char *method = m->rpc.method;
    bool first = strcmp(method, "initialize") == 0;
    m->era = MKT_MCP_LEGACY;
    m->version = peer->version;
    if (first) return MKT_OK;
    if (peer->version && mkt_mcp_knows(peer->version, MKT_MCP_MODERN)) m->era = MKT_MCP_MODERN;
    if (m->rpc.kind != MKT_JSONRPC_REQUEST) return MKT_OK;
    if (peer->version && m->era == MKT_MCP_LEGACY && !mkt_mcp_knows(peer->version, MKT_MCP_LEGACY))
        return unknown_version(arena, m, peer->version, err);
    if (m->era == MKT_MCP_MODERN || strcmp(method, "server/discover") == 0)
        return read_meta(arena, NULL, m, err);
    if (peer->greeted || strcmp(method, "ping") == 0) return MKT_OK;
    return refuse(m, MKT_JSONRPC_PARAMS,
                  mkt_err_set(err, MKT_E_ARG,
                              "say the version first: in params._meta (\"" META
                              "protocolVersion\"), or by an initialize request"));
}

static mkt_status settle(struct mkt_arena *arena, const struct mkt_mcp_peer *peer,
                         struct mkt_mcp_message *m, struct mkt_err *err)
{
    const struct mkt_value *meta = mkt_json_read_member(m->rpc.params, "_meta");
    if (meta && meta->type != MKT_VALUE_OBJECT)
        return refuse(m, MKT_JSONRPC_PARAMS,
                      mkt_err_set(err, MKT_E_ARG, "params._meta must be an object"));
    bool says = mkt_json_read_member(meta, META "protocolVersion") ||
                mkt_json_read_member(meta, META "clientCapabilities");
    MKT_TRY(says && strcmp(m->rpc.method, "initialize") != 0 ? read_meta(arena, meta, m, err)
                                                             : read_legacy(arena, peer, m, err));
    m->token = mkt_json_read_member(meta, "progressToken");
    if (m->token && !mkt_jsonrpc_is_id(m->token))
        return refuse(m, MKT_JSONRPC_PARAMS,
                      mkt_err_set(err, MKT_E_ARG,
                                  "a progressToken is a whole number or a string of at most %d "
                                  "bytes",
                                  MKT_JSONRPC_ID));
    return MKT_OK;
}

mkt_status mkt_mcp_read(struct mkt_arena *arena, const char *bytes, size_t n,
                        const struct mkt_mcp_peer *peer, struct mkt_mcp_message *out,
                        struct mkt_err *err)
{
    *out = (struct mkt_mcp_message){0};
    mkt_status status = mkt_jsonrpc_read(arena, bytes, n, &mkt_mcp_limits, &out->rpc, err);
    if (status != MKT_OK) return refuse(out, out->rpc.code, status);
    if (out->rpc.kind == MKT_JSONRPC_RESPONSE) return MKT_OK;
    MKT_TRY(settle(arena, peer, out, err));
    const struct method *method = find_method(out);
    const struct mkt_value *name = method && method->params_name
                                       ? mkt_json_read_member(out->rpc.params, method->params_name)
                                       : NULL;
    if (name && name->type == MKT_VALUE_STRING) out->name = name->text;
    return MKT_OK;
}

/* ---- answering ---- */

/* What came with a message may stand in a sentence: only whole characters leave. */
static const char *clean(struct mkt_arena *arena, const struct mkt_err *err)
{
    const char *text = mkt_text_clean(arena, err->text, strlen(err->text), MKT_ERR_TEXT);
    return text ? text : mkt_status_name(err->status);
}

/* In memory of its own: the request's may be full. */
static void send_failure(const struct mkt_value *id, int code, const struct mkt_err *err,
                         const char *data, mkt_mcp_send *send, void *user)
{
    struct mkt_arena arena;
    struct mkt_err none = {0};
    struct mkt_buf text;
    struct mkt_json w;
    if (mkt_arena_open(&arena, FAILURE, &none) != MKT_OK) return;
    mkt_buf_init(&text, &arena);
    mkt_json_init(&w, &text);
    mkt_jsonrpc_fail(&w, id, code, clean(&arena, err), data);
    if (!text.failed) send(user, text.data, text.length);
    mkt_arena_close(&arena);
}

void mkt_mcp_refuse(const struct mkt_mcp_message *message, const struct mkt_err *err,
                    mkt_mcp_send *send, void *user)
{
    send_failure(message->rpc.id, message->code, err, message->data, send, user);
}

bool mkt_mcp_is_slow(const struct mkt_mcp_message *message)
{
    const struct method *method = find_method(message);
    return method && method->slow;
}

/* The members that every result of 2026-07-28 has. */
static void write_modern(struct mkt_json *w, const struct method *method)
{
    mkt_json_member_string(w, "resultType", "complete");
    if (method->ttl_ms >= 0) {
        mkt_json_member_int(w, "ttlMs", method->ttl_ms);
        mkt_json_member_string(w, "cacheScope", method->scope);
    }
    mkt_json_key(w, "_meta");
    mkt_json_open(w, '{');
    mkt_json_key(w, META "serverInfo");
    mkt_mcp_work_server(w);
    mkt_json_close(w, '}');
}

static mkt_status write_result(struct mkt_mcp_call *call, const struct method *method,
                               struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_json w;
    const struct mkt_value *cursor = mkt_json_read_member(call->message->rpc.params, "cursor");
    if (cursor && cursor->type != MKT_VALUE_NULL)
        return mkt_err_set(err, MKT_E_ARG, "there is no such cursor: lists come whole");
    mkt_buf_init(out, call->arena);
    mkt_json_init(&w, out);
    mkt_jsonrpc_begin(&w, call->message->rpc.id);
    mkt_json_key(&w, "result");
    mkt_json_open(&w, '{');
    if (call->message->era == MKT_MCP_MODERN) write_modern(&w, method);
    MKT_TRY(method->run(call, &w, err));
    mkt_json_close(&w, '}');
    mkt_json_close(&w, '}');
    return mkt_buf_check(out, err);
}

static bool is_stopped(const struct mkt_flag *flag)
{
    return flag && atomic_load(&flag->set);
}

int mkt_mcp_answer(const struct mkt_mcp_host *host, struct mkt_arena *arena,
                   const struct mkt_mcp_message *message, struct mkt_flag *flag, mkt_mcp_send *send,
                   void *user)
{
    assert(message->rpc.kind == MKT_JSONRPC_REQUEST);
    struct mkt_err err = {0};
    struct mkt_buf out = {0};
    const struct method *method = find_method(message);
    if (!method) {
        mkt_err_set(&err, MKT_E_NOT_FOUND, "there is no method \"%.100s\"", message->rpc.method);
        send_failure(message->rpc.id, MKT_JSONRPC_METHOD, &err, NULL, send, user);
        return MKT_JSONRPC_METHOD;
    }
    struct mkt_mcp_progress progress;
    struct mkt_listener listener = {.progress = mkt_mcp_progress_tell, .user = &progress};
    struct mkt_mcp_call call = {
        .host = host, .arena = arena, .message = message, .flag = flag, .listener = &listener};
    mkt_mcp_progress_open(&progress, message->token, flag, send, user);
    mkt_status status = write_result(&call, method, &out, &err);
    mkt_mcp_progress_close(&progress);
    if (is_stopped(flag)) return mkt_status_jsonrpc(MKT_E_CANCELLED);
    if (status == MKT_OK) {
        send(user, out.data, out.length);
        return 0;
    }
    int code = call.code ? call.code : mkt_status_jsonrpc(status);
    send_failure(message->rpc.id, code, &err, call.data, send, user);
    return code;
}
