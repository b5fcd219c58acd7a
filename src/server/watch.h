/* Looks after connections while the HTTP library does not: slow clients, gone clients, time limits.
 *
 * The library ends connections on which nothing moves. It does not see a client that sends one
 * byte every few seconds, nor one that hangs up while its request is being computed. One thread
 * here knows the phase of each connection and since when, cuts those that take too long, and tells
 * whoever waits when the client is gone or the time is up. It also ticks once a second.
 */
#ifndef MKT_SERVER_WATCH_H
#define MKT_SERVER_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct mkt_watch;

typedef enum {
    MKT_WATCH_HEADER, /* between requests, or within a header */
    MKT_WATCH_BODY,   /* a body that is kept in memory */
    MKT_WATCH_UPLOAD, /* a body that goes to disk: may take long, but not dawdle */
    MKT_WATCH_RUN,    /* being computed: the waiter's deadline holds */
    MKT_WATCH_REPLY,
    MKT_WATCH_STREAM /* events, as long as there are any */
} mkt_watch_phase;

typedef enum {
    MKT_WATCH_GONE,     /* the client hung up */
    MKT_WATCH_DEADLINE, /* the time given is over */
    MKT_WATCH_STOP      /* the service ends */
} mkt_watch_reason;

/* Called on the watching thread, once, with its lock held: must not call mkt_watch_* itself. */
typedef void mkt_watch_notify(void *user, mkt_watch_reason reason);

struct mkt_watch_options {
    int64_t header_ms, body_ms, reply_ms;
    int64_t upload_bytes_a_second; /* least rate of an upload once body_ms have passed */
    void (*tick)(void *user);      /* about once a second */
    void *user;
};

/* One connection. */
struct mkt_watch_client;

/* Errors  MKT_E_NOMEM, MKT_E_IO  no thread, no epoll
 * Checked tests/server/watch_test.c */
MKT_MUST_CHECK mkt_status mkt_watch_open(const struct mkt_watch_options *options,
                                         struct mkt_watch **out, struct mkt_err *err);
void mkt_watch_close(struct mkt_watch *watch); /* no client may be left */

/* Milliseconds of a monotonic clock, at most 100 ms old: cheap. */
int64_t mkt_watch_now(const struct mkt_watch *watch);

/* NULL when there is no memory. */
struct mkt_watch_client *mkt_watch_add(struct mkt_watch *watch, int fd);
void mkt_watch_remove(struct mkt_watch *watch, struct mkt_watch_client *client);

/* Enters a phase, now. Any thread, no lock. */
void mkt_watch_enter(struct mkt_watch *watch, struct mkt_watch_client *client,
                     mkt_watch_phase phase);

/* Bytes of a body that came. */
void mkt_watch_count(struct mkt_watch_client *client, size_t bytes);

/* Tells `notify` when the client goes, `after_ms` pass or the service ends: the first of these, once. */
void mkt_watch_wait(struct mkt_watch *watch, struct mkt_watch_client *client, int64_t after_ms,
                    mkt_watch_notify *notify, void *user);

/* After it returns, notify is not called any more. */
void mkt_watch_leave(struct mkt_watch *watch, struct mkt_watch_client *client);

/* Notifies all that wait. */
void mkt_watch_stop(struct mkt_watch *watch);

#endif
