/* One message being answered, and the methods by the file they stand in. For this room alone. */
#ifndef MKT_A2A_A2A_WORK_H
#define MKT_A2A_A2A_WORK_H

#include "a2a/a2a_error.h"
#include "a2a/a2a_shape.h"
#include "base/hash.h"

struct mkt_a2a_call {
    struct mkt_a2a *a2a;
    struct mkt_arena *arena;
    const char *owner;
    const char *bytes; /* [n] the message as it came */
    size_t n;
    char request[MKT_SHA256_TEXT]; /* of one that is sent */
    mkt_a2a_version version;
    struct mkt_jsonrpc rpc;
    struct mkt_a2a_outcome *out;
    mkt_a2a_send *send;
    void *user;
    int code;          /* of the error, where it is not its status's own */
    const char *field; /* of the parameters, that is wrong; or NULL */
    bool boxed;        /* in 1.0 a task is the result's member "task", else the result itself */
};

/* Sends the response, or opens a line. */
typedef mkt_status mkt_a2a_method(struct mkt_a2a_call *call, struct mkt_err *err);

/* a2a_send.c */
mkt_a2a_method mkt_a2a_send_message, mkt_a2a_send_stream;

/* a2a_methods.c */
mkt_a2a_method mkt_a2a_methods_get, mkt_a2a_methods_cancel, mkt_a2a_methods_subscribe,
    mkt_a2a_methods_push, mkt_a2a_methods_card;

/* a2a_list.c */
mkt_a2a_method mkt_a2a_list_tasks;

/* An error of the protocol. */
mkt_status mkt_a2a_work_refuse(struct mkt_a2a_call *call, int code, const char *sentence,
                               struct mkt_err *err);

/* {"jsonrpc":"2.0","id":…,"result": and what follows is the result; then end. */
void mkt_a2a_work_begin(const struct mkt_a2a_call *call, struct mkt_json *w, struct mkt_buf *text);
mkt_status mkt_a2a_work_end(const struct mkt_a2a_call *call, struct mkt_json *w,
                            struct mkt_err *err);

/* Sends the task as it stands: as the response, or as the first event of a stream, which is the only
 * one when nothing more will happen; else the line is open. */
mkt_status mkt_a2a_work_task(struct mkt_a2a_call *call, struct mkt_a2a_task *task, bool stream,
                             int64_t history, struct mkt_err *err);

/* Sends it when nothing more happens by itself: now, or by the line. */
mkt_status mkt_a2a_work_wait(struct mkt_a2a_call *call, struct mkt_a2a_task *task, int64_t history,
                             struct mkt_err *err);

#endif
