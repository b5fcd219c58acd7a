/* Quotes of a made-up vendor that are signed as they should be, so that what lies behind the
 * signatures is reached: the first byte chooses what the rest is.
 *
 *     0  a quote, as it is                  1  edits of a quote (offset, 2 bytes; value), signed anew
 *     2  the body of the TCB info, signed   3  of the enclave's identity, signed
 *     4  an event log beside a good quote   5  the extension of the PCK certificate
 */
#include <stdint.h>
#include <stdlib.h>

#include "attest/hierarchy.h"
#include "attest/pck.h"
#include "attest/tdx.h"
#include "attest/tdx_quote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vendor vendor;
static struct mkt_arena arena;
static struct made_quote good[3], quote;
static char usual_tcb[4096], usual_identity[2048], pem[8192];
static size_t pem_bytes;

static void begin(void)
{
    static const int kind[] = {4, 50, 51};
    struct mkt_err err = {0};
    if (mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK) abort();
    open_vendor(&vendor);
    for (size_t i = 0; i < 3; i++) make_quote(&vendor, kind[i], &good[i]);
    write_tcb_info(usual_tcb, sizeof usual_tcb, 5, 3, 11, 5, "UpToDate", DATES);
    write_identity(usual_identity, sizeof usual_identity, 4, DATES);
    X509 *cert[] = {vendor.tcb, vendor.root};
    pem_bytes = write_pem(cert, 2, pem, sizeof pem);
}

static void require_within(const void *part, size_t n, const unsigned char *bytes, size_t size)
{
    const unsigned char *at = part;
    if (at < bytes || n > size || (size_t)(at - bytes) > size - n) abort();
}

/* Whatever is read lies within the bytes. */
static void read_raw(const uint8_t *bytes, size_t size)
{
    struct mkt_tdx_quote q;
    struct mkt_err err = {0};
    unsigned char *tight = malloc(size ? size : 1);
    memcpy(tight, bytes, size);
    if (mkt_tdx_quote_read(tight, size, &q, &err) == MKT_OK) {
        require_within(q.signed_, q.signed_bytes, tight, size);
        require_within(q.mrtd, 48, tight, size);
        require_within(q.report_data, 64, tight, size);
        require_within(q.key, 64, tight, size);
        require_within(q.qe_report, MKT_TDX_QE_REPORT, tight, size);
        require_within(q.qe_auth, q.qe_auth_bytes, tight, size);
        require_within(q.chain, q.chain_bytes, tight, size);
        if (q.mrservicetd) require_within(q.mrservicetd, 48, tight, size);
        if (q.used > size) abort();
    } else if (!err.text[0]) {
        abort();
    }
    free(tight);
}

/* A statement with its signature, added; the text must outlive the collateral. */
static void state(struct mkt_collateral *collateral, const char *name, const char *body)
{
    size_t room = strlen(body) + 512;
    char *text = mkt_arena_alloc(&arena, room, 1);
    struct mkt_err err = {0};
    if (!text) return;
    size_t n = make_statement(vendor.tcb_key, name, body, text, room);
    if (mkt_collateral_add(&arena, collateral, text, n, &err) != MKT_OK && !err.text[0]) abort();
}

/* The signatures are made anew where they stood, whatever the sizes say now. */
static void edit(const uint8_t *edits, size_t size)
{
    for (size_t i = 0; i + 3 <= size; i += 3) {
        size_t at = (size_t)edits[i] << 8 | edits[i + 1];
        if (at < quote.n) quote.bytes[at] = edits[i + 2];
    }
    sign_quote(&vendor, &quote);
}

/* Whether it is trusted. */
static bool verify(const char *tcb_info, const char *identity, const char *log, size_t log_bytes)
{
    const struct mkt_policy policy = {
        .time = NOW, .root = vendor.root_hash, .event_log = log, .event_log_bytes = log_bytes};
    struct mkt_collateral collateral = {0};
    struct mkt_verdict verdict = {.arena = &arena};
    struct mkt_err err = {0};
    bool failed = false;
    if (mkt_collateral_add(&arena, &collateral, pem, pem_bytes, &err) != MKT_OK) abort();
    state(&collateral, "tcbInfo", tcb_info);
    state(&collateral, "enclaveIdentity", identity);
    mkt_status status = mkt_tdx_verify(quote.bytes, quote.n, &collateral, &policy, &verdict, &err);
    if (status != MKT_OK && !err.text[0]) abort();
    for (size_t i = 0; i < verdict.checks; i++) {
        failed |= verdict.check[i].result == MKT_CHECK_FAILED;
        if (!verdict.check[i].text[0]) abort();
    }
    if (failed != verdict.failed) abort();
    mkt_collateral_clear(&collateral);
    return status == MKT_OK && !failed && strcmp(verdict.tcb, "UpToDate") == 0;
}

static void read_extension(const uint8_t *bytes, size_t size)
{
    struct mkt_pck pck;
    X509 *cert = made_cert("x", vendor.pck_key, "y", vendor.ca_key, false, NOW - YEAR, NOW + YEAR,
                           "1.2.840.113741.1.13.1", bytes, size);
    if (mkt_pck_read(cert, &pck) && size < 100) abort(); /* 17 components alone are more */
    X509_free(cert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!arena.base) {
        begin();
        quote = good[0];
        if (!verify(usual_tcb, usual_identity, NULL, 0)) abort(); /* what is edited was good */
    }
    if (size < 1 || size > 1 << 15) return 0;
    mkt_arena_reset(&arena, 1 << 20);
    char *text = mkt_arena_strndup(&arena, (const char *)data + 1, size - 1);
    quote = good[data[0] >> 4 & 1 ? 2 : data[0] >> 5 & 1];
    switch (data[0] & 15) {
    case 1:
        edit(data + 1, size - 1);
        verify(usual_tcb, usual_identity, NULL, 0);
        break;
    case 2:
        verify(text, usual_identity, NULL, 0);
        break;
    case 3:
        verify(usual_tcb, text, NULL, 0);
        break;
    case 4:
        verify(usual_tcb, usual_identity, text, size - 1);
        break;
    case 5:
        read_extension(data + 1, size - 1);
        break;
    default:
        read_raw(data + 1, size - 1);
    }
    return 0;
}
