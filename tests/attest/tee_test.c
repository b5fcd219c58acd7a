/* What is bound, which source is taken, what is kept, how many may wait, and that nothing is given
 * which was not asked for. */
#include "attest/tee.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attest/fake_kernel.h"
#include "attest/policy.h"

static struct vendor vendor;
static struct fake_kernel kernel;
static struct mkt_tee_kernel calls;
static struct mkt_public_key key;
static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_tee *tee;
static struct mkt_tee_evidence evidence;

static int open_all(void **state)
{
    (void)state;
    open_vendor(&vendor);
    for (size_t i = 0; i < 32; i++) key.raw[i] = (unsigned char)i;
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    close_vendor(&vendor);
    mkt_arena_close(&arena);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    mkt_arena_reset(&arena, 1 << 20);
    fake_kernel_init(&kernel, &vendor, "tdx_guest\n");
    calls = fake_kernel_calls(&kernel);
    tee = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    mkt_tee_close(tee);
    return 0;
}

static void open_tee(const char *secretvm)
{
    const struct mkt_tee_options options = {.key = &key,
                                            .dstack = "/nowhere/dstack.sock",
                                            .tsm = "/fake",
                                            .secretvm = secretvm,
                                            .kernel = &calls};
    if (mkt_tee_open(&options, &tee, &err) != MKT_OK) fail_msg("%s", err.text);
}

static mkt_status ask(const void *nonce, size_t n)
{
    mkt_err_clear(&err);
    return mkt_tee_take(&arena, tee, nonce, n, &evidence, &err);
}

static const unsigned char nonce[16] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
                                        0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf};

static void the_bytes_that_are_bound(void **state)
{
    (void)state;
    /* SHA-256 of the tag, a zero byte, 00..1f, a0..af, by Python's hashlib */
    static const char *const hash =
        "67138ddda2a23933dbb12d8b02c62b4cf34f61cb34f1f0e06dff94c5615fecd2";
    static const unsigned char zeros[32];
    unsigned char data[64], expected[32];
    assert_true(mkt_tee_report_data(&key, NULL, 0, data));
    assert_memory_equal(data, key.raw, 32);
    assert_memory_equal(data + 32, zeros, 32);
    assert_true(mkt_tee_report_data(&key, nonce, sizeof nonce, data));
    assert_true(mkt_hex_read(hash, 64, expected, 32));
    assert_memory_equal(data, key.raw, 32);
    assert_memory_equal(data + 32, expected, 32);
    assert_false(mkt_tee_report_data(&key, data, MKT_TEE_NONCE_LEAST - 1, data));
    assert_false(mkt_tee_report_data(&key, data, MKT_TEE_NONCE_MOST + 1, data));
}

static void no_tee_is_no_error(void **state)
{
    (void)state;
    kernel.make_errno = ENOENT;
    open_tee(NULL);
    assert_string_equal(mkt_tee_source_name(tee), "none");
    assert_int_equal(ask(NULL, 0), MKT_E_NOT_FOUND);
    assert_non_null(strstr(err.text, "no TEE"));
    assert_false(mkt_tee_kept(&arena, tee, &evidence));
    struct mkt_err why = {0};
    assert_false(mkt_tee_attested(tee, &why));
    assert_int_equal(why.status, MKT_E_NOT_FOUND);
}

static void evidence_is_kept_and_nonces_are_fresh(void **state)
{
    (void)state;
    unsigned char bound[64];
    open_tee(NULL);
    assert_string_equal(mkt_tee_source_name(tee), "configfs-tsm");
    assert_int_equal(atomic_load(&kernel.quotes), 1); /* at the start */
    for (int i = 0; i < 3; i++) assert_int_equal(ask(NULL, 0), MKT_OK);
    assert_int_equal(atomic_load(&kernel.quotes), 1);
    assert_string_equal(evidence.tee, "tdx");
    assert_false(evidence.nonce_bound);
    assert_true(mkt_tee_report_data(&key, NULL, 0, bound));
    assert_memory_equal(evidence.report_data, bound, 64);
    assert_string_equal(evidence.measured[0].name, "mrtd");
    assert_int_equal(strncmp(evidence.measured[0].hex, "aaaa", 4), 0);
    for (int i = 0; i < 3; i++) assert_int_equal(ask(nonce, sizeof nonce), MKT_OK);
    assert_int_equal(atomic_load(&kernel.quotes), 4);
    assert_true(evidence.nonce_bound);
    assert_true(mkt_tee_report_data(&key, nonce, sizeof nonce, bound));
    assert_memory_equal(evidence.report_data, bound, 64);
    assert_int_equal(kernel.folders, 0); /* all taken away */
}

static void a_verifier_sees_key_and_nonce(void **state)
{
    (void)state;
    struct mkt_policy policy = {.time = NOW,
                                .root = vendor.root_hash,
                                .key = key.raw,
                                .nonce = nonce,
                                .nonce_bytes = sizeof nonce};
    struct mkt_verdict verdict = {.arena = &arena};
    open_tee(NULL);
    assert_int_equal(ask(nonce, sizeof nonce), MKT_OK);
    memcpy(verdict.report_data, evidence.report_data, 64);
    mkt_policy_check(&policy, &verdict);
    assert_false(verdict.failed);
    assert_int_equal(mkt_verdict_find(&verdict, "nonce")->result, MKT_CHECK_PASSED);
    policy.key = NULL; /* any key, but made for this nonce */
    mkt_policy_check(&policy, &verdict);
    assert_false(verdict.failed);

    unsigned char changed[32];
    memcpy(changed, key.raw, 32);
    changed[31] ^= 1;
    policy.key = changed;
    verdict = (struct mkt_verdict){.arena = &arena};
    memcpy(verdict.report_data, evidence.report_data, 64);
    mkt_policy_check(&policy, &verdict);
    assert_int_equal(mkt_verdict_find(&verdict, "key")->result, MKT_CHECK_FAILED);
    assert_int_equal(mkt_verdict_find(&verdict, "nonce")->result, MKT_CHECK_FAILED);

    /* evidence without a nonce does not pass for one with it */
    assert_int_equal(ask(NULL, 0), MKT_OK);
    policy.key = key.raw;
    verdict = (struct mkt_verdict){.arena = &arena};
    memcpy(verdict.report_data, evidence.report_data, 64);
    mkt_policy_check(&policy, &verdict);
    assert_int_equal(mkt_verdict_find(&verdict, "key")->result, MKT_CHECK_PASSED);
    assert_int_equal(mkt_verdict_find(&verdict, "nonce")->result, MKT_CHECK_FAILED);
}

static void nonces_have_bounds(void **state)
{
    (void)state;
    unsigned char bytes[MKT_TEE_NONCE_MOST + 1] = {1};
    open_tee(NULL);
    assert_int_equal(ask(bytes, MKT_TEE_NONCE_LEAST - 1), MKT_E_ARG);
    assert_non_null(strstr(err.text, "16 to 64 bytes, not 15"));
    assert_int_equal(ask(bytes, sizeof bytes), MKT_E_ARG);
    assert_int_equal(ask(bytes, MKT_TEE_NONCE_MOST), MKT_OK);
}

static void what_was_not_asked_is_no_answer(void **state)
{
    (void)state;
    open_tee(NULL);
    kernel.other_data = true;
    assert_int_equal(ask(nonce, sizeof nonce), MKT_E_DATA);
    assert_non_null(strstr(err.text, "other data than asked"));
    kernel.other_key = true;
    assert_int_equal(ask(nonce, sizeof nonce), MKT_E_DATA);
    assert_non_null(strstr(err.text, "another key"));
    assert_int_equal(ask(NULL, 0), MKT_OK); /* what is kept is still good */
}

static void a_source_that_fails_is_there(void **state)
{
    (void)state;
    struct mkt_err why = {0};
    kernel.outblob_errno = EIO;
    open_tee(NULL);
    assert_string_equal(mkt_tee_source_name(tee), "configfs-tsm");
    assert_false(mkt_tee_attested(tee, &why));
    assert_non_null(strstr(why.text, "Input/output error"));
    assert_int_equal(ask(NULL, 0), MKT_E_IO);
    kernel.outblob_errno = 0;
    assert_int_equal(ask(NULL, 0), MKT_E_IO); /* told again, not asked again so soon */
    assert_int_equal(atomic_load(&kernel.quotes), 0);
    assert_int_equal(ask(nonce, sizeof nonce), MKT_OK);
    assert_true(mkt_tee_attested(tee, &why));
    assert_int_equal(ask(NULL, 0), MKT_OK); /* it gives again */
}

static void a_failure_is_told_for_a_while(void **state)
{
    (void)state;
    kernel.outblob_errno = EIO;
    open_tee(NULL);
    kernel.outblob_errno = 0;
    atomic_store(&kernel.clock_ms, MKT_TEE_AGAIN_S * 1000 - 1);
    assert_int_equal(ask(NULL, 0), MKT_E_IO);
    atomic_store(&kernel.clock_ms, MKT_TEE_AGAIN_S * 1000);
    assert_int_equal(ask(NULL, 0), MKT_OK);
    assert_int_equal(atomic_load(&kernel.quotes), 1);
}

static void what_is_kept_grows_old(void **state)
{
    (void)state;
    open_tee(NULL);
    atomic_store(&kernel.clock_ms, MKT_TEE_KEEP_S * 1000 - 1);
    assert_int_equal(ask(NULL, 0), MKT_OK);
    assert_int_equal(atomic_load(&kernel.quotes), 1);
    atomic_store(&kernel.clock_ms, MKT_TEE_KEEP_S * 1000);
    assert_false(mkt_tee_kept(&arena, tee, &evidence));
    assert_int_equal(ask(NULL, 0), MKT_OK);
    assert_int_equal(atomic_load(&kernel.quotes), 2);
    assert_true(mkt_tee_kept(&arena, tee, &evidence));
    atomic_store(&kernel.clock_ms, 3 * MKT_TEE_KEEP_S * 1000);
    kernel.outblob_errno = EIO; /* no evidence of yesterday for a TEE that fails */
    assert_int_equal(ask(NULL, 0), MKT_E_IO);
}

/* One that waits for the hardware. */
struct asker {
    pthread_t thread;
    mkt_status status;
};

static void *wait_for_it(void *user)
{
    struct asker *a = user;
    struct mkt_arena mine = {0};
    struct mkt_err ignored = {0};
    struct mkt_tee_evidence got;
    if (mkt_arena_open(&mine, (size_t)32 << 20, &ignored) != MKT_OK) return NULL;
    a->status = mkt_tee_take(&mine, tee, nonce, sizeof nonce, &got, &ignored);
    mkt_arena_close(&mine);
    return NULL;
}

static void few_wait_and_one_asks(void **state)
{
    (void)state;
    enum { ASKERS = MKT_TEE_WAITING + 8 };
    struct asker asker[ASKERS] = {0};
    int good = 0, busy = 0;
    open_tee(NULL);
    atomic_store(&kernel.hold, true);
    for (int i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_create(&asker[i].thread, NULL, wait_for_it, &asker[i]), 0);
    /* 1 asks, MKT_TEE_WAITING wait; the others have been sent away when all have come */
    for (int i = 0; i < 2000 && !atomic_load(&kernel.waiting); i++) fake_kernel_sleep();
    for (int i = 0; i < 50; i++) fake_kernel_sleep();
    atomic_store(&kernel.hold, false);
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(asker[i].thread, NULL);
        good += asker[i].status == MKT_OK;
        busy += asker[i].status == MKT_E_BUSY;
    }
    assert_int_equal(good + busy, ASKERS);
    assert_in_range(good, 1 + MKT_TEE_WAITING, ASKERS);
    assert_true(busy > 0);
}

/* A little too old, but the hardware is busy: given at once, so that no moment shuts out those who come
 * in it. Far too old: waited for. */
static void nobody_comes_at_the_wrong_moment(void **state)
{
    (void)state;
    struct asker asker = {0};
    open_tee(NULL);
    atomic_store(&kernel.hold, true);
    assert_int_equal(pthread_create(&asker.thread, NULL, wait_for_it, &asker), 0);
    while (!atomic_load(&kernel.waiting)) fake_kernel_sleep();
    atomic_store(&kernel.clock_ms, 2 * MKT_TEE_KEEP_S * 1000 - 1);
    assert_false(mkt_tee_kept(&arena, tee, &evidence));
    assert_int_equal(ask(NULL, 0), MKT_OK);
    assert_int_equal(atomic_load(&kernel.quotes), 1);
    atomic_store(&kernel.clock_ms, 2 * MKT_TEE_KEEP_S * 1000);
    atomic_store(&kernel.hold, false);
    assert_int_equal(ask(NULL, 0), MKT_OK);
    assert_int_equal(atomic_load(&kernel.quotes), 3);
    pthread_join(asker.thread, NULL);
    assert_int_equal(asker.status, MKT_OK);
}

static void every_arena_size(void **state)
{
    (void)state;
    struct mkt_arena small = {0};
    open_tee(NULL);
    assert_int_equal(mkt_arena_open(&small, (size_t)8 << 20, &err), MKT_OK);
    bool whole = false;
    for (size_t i = 1; i < 200 && !whole; i++) {
        mkt_arena_reset(&small, 0);
        small.fail_at = i;
        mkt_err_clear(&err);
        mkt_status status = mkt_tee_take(&small, tee, nonce, sizeof nonce, &evidence, &err);
        whole = status == MKT_OK && small.allocations < i;
        if (status != MKT_OK && status != MKT_E_NOMEM) fail_msg("%zu: %s", i, err.text);
    }
    assert_true(whole);
    mkt_arena_close(&small);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(the_bytes_that_are_bound),
        T(no_tee_is_no_error),
        T(evidence_is_kept_and_nonces_are_fresh),
        T(a_verifier_sees_key_and_nonce),
        T(nonces_have_bounds),
        T(what_was_not_asked_is_no_answer),
        T(a_source_that_fails_is_there),
        T(a_failure_is_told_for_a_while),
        T(what_is_kept_grows_old),
        T(few_wait_and_one_asks),
        T(nobody_comes_at_the_wrong_moment),
        T(every_arena_size),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
