/* Clients of MCP that opened with a handshake: so that one can cancel its own request, and no other's.
 *
 * A session is an id of 128 random bits that the service made, bound to the token it was made for.
 * It holds nothing else: a client that sends none is served just as well, but cannot cancel. Their
 * number is bounded: the one that was used longest ago makes room.
 */
#ifndef MKT_SERVER_SESSIONS_H
#define MKT_SERVER_SESSIONS_H

#include "engine/flag.h"
#include "wire/jsonrpc.h"

#define MKT_SESSIONS_ID 33 /* bytes of an id, NUL included */
#define MKT_SESSIONS_MOST 1024

struct mkt_sessions;
struct mkt_sessions_request;

/* Errors  MKT_E_NOMEM
 * Checked tests/server/sessions_test.c */
MKT_MUST_CHECK mkt_status mkt_sessions_open(struct mkt_sessions **out, struct mkt_err *err);
void mkt_sessions_close(
    struct mkt_sessions *sessions); /* no request may be left; NULL is allowed */

/* A new session. `bearer` is the Authorization header, or NULL.
 * Errors  MKT_E_IO  the system gives no random bits */
MKT_MUST_CHECK mkt_status mkt_sessions_make(struct mkt_sessions *sessions, const char *bearer,
                                            char id[MKT_SESSIONS_ID], struct mkt_err *err);

/* Whether it is a session of that bearer; counts as use. */
bool mkt_sessions_know(struct mkt_sessions *sessions, const char *id, const char *bearer);

/* A request begins; NULL when there is no memory: then it cannot be cancelled. mkt_sessions_end
 * takes it back. */
struct mkt_sessions_request *mkt_sessions_begin(struct mkt_sessions *sessions, const char *session,
                                                const struct mkt_value *id);

/* What stops it; set at once when it has been cancelled already. The flag is held. */
void mkt_sessions_attach(struct mkt_sessions_request *request, struct mkt_flag *flag);
void mkt_sessions_end(struct mkt_sessions_request *request); /* NULL is allowed */

/* Sets the flag of the session's request of that id. */
void mkt_sessions_cancel(struct mkt_sessions *sessions, const char *session,
                         const struct mkt_value *id);

#endif
