#include "server/gate.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static enum MHD_Result add_size(void *user, enum MHD_ValueKind kind, const char *name,
                                size_t name_n, const char *value, size_t value_n)
{
    size_t *sum = user;
    (void)kind;
    (void)name;
    (void)value;
    *sum += name_n + value_n + 4;
    return MHD_YES;
}

mkt_status mkt_gate_header_size(struct MHD_Connection *connection, size_t limit,
                                struct mkt_err *err)
{
    size_t sum = 0;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND | MHD_GET_ARGUMENT_KIND, add_size,
                                &sum);
    if (sum > limit)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "the request's header has %zu bytes; at most %zu are taken", sum, limit);
    return MKT_OK;
}

struct framing {
    int lengths, codings, hosts;
    bool chunked;
};

static enum MHD_Result count_framing(void *user, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    struct framing *f = user;
    (void)kind;
    if (strcasecmp(name, "Content-Length") == 0) f->lengths++;
    if (strcasecmp(name, "Host") == 0) f->hosts++;
    if (strcasecmp(name, "Transfer-Encoding") == 0) {
        f->codings++;
        f->chunked = value && strcasecmp(value, "chunked") == 0;
    }
    return MHD_YES;
}

mkt_status mkt_gate_framing(struct MHD_Connection *connection, struct mkt_err *err)
{
    struct framing f = {0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_framing, &f);
    if (f.lengths + f.codings > 1)
        return mkt_err_set(err, MKT_E_SYNTAX,
                           "the length of the body is said twice: one Content-Length or one "
                           "Transfer-Encoding is taken");
    if (f.codings && !f.chunked)
        return mkt_err_set(err, MKT_E_SYNTAX, "of Transfer-Encoding only \"chunked\" is taken");
    if (f.hosts > 1) return mkt_err_set(err, MKT_E_SYNTAX, "there are two Host headers");
    return MKT_OK;
}

/* "name:port" or "[address]:port" against a name, without regard to the port. */
static bool host_is(const char *host, const char *name)
{
    char plain[72];
    snprintf(plain, sizeof plain, strchr(name, ':') ? "[%s]" : "%s", name);
    size_t n = strlen(plain);
    return strncasecmp(host, plain, n) == 0 && (host[n] == '\0' || host[n] == ':');
}

bool mkt_gate_host_allowed(const char *host, const char *bound)
{
    return host_is(host, "localhost") || host_is(host, "127.0.0.1") || host_is(host, "::1") ||
           host_is(host, bound);
}

mkt_status mkt_gate_same_machine(struct MHD_Connection *connection, const char *bound,
                                 struct mkt_err *err)
{
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
    const char *origin = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin");
    if (host && !mkt_gate_host_allowed(host, bound))
        return mkt_err_set(err, MKT_E_FORBIDDEN,
                           "without tokens this service answers to localhost only, not to the name "
                           "in the Host header");
    if (origin &&
        (!host || strncasecmp(origin, "http://", 7) != 0 || strcasecmp(origin + 7, host) != 0))
        return mkt_err_set(err, MKT_E_FORBIDDEN,
                           "without tokens this service does not answer to pages of other origins");
    return MKT_OK;
}

mkt_status mkt_gate_same_origin(struct MHD_Connection *connection, struct mkt_err *err)
{
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
    const char *origin = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin");
    const char *slashes = origin ? strstr(origin, "://") : NULL;
    if (!origin || (host && slashes && strcasecmp(slashes + 3, host) == 0)) return MKT_OK;
    return mkt_err_set(err, MKT_E_FORBIDDEN, "this is not for pages of other origins");
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

mkt_status mkt_gate_client(struct MHD_Connection *connection, const char *client, const char *token,
                           struct mkt_err *err)
{
    const char *given = header(connection, "X-Client-ID");
    size_t n = strlen(client);
    if (!given) return MKT_OK;
    if (strcmp(given, client) != 0)
        return mkt_err_set(err, MKT_E_FORBIDDEN,
                           "this agent works for another client than X-Client-ID names");
    if (!token || !token[0] || (strncmp(token, client, n) == 0 && (!token[n] || token[n] == '/')))
        return MKT_OK;
    return mkt_err_set(err, MKT_E_FORBIDDEN,
                       "this token is not of the client that X-Client-ID names: the name of the "
                       "token must be that client, or begin with it and \"/\"");
}

bool mkt_gate_is_hub(struct MHD_Connection *connection, const struct mkt_networks *networks,
                     const char *client)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const char *hub = header(connection, "X-Hub-Request");
    const char *given = header(connection, "X-Client-ID");
    return info && info->client_addr && mkt_networks_hold(networks, info->client_addr) && hub &&
           strcasecmp(hub, "true") == 0 && given && strcmp(given, client) == 0;
}

bool mkt_gate_is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (strcasecmp(host, "localhost") == 0) return true;
    if (inet_pton(AF_INET, host, &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}
