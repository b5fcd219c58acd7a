/* JSON as Python reads and writes it, under libFuzzer: what is written is read again, and written
 * again it is the same bytes. */
#include <assert.h>
#include <string.h>

#include "wire/pyjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mkt_arena arena;
    const struct mkt_json_limits limits = {1 << 20, 32, 100000}, more = {64 << 20, 32, 100000};
    struct mkt_err err = {0};
    struct mkt_pyvalue *value;
    struct mkt_buf once, twice;
    if (!arena.base && mkt_arena_open(&arena, (size_t)256 << 20, &err) != MKT_OK) return 0;
    mkt_arena_reset(&arena, 1 << 20);
    if (mkt_pyjson_read(&arena, (const char *)data, size, &limits, &value, &err) != MKT_OK) {
        assert(err.text[0]);
        return 0;
    }
    mkt_buf_init(&once, &arena);
    mkt_pyjson_write(&once, value);
    assert(!once.failed);
    for (size_t i = 0; i < once.length; i++) assert(once.data[i] >= ' ' && once.data[i] <= '~');
    assert(mkt_pyjson_read(&arena, once.data, once.length, &more, &value, &err) == MKT_OK);
    mkt_buf_init(&twice, &arena);
    mkt_pyjson_write(&twice, value);
    assert(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    return 0;
}
