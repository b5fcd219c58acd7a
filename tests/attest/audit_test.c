/* The audit log holds what was added, survives kills and full disks, and any change in it is found. */
#include "attest/audit.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], path[128];
static struct mkt_keys *keys;
static struct mkt_err err;
static const struct mkt_audit_entry entry = {
    .kind = "collaborate",
    .peer = "finance-agent-\"acme\"",
    .peer_key = "Gb9ECWmEzf6FQbrB",
    .request = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    .answer = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mkt-audit-XXXXXX");
    mkt_err_clear(&err);
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/audit.jsonl", folder);
    return mkt_keys_open(folder, &keys, &err) == MKT_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[128];
    mkt_keys_close(keys);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static struct mkt_audit *opened(void)
{
    struct mkt_audit *audit = NULL;
    mkt_err_clear(&err);
    if (mkt_audit_open(path, keys, &audit, &err) != MKT_OK) fail_msg("%s", err.text);
    return audit;
}

static void add(size_t n)
{
    struct mkt_audit *audit = opened();
    for (size_t i = 0; i < n; i++)
        if (mkt_audit_add(audit, &entry, &err) != MKT_OK) fail_msg("%s", err.text);
    mkt_audit_close(audit);
}

static struct mkt_audit_report verified(void)
{
    struct mkt_audit_report report;
    mkt_err_clear(&err);
    if (mkt_audit_verify(path, mkt_keys_public(keys), 1, &report, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return report;
}

static size_t load(char *out, size_t size)
{
    FILE *f = fopen(path, "rb");
    size_t n = fread(out, 1, size, f);
    fclose(f);
    return n;
}

static void store(const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    fwrite(bytes, 1, n, f);
    fclose(f);
}

static void entries_follow_each_other_over_starts(void **state)
{
    (void)state;
    struct stat st;
    char head[MKT_SHA256_TEXT];
    add(0);
    assert_int_equal(verified().entries, 0);
    add(3);
    add(2);
    struct mkt_audit_report r = verified();
    assert_int_equal(r.entries, 5);
    assert_false(r.torn);
    assert_true(strcmp(r.first, r.last) <= 0 && r.first[0] == '2');
    struct mkt_audit *audit = opened();
    assert_int_equal(mkt_audit_head(audit, head), 5);
    assert_string_equal(head, r.head);
    struct mkt_audit *second = NULL;
    assert_int_equal(mkt_audit_open(path, keys, &second, &err), MKT_E_CONFLICT);
    mkt_audit_close(audit);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void any_change_is_found(void **state)
{
    (void)state;
    static char whole[8192], changed[8192];
    struct mkt_audit_report report;
    add(4);
    size_t n = load(whole, sizeof whole);
    for (size_t i = 0; i < n; i++) { /* one bit of any byte */
        memcpy(changed, whole, n);
        changed[i] ^= (char)(1 << i % 7);
        store(changed, n);
        mkt_err_clear(&err);
        mkt_status status = mkt_audit_verify(path, mkt_keys_public(keys), 1, &report, &err);
        /* the last line's end changed is a torn line: the three before it verify */
        if (status == MKT_OK && !(report.torn && report.entries == 3 && i == n - 1))
            fail_msg("byte %zu changed verifies", i);
    }
    char *second = strchr(whole, '\n') + 1, *third = strchr(second, '\n') + 1;
    size_t first_bytes = (size_t)(second - whole), second_bytes = (size_t)(third - second);
    memcpy(changed, whole, first_bytes); /* a line taken out */
    memcpy(changed + first_bytes, third, n - first_bytes - second_bytes);
    store(changed, n - second_bytes);
    mkt_err_clear(&err);
    assert_int_equal(mkt_audit_verify(path, mkt_keys_public(keys), 1, &report, &err), MKT_E_DATA);
    assert_non_null(strstr(err.text, "line 2"));
    store(second, n - first_bytes); /* the first taken out */
    mkt_err_clear(&err);
    assert_int_equal(mkt_audit_verify(path, mkt_keys_public(keys), 1, &report, &err), MKT_E_DATA);
    store(whole, n);
    struct mkt_public_key other = {{1}};
    mkt_err_clear(&err);
    assert_int_equal(mkt_audit_verify(path, &other, 1, &report, &err), MKT_E_DATA);
    assert_non_null(strstr(err.text, "none of the keys"));
}

static void a_torn_line_is_cut_off(void **state)
{
    (void)state;
    static char whole[8192];
    add(3);
    size_t n = load(whole, sizeof whole);
    size_t two = (size_t)(strchr(strchr(whole, '\n') + 1, '\n') + 1 - whole);
    for (size_t cut = 0; cut < n; cut += 61) {
        store(whole, cut);
        add(1);
        struct mkt_audit_report r = verified();
        assert_int_equal(r.entries, cut < (size_t)(strchr(whole, '\n') + 1 - whole) ? 1
                                    : cut < two                                     ? 2
                                                                                    : 3);
    }
    store(whole, n - 1);
    assert_true(verified().torn);
    store("rubbish\n", 8);
    struct mkt_audit *audit = NULL;
    assert_int_equal(mkt_audit_open(path, keys, &audit, &err), MKT_E_DATA);
}

static void a_full_disk_logs_nothing(void **state)
{
    (void)state;
    add(2);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {(rlim_t)st.st_size + 100, (rlim_t)st.st_size + 100};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        struct mkt_audit *audit = NULL;
        if (mkt_audit_open(path, keys, &audit, &err) != MKT_OK) _exit(1);
        mkt_status status = mkt_audit_add(audit, &entry, &err);
        char head[MKT_SHA256_TEXT];
        _exit(status == MKT_E_NOSPACE && mkt_audit_head(audit, head) == 2 ? 0 : 2);
    }
    int code = -1;
    waitpid(child, &code, 0);
    assert_int_equal(code, 0);
    assert_int_equal(verified().entries, 2);
    assert_false(verified().torn);
}

static void a_log_that_is_cut_or_deleted_takes_nothing(void **state)
{
    (void)state;
    struct stat st;
    add(2);
    struct mkt_audit *audit = opened();
    assert_int_equal(mkt_audit_add(audit, &entry, &err), MKT_OK);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(mkt_audit_add(audit, &entry, &err), MKT_E_CONFLICT);
    assert_non_null(strstr(err.text, "was cut"));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 0);
    mkt_audit_close(audit);
    audit = opened();
    assert_int_equal(mkt_audit_add(audit, &entry, &err), MKT_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkt_audit_add(audit, &entry, &err), MKT_E_CONFLICT);
    assert_non_null(strstr(err.text, "was deleted"));
    mkt_audit_close(audit);
}

static void a_kill_at_any_moment_leaves_a_chain(void **state)
{
    (void)state;
    int64_t before = 0;
    for (int i = 0; i < 100; i++) {
        pid_t child = fork();
        if (child == 0) {
            struct mkt_audit *audit = NULL;
            if (mkt_audit_open(path, keys, &audit, &err) != MKT_OK) _exit(1);
            for (;;)
                if (mkt_audit_add(audit, &entry, &err) != MKT_OK) _exit(1);
        }
        usleep(1000 + (useconds_t)(i * 137 % 4000));
        kill(child, SIGKILL);
        int code = 0;
        waitpid(child, &code, 0);
        assert_true(WIFSIGNALED(code));
        if (access(path, F_OK) != 0) continue;
        struct mkt_audit_report r = verified();
        assert_true(r.entries >= before);
        before = r.entries;
    }
    add(1);
    assert_int_equal(verified().entries, before + 1);
}

/* In place of the C library's: fails when a test says so, and counts. */
static atomic_int syncs, sync_fails;

int fdatasync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    if (atomic_load(&sync_fails)) {
        errno = EIO;
        return -1;
    }
    usleep(500); /* so that others come meanwhile */
    return (int)syscall(SYS_fdatasync, fd);
}

static struct mkt_audit *shared;
static atomic_int good, bad;

static void *add_many(void *user)
{
    struct mkt_err mine = {0};
    for (int i = 0; i < 50; i++) {
        mkt_err_clear(&mine);
        if (mkt_audit_add(shared, &entry, &mine) == MKT_OK)
            atomic_fetch_add(&good, 1);
        else
            atomic_fetch_add(&bad, 1);
    }
    return user;
}

static void several_wait_for_the_disk_together(void **state)
{
    (void)state;
    pthread_t thread[8];
    shared = opened();
    atomic_store(&syncs, 0);
    atomic_store(&good, 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, add_many, NULL), 0);
    for (int i = 0; i < 8; i++) pthread_join(thread[i], NULL);
    mkt_audit_close(shared);
    assert_int_equal(atomic_load(&good), 400);
    assert_int_equal(verified().entries, 400);
    assert_true(atomic_load(&syncs) < 400);
}

static void what_the_disk_refuses_is_taken_back(void **state)
{
    (void)state;
    pthread_t thread[4];
    char head[MKT_SHA256_TEXT];
    add(3);
    shared = opened();
    atomic_store(&sync_fails, 1);
    assert_int_equal(mkt_audit_add(shared, &entry, &err), MKT_E_IO);
    assert_int_equal(mkt_audit_head(shared, head), 3);
    mkt_err_clear(&err);
    atomic_store(&good, 0);
    atomic_store(&bad, 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, add_many, NULL), 0);
    for (int i = 0; i < 20; i++) { /* a disk that comes and goes */
        usleep(1500);
        atomic_store(&sync_fails, i % 2);
    }
    atomic_store(&sync_fails, 0);
    for (int i = 0; i < 4; i++) pthread_join(thread[i], NULL);
    mkt_audit_close(shared);
    assert_int_equal(atomic_load(&good) + atomic_load(&bad), 200);
    assert_true(atomic_load(&bad) > 0);
    assert_int_equal(verified().entries, 3 + atomic_load(&good));
    assert_false(verified().torn);
}

struct told {
    int requests, floors;
    int64_t floor_us, last_us;
    char request[MKT_SHA256_TEXT];
};

static void hear(void *user, const char *request, int64_t us)
{
    struct told *t = user;
    if (!request) {
        t->floors++;
        t->floor_us = us;
        return;
    }
    t->requests++;
    t->last_us = us;
    snprintf(t->request, sizeof t->request, "%s", request);
}

static struct told recent(int64_t bytes)
{
    struct told told = {0};
    mkt_err_clear(&err);
    if (mkt_audit_recent(path, bytes, "collaborate", hear, &told, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return told;
}

static void the_last_entries_are_told(void **state)
{
    (void)state;
    struct stat st;
    struct mkt_audit_entry other = entry;
    assert_int_equal(recent(1000).requests, 0); /* there is no log */
    add(20);
    struct mkt_audit *audit = opened();
    other.kind = "process";
    assert_int_equal(mkt_audit_add(audit, &other, &err), MKT_OK);
    mkt_audit_close(audit);
    assert_int_equal(stat(path, &st), 0);
    struct told all = recent(st.st_size);
    assert_int_equal(all.requests, 20);
    assert_int_equal(all.floors, 0);
    assert_string_equal(all.request, entry.request);
    assert_true(all.last_us > INT64_C(1700000000000000));
    /* a part: what is left out lies before the time that is told */
    struct told some = recent(st.st_size / 2);
    assert_in_range(some.requests, 8, 11);
    assert_int_equal(some.floors, 1);
    assert_true(some.floor_us <= some.last_us);
    /* the cut lies where a line begins: that line is whole */
    size_t line = (size_t)st.st_size / 21;
    assert_in_range(recent((int64_t)line * 10).requests, 8, 10);
    assert_int_equal(recent(10).requests, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_last_entries_are_told, begin, end),
        cmocka_unit_test_setup_teardown(several_wait_for_the_disk_together, begin, end),
        cmocka_unit_test_setup_teardown(what_the_disk_refuses_is_taken_back, begin, end),
        cmocka_unit_test_setup_teardown(entries_follow_each_other_over_starts, begin, end),
        cmocka_unit_test_setup_teardown(any_change_is_found, begin, end),
        cmocka_unit_test_setup_teardown(a_torn_line_is_cut_off, begin, end),
        cmocka_unit_test_setup_teardown(a_full_disk_logs_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_log_that_is_cut_or_deleted_takes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_kill_at_any_moment_leaves_a_chain, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
