#include "wire/jsonrpc.h"

#include <string.h>

#include "wire/json_value.h"

static mkt_status invalid(struct mkt_jsonrpc *out, int code, const char *sentence,
                          struct mkt_err *err)
{
    out->code = code;
    return mkt_err_set(err, MKT_E_ARG, "%s", sentence);
}

bool mkt_jsonrpc_is_id(const struct mkt_value *value)
{
    return value && (value->type == MKT_VALUE_INTEGER ||
                     (value->type == MKT_VALUE_STRING && strlen(value->text) <= MKT_JSONRPC_ID));
}

bool mkt_jsonrpc_same_id(const struct mkt_value *a, const struct mkt_value *b)
{
    if (!a || !b || a->type != b->type) return false;
    return a->type == MKT_VALUE_INTEGER ? a->integer == b->integer : strcmp(a->text, b->text) == 0;
}

static mkt_status read_members(const struct mkt_value *root, struct mkt_jsonrpc *out,
                               struct mkt_err *err)
{
    const struct mkt_value *id = mkt_json_read_member(root, "id");
    const struct mkt_value *version = mkt_json_read_member(root, "jsonrpc");
    const struct mkt_value *method = mkt_json_read_member(root, "method");
    const struct mkt_value *params = mkt_json_read_member(root, "params");
    bool reply = mkt_json_read_member(root, "result") || mkt_json_read_member(root, "error");
    if (mkt_jsonrpc_is_id(id)) out->id = id;

    if (!version || version->type != MKT_VALUE_STRING || strcmp(version->text, "2.0") != 0)
        return invalid(out, MKT_JSONRPC_INVALID, "a message has \"jsonrpc\": \"2.0\"", err);
    if (id && !out->id && !(reply && id->type == MKT_VALUE_NULL))
        return invalid(out, MKT_JSONRPC_INVALID,
                       "an id is a whole number or a string of at most 256 bytes, and not null",
                       err);
    if (reply && !method) {
        out->kind = MKT_JSONRPC_RESPONSE;
        return MKT_OK;
    }
    if (reply || !method || method->type != MKT_VALUE_STRING)
        return invalid(out, MKT_JSONRPC_INVALID, "a request has a \"method\", which is a string",
                       err);
    if (params && params->type != MKT_VALUE_OBJECT)
        return invalid(out, MKT_JSONRPC_PARAMS, "\"params\" is an object", err);
    out->kind = out->id ? MKT_JSONRPC_REQUEST : MKT_JSONRPC_NOTIFICATION;
    out->method = method->text;
    out->params = params;
    return MKT_OK;
}

mkt_status mkt_jsonrpc_read(struct mkt_arena *arena, const char *bytes, size_t n,
                            const struct mkt_json_limits *limits, struct mkt_jsonrpc *out,
                            struct mkt_err *err)
{
    struct mkt_value *root;
    *out = (struct mkt_jsonrpc){0};
    mkt_status status = mkt_json_read_value(arena, bytes, n, limits, &root, err);
    if (status != MKT_OK) {
        out->code = status == MKT_E_SYNTAX  ? MKT_JSONRPC_PARSE
                    : status == MKT_E_NOMEM ? mkt_status_jsonrpc(status)
                                            : MKT_JSONRPC_INVALID;
        return status;
    }
    if (root->type == MKT_VALUE_ARRAY)
        return invalid(out, MKT_JSONRPC_INVALID,
                       "batches are not taken: send one message at a time", err);
    if (root->type != MKT_VALUE_OBJECT)
        return invalid(out, MKT_JSONRPC_INVALID, "a message is an object", err);
    return read_members(root, out, err);
}

void mkt_jsonrpc_begin(struct mkt_json *w, const struct mkt_value *id)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "jsonrpc", "2.0");
    if (!id) return;
    mkt_json_key(w, "id");
    mkt_json_value_write(w, id, NULL);
}

void mkt_jsonrpc_fail(struct mkt_json *w, const struct mkt_value *id, int code, const char *message,
                      const char *data)
{
    mkt_jsonrpc_begin(w, id);
    mkt_json_key(w, "error");
    mkt_json_open(w, '{');
    mkt_json_member_int(w, "code", code);
    mkt_json_member_string(w, "message", message);
    if (data) {
        mkt_json_key(w, "data");
        mkt_buf_str(w->out, data);
        w->comma = true;
    }
    mkt_json_close(w, '}');
    mkt_json_close(w, '}');
}
