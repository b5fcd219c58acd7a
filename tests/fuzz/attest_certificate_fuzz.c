/* Certificates and revocation lists from anyone, in PEM and DER, and the table that a host gives
 * beside an SEV-SNP report: no crash, no leak, and nobody leads to a root that he does not hold. The
 * first byte chooses the form. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attest/der.h"
#include "attest/pck.h"
#include "attest/policy.h"
#include "attest/snp_certs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct mkt_der der, int depth)
{
    const unsigned char *end = der.at + der.bytes;
    struct mkt_der content;
    uint64_t number;
    unsigned tag;
    while (mkt_der_next(&der, &tag, &content)) {
        if (der.at + der.bytes != end || content.at + content.bytes != der.at) abort();
        if (tag == MKT_DER_INTEGER) (void)mkt_der_integer(&content, &number);
        if (tag == MKT_DER_SEQUENCE && depth < 8) walk(content, depth + 1);
    }
}

static void look(const struct mkt_chain *chain)
{
    unsigned char hash[32];
    char name[128];
    struct mkt_pck pck;
    if (chain->certs > MKT_CHAIN_MAX || chain->crls > MKT_CHAIN_MAX) abort();
    for (size_t i = 0; i < chain->certs; i++) {
        const char *why = NULL;
        bool revocation = true;
        mkt_chain_name(chain->cert[i], name, sizeof name);
        (void)mkt_chain_key_hash(chain->cert[i], hash);
        (void)mkt_pck_read(chain->cert[i], &pck);
        if (mkt_chain_leads(chain, chain->cert[i], mkt_policy_intel_root, 1700000000, &revocation,
                            &why))
            abort();
        if (!why) abort();
        (void)mkt_chain_leads(chain, chain->cert[i], hash, 1700000000, &revocation, &why);
    }
    (void)mkt_chain_named(chain, "Intel SGX TCB Signing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mkt_chain chain = {0};
    struct mkt_err err = {0};
    size_t found;
    if (size < 1 || size > 1 << 16) return 0;
    unsigned char *tight = malloc(size);
    memcpy(tight, data + 1, size - 1);
    mkt_status status = data[0] & 1 ? mkt_snp_certs_add(&chain, tight, size - 1, &err)
                                    : mkt_chain_add(&chain, tight, size - 1, &found, &err);
    if ((status != MKT_OK) != (err.text[0] != '\0')) abort();
    look(&chain);
    mkt_chain_clear(&chain);
    walk((struct mkt_der){.at = tight, .bytes = size - 1}, 0);
    free(tight);
    return 0;
}
