#include "llm/turn.h"

#include <string.h>

#define MARKER "(*)"

static bool is_named(const struct llama_vocab *v, int32_t token, const char *text)
{
    return token >= 0 && token < llama_vocab_n_tokens(v) &&
           !strcmp(llama_vocab_get_text(v, token), text);
}

/* The control token of that name; -1 if there is none. Mistral's stand among the first. */
static int32_t control_named(const struct llama_vocab *v, const char *text)
{
    int32_t n = llama_vocab_n_tokens(v);
    for (int32_t t = 0; t < n && t < 1024; t++) {
        if (llama_vocab_is_control(v, t) && is_named(v, t, text)) return t;
    }
    return -1;
}

/* ---- Mistral */

/* How Mistral 7B v0.3 cuts "Hi, how are you?", from mistral-common's own tests. A vocabulary that
 * has these pieces at these places must cut so. */
static mkt_status check_mistral(struct mkt_arena *arena, const struct mkt_vocab *v,
                                struct mkt_err *err)
{
    static const int32_t expected[] = {16127, 29493, 1678, 1228, 1136, 29572};
    static const char *const piece[] = {" Hi", ",", " how", " are", " you", "?"};
    int n = (int)(sizeof expected / sizeof *expected);
    for (int i = 0; i < n; i++) {
        size_t length = strlen(piece[i]);
        if (expected[i] >= v->tokens || mkt_vocab_length(v, expected[i]) != length ||
            memcmp(mkt_vocab_bytes(v, expected[i]), piece[i], length) != 0) {
            return MKT_OK; /* another vocabulary */
        }
    }
    int32_t *got;
    int gots;
    MKT_TRY(mkt_vocab_cut(v, arena, "Hi, how are you?", 16, false, &got, &gots, err));
    if (gots == n && !memcmp(got, expected, sizeof expected)) return MKT_OK;
    return mkt_err_set(err, MKT_E_DATA,
                       "the model file has Mistral's tokens but cuts text into others: %d tokens "
                       "for \"Hi, how are you?\" where Mistral has %d; convert it anew",
                       gots, n);
}

static mkt_status mistral_turn(struct mkt_arena *arena, const struct mkt_vocab *v, int32_t begin,
                               int32_t end, struct mkt_turn *out, struct mkt_err *err)
{
    int32_t *ids = MKT_NEW(arena, int32_t, 3);
    if (!ids) return mkt_arena_full(arena, err);
    int32_t bos = llama_vocab_bos(v->library);
    int n = 0;
    if (bos >= 0) ids[n++] = bos;
    ids[n++] = begin;
    ids[n] = end;
    *out = (struct mkt_turn){.head = ids, .heads = n, .tail = ids + n, .tails = 1};
    return check_mistral(arena, v, err);
}

/* ---- by the template */

static mkt_status cut_control(struct mkt_arena *arena, const struct mkt_vocab *v, const char *text,
                              size_t n, bool begin, const int32_t **out, int *tokens,
                              struct mkt_err *err)
{
    int32_t *ids = MKT_NEW(arena, int32_t, n + 8);
    if (!ids) return mkt_arena_full(arena, err);
    *tokens = llama_tokenize(v->library, text, (int32_t)n, ids, (int32_t)n + 8, begin, true);
    *out = ids;
    return *tokens >= 0 ? MKT_OK
                        : mkt_err_set(err, MKT_E_DATA, "the model's chat template cannot be cut");
}

mkt_status mkt_turn_make(struct mkt_arena *arena, const struct llama_model *model,
                         const struct mkt_vocab *v, struct mkt_turn *out, struct mkt_err *err)
{
    const char *template = llama_model_chat_template(model, NULL);
    if (!template) {
        return mkt_err_set(err, MKT_E_DATA,
                           "the model file has no chat template: it is not an instruct model");
    }
    int32_t begin = control_named(v->library, "[INST]"), end = control_named(v->library, "[/INST]");
    if (begin >= 0 && end >= 0) return mistral_turn(arena, v, begin, end, out, err);

    char text[4096];
    struct llama_chat_message user = {"user", MARKER};
    int32_t n = llama_chat_apply_template(template, &user, 1, true, text, sizeof text - 1);
    if (n <= 0 || n >= (int32_t)sizeof text) {
        return mkt_err_set(err, MKT_E_DATA,
                           "the model file's chat template is not one that "
                           "llama.cpp knows");
    }
    text[n] = '\0';
    const char *marker = strstr(text, MARKER);
    if (!marker) {
        return mkt_err_set(err, MKT_E_DATA,
                           "the model file's chat template leaves out what the user says");
    }
    const char *after = marker + strlen(MARKER);
    MKT_TRY(
        cut_control(arena, v, text, (size_t)(marker - text), true, &out->head, &out->heads, err));
    return cut_control(arena, v, after, strlen(after), false, &out->tail, &out->tails, err);
}
