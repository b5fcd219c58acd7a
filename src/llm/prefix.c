#include "llm/prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "llm/statefile.h"

/* SHA-256 of the binding and the tokens; empty, which no file has, if it cannot be computed. */
static void make_key(const char *binding, const int32_t *token, int tokens,
                     char key[MKT_SHA256_TEXT])
{
    struct mkt_err ignored = {0};
    size_t b = strlen(binding) + 1, n = (size_t)tokens * sizeof *token;
    unsigned char *all = malloc(b + n);
    key[0] = '\0';
    if (!all) return;
    memcpy(all, binding, b);
    memcpy(all + b, token, n);
    if (mkt_hash_bytes(all, b + n, key, &ignored) != MKT_OK) key[0] = '\0';
    free(all);
}

static void file_name(const struct mkt_prefix *p, char name[64])
{
    snprintf(name, 64, "prefix-%.32s.state", p->key);
}

static void clear(struct mkt_prefixes *all, struct mkt_prefix *p)
{
    mkt_prefix_drop(all, p);
    free(p->token);
    free(p->bytes);
    *p = (struct mkt_prefix){.seq = (int32_t)(p - all->slot)};
}

static void load(struct mkt_prefixes *all, struct mkt_prefix *p)
{
    char name[64], path[4096];
    struct mkt_err err = {0};
    if (!all->folder || !p->key[0]) return;
    file_name(p, name);
    if (snprintf(path, sizeof path, "%s/%s", all->folder, name) >= (int)sizeof path) return;
    mkt_status status = mkt_statefile_read(path, p->key, &p->bytes, &p->length, &err);
    if (status != MKT_OK && status != MKT_E_NOT_FOUND) {
        mkt_log(MKT_LOG_WARN, "llm_state_ignored", "status=%s", mkt_status_name(status));
    }
}

static bool is_of(const struct mkt_prefix *p, const int32_t *token, int tokens)
{
    return p->token && p->tokens == tokens &&
           !memcmp(p->token, token, (size_t)tokens * sizeof *token);
}

bool mkt_prefix_here(const struct mkt_prefixes *all, const int32_t *token, int tokens)
{
    for (int i = 0; i < MKT_PREFIX_SLOTS; i++) {
        if (is_of(&all->slot[i], token, tokens)) return mkt_prefix_whole(&all->slot[i]);
    }
    return false;
}

struct mkt_prefix *mkt_prefix_find(struct mkt_prefixes *all, const int32_t *token, int tokens)
{
    struct mkt_prefix *oldest = NULL;
    for (int i = 0; i < MKT_PREFIX_SLOTS; i++) {
        struct mkt_prefix *p = &all->slot[i];
        if (is_of(p, token, tokens)) {
            p->used = ++all->clock;
            return p;
        }
        if (!p->fed && (!oldest || p->used < oldest->used)) oldest = p;
    }
    if (!oldest) return NULL;
    clear(all, oldest);
    oldest->token = malloc((size_t)tokens * sizeof *token);
    if (!oldest->token) return NULL;
    memcpy(oldest->token, token, (size_t)tokens * sizeof *token);
    oldest->tokens = tokens;
    oldest->used = ++all->clock;
    make_key(all->binding, token, tokens, oldest->key);
    load(all, oldest);
    return oldest;
}

bool mkt_prefix_restore(struct mkt_prefixes *all, struct mkt_prefix *p)
{
    if (!p->bytes) return false;
    llama_memory_t memory = llama_get_memory(all->context);
    if (llama_state_seq_set_data(all->context, p->bytes, p->length, p->seq) == p->length &&
        llama_memory_seq_pos_max(memory, p->seq) == p->tokens - 1) {
        p->fed = p->tokens;
        return true;
    }
    mkt_log(MKT_LOG_WARN, "llm_state_refused", "tokens=%d", p->tokens);
    llama_memory_seq_rm(memory, p->seq, -1, -1);
    free(p->bytes);
    p->bytes = NULL;
    return false;
}

void mkt_prefix_keep(struct mkt_prefixes *all, struct mkt_prefix *p)
{
    size_t length = llama_state_seq_get_size(all->context, p->seq);
    free(p->bytes);
    p->bytes = malloc(length);
    p->length = length;
    if (!p->bytes) return;
    if (llama_state_seq_get_data(all->context, p->bytes, length, p->seq) != length) {
        free(p->bytes);
        p->bytes = NULL;
        return;
    }
    if (!all->folder || !p->key[0]) return;
    char name[64];
    struct mkt_err err = {0};
    file_name(p, name);
    mkt_status status = mkt_statefile_write(all->folder, name, p->key, p->bytes, length, &err);
    mkt_statefile_prune(all->folder, "prefix-", ".state", MKT_PREFIX_FILES);
    if (status) mkt_log(MKT_LOG_WARN, "llm_state_not_kept", "status=%s", mkt_status_name(status));
}

void mkt_prefix_drop(struct mkt_prefixes *all, struct mkt_prefix *p)
{
    if (p->fed) llama_memory_seq_rm(llama_get_memory(all->context), p->seq, -1, -1);
    p->fed = 0;
    p->low = false;
}

void mkt_prefix_close(struct mkt_prefixes *all)
{
    for (int i = 0; i < MKT_PREFIX_SLOTS; i++) {
        free(all->slot[i].token);
        free(all->slot[i].bytes);
    }
}
