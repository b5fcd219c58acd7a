/* A task on its way through the scheduler: tokens cut, grammars read, results as they come.
 *
 * The caller's thread opens it and reads what has been published of it; between that the
 * scheduler's thread owns it. `lock` is the scheduler's.
 */
#ifndef MKT_LLM_JOB_H
#define MKT_LLM_JOB_H

#include <pthread.h>

#include "llm/part.h"
#include "llm/turn.h"

#define MKT_JOB_PARTS 16 /* texts of one task at most */

typedef enum {
    MKT_JOB_CONSTANT, /* waits for the constant part of its prompt */
    MKT_JOB_DATA,     /* feeds what is its own of the prompt */
    MKT_JOB_TEXTS     /* writes its parts */
} mkt_job_stage;

/* Tokens on their way into one sequence of the model's memory. */
struct mkt_job_stream {
    int32_t seq; /* -1: none yet */
    const int32_t *token;
    int tokens, fed, position; /* position: of the next token in the sequence */
    int row;                   /* its last token's place in the last batch; -1 for none */
};

struct mkt_job {
    struct mkt_llm_task *task;
    struct mkt_arena arena;
    const int32_t *constant, *data; /* the prompt's two shared parts, the turn's head included */
    int constants, datas;

    struct mkt_part part[MKT_JOB_PARTS];
    struct mkt_job_stream stream[MKT_JOB_PARTS], shared;
    size_t parts;
    int cells; /* of the model's memory, without the constant part */

    /* the scheduler's */
    struct mkt_job *next; /* in the queue */
    struct mkt_prefix *prefix;
    mkt_job_stage stage;
    pthread_cond_t changed;
    size_t published[MKT_JOB_PARTS]; /* bytes of each text that the caller may read */
    bool queued, finished;
    struct mkt_err err; /* why it failed, if it did */
};

/* Cuts the prompt and reads the grammars. `context`: the most tokens that fit one text with its
 * prompt.
 *
 * Errors  MKT_E_ARG    too many parts, a text that is not UTF-8, a grammar that cannot be read
 *         MKT_E_LIMIT  prompt and parts do not fit the context
 *         MKT_E_NOMEM  no memory */
MKT_MUST_CHECK mkt_status mkt_job_open(struct mkt_job *job, struct mkt_llm_task *task,
                                       const struct mkt_vocab *vocab, const struct mkt_turn *turn,
                                       int context, struct mkt_err *err);
void mkt_job_close(struct mkt_job *job);

/* Whether its caller has left, or its time is up; `now` in milliseconds. */
bool mkt_job_cancelled(const struct mkt_job *job);
bool mkt_job_late(const struct mkt_job *job, int64_t now);

/* Copies the texts into the caller's arena, once it is finished. */
MKT_MUST_CHECK mkt_status mkt_job_deliver(struct mkt_job *job, struct mkt_arena *arena,
                                          struct mkt_err *err);

#endif
