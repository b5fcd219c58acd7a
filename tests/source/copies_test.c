/* Rows that repeat another are counted, and counting keeps to its memory. */
#include "source/copies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sanitized.h"

#define MB ((size_t)1 << 20)

/* Copies in 2,000,000 rows, of which each is there `times` times. */
static int64_t count(int times, const char *filter, size_t memory, int threads, const char *temp,
                     mkt_status wanted)
{
    static const char *const from[] = {
        NULL, "(SELECT i, 'row ' || i FROM range(2000000) t(i)) AS t(c0, c1)",
        "(SELECT i // 2, 'row ' || i // 2 FROM range(2000000) t(i)) AS t(c0, c1)"};
    struct mkt_relation r = {.show = "t", .from = from[times], .columns = 2, .filter = filter};
    const struct mkt_duck_limits limits = {.memory = memory, .threads = threads};
    struct mkt_duck duck;
    struct mkt_err err = {0};
    int64_t copies = -1;
    assert_int_equal(mkt_duck_open(&limits, &duck, &err), MKT_OK);
    char own[sizeof duck.temp];
    memcpy(own, duck.temp, sizeof own);
    if (temp) strcpy(duck.temp, temp);
    assert_int_equal(mkt_copies_count(&duck, &r, &copies, &err), wanted);
    memcpy(duck.temp, own, sizeof own);
    mkt_duck_close(&duck);
    assert_int_not_equal(access(own, F_OK), 0); /* nothing stays behind */
    return copies;
}

static void copies_are_counted(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        size_t memory = k & 1 ? 64 * MB : 1024 * MB;
        int threads = k & 2 ? 1 : 2;
        assert_int_equal(count(1, NULL, memory, threads, NULL, MKT_OK), 0);
        assert_int_equal(count(2, NULL, memory, threads, NULL, MKT_OK), 1000000);
        assert_int_equal(count(2, "c0 < 300000", memory, threads, NULL, MKT_OK), 300000);
    }
}

static void keeps_to_its_memory(void **state)
{
    struct rusage used;
    int how;
    (void)state;
    pid_t child = fork();
    if (child == 0) _exit(count(1, NULL, 64 * MB, 2, NULL, MKT_OK) != 0);
    assert_int_equal(wait4(child, &how, 0, &used), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
#ifndef SANITIZED
    if (used.ru_maxrss >> 10 > 72) fail_msg("%ld MB", used.ru_maxrss >> 10);
#endif
}

static void faults_are_said(void **state)
{
    (void)state;
    count(1, NULL, 64 * MB, 1, "/nowhere/at/all", MKT_E_IO);
}

int main(void)
{
    /* the one that forks comes first, before the database has threads */
    const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_to_its_memory),
                                       cmocka_unit_test(copies_are_counted),
                                       cmocka_unit_test(faults_are_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
