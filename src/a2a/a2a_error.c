#include "a2a/a2a_error.h"

#include "wire/jsonrpc.h"

static const struct {
    int code;
    const char *reason;
} reasons[] = {
    {MKT_A2A_TASK_NOT_FOUND, "TASK_NOT_FOUND"},
    {MKT_A2A_TASK_NOT_CANCELABLE, "TASK_NOT_CANCELABLE"},
    {MKT_A2A_PUSH_NOT_SUPPORTED, "PUSH_NOTIFICATION_NOT_SUPPORTED"},
    {MKT_A2A_UNSUPPORTED_OPERATION, "UNSUPPORTED_OPERATION"},
    {MKT_A2A_CONTENT_TYPE, "CONTENT_TYPE_NOT_SUPPORTED"},
    {MKT_A2A_NO_EXTENDED_CARD, "EXTENDED_AGENT_CARD_NOT_CONFIGURED"},
    {MKT_A2A_VERSION, "VERSION_NOT_SUPPORTED"},
};

static void write_info(struct mkt_json *w, const char *reason, bool versions)
{
    mkt_json_member_string(w, "@type", "type.googleapis.com/google.rpc.ErrorInfo");
    mkt_json_member_string(w, "reason", reason);
    mkt_json_member_string(w, "domain", "a2a-protocol.org");
    if (!versions) return;
    mkt_json_key(w, "metadata");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "supportedVersions", "1.0, 0.3");
    mkt_json_close(w, '}');
}

static void write_violation(struct mkt_json *w, const char *field, const char *sentence)
{
    mkt_json_member_string(w, "@type", "type.googleapis.com/google.rpc.BadRequest");
    mkt_json_key(w, "fieldViolations");
    mkt_json_open(w, '[');
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "field", field);
    mkt_json_member_string(w, "description", sentence);
    mkt_json_close(w, '}');
    mkt_json_close(w, ']');
}

const char *mkt_a2a_error_data(struct mkt_arena *arena, int code, const char *field,
                               const char *sentence)
{
    const char *reason = NULL;
    struct mkt_buf text;
    struct mkt_json w;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].code == code) reason = reasons[i].reason;
    if (!reason && (code != MKT_JSONRPC_PARAMS || !field)) return NULL;
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '[');
    mkt_json_open(&w, '{');
    if (reason)
        write_info(&w, reason, code == MKT_A2A_VERSION);
    else
        write_violation(&w, field, sentence);
    mkt_json_close(&w, '}');
    mkt_json_close(&w, ']');
    return text.failed ? NULL : text.data;
}
