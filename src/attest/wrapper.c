#include "attest/wrapper.h"

#include <stdio.h>
#include <string.h>

#include "attest/hex.h"
#include "base/clock.h"
#include "base/json.h"

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

static const char *measured(const struct mkt_tee_evidence *e, const char *name)
{
    for (size_t i = 0; i < e->measures; i++)
        if (strcmp(e->measured[i].name, name) == 0) return e->measured[i].hex;
    return zeros;
}

/* The first 32 bytes: what the hub's names have room for. */
static void member_hex(struct mkt_json *w, const char *name, const char *hex)
{
    char text[65];
    snprintf(text, sizeof text, "%.64s", hex);
    mkt_json_member_string(w, name, text);
}

static void member_base64(struct mkt_json *w, const char *name, const void *bytes, size_t n)
{
    char *text = mkt_hex_write_base64(w->out->arena, bytes, n);
    if (!text) w->out->failed = true;
    mkt_json_member_string(w, name, text);
}

static void write_real(struct mkt_json *w, const struct mkt_tee_evidence *e)
{
    bool tdx = strcmp(e->tee, "tdx") == 0;
    mkt_json_member_string(w, "platform", e->tee);
    member_base64(w, tdx ? "tdx_quote_b64" : "snp_report_b64", e->quote, e->quote_bytes);
    if (e->event_log) mkt_json_member_string(w, "event_log", e->event_log);
    if (e->certificates) member_base64(w, "certificates", e->certificates, e->certificates_bytes);
}

char *mkt_wrapper_write(struct mkt_arena *arena, const struct mkt_public_key *key,
                        const struct mkt_tee_evidence *evidence, int64_t now)
{
    struct mkt_buf text;
    struct mkt_json json, *w = &json;
    char time[24];
    bool tdx = evidence && strcmp(evidence->tee, "tdx") == 0;
    mkt_buf_init(&text, arena);
    mkt_json_init(w, &text);
    mkt_json_open(w, '{');
    if (!evidence)
        mkt_json_member_string(w, "unattested",
                               "development mode: no hardware vouches for this agent");
    mkt_json_member_int(w, "version", 3);
    mkt_json_key(w, "report_body");
    mkt_json_open(w, '{');
    member_hex(w, "mr_enclave",
               evidence ? measured(evidence, tdx ? "mrtd" : "measurement") : zeros);
    member_hex(w, "mr_signer", evidence && tdx ? measured(evidence, "mrseam") : zeros);
    mkt_json_member_int(w, "isv_prod_id", 0);
    mkt_json_member_int(w, "isv_svn", 0);
    char *bound = evidence ? mkt_hex_write(arena, evidence->report_data, MKT_TEE_REPORT_DATA)
                           : mkt_hex_write(arena, key->raw, MKT_KEYS_PUBLIC);
    mkt_json_member_string(w, "report_data", bound);
    mkt_json_close(w, '}');
    mkt_json_member_string(w, "signature", evidence ? "see the quote" : "UNATTESTED");
    mkt_json_member_string(w, "timestamp", mkt_clock_text(now, time));
    if (evidence) write_real(w, evidence);
    mkt_json_close(w, '}');
    if (text.failed || !bound) return NULL;
    return mkt_hex_write_base64(arena, text.data, text.length);
}
