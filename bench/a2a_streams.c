/* Tasks of A2A, each followed by whoever made it; see bench/idle_streams.h. */
#include "idle_streams.h"

int main(void)
{
    static const struct idle_stream kind = {
        "/a2a", "A2A-Version: 1.0\r\n",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"SendStreamingMessage\",\"params\":{\"message\":"
        "{"
        "\"messageId\":\"m\",\"role\":\"ROLE_USER\",\"parts\":[{\"data\":{\"analysis\":\"hold\","
        "\"dataset\":\"shop\"}}]}}}"};
    return idle_streams_measure("a2a_streams", &kind);
}
