#include "attest/pck.h"

#include <string.h>

#include "attest/der.h"

/* 1.2.840.113741.1.13.1, under which all parts stand */
static const unsigned char sgx[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};

/* The numbers below the extension's own: .2.17 is 2 and 17. */
struct part {
    unsigned id, sub;
    unsigned tag;
    struct mkt_der value;
};

static bool next_part(struct mkt_der *list, struct part *out)
{
    struct mkt_der pair, oid;
    unsigned tag;
    if (!mkt_der_next(list, &tag, &pair) || tag != MKT_DER_SEQUENCE) return false;
    if (!mkt_der_next(&pair, &tag, &oid) || tag != MKT_DER_OID) return false;
    if (!mkt_der_next(&pair, &out->tag, &out->value)) return false;
    size_t more = oid.bytes - sizeof sgx;
    if (oid.bytes < sizeof sgx || memcmp(oid.at, sgx, sizeof sgx) != 0 || more < 1 || more > 2)
        return false;
    out->id = oid.at[sizeof sgx];
    out->sub = more == 2 ? oid.at[sizeof sgx + 1] : 0;
    return true;
}

static bool octets(const struct part *p, void *out, size_t n)
{
    if (p->tag != MKT_DER_OCTETS || p->value.bytes != n) return false;
    memcpy(out, p->value.at, n);
    return true;
}

static bool read_tcb(struct mkt_der list, struct mkt_pck *out)
{
    unsigned seen = 0;
    struct part p;
    while (list.bytes) {
        uint64_t number = 0;
        if (!next_part(&list, &p) || p.id != 2) return false;
        if (p.sub >= 1 && p.sub <= 17) {
            if (p.tag != MKT_DER_INTEGER || !mkt_der_integer(&p.value, &number)) return false;
            if (p.sub == 17)
                out->pcesvn = number;
            else if (number > 255)
                return false;
            else
                out->sgx_svn[p.sub - 1] = (unsigned char)number;
            seen |= 1u << p.sub;
        }
    }
    return seen == 0x3fffe; /* 1 to 17 */
}

bool mkt_pck_read(X509 *cert, struct mkt_pck *out)
{
    struct mkt_der value, list;
    unsigned tag, seen = 0;
    struct part p;
    *out = (struct mkt_pck){0};
    if (!mkt_der_extension(cert, "1.2.840.113741.1.13.1", &value) ||
        !mkt_der_next(&value, &tag, &list) || tag != MKT_DER_SEQUENCE)
        return false;
    while (list.bytes) {
        if (!next_part(&list, &p)) return false;
        if (p.sub) continue;
        if (p.id == 2 && !(p.tag == MKT_DER_SEQUENCE && read_tcb(p.value, out))) return false;
        if (p.id == 3 && !octets(&p, out->pceid, sizeof out->pceid)) return false;
        if (p.id == 4 && !octets(&p, out->fmspc, sizeof out->fmspc)) return false;
        if (p.id < 32) seen |= 1u << p.id;
    }
    return (seen & 0x1c) == 0x1c; /* 2, 3 and 4 */
}
