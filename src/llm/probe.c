#include "llm/probe.h"

#include <stdlib.h>
#include <string.h>

enum { WATCHED, BESIDE, ANOTHER };

struct probe {
    struct llama_context *context;
    const struct mkt_vocab *vocab;
    struct llama_batch batch;
    int position[3];
};

/* `n` tokens more of a sequence; each sequence has its own, the same at every call. */
static void put(struct probe *p, int seq, int n)
{
    for (int i = 0; i < n; i++) {
        int at = p->batch.n_tokens++;
        uint64_t mixed = (uint64_t)(1 + seq * 1000 + p->position[seq]) * 0x9E3779B97F4A7C15u;
        p->batch.token[at] = p->vocab->text[(mixed >> 33) % (uint64_t)p->vocab->texts];
        p->batch.pos[at] = p->position[seq]++;
        p->batch.n_seq_id[at] = 1;
        p->batch.seq_id[at][0] = seq;
        p->batch.logits[at] = seq == WATCHED && i == n - 1;
    }
}

/* Feeds what was put, and copies the watched sequence's logits. */
static mkt_status feed(struct probe *p, float *to, struct mkt_err *err)
{
    int row = -1;
    for (int i = 0; i < p->batch.n_tokens; i++) {
        if (p->batch.logits[i]) row = i;
    }
    int code = llama_decode(p->context, p->batch);
    p->batch.n_tokens = 0;
    if (code != 0) {
        return mkt_err_set(err, MKT_E_INTERNAL, "the language model failed (llama_decode: %d)",
                           code);
    }
    memcpy(to, llama_get_logits_ith(p->context, row), (size_t)p->vocab->tokens * sizeof *to);
    return MKT_OK;
}

static void forget(struct probe *p)
{
    llama_memory_clear(llama_get_memory(p->context), false);
    memset(p->position, 0, sizeof p->position);
}

/* 12 tokens at once and one more; the logits of both. */
static mkt_status alone(struct probe *p, float *to, struct mkt_err *err)
{
    put(p, WATCHED, 12);
    MKT_TRY(feed(p, to, err));
    put(p, WATCHED, 1);
    MKT_TRY(feed(p, to + p->vocab->tokens, err));
    forget(p);
    return MKT_OK;
}

static mkt_status beside_others(struct probe *p, float *to, struct mkt_err *err)
{
    put(p, BESIDE, 9);
    put(p, WATCHED, 5);
    MKT_TRY(feed(p, to, err));
    put(p, WATCHED, 7);
    put(p, ANOTHER, 2);
    MKT_TRY(feed(p, to, err));
    put(p, ANOTHER, 1);
    put(p, WATCHED, 1);
    put(p, BESIDE, 1);
    MKT_TRY(feed(p, to + p->vocab->tokens, err));
    forget(p);
    return MKT_OK;
}

static mkt_status compare(struct probe *p, int threads, float *one, float *other, bool *independent,
                          struct mkt_err *err)
{
    int fewer = threads > 1 ? threads - 1 : 1;
    MKT_TRY(alone(p, one, err));
    llama_set_n_threads(p->context, fewer, fewer);
    mkt_status status = beside_others(p, other, err);
    llama_set_n_threads(p->context, threads, threads);
    if (status) return status;
    *independent = memcmp(one, other, 2 * (size_t)p->vocab->tokens * sizeof *one) == 0;
    return MKT_OK;
}

mkt_status mkt_probe_run(struct llama_context *context, const struct mkt_vocab *vocab, int threads,
                         bool *independent, struct mkt_err *err)
{
    struct probe p = {.context = context, .vocab = vocab};
    size_t n = 2 * (size_t)vocab->tokens;
    float *one = calloc(n, sizeof *one), *other = calloc(n, sizeof *other);
    mkt_status status = MKT_E_NOMEM;
    *independent = false;
    if (one && other) {
        p.batch = llama_batch_init(16, 0, 1);
        status = compare(&p, threads, one, other, independent, err);
        llama_batch_free(p.batch);
    } else {
        mkt_err_set(err, status, "no memory for logits");
    }
    free(one);
    free(other);
    return status;
}
