/* A socket that listens. */
#ifndef MKT_SERVER_LISTEN_H
#define MKT_SERVER_LISTEN_H

#include "base/err.h"

/* host  an IPv4 or IPv6 address, or "localhost";  port  0 takes a free one
 * Errors  MKT_E_ARG        no such address on this machine
 *         MKT_E_CONFLICT   the port is taken
 *         MKT_E_FORBIDDEN  no right to use the port;  MKT_E_IO
 * Checked tests/server/listen_test.c */
MKT_MUST_CHECK mkt_status mkt_listen_open(const char *host, int port, int *socket, int *bound_port,
                                          struct mkt_err *err);

#endif
