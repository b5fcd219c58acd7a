/* The model in this process: a GGUF file through llama.cpp. See llm/llm.h for what it does.
 *
 *     struct mkt_builtin_options o = {.path = "model.gguf", .memory_mb = 7000};
 *     struct mkt_llm *llm;
 *     MKT_TRY(mkt_builtin_open(&o, &llm, err));       (seconds to half a minute: on a thread)
 *     MKT_TRY(mkt_llm_write(llm, arena, &task, err));
 *     mkt_llm_close(llm);
 */
#ifndef MKT_LLM_BUILTIN_H
#define MKT_LLM_BUILTIN_H

#include "llm/llm.h"

struct mkt_builtin_options {
    const char *path;
    const char *state; /* folder for saved prompts and hashes, made if missing; NULL: none */
    int64_t memory_mb; /* what the whole process may take; 0: no limit */
    int64_t engine_mb; /* of that, what the rest of the process takes; 0: 600 */
    int threads;       /* 0: all cores */
    int gpu_layers;    /* 0: the CPU; more than the model has: all of them */
    int context;       /* tokens of the model's memory; 0: what fits, at most 8192 */
    int queue;         /* tasks that may wait; 0: 32 */

    const atomic_int
        *computing;            /* while it is not 0, one core is left to the engine; may be NULL */
    const atomic_bool *cancel; /* gives up the opening; may be NULL */
};

/* Opens a model. Everything is checked before the library sees the file.
 *
 * Errors  MKT_E_NOT_FOUND  no such file         MKT_E_IO     it cannot be read
 *         MKT_E_DATA       it is no GGUF file, cut short, of another kind, no instruct model
 *         MKT_E_LIMIT      it does not fit the memory: gives the numbers
 *         MKT_E_CANCELLED  the flag was set
 *         MKT_E_NOMEM      no memory           MKT_E_INTERNAL  the library is another version */
MKT_MUST_CHECK mkt_status mkt_builtin_open(const struct mkt_builtin_options *options,
                                           struct mkt_llm **out, struct mkt_err *err);

#endif
