/* The work on one answer: a question, and the job that asks it. For this room alone.
 *
 * A run lives in an arena of its own with a copy of its question: the message may go. Its job tells
 * what happens by events:
 *
 *     working   a stage in words, or null          facts   an answer before its words, as JSON
 *     sentence  as a model writes it, or null      and those of every job's end
 *
 * Facts and answer are in the audit log before they are told; what cannot be logged is not told.
 */
#ifndef MKT_A2A_A2A_RUN_H
#define MKT_A2A_A2A_RUN_H

#include "a2a/a2a_task.h"
#include "base/hash.h"

#define MKT_A2A_RUN_KEPT ((size_t)64 << 10) /* table bytes that are kept for a client's next word */

struct mkt_a2a_run {
    struct mkt_arena arena;
    atomic_uint refs;
    const struct mkt_a2a_host *host;
    struct mkt_a2a_task *task; /* held while its job may run */
    struct mkt_question question;
    int64_t wish_ms;
    bool narrated;
    char request[MKT_SHA256_TEXT]; /* of the message */
    pthread_mutex_t lock;          /* progress may come from another thread */
    char stage[64];
};

/* A run of one reference, with a copy of the question.
 *   wish_ms  the client's time for the words, -1 for the usual
 *   request  SHA-256 of the message that asks it, hex
 * Errors   MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_a2a_run_make(const struct mkt_a2a_host *host,
                                           const struct mkt_question *question, int64_t wish_ms,
                                           const char *request, struct mkt_a2a_run **out,
                                           struct mkt_err *err);
void mkt_a2a_run_drop(struct mkt_a2a_run *run); /* NULL is allowed */

/* Starts it as the task's job; the task's lock is held.
 * Errors  those of the host's start; the task stays as it was */
MKT_MUST_CHECK mkt_status mkt_a2a_run_start(struct mkt_a2a_run *run, struct mkt_a2a_task *task,
                                            struct mkt_err *err);

#endif
