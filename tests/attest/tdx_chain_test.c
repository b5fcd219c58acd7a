/* The certificates under a TDX quote: each way that they can be missing, foreign, out of their time or
 * revoked is found. */
#include "attest/tdx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attest/tdx_fixture.h"

static void another_root_is_none(void **state)
{
    (void)state;
    policy.root = NULL;
    fails("certificates", "pinned root");
}

static void use_chain(X509 *const *cert, size_t n)
{
    size_t room = sizeof quote.bytes - quote.chain;
    size_t pem = write_pem(cert, n, (char *)quote.bytes + quote.chain, room) + 1;
    quote.n = quote.chain + pem;
    put_u32(quote.bytes + quote.signature - 4, quote.n - quote.signature);
    put_u32(quote.bytes + quote.qe_report - 4, quote.n - quote.qe_report);
    put_u32(quote.bytes + quote.chain - 4, pem);
}

static void only_a_platforms_certificate_will_do(void **state)
{
    (void)state;
    /* Intel's own TCB signing key is no platform's */
    X509 *cert[] = {vendor.tcb, vendor.root};
    use_chain(cert, 2);
    EVP_PKEY *pck = vendor.pck_key;
    vendor.pck_key = vendor.tcb_key;
    sign_quote(&vendor, &quote);
    vendor.pck_key = pck;
    fails("certificates", "none of a platform");
}

static void broken_chains(void **state)
{
    (void)state;
    X509 *no_middle[] = {vendor.pck, vendor.root}, *no_root[] = {vendor.pck, vendor.ca};
    use_chain(no_middle, 2);
    fails("certificates", "");
    use_chain(no_root, 2);
    fails("certificates", "pinned root");
    quote.bytes[quote.chain + 40] = '*';
    fails("certificates", "");
}

/* Somebody else's hierarchy under Intel's names, signed anew from end to end; with the genuine
 * certificates put beside it in every order. */
static void a_foreign_root_under_the_same_names(void **state)
{
    (void)state;
    struct vendor stranger;
    open_vendor(&stranger);
    make_quote(&stranger, 4, &quote);
    fails("certificates", "pinned root");
    X509 *all[] = {stranger.pck, stranger.ca, stranger.root, vendor.root, vendor.ca};
    for (size_t i = 3; i <= 5; i++) {
        use_chain(all, i);
        sign_quote(&stranger, &quote);
        fails("certificates", "");
        result_is("enclave_signature", MKT_CHECK_FAILED, "");
    }
    X509 *genuine_leaf[] = {vendor.pck, vendor.ca, vendor.root}; /* whose key the stranger lacks */
    use_chain(genuine_leaf, 3);
    sign_quote(&stranger, &quote);
    verify();
    result_is("certificates", MKT_CHECK_PASSED, "");
    result_is("enclave_signature", MKT_CHECK_FAILED, "did not sign");
    close_vendor(&stranger);
}

/* Two authorities that each vouch for the other, and lead nowhere. */
static void a_loop_of_certificates(void **state)
{
    (void)state;
    EVP_PKEY *a = made_key(), *b = made_key();
    X509 *one = made_cert("A", a, "B", b, true, NOW - YEAR, NOW + YEAR, NULL, NULL, 0);
    X509 *two = made_cert("B", b, "A", a, true, NOW - YEAR, NOW + YEAR, NULL, NULL, 0);
    X509 *leaf = made_cert("Intel SGX PCK Certificate", vendor.pck_key, "A", a, false, NOW - YEAR,
                           NOW + YEAR, NULL, NULL, 0);
    X509 *loop[] = {leaf, one, two, vendor.root};
    use_chain(loop, 4);
    sign_quote(&vendor, &quote);
    fails("certificates", "");
    X509_free(one);
    X509_free(two);
    X509_free(leaf);
    EVP_PKEY_free(a);
    EVP_PKEY_free(b);
}

/* Each certificate of the chain, and the one that signs the statements, past its time. */
static void every_part_can_expire(void **state)
{
    (void)state;
    X509 *old_ca = made_cert("Intel SGX PCK Platform CA", vendor.ca_key, "Intel SGX Root CA",
                             vendor.root_key, true, NOW - 4 * YEAR, NOW - 86400, NULL, NULL, 0);
    X509 *old_pck =
        made_cert("Intel SGX PCK Certificate", vendor.pck_key, "Intel SGX PCK Platform CA",
                  vendor.ca_key, false, NOW - 4 * YEAR, NOW - 86400, NULL, NULL, 0);
    X509 *ca[] = {vendor.pck, old_ca, vendor.root}, *pck[] = {old_pck, vendor.ca, vendor.root};
    use_chain(ca, 3);
    sign_quote(&vendor, &quote);
    fails("certificates", "expired");
    use_chain(pck, 3);
    sign_quote(&vendor, &quote);
    fails("certificates", "expired");
    X509_free(old_ca);
    X509_free(old_pck);

    begin(NULL);
    X509 *tcb = vendor.tcb;
    vendor.tcb = made_cert("Intel SGX TCB Signing", vendor.tcb_key, "Intel SGX Root CA",
                           vendor.root_key, false, NOW - 4 * YEAR, NOW - 86400, NULL, NULL, 0);
    char tcb_info[4096], identity[2048];
    write_tcb_info(tcb_info, sizeof tcb_info, 5, 3, 11, 5, "UpToDate", DATES);
    write_identity(identity, sizeof identity, 4, DATES);
    add_tcb(tcb_info, identity);
    fails("tcb", "expired");
    X509_free(vendor.tcb);
    vendor.tcb = tcb;
}

static void times_count(void **state)
{
    (void)state;
    policy.time = NOW - 2 * YEAR;
    fails("certificates", "not yet valid");
    policy.time = NOW + 6 * YEAR;
    fails("certificates", "expired");
}

static void revoked_and_stale_lists(void **state)
{
    (void)state;
    add_crl("Intel SGX PCK Platform CA", vendor.ca_key, vendor.pck, NOW + 86400);
    fails("certificates", "revoked"); /* though the root's own list is not there */
    begin(NULL);
    add_crl("Intel SGX Root CA", vendor.root_key, vendor.ca, NOW + 86400);
    add_crl("Intel SGX PCK Platform CA", vendor.ca_key, NULL, NOW + 86400);
    verify();
    result_is("revocation", MKT_CHECK_FAILED, "revoked");
    begin(NULL);
    add_crl("Intel SGX Root CA", vendor.root_key, NULL, NOW + 86400);
    add_crl("Intel SGX PCK Platform CA", vendor.ca_key, NULL, NOW - 3600);
    verify();
    result_is("revocation", MKT_CHECK_FAILED, "expired");
    begin(NULL);
    add_crl("Intel SGX Root CA", vendor.root_key, NULL, NOW + 86400);
    add_crl("Intel SGX PCK Platform CA", vendor.root_key, NULL, NOW + 86400); /* not its own key */
    verify();
    result_is("revocation", MKT_CHECK_FAILED, "signature");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(another_root_is_none, begin),
        cmocka_unit_test_setup(only_a_platforms_certificate_will_do, begin),
        cmocka_unit_test_setup(broken_chains, begin),
        cmocka_unit_test_setup(a_foreign_root_under_the_same_names, begin),
        cmocka_unit_test_setup(a_loop_of_certificates, begin),
        cmocka_unit_test_setup(every_part_can_expire, begin),
        cmocka_unit_test_setup(times_count, begin),
        cmocka_unit_test_setup(revoked_and_stale_lists, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
