/* JSON from outside, read strictly: its canonical form reads the same and is its own canonical form;
 * a member stands where it is said to; rows become a table; a message of JSON-RPC is one. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/jcs.h"
#include "wire/json_span.h"
#include "wire/jsonrpc.h"
#include "wire/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mkt_arena arena;
static const struct mkt_json_limits limits = {1 << 20, 64, 100000}, more = {16 << 20, 64, 100000};

/* A real beyond 64 bits is written with all its digits, as the standard asks, and a whole number of
 * so many is not read again. */
static bool has_large(const struct mkt_value *v)
{
    bool large = v->type == MKT_VALUE_NUMBER && fabs(v->number) >= 0x1p63;
    for (size_t i = 0; i < v->items && !large; i++) large = has_large(&v->item[i]);
    return large;
}

static void write_canonical(const struct mkt_value *value)
{
    struct mkt_buf once, twice;
    struct mkt_value *again;
    struct mkt_err err = {0};
    mkt_buf_init(&once, &arena);
    mkt_jcs_write(&once, value, NULL);
    assert(!once.failed);
    mkt_status status = mkt_json_read_value(&arena, once.data, once.length, &more, &again, &err);
    assert(status == MKT_OK || (status == MKT_E_SYNTAX && has_large(value)));
    if (status != MKT_OK) return;
    mkt_buf_init(&twice, &arena);
    mkt_jcs_write(&twice, again, NULL);
    assert(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
}

/* What is measured reads as the member's value. */
static void measure(const char *text, size_t n, const struct mkt_value *value)
{
    for (size_t i = 0; i < value->items && i < 8; i++) {
        const struct mkt_value *member = &value->item[i];
        struct mkt_value *alone;
        struct mkt_err err = {0};
        const char *at;
        size_t bytes;
        if (!mkt_json_span_member(text, n, member->key, &at, &bytes)) continue; /* with escapes */
        assert(at >= text && bytes <= n && (size_t)(at - text) <= n - bytes);
        if (member->type == MKT_VALUE_OBJECT || member->type == MKT_VALUE_ARRAY) {
            assert(mkt_json_read_value(&arena, at, bytes, &limits, &alone, &err) == MKT_OK);
            assert(alone->type == member->type && alone->items == member->items);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mkt_value *value;
    struct mkt_jsonrpc rpc;
    struct mkt_buf table;
    struct mkt_err err = {0};
    if (!arena.base && mkt_arena_open(&arena, (size_t)256 << 20, &err) != MKT_OK) abort();
    mkt_arena_reset(&arena, 1 << 20);
    if (size > 1 << 16) return 0;
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    mkt_status status = mkt_json_read_value(&arena, text, size, &limits, &value, &err);
    assert((status != MKT_OK) == (err.text[0] != '\0'));
    if (status == MKT_OK) {
        write_canonical(value);
        if (value->type == MKT_VALUE_OBJECT) measure(text, size, value);
        mkt_buf_init(&table, &arena);
        if (mkt_rows_write_csv(&arena, value, &table, &err) == MKT_OK) assert(table.length > 0);
        mkt_err_clear(&err);
        status = mkt_jsonrpc_read(&arena, text, size, &limits, &rpc, &err);
        assert(status == MKT_OK || (rpc.code < 0 && err.text[0]));
        assert(status != MKT_OK || rpc.kind == MKT_JSONRPC_RESPONSE || rpc.method);
    }
    free(text);
    return 0;
}
