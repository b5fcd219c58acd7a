/* A model file small enough for tens of thousands of texts: random weights, Mistral's form.
 *
 *     struct model_file m = tiny_model();
 *     m.seed = 7;                              (or any other shape, name, template ...)
 *     model_file_write(&m, path);
 *     model_vocab_free(&m.vocab);
 *
 * Its vocabulary: Mistral's control tokens, all bytes, every printable ASCII character, and a few
 * words of the trade with the pieces that they grow from. No piece holds a digit beside others.
 */
#ifndef MKT_TESTS_LLM_TINY_MODEL_H
#define MKT_TESTS_LLM_TINY_MODEL_H

#include "llm/model_file.h"

static inline struct model_vocab tiny_vocab(void)
{
    static const char *const control[] = {"<s>",
                                          "</s>",
                                          "[INST]",
                                          "[/INST]",
                                          "[TOOL_CALLS]",
                                          "[AVAILABLE_TOOLS]",
                                          "[/AVAILABLE_TOOLS]"};
    static const char *const word[] = {
        "_the",     "_of",      "_and",     "_channel", "_search",  "_social", "_email",
        "_display", "_spend",   "_revenue", "_return",  "_higher",  "_lower",  "_best",
        "_is",      "_are",     "_was",     "_with",    "_more",    "_less",   "_than",
        "_budget",  "_cost",    "_each",    "_should",  "_quarter", "ing",     "er",
        "ed",       "tion",     "_a",       "_to",      "_in",      "_on",     "_for",
        "_that",    "_because", "_percent", "_twice",   "_interval"};
    struct model_vocab v = {0};
    model_vocab_add(&v, "<unk>", MODEL_TOKEN_UNKNOWN);
    for (size_t i = 0; i < sizeof control / sizeof *control; i++) {
        model_vocab_add(&v, control[i], MODEL_TOKEN_CONTROL);
    }
    model_vocab_add_bytes(&v);
    for (int c = '!'; c <= '~'; c++) {
        model_vocab_add(&v, (char[]){(char)c, 0}, MODEL_TOKEN_NORMAL);
    }
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) model_vocab_add_word(&v, word[i]);
    return v;
}

static inline struct model_file tiny_model(void)
{
    return (struct model_file){.architecture = "llama",
                               .name = "Tiny random",
                               .template = MODEL_MISTRAL_TEMPLATE,
                               .layers = 2,
                               .embed = 64,
                               .heads = 2,
                               .kv_heads = 1,
                               .feed = 128,
                               .context = 4096,
                               .wide = GGML_TYPE_F32,
                               .fine = GGML_TYPE_F32,
                               .epsilon = 1e-5f,
                               .spread = 3,
                               .seed = 1,
                               .vocab = tiny_vocab()};
}

#endif
