#include "llm/models.h"

#include <stdlib.h>
#include <string.h>

const struct mkt_model mkt_models_table[] = {
    {"mistralai/Mistral-7B-Instruct-v0.3", "Mistral-7B-Instruct-v0.3.Q4_K_M.gguf",
     "https://huggingface.co/MaziyarPanahi/Mistral-7B-Instruct-v0.3-GGUF/resolve/main/"
     "Mistral-7B-Instruct-v0.3.Q4_K_M.gguf",
     "14850c84ff9f06e9b51d505d64815d5cc0cea0257380353ac0b3d21b21f6e024",
     "LocalAI's gallery/index.yaml, entry mistral-7b-instruct-v0.3", 4.4, "Apache-2.0"},
};

const size_t mkt_models_count = sizeof mkt_models_table / sizeof *mkt_models_table;

const struct mkt_model *mkt_models_find(const char *name)
{
    for (size_t i = 0; i < mkt_models_count; i++)
        if (strcmp(mkt_models_table[i].name, name) == 0) return &mkt_models_table[i];
    return NULL;
}

static const char *given(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value ? value : NULL;
}

mkt_status mkt_models_dir(struct mkt_arena *arena, const char *dir, const char **out,
                          struct mkt_err *err)
{
    const char *data = given("XDG_DATA_HOME"), *home = given("HOME");
    *out = dir && *dir ? mkt_arena_strdup(arena, dir)
           : data      ? mkt_arena_printf(arena, "%s/marketing-agent", data)
           : home      ? mkt_arena_printf(arena, "%s/.local/share/marketing-agent", home)
                       : mkt_arena_strdup(arena, "marketing-agent-models");
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

mkt_status mkt_models_path(struct mkt_arena *arena, const char *dir, const char *name,
                           const char **out, struct mkt_err *err)
{
    const struct mkt_model *known = mkt_models_find(name);
    const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name, *folder;
    MKT_TRY(mkt_models_dir(arena, dir, &folder, err));
    if (!known && (*last == '\0' || *last == '.' || strlen(last) > 200))
        return mkt_err_set(err, MKT_E_ARG, "\"%.200s\" is not the name of a model", name);
    *out = known ? mkt_arena_printf(arena, "%s/%s", folder, known->file)
                 : mkt_arena_printf(arena, "%s/%s.gguf", folder, last);
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}
