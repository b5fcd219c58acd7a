#include "server/attestation.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "attest/claim.h"
#include "attest/wrapper.h"
#include "base/log.h"
#include "server/exchange.h"
#include "server/listen.h"

#define TASK_ARENA ((size_t)64 << 20)
#define DEMAND_ARENA ((size_t)64 << 20)

struct mkt_attestation {
    struct mkt_public_key key;
    struct mkt_tee *tee;
    bool development, required;
    struct mkt_pool *pool; /* one worker */
    atomic_bool asking;    /* a worker of the service waits for another agent's evidence */
    struct mkt_arena arena;
    struct mkt_peer_demand demand;
    struct mkt_retired_key retired[MKT_KEYS_RETIRED];
    size_t retireds;
    int listener, port;
    char secretvm[PATH_MAX];
};

static mkt_status open_tee(struct mkt_attestation *a, const char *keys,
                           const struct mkt_tee_options *places, struct mkt_err *err)
{
    struct mkt_tee_options options = {0};
    if (places) options = *places;
    options.key = &a->key;
    if (!options.secretvm) {
        int n =
            snprintf(a->secretvm, sizeof a->secretvm, "%s/docker_attestation_ed25519.txt", keys);
        if (n > 0 && (size_t)n < sizeof a->secretvm) options.secretvm = a->secretvm;
    }
    return mkt_tee_open(&options, &a->tee, err);
}

static mkt_status open_port(struct mkt_attestation *a, const struct mkt_settings *set,
                            struct mkt_err *err)
{
    struct mkt_err inner = {0};
    if (set->attestation_port < 0) return MKT_OK;
    mkt_status status =
        mkt_listen_open(set->host, (int)set->attestation_port, &a->listener, &a->port, &inner);
    if (status == MKT_OK) return MKT_OK;
    return mkt_err_set(err, status,
                       "attestation: %s; AGENT_ATTESTATION_PORT names another port, -1 none",
                       inner.text);
}

static mkt_status open_parts(struct mkt_attestation *a, struct mkt_server *server, const char *keys,
                             const struct mkt_tee_options *places, struct mkt_err *err)
{
    const struct mkt_settings *set = server->settings;
    const struct mkt_pool_options pool = {
        .workers = 1, .queue = MKT_ATTESTATION_QUEUE, .arena = TASK_ARENA, .keep = 1 << 20};
    const struct mkt_peer_settings peers = {.attestation = set->peer_attestation,
                                            .nonce = set->peer_nonce,
                                            .measurements = set->peer_measurements,
                                            .collateral = set->peer_collateral,
                                            .tcb = set->peer_tcb};
    MKT_TRY(
        mkt_settings_flag("ATTESTATION_REQUIRED", set->attestation_required, &a->required, err));
    MKT_TRY(mkt_settings_flag("DEVELOPMENT_MODE", set->development, &a->development, err));
    MKT_TRY(mkt_arena_open(&a->arena, DEMAND_ARENA, err));
    MKT_TRY(mkt_peer_demand_read(&a->arena, &peers, &a->demand, err));
    MKT_TRY(mkt_keys_retired(keys, &a->key, a->retired, &a->retireds, err));
    MKT_TRY(open_port(a, set, err));
    MKT_TRY(open_tee(a, keys, places, err));
    return mkt_pool_open(&pool, &a->pool, err);
}

mkt_status mkt_attestation_open(struct mkt_server *server, const char *keys,
                                const struct mkt_tee_options *places, struct mkt_attestation **out,
                                struct mkt_err *err)
{
    struct mkt_attestation *a = calloc(1, sizeof *a);
    struct mkt_err why = {0};
    if (!a) return mkt_err_set(err, MKT_E_NOMEM, "no memory for attestation");
    a->listener = -1;
    a->key = *mkt_keys_public(server->keys);
    mkt_status status = open_parts(a, server, keys, places, err);
    if (status != MKT_OK) {
        mkt_attestation_close(a);
        return status;
    }
    bool attested = mkt_tee_attested(a->tee, &why);
    mkt_log(attested || !a->required ? MKT_LOG_INFO : MKT_LOG_WARN, "attestation",
            "source=%s attested=%d required=%d port=%d", mkt_tee_source_name(a->tee), attested,
            a->required, a->port);
    *out = a;
    return MKT_OK;
}

void mkt_attestation_close(struct mkt_attestation *a)
{
    if (!a) return;
    if (a->pool) mkt_pool_close(a->pool); /* its worker may still wait for the TEE */
    mkt_tee_close(a->tee);
    mkt_peer_demand_clear(&a->demand);
    if (a->listener >= 0) close(a->listener);
    mkt_arena_close(&a->arena);
    free(a);
}

void mkt_attestation_say(const struct mkt_attestation *a, FILE *out)
{
    struct mkt_err why = {0};
    if (!mkt_tee_attested(a->tee, &why) &&
        (a->required || strcmp(mkt_tee_source_name(a->tee), "none") != 0))
        fprintf(out, "marketing-agent is not attested: %s%s\n", why.text,
                a->required ? "; no collaboration is served (ATTESTATION_REQUIRED)" : "");
}

mkt_status mkt_attestation_check(struct mkt_attestation *a, struct mkt_arena *arena,
                                 struct mkt_err *err)
{
    struct mkt_tee_evidence evidence;
    struct mkt_err why = {0};
    if (!a->required) return MKT_OK;
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = mkt_tee_take(arena, a->tee, NULL, 0, &evidence, &why);
    mkt_arena_release(arena, mark);
    if (status == MKT_OK) return MKT_OK;
    return mkt_err_set(err, MKT_E_FORBIDDEN,
                       "this agent must be attested before it collaborates, and is not: %s",
                       why.text);
}

mkt_status mkt_attestation_quote(void *server, struct mkt_arena *arena, const char **out,
                                 struct mkt_err *err)
{
    struct mkt_attestation *a = ((struct mkt_server *)server)->attestation;
    struct mkt_tee_evidence evidence;
    struct mkt_err why = {0};
    bool real = mkt_tee_take(arena, a->tee, NULL, 0, &evidence, &why) == MKT_OK;
    *out = "";
    if (!real && !a->development) return MKT_OK;
    *out = mkt_wrapper_write(arena, &a->key, real ? &evidence : NULL, (int64_t)time(NULL));
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

mkt_status mkt_attestation_claim(void *server, struct mkt_arena *arena, struct mkt_buf *out,
                                 struct mkt_err *err)
{
    struct mkt_attestation *a = ((struct mkt_server *)server)->attestation;
    struct mkt_tee_evidence evidence;
    struct mkt_err why = {0};
    struct mkt_json w;
    mkt_status status = mkt_tee_take(arena, a->tee, NULL, 0, &evidence, &why);
    mkt_json_init(&w, out);
    return mkt_claim_write(&w, &a->key, status == MKT_OK ? &evidence : NULL,
                           status == MKT_E_NOT_FOUND ? "none" : "unavailable", "/attestation",
                           false, err);
}

/* The register is told what came of it; the status of the verification goes on. */
static mkt_status tell(struct mkt_server *server, const char *id, const struct mkt_public_key *key,
                       mkt_status status, const struct mkt_err *why, int64_t now,
                       struct mkt_err *err)
{
    if (status == MKT_OK || status == MKT_E_FORBIDDEN)
        MKT_TRY(mkt_peers_attest(server->peers, id, key, status == MKT_OK,
                                 status == MKT_OK ? "a quote of trusted hardware binds its key"
                                                  : why->text,
                                 now * INT64_C(1000000), err));
    return status == MKT_OK ? MKT_OK : mkt_err_set(err, status, "%s", why->text);
}

static mkt_status look(struct mkt_server *server, struct mkt_arena *arena, const char *id,
                       const struct mkt_public_key *key, const char *quote, struct mkt_err *err)
{
    const struct mkt_peer_demand *demand = &server->attestation->demand;
    struct mkt_verdict *verdict = MKT_NEW(arena, struct mkt_verdict, 1);
    struct mkt_peers_record *record = MKT_NEW(arena, struct mkt_peers_record, 1);
    struct mkt_err why = {0};
    int64_t now = (int64_t)time(NULL);
    if (!verdict || !record) return mkt_arena_full(arena, err);
    mkt_status status =
        mkt_peer_verify(arena, demand, id, key, quote, strlen(quote), NULL, 0, now, verdict, &why);
    if (status != MKT_OK &&
        !(mkt_peers_find(server->peers, id, record) && record->evidence == MKT_PEERS_UNKNOWN))
        return MKT_OK;
    return tell(server, id, key, status, &why, now, err);
}

void mkt_attestation_look(void *user, const char *id, const struct mkt_public_key *key,
                          const char *quote)
{
    struct mkt_server *server = user;
    struct mkt_arena arena = {0};
    struct mkt_err err = {0};
    const struct mkt_peer_demand *demand = &server->attestation->demand;
    if (!demand->policy.alloweds || !demand->old_will_do) return; /* nobody would do */
    mkt_status status = mkt_arena_open(&arena, TASK_ARENA, &err);
    if (status == MKT_OK) status = look(server, &arena, id, key, quote, &err);
    if (status != MKT_OK && status != MKT_E_FORBIDDEN)
        mkt_log(MKT_LOG_WARN, "peer_evidence", "status=%s", mkt_status_name(status));
    mkt_arena_close(&arena);
}

mkt_status mkt_attestation_admit(void *user, struct mkt_arena *arena,
                                 const struct mkt_peers_record *record,
                                 const struct mkt_public_key *key, struct mkt_err *err)
{
    struct mkt_server *server = user;
    const struct mkt_peer_demand *demand = &server->attestation->demand;
    struct mkt_err why = {0};
    int64_t now = (int64_t)time(NULL);
    if (!demand->required && !(record && record->must_attest)) return MKT_OK;
    if (!record)
        return mkt_err_set(err, MKT_E_FORBIDDEN,
                           "the sender must be attested, and nobody knows where to ask it");
    /* evidence of one key of a sender says nothing of its others */
    bool judged = memcmp(record->judged.raw, key->raw, MKT_KEYS_PUBLIC) == 0;
    int64_t age = judged && record->attested_us ? now - record->attested_us / 1000000 : INT64_MAX;
    if (record->evidence == MKT_PEERS_ATTESTED && age < MKT_ATTESTATION_PEER_S) return MKT_OK;
    if (record->evidence == MKT_PEERS_REFUTED && age < MKT_ATTESTATION_ASK_S)
        return mkt_err_set(err, MKT_E_FORBIDDEN, "%s", record->why);
    if (!record->endpoint[0])
        return mkt_err_set(err, MKT_E_FORBIDDEN,
                           "%s must be attested, and it is not known where to ask for its evidence",
                           record->id);
    struct mkt_verdict *verdict = MKT_NEW(arena, struct mkt_verdict, 1);
    size_t n = strlen(record->endpoint);
    while (n && record->endpoint[n - 1] == '/') n--;
    char *url = mkt_arena_printf(arena, "%.*s/attestation", (int)n, record->endpoint);
    if (!verdict || !url) return mkt_arena_full(arena, err);
    if (atomic_exchange(&server->attestation->asking, true))
        return mkt_err_set(err, MKT_E_BUSY,
                           "another agent is being asked for its evidence; try again in a moment");
    mkt_status status = mkt_peer_ask(arena, demand, record->id, key, url, now, verdict, &why);
    atomic_store(&server->attestation->asking, false);
    if (status == MKT_E_ARG) status = MKT_E_FORBIDDEN; /* no address: no evidence */
    return tell(server, record->id, key, status, &why, now, err);
}

struct mkt_tee *mkt_attestation_tee(const struct mkt_attestation *a)
{
    return a->tee;
}

struct mkt_pool *mkt_attestation_pool(const struct mkt_attestation *a)
{
    return a->pool;
}

int mkt_attestation_listener(const struct mkt_attestation *a)
{
    return a->listener;
}

int mkt_attestation_port(const struct mkt_attestation *a)
{
    return a->port;
}

bool mkt_attestation_development(const struct mkt_attestation *a)
{
    return a->development;
}

bool mkt_attestation_required(const struct mkt_attestation *a)
{
    return a->required;
}

const struct mkt_peer_demand *mkt_attestation_demand(const struct mkt_attestation *a)
{
    return &a->demand;
}

const struct mkt_retired_key *mkt_attestation_retired(const struct mkt_attestation *a, size_t *n)
{
    *n = a->retireds;
    return a->retired;
}
