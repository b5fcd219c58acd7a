/* Where the tasks of other agents get their data and their workers: from the service, or a test. */
#ifndef MKT_A2A_A2A_HOST_H
#define MKT_A2A_A2A_HOST_H

#include "engine/jobs.h"
#include "engine/question.h"

struct mkt_a2a_host {
    const struct mkt_analysis *analysis;
    size_t analyses;
    mkt_words_wanted words; /* of a message that does not say */
    void *user;

    /* Names of the data sets, in byte order. */
    mkt_status (*names)(void *user, struct mkt_arena *arena, const char ***out, size_t *count,
                        struct mkt_err *err);

    /* The answer to a question about the data set of that name or the table in it. */
    mkt_status (*answer)(void *user, struct mkt_arena *arena, const struct mkt_question *question,
                         struct mkt_flag *flag, const struct mkt_listener *listener,
                         struct mkt_blob **out, struct mkt_err *err);

    /* Starts the work on an answer, as mkt_jobs_start does. Before it runs, `late` and `deadline_ms`
     * of the question are set, and `*narrated`: a model writes the words.
     *   wish_ms  the client's time for the words, -1 for the usual */
    mkt_status (*start)(void *user, struct mkt_question *question, int64_t wish_ms, bool *narrated,
                        mkt_jobs_task *task, void (*drop)(void *work), void *work,
                        struct mkt_job **out, struct mkt_err *err);

    /* Brings to the audit log what is about to leave. NULL: there is no log.
     *   owner    of the task
     *   request  SHA-256 of the message that it answers, hex
     *   answer   [n] the answer, or its facts before the words, as JSON
     * Errors  MKT_E_BUSY  it is not in the log: it must not leave */
    mkt_status (*log)(void *user, const char *owner, const char *request, const char *answer,
                      size_t n, struct mkt_err *err);
};

#endif
