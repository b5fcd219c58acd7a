/* Writes model files of random weights: any shape of the llama architecture, any quantisation.
 *
 * The words such a model writes mean nothing; its arithmetic, its memory and the form of what it
 * writes are those of a real one. Rows are drawn from a pool of random rows, so that a file of
 * 4 GB takes as long as the disk takes.
 */
#ifndef MKT_TESTS_LLM_MODEL_FILE_H
#define MKT_TESTS_LLM_MODEL_FILE_H

#include <ggml.h>
#include <gguf.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Enough of Mistral's own template for what reads it: it names its control tokens. */
#define MODEL_MISTRAL_TEMPLATE                                                                     \
    "{{ bos_token }}{% for message in messages %}[INST] {{ message['content'] }}[/INST]"           \
    "{% endfor %}{# [AVAILABLE_TOOLS] #}"

/* What stands in a vocabulary beside a token, in the numbers of the file format. */
enum { MODEL_TOKEN_NORMAL = 1, MODEL_TOKEN_UNKNOWN, MODEL_TOKEN_CONTROL, MODEL_TOKEN_BYTE = 6 };

struct model_vocab {
    const char **text;
    float *score;
    int32_t *type;
    size_t tokens, capacity;
};

struct model_file {
    const char *architecture, *name, *template; /* template NULL: none */
    int layers, embed, heads, kv_heads, feed, context;
    enum ggml_type wide; /* of most matrices */
    enum ggml_type fine; /* of the output and of half the values and down projections */
    float epsilon;       /* of the norms */
    double spread;       /* of the output's weights: the larger, the surer the model */
    uint64_t seed;
    struct model_vocab vocab;
};

static inline uint64_t model_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline float model_normal(uint64_t *state)
{
    double sum = 0; /* twelve uniforms: near enough to normal */
    for (int i = 0; i < 12; i++) sum += (double)(model_random(state) >> 11) * 0x1p-53;
    return (float)(sum - 6);
}

/* ---- vocabulary */

static inline void model_vocab_add(struct model_vocab *v, const char *text, int type)
{
    if (v->tokens == v->capacity) {
        v->capacity = v->capacity ? 2 * v->capacity : 1024;
        v->text = realloc((void *)v->text, v->capacity * sizeof *v->text);
        v->score = realloc(v->score, v->capacity * sizeof *v->score);
        v->type = realloc(v->type, v->capacity * sizeof *v->type);
    }
    v->text[v->tokens] = strdup(text);
    v->score[v->tokens] = type == MODEL_TOKEN_NORMAL ? -(float)v->tokens : 0;
    v->type[v->tokens++] = type;
}

static inline void model_vocab_add_bytes(struct model_vocab *v)
{
    char text[8];
    for (int byte = 0; byte < 256; byte++) {
        snprintf(text, sizeof text, "<0x%02X>", (unsigned)byte);
        model_vocab_add(v, text, MODEL_TOKEN_BYTE);
    }
}

static inline bool model_vocab_has(const struct model_vocab *v, const char *text)
{
    for (size_t i = 0; i < v->tokens; i++) {
        if (!strcmp(v->text[i], text)) return true;
    }
    return false;
}

/* A word, with every piece that it grows from letter by letter; '_' stands for the space. */
static inline void model_vocab_add_word(struct model_vocab *v, const char *word)
{
    char text[64] = "";
    for (size_t n = 0, used = 0; word[n]; n++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s",
                                 word[n] == '_' ? "\xE2\x96\x81" : (char[]){word[n], 0});
        if (!model_vocab_has(v, text)) model_vocab_add(v, text, MODEL_TOKEN_NORMAL);
    }
}

static inline void model_vocab_free(struct model_vocab *v)
{
    for (size_t i = 0; i < v->tokens; i++) free((void *)(uintptr_t)v->text[i]);
    free((void *)v->text);
    free(v->score);
    free(v->type);
}

/* ---- the header */

static inline void model_set_number(struct gguf_context *g, const struct model_file *m,
                                    const char *key, uint32_t value)
{
    char name[96];
    snprintf(name, sizeof name, "%s.%s", m->architecture, key);
    gguf_set_val_u32(g, name, value);
}

static inline void model_set_values(struct gguf_context *g, const struct model_file *m)
{
    char key[96];
    gguf_set_val_str(g, "general.architecture", m->architecture);
    gguf_set_val_str(g, "general.name", m->name);
    gguf_set_val_u32(g, "general.alignment", 32);
    model_set_number(g, m, "context_length", (uint32_t)m->context);
    model_set_number(g, m, "embedding_length", (uint32_t)m->embed);
    model_set_number(g, m, "block_count", (uint32_t)m->layers);
    model_set_number(g, m, "feed_forward_length", (uint32_t)m->feed);
    model_set_number(g, m, "attention.head_count", (uint32_t)m->heads);
    model_set_number(g, m, "attention.head_count_kv", (uint32_t)m->kv_heads);
    model_set_number(g, m, "rope.dimension_count", (uint32_t)(m->embed / m->heads));
    model_set_number(g, m, "vocab_size", (uint32_t)m->vocab.tokens);
    snprintf(key, sizeof key, "%s.attention.layer_norm_rms_epsilon", m->architecture);
    gguf_set_val_f32(g, key, m->epsilon);
    snprintf(key, sizeof key, "%s.rope.freq_base", m->architecture);
    gguf_set_val_f32(g, key, 1e6f);

    gguf_set_val_str(g, "tokenizer.ggml.model", "llama");
    gguf_set_arr_str(g, "tokenizer.ggml.tokens", m->vocab.text, m->vocab.tokens);
    gguf_set_arr_data(g, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, m->vocab.score,
                      m->vocab.tokens);
    gguf_set_arr_data(g, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, m->vocab.type,
                      m->vocab.tokens);
    gguf_set_val_u32(g, "tokenizer.ggml.bos_token_id", 1);
    gguf_set_val_u32(g, "tokenizer.ggml.eos_token_id", 2);
    gguf_set_val_u32(g, "tokenizer.ggml.unknown_token_id", 0);
    gguf_set_val_bool(g, "tokenizer.ggml.add_bos_token", true);
    gguf_set_val_bool(g, "tokenizer.ggml.add_space_prefix", true);
    if (m->template) gguf_set_val_str(g, "tokenizer.chat_template", m->template);
}

/* ---- tensors */

/* Whether a layer has its values and down projections in the finer type: an eighth at either end
 * and every third between, as llama.cpp mixes Q4_K_M. */
static inline bool model_fine_layer(const struct model_file *m, int layer)
{
    int eighth = m->layers / 8;
    return layer < eighth || layer >= 7 * m->layers / 8 || (layer - eighth) % 3 == 2;
}

static inline void model_add_tensor(struct gguf_context *g, struct ggml_context *c,
                                    enum ggml_type type, int64_t columns, int64_t rows,
                                    const char *what, int layer)
{
    char name[64];
    if (layer < 0) {
        snprintf(name, sizeof name, "%s.weight", what);
    } else {
        snprintf(name, sizeof name, "blk.%d.%s.weight", layer, what);
    }
    struct ggml_tensor *t = rows ? ggml_new_tensor_2d(c, type, columns, rows)
                                 : ggml_new_tensor_1d(c, GGML_TYPE_F32, columns);
    ggml_set_name(t, name);
    gguf_add_tensor(g, t);
}

static inline void model_add_tensors(struct gguf_context *g, struct ggml_context *c,
                                     const struct model_file *m)
{
    int64_t d = m->embed, kv = (int64_t)m->embed / m->heads * m->kv_heads, f = m->feed;
    int64_t n = (int64_t)m->vocab.tokens;
    model_add_tensor(g, c, m->wide, d, n, "token_embd", -1);
    model_add_tensor(g, c, GGML_TYPE_F32, d, 0, "output_norm", -1);
    model_add_tensor(g, c, m->fine, d, n, "output", -1);
    for (int i = 0; i < m->layers; i++) {
        enum ggml_type mixed = model_fine_layer(m, i) ? m->fine : m->wide;
        model_add_tensor(g, c, GGML_TYPE_F32, d, 0, "attn_norm", i);
        model_add_tensor(g, c, m->wide, d, d, "attn_q", i);
        model_add_tensor(g, c, m->wide, d, kv, "attn_k", i);
        model_add_tensor(g, c, mixed, d, kv, "attn_v", i);
        model_add_tensor(g, c, m->wide, d, d, "attn_output", i);
        model_add_tensor(g, c, GGML_TYPE_F32, d, 0, "ffn_norm", i);
        model_add_tensor(g, c, m->wide, d, f, "ffn_gate", i);
        model_add_tensor(g, c, m->wide, d, f, "ffn_up", i);
        model_add_tensor(g, c, mixed, f, d, "ffn_down", i);
    }
}

/* ---- data */

enum { MODEL_POOL = 256 };

/* Writes a tensor's rows out of a pool of random ones. */
static inline bool model_write_rows(FILE *file, const struct model_file *m, enum ggml_type type,
                                    int64_t columns, int64_t rows, double spread, uint64_t *state)
{
    int64_t pool = rows < MODEL_POOL ? rows : MODEL_POOL;
    size_t size = ggml_row_size(type, columns);
    float *row = malloc((size_t)columns * sizeof *row);
    char *made = malloc((size_t)pool * size);
    bool good = row && made;
    for (int64_t r = 0; good && r < pool; r++) {
        for (int64_t k = 0; k < columns; k++) row[k] = (float)spread * model_normal(state);
        ggml_quantize_chunk(type, row, made + (size_t)r * size, 0, 1, columns, NULL);
    }
    for (int64_t r = 0; good && r < rows; r++) {
        size_t from = rows <= MODEL_POOL ? (size_t)r : (size_t)(model_random(state) % MODEL_POOL);
        good = fwrite(made + from * size, 1, size, file) == size;
    }
    free(row);
    free(made);
    (void)m;
    return good;
}

static inline bool model_write_tensor(FILE *file, const struct model_file *m,
                                      const struct ggml_tensor *t, uint64_t *state)
{
    static const char zero[32];
    const char *name = ggml_get_name(t);
    bool good = true;
    if (strstr(name, "norm")) {
        float one = 1;
        for (int64_t i = 0; good && i < t->ne[0]; i++) good = fwrite(&one, 4, 1, file) == 1;
    } else {
        double spread = 1 / sqrt((double)t->ne[0]);
        if (!strncmp(name, "token_embd", 10)) spread = 1;
        if (!strncmp(name, "output", 6)) spread *= m->spread;
        good = model_write_rows(file, m, t->type, t->ne[0], t->ne[1], spread, state);
    }
    size_t over = ggml_nbytes(t) % 32;
    return good && (!over || fwrite(zero, 1, 32 - over, file) == 32 - over);
}

/* Writes the file. False when it cannot be written. */
static inline bool model_file_write(const struct model_file *m, const char *path)
{
    size_t tensors = 3 + 9 * (size_t)m->layers;
    struct ggml_init_params params = {.mem_size = (tensors + 8) * ggml_tensor_overhead(),
                                      .no_alloc = true};
    struct ggml_context *c = ggml_init(params);
    struct gguf_context *g = gguf_init_empty();
    uint64_t state = m->seed;
    model_set_values(g, m);
    model_add_tensors(g, c, m);
    bool good = gguf_write_to_file(g, path, true);
    FILE *file = good ? fopen(path, "abe") : NULL;
    good = file != NULL;
    for (struct ggml_tensor *t = ggml_get_first_tensor(c); good && t;
         t = ggml_get_next_tensor(c, t)) {
        good = model_write_tensor(file, m, t, &state);
    }
    if (file && fclose(file) != 0) good = false;
    gguf_free(g);
    ggml_free(c);
    return good;
}

#endif
