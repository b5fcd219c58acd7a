#include "llm/job.h"

#include <string.h>

#define PROMPT_MEMORY (512u << 20) /* address space for the tokens of one prompt */

/* Two runs of tokens one after the other. */
static mkt_status joined(struct mkt_arena *arena, const int32_t *a, int as, const int32_t *b,
                         int bs, const int32_t **out, struct mkt_err *err)
{
    int32_t *both = MKT_NEW(arena, int32_t, (size_t)as + (size_t)bs + 1);
    if (!both) return mkt_arena_full(arena, err);
    if (as) memcpy(both, a, (size_t)as * sizeof *both);
    if (bs) memcpy(both + as, b, (size_t)bs * sizeof *both);
    *out = both;
    return MKT_OK;
}

/* The turn's head and the constant text; then what is this task's own. Without a constant text
 * the head goes before the data. */
static mkt_status cut_shared(struct mkt_job *job, const struct mkt_vocab *v,
                             const struct mkt_turn *turn, struct mkt_err *err)
{
    const char *constant = job->task->constant ? job->task->constant : "";
    const char *data = job->task->data ? job->task->data : "";
    int32_t *a, *b;
    int as, bs;
    MKT_TRY(mkt_vocab_cut(v, &job->arena, constant, strlen(constant), false, &a, &as, err));
    MKT_TRY(mkt_vocab_cut(v, &job->arena, data, strlen(data), as > 0, &b, &bs, err));
    if (as) {
        job->constants = turn->heads + as;
        job->datas = bs;
        job->data = b;
        return joined(&job->arena, turn->head, turn->heads, a, as, &job->constant, err);
    }
    job->datas = turn->heads + bs;
    return joined(&job->arena, turn->head, turn->heads, b, bs, &job->data, err);
}

/* A part's own question, the turn's tail, and what its answer must begin with. */
static mkt_status open_part(struct mkt_job *job, size_t i, const struct mkt_vocab *v,
                            const struct mkt_turn *turn, struct mkt_err *err)
{
    const struct mkt_llm_part *asked = &job->task->part[i];
    const char *ask = asked->ask ? asked->ask : "";
    struct mkt_job_stream *s = &job->stream[i];
    int32_t *own;
    int owns;
    bool continues = job->constants + job->datas > turn->heads;
    MKT_TRY(mkt_vocab_cut(v, &job->arena, ask, strlen(ask), continues, &own, &owns, err));
    MKT_TRY(joined(&job->arena, own, owns, turn->tail, turn->tails, &s->token, err));
    s->tokens = owns + turn->tails;
    s->seq = s->row = -1;
    job->cells += s->tokens + mkt_part_room(asked);
    MKT_TRY(mkt_part_open(&job->part[i], asked, v, err));
    job->parts++;
    return MKT_OK;
}

static mkt_status open_parts(struct mkt_job *job, const struct mkt_vocab *v,
                             const struct mkt_turn *turn, int context, struct mkt_err *err)
{
    const struct mkt_llm_task *task = job->task;
    long cells = (long)job->constants + job->datas;
    for (size_t i = 0; i < task->parts; i++) cells += mkt_part_room(&task->part[i]);
    if (cells <= context) {
        for (size_t i = 0; i < task->parts; i++) MKT_TRY(open_part(job, i, v, turn, err));
        cells = (long)job->constants + job->cells;
    }
    if (cells <= context) return MKT_OK;
    return mkt_err_set(err, MKT_E_LIMIT,
                       "the prompt and the texts need %ld tokens; the model's memory holds %d",
                       cells, context);
}

mkt_status mkt_job_open(struct mkt_job *job, struct mkt_llm_task *task, const struct mkt_vocab *v,
                        const struct mkt_turn *turn, int context, struct mkt_err *err)
{
    *job = (struct mkt_job){.task = task, .shared = {.seq = -1, .row = -1}};
    if (task->parts > MKT_JOB_PARTS) {
        return mkt_err_set(err, MKT_E_ARG, "%zu texts in one task; the model takes %d", task->parts,
                           MKT_JOB_PARTS);
    }
    MKT_TRY(mkt_arena_open(&job->arena, PROMPT_MEMORY, err));
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&job->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);

    mkt_status status = cut_shared(job, v, turn, err);
    job->cells = job->datas;
    if (!status) status = open_parts(job, v, turn, context, err);
    if (status) mkt_job_close(job);
    return status;
}

void mkt_job_close(struct mkt_job *job)
{
    for (size_t i = 0; i < job->parts; i++) mkt_part_close(&job->part[i]);
    pthread_cond_destroy(&job->changed);
    mkt_arena_close(&job->arena);
}

bool mkt_job_cancelled(const struct mkt_job *job)
{
    return job->task->cancel && atomic_load(job->task->cancel);
}

bool mkt_job_late(const struct mkt_job *job, int64_t now)
{
    return job->task->deadline_ms && now >= job->task->deadline_ms;
}

mkt_status mkt_job_deliver(struct mkt_job *job, struct mkt_arena *arena, struct mkt_err *err)
{
    if (job->err.status) return mkt_err_set(err, job->err.status, "%s", job->err.text);
    for (size_t i = 0; i < job->parts; i++) {
        struct mkt_llm_part *out = &job->task->part[i];
        const struct mkt_part *p = &job->part[i];
        char *text = mkt_arena_strndup(arena, p->text, p->whole);
        if (!text) return mkt_arena_full(arena, err);
        out->text = text;
        out->done = p->done;
        out->sampled = p->sampled;
    }
    return MKT_OK;
}
