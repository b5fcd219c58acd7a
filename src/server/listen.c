#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

static bool address_of(const char *host, int port, struct sockaddr_storage *out, socklen_t *length)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    if (strcasecmp(host, "localhost") == 0) host = "127.0.0.1";
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, host, &four.sin_addr) == 1) {
        memcpy(out, &four, sizeof four);
        *length = sizeof four;
        return true;
    }
    if (inet_pton(AF_INET6, host, &six.sin6_addr) == 1) {
        memcpy(out, &six, sizeof six);
        *length = sizeof six;
        return true;
    }
    return false;
}

static mkt_status fault(const char *host, int port, struct mkt_err *err)
{
    int code = errno;
    mkt_status status = code == EADDRINUSE      ? MKT_E_CONFLICT
                        : code == EACCES        ? MKT_E_FORBIDDEN
                        : code == EADDRNOTAVAIL ? MKT_E_ARG
                                                : MKT_E_IO;
    return mkt_err_set(err, status, "cannot listen on %s port %d: %s", host, port, strerror(code));
}

mkt_status mkt_listen_open(const char *host, int port, int *sock, int *bound_port,
                           struct mkt_err *err)
{
    struct sockaddr_storage address;
    socklen_t length;
    int on = 1;
    if (!address_of(host, port, &address, &length))
        return mkt_err_set(err, MKT_E_ARG,
                           "\"%s\" is not an address to listen on: give an IPv4 or IPv6 address",
                           host);
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fault(host, port, err);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    length =
        address.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        mkt_status status = fault(host, port, err);
        close(fd);
        return status;
    }
    uint16_t bound = address.ss_family == AF_INET ? ((struct sockaddr_in *)&address)->sin_port
                                                  : ((struct sockaddr_in6 *)&address)->sin6_port;
    *bound_port = ntohs(bound);
    *sock = fd;
    return MKT_OK;
}
