#include "attest/claim.h"

#include <stdio.h>
#include <string.h>

#include "attest/hex.h"
#include "attest/wrapper.h"
#include "base/clock.h"
#include "base/hash.h"

mkt_status mkt_claim_write(struct mkt_json *w, const struct mkt_public_key *key,
                           const struct mkt_tee_evidence *evidence, const char *absent,
                           const char *url, bool quote, struct mkt_err *err)
{
    struct mkt_arena *arena = w->out->arena;
    char fingerprint[MKT_KEYS_FINGERPRINT], hash[MKT_SHA256_TEXT], day[24], taken[32];
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "tee", evidence ? evidence->tee : absent);
    if (evidence) {
        MKT_TRY(mkt_hash_bytes(evidence->quote, evidence->quote_bytes, hash, err));
        char *bound = mkt_hex_write(arena, evidence->report_data, MKT_TEE_REPORT_DATA);
        char *base64 =
            quote ? mkt_hex_write_base64(arena, evidence->quote, evidence->quote_bytes) : NULL;
        if (!bound || (quote && !base64)) return mkt_arena_full(arena, err);
        snprintf(taken, sizeof taken, "%sZ", mkt_clock_text(evidence->taken, day));
        mkt_json_member_string(w, "source", evidence->source);
        mkt_json_member_string(w, "quote_sha256", hash);
        if (url) mkt_json_member_string(w, "quote_at", url);
        if (quote) mkt_json_member_string(w, "quote", base64);
        mkt_json_member_string(w, "report_data", bound);
        mkt_json_member_string(w, "taken", taken);
    }
    mkt_json_member_string(w, "key_fingerprint", mkt_keys_fingerprint(key, fingerprint));
    mkt_json_close(w, '}');
    return mkt_buf_check(w->out, err);
}
