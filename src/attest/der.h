/* Walking DER: one element after another, within its bounds.
 *
 * For the extensions in which Intel and AMD state what a certificate is for. Definite lengths
 * only, tags of one byte. Source: X.690 section 8.1, 10.1.
 */
#ifndef MKT_ATTEST_DER_H
#define MKT_ATTEST_DER_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MKT_DER_INTEGER 0x02
#define MKT_DER_OCTETS 0x04
#define MKT_DER_OID 0x06
#define MKT_DER_ENUMERATED 0x0a
#define MKT_DER_IA5 0x16
#define MKT_DER_SEQUENCE 0x30

struct mkt_der {
    const unsigned char *at;
    size_t bytes;
};

/* Takes the next element; false at the end and when it does not fit. */
bool mkt_der_next(struct mkt_der *der, unsigned *tag, struct mkt_der *content);

/* A whole number of at most 8 bytes, not negative. */
bool mkt_der_integer(const struct mkt_der *content, uint64_t *out);

/* The value of the extension "1.2.3.4" in a certificate; false when it has none. */
bool mkt_der_extension(X509 *cert, const char *oid, struct mkt_der *out);

#endif
