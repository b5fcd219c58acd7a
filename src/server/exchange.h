/* One request and its answer.
 *
 * It is made when the header has come, collects the body, is answered at once on the network's
 * thread or by a worker while the connection sleeps, and ends with the connection's last byte.
 * Whoever computes an answer only fills a `reply`; everything about HTTP is in exchange.c,
 * reply.c and server.c.
 */
#ifndef MKT_SERVER_EXCHANGE_H
#define MKT_SERVER_EXCHANGE_H

#include <microhttpd.h>
#include <pthread.h>

#include "a2a/a2a_registered.h"
#include "attest/keys.h"
#include "base/hash.h"
#include "boardroom/boardroom.h"
#include "engine/engine.h"
#include "engine/upload.h"
#include "server/metrics.h"
#include "server/networks.h"
#include "server/sessions.h"
#include "server/tokens.h"
#include "server/watch.h"
#include "wire/json_read.h"

struct mkt_attestation;
struct mkt_server;
struct mkt_hub_host;
struct mkt_exchange;
struct mkt_stream;

struct mkt_reply {
    int status; /* HTTP; 0: 200 */
    struct mkt_blob *blob;
    struct mkt_stream *stream; /* in place of a blob */
    char location[80];
    char session[40]; /* Mcp-Session-Id, or "" */
    const char *etag; /* of a reply that may be kept for an hour; the server's own, or NULL */
    bool retry;       /* Retry-After */
    bool html;        /* security headers of a page */
    bool cached;
    bool later;   /* of a quick handler: not decided, a worker has to */
    bool narrate; /* not decided: a narrator has to, or a worker when none is free */
};

/* Fills the reply, and of the exchange touches only body and upload: the watch may answer the rest
 * in the meantime. `arena` is empty and belongs to the call. An error becomes the answer. */
typedef mkt_status mkt_exchange_handler(struct mkt_exchange *x, struct mkt_reply *reply,
                                        struct mkt_arena *arena, struct mkt_err *err);

typedef enum {
    MKT_BODY_NONE,  /* a body is refused */
    MKT_BODY_KEEP,  /* kept in memory, up to AGENT_MAX_BODY_KB */
    MKT_BODY_UPLOAD /* streamed into a data set */
} mkt_body_kind;

/* Whether a route needs a token (false), needs none (true), or needs none and is answered on the
 * attestation port, too, by a worker of its own. */
typedef enum { MKT_OPEN_NOT = false, MKT_OPEN = true, MKT_OPEN_ATTESTATION = 2 } mkt_route_open;

struct mkt_route {
    const char *method; /* "GET" stands for HEAD too */
    const char *path;   /* "/api/v1/datasets/{name}" */
    const char *help;
    mkt_exchange_handler *handler;
    /* NULL, or tried first on the network's thread with a body of at most MKT_EXCHANGE_QUICK bytes:
     * answers, or sets reply->later */
    mkt_exchange_handler *quick;
    mkt_body_kind body;
    bool
        inline_; /* answered on the network's thread: quick, and possible when all workers are busy */
    mkt_route_open open; /* false, true or MKT_OPEN_ATTESTATION */
};

#define MKT_EXCHANGE_QUICK ((size_t)64 << 10)
#define MKT_EXCHANGE_PLACES 2 /* {name} parts of a path */

struct mkt_exchange {
    struct mkt_server *server;
    struct MHD_Connection *connection;
    struct mkt_watch_client *client;
    const struct mkt_route *route; /* NULL when there is none */
    size_t route_index;
    char place[MKT_EXCHANGE_PLACES][160]; /* the parts of the path, decoded */
    char id[65];
    bool head;         /* HEAD */
    bool misframed;    /* nobody knows where it ends: the connection is closed after the answer */
    const char *allow; /* methods, for 405 */
    int64_t began_us;

    char accept[256], content_type[128], prefer[64], last_event[24], a2a_version[24];
    char peer[130];                     /* X-Client-ID: who asks among agents, as it says itself */
    bool authorized;                    /* it came with a valid token */
    char bearer[MKT_SHA256_TEXT];       /* its digest; "" without */
    bool foreign;                       /* a page of another origin sent it */
    struct mkt_sessions_request *asked; /* of MCP, so that it can be cancelled; or NULL */
    char *query;                        /* name NUL value NUL ... */
    size_t query_bytes;
    char *body;
    size_t body_bytes, body_capacity;
    struct mkt_upload *upload;
    uint64_t swallowed; /* bytes of a body that nobody wants any more */

    atomic_uint refs;
    atomic_bool claimed; /* the answer is decided: by the worker, or by the watch */
    bool dispatched;
    bool narrating; /* a narrator has it: words of a model may be waited for */
    bool late;      /* no narrator was free: plain words */
    struct mkt_flag *flag;
    struct mkt_reply reply;
    struct mkt_err err; /* when status is not OK, the answer is this error */
};

/* What all exchanges share. */
struct mkt_server {
    const struct mkt_settings *settings;
    struct mkt_engine *engine;
    char agent_id[160];      /* among other agents */
    struct mkt_keys *keys;   /* that sign what it says there */
    struct mkt_seal *seal;   /* opens what is sealed for it */
    struct mkt_peers *peers; /* the other agents */
    struct mkt_boardroom boardroom;
    struct mkt_attestation *attestation;
    struct mkt_hub_host *hub_host;    /* NULL: none */
    struct mkt_networks hub_networks; /* that it may call from without a token */
    struct mkt_tokens *tokens;        /* NULL: open, on loopback only */
    struct mkt_metrics *metrics;
    struct mkt_watch *watch;
    struct mkt_sessions *sessions; /* of MCP clients */
    struct mkt_a2a *a2a;           /* tasks of other agents */
    struct mkt_a2a_registered a2a_data;
    struct MHD_Daemon *daemon, *attestation_daemon; /* the second of the attestation port */
    struct mkt_json_limits limits;
    char host[64];
    int port, listener;
    int64_t started_ms;
    atomic_bool draining;
    atomic_long active; /* exchanges */
    atomic_ullong ids;
    char id_prefix[9];

    pthread_mutex_t desk_lock; /* for handlers on the network's threads */
    struct mkt_arena desk;

    pthread_mutex_t health_lock;
    struct MHD_Response *health; /* of GET /health, made anew once a second */
    size_t health_route;

    struct mkt_blob *openapi, *analyses, *capabilities; /* made once */
    struct mkt_blob *card[2], *card_keys;               /* of A2A: by mkt_a2a_version */
    char card_tag[2][40], card_keys_tag[40];
};

/* ---- for handlers ---- */

/* Calls take(user, name, value) for each pair of the query, until one fails. */
MKT_MUST_CHECK mkt_status mkt_exchange_query(const struct mkt_exchange *x,
                                             mkt_status (*take)(void *user, const char *name,
                                                                const char *value,
                                                                struct mkt_err *err),
                                             void *user, struct mkt_err *err);

/* When the words must be there, on CLOCK_MONOTONIC in milliseconds: `given` (-1: the setting) after
 * the request came, but in time before the answer or the job is given up. */
int64_t mkt_exchange_words_until(const struct mkt_exchange *x, int64_t given, bool job);

/* The media type of the body, without parameters, in lower case. */
const char *mkt_exchange_type(const struct mkt_exchange *x, char out[128]);

/* ---- for server.c ---- */

/* `attestation`: it came over the attestation port, where only routes so marked are. */
struct mkt_exchange *mkt_exchange_make(struct mkt_server *server, struct MHD_Connection *connection,
                                       const char *url, const char *method, bool attestation);
void mkt_exchange_release(struct mkt_exchange *x);

/* Header checks in order: size, host, route, token, method, type, announced size. Sets x->err. */
void mkt_exchange_check(struct mkt_exchange *x);

/* Part of a body. False when the connection must be cut. */
bool mkt_exchange_take(struct mkt_exchange *x, const char *bytes, size_t n);

/* The whole request is here: answers it or hands it to a worker. */
enum MHD_Result mkt_exchange_dispatch(struct mkt_exchange *x);

#endif
