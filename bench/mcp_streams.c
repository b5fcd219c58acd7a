/* Calls of MCP, each a stream with its progress; see bench/idle_streams.h. */
#include "idle_streams.h"

int main(void)
{
    static const struct idle_stream kind = {
        "/mcp", "Accept: application/json, text/event-stream\r\n",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"hold\","
        "\"arguments\":{\"data\":\"shop\"},\"_meta\":{\"progressToken\":1}}}"};
    return idle_streams_measure("mcp_streams", &kind);
}
