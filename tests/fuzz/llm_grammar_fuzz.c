/* Any text as a grammar, walked with any bytes: what is admitted is UTF-8, and nothing breaks.
 * The input: a grammar, a NUL, the bytes to walk. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "llm/gbnf.h"
#include "llm/matcher.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct mkt_matcher *m, const char *bytes, size_t n)
{
    char forced[64];
    uint32_t at = MKT_MATCHER_START;
    for (size_t i = 0; i < n; i++) {
        size_t length = mkt_matcher_forced(m, at, forced, sizeof forced);
        if (length) assert(mkt_matcher_walk(m, at, forced, length) || m->failed);
        at = mkt_matcher_step(m, at, (unsigned char)bytes[i]);
        if (at == MKT_MATCHER_NO) return;
        if (mkt_matcher_accepts(m, at)) assert(mkt_text_is_utf8(bytes, i + 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mkt_arena arena;
    struct mkt_grammar grammar;
    struct mkt_matcher matcher;
    struct mkt_err err = {0};
    char *text = malloc(size + 1);
    if (!text || mkt_arena_open(&arena, 4u << 20, &err) != MKT_OK) abort();
    memcpy(text, data, size);
    text[size] = '\0';
    size_t n = strlen(text);
    mkt_status status = mkt_gbnf_read(&arena, text, &grammar, &err);
    if (!status) status = mkt_matcher_init(&matcher, &arena, &grammar, &err);
    if (!status && n < size) walk(&matcher, text + n + 1, size - n - 1);
    assert((status == MKT_OK) == (err.text[0] == '\0'));
    mkt_arena_close(&arena);
    free(text);
    return 0;
}
