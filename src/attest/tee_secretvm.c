#include <string.h>

#include "attest/collateral.h"
#include "attest/evidence.h"
#include "attest/tee_source.h"

#define FILE_BYTES ((size_t)1 << 20)

mkt_status mkt_tee_source_secretvm(struct mkt_arena *arena, const struct mkt_tee_options *options,
                                   const unsigned char report_data[MKT_TEE_REPORT_DATA],
                                   struct mkt_tee_evidence *out, struct mkt_err *err)
{
    struct mkt_evidence evidence;
    struct mkt_err inner = {0};
    const char *path = options->secretvm;
    char *bytes;
    size_t n;
    (void)report_data; /* the quote was made with the machine */
    if (!path) return mkt_err_set(err, MKT_E_NOT_FOUND, "no file of SecretVM is named");
    MKT_TRY(mkt_collateral_file(arena, path, FILE_BYTES, &bytes, &n, err));
    mkt_status status = mkt_evidence_read(arena, bytes, n, &evidence, &inner);
    if (status != MKT_OK) return mkt_err_set(err, status, "%s: %s", path, inner.text);
    out->quote = evidence.bytes;
    out->quote_bytes = evidence.n;
    out->event_log = evidence.event_log;
    out->event_log_bytes = evidence.event_log_bytes;
    return MKT_OK;
}
