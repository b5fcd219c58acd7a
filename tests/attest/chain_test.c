/* Bundles of certificates: what is read, what is refused, and who leads to whom. */
#include "attest/chain.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "attest/hierarchy.h"

static struct vendor vendor, stranger;
static struct mkt_chain chain;
static struct mkt_err err;

static int open_all(void **state)
{
    (void)state;
    open_vendor(&vendor);
    open_vendor(&stranger);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    mkt_chain_clear(&chain);
    close_vendor(&vendor);
    close_vendor(&stranger);
    return 0;
}

static void add(X509 *const *cert, size_t n)
{
    char text[32768];
    size_t found;
    size_t length = write_pem(cert, n, text, sizeof text);
    mkt_err_clear(&err);
    mkt_chain_clear(&chain);
    assert_int_equal(mkt_chain_add(&chain, (unsigned char *)text, length, &found, &err), MKT_OK);
    assert_int_equal(found, n);
}

static bool leads(X509 *leaf, const char *words)
{
    const char *why = NULL;
    bool revocation = true;
    bool good = mkt_chain_leads(&chain, leaf, vendor.root_hash, NOW, &revocation, &why);
    assert_false(revocation);
    if (!good && !strstr(why, words)) fail_msg("\"%s\" lacks \"%s\"", why, words);
    return good;
}

static void a_chain_in_any_order(void **state)
{
    (void)state;
    X509 *cert[] = {vendor.root, vendor.pck, vendor.ca};
    add(cert, 3);
    assert_true(leads(chain.cert[1], ""));
    assert_ptr_equal(mkt_chain_named(&chain, "Intel SGX PCK Platform CA"), chain.cert[2]);
    assert_null(mkt_chain_named(&chain, "Intel SGX PCK Processor CA"));
    assert_ptr_equal(mkt_chain_root(&chain, vendor.root_hash), chain.cert[0]);
}

static void a_foreign_root_of_the_same_name(void **state)
{
    (void)state;
    X509 *cert[] = {stranger.pck, stranger.ca, stranger.root, vendor.root};
    add(cert, 4);
    assert_false(leads(chain.cert[0], ""));
}

static void a_middle_that_may_not_sign(void **state)
{
    (void)state;
    /* the leaf's own key, certified by the root for no signing, issues another leaf */
    X509 *end = made_cert("Intel SGX PCK Platform CA", vendor.ca_key, "Intel SGX Root CA",
                          vendor.root_key, false, NOW - YEAR, NOW + YEAR, NULL, NULL, 0);
    X509 *cert[] = {vendor.pck, end, vendor.root};
    add(cert, 3);
    assert_false(leads(chain.cert[0], "CA"));
    X509_free(end);
}

static void an_expired_middle(void **state)
{
    (void)state;
    X509 *old = made_cert("Intel SGX PCK Platform CA", vendor.ca_key, "Intel SGX Root CA",
                          vendor.root_key, true, NOW - 3 * YEAR, NOW - YEAR, NULL, NULL, 0);
    X509 *cert[] = {vendor.pck, old, vendor.root};
    add(cert, 3);
    assert_false(leads(chain.cert[0], "expired"));
    X509_free(old);
}

static void a_loop_ends(void **state)
{
    (void)state;
    EVP_PKEY *a = made_key(), *b = made_key(), *end = made_key();
    X509 *cert[] = {made_cert("leaf", end, "a", a, false, NOW - YEAR, NOW + YEAR, NULL, NULL, 0),
                    made_cert("a", a, "b", b, true, NOW - YEAR, NOW + YEAR, NULL, NULL, 0),
                    made_cert("b", b, "a", a, true, NOW - YEAR, NOW + YEAR, NULL, NULL, 0),
                    vendor.root};
    add(cert, 4);
    assert_false(leads(chain.cert[0], ""));
    for (size_t i = 0; i < 3; i++) X509_free(cert[i]);
    EVP_PKEY_free(a);
    EVP_PKEY_free(b);
    EVP_PKEY_free(end);
}

static void the_roots_own_signature_counts(void **state)
{
    (void)state;
    /* the root's key in a certificate that another key signed */
    X509 *forged = made_cert("Intel SGX Root CA", vendor.root_key, "Intel SGX Root CA",
                             stranger.root_key, true, NOW - YEAR, NOW + YEAR, NULL, NULL, 0);
    X509 *cert[] = {vendor.pck, vendor.ca, forged};
    add(cert, 3);
    assert_false(leads(chain.cert[0], "signature"));
    X509_free(forged);
}

static void what_is_no_bundle(void **state)
{
    (void)state;
    size_t found;
    mkt_chain_clear(&chain);
    mkt_err_clear(&err);
    static const char nothing[] = "no certificate here";
    assert_int_equal(
        mkt_chain_add(&chain, (const unsigned char *)nothing, strlen(nothing), &found, &err),
        MKT_OK);
    assert_int_equal(found, 0);
    static const char broken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_int_equal(
        mkt_chain_add(&chain, (const unsigned char *)broken, strlen(broken), &found, &err),
        MKT_E_DATA);
    mkt_err_clear(&err);
    static const char cut[] = "-----BEGIN CERTIFICATE-----\nAAAA\n";
    assert_int_equal(mkt_chain_add(&chain, (const unsigned char *)cut, strlen(cut), &found, &err),
                     MKT_E_DATA);
    mkt_err_clear(&err);
    static unsigned char large[MKT_CHAIN_BYTES + 1];
    assert_int_equal(mkt_chain_add(&chain, large, sizeof large, &found, &err), MKT_E_LIMIT);
}

static void too_many(void **state)
{
    (void)state;
    X509 *cert[MKT_CHAIN_MAX + 1];
    char text[65536];
    size_t found;
    for (size_t i = 0; i <= MKT_CHAIN_MAX; i++) cert[i] = vendor.root;
    size_t n = write_pem(cert, MKT_CHAIN_MAX + 1, text, sizeof text);
    mkt_chain_clear(&chain);
    mkt_err_clear(&err);
    assert_int_equal(mkt_chain_add(&chain, (unsigned char *)text, n, &found, &err), MKT_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_in_any_order),
        cmocka_unit_test(a_foreign_root_of_the_same_name),
        cmocka_unit_test(a_middle_that_may_not_sign),
        cmocka_unit_test(an_expired_middle),
        cmocka_unit_test(a_loop_ends),
        cmocka_unit_test(the_roots_own_signature_counts),
        cmocka_unit_test(what_is_no_bundle),
        cmocka_unit_test(too_many),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
