/* A whole verification of evidence, from its bytes to the verdict: TDX with everything that Intel
 * gives (TCB info, identity of the enclave, both revocation lists), TDX as recorded without any, and
 * SEV-SNP as recorded. Beside them the signatures alone, as OpenSSL verifies them.
 *
 *     attest_verify [runs]      400 by default; the median of them counts
 *
 * Recorded evidence is looked for in ../shared/data or $MKT_DATA. The promise: TDX under 5 ms. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "attest/evidence.h"
#include "attest/hierarchy.h"
#include "attest/recorded.h"

#define RUNS_MOST 100000

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static _Noreturn void stop(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static struct mkt_arena arena;
static double taken[RUNS_MOST];

/* One line: median and 99th percentile. Returns the median. */
static double report(const char *what, int runs)
{
    qsort(taken, (size_t)runs, sizeof *taken, by_size);
    printf("  %-44s %8.3f ms   p99 %8.3f ms\n", what, taken[runs / 2], taken[runs * 99 / 100]);
    return taken[runs / 2];
}

static double measure(const char *what, const unsigned char *bytes, size_t n,
                      const struct mkt_collateral *collateral, const struct mkt_policy *policy,
                      int runs)
{
    char *copy = malloc(n + 1);
    if (!copy) stop("no memory");
    memcpy(copy, bytes, n);
    copy[n] = '\0';
    for (int i = -10; i < runs; i++) {
        struct mkt_evidence evidence;
        struct mkt_verdict verdict;
        struct mkt_err err = {0};
        size_t mark = mkt_arena_mark(&arena);
        double began = now_ms();
        if (mkt_evidence_read(&arena, copy, n, &evidence, &err) != MKT_OK ||
            mkt_evidence_verify(&arena, &evidence, collateral, policy, &verdict, &err) != MKT_OK)
            stop(err.text);
        if (i >= 0) taken[i] = now_ms() - began;
        if (verdict.failed) stop("what is measured must verify");
        mkt_arena_release(&arena, mark);
    }
    free(copy);
    return report(what, runs);
}

static void add(struct mkt_collateral *c, const void *bytes, size_t n)
{
    struct mkt_err err = {0};
    char *copy = mkt_arena_strndup(&arena, bytes, n);
    if (!copy || mkt_collateral_add(&arena, c, copy, n, &err) != MKT_OK) stop(err.text);
}

static void add_crl(struct mkt_collateral *c, const char *issuer, EVP_PKEY *key)
{
    unsigned char der[1024];
    X509_CRL *crl = made_crl(issuer, key, NULL, NOW - 86400, NOW + 86400);
    add(c, der, write_crl(crl, der));
    X509_CRL_free(crl);
}

static void everything(const struct vendor *v, struct mkt_collateral *c)
{
    static char text[8192], tcb_info[4096], identity[2048];
    X509 *cert[] = {v->tcb, v->root};
    write_tcb_info(tcb_info, sizeof tcb_info, 5, 3, 11, 5, "UpToDate", DATES);
    write_identity(identity, sizeof identity, 4, DATES);
    add(c, text, write_pem(cert, 2, text, sizeof text));
    add(c, text, make_statement(v->tcb_key, "tcbInfo", tcb_info, text, sizeof text));
    add(c, text, make_statement(v->tcb_key, "enclaveIdentity", identity, text, sizeof text));
    add_crl(c, "Intel SGX Root CA", v->root_key);
    add_crl(c, "Intel SGX PCK Platform CA", v->ca_key);
}

/* One P-256 signature, the key at hand: what no verification can do without. */
static double signature(const struct vendor *v, int runs)
{
    unsigned char rs[64];
    sign_raw(v->att_key, "x", 1, rs);
    for (int i = 0; i < runs; i++) {
        double began = now_ms();
        if (!mkt_curve_verify(v->att_key, rs, rs + 32, 32, "x", 1)) stop("no signature");
        taken[i] = now_ms() - began;
    }
    return report("one P-256 signature alone", runs);
}

static void recorded(int runs)
{
    size_t n, m, k;
    unsigned char *quote = recorded_file("tee/intel_tdx/cos-113-tdx-quote.dat", &n);
    unsigned char *snp = recorded_file("tee/amd_snp/attestation.bin", &m), *cert;
    struct mkt_collateral c = {0};
    struct mkt_policy policy = {.time = 1735689600, .debug = true};
    if (quote) measure("TDX, recorded, without collateral", quote, n, NULL, &policy, runs);
    policy.time = 1704067200;
    const char *const file[] = {"tee/amd_snp/vcek.testcer", "tee/amd_snp/ask_ark_milan.pem"};
    for (size_t i = 0; snp && i < 2; i++)
        if ((cert = recorded_file(file[i], &k))) {
            add(&c, cert, k);
            free(cert);
        }
    if (snp) measure("SEV-SNP, recorded, with its certificates", snp, m, &c, &policy, runs);
    mkt_collateral_clear(&c);
    free(quote);
    free(snp);
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? atoi(argv[1]) : 400;
    struct mkt_err err = {0};
    struct vendor v;
    static struct made_quote quote;
    struct mkt_collateral c = {0};
    if (runs < 1 || runs > RUNS_MOST) stop("attest_verify [runs], 1 to 100000");
    if (mkt_arena_open(&arena, (size_t)256 << 20, &err) != MKT_OK) stop(err.text);
    open_vendor(&v);
    make_quote(&v, 4, &quote);
    everything(&v, &c);
    struct mkt_policy policy = {.time = NOW, .root = v.root_hash, .tcb_needed = true};
    double one = signature(&v, runs);
    double all = measure("TDX, all collateral: TCB, identity, CRLs", quote.bytes, quote.n, &c,
                         &policy, runs);
    recorded(runs);
    printf("  a full TDX verification costs %.1f signatures; under 5 ms, as promised: %s\n",
           all / one, all < 5 ? "yes" : "no");
    mkt_collateral_clear(&c);
    close_vendor(&v);
    mkt_arena_close(&arena);
    return 0;
}
