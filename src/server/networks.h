/* Addresses of others, from a setting: "10.0.0.7, 172.18.0.0/16, fd00::/8". */
#ifndef MKT_SERVER_NETWORKS_H
#define MKT_SERVER_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

#define MKT_NETWORKS_MOST 16

struct mkt_networks {
    struct {
        unsigned char address[16]; /* IPv6; an IPv4 address as ::ffff:a.b.c.d */
        int bits;                  /* of it that count */
    } network[MKT_NETWORKS_MOST];
    size_t networks;
};

/* Reads addresses and networks, apart by commas or spaces; "" holds none.
 * Errors  MKT_E_ARG    a word that is neither, bits that are too many, or set behind the network
 *         MKT_E_LIMIT  more than MKT_NETWORKS_MOST
 * Checked tests/server/networks_test.c */
MKT_MUST_CHECK mkt_status mkt_networks_read(const char *text, struct mkt_networks *out,
                                            struct mkt_err *err);

/* Whether the address is one of them. An IPv4 address that came over an IPv6 socket is itself. */
bool mkt_networks_hold(const struct mkt_networks *networks, const struct sockaddr *address);

#endif
