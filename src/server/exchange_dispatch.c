/* Who computes an answer: the network's thread, a worker, or a narrator; and who waits for it. */
#include <inttypes.h>

#include "server/attestation.h"
#include "server/exchange.h"
#include "server/reply.h"
#include "server/routes.h"
#include "server/stream.h"

/* To a narrator, if one is free. */
static bool give_to_narrator(struct mkt_exchange *x);

static void run_handler(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                        struct mkt_err *err)
{
    reply->narrate = false;
    if (x->route->handler(x, reply, arena, err) == MKT_OK) mkt_err_clear(err);
}

static void work(struct mkt_arena *arena, void *user)
{
    struct mkt_exchange *x = user;
    struct mkt_reply mine = {0};
    struct mkt_err err = {0};
    if (!atomic_load(&x->claimed)) run_handler(x, &mine, arena, &err);
    if (mine.narrate && give_to_narrator(x)) return; /* with its reference */
    if (mine.narrate) run_handler(x, &mine, arena, &err);
    if (!atomic_exchange(&x->claimed, true)) {
        x->reply = mine;
        x->err = err;
        mkt_watch_leave(x->server->watch, x->client);
        MHD_resume_connection(x->connection);
    } else {
        mkt_blob_release(mine.blob);
        mkt_stream_drop(mine.stream);
    }
    mkt_exchange_release(x);
}

static bool give_to_narrator(struct mkt_exchange *x)
{
    struct mkt_err full = {0};
    x->narrating = true;
    if (mkt_pool_submit(x->server->engine->narrators, work, x, &full) == MKT_OK) return true;
    x->narrating = false;
    x->late = true;
    return false;
}

/* A file that has come whole may take as long as a job to be read. */
static int64_t seconds_for(const struct mkt_exchange *x)
{
    const struct mkt_settings *s = x->server->settings;
    return x->route->body == MKT_BODY_UPLOAD ? s->job_seconds : s->run_seconds;
}

static void stop_waiting(void *user, mkt_watch_reason reason)
{
    struct mkt_exchange *x = user;
    if (atomic_exchange(&x->claimed, true)) return;
    atomic_store(&x->flag->set, true);
    if (reason == MKT_WATCH_DEADLINE && x->route->open == MKT_OPEN_ATTESTATION)
        mkt_err_set(&x->err, MKT_E_TIMEOUT, "the TEE gave no evidence within %" PRId64 " seconds",
                    seconds_for(x));
    else if (reason == MKT_WATCH_DEADLINE)
        mkt_err_set(&x->err, MKT_E_TIMEOUT,
                    "no answer within %" PRId64 " seconds; ask for a job with "
                    "\"Prefer: respond-async\"",
                    seconds_for(x));
    else if (reason == MKT_WATCH_STOP)
        mkt_err_set(&x->err, MKT_E_BUSY, "the service is shutting down");
    else
        mkt_err_set(&x->err, MKT_E_CANCELLED, "the client has gone");
    MHD_resume_connection(x->connection);
}

/* On the network's thread. False when a worker has to do it. */
static bool answer_here(struct mkt_exchange *x)
{
    struct mkt_server *s = x->server;
    const struct mkt_route *r = x->route;
    mkt_exchange_handler *handler = r->inline_                            ? r->handler
                                    : x->body_bytes <= MKT_EXCHANGE_QUICK ? r->quick
                                                                          : NULL;
    if (!handler) return false;
    pthread_mutex_lock(&s->desk_lock);
    if (handler(x, &x->reply, &s->desk, &x->err) == MKT_OK) mkt_err_clear(&x->err);
    mkt_arena_reset(&s->desk, (size_t)1 << 20);
    pthread_mutex_unlock(&s->desk_lock);
    return x->err.status != MKT_OK || !(x->reply.later || x->reply.narrate);
}

enum MHD_Result mkt_exchange_dispatch(struct mkt_exchange *x)
{
    struct mkt_server *s = x->server;
    x->dispatched = true;
    if (x->err.status != MKT_OK || answer_here(x)) return mkt_reply_send(x);

    mkt_watch_enter(s->watch, x->client, MKT_WATCH_RUN);
    atomic_fetch_add(&x->refs, 1); /* the worker's */
    MHD_suspend_connection(x->connection);
    mkt_watch_wait(s->watch, x->client, seconds_for(x) * 1000, stop_waiting, x);
    struct mkt_err err = {0};
    if (x->reply.narrate && give_to_narrator(x)) return MHD_YES;
    struct mkt_pool *pool = x->route->open == MKT_OPEN_ATTESTATION
                                ? mkt_attestation_pool(s->attestation)
                                : s->engine->pool;
    if (mkt_pool_submit(pool, work, x, &err) != MKT_OK) {
        if (!atomic_exchange(&x->claimed, true)) {
            x->err = err;
            x->reply.retry = true;
            mkt_watch_leave(s->watch, x->client);
            MHD_resume_connection(x->connection);
        }
        mkt_exchange_release(x);
    }
    return MHD_YES;
}
