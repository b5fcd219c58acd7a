#include "server/daemon.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "server/attestation.h"
#include "server/exchange.h"
#include "server/gate.h"
#include "server/reply.h"

/* Of one connection, besides its header: what of a body is read at once. The library clears all of
 * it after each request, which is what a small answer costs most. */
#define CONNECTION_MEMORY ((size_t)16 << 10)
#define ATTESTATION_CONNECTIONS 64U

/* ---- one request ---- */

/* A mark in place of an exchange: GET /health, which is answered without one. */
static char health_mark;

bool mkt_daemon_is_health(const char *url, const char *method)
{
    return strcmp(url, "/health") == 0 && strcmp(method, "GET") == 0;
}

static enum MHD_Result answer_health(struct mkt_server *s, struct MHD_Connection *connection)
{
    pthread_mutex_lock(&s->health_lock);
    enum MHD_Result queued = MHD_queue_response(connection, 200, s->health);
    pthread_mutex_unlock(&s->health_lock);
    return queued;
}

static struct mkt_watch_client *client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* The header is here. */
static enum MHD_Result begin(struct mkt_server *s, struct MHD_Connection *connection,
                             const char *url, const char *method, bool attestation, void **state)
{
    if (!attestation && mkt_daemon_is_health(url, method)) {
        const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
        const char *origin = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin");
        struct mkt_err ignored = {0};
        bool allowed =
            (s->tokens || (!origin && (!host || mkt_gate_host_allowed(host, s->host)))) &&
            mkt_gate_framing(connection, &ignored) == MKT_OK;
        if (allowed && !atomic_load_explicit(&s->draining, memory_order_relaxed)) {
            mkt_watch_enter(s->watch, client_of(connection), MKT_WATCH_HEADER);
            *state = &health_mark;
            return MHD_YES;
        }
    }
    struct mkt_exchange *x = mkt_exchange_make(s, connection, url, method, attestation);
    if (!x) return MHD_NO;
    *state = x;
    mkt_exchange_check(x);
    if (x->err.status == MKT_OK) return MHD_YES;
    /* an error that a body would only delay: say it now, and close */
    const char *expect = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Expect");
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    int64_t bytes = 0;
    if (x->misframed || expect || (length && (!mkt_text_to_int(length, &bytes) || bytes > 1 << 20)))
        return mkt_reply_send(x);
    return MHD_YES;
}

/* Of the path, and of names and values of the query. A NUL would end the text for whoever reads it as
 * such and not for who counts its bytes: what holds one stays as it came. */
static size_t unescape(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user, (void)connection;
    return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload_data,
                              size_t *upload_size, void **state)
{
    struct mkt_server *s = user;
    (void)version;
    if (!*state) return begin(s, connection, url, method, false, state);
    if (*state == &health_mark) {
        if (*upload_size == 0) return answer_health(s, connection);
        *upload_size = 0; /* a body of GET /health is nobody's */
        return MHD_YES;
    }
    struct mkt_exchange *x = *state;
    if (*upload_size) {
        bool go_on = mkt_exchange_take(x, upload_data, *upload_size);
        *upload_size = 0;
        return go_on ? MHD_YES : MHD_NO;
    }
    return x->dispatched ? mkt_reply_send(x) : mkt_exchange_dispatch(x);
}

/* On the attestation port. */
static enum MHD_Result handle_attestation(void *user, struct MHD_Connection *connection,
                                          const char *url, const char *method, const char *version,
                                          const char *upload_data, size_t *upload_size,
                                          void **state)
{
    if (!*state) return begin(user, connection, url, method, true, state);
    return handle(user, connection, url, method, version, upload_data, upload_size, state);
}

static void completed(void *user, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode why)
{
    struct mkt_server *s = user;
    struct mkt_exchange *x = *state;
    *state = NULL;
    mkt_watch_enter(s->watch, client_of(connection), MKT_WATCH_HEADER);
    if (!x) return;
    if ((char *)x == &health_mark) {
        mkt_metrics_count(s->metrics, s->health_route, 200, 0);
        return;
    }
    double seconds = (double)(mkt_clock_us() - x->began_us) / 1e6;
    int status = x->reply.status;
    if (why != MHD_REQUEST_TERMINATED_COMPLETED_OK && status == 0) status = 499;
    mkt_metrics_count(s->metrics, x->route_index, status, seconds);
    bool quiet = x->route && x->route->open;
    mkt_log(status >= 500 ? MKT_LOG_WARN
            : quiet       ? MKT_LOG_DEBUG
                          : MKT_LOG_INFO,
            "request", "id=%s method=%s route=%s status=%d ms=%.2f sent=%zu cached=%d done=%d",
            x->id, x->route ? x->route->method : "-", x->route ? x->route->path : "-", status,
            seconds * 1000, x->reply.blob ? x->reply.blob->length : 0, x->reply.cached,
            why == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    atomic_fetch_sub(&s->active, 1);
    mkt_exchange_release(x);
}

static void connected(void *user, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode code)
{
    struct mkt_server *s = user;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = info ? mkt_watch_add(s->watch, info->connect_fd) : NULL;
        mkt_metrics_connection(s->metrics, 1);
    } else {
        mkt_watch_remove(s->watch, *socket_context);
        *socket_context = NULL;
        mkt_metrics_connection(s->metrics, -1);
    }
}

/* ---- the threads ---- */

/* poll, not epoll: with 128 or more connections ready at once the epoll loop of libmicrohttpd
 * 0.9.75 waits once more, without end, before it serves any of them. */
static struct MHD_Daemon *start_daemon(struct mkt_server *s, int listener, unsigned threads,
                                       MHD_AccessHandlerCallback handler, unsigned connections)
{
    const struct mkt_settings *set = s->settings;
    unsigned per_ip = (unsigned)set->connections_per_ip;
    return MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handler, s,
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        per_ip < connections ? per_ip : connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        CONNECTION_MEMORY + (size_t)set->header_kb * 1024, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)set->header_seconds, MHD_OPTION_NOTIFY_COMPLETED, completed, s,
        MHD_OPTION_NOTIFY_CONNECTION, connected, s, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
        MHD_OPTION_END);
}

void mkt_daemon_stop(struct mkt_server *s)
{
    if (s->daemon) MHD_stop_daemon(s->daemon);
    if (s->attestation_daemon) MHD_stop_daemon(s->attestation_daemon);
}

mkt_status mkt_daemon_open(struct mkt_server *s, struct mkt_err *err)
{
    const struct mkt_settings *set = s->settings;
    int listener = mkt_attestation_listener(s->attestation);
    s->daemon =
        start_daemon(s, s->listener, set->http_threads > 1 ? (unsigned)set->http_threads : 0,
                     handle, (unsigned)set->connections);
    if (s->daemon && listener >= 0)
        s->attestation_daemon =
            start_daemon(s, listener, 0, handle_attestation, ATTESTATION_CONNECTIONS);
    if (s->daemon && (listener < 0 || s->attestation_daemon)) return MKT_OK;
    mkt_status status =
        mkt_err_set(err, MKT_E_IO, "the HTTP library cannot start: %s", strerror(errno));
    mkt_daemon_stop(s);
    return status;
}

void mkt_daemon_refuse(struct mkt_server *s)
{
    MHD_quiesce_daemon(s->daemon);
    shutdown(s->listener, SHUT_RDWR);
    if (!s->attestation_daemon) return;
    MHD_quiesce_daemon(s->attestation_daemon);
    shutdown(mkt_attestation_listener(s->attestation), SHUT_RDWR);
}
