/* The models that `model fetch` knows by name, and where a model's file lies.
 *
 * A quantised file is not the name's owner's own: someone else converted it. Its sha256 is pinned
 * here, with where that was published, so that whatever the address gives is the file meant.
 */
#ifndef MKT_LLM_MODELS_H
#define MKT_LLM_MODELS_H

#include <stddef.h>

#include "base/arena.h"

struct mkt_model {
    const char *name;   /* as AGENT_MODEL_NAME has it: the model's name on Hugging Face */
    const char *file;   /* in the folder of models */
    const char *url;    /* https */
    const char *sha256; /* 64 hex digits; NULL when none could be confirmed */
    const char *source; /* where the sha256 was published */
    double gigabytes;   /* about */
    const char *licence;
};

extern const struct mkt_model mkt_models_table[];
extern const size_t mkt_models_count;

/* NULL when no entry has that name. */
const struct mkt_model *mkt_models_find(const char *name);

/* The folder of models: `dir` when it is not empty, else $XDG_DATA_HOME/marketing-agent, else
 * ~/.local/share/marketing-agent, else ./marketing-agent-models.
 * Errors  MKT_E_NOMEM
 * Checked tests/llm/models_test.c */
MKT_MUST_CHECK mkt_status mkt_models_dir(struct mkt_arena *arena, const char *dir, const char **out,
                                         struct mkt_err *err);

/* Where the file of a name is to be: that of the table, else the name's last part with ".gguf", so
 * that "some/Model-7B" is DIR/Model-7B.gguf. The file need not be there.
 * Errors  MKT_E_ARG  a name that cannot be a file;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_models_path(struct mkt_arena *arena, const char *dir,
                                          const char *name, const char **out, struct mkt_err *err);

#endif
