#include "server/reply.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "server/stream.h"

mkt_status mkt_reply_text(struct mkt_reply *reply, int status, const char *type,
                          const struct mkt_buf *text, struct mkt_err *err)
{
    MKT_TRY(mkt_buf_check(text, err));
    reply->status = status;
    return mkt_blob_make(type, text->data, text->length, &reply->blob, err);
}

static struct MHD_Response *error_response(struct mkt_exchange *x)
{
    struct mkt_server *s = x->server;
    struct mkt_err none = {0};
    struct MHD_Response *response = NULL;
    struct mkt_buf text;
    struct mkt_json w;
    pthread_mutex_lock(&s->desk_lock);
    mkt_buf_init(&text, &s->desk);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    mkt_json_key(&w, "error");
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "status", mkt_status_name(x->err.status));
    /* what came with a request may stand in a sentence: only whole characters leave */
    const char *sentence = mkt_text_clean(&s->desk, x->err.text, strlen(x->err.text), MKT_ERR_TEXT);
    mkt_json_member_string(&w, "message", sentence ? sentence : "");
    mkt_json_close(&w, '}');
    mkt_json_close(&w, '}');
    mkt_buf_char(&text, '\n');
    if (mkt_buf_check(&text, &none) == MKT_OK)
        response = MHD_create_response_from_buffer(text.length, text.data, MHD_RESPMEM_MUST_COPY);
    mkt_arena_reset(&s->desk, (size_t)1 << 20);
    pthread_mutex_unlock(&s->desk_lock);
    if (response) MHD_add_response_header(response, "Content-Type", "application/json");
    return response;
}

static void drop_blob(void *user)
{
    mkt_blob_release(user);
}

static struct MHD_Response *blob_response(struct mkt_blob *blob)
{
    mkt_blob_hold(blob);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        blob->length, blob->bytes, drop_blob, blob);
    if (!response)
        mkt_blob_release(blob);
    else
        MHD_add_response_header(response, "Content-Type", blob->type);
    return response;
}

static void add_headers(struct mkt_exchange *x, struct MHD_Response *r)
{
    MHD_add_response_header(r, "X-Request-Id", x->id);
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(r, "Cache-Control",
                            x->reply.etag ? "public, max-age=3600" : "no-store");
    if (x->reply.etag) {
        MHD_add_response_header(r, "ETag", x->reply.etag);
        MHD_add_response_header(r, "Vary", "A2A-Version");
    }
    if (x->reply.html) {
        MHD_add_response_header(r, "X-Frame-Options", "DENY");
        MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
    }
    if (x->reply.location[0]) MHD_add_response_header(r, "Location", x->reply.location);
    if (x->reply.session[0]) MHD_add_response_header(r, "Mcp-Session-Id", x->reply.session);
    if (x->err.status == MKT_E_METHOD) MHD_add_response_header(r, "Allow", x->allow);
    if (x->err.status == MKT_E_AUTH) MHD_add_response_header(r, "WWW-Authenticate", "Bearer");
    if (x->err.status == MKT_E_BUSY || x->reply.retry)
        MHD_add_response_header(r, "Retry-After", "1");
    if (atomic_load(&x->server->draining) || x->misframed)
        MHD_add_response_header(r, "Connection", "close");
}

enum MHD_Result mkt_reply_send(struct mkt_exchange *x)
{
    struct MHD_Response *response = NULL;
    bool failed = x->err.status != MKT_OK;
    mkt_watch_enter(x->server->watch, x->client, MKT_WATCH_REPLY);
    if (failed)
        response = error_response(x);
    else if (x->reply.stream)
        response = mkt_stream_response(x->reply.stream, x);
    else if (x->reply.blob)
        response = blob_response(x->reply.blob);
    else
        response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (!response) return MHD_NO;
    if (failed) {
        int code = mkt_status_http(x->err.status);
        if (x->err.status == MKT_E_LIMIT && x->reply.status) code = x->reply.status;
        x->reply.status = code;
    } else if (!x->reply.status) {
        x->reply.status = 200;
    }
    add_headers(x, response);
    enum MHD_Result queued = MHD_queue_response(x->connection, (unsigned)x->reply.status, response);
    MHD_destroy_response(response);
    return queued;
}
