#include "attest/snp.h"

#include <string.h>

#include "attest/curve.h"
#include "attest/der.h"

/* Offsets of AMD 56860, table 22. */
enum {
    VERSION = 0x00,
    POLICY = 0x08,
    VMPL = 0x30,
    ALGORITHM = 0x34,
    CURRENT_TCB = 0x38,
    KEYS = 0x48,
    REPORT_DATA = 0x50,
    MEASUREMENT = 0x90,
    HOST_DATA = 0xc0,
    REPORTED_TCB = 0x180,
    CPU_FAMILY = 0x188,
    CHIP_ID = 0x1a0,
    COMMITTED_TCB = 0x1e0,
    SIGNATURE = 0x2a0,
    NUMBER = 72 /* bytes of r and of s, little-endian */
};

static uint32_t u32(const unsigned char *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

bool mkt_snp_is_report(const unsigned char *bytes, size_t n)
{
    if (n < MKT_SNP_BYTES) return false;
    uint32_t version = u32(bytes + VERSION);
    return version >= 2 && version <= 5 && u32(bytes + ALGORITHM) == 1;
}

/* One verification. */
struct work {
    const unsigned char *report;
    const struct mkt_policy *policy;
    const struct mkt_collateral *collateral;
    X509 *vcek; /* or NULL */
    struct mkt_verdict *verdict;
};

static void measure(struct work *w)
{
    const unsigned char *r = w->report, *tcb = r + REPORTED_TCB;
    w->verdict->tee = "sev-snp";
    w->verdict->tcb =
        mkt_arena_printf(w->verdict->arena, "bootloader %u, tee %u, snp %u, microcode %u", tcb[0],
                         tcb[1], tcb[6], tcb[7]);
    if (!w->verdict->tcb) w->verdict->failed = true;
    memcpy(w->verdict->report_data, r + REPORT_DATA, sizeof w->verdict->report_data);
    mkt_verdict_measure(w->verdict, "measurement", r + MEASUREMENT, 48);
    mkt_verdict_measure(w->verdict, "host_data", r + HOST_DATA, 32);
    mkt_verdict_measure(w->verdict, "report_data", r + REPORT_DATA, 64);
}

/* A number of 72 bytes, the last first, as the 48 of the curve; false when it is too large. */
static bool number(const unsigned char *little, unsigned char big[48])
{
    for (size_t i = 48; i < NUMBER; i++)
        if (little[i]) return false;
    for (size_t i = 0; i < 48; i++) big[i] = little[47 - i];
    return true;
}

static bool signed_by(const unsigned char *report, X509 *vcek)
{
    unsigned char r[48], s[48];
    const unsigned char *signature = report + SIGNATURE;
    for (size_t i = SIGNATURE + 2 * (size_t)NUMBER; i < MKT_SNP_BYTES; i++)
        if (report[i]) return false;
    return number(signature, r) && number(signature + NUMBER, s) &&
           mkt_curve_verify(X509_get0_pubkey(vcek), r, s, 48, report, SIGNATURE);
}

static void check_chain(struct work *w)
{
    const struct mkt_chain *chain = w->collateral ? &w->collateral->chain : NULL;
    const unsigned char *root = w->policy->root ? w->policy->root : mkt_policy_amd_milan;
    const char *why = "the certificate \"SEV-VCEK\" is not among the collateral";
    bool leads = false, revocation = false;
    if (chain && !w->policy->root && !mkt_chain_root(chain, root)) root = mkt_policy_amd_genoa;
    w->vcek = chain ? mkt_chain_named(chain, "SEV-VCEK") : NULL;
    if (w->vcek) leads = mkt_chain_leads(chain, w->vcek, root, w->policy->time, &revocation, &why);
    mkt_verdict_note(w->verdict, "certificates", leads ? MKT_CHECK_PASSED : MKT_CHECK_FAILED,
                     leads ? "the chip's certificate leads to AMD's root"
                           : "the chip's certificate does not lead to AMD's root: %s",
                     why);
    if (revocation)
        mkt_verdict_check(w->verdict, "revocation", leads, "no certificate of the chain is revoked",
                          why);
    else
        mkt_verdict_note(w->verdict, "revocation", MKT_CHECK_SKIPPED,
                         "no revocation lists of all issuers were given");
    mkt_verdict_check(w->verdict, "report_signature", leads && signed_by(w->report, w->vcek),
                      "the chip's key signed the report", "the chip's key did not sign the report");
}

static bool svn_is(X509 *vcek, const char *oid, unsigned char svn)
{
    struct mkt_der value, content;
    unsigned tag;
    uint64_t number_;
    return mkt_der_extension(vcek, oid, &value) && mkt_der_next(&value, &tag, &content) &&
           tag == MKT_DER_INTEGER && mkt_der_integer(&content, &number_) && number_ == svn;
}

static bool chip_is(X509 *vcek, const unsigned char *chip)
{
    struct mkt_der value, content;
    unsigned tag;
    if (!mkt_der_extension(vcek, "1.3.6.1.4.1.3704.1.4", &value)) return false;
    if (value.bytes == 64) return memcmp(value.at, chip, 64) == 0;
    return mkt_der_next(&value, &tag, &content) && tag == MKT_DER_OCTETS && content.bytes == 64 &&
           memcmp(content.at, chip, 64) == 0;
}

static void check_platform(struct work *w)
{
    const unsigned char *tcb = w->report + REPORTED_TCB;
    mkt_verdict_check(w->verdict, "chip", w->vcek && chip_is(w->vcek, w->report + CHIP_ID),
                      "the certificate is that of the report's chip",
                      "the certificate is of another chip than the report");
    bool same = w->vcek && svn_is(w->vcek, "1.3.6.1.4.1.3704.1.3.1", tcb[0]) &&
                svn_is(w->vcek, "1.3.6.1.4.1.3704.1.3.2", tcb[1]) &&
                svn_is(w->vcek, "1.3.6.1.4.1.3704.1.3.3", tcb[6]) &&
                svn_is(w->vcek, "1.3.6.1.4.1.3704.1.3.8", tcb[7]);
    mkt_verdict_check(w->verdict, "tcb", same,
                      "the certificate is of the TCB that the report tells; whether that is the "
                      "newest is not known",
                      "the certificate is of another TCB than the report tells");
}

static void check_machine(struct work *w)
{
    const unsigned char *r = w->report, *policy = r + POLICY;
    unsigned key = u32(r + KEYS) >> 2 & 7;
    bool debug = policy[2] & 0x08;
    mkt_verdict_check(w->verdict, "debug", !debug || w->policy->debug,
                      debug ? "debug mode is on, which is allowed" : "debug mode is off",
                      "the machine may run in debug mode: its memory can be read from outside");
    mkt_verdict_check(w->verdict, "attributes", (policy[2] & 0x02) != 0,
                      "the guest policy's fixed bit is set", "the guest policy is malformed");
    mkt_verdict_check(w->verdict, "signing_key", key == 0, "the chip's own key (VCEK) signed",
                      "the report was signed by another key than the chip's own (VCEK)");
    bool turin = u32(r + VERSION) >= 3 && r[CPU_FAMILY] == 0x1a;
    mkt_verdict_check(w->verdict, "product", !turin, "the processor is a Milan or a Genoa",
                      "the processor is a Turin, whose TCB is counted in a layout not known here");
}

mkt_status mkt_snp_verify(const unsigned char *bytes, size_t n,
                          const struct mkt_collateral *collateral, const struct mkt_policy *policy,
                          struct mkt_verdict *verdict, struct mkt_err *err)
{
    struct work w = {
        .report = bytes, .policy = policy, .collateral = collateral, .verdict = verdict};
    if (!mkt_snp_is_report(bytes, n))
        return mkt_err_set(err, MKT_E_DATA,
                           "this is not an SEV-SNP report of %d bytes, version 2 to 5, signed by "
                           "ECDSA P-384",
                           MKT_SNP_BYTES);
    measure(&w);
    check_chain(&w);
    check_platform(&w);
    check_machine(&w);
    if (policy->event_log)
        mkt_verdict_note(verdict, "event_log", MKT_CHECK_FAILED,
                         "an SEV-SNP machine has no runtime registers to replay a log into");
    mkt_policy_check(policy, verdict);
    return verdict->tcb ? MKT_OK : mkt_arena_full(verdict->arena, err);
}
