/* The level of a TDX platform: told from the vendor's statements, and only from those that its own key
 * signs and that are current. */
#include "attest/tdx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attest/recorded.h"
#include "attest/tdx_fixture.h"

/* One thing of the statements changed, and what must come of it. */
static void tcb_case(int sgx, int tdx, int pce, int module, int isvsvn, const char *status,
                     const char *dates, const char *tcb, const char *words)
{
    char tcb_info[4096], identity[2048];
    begin(NULL);
    write_tcb_info(tcb_info, sizeof tcb_info, sgx, tdx, pce, module, status, dates);
    write_identity(identity, sizeof identity, isvsvn, DATES);
    add_tcb(tcb_info, identity);
    verify();
    assert_string_equal(verdict.tcb, tcb);
    result_is("tcb", MKT_CHECK_FAILED, words);
}

static void levels_of_the_tcb(void **state)
{
    (void)state;
    const char *old =
        "\"issueDate\":\"2023-10-01T00:00:00Z\",\"nextUpdate\":\"2023-11-01T00:00:00Z\"";
    tcb_case(6, 3, 11, 5, 4, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 4, 11, 5, 4, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 3, 12, 5, 4, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 3, 11, 6, 4, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 3, 11, 5, 5, "UpToDate", DATES, "OutOfDate", "OutOfDate");
    tcb_case(5, 3, 11, 6, 4, "ConfigurationNeeded", DATES, "OutOfDateConfigurationNeeded", "");
    tcb_case(5, 3, 11, 5, 4, "Revoked", DATES, "Revoked", "Revoked");
    tcb_case(5, 3, 11, 6, 4, "Revoked", DATES, "Revoked", "Revoked");
    tcb_case(5, 3, 11, 5, 4, "SWHardeningNeeded", DATES, "SWHardeningNeeded", "");
    tcb_case(5, 3, 11, 5, 4, "UpToDate", old, "not evaluated", "not current");
    policy.accept = "OutOfDate,SWHardeningNeeded";
    char tcb_info[4096], identity[2048];
    begin(NULL);
    policy.accept = "OutOfDate,SWHardeningNeeded";
    write_tcb_info(tcb_info, sizeof tcb_info, 5, 3, 11, 5, "SWHardeningNeeded", DATES);
    write_identity(identity, sizeof identity, 4, DATES);
    add_tcb(tcb_info, identity);
    verify();
    assert_false(verdict.failed);
    assert_string_equal(verdict.tcb, "SWHardeningNeeded");
}

static void statements_must_be_signed_by_the_right_key(void **state)
{
    (void)state;
    char tcb_info[4096], identity[2048], text[8192];
    write_tcb_info(tcb_info, sizeof tcb_info, 5, 3, 11, 5, "UpToDate", DATES);
    write_identity(identity, sizeof identity, 4, DATES);
    add_tcb(tcb_info, identity);
    ((char *)(uintptr_t)collateral.tcb_info.body)[collateral.tcb_info.bytes - 3] ^= 1;
    fails("tcb", "signature is wrong");
    begin(NULL);
    X509 *cert[] = {vendor.root};
    add(text, write_pem(cert, 1, text, sizeof text));
    add(text, make_statement(vendor.tcb_key, "tcbInfo", tcb_info, text, sizeof text));
    add(text, make_statement(vendor.tcb_key, "enclaveIdentity", identity, text, sizeof text));
    fails("tcb", "TCB Signing");
}

/* Intel's statement of 2023 about the platform of the first quote. */
static void a_recorded_platform_reaches_its_level(void **state)
{
    (void)state;
    size_t n, m, k;
    unsigned char *bytes = recorded_file("tee/intel_tdx/tdx_prod_quote_SPR_E4.dat", &n);
    char *tcb = (char *)recorded_file("tee/intel_tdx/sample_tcbInfo_response", &m);
    char *identity = (char *)recorded_file("tee/intel_tdx/sample_qeIdentity_response", &k);
    if (!bytes || !tcb || !identity) skip();
    assert_int_equal(mkt_collateral_add(&arena, &collateral, tcb, m, &err), MKT_OK);
    assert_int_equal(mkt_collateral_add(&arena, &collateral, identity, k, &err), MKT_OK);
    policy = (struct mkt_policy){.time = 1688169600, .sept_ve = true};
    verify_bytes(bytes, n);
    /* the certificate that signs the statements was not recorded with them */
    result_is("tcb", MKT_CHECK_FAILED, "TCB Signing");
    free(bytes);
    free(tcb);
    free(identity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(levels_of_the_tcb, begin),
        cmocka_unit_test_setup(statements_must_be_signed_by_the_right_key, begin),
        cmocka_unit_test_setup(a_recorded_platform_reaches_its_level, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
