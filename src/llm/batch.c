#include "llm/batch.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

/* Tokens of one stream in the batch. */
struct run {
    struct mkt_job *job;
    struct mkt_prefix *prefix; /* the stream is a prefix's */
    int part;                  /* the stream is this part's; -1: prefix or shared prompt */
    int at, tokens;            /* where in the batch, how many */
};

struct step {
    struct mkt_scheduler *s;
    struct run run[MKT_SCHEDULER_ACTIVE * (MKT_JOB_PARTS + 1)];
    int runs, rows;
    int64_t checked_ms; /* when the abort callback last looked */
    bool left;          /* and what it found at last */
};

/* ---- filling it */

static void put(struct step *b, struct run run, int32_t seq, const int32_t *token, int position,
                bool last)
{
    struct llama_batch *to = &b->s->batch;
    run.at = to->n_tokens;
    for (int i = 0; i < run.tokens; i++) {
        int at = to->n_tokens++;
        to->token[at] = token[i];
        to->pos[at] = position + i;
        to->n_seq_id[at] = 1;
        to->seq_id[at][0] = seq;
        to->logits[at] = last && i == run.tokens - 1;
    }
    b->rows += last;
    b->run[b->runs++] = run;
}

/* Puts up to `most` tokens of a stream into the batch. */
static int put_stream(struct step *b, struct mkt_job *job, int part, int most)
{
    struct mkt_job_stream *stream = part < 0 ? &job->shared : &job->stream[part];
    int left = stream->tokens - stream->fed;
    int n = left < most ? left : most;
    bool last = part >= 0 && n == left;
    if (n <= 0 || (last && b->rows >= b->s->rows)) return 0;
    if (last) stream->row = b->s->batch.n_tokens + n - 1;
    struct run run = {.job = job, .part = part, .tokens = n};
    put(b, run, stream->seq, stream->token + stream->fed, stream->position, last);
    return n;
}

static int put_prefix(struct step *b, struct mkt_job *job, int most)
{
    struct mkt_prefix *p = job->prefix;
    for (int i = 0; i < b->runs; i++) {
        if (b->run[i].prefix == p) return 0; /* another task waits for the same one */
    }
    int left = p->tokens - p->fed, n = left < most ? left : most;
    if (n <= 0) return 0;
    struct run run = {.job = job, .prefix = p, .part = -1, .tokens = n};
    put(b, run, p->seq, p->token + p->fed, p->fed, false);
    return n;
}

static bool is_writing(const struct mkt_job *job, size_t part)
{
    return !job->part[part].over &&
           job->stream[part].tokens - job->stream[part].fed <= MKT_BATCH_SHORT;
}

/* The job that is number `i` in this step's round. */
static struct mkt_job *in_turn(const struct mkt_scheduler *s, int i)
{
    return s->active[(s->turn + i) % s->actives];
}

static int room(const struct step *b)
{
    return b->s->batch_tokens - b->s->batch.n_tokens;
}

static void fill_texts(struct step *b)
{
    for (int i = 0; i < b->s->actives; i++) {
        struct mkt_job *job = in_turn(b->s, i);
        if (job->stage != MKT_JOB_TEXTS) continue;
        for (size_t k = 0; k < job->parts; k++) {
            if (is_writing(job, k)) put_stream(b, job, (int)k, room(b));
        }
    }
}

static void fill_prompts(struct step *b)
{
    int most = b->runs && MKT_BATCH_BESIDE < room(b) ? MKT_BATCH_BESIDE : room(b);
    for (int i = 0; i < b->s->actives && most > 0; i++) {
        struct mkt_job *job = in_turn(b->s, i);
        if (job->stage == MKT_JOB_CONSTANT) most -= put_prefix(b, job, most);
        if (job->stage == MKT_JOB_DATA) most -= put_stream(b, job, -1, most);
        if (job->stage != MKT_JOB_TEXTS) continue;
        for (size_t k = 0; k < job->parts && most > 0; k++) {
            if (!job->part[k].over && !is_writing(job, k)) most -= put_stream(b, job, (int)k, most);
        }
    }
}

/* ---- running it */

/* Whether nobody in the batch waits for it any more. Called by the library, often. */
static bool abandoned(void *user)
{
    struct step *b = user;
    int64_t now = mkt_clock_ms();
    if (b->left || now == b->checked_ms) return b->left;
    b->checked_ms = now;
    for (int i = 0; i < b->runs; i++) {
        if (!mkt_job_cancelled(b->run[i].job) && !mkt_job_late(b->run[i].job, now)) return false;
    }
    return b->left = true;
}

static void set_threads(struct mkt_scheduler *s)
{
    int threads = s->threads;
    bool computing = s->computing && atomic_load(s->computing) > 0;
    if (computing && threads > 1 && !s->one_by_one) threads--;
    if (threads == s->threads_now) return;
    llama_set_n_threads(s->context, threads, threads);
    s->threads_now = threads;
}

/* ---- what comes of it */

static bool is_text_run(const struct run *run)
{
    return run->part >= 0 && run->job->part[run->part].sampled > 0;
}

static void fed_prefix(struct mkt_scheduler *s, const struct run *run)
{
    struct mkt_prefix *p = run->prefix;
    if (p->fed == 0) p->begin = s->head + run->at;
    p->fed += run->tokens;
    if (!mkt_prefix_whole(p)) return;
    mkt_scheduler_settle(s, p, s->head + run->at + run->tokens);
    mkt_prefix_keep(&s->prefixes, p);
}

static void count_run(struct step *b, const struct run *run, int64_t us)
{
    struct mkt_llm_task *task = run->job->task;
    bool first = true, writes = false;
    for (int i = 0; i < b->runs; i++) {
        if (b->run[i].job != run->job) continue;
        if (&b->run[i] < run) first = false;
        writes |= is_text_run(&b->run[i]);
    }
    if (first) *(writes ? &task->decode_us : &task->prefill_us) += us;
    if (!is_text_run(run)) task->prefilled += run->tokens;
}

static void measure(struct step *b, int64_t us)
{
    struct mkt_scheduler *s = b->s;
    int writing = 0;
    for (int i = 0; i < b->runs; i++) writing += is_text_run(&b->run[i]);
    if (writing == 0) {
        s->fed_tokens += s->batch.n_tokens;
        s->fed_us += (double)us;
    } else if (writing == b->runs) {
        s->written_tokens += s->batch.n_tokens;
        s->written_us += (double)us;
    }
    pthread_mutex_lock(&s->lock);
    if (s->fed_us > 0) s->speed.prefill_per_s = s->fed_tokens / s->fed_us * 1e6;
    if (s->written_us > 0) s->speed.decode_per_s = s->written_tokens / s->written_us * 1e6;
    pthread_mutex_unlock(&s->lock);
}

static void choose(struct mkt_scheduler *s, struct mkt_job *job, int part)
{
    struct mkt_job_stream *stream = &job->stream[part];
    const float *logits = llama_get_logits_ith(s->context, stream->row);
    stream->row = -1;
    int64_t begin = mkt_clock_us();
    mkt_part_go_on(&job->part[part], &s->tools, logits, job->task->temperature);
    job->task->sample_us += mkt_clock_us() - begin;
    stream->token = job->part[part].feed;
    stream->tokens = job->part[part].feeds;
    stream->fed = 0;
}

static void take_results(struct step *b, int64_t us)
{
    struct mkt_scheduler *s = b->s;
    measure(b, us);
    for (int i = 0; i < b->runs; i++) count_run(b, &b->run[i], us);
    for (int i = 0; i < b->runs; i++) {
        struct run *run = &b->run[i];
        if (run->prefix) {
            fed_prefix(s, run);
            continue;
        }
        struct mkt_job_stream *stream =
            run->part < 0 ? &run->job->shared : &run->job->stream[run->part];
        stream->fed += run->tokens;
        stream->position += run->tokens;
    }
    s->head += s->batch.n_tokens;
    for (int i = 0; i < b->runs; i++) {
        if (b->run[i].part >= 0 && b->run[i].job->stream[b->run[i].part].row >= 0) {
            choose(s, b->run[i].job, b->run[i].part);
        }
    }
}

mkt_status mkt_batch_step(struct mkt_scheduler *s, struct mkt_err *err)
{
    struct step b = {.s = s};
    s->batch.n_tokens = 0;
    fill_texts(&b);
    fill_prompts(&b);
    s->turn++;
    assert(s->batch.n_tokens > 0);
    set_threads(s);
    llama_set_abort_callback(s->context, abandoned, &b);
    int64_t begin = mkt_clock_us();
    int code = llama_decode(s->context, s->batch);
    int64_t us = mkt_clock_us() - begin;
    llama_set_abort_callback(s->context, NULL, NULL);
    if (code == 0) {
        take_results(&b, us);
        return MKT_OK;
    }
    for (int i = 0; i < b.runs; i++) {
        if (b.run[i].part >= 0) b.run[i].job->stream[b.run[i].part].row = -1;
    }
    if (code == 2) return MKT_OK; /* abandoned: the library has taken the batch back */
    mkt_err_set(err, MKT_E_INTERNAL, "the language model failed (llama_decode: %d)", code);
    for (int i = 0; i < b.runs; i++) {
        mkt_err_set(&b.run[i].job->err, MKT_E_INTERNAL, "%s", err->text);
    }
    return MKT_E_INTERNAL;
}
