#include "engine/writer_open.h"

#include "base/buf.h"
#include "llm/builtin.h"
#include "llm/remote.h"
#include "narrate/prompt.h"

#define WARM_TOKENS 16
#define WARM_ARENA ((size_t)16 << 20)

static mkt_status open_server(const struct mkt_writer_opening *o, struct mkt_llm **out,
                              struct mkt_err *err)
{
    const struct mkt_settings *s = o->settings;
    struct mkt_remote_options options = {
        .url = s->llm_url, .model = s->llm_model, .key_file = s->llm_key_file, .cancel = o->cancel};
    MKT_TRY(mkt_remote_dialect_of(s->llm_grammar, &options.dialect, err));
    return mkt_remote_open(&options, out, err);
}

static mkt_status open_file(const struct mkt_writer_opening *o, struct mkt_llm **out,
                            struct mkt_err *err)
{
    const struct mkt_settings *s = o->settings;
    struct mkt_builtin_options options = {.path = o->path,
                                          .state = o->state,
                                          .memory_mb = s->memory_mb,
                                          .engine_mb = o->engine_mb,
                                          .threads = (int)s->model_threads,
                                          .gpu_layers = (int)s->gpu_layers,
                                          .computing = o->computing,
                                          .cancel = o->cancel};
    return mkt_builtin_open(&options, out, err);
}

static mkt_status write_something(struct mkt_llm *llm, struct mkt_arena *arena,
                                  const atomic_bool *cancel, struct mkt_err *err)
{
    struct mkt_buf constant;
    struct mkt_llm_part part = {.ask = mkt_prompt_examples[0].ask,
                                .grammar = "root ::= [A-Za-z ,.]{64}",
                                .tokens = WARM_TOKENS};
    mkt_buf_init(&constant, arena);
    mkt_prompt_constant(&constant);
    MKT_TRY(mkt_buf_check(&constant, err));
    struct mkt_llm_task task = {
        .constant = constant.data, .data = "", .part = &part, .parts = 1, .cancel = cancel};
    return mkt_llm_write(llm, arena, &task, err);
}

/* A few tokens after the prompt that all narrations share: it is computed before anyone waits for
 * it, the speed is known before anything is planned, and a server that refuses is found out. */
static mkt_status warm_up(struct mkt_llm *llm, const atomic_bool *cancel, struct mkt_err *err)
{
    struct mkt_arena arena;
    MKT_TRY(mkt_arena_open(&arena, WARM_ARENA, err));
    mkt_status status = write_something(llm, &arena, cancel, err);
    mkt_arena_close(&arena);
    return status;
}

mkt_status mkt_writer_open_usual(const struct mkt_writer_opening *opening, struct mkt_llm **out,
                                 struct mkt_err *err)
{
    struct mkt_llm *llm = NULL;
    MKT_TRY(opening->path ? open_file(opening, &llm, err) : open_server(opening, &llm, err));
    mkt_status status = warm_up(llm, opening->cancel, err);
    if (status == MKT_OK)
        *out = llm;
    else
        mkt_llm_close(llm);
    return status;
}
