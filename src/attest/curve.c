#include "attest/curve.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <string.h>

static bool is_on(EVP_PKEY *key, const char *curve)
{
    char name[32];
    size_t length = 0;
    return EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name,
                                          &length) == 1 &&
           strcmp(name, curve) == 0;
}

bool mkt_curve_verify(EVP_PKEY *key, const unsigned char *r, const unsigned char *s, size_t size,
                      const void *bytes, size_t n)
{
    bool good = false;
    unsigned char *der = NULL;
    EVP_MD_CTX *ctx = NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *br = BN_bin2bn(r, (int)size, NULL), *bs = BN_bin2bn(s, (int)size, NULL);
    if (!sig || !br || !bs || !is_on(key, size == 32 ? "prime256v1" : "secp384r1")) {
        BN_free(br);
        BN_free(bs);
        goto done;
    }
    ECDSA_SIG_set0(sig, br, bs); /* takes both */
    int length = i2d_ECDSA_SIG(sig, &der);
    ctx = EVP_MD_CTX_new();
    good =
        length > 0 && ctx &&
        EVP_DigestVerifyInit(ctx, NULL, size == 32 ? EVP_sha256() : EVP_sha384(), NULL, key) == 1 &&
        EVP_DigestVerify(ctx, der, (size_t)length, bytes, n) == 1;
done:
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);
    ECDSA_SIG_free(sig);
    return good;
}

bool mkt_curve_verify_point(const unsigned char xy[64], const unsigned char rs[64],
                            const void *bytes, size_t n)
{
    unsigned char point[65] = {4};
    char curve[] = "prime256v1";
    EVP_PKEY *key = NULL;
    memcpy(point + 1, xy, 64);
    OSSL_PARAM param[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool good = ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
                EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, param) == 1 &&
                mkt_curve_verify(key, rs, rs + 32, 32, bytes, n);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    return good;
}
