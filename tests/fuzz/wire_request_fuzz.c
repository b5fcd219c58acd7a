/* The JSON request under libFuzzer: any bytes give a struct or an error, never a crash, and what
 * was read obeys the limits. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "wire/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mkt_arena arena;
    struct mkt_err err;
    mkt_err_clear(&err);
    if (!arena.base && mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK) return 0;
    const struct mkt_json_limits limits = {.bytes = 1 << 16, .depth = 16, .values = 4096};

    struct mkt_request r;
    mkt_status status = mkt_request_read(&arena, (const char *)data, size, &limits, &r, &err);
    if (status == MKT_OK) {
        assert((r.dataset != NULL) != (r.table != NULL));
        if (r.table) assert(mkt_text_is_utf8(r.table, r.table_bytes));
        for (size_t i = 0; i < r.parameters; i++)
            assert(mkt_text_is_utf8(r.parameter[i].value, strlen(r.parameter[i].value)));
    } else {
        assert(err.status == status && err.text[0]);
    }
    mkt_arena_reset(&arena, (size_t)1 << 20);
    return 0;
}
