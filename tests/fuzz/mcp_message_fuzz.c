/* A message of MCP under libFuzzer: any bytes are answered by one JSON text or by none, in either
 * era, never by a crash. The first byte chooses what the transport knows of the client. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mcp/fake_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mkt_arena arena, reading;
static int responses;

static void hear(void *user, const char *json, size_t n)
{
    struct mkt_value *root;
    struct mkt_err err = {0};
    (void)user;
    mkt_arena_reset(&reading, (size_t)1 << 20);
    assert(strlen(json) == n && !memchr(json, '\n', n));
    assert(mkt_json_read_value(&reading, json, n, &mkt_json_read_limits, &root, &err) == MKT_OK);
    bool response = mkt_json_read_member(root, "result") || mkt_json_read_member(root, "error");
    assert(response == !mkt_json_read_member(root, "method"));
    responses += response;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const versions[] = {NULL, "2026-07-28", "2025-11-25", "2031-01-01"};
    static struct mkt_flag *flag;
    struct mkt_mcp_message m;
    struct fake_host fake;
    struct mkt_mcp_host host = fake_host_make(&fake);
    struct mkt_err err = {0};
    if (size == 0) return 0;
    if (!flag && (mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK ||
                  mkt_arena_open(&reading, (size_t)64 << 20, &err) != MKT_OK ||
                  mkt_flag_make(&flag, &err) != MKT_OK))
        return 0;
    const struct mkt_mcp_peer peer = {.greeted = data[0] & 4, .version = versions[data[0] & 3]};
    responses = 0;
    mkt_status status = mkt_mcp_read(&arena, (const char *)data + 1, size - 1, &peer, &m, &err);
    if (status != MKT_OK) {
        assert(m.code < 0 || m.code == mkt_status_jsonrpc(MKT_E_NOMEM));
        mkt_mcp_refuse(&m, &err, hear, NULL);
        assert(responses == 1);
    } else if (m.rpc.kind == MKT_JSONRPC_REQUEST) {
        mkt_mcp_answer(&host, &arena, &m, flag, hear, NULL);
        assert(responses == 1);
    }
    mkt_arena_reset(&arena, (size_t)1 << 20);
    return 0;
}
