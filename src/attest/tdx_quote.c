#include "attest/tdx_quote.h"

#include <stdbool.h>
#include <string.h>

#define HEADER 48
#define BODY_10 584
#define BODY_15 648

/* What is left to read. */
struct rest {
    const unsigned char *at;
    size_t bytes;
    bool short_;
    const char *missing; /* the first part that did not fit */
};

static const unsigned char *take(struct rest *r, size_t n, const char *part)
{
    static const unsigned char nothing[BODY_15];
    if (r->short_ || n > r->bytes) {
        if (!r->short_) r->missing = part;
        r->short_ = true;
        return nothing;
    }
    const unsigned char *here = r->at;
    r->at += n;
    r->bytes -= n;
    return here;
}

static unsigned take_u16(struct rest *r, const char *part)
{
    const unsigned char *b = take(r, 2, part);
    return (unsigned)(b[0] | b[1] << 8);
}

static uint32_t take_u32(struct rest *r, const char *part)
{
    const unsigned char *b = take(r, 4, part);
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static mkt_status read_header(struct rest *r, struct mkt_tdx_quote *q, struct mkt_err *err)
{
    static const unsigned char intel[16] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
                                            0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};
    const unsigned char *head = take(r, HEADER, "the header");
    if (r->short_) return MKT_OK;
    q->version = (unsigned)(head[0] | head[1] << 8);
    unsigned key_type = (unsigned)(head[2] | head[3] << 8);
    if ((q->version != 4 && q->version != 5) || memcmp(head + 4, "\x81\0\0\0", 4) != 0)
        return mkt_err_set(err, MKT_E_DATA, "this is not a TDX quote of version 4 or 5");
    if (key_type != 2)
        return mkt_err_set(err, MKT_E_DATA,
                           "the quote is signed with key type %u; only 2 (ECDSA P-256) is known",
                           key_type);
    if (memcmp(head + 12, intel, sizeof intel) != 0)
        return mkt_err_set(err, MKT_E_DATA, "the quote does not come from Intel's quoting enclave");
    return MKT_OK;
}

static mkt_status read_body(struct rest *r, struct mkt_tdx_quote *q, struct mkt_err *err)
{
    size_t size = BODY_10;
    if (q->version == 5) {
        unsigned type = take_u16(r, "the type of the body");
        size = take_u32(r, "the size of the body");
        if (!r->short_ && !((type == 2 && size == BODY_10) || (type == 3 && size == BODY_15)))
            return mkt_err_set(err, MKT_E_DATA,
                               "the quote's body is of type %u and %zu bytes; TDX 1.0 is type 2 of "
                               "%d, TDX 1.5 type 3 of %d",
                               type, size, BODY_10, BODY_15);
    }
    q->body_version = size == BODY_15 ? 15 : 10;
    const unsigned char *b = take(r, size, "the report of the trust domain");
    q->tee_tcb_svn = b;
    q->mrseam = b + 16;
    q->mrsignerseam = b + 64;
    q->seam_attributes = b + 112;
    q->td_attributes = b + 120;
    q->xfam = b + 128;
    q->mrtd = b + 136;
    q->mrconfigid = b + 184;
    q->mrowner = b + 232;
    q->mrownerconfig = b + 280;
    for (size_t i = 0; i < 4; i++) q->rtmr[i] = b + 328 + 48 * i;
    q->report_data = b + 520;
    q->mrservicetd = size == BODY_15 ? b + 600 : NULL;
    return MKT_OK;
}

static mkt_status read_certification(struct rest *r, struct mkt_tdx_quote *q, struct mkt_err *err)
{
    unsigned type = take_u16(r, "the type of the certification data");
    uint32_t size = take_u32(r, "the size of the certification data");
    struct rest inner = {.at = take(r, size, "the certification data"), .bytes = size};
    if (r->short_) return MKT_OK;
    if (type != 6)
        return mkt_err_set(err, MKT_E_DATA,
                           "the quote's certification data are of type %u; only 6 (the quoting "
                           "enclave's report) is known",
                           type);
    q->qe_report = take(&inner, MKT_TDX_QE_REPORT, "the quoting enclave's report");
    q->qe_signature = take(&inner, 64, "the quoting enclave's signature");
    q->qe_auth_bytes = take_u16(&inner, "the size of the quoting enclave's data");
    q->qe_auth = take(&inner, q->qe_auth_bytes, "the quoting enclave's data");
    type = take_u16(&inner, "the type of the certificates");
    q->chain_bytes = take_u32(&inner, "the size of the certificates");
    q->chain = take(&inner, q->chain_bytes, "the certificates");
    if (inner.short_) {
        *r = inner;
        return MKT_OK;
    }
    if (type != 5)
        return mkt_err_set(err, MKT_E_DATA,
                           "the quote names its certificate by type %u; only 5 (the chain itself) "
                           "is known",
                           type);
    if (inner.bytes)
        return mkt_err_set(err, MKT_E_DATA,
                           "%zu bytes stand behind the certificates, where none belong",
                           inner.bytes);
    return MKT_OK;
}

mkt_status mkt_tdx_quote_read(const unsigned char *bytes, size_t n, struct mkt_tdx_quote *out,
                              struct mkt_err *err)
{
    struct mkt_tdx_quote q = {0};
    struct rest all = {.at = bytes, .bytes = n};
    MKT_TRY(read_header(&all, &q, err));
    MKT_TRY(read_body(&all, &q, err));
    q.signed_ = bytes;
    q.signed_bytes = n - all.bytes;

    uint32_t size = take_u32(&all, "the size of the signature");
    struct rest sig = {.at = take(&all, size, "the signature"), .bytes = size};
    q.used = n - all.bytes;
    if (!all.short_) {
        q.signature = take(&sig, 64, "the signature");
        q.key = take(&sig, 64, "the attestation key");
        MKT_TRY(read_certification(&sig, &q, err));
        if (!sig.short_ && sig.bytes)
            return mkt_err_set(err, MKT_E_DATA,
                               "%zu bytes stand behind the certification data, where none belong",
                               sig.bytes);
        all = sig;
    }
    if (all.short_)
        return mkt_err_set(err, MKT_E_DATA, "the quote is cut short: %s does not fit in %zu bytes",
                           all.missing, n);
    *out = q;
    return MKT_OK;
}
