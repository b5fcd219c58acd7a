/* dstack's socket: a quote with its event log, and each answer that is none. */
#include "attest/tee_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attest/fake_dstack.h"

static struct vendor vendor;
static struct fake_dstack dstack;
static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_tee_evidence evidence;
static const unsigned char data[64] =
    "sixty-four bytes that somebody wants to have signed, zeros then";

static int open_all(void **state)
{
    (void)state;
    open_vendor(&vendor);
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
    mkt_arena_reset(&arena, 1 << 20);
    return fake_dstack_open(&dstack, &vendor);
}

static int end(void **state)
{
    (void)state;
    fake_dstack_close(&dstack);
    return 0;
}

static mkt_status get(void)
{
    const struct mkt_tee_options options = {.dstack = dstack.path};
    mkt_err_clear(&err);
    evidence = (struct mkt_tee_evidence){0};
    return mkt_tee_source_dstack(&arena, &options, data, &evidence, &err);
}

static void a_quote_and_its_log(void **state)
{
    (void)state;
    dstack.event_log = "[1,2]";
    if (get() != MKT_OK) fail_msg("%s", err.text);
    assert_memory_equal(evidence.quote + 48 + 520, data, 64);
    assert_string_equal(evidence.event_log, "[1,2]");
    assert_int_equal(evidence.event_log_bytes, 5);
}

static void what_is_no_quote(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int status;
        mkt_status result;
        const char *words;
    } bad[] = {
        {"", 200, MKT_E_DATA, "JSON"},
        {"<html>", 200, MKT_E_DATA, "JSON"},
        {"{\"quote\":\"00\"", 200, MKT_E_DATA, "JSON"},
        {"{}", 200, MKT_E_DATA, "holds no quote"},
        {"[]", 200, MKT_E_DATA, "holds no quote"},
        {"{\"quote\":5}", 200, MKT_E_DATA, "holds no quote"},
        {"{\"quote\":\"\"}", 200, MKT_E_DATA, "none of Intel TDX"},
        {"{\"quote\":\"0x00\"}", 200, MKT_E_DATA, "not in hex"},
        {"{\"quote\":\"000\"}", 200, MKT_E_DATA, "not in hex"},
        {"{\"quote\":\"00\",\"quote\":\"01\"}", 200, MKT_E_DATA, "JSON"},
        {"{\"error\":\"the device is gone\"}", 500, MKT_E_IO, "the device is gone"},
        {"{\"error\":\"no\",\"quote\":\"00\"}", 200, MKT_E_IO, "no"},
        {"{\"quote\":\"00\"}", 503, MKT_E_IO, "status 503"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        dstack.body = bad[i].body;
        dstack.status = bad[i].status;
        if (get() != bad[i].result || !strstr(err.text, bad[i].words))
            fail_msg("%s: %s \"%s\"", bad[i].body, mkt_status_name(err.status), err.text);
    }
}

static void one_that_is_far_too_long(void **state)
{
    (void)state;
    size_t n = 2 * MKT_TEE_QUOTE_BYTES + 2;
    char *body = malloc(n + 32);
    strcpy(body, "{\"quote\":\"");
    memset(body + 10, 'a', n);
    strcpy(body + 10 + n, "\"}");
    dstack.body = body;
    assert_int_equal(get(), MKT_E_LIMIT);
    free(body);
}

static void no_socket(void **state)
{
    (void)state;
    struct mkt_tee_options options = {.dstack = "/nowhere/dstack.sock"};
    mkt_err_clear(&err);
    assert_int_equal(mkt_tee_source_dstack(&arena, &options, data, &evidence, &err),
                     MKT_E_NOT_FOUND);
    options.dstack = "/dev/null"; /* there, but no socket */
    mkt_err_clear(&err);
    assert_int_equal(mkt_tee_source_dstack(&arena, &options, data, &evidence, &err),
                     MKT_E_NOT_FOUND);
    struct fake_dstack gone;
    assert_int_equal(fake_dstack_open(&gone, &vendor), 0);
    fake_close(&gone.server); /* the file is left, nobody listens */
    options.dstack = gone.path;
    mkt_err_clear(&err);
    assert_int_equal(mkt_tee_source_dstack(&arena, &options, data, &evidence, &err), MKT_E_IO);
    unlink(gone.path);
    rmdir(gone.folder);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(a_quote_and_its_log),
        T(what_is_no_quote),
        T(one_that_is_far_too_long),
        T(no_socket),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
