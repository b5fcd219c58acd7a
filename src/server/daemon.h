/* The HTTP library's threads and what they call: connections that come and go, and each request from
 * its header to the end of its answer. GET /health is answered here, without an exchange.
 */
#ifndef MKT_SERVER_DAEMON_H
#define MKT_SERVER_DAEMON_H

#include "server/server.h"

bool mkt_daemon_is_health(const char *url, const char *method);

/* Starts the threads of the API port and of the attestation port, if there is one.
 * Errors   MKT_E_IO  the library cannot start; then nothing runs
 * Checked  tests/server/server_test.c, tests/server/limits_test.c */
MKT_MUST_CHECK mkt_status mkt_daemon_open(struct mkt_server *server, struct mkt_err *err);

/* From here on nobody can connect; who is connected is served. */
void mkt_daemon_refuse(struct mkt_server *server);

/* Ends the threads; connections that are left are cut. */
void mkt_daemon_stop(struct mkt_server *server);

#endif
