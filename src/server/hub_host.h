/* The hub as the service has it: opened from the settings, its directory taken into the register of
 * agents, its state shown in /health and the metrics. See boardroom/hub.h for what it does.
 */
#ifndef MKT_SERVER_HUB_HOST_H
#define MKT_SERVER_HUB_HOST_H

#include "base/json.h"
#include "boardroom/hub.h"
#include "boardroom/hub_peers.h"

struct mkt_server;

/* Evidence of this machine for the hub, and the look at that of others; NULL where there is none.
 * `user` of both is the server. `port` is that of attestation; 0 where it has none of its own. */
struct mkt_hub_host_attestation {
    mkt_hub_quote *quote;
    mkt_hub_peers_judge *judge;
    int port;
};

/* Opens the hub that the settings name, if they name one; the port must be known.
 * Errors  MKT_E_ARG  HUB_ENDPOINT, ADVERTISE_URL, ADVERTISE_ATTESTATION_URL or CLIENT_ID cannot be
 *                    what they are to be;  MKT_E_NOMEM, MKT_E_IO
 * Checked tests/server/hub_host_test.c */
MKT_MUST_CHECK mkt_status mkt_hub_host_open(struct mkt_server *server,
                                            const struct mkt_hub_host_attestation *attestation,
                                            struct mkt_err *err);

/* No more is said to the hub; what was last seen is still shown. */
void mkt_hub_host_stop(struct mkt_server *server);
void mkt_hub_host_close(struct mkt_server *server);

/* Members of /health; the desk's lock is held. */
void mkt_hub_host_health(struct mkt_server *server, struct mkt_json *w);

/* Lines of /metrics; the desk's lock is held. */
void mkt_hub_host_metrics(struct mkt_server *server, struct mkt_buf *out);

#endif
