/* One question to the hub, and what came of it: bounded in time and bytes, told in a sentence that
 * names no address. */
#ifndef MKT_BOARDROOM_HUB_ASK_H
#define MKT_BOARDROOM_HUB_ASK_H

#include <stdatomic.h>

#include "boardroom/hub_wire.h"
#include "net/call.h"

#define MKT_HUB_ASK_URL 150                  /* bytes of the hub's address at most */
#define MKT_HUB_ASK_SMALL ((size_t)64 << 10) /* most of an answer that says yes or no */
#define MKT_HUB_ASK_LIST ((size_t)2 << 20)   /* most of a directory */

/* Whom to ask, and how. */
struct mkt_hub_ask {
    char url[MKT_HUB_ASK_URL + 1]; /* without a '/' at its end */
    const char *client;            /* X-Client-ID */
    int64_t timeout_ms;            /* of one question */
    const atomic_bool *cancel;     /* set at the end */
};

/* What came of it. */
struct mkt_hub_outcome {
    long http;                        /* status of the answer; 0: there was none */
    char detail[MKT_HUB_WIRE_DETAIL]; /* the hub's own reason, for the log */
    struct mkt_err err;
};

/* Sets url and client.
 * Errors  MKT_E_ARG  an address that is none or too long; a client that cannot be sent in a header */
MKT_MUST_CHECK mkt_status mkt_hub_ask_prepare(struct mkt_hub_ask *ask, const char *url,
                                              const char *client, struct mkt_err *err);

/* Asks, and takes an answer of 2xx.
 *
 *   asked  what it is, for the sentence: "a heartbeat"
 *   path   behind /api/v1/agents/
 *   body   JSON to post; NULL to get
 *   most   bytes of the answer
 *
 * Errors, in o->err
 *   MKT_E_FORBIDDEN  4xx                       MKT_E_DATA   a redirect
 *   MKT_E_IO         5xx, or no answer         MKT_E_LIMIT  too large
 *   MKT_E_CANCELLED                            MKT_E_NOMEM
 * Checked  tests/boardroom/hub_test.c */
MKT_MUST_CHECK mkt_status mkt_hub_ask_make(const struct mkt_hub_ask *ask, struct mkt_arena *arena,
                                           const char *asked, const char *path,
                                           const struct mkt_buf *body, size_t most,
                                           struct mkt_called *out, struct mkt_hub_outcome *o);

#endif
