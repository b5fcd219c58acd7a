/* What a model server answers, in two pieces: never a crash, text that is UTF-8, nothing kept. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "llm/remote_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mkt_arena scratch;
    struct mkt_remote_reply reply;
    struct mkt_err err = {0};
    const char *bytes = (const char *)data;
    if (!scratch.base && mkt_arena_open(&scratch, (size_t)64 << 20, &err) != MKT_OK) return 0;
    size_t cut = size ? data[0] % size : 0;
    mkt_remote_reply_init(&reply, &scratch, 1 << 16);
    mkt_status status = mkt_remote_reply_add(&reply, bytes, cut, &err);
    if (status == MKT_OK) status = mkt_remote_reply_add(&reply, bytes + cut, size - cut, &err);
    if (status == MKT_OK) status = mkt_remote_reply_end(&reply, &err);
    assert(status == err.status);
    assert(!reply.text || mkt_text_is_utf8(reply.text, reply.text_bytes));
    mkt_remote_reply_close(&reply);
    assert(scratch.used == 0);
    mkt_remote_reply_problem(&scratch, bytes, size);
    mkt_arena_reset(&scratch, 1 << 20);
    return 0;
}
