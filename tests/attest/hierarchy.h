/* A made-up vendor: keys, certificates, revocation lists, quotes and statements that hang together,
 * so that every check can be seen to pass and then to fail. Nothing of it is trusted by the product:
 * the root is handed to the verification by the policy. */
#ifndef TESTS_ATTEST_HIERARCHY_H
#define TESTS_ATTEST_HIERARCHY_H

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "attest/chain.h"
#include "attest/curve.h"
#include "attest/hex.h"

#define NOW ((int64_t)1700000000) /* 2023-11-14 */
#define YEAR ((int64_t)365 * 86400)

struct vendor {
    EVP_PKEY *root_key, *ca_key, *pck_key, *tcb_key, *att_key;
    X509 *root, *ca, *pck, *tcb;
    unsigned char root_hash[32];
};

static inline EVP_PKEY *made_key(void)
{
    return EVP_EC_gen("P-256");
}

static inline void set_name(X509_NAME *name, const char *cn)
{
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0);
}

static inline X509 *made_cert(const char *cn, EVP_PKEY *key, const char *issuer, EVP_PKEY *signer,
                              bool ca, int64_t from, int64_t to, const char *extension,
                              const unsigned char *value, size_t n)
{
    static long serial = 1;
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
    set_name(X509_get_subject_name(cert), cn);
    set_name(X509_get_issuer_name(cert), issuer);
    ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)from);
    ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)to);
    X509_set_pubkey(cert, key);
    X509_EXTENSION *basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
                                                ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    X509_add_ext(cert, basic, -1);
    X509_EXTENSION_free(basic);
    X509_EXTENSION *usage =
        X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage,
                            ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    X509_add_ext(cert, usage, -1);
    X509_EXTENSION_free(usage);
    if (extension) {
        ASN1_OBJECT *oid = OBJ_txt2obj(extension, 1);
        ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
        ASN1_OCTET_STRING_set(octets, value, (int)n);
        X509_EXTENSION *own = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, octets);
        X509_add_ext(cert, own, -1);
        X509_EXTENSION_free(own);
        ASN1_OCTET_STRING_free(octets);
        ASN1_OBJECT_free(oid);
    }
    X509_sign(cert, signer, EVP_sha256());
    return cert;
}

static inline X509_CRL *made_crl(const char *issuer, EVP_PKEY *signer, X509 *revoked, int64_t from,
                                 int64_t to)
{
    X509_CRL *crl = X509_CRL_new();
    X509_NAME *name = X509_NAME_new();
    ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)from), *next = ASN1_TIME_set(NULL, (time_t)to);
    set_name(name, issuer);
    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, name);
    X509_CRL_set1_lastUpdate(crl, at);
    X509_CRL_set1_nextUpdate(crl, next);
    if (revoked) {
        X509_REVOKED *entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked));
        X509_REVOKED_set_revocationDate(entry, at);
        X509_CRL_add0_revoked(crl, entry);
    }
    X509_CRL_sort(crl);
    X509_CRL_sign(crl, signer, EVP_sha256());
    X509_NAME_free(name);
    ASN1_TIME_free(at);
    ASN1_TIME_free(next);
    return crl;
}

/* The extension of a PCK certificate: all components 5, PCESVN 11, FMSPC 50806f000000. */
static inline size_t pck_extension(unsigned char out[1024])
{
    static const unsigned char sgx[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};
    unsigned char tcb[512], whole[1024];
    size_t n = 0, w = 0;
    for (unsigned char sub = 1; sub <= 17; sub++) {
        unsigned char one[] = {0x30, 0x10, 0x06, 0x0b, 0,    0,
                               0,    0,    0,    0,    0,    0,
                               0,    2,    sub,  0x02, 0x01, (unsigned char)(sub == 17 ? 11 : 5)};
        memcpy(one + 4, sgx, sizeof sgx);
        memcpy(tcb + n, one, sizeof one);
        n += sizeof one;
    }
    unsigned char head[] = {0x30,
                            0x82,
                            (unsigned char)((n + 16) >> 8),
                            (unsigned char)(n + 16),
                            0x06,
                            0x0a,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            2,
                            0x30,
                            0x82,
                            (unsigned char)(n >> 8),
                            (unsigned char)n};
    memcpy(head + 6, sgx, sizeof sgx);
    memcpy(whole + w, head, sizeof head);
    w += sizeof head;
    memcpy(whole + w, tcb, n);
    w += n;
    unsigned char pceid[] = {0x30, 0x10, 0x06, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0x04, 2, 0, 0};
    memcpy(pceid + 4, sgx, sizeof sgx);
    memcpy(whole + w, pceid, sizeof pceid);
    w += sizeof pceid;
    unsigned char fmspc[] = {0x30, 0x14, 0x06, 0x0a, 0, 0,    0,    0,    0, 0, 0,
                             0,    0,    4,    0x04, 6, 0x50, 0x80, 0x6f, 0, 0, 0};
    memcpy(fmspc + 4, sgx, sizeof sgx);
    memcpy(whole + w, fmspc, sizeof fmspc);
    w += sizeof fmspc;
    unsigned char outer[] = {0x30, 0x82, (unsigned char)(w >> 8), (unsigned char)w};
    memcpy(out, outer, sizeof outer);
    memcpy(out + sizeof outer, whole, w);
    return sizeof outer + w;
}

static inline void open_vendor(struct vendor *v)
{
    unsigned char extension[1024];
    size_t n = pck_extension(extension);
    v->root_key = made_key();
    v->ca_key = made_key();
    v->pck_key = made_key();
    v->tcb_key = made_key();
    v->att_key = made_key();
    v->root = made_cert("Intel SGX Root CA", v->root_key, "Intel SGX Root CA", v->root_key, true,
                        NOW - 5 * YEAR, NOW + 20 * YEAR, NULL, NULL, 0);
    v->ca = made_cert("Intel SGX PCK Platform CA", v->ca_key, "Intel SGX Root CA", v->root_key,
                      true, NOW - 4 * YEAR, NOW + 10 * YEAR, NULL, NULL, 0);
    v->pck =
        made_cert("Intel SGX PCK Certificate", v->pck_key, "Intel SGX PCK Platform CA", v->ca_key,
                  false, NOW - YEAR, NOW + 5 * YEAR, "1.2.840.113741.1.13.1", extension, n);
    v->tcb = made_cert("Intel SGX TCB Signing", v->tcb_key, "Intel SGX Root CA", v->root_key, false,
                       NOW - YEAR, NOW + 5 * YEAR, NULL, NULL, 0);
    mkt_chain_key_hash(v->root, v->root_hash);
}

static inline void close_vendor(struct vendor *v)
{
    EVP_PKEY *key[] = {v->root_key, v->ca_key, v->pck_key, v->tcb_key, v->att_key};
    X509 *cert[] = {v->root, v->ca, v->pck, v->tcb};
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) EVP_PKEY_free(key[i]);
    for (size_t i = 0; i < sizeof cert / sizeof *cert; i++) X509_free(cert[i]);
}

/* Certificates as PEM text, one after another; returns the length. */
static inline size_t write_pem(X509 *const *cert, size_t n, char *out, size_t size)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    for (size_t i = 0; i < n; i++) PEM_write_bio_X509(bio, cert[i]);
    size_t length = (size_t)BIO_get_mem_data(bio, &text);
    if (length >= size) length = 0;
    memcpy(out, text, length);
    out[length] = '\0';
    BIO_free(bio);
    return length;
}

static inline size_t write_crl(X509_CRL *crl, unsigned char *out)
{
    unsigned char *at = out;
    return (size_t)i2d_X509_CRL(crl, &at);
}

/* r and s, 32 bytes each. */
static inline void sign_raw(EVP_PKEY *key, const void *bytes, size_t n, unsigned char rs[64])
{
    unsigned char der[128];
    size_t length = sizeof der;
    const unsigned char *at = der;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key);
    EVP_DigestSign(ctx, der, &length, bytes, n);
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)length);
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + 32, 32);
    ECDSA_SIG_free(sig);
    EVP_MD_CTX_free(ctx);
}

static inline void point_of(EVP_PKEY *key, unsigned char xy[64])
{
    unsigned char point[65];
    size_t n = 0;
    EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", point, sizeof point, &n);
    if (n == 65) memcpy(xy, point + 1, 64);
}

/* Where the parts of a made quote stand. */
struct made_quote {
    unsigned char bytes[16384];
    size_t n;
    size_t body, signature, key, qe_report, qe_signature, qe_auth, chain;
    int version;
    size_t body_bytes;
};

static inline void put_u16(unsigned char *at, size_t v)
{
    at[0] = (unsigned char)v;
    at[1] = (unsigned char)(v >> 8);
}

static inline void put_u32(unsigned char *at, size_t v)
{
    put_u16(at, v & 0xffff);
    put_u16(at + 2, v >> 16);
}

/* The quote's signatures made anew, after its body or its enclave's report were changed. */
static inline void sign_quote(const struct vendor *v, struct made_quote *q)
{
    unsigned char buffer[96];
    point_of(v->att_key, q->bytes + q->key);
    sign_raw(v->att_key, q->bytes, q->signature - 4, q->bytes + q->signature);
    memcpy(buffer, q->bytes + q->key, 64);
    memcpy(buffer + 64, q->bytes + q->qe_auth, 32);
    EVP_Digest(buffer, sizeof buffer, q->bytes + q->qe_report + 320, NULL, EVP_sha256(), NULL);
    sign_raw(v->pck_key, q->bytes + q->qe_report, 384, q->bytes + q->qe_signature);
}

/* version 4, 50 (v5 with a TDX 1.0 body) or 51 (v5 with a TDX 1.5 body) */
static inline void make_quote(const struct vendor *v, int kind, struct made_quote *q)
{
    static const unsigned char intel[16] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
                                            0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};
    X509 *cert[] = {v->pck, v->ca, v->root};
    memset(q, 0, sizeof *q);
    q->version = kind == 4 ? 4 : 5;
    q->body_bytes = kind == 51 ? 648 : 584;
    q->body = kind == 4 ? 48 : 54;
    unsigned char *b = q->bytes;
    put_u16(b, (size_t)q->version);
    put_u16(b + 2, 2);
    put_u32(b + 4, 0x81);
    memcpy(b + 12, intel, 16);
    if (kind != 4) {
        put_u16(b + 48, kind == 51 ? 3 : 2);
        put_u32(b + 50, q->body_bytes);
    }
    unsigned char *body = b + q->body;
    memset(body, 3, 16); /* tee_tcb_svn: module version 3 */
    body[0] = 5;
    body[1] = 3;
    body[123] = 0x10; /* SEPT_VE_DISABLE */
    memset(body + 136, 0xaa, 48);
    for (size_t i = 0; i < 4; i++) memset(body + 328 + 48 * i, (int)(0xb0 + i), 48);
    for (size_t i = 0; i < 64; i++) body[520 + i] = (unsigned char)i;

    q->signature = q->body + q->body_bytes + 4;
    q->key = q->signature + 64;
    q->qe_report = q->key + 64 + 6;
    q->qe_signature = q->qe_report + 384;
    q->qe_auth = q->qe_signature + 64 + 2;
    q->chain = q->qe_auth + 32 + 6;
    size_t pem = write_pem(cert, 3, (char *)b + q->chain, sizeof q->bytes - q->chain) + 1;
    q->n = q->chain + pem;
    put_u32(b + q->signature - 4, q->n - q->signature);
    put_u16(b + q->qe_report - 6, 6);
    put_u32(b + q->qe_report - 4, q->n - q->qe_report);
    put_u16(b + q->qe_auth - 2, 32);
    put_u16(b + q->chain - 6, 5);
    put_u32(b + q->chain - 4, pem);
    memset(b + q->qe_auth, 0x11, 32);
    unsigned char *qe = b + q->qe_report;
    qe[48] = 0x11; /* attributes */
    memset(qe + 128, 0xdc, 32);
    put_u16(qe + 256, 2);
    put_u16(qe + 258, 4);
    sign_quote(v, q);
}

/* A signed statement: {"NAME":BODY,"signature":"..."} */
static inline size_t make_statement(EVP_PKEY *key, const char *name, const char *body, char *out,
                                    size_t size)
{
    unsigned char rs[64];
    char hex[129];
    sign_raw(key, body, strlen(body), rs);
    for (size_t i = 0; i < 64; i++) snprintf(hex + 2 * i, 3, "%02x", rs[i]);
    return (size_t)snprintf(out, size, "{\"%s\":%s,\"signature\":\"%s\"}", name, body, hex);
}

static inline void write_svns(char *out, size_t size, int svn)
{
    size_t n = 0;
    for (int i = 0; i < 16; i++)
        n += (size_t)snprintf(out + n, size - n, "%s{\"svn\":%d}", i ? "," : "", svn);
}

/* The body of a TCB info. Two levels: the newest asks for `sgx` and `tdx` in every component and
 * PCESVN `pce`, the older for nothing and is OutOfDate. The module TDX_03 is UpToDate from
 * `module` on, OutOfDate below. */
static inline void write_tcb_info(char *out, size_t size, int sgx, int tdx, int pce, int module,
                                  const char *status, const char *dates)
{
    char sgx_svn[512], tdx_svn[512], none[512];
    write_svns(sgx_svn, sizeof sgx_svn, sgx);
    write_svns(tdx_svn, sizeof tdx_svn, tdx);
    write_svns(none, sizeof none, 0);
    snprintf(out, size,
             "{\"id\":\"TDX\",\"version\":3,%s,\"fmspc\":\"50806f000000\",\"pceId\":\"0000\","
             "\"tdxModule\":{\"mrsigner\":\"%096d\",\"attributes\":\"%016d\","
             "\"attributesMask\":\"FFFFFFFFFFFFFFFF\"},\"tdxModuleIdentities\":[{\"id\":\"TDX_03\","
             "\"mrsigner\":\"%096d\",\"attributes\":\"%016d\",\"attributesMask\":"
             "\"FFFFFFFFFFFFFFFF\",\"tcbLevels\":[{\"tcb\":{\"isvsvn\":%d},\"tcbStatus\":"
             "\"UpToDate\"},{\"tcb\":{\"isvsvn\":0},\"tcbStatus\":\"OutOfDate\"}]}],\"tcbLevels\":["
             "{\"tcb\":{\"sgxtcbcomponents\":[%s],\"pcesvn\":%d,\"tdxtcbcomponents\":[%s]},"
             "\"tcbStatus\":\"%s\"},{\"tcb\":{\"sgxtcbcomponents\":[%s],\"pcesvn\":0,"
             "\"tdxtcbcomponents\":[%s]},\"tcbStatus\":\"OutOfDate\"}]}",
             dates, 0, 0, 0, 0, module, sgx_svn, pce, tdx_svn, status, none, none);
}

#define DATES "\"issueDate\":\"2023-11-01T00:00:00Z\",\"nextUpdate\":\"2023-12-01T00:00:00Z\""

/* The identity of the made quote's enclave: UpToDate from `isvsvn` on, OutOfDate below. */
static inline void write_identity(char *out, size_t size, int isvsvn, const char *dates)
{
    char signer[65];
    for (size_t i = 0; i < 32; i++) snprintf(signer + 2 * i, 3, "dc");
    snprintf(out, size,
             "{\"id\":\"TD_QE\",\"version\":2,%s,\"miscselect\":\"00000000\",\"miscselectMask\":"
             "\"FFFFFFFF\",\"attributes\":\"11000000000000000000000000000000\",\"attributesMask\":"
             "\"FBFFFFFFFFFFFFFF0000000000000000\",\"mrsigner\":\"%s\",\"isvprodid\":2,"
             "\"tcbLevels\":[{\"tcb\":{\"isvsvn\":%d},\"tcbStatus\":\"UpToDate\"},{\"tcb\":"
             "{\"isvsvn\":0},\"tcbStatus\":\"OutOfDate\"}]}",
             dates, signer, isvsvn);
}

#endif
