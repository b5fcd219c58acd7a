#include "attest/snp_certs.h"

#define ENTRY 24

static uint32_t u32(const unsigned char *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

mkt_status mkt_snp_certs_add(struct mkt_chain *chain, const unsigned char *table, size_t n,
                             struct mkt_err *err)
{
    for (size_t at = 0; n - at >= ENTRY && at / ENTRY < MKT_CHAIN_MAX; at += ENTRY) {
        uint32_t offset = u32(table + at + 16), length = u32(table + at + 20);
        size_t found;
        if (!offset && !length) return MKT_OK; /* the entry of zeros */
        if (offset > n || length > n - offset)
            return mkt_err_set(err, MKT_E_DATA,
                               "entry %zu of the host's certificates points outside the table",
                               at / ENTRY);
        MKT_TRY(mkt_chain_add(chain, table + offset, length, &found, err));
    }
    return MKT_OK;
}
