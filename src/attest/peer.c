#include "attest/peer.h"

#include <string.h>
#include <sys/random.h>

#include "attest/hex.h"
#include "net/call.h"

#define MEASUREMENTS_BYTES ((size_t)1 << 20)
#define NONCE 32

mkt_status mkt_peer_demand_read(struct mkt_arena *arena, const struct mkt_peer_settings *settings,
                                struct mkt_peer_demand *out, struct mkt_err *err)
{
    struct mkt_err inner = {0};
    char *text;
    size_t n;
    *out = (struct mkt_peer_demand){0};
    bool required = strcmp(settings->attestation, "required") == 0;
    if (!required && strcmp(settings->attestation, "off") != 0)
        return mkt_err_set(err, MKT_E_ARG,
                           "AGENT_PEER_ATTESTATION is \"%s\": it must be off or required",
                           settings->attestation);
    out->old_will_do = strcmp(settings->nonce, "optional") == 0;
    if (!out->old_will_do && strcmp(settings->nonce, "required") != 0)
        return mkt_err_set(err, MKT_E_ARG,
                           "AGENT_PEER_NONCE is \"%s\": it must be required or optional",
                           settings->nonce);
    if (required && !*settings->measurements)
        return mkt_err_set(err, MKT_E_ARG,
                           "AGENT_PEER_ATTESTATION is required, but AGENT_PEER_MEASUREMENTS names "
                           "no file: any program on trusted hardware would do");
    out->required = required;
    if (*settings->tcb) out->policy.accept = settings->tcb;
    if (*settings->measurements) {
        MKT_TRY(
            mkt_collateral_file(arena, settings->measurements, MEASUREMENTS_BYTES, &text, &n, err));
        mkt_status status = mkt_policy_read_allowed(arena, text, &out->policy, &inner);
        if (status != MKT_OK)
            return mkt_err_set(err, status, "%s: %s", settings->measurements, inner.text);
        if (required && !out->policy.alloweds)
            return mkt_err_set(err, MKT_E_ARG, "%s allows no measurement: nobody would do",
                               settings->measurements);
    }
    if (!*settings->collateral) return MKT_OK;
    mkt_status status = mkt_collateral_read(arena, settings->collateral, &out->collateral, err);
    if (status != MKT_OK) mkt_peer_demand_clear(out);
    out->policy.tcb_needed = true;
    return status;
}

void mkt_peer_demand_clear(struct mkt_peer_demand *demand)
{
    mkt_collateral_clear(&demand->collateral);
}

/* The sentence of the first check that failed. */
static const char *failed_check(const struct mkt_verdict *verdict)
{
    for (size_t i = 0; i < verdict->checks; i++)
        if (verdict->check[i].result == MKT_CHECK_FAILED) return verdict->check[i].text;
    return "no memory for its evidence";
}

static mkt_status refused(const char *id, const char *why, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_FORBIDDEN, "%.120s is not attested: %s", id, why);
}

mkt_status mkt_peer_verify(struct mkt_arena *arena, const struct mkt_peer_demand *demand,
                           const char *id, const struct mkt_public_key *key, const char *bytes,
                           size_t n, const unsigned char *nonce, size_t nonce_bytes, int64_t time,
                           struct mkt_verdict *verdict, struct mkt_err *err)
{
    struct mkt_evidence evidence;
    struct mkt_err inner = {0};
    struct mkt_policy policy = demand->policy;
    policy.time = time;
    policy.key = key->raw;
    policy.nonce = nonce;
    policy.nonce_bytes = nonce_bytes;
    *verdict = (struct mkt_verdict){.arena = arena, .failed = true};
    if (n == 0) return refused(id, "it shows no evidence", err);
    mkt_status status = mkt_evidence_read(arena, bytes, n, &evidence, &inner);
    if (status == MKT_OK)
        status =
            mkt_evidence_verify(arena, &evidence, &demand->collateral, &policy, verdict, &inner);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", inner.text);
    if (status != MKT_OK) {
        verdict->failed = true;
        return refused(id, inner.text, err);
    }
    if (verdict->failed) return refused(id, failed_check(verdict), err);
    if (demand->policy.alloweds) return MKT_OK;
    verdict->failed = true; /* anybody may run anything on hardware that he rents */
    return refused(id,
                   "its evidence is genuine, but AGENT_PEER_MEASUREMENTS names no program that "
                   "would do",
                   err);
}

mkt_status mkt_peer_ask(struct mkt_arena *arena, const struct mkt_peer_demand *demand,
                        const char *id, const struct mkt_public_key *key, const char *url,
                        int64_t time, struct mkt_verdict *verdict, struct mkt_err *err)
{
    unsigned char nonce[NONCE];
    struct mkt_err inner = {0};
    struct mkt_called called;
    *verdict = (struct mkt_verdict){.arena = arena, .failed = true};
    if (getrandom(nonce, sizeof nonce, 0) != (ssize_t)sizeof nonce)
        return refused(id, "no random bytes for a nonce", err);
    char *hex = mkt_hex_write(arena, nonce, sizeof nonce);
    char *full =
        hex ? mkt_arena_printf(arena, "%s%cnonce=%s", url, strchr(url, '?') ? '&' : '?', hex)
            : NULL;
    if (!full) return mkt_arena_full(arena, err);
    const struct mkt_call call = {.method = "GET",
                                  .url = full,
                                  .timeout_ms = MKT_PEER_WAIT_MS,
                                  .most = MKT_PEER_ANSWER_BYTES};
    mkt_status status = mkt_call_make(arena, &call, &called, &inner);
    if (status == MKT_E_ARG || status == MKT_E_NOMEM)
        return mkt_err_set(err, status, "%s", inner.text);
    if (status != MKT_OK) return refused(id, inner.text, err);
    if (called.status != 200)
        return refused(id, "asked for evidence, it does not answer with 200", err);
    return mkt_peer_verify(arena, demand, id, key, called.body, called.bytes, nonce,
                           demand->old_will_do ? 0 : sizeof nonce, time, verdict, err);
}
