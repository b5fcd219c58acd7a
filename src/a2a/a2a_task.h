/* The tasks: who made them, what was said, the job that works on them. For this room alone.
 *
 * A task lives in an arena of its own: what its clients make it remember is bounded by that. Locks
 * are taken in this order: the register's, a task's, those of the jobs.
 */
#ifndef MKT_A2A_A2A_TASK_H
#define MKT_A2A_A2A_TASK_H

#include <pthread.h>

#include "a2a/a2a_message.h"

#define MKT_A2A_TASK_MEMORY ((size_t)96 << 10)
#define MKT_A2A_TASK_HISTORY 32 /* messages kept of one task */
#define MKT_A2A_TASK_SAID 4096  /* bytes of what the agent says in a status */

typedef enum {
    MKT_A2A_SUBMITTED,
    MKT_A2A_WORKING,
    MKT_A2A_COMPLETED,
    MKT_A2A_FAILED,
    MKT_A2A_CANCELED,
    MKT_A2A_INPUT_REQUIRED,
    MKT_A2A_REJECTED
} mkt_a2a_state;

struct mkt_a2a_run;

/* A part as it is remembered: of a file its name and type, not its bytes. */
struct mkt_a2a_kept_part {
    mkt_a2a_part_kind kind;
    const char *text; /* TEXT as said, DATA as JSON; of both NULL when it was too long to keep */
    const char *name, *type;
};

struct mkt_a2a_kept {
    bool agent;
    const char *id;
    struct mkt_a2a_kept_part *part;
    size_t parts;
};

struct mkt_a2a_task {
    struct mkt_arena arena;
    struct mkt_a2a_task *next; /* in the register, newest first; its lock */
    atomic_uint refs;
    /* these never change */
    char id[MKT_JOBS_ID];
    char context[MKT_A2A_ID + 1];
    char owner[MKT_A2A_OWNER];
    uint64_t serial;
    int64_t wall_ms, clock_ms; /* when it was made, by the calendar and by CLOCK_MONOTONIC */

    pthread_mutex_t lock; /* all below */
    struct mkt_job *job;  /* the last, or NULL */
    mkt_a2a_state rest; /* without a job; and of a job's end that is not its own: INPUT_REQUIRED or
                             REJECTED, else COMPLETED */
    int64_t rest_ms;    /* when it came to that, without a job */
    bool canceled;
    int64_t canceled_ms;
    const char *said;            /* in the status, or NULL */
    struct mkt_a2a_run *waiting; /* what the client is asked to complete */
    unsigned turns, wanted;
    const char *name;  /* of the analysis: a constant */
    char dataset[160]; /* the last one named, for others of its context; or "" */
    struct mkt_a2a_kept history[MKT_A2A_TASK_HISTORY];
    size_t kept;
};

struct mkt_a2a {
    struct mkt_arena arena; /* it lives there */
    struct mkt_a2a_options options;
    pthread_mutex_t lock; /* all below */
    struct mkt_a2a_task *first;
    size_t tasks;
    uint64_t made;
};

/* A task at one moment; texts are copied into the arena. */
struct mkt_a2a_view {
    struct mkt_a2a_task *task;
    mkt_a2a_state state;
    int64_t at_ms; /* of the state, by the calendar */
    const char *said;
    const char *name;
    unsigned turns, wanted;
    struct mkt_job *job;     /* held; or NULL */
    size_t events;           /* that it had told by then */
    struct mkt_blob *answer; /* held; or NULL */
};

bool mkt_a2a_task_is_over(mkt_a2a_state state);   /* for good */
bool mkt_a2a_task_is_waited(mkt_a2a_state state); /* nothing happens before somebody acts */

/* A new task, not in the register yet, with one reference.
 *   context  the client's, or NULL for a new one
 * Errors  MKT_E_NOMEM, MKT_E_INTERNAL (no random bytes) */
MKT_MUST_CHECK mkt_status mkt_a2a_task_make(const char *owner, const char *context,
                                            struct mkt_a2a_task **out, struct mkt_err *err);
struct mkt_a2a_task *mkt_a2a_task_hold(struct mkt_a2a_task *task);
void mkt_a2a_task_release(struct mkt_a2a_task *task); /* NULL is allowed */

/* Into the register; the oldest that ended makes room.
 * Errors  MKT_E_BUSY  none has ended */
MKT_MUST_CHECK mkt_status mkt_a2a_task_add(struct mkt_a2a *a2a, struct mkt_a2a_task *task,
                                           struct mkt_err *err);

/* Held for the caller; NULL when the owner has none of that id. */
struct mkt_a2a_task *mkt_a2a_task_find(struct mkt_a2a *a2a, const char *owner, const char *id);

/* All tasks of the owner, newest first, each held; the array is in the arena. */
MKT_MUST_CHECK mkt_status mkt_a2a_task_all(struct mkt_a2a *a2a, const char *owner,
                                           struct mkt_arena *arena, struct mkt_a2a_task ***out,
                                           size_t *count, struct mkt_err *err);

void mkt_a2a_task_sweep(struct mkt_a2a *a2a);

/* With the task's lock held. */
mkt_a2a_state mkt_a2a_task_state(const struct mkt_a2a_task *task);

/* Errors  MKT_E_NOMEM (nothing is held then) */
MKT_MUST_CHECK mkt_status mkt_a2a_task_view(struct mkt_a2a_task *task, struct mkt_arena *arena,
                                            struct mkt_a2a_view *out, struct mkt_err *err);
void mkt_a2a_view_drop(struct mkt_a2a_view *view);

/* Remembers what a client said, as far as there is room. With the task's lock held. */
void mkt_a2a_task_remember(struct mkt_a2a_task *task, const struct mkt_a2a_message *message);

/* The same of what the agent says in the status, before it says something else. */
void mkt_a2a_task_remember_said(struct mkt_a2a_task *task);

/* Sets what the agent says, and in which state the task rests: no job of it runs. With the task's
 * lock held. */
void mkt_a2a_task_rest(struct mkt_a2a_task *task, mkt_a2a_state state, const char *sentence);

/* Only what is said, cleaned. With the task's lock held. */
void mkt_a2a_task_say(struct mkt_a2a_task *task, const char *sentence);

#endif
