/* A model file of one layer, random weights, and a vocabulary that holds the narrator's words whole:
 * small and quick enough for a test, and its texts have as many tokens as a real model's. */
#ifndef MKT_TESTS_NARRATE_WORD_MODEL_H
#define MKT_TESTS_NARRATE_WORD_MODEL_H

#include "llm/tiny_model.h"
#include "narrate/prompt.h"

static inline bool word_model_add_words(struct model_vocab *vocab)
{
    struct mkt_arena arena;
    struct mkt_err none = {0};
    struct mkt_buf text;
    char *rest = NULL;
    if (mkt_arena_open(&arena, 1 << 20, &none) != MKT_OK) return false;
    mkt_buf_init(&text, &arena);
    mkt_prompt_constant(&text);
    for (char *word = strtok_r(text.data, " \n,.:|()", &rest); word;
         word = strtok_r(NULL, " \n,.:|()", &rest)) {
        char spaced[64];
        snprintf(spaced, sizeof spaced, "_%s", word);
        model_vocab_add_word(vocab, spaced);
    }
    mkt_arena_close(&arena);
    return true;
}

static inline bool word_model_write(const char *path)
{
    struct model_file m = tiny_model();
    m.layers = 1;
    m.embed = 32;
    m.heads = 1;
    m.feed = 64;
    m.context = 8192;
    bool good = word_model_add_words(&m.vocab) && model_file_write(&m, path);
    model_vocab_free(&m.vocab);
    return good;
}

#endif
