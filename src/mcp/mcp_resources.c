/* Data sets and their reports as resources. */
#include <string.h>

#include "base/text.h"
#include "mcp/mcp_work.h"

#define PREFIX "marketing://datasets/"

struct kind {
    const char *template, *ending, *name, *about, *type;
    bool report;
    mkt_render_format format;
};

static const struct kind kinds[] = {
    {MKT_MCP_RESOURCES_DATASET, "", "account",
     "What was recognised in the data set: tables, columns, periods, what is kept out and why.",
     "application/json", false, MKT_RENDER_JSON},
    {MKT_MCP_RESOURCES_PAGE, "/report.html", "report",
     "Everything the data set allows, on one page with charts.", "text/html", true,
     MKT_RENDER_HTML},
    {MKT_MCP_RESOURCES_TEXT, "/report.txt", "report as text",
     "Everything the data set allows, as text.", "text/plain", true, MKT_RENDER_TEXT},
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* ---- addresses: a name is one segment, its other characters as %XX (RFC 3986) ---- */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

static const char *address(struct mkt_arena *arena, const char *name, const char *ending)
{
    struct mkt_buf uri;
    mkt_buf_init(&uri, arena);
    mkt_buf_str(&uri, PREFIX);
    for (; *name; name++)
        if (is_plain(*name))
            mkt_buf_char(&uri, *name);
        else
            mkt_buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*name);
    mkt_buf_str(&uri, ending);
    return uri.failed ? NULL : uri.data;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The bytes that `text` stands for, in place; false when it is not the address of a name. */
static bool decode(char *text)
{
    size_t length = 0;
    for (const char *from = text; *from; from++) {
        char c = *from;
        if (c == '%') {
            int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);
            if (low < 0) return false;
            c = (char)(high * 16 + low);
            from += 2;
        }
        if (c == '\0') return false;
        text[length++] = c;
    }
    text[length] = '\0';
    return length > 0 && mkt_text_is_utf8(text, length);
}

/* Errors  MKT_E_NOT_FOUND  not an address of ours;  MKT_E_NOMEM */
static mkt_status find(struct mkt_arena *arena, const char *uri, const char **name,
                       const struct kind **out, struct mkt_err *err)
{
    if (!mkt_text_has_prefix(uri, PREFIX)) return MKT_E_NOT_FOUND;
    const char *rest = uri + strlen(PREFIX);
    size_t n = strcspn(rest, "/");
    char *text = mkt_arena_strndup(arena, rest, n);
    if (!text) return mkt_arena_full(arena, err);
    if (!decode(text)) return MKT_E_NOT_FOUND;
    *name = text;
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(rest + n, kinds[i].ending) == 0) {
            *out = &kinds[i];
            return MKT_OK;
        }
    return MKT_E_NOT_FOUND;
}

/* ---- lists ---- */

static mkt_status write_resource(struct mkt_mcp_call *call, struct mkt_json *w, const char *name,
                                 const struct kind *kind, struct mkt_err *err)
{
    const char *uri = address(call->arena, name, kind->ending);
    const char *title = mkt_arena_printf(call->arena, "%s: %s", name, kind->name);
    if (!uri || !title) return mkt_arena_full(call->arena, err);
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "uri", uri);
    mkt_json_member_string(w, "name", title);
    mkt_json_member_string(w, "description", kind->about);
    mkt_json_member_string(w, "mimeType", kind->type);
    mkt_json_close(w, '}');
    return MKT_OK;
}

mkt_status mkt_mcp_resources_list(struct mkt_mcp_call *call, struct mkt_json *w,
                                  struct mkt_err *err)
{
    const char **name;
    size_t count;
    MKT_TRY(call->host->names(call->host->user, call->arena, &name, &count, err));
    mkt_json_key(w, "resources");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < KINDS; k++)
            MKT_TRY(write_resource(call, w, name[i], &kinds[k], err));
    mkt_json_close(w, ']');
    return MKT_OK;
}

mkt_status mkt_mcp_resources_templates(struct mkt_mcp_call *call, struct mkt_json *w,
                                       struct mkt_err *err)
{
    (void)call;
    (void)err;
    mkt_json_key(w, "resourceTemplates");
    mkt_json_open(w, '[');
    for (size_t k = 0; k < KINDS; k++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "uriTemplate", kinds[k].template);
        mkt_json_member_string(w, "name", kinds[k].name);
        mkt_json_member_string(w, "description", kinds[k].about);
        mkt_json_member_string(w, "mimeType", kinds[k].type);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    return MKT_OK;
}

/* ---- reading one ---- */

/* -32602 since 2026-07-28, -32002 before it; both with the address. */
static mkt_status not_found(struct mkt_mcp_call *call, const char *uri, struct mkt_err *err)
{
    struct mkt_buf data;
    struct mkt_json w;
    mkt_buf_init(&data, call->arena);
    mkt_json_init(&w, &data);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "uri", uri);
    mkt_json_close(&w, '}');
    call->code = call->message->era == MKT_MCP_MODERN ? MKT_JSONRPC_PARAMS : -32002;
    call->data = data.failed ? NULL : data.data;
    mkt_err_clear(err);
    return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no resource \"%.200s\"", uri);
}

static mkt_status read_text(struct mkt_mcp_call *call, const struct kind *kind, const char *name,
                            struct mkt_buf *out, struct mkt_err *err)
{
    const struct mkt_mcp_host *h = call->host;
    mkt_buf_init(out, call->arena);
    if (kind->report)
        MKT_TRY(h->report(h->user, call->arena, name, kind->format, call->flag, call->listener, out,
                          err));
    else
        MKT_TRY(h->account(h->user, call->arena, name, call->flag, out, err));
    return mkt_buf_check(out, err);
}

mkt_status mkt_mcp_resources_read(struct mkt_mcp_call *call, struct mkt_json *w,
                                  struct mkt_err *err)
{
    const char *uri, *name = NULL;
    const struct kind *kind = NULL;
    struct mkt_buf text;
    MKT_TRY(mkt_mcp_work_text(call->message->rpc.params, "uri", true, &uri, err));
    mkt_status status = find(call->arena, uri, &name, &kind, err);
    if (status == MKT_OK) status = read_text(call, kind, name, &text, err);
    if (status == MKT_E_NOT_FOUND) return not_found(call, uri, err);
    MKT_TRY(status);
    mkt_json_key(w, "contents");
    mkt_json_open(w, '[');
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "uri", uri);
    mkt_json_member_string(w, "mimeType", kind->type);
    mkt_json_member_string(w, "text", text.data);
    mkt_json_close(w, '}');
    mkt_json_close(w, ']');
    return MKT_OK;
}
