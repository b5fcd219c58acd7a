#include "attest/chain.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

void mkt_chain_clear(struct mkt_chain *chain)
{
    for (size_t i = 0; i < chain->certs; i++) X509_free(chain->cert[i]);
    for (size_t i = 0; i < chain->crls; i++) X509_CRL_free(chain->crl[i]);
    *chain = (struct mkt_chain){0};
}

static mkt_status too_many(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_LIMIT, "there are more than %d certificates", MKT_CHAIN_MAX);
}

static mkt_status keep_cert(struct mkt_chain *c, X509 *cert, struct mkt_err *err)
{
    if (c->certs == MKT_CHAIN_MAX) {
        X509_free(cert);
        return too_many(err);
    }
    c->cert[c->certs++] = cert;
    return MKT_OK;
}

static mkt_status keep_crl(struct mkt_chain *c, X509_CRL *crl, struct mkt_err *err)
{
    if (c->crls == MKT_CHAIN_MAX) {
        X509_CRL_free(crl);
        return too_many(err);
    }
    c->crl[c->crls++] = crl;
    return MKT_OK;
}

static mkt_status add_pem(struct mkt_chain *c, BIO *bio, struct mkt_err *err)
{
    mkt_status status = MKT_OK;
    char *name = NULL, *header = NULL;
    unsigned char *der = NULL;
    long size = 0;
    while (status == MKT_OK && PEM_read_bio(bio, &name, &header, &der, &size) == 1) {
        const unsigned char *at = der;
        if (strcmp(name, "CERTIFICATE") == 0) {
            X509 *cert = d2i_X509(NULL, &at, size);
            status = cert ? keep_cert(c, cert, err)
                          : mkt_err_set(err, MKT_E_DATA, "a certificate cannot be read");
        } else if (strcmp(name, "X509 CRL") == 0) {
            X509_CRL *crl = d2i_X509_CRL(NULL, &at, size);
            status = crl ? keep_crl(c, crl, err)
                         : mkt_err_set(err, MKT_E_DATA, "a revocation list cannot be read");
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(der);
    }
    unsigned long last = ERR_peek_last_error();
    if (status == MKT_OK && ERR_GET_REASON(last) != PEM_R_NO_START_LINE)
        status = mkt_err_set(err, MKT_E_DATA, "a certificate in PEM is broken");
    return status;
}

static mkt_status add_der(struct mkt_chain *c, const unsigned char *bytes, size_t n,
                          struct mkt_err *err)
{
    const unsigned char *at = bytes;
    X509 *cert = d2i_X509(NULL, &at, (long)n);
    if (cert && at == bytes + n) return keep_cert(c, cert, err);
    X509_free(cert);
    at = bytes;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)n);
    if (crl && at == bytes + n) return keep_crl(c, crl, err);
    X509_CRL_free(crl);
    return MKT_OK;
}

mkt_status mkt_chain_add(struct mkt_chain *chain, const unsigned char *bytes, size_t n,
                         size_t *found, struct mkt_err *err)
{
    size_t before = chain->certs + chain->crls;
    if (n > MKT_CHAIN_BYTES)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "%zu bytes are too many for certificates (at most %zu)", n,
                           MKT_CHAIN_BYTES);
    ERR_clear_error();
    mkt_status status = MKT_OK;
    if (n && bytes[0] == 0x30) {
        status = add_der(chain, bytes, n, err);
    } else if (n) {
        BIO *bio = BIO_new_mem_buf(bytes, (int)n);
        status = bio ? add_pem(chain, bio, err)
                     : mkt_err_set(err, MKT_E_NOMEM, "no memory for certificates");
        BIO_free(bio);
    }
    ERR_clear_error();
    *found = chain->certs + chain->crls - before;
    return status;
}

void mkt_chain_share(struct mkt_chain *chain, const struct mkt_chain *other)
{
    for (size_t i = 0; i < other->certs && chain->certs < MKT_CHAIN_MAX; i++) {
        X509_up_ref(other->cert[i]);
        chain->cert[chain->certs++] = other->cert[i];
    }
    for (size_t i = 0; i < other->crls && chain->crls < MKT_CHAIN_MAX; i++) {
        X509_CRL_up_ref(other->crl[i]);
        chain->crl[chain->crls++] = other->crl[i];
    }
}

void mkt_chain_name(X509 *cert, char *out, size_t size)
{
    out[0] = '\0';
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, out, (int)size);
}

X509 *mkt_chain_named(const struct mkt_chain *chain, const char *common_name)
{
    char name[128];
    for (size_t i = 0; i < chain->certs; i++) {
        mkt_chain_name(chain->cert[i], name, sizeof name);
        if (strcmp(name, common_name) == 0) return chain->cert[i];
    }
    return NULL;
}

bool mkt_chain_key_hash(X509 *cert, unsigned char out[32])
{
    unsigned char *der = NULL;
    unsigned length = 0;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
    bool good = n > 0 && EVP_Digest(der, (size_t)n, out, &length, EVP_sha256(), NULL) == 1;
    OPENSSL_free(der);
    return good;
}

X509 *mkt_chain_root(const struct mkt_chain *chain, const unsigned char root[32])
{
    unsigned char hash[32];
    for (size_t i = 0; i < chain->certs; i++)
        if (mkt_chain_key_hash(chain->cert[i], hash) && memcmp(hash, root, sizeof hash) == 0 &&
            X509_check_issued(chain->cert[i], chain->cert[i]) == X509_V_OK)
            return chain->cert[i];
    return NULL;
}

static bool has_crl_of(const struct mkt_chain *chain, const X509_NAME *issuer)
{
    for (size_t i = 0; i < chain->crls; i++)
        if (X509_NAME_cmp(X509_CRL_get_issuer(chain->crl[i]), issuer) == 0) return true;
    return false;
}

/* What the CRLs of the bundle allow to ask: all certificates below the root, the leaf, or none. */
static unsigned long revocation_flags(const struct mkt_chain *chain, STACK_OF(X509) * path)
{
    int links = sk_X509_num(path) - 1, covered = 0;
    for (int i = 0; i < links; i++) {
        if (!has_crl_of(chain, X509_get_issuer_name(sk_X509_value(path, i)))) break;
        covered++;
    }
    if (covered == 0) return 0;
    return X509_V_FLAG_CRL_CHECK | (covered == links ? X509_V_FLAG_CRL_CHECK_ALL : 0);
}

/* One walk, with the bundle's CRLs when `crl_flags` ask for them. Fills `path` when it leads. */
static bool walk(const struct mkt_chain *chain, X509 *leaf, X509 *root, int64_t time,
                 unsigned long crl_flags, STACK_OF(X509) * *path, const char **why)
{
    bool good = false;
    STACK_OF(X509) *between = sk_X509_new_null();
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    *why = "no memory for the certificates";
    if (!between || !store || !ctx || X509_STORE_add_cert(store, root) != 1) goto done;
    for (size_t i = 0; i < chain->certs; i++)
        if (chain->cert[i] != root && sk_X509_push(between, chain->cert[i]) <= 0) goto done;
    for (size_t i = 0; crl_flags && i < chain->crls; i++)
        if (X509_STORE_add_crl(store, chain->crl[i]) != 1) goto done;
    if (X509_STORE_CTX_init(ctx, store, leaf, between) != 1) goto done;

    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, (time_t)time);
    X509_VERIFY_PARAM_set_depth(param, MKT_CHAIN_MAX);
    /* the root's own signature, too */
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CHECK_SS_SIGNATURE | crl_flags);
    good = X509_verify_cert(ctx) == 1;
    *why = good ? NULL : X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
    if (good && path) *path = X509_STORE_CTX_get1_chain(ctx);
done:
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_free(between);
    ERR_clear_error();
    return good;
}

bool mkt_chain_leads(const struct mkt_chain *chain, X509 *leaf, const unsigned char root[32],
                     int64_t time, bool *revocation, const char **why)
{
    STACK_OF(X509) *path = NULL;
    *revocation = false;
    X509 *anchor = mkt_chain_root(chain, root);
    if (!anchor) {
        *why = "no certificate has the pinned root's key";
        return false;
    }
    bool good = walk(chain, leaf, anchor, time, 0, &path, why);
    unsigned long flags = path ? revocation_flags(chain, path) : 0;
    if (good && flags) {
        good = walk(chain, leaf, anchor, time, flags, NULL, why);
        *revocation = (flags & X509_V_FLAG_CRL_CHECK_ALL) != 0;
    }
    sk_X509_pop_free(path, X509_free);
    return good;
}
