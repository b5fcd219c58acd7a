#include "llm/vocab.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* ---- pieces */

static bool is_text(const struct llama_vocab *v, int32_t token)
{
    enum llama_token_attr attr = llama_vocab_get_attr(v, token);
    return (attr & (LLAMA_TOKEN_ATTR_NORMAL | LLAMA_TOKEN_ATTR_BYTE)) &&
           !(attr & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN | LLAMA_TOKEN_ATTR_UNUSED |
                     LLAMA_TOKEN_ATTR_USER_DEFINED)) &&
           !llama_vocab_is_control(v, token) && !llama_vocab_is_eog(v, token);
}

static mkt_status add_piece(struct mkt_arena *arena, const struct llama_vocab *v, int32_t token,
                            char **bytes, size_t *length, size_t *capacity, struct mkt_err *err)
{
    for (;;) {
        size_t left = *capacity - *length;
        int32_t room = left > INT32_MAX ? INT32_MAX : (int32_t)left;
        int32_t n = left ? llama_token_to_piece(v, token, *bytes + *length, room, 0, false) : -1;
        if (n >= 0) {
            *length += (size_t)n;
            return MKT_OK;
        }
        size_t more = *capacity ? *capacity * 2 : 1 << 16;
        char *grown = mkt_arena_grow(arena, *bytes, *capacity, more);
        if (!grown) return mkt_arena_full(arena, err);
        *bytes = grown;
        *capacity = more;
    }
}

static mkt_status make_pieces(struct mkt_arena *arena, struct mkt_vocab *v, struct mkt_err *err)
{
    size_t length = 0, capacity = 0;
    char *bytes = NULL;
    uint32_t *at = MKT_NEW(arena, uint32_t, (size_t)v->tokens + 1);
    int32_t *end = MKT_NEW(arena, int32_t, (size_t)v->tokens);
    if (!at || !end) return mkt_arena_full(arena, err);
    for (int32_t t = 0; t < v->tokens; t++) {
        at[t] = (uint32_t)length;
        if (is_text(v->library, t)) {
            MKT_TRY(add_piece(arena, v->library, t, &bytes, &length, &capacity, err));
        }
        if (length - at[t] > UINT16_MAX) length = at[t]; /* no text is ever that long */
        if (llama_vocab_is_eog(v->library, t)) end[v->ends++] = t;
        if ((int)(length - at[t]) > v->longest) v->longest = (int)(length - at[t]);
    }
    at[v->tokens] = (uint32_t)length;
    v->bytes = bytes;
    v->at = at;
    v->end = end;
    return MKT_OK;
}

/* ---- the order */

struct piece {
    const char *bytes;
    size_t length;
    int32_t token;
};

static int by_bytes(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->bytes, y->bytes, n);
    if (order) return order;
    if (x->length != y->length) return x->length < y->length ? -1 : 1;
    return (x->token > y->token) - (x->token < y->token);
}

static uint16_t shared_bytes(const struct piece *a, const struct piece *b)
{
    size_t n = 0;
    while (n < a->length && n < b->length && a->bytes[n] == b->bytes[n]) n++;
    return (uint16_t)n;
}

static mkt_status make_order(struct mkt_arena *arena, struct mkt_vocab *v, struct mkt_err *err)
{
    size_t n = (size_t)v->tokens;
    int32_t *text = MKT_NEW(arena, int32_t, n);
    uint16_t *shared = MKT_NEW(arena, uint16_t, n);
    size_t mark = mkt_arena_mark(arena);
    struct piece *piece = MKT_NEW(arena, struct piece, n);
    if (!text || !shared || !piece) return mkt_arena_full(arena, err);
    for (int32_t t = 0; t < v->tokens; t++) {
        size_t length = mkt_vocab_length(v, t);
        if (!length) continue;
        piece[v->texts++] = (struct piece){mkt_vocab_bytes(v, t), length, t};
    }
    if (v->texts) qsort(piece, (size_t)v->texts, sizeof *piece, by_bytes);
    for (int i = 0; i < v->texts; i++) {
        text[i] = piece[i].token;
        shared[i] = i ? shared_bytes(&piece[i - 1], &piece[i]) : 0;
    }
    mkt_arena_release(arena, mark);
    v->text = text;
    v->shared = shared;
    return MKT_OK;
}

mkt_status mkt_vocab_make(struct mkt_arena *arena, const struct llama_model *model,
                          struct mkt_vocab *out, struct mkt_err *err)
{
    *out = (struct mkt_vocab){.library = llama_model_get_vocab(model)};
    out->tokens = llama_vocab_n_tokens(out->library);
    MKT_TRY(make_pieces(arena, out, err));
    MKT_TRY(make_order(arena, out, err));
    if (!out->texts) return mkt_err_set(err, MKT_E_DATA, "the model's vocabulary has no text");
    if (!out->ends) {
        return mkt_err_set(err, MKT_E_DATA,
                           "the model's vocabulary has no token that ends an answer");
    }
    int n = llama_tokenize(out->library, "\n", 1, out->anchor, 8, false, false);
    out->anchors = n > 0 ? n : 0;
    return MKT_OK;
}

/* ---- text to tokens */

static mkt_status cut(const struct mkt_vocab *v, struct mkt_arena *arena, const char *text,
                      size_t n, int32_t **out, int *tokens, struct mkt_err *err)
{
    size_t cap = n + 8; /* a token is a byte at least, and there may be a space in front */
    *out = MKT_NEW(arena, int32_t, cap);
    if (!*out) return mkt_arena_full(arena, err);
    *tokens = llama_tokenize(v->library, text, (int32_t)n, *out, (int32_t)cap, false, false);
    if (*tokens < 0) {
        return mkt_err_set(err, MKT_E_INTERNAL, "%zu bytes of text gave more than %zu tokens", n,
                           cap);
    }
    return MKT_OK;
}

mkt_status mkt_vocab_cut(const struct mkt_vocab *v, struct mkt_arena *arena, const char *text,
                         size_t n, bool continues, int32_t **out, int *tokens, struct mkt_err *err)
{
    *out = NULL;
    *tokens = 0;
    if (n > INT32_MAX / 2) return mkt_err_set(err, MKT_E_LIMIT, "a text of %zu bytes", n);
    if (!mkt_text_is_utf8(text, n)) {
        return mkt_err_set(err, MKT_E_ARG, "a text for the model is not UTF-8");
    }
    if (!n) return MKT_OK;
    if (!continues) return cut(v, arena, text, n, out, tokens, err);

    /* Cut behind a line end, which joins nothing, and take away what the line end gives. */
    char *after = mkt_arena_alloc(arena, n + 1, 1);
    if (!after) return mkt_arena_full(arena, err);
    after[0] = '\n';
    memcpy(after + 1, text, n);
    MKT_TRY(cut(v, arena, after, n + 1, out, tokens, err));
    size_t a = (size_t)v->anchors;
    assert(*out);
    if (*tokens >= v->anchors && a && !memcmp(*out, v->anchor, a * sizeof **out)) {
        *out += a;
        *tokens -= v->anchors;
        return MKT_OK;
    }
    return cut(v, arena, text, n, out, tokens, err);
}
