/* What the tests of TDX share: a made-up vendor, a quote of it that is made anew for each test, what
 * is known of its certificates and statements, and a look at the verdict. */
#ifndef TESTS_ATTEST_TDX_FIXTURE_H
#define TESTS_ATTEST_TDX_FIXTURE_H

#include "attest/tdx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attest/hierarchy.h"

static struct vendor vendor;
static struct mkt_arena arena;
static struct mkt_err err;
static struct made_quote quote;
static struct mkt_collateral collateral;
static struct mkt_policy policy;
static struct mkt_verdict verdict;

static inline int open_all(void **state)
{
    (void)state;
    open_vendor(&vendor);
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static inline int close_all(void **state)
{
    (void)state;
    close_vendor(&vendor);
    mkt_collateral_clear(&collateral);
    mkt_arena_close(&arena);
    return 0;
}

static inline int begin(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    mkt_collateral_clear(&collateral);
    mkt_arena_reset(&arena, 1 << 20);
    policy = (struct mkt_policy){.time = NOW, .root = vendor.root_hash};
    make_quote(&vendor, 4, &quote);
    return 0;
}

static inline void add(const void *bytes, size_t n)
{
    char *copy = mkt_arena_strndup(&arena, "", 0);
    copy = mkt_arena_alloc(&arena, n + 1, 1);
    memcpy(copy, bytes, n);
    if (mkt_collateral_add(&arena, &collateral, copy, n, &err) != MKT_OK) fail_msg("%s", err.text);
}

static inline void add_crl(const char *issuer, EVP_PKEY *key, X509 *revoked, int64_t to)
{
    unsigned char der[1024];
    X509_CRL *crl = made_crl(issuer, key, revoked, NOW - 86400, to);
    add(der, write_crl(crl, der));
    X509_CRL_free(crl);
}

static inline void add_tcb(const char *tcb_info, const char *identity)
{
    char text[8192];
    X509 *cert[] = {vendor.tcb, vendor.root};
    add(text, write_pem(cert, 2, text, sizeof text));
    add(text, make_statement(vendor.tcb_key, "tcbInfo", tcb_info, text, sizeof text));
    add(text, make_statement(vendor.tcb_key, "enclaveIdentity", identity, text, sizeof text));
}

static inline void verify_bytes(const unsigned char *bytes, size_t n)
{
    verdict = (struct mkt_verdict){.arena = &arena};
    if (mkt_tdx_verify(bytes, n, &collateral, &policy, &verdict, &err) != MKT_OK)
        fail_msg("%s", err.text);
}

static inline void verify(void)
{
    verify_bytes(quote.bytes, quote.n);
}

static inline void result_is(const char *name, mkt_check_result result, const char *words)
{
    const struct mkt_check *c = NULL;
    for (size_t i = 0; i < verdict.checks; i++)
        if (strcmp(verdict.check[i].name, name) == 0 && (!c || c->result != result))
            c = &verdict.check[i];
    assert_non_null(c);
    if (c->result != result || !strstr(c->text, words))
        fail_msg("%s: %s, \"%s\"", name, mkt_check_result_name(c->result), c->text);
    assert_true(result != MKT_CHECK_FAILED || verdict.failed);
}

static inline void fails(const char *name, const char *words)
{
    verify();
    result_is(name, MKT_CHECK_FAILED, words);
}

#endif
