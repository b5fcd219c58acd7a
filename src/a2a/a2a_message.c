#include "a2a/a2a_message.h"

#include <string.h>

#include "a2a/a2a_error.h"
#include "base/text.h"

struct reading {
    struct mkt_arena *arena;
    mkt_a2a_version version;
    int code;
    const char *field;
    struct mkt_err *err;
};

static mkt_status refuse(struct reading *r, int code, const char *field, const char *sentence)
{
    r->code = code;
    r->field = field;
    return mkt_err_set(r->err, MKT_E_ARG, "%s", sentence);
}

/* ---- members ---- */

/* "" counts as not said, as the protocol's own encoding has it. */
static mkt_status read_text(struct reading *r, const struct mkt_value *object, const char *name,
                            const char *field, const char **out)
{
    const struct mkt_value *v = mkt_json_read_member(object, name);
    *out = NULL;
    if (!v || v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_STRING) return refuse(r, 0, field, "this must be a string");
    if (v->text[0]) *out = v->text;
    return MKT_OK;
}

static mkt_status read_id(struct reading *r, const struct mkt_value *object, const char *name,
                          const char *field, const char **out)
{
    MKT_TRY(read_text(r, object, name, field, out));
    if (*out && strlen(*out) > MKT_A2A_ID)
        return refuse(r, 0, field, "an id has at most 256 bytes");
    return MKT_OK;
}

mkt_status mkt_a2a_message_history(const struct mkt_value *object, int64_t *out,
                                   struct mkt_err *err)
{
    const struct mkt_value *v = mkt_json_read_member(object, "historyLength");
    *out = -1;
    if (!v || v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_INTEGER || v->integer < 0)
        return mkt_err_set(err, MKT_E_ARG, "historyLength is a whole number of 0 or more");
    *out = v->integer;
    return MKT_OK;
}

/* ---- parts ---- */

/* Of a type and a name, where they are said: whether a table may be behind them. */
static bool is_table(const struct mkt_a2a_part *p)
{
    const char *ending = p->name ? strrchr(p->name, '.') : NULL;
    size_t n = p->type ? strcspn(p->type, "; ") : 0;
    if (p->type)
        return (n == 8 && strncmp(p->type, "text/csv", n) == 0) ||
               (n == 25 && strncmp(p->type, "text/tab-separated-values", n) == 0);
    return ending &&
           (mkt_text_equal_nocase(ending, ".csv") || mkt_text_equal_nocase(ending, ".tsv") ||
            mkt_text_equal_nocase(ending, ".txt"));
}

static mkt_status check_part(struct reading *r, const struct mkt_a2a_part *p)
{
    if (p->kind == MKT_A2A_ADDRESS)
        return refuse(
            r, MKT_A2A_CONTENT_TYPE, "message.parts",
            "files are not fetched from addresses: send the table's bytes in the message, "
            "or register it as a data set");
    if (p->kind == MKT_A2A_FILE && !is_table(p))
        return refuse(r, MKT_A2A_CONTENT_TYPE, "message.parts",
                      "a file is a table of type text/csv or text/tab-separated-values");
    return MKT_OK;
}

static mkt_status read_part_10(struct reading *r, const struct mkt_value *v, struct mkt_a2a_part *p)
{
    static const struct {
        const char *name;
        mkt_a2a_part_kind kind;
    } kinds[] = {{"text", MKT_A2A_TEXT},
                 {"data", MKT_A2A_DATA},
                 {"raw", MKT_A2A_FILE},
                 {"url", MKT_A2A_ADDRESS}};
    int contents = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct mkt_value *content = mkt_json_read_member(v, kinds[i].name);
        if (!content) continue;
        contents++;
        p->kind = kinds[i].kind;
        p->data = content;
        if (p->kind == MKT_A2A_DATA) continue;
        if (content->type != MKT_VALUE_STRING)
            return refuse(r, 0, "message.parts", "text, raw and url of a part are strings");
        p->text = content->text;
    }
    if (contents != 1)
        return refuse(r, 0, "message.parts", "a part has exactly one of text, data, raw and url");
    MKT_TRY(read_text(r, v, "mediaType", "message.parts", &p->type));
    return read_text(r, v, "filename", "message.parts", &p->name);
}

static mkt_status read_file_03(struct reading *r, const struct mkt_value *v, struct mkt_a2a_part *p)
{
    const struct mkt_value *file = mkt_json_read_member(v, "file");
    if (!file || file->type != MKT_VALUE_OBJECT)
        return refuse(r, 0, "message.parts", "a file part has a \"file\", an object");
    p->kind = MKT_A2A_FILE;
    MKT_TRY(read_text(r, file, "bytes", "message.parts", &p->text));
    if (!p->text) p->kind = MKT_A2A_ADDRESS;
    MKT_TRY(read_text(r, file, "mimeType", "message.parts", &p->type));
    return read_text(r, file, "name", "message.parts", &p->name);
}

static mkt_status read_part_03(struct reading *r, const struct mkt_value *v, struct mkt_a2a_part *p)
{
    const char *kind;
    MKT_TRY(read_text(r, v, "kind", "message.parts", &kind));
    if (kind && strcmp(kind, "file") == 0) return read_file_03(r, v, p);
    p->data = mkt_json_read_member(v, "data");
    if (kind && strcmp(kind, "data") == 0 && p->data) {
        p->kind = MKT_A2A_DATA;
        return MKT_OK;
    }
    const struct mkt_value *text = mkt_json_read_member(v, "text");
    if (!kind || strcmp(kind, "text") != 0 || !text || text->type != MKT_VALUE_STRING)
        return refuse(r, 0, "message.parts",
                      "a part has the kind \"text\", \"data\" or \"file\", and what it says");
    p->kind = MKT_A2A_TEXT;
    p->text = text->text;
    return MKT_OK;
}

static mkt_status read_parts(struct reading *r, const struct mkt_value *message,
                             struct mkt_a2a_message *out)
{
    const struct mkt_value *parts = mkt_json_read_member(message, "parts");
    if (!parts || parts->type != MKT_VALUE_ARRAY || parts->items == 0)
        return refuse(r, 0, "message.parts", "a message has parts, at least one");
    if (parts->items > MKT_A2A_PARTS)
        return refuse(r, 0, "message.parts", "a message has at most 64 parts");
    out->part = MKT_NEW(r->arena, struct mkt_a2a_part, parts->items);
    if (!out->part) return mkt_arena_full(r->arena, r->err);
    for (size_t i = 0; i < parts->items; i++) {
        const struct mkt_value *v = &parts->item[i];
        struct mkt_a2a_part *p = &out->part[out->parts++];
        if (v->type != MKT_VALUE_OBJECT)
            return refuse(r, 0, "message.parts", "a part is an object");
        MKT_TRY((r->version == MKT_A2A_10 ? read_part_10 : read_part_03)(r, v, p));
        MKT_TRY(check_part(r, p));
    }
    return MKT_OK;
}

/* ---- how the answer is wanted ---- */

static mkt_status read_modes(struct reading *r, const struct mkt_value *modes,
                             struct mkt_a2a_message *out)
{
    out->wanted = MKT_A2A_WANT_DATA | MKT_A2A_WANT_TEXT;
    if (!modes || modes->type == MKT_VALUE_NULL) return MKT_OK;
    if (modes->type != MKT_VALUE_ARRAY)
        return refuse(r, 0, "configuration.acceptedOutputModes", "this is an array of strings");
    if (modes->items == 0) return MKT_OK;
    out->wanted = 0;
    for (size_t i = 0; i < modes->items; i++) {
        const char *mode = modes->item[i].type == MKT_VALUE_STRING ? modes->item[i].text : NULL;
        if (!mode)
            return refuse(r, 0, "configuration.acceptedOutputModes", "this is an array of strings");
        if (strcmp(mode, "*/*") == 0)
            out->wanted |= MKT_A2A_WANT_DATA | MKT_A2A_WANT_TEXT;
        else if (strcmp(mode, "application/json") == 0 || strcmp(mode, "application/*") == 0)
            out->wanted |= MKT_A2A_WANT_DATA;
        else if (strcmp(mode, "text/plain") == 0 || strcmp(mode, "text/*") == 0 ||
                 strcmp(mode, "text") == 0)
            out->wanted |= MKT_A2A_WANT_TEXT;
        else if (strcmp(mode, "text/html") == 0)
            out->wanted |= MKT_A2A_WANT_PAGE;
    }
    if (out->wanted) return MKT_OK;
    return refuse(r, MKT_A2A_CONTENT_TYPE, "configuration.acceptedOutputModes",
                  "an answer can be had as application/json, text/plain and text/html");
}

static mkt_status read_flag(struct reading *r, const struct mkt_value *object, const char *name,
                            const char *field, bool *out)
{
    const struct mkt_value *v = mkt_json_read_member(object, name);
    if (!v || v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_BOOL) return refuse(r, 0, field, "this is true or false");
    *out = v->truth;
    return MKT_OK;
}

static mkt_status read_configuration(struct reading *r, const struct mkt_value *c,
                                     struct mkt_a2a_message *out)
{
    bool newer = r->version == MKT_A2A_10, at_once = false, blocking = true;
    const struct mkt_value *push =
        mkt_json_read_member(c, newer ? "taskPushNotificationConfig" : "pushNotificationConfig");
    if (c && c->type != MKT_VALUE_NULL && c->type != MKT_VALUE_OBJECT)
        return refuse(r, 0, "configuration", "this is an object");
    if (push && push->type != MKT_VALUE_NULL)
        return refuse(r, MKT_A2A_PUSH_NOT_SUPPORTED, "configuration",
                      "this agent sends no push notifications: follow the task by its stream, or "
                      "get it");
    MKT_TRY(read_modes(r, mkt_json_read_member(c, "acceptedOutputModes"), out));
    r->field = "configuration.historyLength";
    MKT_TRY(mkt_a2a_message_history(c, &out->history, r->err));
    if (newer)
        MKT_TRY(read_flag(r, c, "returnImmediately", "configuration.returnImmediately", &at_once));
    else
        MKT_TRY(read_flag(r, c, "blocking", "configuration.blocking", &blocking));
    out->wait = newer ? !at_once : blocking;
    return MKT_OK;
}

/* ---- the message ---- */

static mkt_status read_metadata(struct reading *r, const struct mkt_value *object,
                                const char *field, struct mkt_a2a_message *out)
{
    const struct mkt_value *metadata = mkt_json_read_member(object, "metadata");
    const char *dataset;
    if (!metadata || metadata->type == MKT_VALUE_NULL) return MKT_OK;
    if (metadata->type != MKT_VALUE_OBJECT) return refuse(r, 0, field, "this is an object");
    MKT_TRY(read_text(r, metadata, "dataset", field, &dataset));
    if (dataset) out->dataset = dataset;
    return MKT_OK;
}

static mkt_status read_all(struct reading *r, const struct mkt_value *params,
                           struct mkt_a2a_message *out)
{
    const struct mkt_value *message = mkt_json_read_member(params, "message");
    const char *role;
    if (!message || message->type != MKT_VALUE_OBJECT)
        return refuse(r, 0, "message", "the parameters have a \"message\", an object");
    MKT_TRY(read_id(r, message, "messageId", "message.messageId", &out->id));
    if (!out->id) return refuse(r, 0, "message.messageId", "a message has a \"messageId\"");
    MKT_TRY(read_text(r, message, "role", "message.role", &role));
    if (!role || strcmp(role, r->version == MKT_A2A_10 ? "ROLE_USER" : "user") != 0)
        return refuse(r, 0, "message.role",
                      r->version == MKT_A2A_10 ? "the role of a client is \"ROLE_USER\""
                                               : "the role of a client is \"user\"");
    MKT_TRY(read_id(r, message, "contextId", "message.contextId", &out->context));
    MKT_TRY(read_id(r, message, "taskId", "message.taskId", &out->task));
    MKT_TRY(read_metadata(r, params, "metadata", out));
    MKT_TRY(read_metadata(r, message, "message.metadata", out));
    MKT_TRY(read_configuration(r, mkt_json_read_member(params, "configuration"), out));
    return read_parts(r, message, out);
}

mkt_status mkt_a2a_message_read(struct mkt_arena *arena, const struct mkt_value *params,
                                mkt_a2a_version version, struct mkt_a2a_message *out, int *code,
                                const char **field, struct mkt_err *err)
{
    struct reading r = {.arena = arena, .version = version, .err = err};
    *out = (struct mkt_a2a_message){0};
    mkt_status status = read_all(&r, params, out);
    if (status == MKT_OK) return MKT_OK;
    *code = r.code;
    *field = r.field;
    return status;
}
