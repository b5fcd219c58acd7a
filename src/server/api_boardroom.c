/* Boardroom's routes: what of a request is HTTP's, and a thread for the words. */
#include <string.h>

#include "base/clock.h"
#include "boardroom/collaborate.h"
#include "boardroom/process.h"
#include "server/api.h"
#include "server/attestation.h"
#include "server/reply.h"

static mkt_status begin(struct mkt_exchange *x, struct mkt_boardroom_call *call,
                        struct mkt_err *err)
{
    char type[128];
    mkt_exchange_type(x, type);
    if (type[0] && strcmp(type, "application/json") != 0)
        return mkt_err_set(err, MKT_E_TYPE, "a request is sent as application/json");
    *call = (struct mkt_boardroom_call){.flag = x->flag,
                                        .narrating = x->narrating,
                                        .late = x->late,
                                        .began_ms = x->began_us / 1000,
                                        .until_ms = mkt_exchange_words_until(x, -1, false),
                                        .now_us = mkt_clock_wall_us()};
    return MKT_OK;
}

static mkt_status finish(struct mkt_reply *reply, const struct mkt_boardroom_call *call,
                         const struct mkt_buf *text, struct mkt_err *err)
{
    reply->narrate = call->narrate;
    if (call->narrate) return MKT_OK;
    return mkt_reply_text(reply, 200, "application/json", text, err);
}

/* The signature is the sender's token. Where anybody is answered there is none, and a service that
 * has tokens wants one. */
static mkt_status check_token(struct mkt_exchange *x, struct mkt_err *err)
{
    struct mkt_server *s = x->server;
    if (atomic_load(&s->draining))
        return mkt_err_set(err, MKT_E_BUSY, "the service is shutting down");
    if (s->boardroom.mode != MKT_BOARDROOM_OPEN || !s->tokens || x->authorized) return MKT_OK;
    return mkt_err_set(err, MKT_E_AUTH, "this needs a valid token: Authorization: Bearer <token>");
}

mkt_status mkt_api_collaborate(struct mkt_exchange *x, struct mkt_reply *reply,
                               struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_boardroom_call call;
    struct mkt_buf text;
    MKT_TRY(check_token(x, err));
    MKT_TRY(mkt_attestation_check(x->server->attestation, arena, err));
    MKT_TRY(begin(x, &call, err));
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_collaborate_answer(&x->server->boardroom, arena, x->body ? x->body : "",
                                   x->body_bytes, &call, &text, err));
    return finish(reply, &call, &text, err);
}

mkt_status mkt_api_process(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                           struct mkt_err *err)
{
    struct mkt_boardroom_call call;
    struct mkt_buf text;
    MKT_TRY(mkt_attestation_check(x->server->attestation, arena, err));
    MKT_TRY(begin(x, &call, err));
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_process_answer(&x->server->boardroom, arena, x->body ? x->body : "", x->body_bytes,
                               x->peer, &call, &text, err));
    return finish(reply, &call, &text, err);
}

mkt_status mkt_api_optimize(struct mkt_exchange *x, struct mkt_reply *reply,
                            struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_boardroom_call call;
    struct mkt_buf text;
    MKT_TRY(begin(x, &call, err));
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_process_shape(&x->server->boardroom, arena, x->body ? x->body : "", x->body_bytes,
                              MKT_SHAPE_OPTIMIZATION, &call, &text, err));
    return finish(reply, &call, &text, err);
}
