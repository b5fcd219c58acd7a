/* Answers of a guest agent that says anything: no crash, and what is taken lies within bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attest/tee_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mkt_arena arena;
    struct mkt_err err = {0};
    struct mkt_tee_evidence out = {0};
    if (size > 1 << 18) return 0;
    if (!arena.base && mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK) return 0;
    mkt_arena_reset(&arena, 1 << 20);
    char *text = mkt_arena_strndup(&arena, (const char *)data, size);
    mkt_status status = mkt_tee_source_dstack_read(&arena, text, size, &out, &err);
    if (status != MKT_OK && !err.text[0]) abort();
    if (status == MKT_OK && (!out.quote_bytes || out.quote_bytes > MKT_TEE_QUOTE_BYTES)) abort();
    if (status == MKT_OK && out.event_log && strlen(out.event_log) != out.event_log_bytes) abort();
    return 0;
}
