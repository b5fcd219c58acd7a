/* Writes a model file of the full shape of Mistral-7B-Instruct-v0.3 with random weights.
 *
 *     build/release/bench/llm_model OUT.gguf VOCABULARY.js
 *
 * Same tensors, same mix of quantised blocks (Q4_K_M), same vocabulary, so the same bytes to
 * read, the same arithmetic and the same number of tokens a text; what it writes means nothing.
 *
 * The vocabulary of v0.3 is that of v0.1 with 768 control tokens put in behind `</s>` (Mistral's
 * documentation, "Tokenization", V3), so that of v0.1 is read from npm's mistral-tokenizer-js,
 * where it stands as base64, one piece a line.
 */
#include <openssl/evp.h>

#include "../tests/llm/model_file.h"

enum { CONTROLS = 768, TOKENS = 32768 };

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, 4 << 20);
    size_t n = file && text ? fread(text, 1, (4 << 20) - 1, file) : 0;
    if (file) fclose(file);
    if (n) return text;
    free(text);
    return NULL;
}

/* The lines of the base64 text behind `name = "`, decoded in place. */
static char *decode(char *text, const char *name)
{
    char *from = strstr(text, name);
    if (!from || !(from = strchr(from, '"'))) return NULL;
    char *end = strchr(++from, '"');
    if (!end) return NULL;
    int n = EVP_DecodeBlock((unsigned char *)text, (unsigned char *)from, (int)(end - from));
    if (n < 0) return NULL;
    text[n] = '\0';
    return text;
}

static void add_controls(struct model_vocab *v)
{
    static const char *const named[] = {"[INST]",
                                        "[/INST]",
                                        "[TOOL_CALLS]",
                                        "[AVAILABLE_TOOLS]",
                                        "[/AVAILABLE_TOOLS]",
                                        "[TOOL_RESULTS]",
                                        "[/TOOL_RESULTS]"};
    char name[32];
    for (size_t i = 0; i < CONTROLS; i++) {
        snprintf(name, sizeof name, "[control_%zu]", i + 1);
        model_vocab_add(v, i < sizeof named / sizeof *named ? named[i] : name, MODEL_TOKEN_CONTROL);
    }
}

static bool read_vocab(struct model_vocab *v, const char *path)
{
    char *text = read_file(path), *rest = text ? decode(text, "vocab_base64 =") : NULL;
    for (int i = 0; rest && *rest && v->tokens < TOKENS; i++) {
        char *end = strchr(rest, '\n');
        if (end) *end = '\0';
        int type = i == 0        ? MODEL_TOKEN_UNKNOWN
                   : i < 3       ? MODEL_TOKEN_CONTROL
                   : i < 3 + 256 ? MODEL_TOKEN_BYTE
                                 : MODEL_TOKEN_NORMAL;
        if (i == 3) add_controls(v);
        model_vocab_add(v, rest, type);
        rest = end ? end + 1 : NULL;
    }
    free(text);
    return v->tokens == TOKENS;
}

int main(int argc, char **argv)
{
    struct model_file m = {.architecture = "llama",
                           .name = "Mistral-7B-Instruct-v0.3 (random weights)",
                           .template = MODEL_MISTRAL_TEMPLATE,
                           .layers = 32,
                           .embed = 4096,
                           .heads = 32,
                           .kv_heads = 8,
                           .feed = 14336,
                           .context = 32768,
                           .wide = GGML_TYPE_Q4_K,
                           .fine = GGML_TYPE_Q6_K,
                           .epsilon = 1e-5f,
                           .spread = 3,
                           .seed = 1};
    if (argc != 3) {
        fprintf(stderr, "usage: llm_model OUT.gguf mistral-tokenizer.js\n");
        return 2;
    }
    if (!read_vocab(&m.vocab, argv[2])) {
        fprintf(stderr, "llm_model: %s does not hold the vocabulary\n", argv[2]);
        return 1;
    }
    bool good = model_file_write(&m, argv[1]);
    model_vocab_free(&m.vocab);
    if (!good) fprintf(stderr, "llm_model: %s cannot be written\n", argv[1]);
    return !good;
}
