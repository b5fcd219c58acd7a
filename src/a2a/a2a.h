/* The Agent2Agent protocol, apart from how its messages travel.
 *
 *     bytes of a message --mkt_a2a_answer--> one response, or events --mkt_a2a_line_say--> more
 *
 * Two versions are spoken at once: 1.0, and 0.3 where a client says no version. What is asked for
 * becomes a task: it is worked on by a job (engine/jobs.h), whoever listens, and kept for a while.
 * A task belongs to whoever made it; for anybody else there is no such task. Nothing here computes
 * or waits: an answer that is not there yet is followed on a line, which says the job's events in
 * the client's version.
 *
 * Source  a2a-protocol.org, specifications 1.0.1 and 0.3.0
 */
#ifndef MKT_A2A_A2A_H
#define MKT_A2A_A2A_H

#include "a2a/a2a_host.h"
#include "wire/jsonrpc.h"

typedef enum { MKT_A2A_03, MKT_A2A_10 } mkt_a2a_version;

#define MKT_A2A_OWNER 72 /* bytes that tell owners apart, NUL included */

struct mkt_a2a;
struct mkt_a2a_task;

struct mkt_a2a_options {
    const struct mkt_a2a_host *host; /* must outlive it */
    struct mkt_json_limits limits;   /* of a message */
    size_t tasks;                    /* kept; the oldest that ended makes room */
    int64_t keep_ms;                 /* of a task that has ended or waits for its client */
};

/* Errors  MKT_E_NOMEM
 * Checked tests/a2a/a2a_test.c */
MKT_MUST_CHECK mkt_status mkt_a2a_open(const struct mkt_a2a_options *options, struct mkt_a2a **out,
                                       struct mkt_err *err);
void mkt_a2a_close(struct mkt_a2a *a2a); /* no job may run and no line be open; NULL is allowed */

/* Forgets what is old. Call about once a second. */
void mkt_a2a_tick(struct mkt_a2a *a2a);

/* What the transport knows of the client. */
struct mkt_a2a_peer {
    const char *version; /* as it says (HTTP's header); NULL or "" for 0.3 */
    const char *owner;   /* whose tasks it may see; under MKT_A2A_OWNER bytes */
};

/* "" and "0.3" are 0.3, "1.0" is 1.0, with or without a patch number; false for any other. */
bool mkt_a2a_version_read(const char *text, mkt_a2a_version *out);

/* A client that follows a task. */
struct mkt_a2a_line {
    struct mkt_a2a_task *task; /* held */
    struct mkt_job *job;       /* held */
    mkt_a2a_version version;
    bool waits;                  /* for one response at the end; else it gets events */
    size_t after;                /* index of the job's event to go on with */
    int64_t history;             /* messages of it in the response; -1 for all */
    unsigned facts, sentences;   /* said so far */
    char id[MKT_JSONRPC_ID + 1]; /* of the request: a string, or */
    bool numbered;
    int64_t number;
};

typedef enum {
    MKT_A2A_SINGLE, /* one response was sent */
    MKT_A2A_EVENTS, /* all events of a stream were sent */
    MKT_A2A_FOLLOW, /* `line` is open; of a stream the first event was sent */
    MKT_A2A_NOTHING /* the message asks for no response */
} mkt_a2a_manner;

struct mkt_a2a_outcome {
    mkt_a2a_manner manner;
    bool unread; /* a refusal: no request that could be understood, or a version not spoken */
    bool busy;   /* a refusal that may not last */
    int code;    /* of the error that was sent, or 0 */
    struct mkt_a2a_line line;
};

/* Sends one JSON text on one line; `n` is without its NUL. */
typedef void mkt_a2a_send(void *user, const char *json, size_t n);

/* Answers one message.
 *   arena    scratch; empty or not
 * Checked  tests/a2a/a2a_test.c, tests/fuzz/a2a_message_fuzz.c */
void mkt_a2a_answer(struct mkt_a2a *a2a, struct mkt_arena *arena, const char *bytes, size_t n,
                    const struct mkt_a2a_peer *peer, struct mkt_a2a_outcome *out,
                    mkt_a2a_send *send, void *user);

/* Sends what an event of the line's job is to its client: nothing, or one or more texts.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_a2a_line_say(struct mkt_a2a_line *line, struct mkt_arena *arena,
                                           const struct mkt_job_event *event, mkt_a2a_send *send,
                                           void *user, struct mkt_err *err);

/* Gives the task back; the job is the caller's. */
void mkt_a2a_line_close(struct mkt_a2a_line *line);

#endif
