/* What is said to the hub and what it answers, apart from how that travels and when.
 *
 * Sent is what Boardroom's hub takes; read is what bytes of any sender may be: an answer that is
 * not as it must be is an error with a sentence, a row of the directory that is not is left out.
 * Sentences name what the hub was asked, never words of the hub.
 *
 * Source   the origin's hub, as read and run: src/hub/api/routes.py and
 *          src/hub/services/agent_registry.py at commit 57f83a7
 * Checked  tests/boardroom/hub_wire_test.c, tests/fuzz/boardroom_hub_fuzz.c
 */
#ifndef MKT_BOARDROOM_HUB_WIRE_H
#define MKT_BOARDROOM_HUB_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define MKT_HUB_WIRE_AGENTS 1024     /* rows that are read; more are counted only */
#define MKT_HUB_WIRE_CAPABILITIES 32 /* of one row; more are left out */
#define MKT_HUB_WIRE_DETAIL 120      /* bytes of the hub's own reason, NUL included */

/* Who registers. */
struct mkt_hub_wire_self {
    const char *agent_id, *type, *client;
    const char *endpoint, *attestation_endpoint; /* where others reach it */
    const char *public_key;                      /* PEM */
    const char *const *capability;
    size_t capabilities;
};

/* One agent of the directory; no text is empty. */
struct mkt_hub_wire_agent {
    const char *id;                /* at most 128 bytes */
    const char *type;              /* at most 63; NULL when it is not told */
    const char *endpoint;          /* at most 255 */
    const char *const *capability; /* each at most 63 */
    size_t capabilities;
    bool online; /* heard of within 5 minutes, says the hub */
    /* of a full record; NULL in the plain directory */
    const char *client, *public_key, *quote;
};

struct mkt_hub_wire_directory {
    struct mkt_hub_wire_agent *agent; /* each id once: the first row of several */
    size_t agents, skipped;           /* skipped: rows that are none, or too many */
};

/* The body of POST /agents/register.
 *   quote  evidence in the form that the hub takes, base64; "" for none */
void mkt_hub_wire_register(struct mkt_buf *out, const struct mkt_hub_wire_self *self,
                           const char *quote);

/* The body of POST /agents/heartbeat.
 *   now_us  microseconds since 1970: the hub wants UTC without a zone */
void mkt_hub_wire_heartbeat(struct mkt_buf *out, const char *agent_id, int64_t now_us);

/* Whether the answer says that this agent, and no other, is registered and verified.
 * Errors  MKT_E_DATA  it does not;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_hub_wire_read_registered(struct mkt_arena *arena, const char *bytes,
                                                       size_t n, const char *agent_id,
                                                       struct mkt_err *err);

/* Whether the answer acknowledges a heartbeat.      Errors  MKT_E_DATA, MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_hub_wire_read_heartbeat(struct mkt_arena *arena, const char *bytes,
                                                      size_t n, struct mkt_err *err);

/* The directory, plain or full; texts in the arena.
 * Errors  MKT_E_DATA  not JSON, or no list of agents;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_hub_wire_read_directory(struct mkt_arena *arena, const char *bytes,
                                                      size_t n, struct mkt_hub_wire_directory *out,
                                                      struct mkt_err *err);

/* The reason that an answer of an error gives ({"detail": "..."}), fit for the log: printable ASCII
 * without spaces; "" when there is none. Returns `out`. */
char *mkt_hub_wire_detail(struct mkt_arena *arena, const char *bytes, size_t n,
                          char out[MKT_HUB_WIRE_DETAIL]);

/* Text as part of a URL's query: each byte but A-Z a-z 0-9 - . _ ~ as %XX.   NULL: arena full */
char *mkt_hub_wire_escape(struct mkt_arena *arena, const char *text);

#endif
