/* Attestation as the service holds it: the evidence of its machine, the port for it, what it must
 * show and what it asks of other agents.
 *
 * The TEE is asked by one worker that does nothing else, so that whoever asks for quotes keeps no
 * analysis waiting.
 */
#ifndef MKT_SERVER_ATTESTATION_H
#define MKT_SERVER_ATTESTATION_H

#include <stdio.h>

#include "attest/peer.h"
#include "attest/tee.h"
#include "boardroom/peers.h"
#include "engine/pool.h"

struct mkt_server;
struct mkt_attestation;

#define MKT_ATTESTATION_QUEUE 16 /* requests for quotes that wait; more are answered 503 */

/* Reads the settings, looks for a TEE, opens the socket of the attestation port.
 *
 *   keys    folder of the keys; SecretVM's quote lies there: docker_attestation_ed25519.txt
 *   places  NULL for the usual; its `key` is not looked at
 * Errors  MKT_E_ARG  a setting;  those of mkt_peer_demand_read, mkt_listen_open;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_attestation_open(struct mkt_server *server, const char *keys,
                                               const struct mkt_tee_options *places,
                                               struct mkt_attestation **out, struct mkt_err *err);
void mkt_attestation_close(struct mkt_attestation *attestation); /* NULL is allowed */

/* Says once, for the operator, what is wanting: nothing where nothing is. */
void mkt_attestation_say(const struct mkt_attestation *attestation, FILE *out);

/* Whether this agent may collaborate: always, unless ATTESTATION_REQUIRED asks for evidence. May ask
 * the TEE, at most every MKT_TEE_KEEP_S seconds.
 * Errors  MKT_E_FORBIDDEN  it must be attested and is not: the sentence says why */
MKT_MUST_CHECK mkt_status mkt_attestation_check(struct mkt_attestation *attestation,
                                                struct mkt_arena *arena, struct mkt_err *err);

/* What a hub of the origin is shown for a quote (attest/wrapper.h), of a struct mkt_server: with the real
 * one where there is a TEE; in development mode one that says that it is unattested; else "".
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_attestation_quote(void *server, struct mkt_arena *arena,
                                                const char **out, struct mkt_err *err);

/* A mkt_boardroom_claim, of a struct mkt_server. May ask the TEE, at most every MKT_TEE_KEEP_S seconds.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_attestation_claim(void *server, struct mkt_arena *arena,
                                                struct mkt_buf *out, struct mkt_err *err);

#define MKT_ATTESTATION_PEER_S 3600 /* for which a peer that was found attested stays so */
#define MKT_ATTESTATION_ASK_S 60    /* after a refusal, until the peer is asked again */

/* A mkt_boardroom_admit, of a struct mkt_server: whether a message of the agent may be answered, as far
 * as attestation goes. Always, unless AGENT_PEER_ATTESTATION or its pin asks for evidence; what is
 * wanting or old is fetched from the agent itself (its endpoint and /attestation, with a nonce), and
 * the register of agents told. An agent that hangs holds one worker for MKT_PEER_WAIT_MS, and is then
 * refused for MKT_ATTESTATION_ASK_S: one agent is asked at a time.
 * Errors  MKT_E_FORBIDDEN  it must be attested and is not
 *         MKT_E_BUSY       another is being asked;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_attestation_admit(void *user, struct mkt_arena *arena,
                                                const struct mkt_peers_record *record,
                                                const struct mkt_public_key *key,
                                                struct mkt_err *err);

/* Looks at the evidence that a registry's record has of an agent, and tells the register of agents, of
 * a struct mkt_server. What holds makes the agent attested; what does not takes that from nobody, or
 * the registry could shut out whom it likes. Such evidence binds no nonce: it is looked at with
 * AGENT_PEER_NONCE=optional alone, and where any measurement is allowed. */
void mkt_attestation_look(void *user, const char *id, const struct mkt_public_key *key,
                          const char *quote);

/* ---- for the handlers ---- */

struct mkt_tee *mkt_attestation_tee(const struct mkt_attestation *attestation);
struct mkt_pool *mkt_attestation_pool(const struct mkt_attestation *attestation);
int mkt_attestation_listener(const struct mkt_attestation *attestation); /* -1 for none */
int mkt_attestation_port(const struct mkt_attestation *attestation);     /* 0 for none */
bool mkt_attestation_development(const struct mkt_attestation *attestation);
bool mkt_attestation_required(const struct mkt_attestation *attestation);
const struct mkt_peer_demand *mkt_attestation_demand(const struct mkt_attestation *attestation);
const struct mkt_retired_key *mkt_attestation_retired(const struct mkt_attestation *attestation,
                                                      size_t *n);

#endif
