#include "server/exchange.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "server/gate.h"
#include "server/routes.h"

#define SWALLOW                                                                                    \
    ((uint64_t)64 << 20) /* bytes of an unwanted body that are read, so that its sender
                                        comes to read the answer */

#define WORDS_MARGIN_MS 2000 /* between the end of the words and the end of the waiting */

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void copy_header(struct MHD_Connection *connection, const char *name, char *out, size_t size)
{
    const char *value = header(connection, name);
    snprintf(out, size, "%s", value ? value : "");
}

/* The client's own id if it is a plain one, else a new one. */
static void set_id(struct mkt_exchange *x)
{
    const char *given = header(x->connection, "X-Request-Id");
    size_t n = given ? strspn(given, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789._-")
                     : 0;
    if (n > 0 && n < sizeof x->id && given[n] == '\0')
        snprintf(x->id, sizeof x->id, "%s", given);
    else
        snprintf(x->id, sizeof x->id, "%s-%llx", x->server->id_prefix,
                 (unsigned long long)atomic_fetch_add(&x->server->ids, 1));
}

struct query {
    char *bytes;
    size_t n;
    bool full;
};

static enum MHD_Result add_query(void *user, enum MHD_ValueKind kind, const char *name,
                                 size_t name_n, const char *value, size_t value_n)
{
    struct query *q = user;
    (void)kind;
    char *more = realloc(q->bytes, q->n + name_n + value_n + 2);
    if (!more) {
        q->full = true;
        return MHD_NO;
    }
    q->bytes = more;
    memcpy(more + q->n, name, name_n + 1);
    if (value_n) memcpy(more + q->n + name_n + 1, value, value_n);
    more[q->n + name_n + 1 + value_n] = '\0';
    q->n += name_n + value_n + 2;
    return MHD_YES;
}

/* What is not of the attestation port is not there, by any method. */
static void keep_to_attestation(struct mkt_exchange *x, const char *url)
{
    const char *ignored;
    const struct mkt_route *r =
        x->route ? x->route : mkt_routes_find("GET", url, x->place, &ignored);
    if (r && r->open == MKT_OPEN_ATTESTATION) return;
    x->route = NULL;
    x->allow = NULL;
}

struct mkt_exchange *mkt_exchange_make(struct mkt_server *server, struct MHD_Connection *connection,
                                       const char *url, const char *method, bool attestation)
{
    struct mkt_exchange *x = calloc(1, sizeof *x);
    struct query query = {0};
    if (!x) return NULL;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->client = info ? info->socket_context : NULL;
    x->server = server;
    x->connection = connection;
    x->began_us = mkt_clock_us();
    x->head = strcmp(method, "HEAD") == 0;
    atomic_init(&x->refs, 1);
    atomic_init(&x->claimed, false);
    set_id(x);
    copy_header(connection, "Accept", x->accept, sizeof x->accept);
    copy_header(connection, "Content-Type", x->content_type, sizeof x->content_type);
    copy_header(connection, "Prefer", x->prefer, sizeof x->prefer);
    copy_header(connection, "Last-Event-ID", x->last_event, sizeof x->last_event);
    copy_header(connection, "X-Client-ID", x->peer, sizeof x->peer);
    copy_header(connection, "A2A-Version", x->a2a_version, sizeof x->a2a_version);
    const char *version =
        MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "A2A-Version");
    if (version && !x->a2a_version[0])
        snprintf(x->a2a_version, sizeof x->a2a_version, "%s", version);
    x->foreign = mkt_gate_same_origin(connection, &x->err) != MKT_OK;
    mkt_err_clear(&x->err); /* of interest to some routes only */
    x->route = mkt_routes_find(x->head ? "GET" : method, url, x->place, &x->allow);
    if (attestation) keep_to_attestation(x, url);
    x->route_index = x->route ? (size_t)(x->route - mkt_routes) : mkt_routes_count;
    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, add_query, &query);
    x->query = query.bytes;
    x->query_bytes = query.n;
    if (query.full || mkt_flag_make(&x->flag, &x->err) != MKT_OK) {
        free(x->query);
        free(x);
        return NULL;
    }
    atomic_fetch_add(&server->active, 1);
    return x;
}

void mkt_exchange_release(struct mkt_exchange *x)
{
    if (!x || atomic_fetch_sub(&x->refs, 1) != 1) return;
    mkt_upload_close(x->upload);
    mkt_sessions_end(x->asked);
    mkt_blob_release(x->reply.blob);
    mkt_flag_release(x->flag);
    free(x->query);
    free(x->body);
    free(x);
}

/* ---- before the body ---- */

static mkt_status check_announced(struct mkt_exchange *x, struct mkt_err *err)
{
    const char *length = header(x->connection, "Content-Length");
    bool chunked = header(x->connection, "Transfer-Encoding") != NULL;
    int64_t bytes = 0;
    if (length && (!mkt_text_to_int(length, &bytes) || bytes < 0))
        return mkt_err_set(err, MKT_E_SYNTAX, "Content-Length is not a number");
    bool body = chunked || bytes > 0;
    switch (x->route->body) {
    case MKT_BODY_NONE:
        if (body) return mkt_err_set(err, MKT_E_ARG, "%s takes no body", x->route->path);
        break;
    case MKT_BODY_KEEP:
        if (bytes > x->server->settings->body_kb * 1024)
            return mkt_err_set(err, MKT_E_LIMIT,
                               "the body has %" PRId64 " bytes; at most %" PRId64 " KB are taken",
                               bytes, x->server->settings->body_kb);
        break;
    case MKT_BODY_UPLOAD:
        if (bytes > x->server->settings->upload_mb << 20)
            return mkt_err_set(err, MKT_E_LIMIT,
                               "the file has %" PRId64 " bytes; at most %" PRId64 " MB are taken",
                               bytes, x->server->settings->upload_mb);
        break;
    }
    return MKT_OK;
}

static mkt_status check_type(struct mkt_exchange *x, struct mkt_err *err)
{
    static const char *const keep[] = {"", "application/json", "text/csv",
                                       "text/tab-separated-values", NULL};
    static const char *const upload[] = {
        "", "text/csv", "text/tab-separated-values", "text/plain", "application/json",
        "application/x-ndjson", "application/vnd.apache.parquet", "application/octet-stream",
        /* what curl says when it is told nothing */
        "application/x-www-form-urlencoded", NULL};
    char type[128];
    mkt_exchange_type(x, type);
    const char *const *known = x->route->body == MKT_BODY_KEEP ? keep : upload;
    for (; *known; known++)
        if (strcmp(type, *known) == 0) return MKT_OK;
    return mkt_err_set(err, MKT_E_TYPE, "a body of type \"%s\" is not taken here; send %s", type,
                       x->route->body == MKT_BODY_KEEP
                           ? "application/json, text/csv or text/tab-separated-values"
                           : "CSV, TSV, JSON, Parquet or a DuckDB file");
}

/* The hub, where the operator lets it come without a token, and to what it calls. */
static bool is_hub(const struct mkt_exchange *x)
{
    return x->route && strcmp(x->route->path, "/api/v1/process") == 0 &&
           mkt_gate_is_hub(x->connection, &x->server->hub_networks, x->server->settings->client);
}

static mkt_status check(struct mkt_exchange *x, struct mkt_err *err)
{
    struct mkt_server *s = x->server;
    const char *authorization = header(x->connection, "Authorization");
    if (mkt_gate_header_size(x->connection, (size_t)s->settings->header_kb * 1024, err) != MKT_OK) {
        x->reply.status = 431;
        return err->status;
    }
    x->misframed = mkt_gate_framing(x->connection, err) != MKT_OK;
    if (x->misframed) return err->status;
    if (!s->tokens) MKT_TRY(mkt_gate_same_machine(x->connection, s->host, err));
    bool open = x->route && x->route->open;
    const char *token = s->tokens ? mkt_tokens_name(s->tokens, authorization) : NULL;
    x->authorized = token != NULL;
    if (s->tokens && !open && !token && !is_hub(x))
        return mkt_err_set(err, MKT_E_AUTH,
                           "this needs a valid token: Authorization: Bearer <token>");
    if (!open) MKT_TRY(mkt_gate_client(x->connection, s->settings->client, token, err));
    if (token) {
        const char *secret = authorization + strcspn(authorization, " ");
        secret += strspn(secret, " ");
        MKT_TRY(mkt_hash_bytes(secret, strlen(secret), x->bearer, err));
    }
    if (!x->route && !x->allow) return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no such path");
    if (!x->route)
        return mkt_err_set(err, MKT_E_METHOD, "this path does not take that method; it takes %s",
                           x->allow);
    if (!open && atomic_load(&s->draining))
        return mkt_err_set(err, MKT_E_BUSY, "the service is shutting down");
    if (x->route->body != MKT_BODY_NONE) MKT_TRY(check_type(x, err));
    return check_announced(x, err);
}

void mkt_exchange_check(struct mkt_exchange *x)
{
    mkt_watch_phase phase = MKT_WATCH_BODY;
    if (check(x, &x->err) == MKT_OK && x->route->body == MKT_BODY_UPLOAD) {
        phase = MKT_WATCH_UPLOAD;
        x->err.status = mkt_upload_open(x->server->engine->datasets, x->place[0],
                                        x->place[1][0] ? x->place[1] : NULL,
                                        x->server->settings->upload_mb << 20, &x->upload, &x->err);
    }
    mkt_watch_enter(x->server->watch, x->client, phase);
}

/* ---- the body ---- */

static mkt_status keep(struct mkt_exchange *x, const char *bytes, size_t n, struct mkt_err *err)
{
    size_t limit = (size_t)x->server->settings->body_kb * 1024;
    if (n > limit - x->body_bytes)
        return mkt_err_set(err, MKT_E_LIMIT, "the body is larger than the allowed %" PRId64 " KB",
                           x->server->settings->body_kb);
    if (x->body_bytes + n > x->body_capacity) {
        size_t more = 2 * (x->body_bytes + n);
        if (more > limit) more = limit;
        char *body = realloc(x->body, more);
        if (!body) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the body");
        x->body = body;
        x->body_capacity = more;
    }
    memcpy(x->body + x->body_bytes, bytes, n);
    x->body_bytes += n;
    return MKT_OK;
}

bool mkt_exchange_take(struct mkt_exchange *x, const char *bytes, size_t n)
{
    mkt_watch_count(x->client, n);
    if (x->err.status == MKT_OK) {
        mkt_status status =
            x->upload ? mkt_upload_add(x->upload, bytes, n, &x->err) : keep(x, bytes, n, &x->err);
        if (status == MKT_OK) return true;
        mkt_upload_close(x->upload); /* gives its disk space back at once */
        x->upload = NULL;
    }
    x->swallowed += n;
    return x->swallowed <= SWALLOW;
}

const char *mkt_exchange_type(const struct mkt_exchange *x, char out[128])
{
    size_t n = strcspn(x->content_type, "; \t");
    for (size_t i = 0; i < n; i++) out[i] = (char)tolower((unsigned char)x->content_type[i]);
    out[n] = '\0';
    return out;
}

mkt_status mkt_exchange_query(const struct mkt_exchange *x,
                              mkt_status (*take)(void *user, const char *name, const char *value,
                                                 struct mkt_err *err),
                              void *user, struct mkt_err *err)
{
    for (size_t at = 0; at < x->query_bytes;) {
        const char *name = x->query + at, *value = name + strlen(name) + 1;
        at += strlen(name) + strlen(value) + 2;
        MKT_TRY(take(user, name, value, err));
    }
    return MKT_OK;
}

int64_t mkt_exchange_words_until(const struct mkt_exchange *x, int64_t given, bool job)
{
    const struct mkt_settings *s = x->server->settings;
    int64_t most = 1000 * (job ? s->job_seconds : s->run_seconds), usual = s->deadline_ms;
    most -= most / 4 < WORDS_MARGIN_MS ? most / 4 : WORDS_MARGIN_MS;
    if (given < 0) given = job || usual == 0 ? most : usual;
    return x->began_us / 1000 + (given < most ? given : most);
}
