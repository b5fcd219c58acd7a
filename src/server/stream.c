#include "server/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PING_MS 15000
#define BLOCK 16384

struct mkt_stream {
    struct mkt_job *job;
    struct mkt_job_reader reader;
    bool own;
    const char *only;              /* name of the events that are sent, without ids; NULL: all */
    struct mkt_stream_voice voice; /* without `say`: events as they are */
    size_t next;                   /* index of the next event */
    /* what is being sent of the last event */
    char *text;
    size_t length, sent;
    /* once it is a response */
    struct mkt_server *server;
    struct mkt_watch *watch;
    struct mkt_watch_client *client;
    struct MHD_Connection *connection;
    atomic_bool gone, ping, stop;
};

mkt_status mkt_stream_make(struct mkt_job *job, size_t after, bool own, struct mkt_stream **out,
                           struct mkt_err *err)
{
    struct mkt_stream *s = calloc(1, sizeof *s);
    if (!s) {
        mkt_jobs_release(job);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for a stream of events");
    }
    s->job = job;
    s->next = after;
    s->own = own;
    s->voice = (struct mkt_stream_voice){.type = "text/event-stream", .ping = ": still here\n\n"};
    *out = s;
    return MKT_OK;
}

void mkt_stream_only(struct mkt_stream *stream, const char *name)
{
    stream->only = name;
}

static void set_text(struct mkt_stream *s, char *text)
{
    free(s->text);
    s->text = text;
    s->length = text ? strlen(text) : 0;
    s->sent = 0;
}

void mkt_stream_speak(struct mkt_stream *stream, const struct mkt_stream_voice *voice, char *first)
{
    stream->voice = *voice;
    set_text(stream, first);
}

void mkt_stream_drop(struct mkt_stream *stream)
{
    if (!stream) return;
    if (stream->voice.drop) stream->voice.drop(stream->voice.user);
    if (stream->own) mkt_jobs_cancel(stream->job);
    mkt_jobs_release(stream->job);
    free(stream->text);
    free(stream);
}

static void close_response(void *user)
{
    struct mkt_stream *s = user;
    mkt_watch_leave(s->watch, s->client);
    mkt_jobs_detach(s->job, &s->reader);
    mkt_stream_drop(s);
}

/* ---- asleep and awake; with the job locked ---- */

static bool fall_asleep(void *user)
{
    struct mkt_stream *s = user;
    if (atomic_load(&s->gone) || atomic_load(&s->ping) || atomic_load(&s->stop)) return false;
    MHD_suspend_connection(s->connection);
    return true;
}

static void wake_up(void *user)
{
    struct mkt_stream *s = user;
    MHD_resume_connection(s->connection);
}

/* On the watching thread: the client went, it is time for a comment, or the service ends. */
static void watched(void *user, mkt_watch_reason reason)
{
    struct mkt_stream *s = user;
    atomic_store(reason == MKT_WATCH_DEADLINE ? &s->ping
                 : reason == MKT_WATCH_STOP   ? &s->stop
                                              : &s->gone,
                 true);
    mkt_jobs_wake(s->job, &s->reader);
}

/* ---- sending; on the network's thread ---- */

/* In the voice of a protocol; NULL: it cannot be said. */
static char *said(struct mkt_stream *s, const struct mkt_job_event *event)
{
    struct mkt_server *server = s->server;
    struct mkt_buf out;
    char *copy = NULL;
    pthread_mutex_lock(&server->desk_lock);
    mkt_buf_init(&out, &server->desk);
    if (s->voice.say(s->voice.user, s->job, event, &out) && !out.failed)
        copy = strdup(out.length ? out.data : "");
    mkt_arena_reset(&server->desk, (size_t)1 << 20);
    pthread_mutex_unlock(&server->desk_lock);
    return copy;
}

/* The event as the standard writes it; NULL without memory. */
static char *plain(const struct mkt_stream *s, const struct mkt_job_event *event)
{
    char *text = NULL;
    int n = s->only ? asprintf(&text, "event: %s\ndata: %s\n\n", event->name, event->data)
                    : asprintf(&text, "id: %zu\nevent: %s\ndata: %s\n\n", s->next + 1, event->name,
                               event->data);
    return n < 0 ? NULL : text;
}

/* The next piece of text to send, or what to tell the library instead. */
static ssize_t fetch(struct mkt_stream *s)
{
    struct mkt_job_event event;
    if (atomic_load(&s->gone)) return MHD_CONTENT_READER_END_WITH_ERROR;
    if (atomic_exchange(&s->ping, false)) {
        set_text(s, strdup(s->voice.ping));
        mkt_watch_wait(s->watch, s->client, PING_MS, watched, s);
        return s->text ? 1 : MHD_CONTENT_READER_END_WITH_ERROR;
    }
    switch (mkt_jobs_next(s->job, &s->reader, s->next, &event)) {
    case MKT_JOB_ASLEEP:
        return 0;
    case MKT_JOB_REFUSED: /* nothing to send, and the service ends, or a reason that came since */
        return atomic_load(&s->stop) ? MHD_CONTENT_READER_END_OF_STREAM : fetch(s);
    case MKT_JOB_END:
        return MHD_CONTENT_READER_END_OF_STREAM;
    case MKT_JOB_EVENT:
        break;
    }
    if (s->only && strcmp(event.name, s->only) != 0) {
        s->next++;
        return fetch(s);
    }
    set_text(s, s->voice.say ? said(s, &event) : plain(s, &event));
    if (!s->text) return MHD_CONTENT_READER_END_WITH_ERROR;
    s->next++;
    return s->length ? 1 : fetch(s);
}

static ssize_t read_some(void *user, uint64_t at, char *out, size_t most)
{
    struct mkt_stream *s = user;
    (void)at;
    if (s->sent == s->length) {
        ssize_t more = fetch(s);
        if (more <= 0) return more;
    }
    size_t n = s->length - s->sent < most ? s->length - s->sent : most;
    memcpy(out, s->text + s->sent, n);
    s->sent += n;
    return (ssize_t)n;
}

struct MHD_Response *mkt_stream_response(struct mkt_stream *stream, struct mkt_exchange *x)
{
    stream->server = x->server;
    stream->watch = x->server->watch;
    stream->client = x->client;
    stream->connection = x->connection;
    stream->reader = (struct mkt_job_reader){.sleep = fall_asleep, .wake = wake_up, .user = stream};
    x->reply.stream = NULL;
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK, read_some, stream, close_response);
    if (!response) {
        mkt_stream_drop(stream);
        return NULL;
    }
    mkt_jobs_attach(stream->job, &stream->reader);
    mkt_watch_enter(stream->watch, stream->client, MKT_WATCH_STREAM);
    mkt_watch_wait(stream->watch, stream->client, PING_MS, watched, stream);
    MHD_add_response_header(response, "Content-Type", stream->voice.type);
    MHD_add_response_header(response, "X-Accel-Buffering", "no");
    return response;
}
