/* Who may come in, by the header alone. */
#ifndef MKT_SERVER_GATE_H
#define MKT_SERVER_GATE_H

#include <microhttpd.h>
#include <stdbool.h>

#include "base/err.h"
#include "server/networks.h"

/* Errors  MKT_E_LIMIT  names and values of the header and the query have more than `limit` bytes */
MKT_MUST_CHECK mkt_status mkt_gate_header_size(struct MHD_Connection *connection, size_t limit,
                                               struct mkt_err *err);

/* Where a request ends can be read in one way only, so that a proxy in front and this service see the
 * same requests: one Content-Length at most, or one Transfer-Encoding, "chunked"; one Host at most.
 * Errors  MKT_E_SYNTAX  otherwise
 * Checked tests/server/framing_test.c */
MKT_MUST_CHECK mkt_status mkt_gate_framing(struct MHD_Connection *connection, struct mkt_err *err);

/* A service without tokens listens on this machine only, but a web page in this machine's browser
 * can send to it too: under a name of its own that leads here (DNS rebinding), or from its own
 * origin. So the Host must be a name of this machine, and an Origin, where there is one, the
 * service itself.
 *
 *   bound  the address the service listens on
 *
 * Errors  MKT_E_FORBIDDEN  another Host or Origin */
MKT_MUST_CHECK mkt_status mkt_gate_same_machine(struct MHD_Connection *connection,
                                                const char *bound, struct mkt_err *err);

/* An Origin, where there is one, is the service itself, by whatever scheme and name it was asked:
 * for what pages of other origins must not reach even with a token.
 * Errors  MKT_E_FORBIDDEN  another Origin */
MKT_MUST_CHECK mkt_status mkt_gate_same_origin(struct MHD_Connection *connection,
                                               struct mkt_err *err);

/* X-Client-ID, where it is sent, says for which company a request is made. It is that of this agent,
 * and the token, where there are tokens, is that company's: named after it, CLIENT or CLIENT/WORD,
 * or the operator's own, without a name.
 *
 *   client  of this agent
 *   token   name of the request's token; NULL: there are no tokens
 *
 * Errors  MKT_E_FORBIDDEN  another client's
 * Checked tests/server/client_id_test.c */
MKT_MUST_CHECK mkt_status mkt_gate_client(struct MHD_Connection *connection, const char *client,
                                          const char *token, struct mkt_err *err);

/* Whether this is the hub, which has no token: it comes from one of these addresses, says that it
 * is (X-Hub-Request: true), and names the client of this agent. */
bool mkt_gate_is_hub(struct MHD_Connection *connection, const struct mkt_networks *networks,
                     const char *client);

/* The rule for the Host: localhost, 127.0.0.1, [::1] or `bound`, with any port. */
bool mkt_gate_host_allowed(const char *host, const char *bound);

/* An address that only this machine can reach: 127.0.0.0/8, ::1, localhost. */
bool mkt_gate_is_loopback(const char *host);

#endif
