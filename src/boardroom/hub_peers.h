/* What the hub's directory says, taken into the register of agents. The register decides what a key
 * that changes means (boardroom/peers.h); nobody is forgotten because the directory has dropped it,
 * or who owns the directory for a moment could give a known agent a new key.
 */
#ifndef MKT_BOARDROOM_HUB_PEERS_H
#define MKT_BOARDROOM_HUB_PEERS_H

#include "boardroom/hub_wire.h"
#include "boardroom/peers.h"

/* Looks at the evidence that a full record has of an agent. On the hub's thread: heartbeats wait. */
typedef void mkt_hub_peers_judge(void *user, const char *id, const struct mkt_public_key *key,
                                 const char *quote);

struct mkt_hub_peers_taken {
    size_t taken;
    size_t foreign; /* records of another client: not taken */
    size_t keyless; /* taken, without a key, or one that is no Ed25519 key */
    size_t changed; /* taken, with another key than before */
    size_t refused; /* by the register: an id that is none, or no room */
};

/*   client  whose records are taken; a record that names no client is, too
 *   judge   NULL: nobody looks at evidence
 * Checked   tests/boardroom/hub_peers_test.c */
void mkt_hub_peers_take(struct mkt_peers *peers, const char *client,
                        const struct mkt_hub_wire_directory *directory, mkt_hub_peers_judge *judge,
                        void *user, struct mkt_hub_peers_taken *out);

#endif
