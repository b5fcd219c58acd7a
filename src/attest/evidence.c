#include "attest/evidence.h"

#include <string.h>

#include "attest/hex.h"
#include "attest/snp.h"
#include "attest/snp_certs.h"
#include "attest/tdx.h"
#include "base/json.h"
#include "wire/json_span.h"

static bool is_text(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c > 126 || (c < 32 && c != '\n' && c != '\r' && c != '\t')) return false;
    }
    return n > 0;
}

static mkt_status none_of_them(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_DATA,
                       "this is no evidence: neither raw bytes of a quote, nor hex, base64 or JSON "
                       "with a \"quote\"");
}

/* Hex or base64, whichever it is. */
static mkt_status decode(struct mkt_arena *arena, const char *text, size_t n,
                         struct mkt_evidence *out, struct mkt_err *err)
{
    struct mkt_err inner = {0};
    unsigned char *bytes = MKT_NEW(arena, unsigned char, n / 2 + 1);
    if (!bytes) return mkt_arena_full(arena, err);
    while (n && strchr(" \t\r\n", text[n - 1])) n--;
    if (n && n % 2 == 0 && mkt_hex_read(text, n, bytes, n / 2)) {
        out->bytes = bytes;
        out->n = n / 2;
        return MKT_OK;
    }
    mkt_status status = mkt_hex_read_base64(arena, text, n, &bytes, &out->n, &inner);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", inner.text);
    if (status != MKT_OK || out->n == 0) return none_of_them(err);
    out->bytes = bytes;
    return MKT_OK;
}

static const char *text_of(const struct mkt_value *object, const char *key)
{
    const struct mkt_value *v = mkt_json_read_member(object, key);
    return v && v->type == MKT_VALUE_STRING ? v->text : NULL;
}

/* What stands in for a quote where there is none, each by its sentence. */
static mkt_status no_quote(const struct mkt_value *whole, const struct mkt_value *answer,
                           struct mkt_err *err)
{
    const char *platform = text_of(answer, "platform");
    if (mkt_json_read_member(whole, "unattested"))
        return mkt_err_set(err, MKT_E_DATA,
                           "this is a wrapper of development mode: no hardware stands behind it, "
                           "and nothing is attested");
    if (mkt_json_read_member(whole, "report_body"))
        return mkt_err_set(err, MKT_E_DATA,
                           "this is a wrapper without a quote of hardware in it: nothing is "
                           "attested");
    if (platform && strcmp(platform, "none") == 0)
        return mkt_err_set(err, MKT_E_DATA, "the agent says that it runs in no TEE");
    if (answer)
        return mkt_err_set(err, MKT_E_DATA,
                           "the answer holds no quote: ask for it with a nonce or ?quote=true");
    return none_of_them(err);
}

static mkt_status from_json(struct mkt_arena *arena, const char *text, size_t n,
                            struct mkt_evidence *out, struct mkt_err *err)
{
    static const struct mkt_json_limits limits = {
        .bytes = MKT_EVIDENCE_BYTES, .depth = 16, .values = 400000};
    struct mkt_value *whole;
    MKT_TRY(mkt_json_read_value(arena, text, n, &limits, &whole, err));
    const struct mkt_value *answer = mkt_json_read_member(whole, "attestation");
    const struct mkt_value *from = answer ? answer : whole;
    const struct mkt_value *log = mkt_json_read_member(from, "event_log");
    const char *quote = text_of(from, "quote"), *table = text_of(from, "certificates");
    if (!quote) quote = text_of(whole, "tdx_quote_b64");
    if (!quote) quote = text_of(whole, "snp_report_b64");
    if (!quote) return no_quote(whole, answer, err);
    if (log && log->type == MKT_VALUE_STRING) {
        out->event_log = log->text;
        out->event_log_bytes = strlen(log->text);
    } else if (log && log->type == MKT_VALUE_ARRAY &&
               (answer || !mkt_json_span_member(text, n, "event_log", &out->event_log,
                                                &out->event_log_bytes))) {
        return none_of_them(err);
    }
    if (table) {
        MKT_TRY(decode(arena, table, strlen(table), out, err));
        out->certificates = out->bytes;
        out->certificates_bytes = out->n;
    }
    return decode(arena, quote, strlen(quote), out, err);
}

/* Hex, base64, or base64 of JSON. */
static mkt_status from_text(struct mkt_arena *arena, const char *text, size_t n,
                            struct mkt_evidence *out, struct mkt_err *err)
{
    MKT_TRY(decode(arena, text, n, out, err));
    if (out->bytes[0] != '{') return MKT_OK;
    const char *json = mkt_arena_strndup(arena, (const char *)out->bytes, out->n);
    if (!json) return mkt_arena_full(arena, err);
    return from_json(arena, json, out->n, out, err);
}

mkt_status mkt_evidence_read(struct mkt_arena *arena, const char *bytes, size_t n,
                             struct mkt_evidence *out, struct mkt_err *err)
{
    *out = (struct mkt_evidence){0};
    if (n > MKT_EVIDENCE_BYTES)
        return mkt_err_set(err, MKT_E_LIMIT, "the evidence has %zu bytes; at most %zu are read", n,
                           MKT_EVIDENCE_BYTES);
    if (!is_text(bytes, n)) {
        out->bytes = (const unsigned char *)bytes;
        out->n = n;
        return n ? MKT_OK : none_of_them(err);
    }
    size_t start = strspn(bytes, " \t\r\n");
    if (bytes[start] == '{') return from_json(arena, bytes, n, out, err);
    return from_text(arena, bytes + start, n - start, out, err);
}

/* The report with what the caller has and what came along. */
static mkt_status verify_report(const struct mkt_evidence *e,
                                const struct mkt_collateral *collateral,
                                const struct mkt_policy *policy, struct mkt_verdict *verdict,
                                struct mkt_err *err)
{
    struct mkt_collateral both = {0};
    struct mkt_err inner = {0};
    mkt_status status = MKT_OK;
    if (!e->certificates_bytes)
        return mkt_snp_verify(e->bytes, e->n, collateral, policy, verdict, err);
    if (collateral) mkt_chain_share(&both.chain, &collateral->chain);
    status = mkt_snp_certs_add(&both.chain, e->certificates, e->certificates_bytes, &inner);
    if (status != MKT_OK && status != MKT_E_NOMEM)
        mkt_verdict_note(verdict, "table", MKT_CHECK_SKIPPED, "%s", inner.text);
    status = mkt_snp_verify(e->bytes, e->n, &both, policy, verdict, err);
    mkt_chain_clear(&both.chain);
    return status;
}

mkt_status mkt_evidence_verify(struct mkt_arena *arena, const struct mkt_evidence *evidence,
                               const struct mkt_collateral *collateral,
                               const struct mkt_policy *policy, struct mkt_verdict *verdict,
                               struct mkt_err *err)
{
    struct mkt_policy with_log = *policy;
    if (!with_log.event_log && evidence->event_log && *evidence->event_log) {
        with_log.event_log = evidence->event_log;
        with_log.event_log_bytes = evidence->event_log_bytes;
    }
    *verdict = (struct mkt_verdict){.arena = arena};
    if (mkt_snp_is_report(evidence->bytes, evidence->n))
        return verify_report(evidence, collateral, &with_log, verdict, err);
    return mkt_tdx_verify(evidence->bytes, evidence->n, collateral, &with_log, verdict, err);
}

void mkt_evidence_write(struct mkt_json *w, const struct mkt_verdict *verdict)
{
    mkt_json_open(w, '{');
    mkt_json_member_bool(w, "trusted", !verdict->failed);
    mkt_json_member_string(w, "tee", verdict->tee);
    mkt_json_member_string(w, "tcb", verdict->tcb);
    mkt_json_key(w, "checks");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < verdict->checks; i++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "name", verdict->check[i].name);
        mkt_json_member_string(w, "result", mkt_check_result_name(verdict->check[i].result));
        mkt_json_member_string(w, "text", verdict->check[i].text);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    mkt_json_key(w, "measurements");
    mkt_json_open(w, '{');
    for (size_t i = 0; i < verdict->measures; i++)
        mkt_json_member_string(w, verdict->measured[i].name, verdict->measured[i].hex);
    mkt_json_close(w, '}');
    mkt_json_close(w, '}');
}
