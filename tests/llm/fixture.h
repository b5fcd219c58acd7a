/* A tiny model in a folder of its own, opened for a test. */
#ifndef MKT_TESTS_LLM_FIXTURE_H
#define MKT_TESTS_LLM_FIXTURE_H

#include <stdlib.h>

#include "engine/temp_folder.h"
#include "llm/builtin.h"
#include "llm/tiny_model.h"

struct fixture {
    struct temp_folder folder;
    char path[128], state[128];
    struct mkt_builtin_options options;
    struct mkt_llm *llm;
    struct mkt_arena arena;
    struct mkt_err err;
};

/* The same tests with a GPU's backend: MKT_TEST_GPU_LAYERS=99 make test T=llm/ */
static inline int fixture_gpu_layers(void)
{
    const char *asked = getenv("MKT_TEST_GPU_LAYERS");
    return asked ? atoi(asked) : 0;
}

static inline bool fixture_write(struct fixture *f, struct model_file *m)
{
    bool good = model_file_write(m, f->path);
    model_vocab_free(&m->vocab);
    return good;
}

/* Makes the folder and a tiny model in it, not yet opened. */
static inline bool fixture_prepare(struct fixture *f)
{
    struct model_file m = tiny_model();
    *f = (struct fixture){0};
    if (temp_folder_open(&f->folder) != 0) return false;
    snprintf(f->path, sizeof f->path, "%s/tiny.gguf", f->folder.path);
    snprintf(f->state, sizeof f->state, "%s/state", f->folder.path);
    f->options = (struct mkt_builtin_options){
        .path = f->path, .threads = 1, .gpu_layers = fixture_gpu_layers()};
    return fixture_write(f, &m) && mkt_arena_open(&f->arena, 256u << 20, &f->err) == MKT_OK;
}

static inline bool fixture_open(struct fixture *f)
{
    return fixture_prepare(f) && mkt_builtin_open(&f->options, &f->llm, &f->err) == MKT_OK;
}

static inline void fixture_close(struct fixture *f)
{
    mkt_llm_close(f->llm);
    mkt_arena_close(&f->arena);
    temp_folder_close(&f->folder);
}

#endif
