#include "attest/der.h"

#include <openssl/asn1.h>

bool mkt_der_next(struct mkt_der *der, unsigned *tag, struct mkt_der *content)
{
    if (der->bytes < 2) return false;
    size_t head = 2, length = der->at[1];
    if (length > 0x80) {
        size_t digits = length - 0x80;
        if (digits > 4 || der->bytes < 2 + digits) return false;
        length = 0;
        for (size_t i = 0; i < digits; i++) length = length << 8 | der->at[2 + i];
        head += digits;
    } else if (length == 0x80) {
        return false;
    }
    if (length > der->bytes - head) return false;
    *tag = der->at[0];
    *content = (struct mkt_der){.at = der->at + head, .bytes = length};
    der->at += head + length;
    der->bytes -= head + length;
    return true;
}

bool mkt_der_integer(const struct mkt_der *content, uint64_t *out)
{
    const unsigned char *b = content->at;
    size_t n = content->bytes;
    if (n == 0 || b[0] & 0x80) return false;
    while (n > 1 && *b == 0) b++, n--;
    if (n > 8) return false;
    *out = 0;
    for (size_t i = 0; i < n; i++) *out = *out << 8 | b[i];
    return true;
}

bool mkt_der_extension(X509 *cert, const char *oid, struct mkt_der *out)
{
    ASN1_OBJECT *name = OBJ_txt2obj(oid, 1);
    int at = name ? X509_get_ext_by_OBJ(cert, name, -1) : -1;
    ASN1_OBJECT_free(name);
    if (at < 0) return false;
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(cert, at));
    *out = (struct mkt_der){.at = ASN1_STRING_get0_data(value),
                            .bytes = (size_t)ASN1_STRING_length(value)};
    return true;
}
