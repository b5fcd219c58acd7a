#include "server/api.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attest/hex.h"
#include "attest/wrapper.h"
#include "base/clock.h"
#include "base/json.h"
#include "server/attestation.h"
#include "server/reply.h"

/* What the address asks for. */
struct asked {
    unsigned char nonce[MKT_TEE_NONCE_MOST];
    size_t nonce_bytes;
    bool quote;
};

static mkt_status take(void *user, const char *name, const char *value, struct mkt_err *err)
{
    struct asked *asked = user;
    size_t n = strlen(value);
    if (strcmp(name, "quote") == 0) return mkt_settings_flag("quote", value, &asked->quote, err);
    if (strcmp(name, "nonce") != 0)
        return mkt_err_set(err, MKT_E_ARG,
                           "there is no parameter \"%.40s\"; there are nonce and "
                           "quote",
                           name);
    if (n % 2 || n < 2 * MKT_TEE_NONCE_LEAST || n > 2 * MKT_TEE_NONCE_MOST ||
        !mkt_hex_read(value, n, asked->nonce, n / 2))
        return mkt_err_set(err, MKT_E_ARG, "nonce takes %d to %d hex digits, two for each byte",
                           2 * MKT_TEE_NONCE_LEAST, 2 * MKT_TEE_NONCE_MOST);
    asked->nonce_bytes = n / 2;
    return MKT_OK;
}

static char *time_text(int64_t seconds, char out[32])
{
    char text[24];
    snprintf(out, 32, "%sZ", mkt_clock_text(seconds, text));
    return out;
}

static void member_base64(struct mkt_json *w, const char *name, const void *bytes, size_t n)
{
    char *text = mkt_hex_write_base64(w->out->arena, bytes, n);
    if (!text) w->out->failed = true;
    mkt_json_member_string(w, name, text);
}

static void member_hex(struct mkt_json *w, const char *name, const void *bytes, size_t n)
{
    char *text = mkt_hex_write(w->out->arena, bytes, n);
    if (!text) w->out->failed = true;
    mkt_json_member_string(w, name, text);
}

/* ---- GET /attestation ---- */

static void write_quote(struct mkt_json *w, const struct mkt_tee_evidence *e,
                        const struct asked *asked)
{
    member_base64(w, "quote", e->quote, e->quote_bytes);
    if (e->event_log) mkt_json_member_string(w, "event_log", e->event_log);
    if (e->certificates) member_base64(w, "certificates", e->certificates, e->certificates_bytes);
    if (!asked->nonce_bytes) return;
    mkt_json_key(w, "nonce");
    mkt_json_open(w, '{');
    member_hex(w, "value", asked->nonce, asked->nonce_bytes);
    mkt_json_member_bool(w, "bound", e->nonce_bound);
    if (!e->nonce_bound)
        mkt_json_member_string(w, "why",
                               "the quote was made with the machine and is always the same: it "
                               "binds the key, and no nonce");
    mkt_json_close(w, '}');
}

static void write_evidence(struct mkt_json *w, const struct mkt_tee_evidence *e,
                           const struct asked *asked)
{
    char text[32];
    mkt_json_member_string(w, "platform", e ? e->tee : "none");
    mkt_json_member_bool(w, "quote_available", e != NULL);
    mkt_json_member_string(w, "quote_type", e ? e->tee : "none");
    mkt_json_key(w, "measurements");
    mkt_json_open(w, '{');
    for (size_t i = 0; e && i < e->measures; i++)
        mkt_json_member_string(w, e->measured[i].name, e->measured[i].hex);
    mkt_json_close(w, '}');
    mkt_json_member_string(w, "timestamp", time_text(e ? e->taken : (int64_t)time(NULL), text));
    if (!e) return;
    mkt_json_member_string(w, "source", e->source);
    member_hex(w, "report_data", e->report_data, sizeof e->report_data);
    if (asked->quote || asked->nonce_bytes) write_quote(w, e, asked);
}

/* `problem` NULL: all is well. */
static mkt_status answer(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                         const struct asked *asked, const struct mkt_tee_evidence *e,
                         const char *problem, struct mkt_err *err)
{
    const struct mkt_attestation *a = x->server->attestation;
    char fingerprint[MKT_KEYS_FINGERPRINT];
    struct mkt_buf text;
    struct mkt_json w;
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "status", problem ? "unhealthy" : "healthy");
    if (problem) mkt_json_member_string(&w, "error", problem);
    mkt_json_member_string(&w, "tee", e ? e->tee : problem ? "unknown" : "none");
    mkt_json_member_string(&w, "agent_id", x->server->agent_id);
    mkt_json_member_string(&w, "key_fingerprint",
                           mkt_keys_fingerprint(mkt_keys_public(x->server->keys), fingerprint));
    if (!problem) {
        mkt_json_key(&w, "attestation");
        mkt_json_open(&w, '{');
        write_evidence(&w, e, asked);
        mkt_json_close(&w, '}');
    }
    mkt_json_member_bool(&w, "development_mode", mkt_attestation_development(a));
    mkt_json_close(&w, '}');
    mkt_buf_char(&text, '\n');
    reply->retry = problem != NULL;
    return mkt_reply_text(reply, problem ? 503 : 200, "application/json", &text, err);
}

/* Faults of the hardware, as against those of the request and our own. */
static bool is_problem(mkt_status status)
{
    return status == MKT_E_IO || status == MKT_E_DATA || status == MKT_E_FORBIDDEN ||
           status == MKT_E_LIMIT;
}

mkt_status mkt_api_attestation(struct mkt_exchange *x, struct mkt_reply *reply,
                               struct mkt_arena *arena, struct mkt_err *err)
{
    struct asked asked = {0};
    struct mkt_tee_evidence e;
    struct mkt_err mine = {0};
    struct mkt_tee *tee = mkt_attestation_tee(x->server->attestation);
    MKT_TRY(mkt_exchange_query(x, take, &asked, err));
    mkt_status status = mkt_tee_take(arena, tee, asked.nonce, asked.nonce_bytes, &e, &mine);
    if (status == MKT_E_NOT_FOUND) return answer(x, reply, arena, &asked, NULL, NULL, err);
    if (is_problem(status)) return answer(x, reply, arena, &asked, NULL, mine.text, err);
    if (status != MKT_OK) return mkt_err_set(err, status, "%s", mine.text);
    return answer(x, reply, arena, &asked, &e, NULL, err);
}

/* What needs no hardware: that there is none, and what is kept. */
static bool at_hand(struct mkt_exchange *x, struct mkt_arena *arena, const struct asked *asked,
                    struct mkt_tee_evidence *e, bool *none)
{
    struct mkt_tee *tee = mkt_attestation_tee(x->server->attestation);
    *none = strcmp(mkt_tee_source_name(tee), "none") == 0;
    return *none || (!asked->nonce_bytes && mkt_tee_kept(arena, tee, e));
}

mkt_status mkt_api_attestation_quick(struct mkt_exchange *x, struct mkt_reply *reply,
                                     struct mkt_arena *arena, struct mkt_err *err)
{
    struct asked asked = {0};
    struct mkt_tee_evidence e;
    bool none;
    MKT_TRY(mkt_exchange_query(x, take, &asked, err));
    reply->later = !at_hand(x, arena, &asked, &e, &none);
    return reply->later ? MKT_OK : answer(x, reply, arena, &asked, none ? NULL : &e, NULL, err);
}

/* ---- GET /cpu ---- */

static mkt_status answer_cpu(struct mkt_reply *reply, struct mkt_arena *arena,
                             const struct mkt_tee_evidence *e, struct mkt_err *err)
{
    struct mkt_buf text;
    char *quote = strcmp(e->tee, "tdx") == 0
                      ? mkt_hex_write(arena, e->quote, e->quote_bytes)
                      : mkt_hex_write_base64(arena, e->quote, e->quote_bytes);
    if (!quote) return mkt_arena_full(arena, err);
    mkt_buf_init(&text, arena);
    mkt_buf_str(&text, quote);
    return mkt_reply_text(reply, 200, "text/plain; charset=utf-8", &text, err);
}

mkt_status mkt_api_cpu(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                       struct mkt_err *err)
{
    struct asked asked = {0};
    struct mkt_tee_evidence e;
    struct mkt_err mine = {0};
    struct mkt_tee *tee = mkt_attestation_tee(x->server->attestation);
    MKT_TRY(mkt_exchange_query(x, take, &asked, err));
    mkt_status status = mkt_tee_take(arena, tee, asked.nonce, asked.nonce_bytes, &e, &mine);
    if (status != MKT_OK)
        return mkt_err_set(err, is_problem(status) ? MKT_E_BUSY : status, "%s", mine.text);
    return answer_cpu(reply, arena, &e, err);
}

mkt_status mkt_api_cpu_quick(struct mkt_exchange *x, struct mkt_reply *reply,
                             struct mkt_arena *arena, struct mkt_err *err)
{
    struct asked asked = {0};
    struct mkt_tee_evidence e;
    bool none;
    MKT_TRY(mkt_exchange_query(x, take, &asked, err));
    reply->later = !at_hand(x, arena, &asked, &e, &none);
    if (reply->later) return MKT_OK;
    if (none) return mkt_api_cpu(x, reply, arena, err); /* which says so */
    return answer_cpu(reply, arena, &e, err);
}

/* ---- GET /.well-known/ ---- */

/* RFC 8037: the raw key in base64url, without padding. */
static void write_key(struct mkt_json *w, const struct mkt_public_key *key)
{
    char fingerprint[MKT_KEYS_FINGERPRINT], pem[MKT_KEYS_PEM], raw[48];
    char *base64 = mkt_hex_write_base64(w->out->arena, key->raw, sizeof key->raw);
    if (!base64) w->out->failed = true;
    snprintf(raw, sizeof raw, "%.43s", base64 ? base64 : "");
    for (char *c = raw; *c; c++) *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    mkt_keys_fingerprint(key, fingerprint);
    mkt_json_member_string(w, "fingerprint", fingerprint);
    mkt_json_member_string(w, "pem", mkt_keys_pem(key, pem));
    mkt_json_key(w, "jwk");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "kty", "OKP");
    mkt_json_member_string(w, "crv", "Ed25519");
    mkt_json_member_string(w, "x", raw);
    mkt_json_member_string(w, "kid", fingerprint);
    mkt_json_member_string(w, "alg", "EdDSA");
    mkt_json_member_string(w, "use", "sig");
    mkt_json_close(w, '}');
}

mkt_status mkt_api_keys(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                        struct mkt_err *err)
{
    size_t n;
    const struct mkt_retired_key *old = mkt_attestation_retired(x->server->attestation, &n);
    int64_t now = (int64_t)time(NULL);
    char at[32];
    struct mkt_buf text;
    struct mkt_json w;
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "agent_id", x->server->agent_id);
    mkt_json_key(&w, "current");
    mkt_json_open(&w, '{');
    write_key(&w, mkt_keys_public(x->server->keys));
    mkt_json_close(&w, '}');
    mkt_json_key(&w, "retired");
    mkt_json_open(&w, '[');
    for (size_t i = 0; i < n; i++) {
        mkt_json_open(&w, '{');
        write_key(&w, &old[i].key);
        mkt_json_member_string(&w, "retired", time_text(old[i].retired, at));
        mkt_json_member_string(&w, "valid_until",
                               time_text(old[i].retired + MKT_KEYS_OVERLAP_S, at));
        mkt_json_member_bool(&w, "valid", now < old[i].retired + MKT_KEYS_OVERLAP_S);
        mkt_json_close(&w, '}');
    }
    mkt_json_close(&w, ']');
    mkt_json_member_int(&w, "overlap_seconds", MKT_KEYS_OVERLAP_S);
    mkt_json_close(&w, '}');
    mkt_buf_char(&text, '\n');
    return mkt_reply_text(reply, 200, "application/json", &text, err);
}

static void write_demand(struct mkt_json *w, const struct mkt_peer_demand *d)
{
    mkt_json_key(w, "peers");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "attestation", d->required ? "required" : "off");
    mkt_json_member_string(w, "nonce", d->old_will_do ? "optional" : "required");
    mkt_json_member_bool(w, "tcb_evaluated", d->policy.tcb_needed);
    mkt_json_key(w, "allowed");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < d->policy.alloweds; i++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, d->policy.allowed[i].name, d->policy.allowed[i].hex);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    mkt_json_close(w, '}');
}

mkt_status mkt_api_attestation_policy(struct mkt_exchange *x, struct mkt_reply *reply,
                                      struct mkt_arena *arena, struct mkt_err *err)
{
    const struct mkt_attestation *a = x->server->attestation;
    struct mkt_buf text;
    struct mkt_json w;
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "agent_id", x->server->agent_id);
    mkt_json_member_string(&w, "source", mkt_tee_source_name(mkt_attestation_tee(a)));
    mkt_json_member_bool(&w, "required", mkt_attestation_required(a));
    mkt_json_member_bool(&w, "development_mode", mkt_attestation_development(a));
    mkt_json_key(&w, "report_data");
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "bytes_0_to_31", "the raw Ed25519 key of keys.json");
    mkt_json_member_string(&w, "bytes_32_to_63",
                           "zeros without a nonce; with one SHA-256 of "
                           "\"marketing-agent/attestation/v1\", one zero byte, key, nonce");
    mkt_json_member_int(&w, "nonce_bytes_least", MKT_TEE_NONCE_LEAST);
    mkt_json_member_int(&w, "nonce_bytes_most", MKT_TEE_NONCE_MOST);
    mkt_json_member_int(&w, "kept_seconds", MKT_TEE_KEEP_S);
    mkt_json_close(&w, '}');
    write_demand(&w, mkt_attestation_demand(a));
    mkt_json_close(&w, '}');
    mkt_buf_char(&text, '\n');
    return mkt_reply_text(reply, 200, "application/json", &text, err);
}
