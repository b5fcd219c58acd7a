/* The events of a job as Server-Sent Events.
 *
 *     id: 3
 *     event: progress
 *     data: {"stage":"draws","done":0.4}
 *
 * From the first event, or after the one named by Last-Event-ID; ends with the job's last. Between
 * events the connection sleeps; a comment every 15 seconds keeps it open through proxies.
 */
#ifndef MKT_SERVER_STREAM_H
#define MKT_SERVER_STREAM_H

#include "server/exchange.h"

struct mkt_stream;

/* Takes over one reference of the job. With `own`, the job is cancelled when the reader goes away.
 *   after  index of the first event to send
 * Errors  MKT_E_NOMEM (the job's reference is given back) */
MKT_MUST_CHECK mkt_status mkt_stream_make(struct mkt_job *job, size_t after, bool own,
                                          struct mkt_stream **out, struct mkt_err *err);

/* Only events of that name are sent, and without ids, for readers that cannot come back: of a protocol
 * whose messages they are. `name` is a constant. */
void mkt_stream_only(struct mkt_stream *stream, const char *name);

/* How a protocol says the events of a job, in words of its own. */
struct mkt_stream_voice {
    const char *type; /* media type of the response; a constant */
    const char *ping; /* what keeps the connection open between events; a constant */
    /* Appends what is sent for an event, or nothing; false when it cannot be said: then the stream
     * ends. On the network's thread. */
    bool (*say)(void *user, struct mkt_job *job, const struct mkt_job_event *event,
                struct mkt_buf *out);
    void (*drop)(void *user); /* once, with the stream */
    void *user;
};

/* Events are said by that voice, after `first` (from malloc, taken over; or NULL). */
void mkt_stream_speak(struct mkt_stream *stream, const struct mkt_stream_voice *voice, char *first);

/* One that was never sent. NULL is allowed. */
void mkt_stream_drop(struct mkt_stream *stream);

/* The response that sends it; from here on it belongs to the response. NULL: out of memory, and it
 * is dropped. */
struct MHD_Response *mkt_stream_response(struct mkt_stream *stream, struct mkt_exchange *x);

#endif
