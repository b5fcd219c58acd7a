#include "attest/tdx.h"

#include <string.h>

#include "attest/curve.h"
#include "attest/event_log.h"
#include "attest/pck.h"
#include "attest/tdx_quote.h"
#include "attest/tdx_tcb.h"

/* One verification: what was read, and where it is noted. */
struct work {
    struct mkt_tdx_quote quote;
    const struct mkt_policy *policy;
    const struct mkt_collateral *collateral; /* or NULL */
    const unsigned char *root;
    struct mkt_chain chain; /* of the quote, then of the collateral */
    X509 *leaf;             /* of `chain`, or NULL */
    struct mkt_verdict *verdict;
};

static void measure(struct work *w)
{
    static const char *const rtmr[] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    const struct mkt_tdx_quote *q = &w->quote;
    w->verdict->tee = "tdx";
    w->verdict->tcb = "not evaluated";
    memcpy(w->verdict->report_data, q->report_data, sizeof w->verdict->report_data);
    mkt_verdict_measure(w->verdict, "mrtd", q->mrtd, 48);
    for (size_t i = 0; i < 4; i++) mkt_verdict_measure(w->verdict, rtmr[i], q->rtmr[i], 48);
    mkt_verdict_measure(w->verdict, "mrseam", q->mrseam, 48);
    mkt_verdict_measure(w->verdict, "mrconfigid", q->mrconfigid, 48);
    mkt_verdict_measure(w->verdict, "mrowner", q->mrowner, 48);
    mkt_verdict_measure(w->verdict, "mrownerconfig", q->mrownerconfig, 48);
    mkt_verdict_measure(w->verdict, "report_data", q->report_data, 64);
}

static void check_quote(struct work *w)
{
    const struct mkt_tdx_quote *q = &w->quote;
    unsigned char hash[64] = {0};
    unsigned length = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    mkt_verdict_check(w->verdict, "quote_signature",
                      mkt_curve_verify_point(q->key, q->signature, q->signed_, q->signed_bytes),
                      "the attestation key signed the quote",
                      "the attestation key did not sign the quote");
    bool bound = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
                 EVP_DigestUpdate(ctx, q->key, 64) == 1 &&
                 EVP_DigestUpdate(ctx, q->qe_auth, q->qe_auth_bytes) == 1 &&
                 EVP_DigestFinal_ex(ctx, hash, &length) == 1 &&
                 memcmp(hash, q->qe_report + 320, sizeof hash) == 0;
    EVP_MD_CTX_free(ctx);
    mkt_verdict_check(w->verdict, "attestation_key", bound,
                      "the quoting enclave vouches for the attestation key",
                      "the quoting enclave vouches for another attestation key");
}

static mkt_status gather(struct work *w, struct mkt_err *err)
{
    size_t found, n = w->quote.chain_bytes;
    struct mkt_err inner = {0};
    while (n && w->quote.chain[n - 1] == '\0') n--;
    mkt_status status = mkt_chain_add(&w->chain, w->quote.chain, n, &found, &inner);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", inner.text);
    if (status != MKT_OK)
        mkt_verdict_note(w->verdict, "certificates", MKT_CHECK_FAILED, "%s", inner.text);
    else if (w->chain.certs)
        w->leaf = w->chain.cert[0];
    if (w->collateral) mkt_chain_share(&w->chain, &w->collateral->chain);
    return MKT_OK;
}

/* The issuer must be one that certifies platforms, not merely one of Intel's. */
static bool is_pck(X509 *leaf)
{
    char issuer[64] = "", name[64];
    X509_NAME_get_text_by_NID(X509_get_issuer_name(leaf), NID_commonName, issuer, sizeof issuer);
    mkt_chain_name(leaf, name, sizeof name);
    return strcmp(name, "Intel SGX PCK Certificate") == 0 &&
           (strcmp(issuer, "Intel SGX PCK Platform CA") == 0 ||
            strcmp(issuer, "Intel SGX PCK Processor CA") == 0);
}

static void check_platform(struct work *w)
{
    const char *why = "the quote holds no certificate";
    bool revocation = false;
    bool leads =
        w->leaf && mkt_chain_leads(&w->chain, w->leaf, w->root, w->policy->time, &revocation, &why);
    if (leads && !is_pck(w->leaf)) {
        leads = false;
        why = "the certificate is none of a platform (PCK)";
    }
    mkt_verdict_note(w->verdict, "certificates", leads ? MKT_CHECK_PASSED : MKT_CHECK_FAILED,
                     leads ? "the platform's certificate leads to Intel's root"
                           : "the platform's certificate does not lead to Intel's root: %s",
                     why);
    if (revocation)
        mkt_verdict_check(w->verdict, "revocation", leads, "no certificate of the chain is revoked",
                          why);
    else
        mkt_verdict_note(w->verdict, "revocation", MKT_CHECK_SKIPPED,
                         "no revocation lists of all issuers were given");
    const unsigned char *rs = w->quote.qe_signature;
    mkt_verdict_check(w->verdict, "enclave_signature",
                      leads && mkt_curve_verify(X509_get0_pubkey(w->leaf), rs, rs + 32, 32,
                                                w->quote.qe_report, MKT_TDX_QE_REPORT),
                      "the platform's key signed the quoting enclave's report",
                      "the platform's key did not sign the quoting enclave's report");
}

/* The key that signs Intel's statements, NULL when there is none to rely on: asked once for both. */
static X509 *signer_of(struct work *w, const char **why)
{
    bool revocation;
    X509 *signer = mkt_chain_named(&w->chain, "Intel SGX TCB Signing");
    *why = "the certificate \"Intel SGX TCB Signing\" is not among the collateral";
    if (!signer || !mkt_chain_leads(&w->chain, signer, w->root, w->policy->time, &revocation, why))
        return NULL;
    return signer;
}

/* A statement counts when that key signed its bytes and it is current. */
static const char *wrong_with(const struct work *w, const struct mkt_statement *s, X509 *signer)
{
    if (!mkt_curve_verify(X509_get0_pubkey(signer), s->signature, s->signature + 32, 32, s->body,
                          s->bytes))
        return "its signature is wrong";
    if (!mkt_tdx_tcb_current(s->value, w->policy->time)) return "it is not current at that time";
    return NULL;
}

static void check_tcb(struct work *w)
{
    const struct mkt_collateral *c = w->collateral;
    struct mkt_pck pck;
    if (!c || !c->tcb_info.body || !c->qe_identity.body) {
        mkt_verdict_note(w->verdict, "tcb",
                         w->policy->tcb_needed ? MKT_CHECK_FAILED : MKT_CHECK_SKIPPED,
                         "TCB not evaluated: no TCB info and enclave identity were given");
        return;
    }
    const char *why, *what = "the TCB info";
    X509 *signer = signer_of(w, &why);
    if (signer) why = wrong_with(w, &c->tcb_info, signer);
    if (signer && !why) {
        why = wrong_with(w, &c->qe_identity, signer);
        what = "the enclave identity";
    }
    if (why) {
        mkt_verdict_note(w->verdict, "tcb", MKT_CHECK_FAILED, "%s cannot be relied on: %s", what,
                         why);
        return;
    }
    if (!w->leaf || !mkt_pck_read(w->leaf, &pck)) {
        mkt_verdict_note(w->verdict, "tcb", MKT_CHECK_FAILED,
                         "the platform's certificate does not tell its TCB");
        return;
    }
    struct mkt_tdx_tcb level =
        mkt_tdx_tcb_level(&w->quote, &pck, c->tcb_info.value, c->qe_identity.value);
    w->verdict->tcb = level.status;
    if (level.why)
        mkt_verdict_note(w->verdict, "tcb", MKT_CHECK_FAILED, "%s", level.why);
    else
        mkt_verdict_note(w->verdict, "tcb",
                         mkt_policy_accepts(w->policy, level.status) ? MKT_CHECK_PASSED
                                                                     : MKT_CHECK_FAILED,
                         "the platform's TCB is %s", level.status);
}

static bool all_zero(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i]) return false;
    return true;
}

static void check_machine(struct work *w)
{
    const struct mkt_tdx_quote *q = &w->quote;
    const unsigned char *a = q->td_attributes;
    if (a[0])
        mkt_verdict_note(w->verdict, "debug",
                         w->policy->debug && a[0] == 1 ? MKT_CHECK_PASSED : MKT_CHECK_FAILED,
                         "the machine runs in debug mode: its memory can be read from outside");
    else
        mkt_verdict_note(w->verdict, "debug", MKT_CHECK_PASSED, "debug mode is off");
    /* bits 27 LASS, 28 SEPT_VE_DISABLE, 30 PKS, 31 KL, 63 PERFMON are known; others must be 0 */
    bool reserved = a[1] || a[2] || (a[3] & 0x27) || !all_zero(a + 4, 3) || (a[7] & 0x7f);
    mkt_verdict_check(w->verdict, "attributes", !reserved,
                      "the machine's attributes are all known ones",
                      "reserved attributes of the machine are set");
    mkt_verdict_check(w->verdict, "pages", (a[3] & 0x10) || w->policy->sept_ve,
                      (a[3] & 0x10)
                          ? "pages cannot be taken from the machine unseen"
                          : "pages can be taken from the machine unseen, which is allowed",
                      "pages can be taken from the machine unseen (SEPT_VE_DISABLE is off)");
    mkt_verdict_check(w->verdict, "module",
                      all_zero(q->mrsignerseam, 48) && all_zero(q->seam_attributes, 8) &&
                          (!q->mrservicetd || all_zero(q->mrservicetd, 48)),
                      "the TDX module is Intel's, and no service domain is bound",
                      "the TDX module is not Intel's, or a service domain is bound");
}

mkt_status mkt_tdx_verify(const unsigned char *bytes, size_t n,
                          const struct mkt_collateral *collateral, const struct mkt_policy *policy,
                          struct mkt_verdict *verdict, struct mkt_err *err)
{
    struct work w = {.policy = policy,
                     .collateral = collateral,
                     .root = policy->root ? policy->root : mkt_policy_intel_root,
                     .verdict = verdict};
    MKT_TRY(mkt_tdx_quote_read(bytes, n, &w.quote, err));
    measure(&w);
    mkt_status status = gather(&w, err);
    if (status == MKT_OK) {
        check_quote(&w);
        check_platform(&w);
        check_tcb(&w);
        check_machine(&w);
        if (policy->event_log) mkt_event_log_check(policy, verdict);
        mkt_policy_check(policy, verdict);
    }
    mkt_chain_clear(&w.chain);
    return status;
}
