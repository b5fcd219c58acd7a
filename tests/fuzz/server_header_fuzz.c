/* Values of headers and addresses, each a line of the input: Accept, Host, the headers that repeat a
 * message of MCP, addresses of the hub, and URLs. */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "llm/remote_server.h"
#include "net/http.h"
#include "server/accept.h"
#include "server/gate.h"
#include "server/mcp_header.h"
#include "server/networks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_networks(const char *text)
{
    struct mkt_networks networks;
    struct mkt_err err = {0};
    if (mkt_networks_read(text, &networks, &err) != MKT_OK) {
        assert(err.text[0]);
        return;
    }
    assert(networks.networks <= MKT_NETWORKS_MOST);
    for (size_t i = 0; i < networks.networks; i++) { /* each holds its own first address */
        struct sockaddr_in6 six = {.sin6_family = AF_INET6};
        assert(networks.network[i].bits >= 0 && networks.network[i].bits <= 128);
        memcpy(&six.sin6_addr, networks.network[i].address, 16);
        assert(mkt_networks_hold(&networks, (const struct sockaddr *)&six));
    }
}

static void read_address(const char *text)
{
    struct mkt_http_url url;
    struct mkt_err err = {0};
    char base[1200];
    if (mkt_http_url_read(text, &url, &err) == MKT_OK) {
        assert(url.host[0] && url.path[0] == '/');
        assert(strlen(url.host) < sizeof url.host && strlen(url.path) < sizeof url.path);
    }
    mkt_err_clear(&err);
    if (mkt_remote_server_base(text, base, &err) == MKT_OK) assert(strlen(base) < sizeof base);
}

static void check_message(const char *name, const char *value)
{
    const struct mkt_mcp_header header = {"2026-07-28", "tools/call", name};
    const struct mkt_mcp_message message = {
        .rpc = {.method = "tools/call"}, .version = "2026-07-28", .name = value};
    struct mkt_err err = {0};
    mkt_status status = mkt_mcp_header_check(&header, &message, &err);
    assert((status != MKT_OK) == (err.text[0] != '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const offer[] = {"application/json", "text/html", "text/plain", "*/x"};
    const char *line[4] = {"", "", "", ""};
    char *text = strndup((const char *)data, size), *rest = text;
    for (size_t i = 0; i < 4 && rest; i++) line[i] = strsep(&rest, "\n");
    assert(mkt_accept_choose(line[0], offer, 4) <= 4);
    bool allowed = mkt_gate_host_allowed(line[1], "192.0.2.1");
    assert(!allowed || strchr("lL1[", line[1][0]));
    (void)mkt_gate_is_loopback(line[1]);
    check_message(line[2], line[3]);
    for (size_t i = 0; i < 4; i++) {
        read_networks(line[i]);
        read_address(line[i]);
    }
    free(text);
    return 0;
}
