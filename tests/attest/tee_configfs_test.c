/* The kernel's reports: both providers, the level of a guest, certificates, and each way to fail; then
 * the real calls against a folder that is none of configfs. */
#include "attest/tee_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "attest/fake_kernel.h"

static struct vendor vendor;
static struct fake_kernel kernel;
static struct mkt_tee_kernel calls;
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
    fake_kernel_init(&kernel, &vendor, "tdx_guest\n");
    calls = fake_kernel_calls(&kernel);
    return 0;
}

static mkt_status get(void)
{
    const struct mkt_tee_options options = {.tsm = "/fake", .kernel = &calls};
    mkt_err_clear(&err);
    mkt_status status = mkt_tee_source_configfs(&arena, &options, data, &evidence, &err);
    assert_int_equal(kernel.folders, 0);
    return status;
}

static void a_quote_of_tdx(void **state)
{
    (void)state;
    kernel.interrupted = 2;
    if (get() != MKT_OK) fail_msg("%s", err.text);
    assert_memory_equal(evidence.quote + 48 + 520, data, 64);
    assert_null(evidence.certificates);
    assert_int_equal(atomic_load(&kernel.quotes), 1);
}

static void a_report_of_snp(void **state)
{
    (void)state;
    kernel.provider = "sev_guest\n";
    if (get() != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(evidence.quote_bytes, 1184);
    assert_null(evidence.certificates);
    assert_string_equal(kernel.level, "");
    kernel.aux = (const unsigned char *)"table";
    kernel.aux_bytes = 5;
    kernel.floor = 2;
    if (get() != MKT_OK) fail_msg("%s", err.text);
    assert_memory_equal(evidence.certificates, "table", 5);
    assert_string_equal(kernel.level, "2");
}

static void fails(mkt_status status, const char *words)
{
    if (get() != status || !strstr(err.text, words))
        fail_msg("%s: \"%s\" lacks \"%s\"", mkt_status_name(err.status), err.text, words);
    begin(NULL);
}

static void ways_to_fail(void **state)
{
    (void)state;
    kernel.make_errno = ENOENT;
    fails(MKT_E_NOT_FOUND, "no configfs-tsm");
    kernel.make_errno = ENXIO; /* the module is there, no hardware behind it */
    fails(MKT_E_NOT_FOUND, "no configfs-tsm");
    kernel.make_errno = EACCES;
    fails(MKT_E_FORBIDDEN, "Permission denied");
    kernel.make_errno = EROFS;
    fails(MKT_E_FORBIDDEN, "Read-only");
    kernel.provider = "arm_cca_guest\n";
    fails(MKT_E_DATA, "arm_cca_guest");
    kernel.provider = "";
    fails(MKT_E_DATA, "neither tdx_guest nor sev_guest");
    kernel.inblob_errno = EINVAL;
    fails(MKT_E_IO, "inblob");
    kernel.outblob_errno = EIO;
    fails(MKT_E_IO, "outblob");
    kernel.outblob_errno = EWOULDBLOCK; /* for ever */
    fails(MKT_E_IO, "outblob");
    kernel.oversize = MKT_TEE_QUOTE_BYTES + 1;
    fails(MKT_E_LIMIT, "outblob");
    kernel.other_writes = 1;
    assert_int_equal(get(), MKT_E_IO);
    assert_non_null(strstr(err.text, "other writes than ours"));
    assert_int_equal(atomic_load(&kernel.quotes), 3); /* tried anew, not without end */
}

static void the_count_of_writes_may_wrap(void **state)
{
    (void)state;
    kernel.from = INT64_MAX;
    if (get() != MKT_OK) fail_msg("%s", err.text);
    kernel.other_writes = 1;
    assert_int_equal(get(), MKT_E_IO);
}

/* The real calls: a folder that is there but makes no files of its own. */
static void no_kernel_behind_it(void **state)
{
    (void)state;
    char folder[] = "/tmp/mkt-tsm-XXXXXX", report[64], command[96];
    struct mkt_tee_options options = {.tsm = folder};
    assert_non_null(mkdtemp(folder));
    mkt_err_clear(&err);
    assert_int_equal(mkt_tee_source_configfs(&arena, &options, data, &evidence, &err),
                     MKT_E_NOT_FOUND);
    snprintf(report, sizeof report, "%s/report", folder);
    assert_int_equal(mkdir(report, 0700), 0);
    mkt_err_clear(&err);
    assert_int_equal(mkt_tee_source_configfs(&arena, &options, data, &evidence, &err), MKT_E_IO);
    assert_non_null(strstr(err.text, "provider"));
    assert_int_equal(rmdir(report), 0); /* nothing was left in it */
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_quote_of_tdx, begin),
        cmocka_unit_test_setup(a_report_of_snp, begin),
        cmocka_unit_test_setup(ways_to_fail, begin),
        cmocka_unit_test_setup(the_count_of_writes_may_wrap, begin),
        cmocka_unit_test_setup(no_kernel_behind_it, begin),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
