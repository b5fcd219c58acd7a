#include "llm/scheduler.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "llm/batch.h"

#define SCRATCH (256u << 20) /* address space for what one choice needs */
#define POLL_MS 20           /* a waiting task looks so often whether its caller has left */

/* ---- the model's memory */

void mkt_scheduler_settle(struct mkt_scheduler *s, struct mkt_prefix *p, int end)
{
    p->low = p->begin == s->low && end - p->begin == p->tokens;
    if (p->low) s->low = end;
}

static void drop(struct mkt_scheduler *s, struct mkt_prefix *p)
{
    if (p->low) s->low = 0; /* the caller drops the others too */
    mkt_prefix_drop(&s->prefixes, p);
}

/* Nobody runs: takes all cells back but those of prefixes at the very beginning, or, if
 * `prefixes`, of those too. */
static void clear_memory(struct mkt_scheduler *s, bool prefixes)
{
    llama_memory_t memory = llama_get_memory(s->context);
    for (int i = 0; i < MKT_PREFIX_SLOTS; i++) {
        struct mkt_prefix *p = &s->prefixes.slot[i];
        if (prefixes || !p->low) drop(s, p);
    }
    for (int i = s->seqs; i < MKT_SCHEDULER_SEQS - MKT_PREFIX_SLOTS; i++) {
        llama_memory_seq_rm(memory, s->seq[i], -1, -1);
    }
    s->seqs = MKT_SCHEDULER_SEQS - MKT_PREFIX_SLOTS;
    s->head = s->planned = s->low;
}

static bool fits(const struct mkt_scheduler *s, const struct mkt_job *job, int need)
{
    return s->planned + need <= s->cells && s->seqs >= (int)job->parts + 1;
}

/* Finds room for a job: cells, sequences, and a slot for its prefix. False: later. */
static bool admit(struct mkt_scheduler *s, struct mkt_job *job)
{
    if (s->one_by_one && s->actives) return false;
    if (s->one_by_one) clear_memory(s, true);
    for (int tries = 0; tries < 3; tries++) {
        bool there =
            !job->constants || mkt_prefix_here(&s->prefixes, job->constant, job->constants);
        int need = job->cells + (there ? 0 : job->constants);
        bool good = fits(s, job, need);
        if (good && job->constants) {
            job->prefix = mkt_prefix_find(&s->prefixes, job->constant, job->constants);
            good = job->prefix != NULL;
        }
        if (good) {
            s->planned += need;
            job->shared.seq = s->seq[--s->seqs];
            for (size_t i = 0; i < job->parts; i++) job->stream[i].seq = s->seq[--s->seqs];
            return true;
        }
        if (s->actives) return false;
        clear_memory(s, tries > 0);
    }
    mkt_err_set(&job->err, MKT_E_NOMEM, "no memory for the prompt's constant part");
    return true;
}

/* ---- from stage to stage */

static void start_data(struct mkt_scheduler *s, struct mkt_job *job)
{
    if (job->prefix) {
        llama_memory_seq_cp(llama_get_memory(s->context), job->prefix->seq, job->shared.seq, -1,
                            -1);
    }
    job->shared.token = job->data;
    job->shared.tokens = job->datas;
    job->shared.position = job->constants;
    job->stage = MKT_JOB_DATA;
}

static mkt_status start_texts(struct mkt_scheduler *s, struct mkt_job *job)
{
    llama_memory_t memory = llama_get_memory(s->context);
    for (size_t i = 0; i < job->parts; i++) {
        struct mkt_job_stream *to = &job->stream[i];
        struct mkt_part *part = &job->part[i];
        llama_memory_seq_cp(memory, job->shared.seq, to->seq, -1, -1);
        to->position = job->constants + job->datas;
        mkt_part_begin(part, &s->tools);
        int32_t *both = MKT_NEW(&job->arena, int32_t, (size_t)to->tokens + (size_t)part->feeds);
        if (!both) return mkt_arena_full(&job->arena, &job->err);
        memcpy(both, to->token, (size_t)to->tokens * sizeof *both);
        if (part->feeds) {
            memcpy(both + to->tokens, part->feed, (size_t)part->feeds * sizeof *both);
        }
        to->token = both;
        to->tokens += part->feeds;
    }
    job->stage = MKT_JOB_TEXTS;
    return MKT_OK;
}

static void advance(struct mkt_scheduler *s, struct mkt_job *job)
{
    struct mkt_prefix *p = job->prefix;
    if (job->err.status) return;
    if (job->stage == MKT_JOB_CONSTANT && p && !p->fed) {
        p->begin = s->head;
        if (mkt_prefix_restore(&s->prefixes, p)) {
            s->head += p->tokens;
            mkt_scheduler_settle(s, p, s->head);
        }
    }
    if (job->stage == MKT_JOB_CONSTANT && (!p || mkt_prefix_whole(p))) start_data(s, job);
    if (job->stage == MKT_JOB_DATA && job->shared.fed == job->shared.tokens) {
        if (start_texts(s, job) != MKT_OK) assert(job->err.status);
    }
}

/* ---- the end of a job */

/* Whether nothing is left to do for it; sets its error if it has failed. */
static bool is_over(struct mkt_job *job, int64_t now)
{
    if (job->err.status) return true;
    if (mkt_job_cancelled(job)) {
        mkt_err_set(&job->err, MKT_E_CANCELLED, "the task was cancelled");
        return true;
    }
    bool all = job->stage == MKT_JOB_TEXTS;
    for (size_t i = 0; i < job->parts; i++) {
        all = all && job->part[i].over;
        if (!job->part[i].failed) continue;
        mkt_err_set(&job->err, MKT_E_LIMIT, "text %zu: its grammar has more states than %u MB hold",
                    i, MKT_PART_MEMORY >> 20);
        return true;
    }
    return all || mkt_job_late(job, now);
}

/* Lets the caller see what there is. After `finished` the job is the caller's. */
static void publish(struct mkt_scheduler *s, struct mkt_job *job, bool finished)
{
    bool news = finished;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < job->parts; i++) {
        news |= job->published[i] != job->part[i].whole;
        job->published[i] = job->part[i].whole;
    }
    job->finished = finished;
    if (news) pthread_cond_signal(&job->changed);
    pthread_mutex_unlock(&s->lock);
}

static void publish_all(struct mkt_scheduler *s)
{
    int64_t now = mkt_clock_ms();
    int kept = 0;
    for (int i = 0; i < s->actives; i++) {
        bool over = is_over(s->active[i], now);
        if (!over) s->active[kept++] = s->active[i];
        publish(s, s->active[over ? i : kept - 1], over);
    }
    s->actives = kept;
}

/* ---- the thread */

/* Takes the first of the queue if there is room for it; waits if there is nothing to do. False
 * when it is time to stop. */
static bool take(struct mkt_scheduler *s)
{
    bool go_on = true;
    pthread_mutex_lock(&s->lock);
    while (go_on) {
        while (s->first && s->actives < MKT_SCHEDULER_ACTIVE && admit(s, s->first)) {
            struct mkt_job *job = s->first;
            s->first = job->next;
            if (!s->first) s->last = NULL;
            s->queued--;
            job->queued = false;
            s->active[s->actives++] = job;
        }
        if (s->actives) break;
        go_on = !s->stop || s->first;
        if (go_on && !s->first) pthread_cond_wait(&s->work, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return go_on;
}

static void *serve(void *user)
{
    struct mkt_scheduler *s = user;
    while (take(s)) {
        for (int i = 0; i < s->actives; i++) advance(s, s->active[i]);
        publish_all(s); /* some may be late, cancelled or complete already */
        if (!s->actives) continue;
        struct mkt_err err = {0};
        if (mkt_batch_step(s, &err) != MKT_OK) {
            for (int i = 0; i < s->actives; i++) {
                mkt_err_set(&s->active[i]->err, MKT_E_INTERNAL, "%s", err.text);
            }
            publish_all(s);
            clear_memory(s, true);
            continue;
        }
        publish_all(s);
    }
    return NULL;
}

/* ---- the callers */

static void unqueue(struct mkt_scheduler *s, struct mkt_job *job)
{
    struct mkt_job **at = &s->first, *before = NULL;
    for (; *at != job; at = &(*at)->next) before = *at;
    *at = job->next;
    if (s->last == job) s->last = before;
    s->queued--;
    job->queued = false;
    job->finished = true;
}

static void wait_a_little(struct mkt_scheduler *s, struct mkt_job *job)
{
    if (!job->queued) {
        pthread_cond_wait(&job->changed, &s->lock);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += POLL_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&job->changed, &s->lock, &until);
    if (!job->queued) return;
    if (mkt_job_cancelled(job)) {
        unqueue(s, job);
        mkt_err_set(&job->err, MKT_E_CANCELLED, "the task was cancelled");
    } else if (mkt_job_late(job, mkt_clock_ms())) {
        unqueue(s, job);
    }
}

/* Hands out the pieces that are new; whether there were any. The lock is held. */
static bool show_pieces(struct mkt_scheduler *s, struct mkt_job *job, size_t *shown)
{
    struct mkt_llm_task *task = job->task;
    bool any = false;
    for (size_t i = 0; task->piece && i < job->parts; i++) {
        size_t to = job->published[i];
        if (to == shown[i]) continue;
        pthread_mutex_unlock(&s->lock);
        task->piece(task->user, i, job->part[i].text + shown[i], to - shown[i]);
        pthread_mutex_lock(&s->lock);
        shown[i] = to;
        any = true;
    }
    return any;
}

mkt_status mkt_scheduler_run(struct mkt_scheduler *s, struct mkt_job *job, struct mkt_err *err)
{
    size_t shown[MKT_JOB_PARTS] = {0};
    pthread_mutex_lock(&s->lock);
    if (s->queued >= s->queue_max) {
        pthread_mutex_unlock(&s->lock);
        return mkt_err_set(err, MKT_E_BUSY, "%d tasks wait for the language model already",
                           s->queue_max);
    }
    if (s->last) {
        s->last->next = job;
    } else {
        s->first = job;
    }
    s->last = job;
    s->queued++;
    job->queued = true;
    pthread_cond_signal(&s->work);
    for (;;) {
        if (show_pieces(s, job, shown)) continue;
        if (job->finished) break;
        wait_a_little(s, job);
    }
    pthread_mutex_unlock(&s->lock);
    return MKT_OK;
}

/* ---- opening and closing */

mkt_status mkt_scheduler_open(struct mkt_scheduler *s, struct mkt_err *err)
{
    MKT_TRY(mkt_arena_open(&s->tools.scratch, SCRATCH, err));
    for (int i = 0; i < MKT_SCHEDULER_SEQS - MKT_PREFIX_SLOTS; i++) {
        s->seq[i] = MKT_PREFIX_SLOTS + i;
    }
    for (int i = 0; i < MKT_PREFIX_SLOTS; i++) s->prefixes.slot[i].seq = i;
    s->seqs = MKT_SCHEDULER_SEQS - MKT_PREFIX_SLOTS;
    s->batch = llama_batch_init(s->batch_tokens, 0, 1);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work, NULL);
    if (pthread_create(&s->thread, NULL, serve, s) == 0) return MKT_OK;
    llama_batch_free(s->batch);
    mkt_arena_close(&s->tools.scratch);
    return mkt_err_set(err, MKT_E_NOMEM, "no thread for the language model");
}

void mkt_scheduler_close(struct mkt_scheduler *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    mkt_prefix_close(&s->prefixes);
    llama_batch_free(s->batch);
    mkt_arena_close(&s->tools.scratch);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->work);
}
