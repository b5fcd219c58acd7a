#include "llm/builtin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "llm/budget.h"
#include "llm/fingerprint.h"
#include "llm/library.h"
#include "llm/probe.h"
#include "llm/scheduler.h"

#define TABLES (1u << 30) /* address space for the vocabulary's tables */
#define MB 1000000u
#define ENGINE_MB 600
#define QUEUE 32
#define ROWS MKT_SCHEDULER_SEQS /* the library makes room for a row of logits a sequence */

struct builtin {
    struct mkt_llm llm; /* first: a handle is one of these */
    struct mkt_arena arena;
    struct llama_model *model;
    struct llama_context *context;
    struct mkt_budget budget;
    struct mkt_vocab vocab;
    struct mkt_turn turn;
    struct mkt_scheduler scheduler;
    const char *name;
    char identity[MKT_SHA256_TEXT];
    int gpu_layers; /* asked for, where a GPU is there */
    bool runs;      /* the scheduler does */
};

static struct builtin *of(struct mkt_llm *llm)
{
    return (struct builtin *)(void *)llm;
}

/* ---- what a handle does */

static mkt_status write_task(struct mkt_llm *llm, struct mkt_arena *arena,
                             struct mkt_llm_task *task, struct mkt_err *err)
{
    struct builtin *b = of(llm);
    struct mkt_job *job = MKT_NEW(arena, struct mkt_job, 1);
    if (!job) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_job_open(job, task, &b->vocab, &b->turn, b->scheduler.cells, err));
    mkt_status status = mkt_scheduler_run(&b->scheduler, job, err);
    if (!status) status = mkt_job_deliver(job, arena, err);
    mkt_job_close(job);
    return status;
}

static int count_tokens(const struct mkt_llm *llm, const char *text)
{
    const struct builtin *b = (const struct builtin *)(const void *)llm;
    struct mkt_arena arena;
    struct mkt_err ignored = {0};
    size_t n = strlen(text);
    int32_t *token;
    int tokens;
    if (mkt_arena_open(&arena, 8 * n + 4096, &ignored) != MKT_OK) return (int)(n / 3);
    if (mkt_vocab_cut(&b->vocab, &arena, text, n, false, &token, &tokens, &ignored) != MKT_OK) {
        tokens = (int)(n / 3);
    }
    mkt_arena_close(&arena);
    return tokens;
}

static const char *name_of(const struct mkt_llm *llm)
{
    return ((const struct builtin *)(const void *)llm)->name;
}

static const char *identity_of(const struct mkt_llm *llm)
{
    return ((const struct builtin *)(const void *)llm)->identity;
}

static struct mkt_llm_speed speed_of(const struct mkt_llm *llm)
{
    struct builtin *b = of((struct mkt_llm *)(uintptr_t)llm);
    pthread_mutex_lock(&b->scheduler.lock);
    struct mkt_llm_speed speed = b->scheduler.speed;
    pthread_mutex_unlock(&b->scheduler.lock);
    return speed;
}

static void close_handle(struct mkt_llm *llm)
{
    struct builtin *b = of(llm);
    if (b->runs) mkt_scheduler_close(&b->scheduler);
    if (b->context) llama_free(b->context);
    if (b->model) llama_model_free(b->model);
    mkt_arena_close(&b->arena);
    free(b);
}

static const struct mkt_llm_kind kind = {.write = write_task,
                                         .count = count_tokens,
                                         .name = name_of,
                                         .identity = identity_of,
                                         .speed = speed_of,
                                         .close = close_handle};

/* ---- opening */

static bool go_on(float progress, void *user)
{
    const struct mkt_builtin_options *o = user;
    (void)progress;
    return !o->cancel || !atomic_load(o->cancel);
}

/* Whether the library can load it at all, and what it takes. */
static mkt_status plan(struct builtin *b, const struct mkt_builtin_options *o, struct mkt_err *err)
{
    struct mkt_weights w;
    struct mkt_budget *to = &b->budget;
    uint64_t engine = (uint64_t)(o->engine_mb ? o->engine_mb : ENGINE_MB) * MB;
    MKT_TRY(mkt_weights_check(o->path, &w, err));
    MKT_TRY(mkt_budget_plan(&w, o->path, (uint64_t)o->memory_mb * MB, engine, o->context, ROWS, to,
                            err));
    mkt_log(MKT_LOG_INFO, "llm_plan",
            "file_mb=%llu weights_mb=%llu tokens=%d memory_mb=%llu cache=%s batch=%d "
            "compute_mb=%llu saved_mb=%llu engine_mb=%llu all_mb=%llu limit_mb=%lld repacked=yes",
            (unsigned long long)(w.file_bytes / MB), (unsigned long long)(to->weights / MB),
            to->cells, (unsigned long long)(to->cells_bytes / MB), to->half ? "f16" : "q8_0",
            MKT_BUDGET_BATCH, (unsigned long long)(to->compute / MB),
            (unsigned long long)(to->prefixes / MB), (unsigned long long)(engine / MB),
            (unsigned long long)(to->all / MB), (long long)o->memory_mb);
    return MKT_OK;
}

static mkt_status check_kind(const struct builtin *b, const char *path, struct mkt_err *err)
{
    const struct llama_model *m = b->model;
    const char *what = llama_model_has_encoder(m)    ? "an encoder"
                       : llama_model_is_recurrent(m) ? "a recurrent model"
                       : llama_model_is_hybrid(m)    ? "a partly recurrent model"
                       : llama_model_is_diffusion(m) ? "a diffusion model"
                                                     : NULL;
    if (!what) return MKT_OK;
    return mkt_err_set(err, MKT_E_DATA, "%s is %s; it takes a decoder of text", path, what);
}

static mkt_status load_model(struct builtin *b, const struct mkt_builtin_options *o,
                             struct mkt_err *err)
{
    struct llama_model_params params = llama_model_default_params();
    b->gpu_layers = mkt_library_has_gpu() ? o->gpu_layers : 0;
    params.n_gpu_layers = b->gpu_layers;
    params.load_mode = LLAMA_LOAD_MODE_NONE;
    params.use_extra_bufts = true;
    params.progress_callback = go_on;
    params.progress_callback_user_data = (void *)(uintptr_t)o;
    if (b->gpu_layers < o->gpu_layers) {
        mkt_log(MKT_LOG_WARN, "llm_no_gpu", "asked_layers=%d used_layers=0", o->gpu_layers);
    }
    b->model = llama_model_load_from_file(o->path, params);
    if (b->model) return check_kind(b, o->path, err);
    if (!go_on(0, (void *)(uintptr_t)o)) {
        return mkt_err_set(err, MKT_E_CANCELLED, "loading %s was given up", o->path);
    }
    return mkt_err_set(err, MKT_E_DATA,
                       "%s cannot be loaded: llama.cpp does not know its architecture, or its "
                       "tensors do not fit together",
                       o->path);
}

/* The file's hash, computed while the library loads. */
struct hashing {
    const struct mkt_builtin_options *options;
    pthread_t thread;
    mkt_status status;
    struct mkt_err err;
    char hash[MKT_SHA256_TEXT];
};

static void *hash(void *user)
{
    struct hashing *h = user;
    h->status = mkt_fingerprint_of(h->options->path, h->options->state, h->hash, &h->err);
    return NULL;
}

static mkt_status load_and_hash(struct builtin *b, const struct mkt_builtin_options *o,
                                struct mkt_err *err)
{
    struct hashing h = {.options = o};
    if (pthread_create(&h.thread, NULL, hash, &h) != 0) {
        return mkt_err_set(err, MKT_E_NOMEM, "no thread for the hash of %s", o->path);
    }
    mkt_status status = load_model(b, o, err);
    pthread_join(h.thread, NULL);
    if (status) return status;
    if (h.status) return mkt_err_set(err, h.status, "%s", h.err.text);
    memcpy(b->identity, h.hash, sizeof b->identity);
    return MKT_OK;
}

static mkt_status make_context(struct builtin *b, const struct mkt_builtin_options *o,
                               struct mkt_err *err)
{
    struct mkt_scheduler *s = &b->scheduler;
    struct llama_context_params params = llama_context_default_params();
    s->batch_tokens = MKT_BUDGET_BATCH;
    s->rows = ROWS;
    s->threads = s->threads_now = o->threads > 0 ? o->threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
    params.n_ctx = (uint32_t)b->budget.cells;
    params.n_batch = params.n_ubatch = MKT_BUDGET_BATCH;
    params.n_seq_max = MKT_SCHEDULER_SEQS;
    params.n_outputs_max = ROWS;
    params.n_threads = params.n_threads_batch = s->threads;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
    params.type_k = params.type_v = b->budget.half ? GGML_TYPE_F16 : GGML_TYPE_Q8_0;
    params.kv_unified = true; /* a copy of a prompt is a mark on its cells */
    params.swa_full = true;
    params.offload_kqv = params.op_offload = b->gpu_layers > 0;
    params.no_perf = true;
    b->context = s->context = llama_init_from_model(b->model, params);
    if (!b->context) {
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for %d tokens of the language model",
                           b->budget.cells);
    }
    s->cells = (int)llama_n_ctx(b->context);
    bool together;
    MKT_TRY(mkt_probe_run(b->context, &b->vocab, s->threads, &together, err));
    s->one_by_one = !together;
    mkt_log(MKT_LOG_INFO, "llm_ready", "tokens=%d threads=%d together=%s", s->cells, s->threads,
            together ? "yes" : "no");
    return MKT_OK;
}

static mkt_status read_name(struct builtin *b, const struct mkt_builtin_options *o,
                            struct mkt_err *err)
{
    char name[256];
    const char *slash = strrchr(o->path, '/');
    int n = llama_model_meta_val_str(b->model, "general.name", name, sizeof name);
    const char *text = n > 0 ? name : slash ? slash + 1 : o->path;
    b->name = mkt_text_clean(&b->arena, text, strlen(text), 100);
    return b->name ? MKT_OK : mkt_arena_full(&b->arena, err);
}

static mkt_status start_scheduler(struct builtin *b, const struct mkt_builtin_options *o,
                                  struct mkt_err *err)
{
    struct mkt_scheduler *s = &b->scheduler;
    s->tools.vocab = &b->vocab;
    MKT_TRY(mkt_choose_init(&s->tools.choose, &b->arena, &b->vocab, err));
    s->prefixes.context = b->context;
    s->prefixes.folder = o->state ? mkt_arena_strdup(&b->arena, o->state) : NULL;
    s->prefixes.binding =
        mkt_arena_printf(&b->arena, "%s %s %s %d %d ", b->identity, mkt_library_version(),
                         b->budget.half ? "f16" : "q8_0", b->scheduler.cells, b->gpu_layers);
    if ((o->state && !s->prefixes.folder) || !s->prefixes.binding) {
        return mkt_arena_full(&b->arena, err);
    }
    s->computing = o->computing;
    s->queue_max = o->queue ? o->queue : QUEUE;
    MKT_TRY(mkt_scheduler_open(s, err));
    b->runs = true;
    return MKT_OK;
}

static mkt_status open_handle(struct builtin *b, const struct mkt_builtin_options *o,
                              struct mkt_err *err)
{
    MKT_TRY(mkt_arena_open(&b->arena, TABLES, err));
    MKT_TRY(mkt_library_start(err));
    MKT_TRY(plan(b, o, err));
    MKT_TRY(load_and_hash(b, o, err));
    MKT_TRY(read_name(b, o, err));
    MKT_TRY(mkt_vocab_make(&b->arena, b->model, &b->vocab, err));
    MKT_TRY(mkt_turn_make(&b->arena, b->model, &b->vocab, &b->turn, err));
    MKT_TRY(make_context(b, o, err));
    return start_scheduler(b, o, err);
}

mkt_status mkt_builtin_open(const struct mkt_builtin_options *o, struct mkt_llm **out,
                            struct mkt_err *err)
{
    struct builtin *b = calloc(1, sizeof *b);
    *out = NULL;
    if (!b) return mkt_err_set(err, MKT_E_NOMEM, "no memory for a language model's handle");
    b->llm.kind = &kind;
    mkt_status status = open_handle(b, o, err);
    if (status) {
        close_handle(&b->llm);
    } else {
        *out = &b->llm;
    }
    return status;
}
