/* Keys are made once, private, kept over starts, rotated with their past told; signatures and PEM
 * against RFC 8032 and RFC 8410. */
#include "attest/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "attest/hex.h"

static char folder[64], path[128];
static struct mkt_err err;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mkt-keys-XXXXXX");
    mkt_err_clear(&err);
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/docker_private_key_ed25519.pem", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static struct mkt_keys *opened(void)
{
    struct mkt_keys *keys = NULL;
    if (mkt_keys_open(folder, &keys, &err) != MKT_OK) fail_msg("%s", err.text);
    return keys;
}

static void a_key_is_made_once_and_private(void **state)
{
    (void)state;
    struct stat st;
    struct mkt_keys *first = opened(), *second = opened();
    assert_memory_equal(mkt_keys_public(first), mkt_keys_public(second), MKT_KEYS_PUBLIC);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    unsigned char signature[MKT_KEYS_SIGNATURE];
    assert_int_equal(mkt_keys_sign(first, "hello", 5, signature, &err), MKT_OK);
    assert_true(mkt_keys_verify(mkt_keys_public(second), "hello", 5, signature));
    assert_false(mkt_keys_verify(mkt_keys_public(second), "hellp", 5, signature));
    signature[0] ^= 1;
    assert_false(mkt_keys_verify(mkt_keys_public(second), "hello", 5, signature));
    mkt_keys_close(first);
    mkt_keys_close(second);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
    (void)state;
    struct mkt_keys *keys = opened();
    mkt_keys_close(keys);
    chmod(path, 0640);
    assert_int_equal(mkt_keys_open(folder, &keys, &err), MKT_E_FORBIDDEN);
    assert_non_null(strstr(err.text, "600"));
}

static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    struct mkt_keys *keys;
    FILE *f = fopen(path, "w");
    fputs("no key\n", f);
    fclose(f);
    chmod(path, 0600);
    assert_int_equal(mkt_keys_open(folder, &keys, &err), MKT_E_DATA);
    mkt_err_clear(&err);
    assert_int_equal(mkt_keys_open("/proc/nowhere", &keys, &err), MKT_E_NOT_FOUND);
}

static void rotation_keeps_the_past(void **state)
{
    (void)state;
    struct mkt_keys *old = opened();
    struct mkt_public_key before = *mkt_keys_public(old), told;
    mkt_keys_close(old);
    assert_int_equal(mkt_keys_rotate(folder, 1700000000, &err), MKT_OK);
    struct mkt_keys *new_ = opened();
    assert_memory_not_equal(mkt_keys_public(new_), &before, MKT_KEYS_PUBLIC);
    mkt_keys_close(new_);
    char retired[256], pem[256];
    int n = snprintf(retired, sizeof retired, "%s/retired/", folder);
    for (size_t i = 0; i < 8; i++)
        n += snprintf(retired + n, sizeof retired - (size_t)n, "%02x", before.raw[i]);
    snprintf(retired + n, sizeof retired - (size_t)n, ".pem");
    FILE *f = fopen(retired, "r");
    assert_non_null(f);
    size_t bytes = fread(pem, 1, sizeof pem, f);
    fclose(f);
    assert_true(mkt_keys_read_pem(pem, bytes, &told));
    assert_memory_equal(&told, &before, MKT_KEYS_PUBLIC);
}

/* As a kill leaves them that comes between the two files. */
static void the_public_file_follows_the_private_one(void **state)
{
    (void)state;
    struct mkt_public_key told;
    char public_[128], pem[256];
    struct mkt_keys *keys = opened();
    snprintf(public_, sizeof public_, "%s/docker_public_key_ed25519.pem", folder);
    const char *const stale[] = {NULL, "",
                                 "-----BEGIN PUBLIC KEY-----\n"
                                 "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                 "-----END PUBLIC KEY-----\n"};
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) {
        assert_int_equal(unlink(public_), 0);
        if (stale[i]) {
            FILE *f = fopen(public_, "w");
            fputs(stale[i], f);
            fclose(f);
        }
        mkt_keys_close(opened());
        FILE *f = fopen(public_, "r");
        assert_non_null(f);
        size_t n = fread(pem, 1, sizeof pem, f);
        fclose(f);
        assert_true(mkt_keys_read_pem(pem, n, &told));
        assert_memory_equal(&told, mkt_keys_public(keys), MKT_KEYS_PUBLIC);
    }
    mkt_keys_close(keys);
}

/* Eight that begin at once in an empty folder have one key; eight that rotate lose none. */
static void many_at_once_share_a_key(void **state)
{
    (void)state;
    enum { MANY = 8 };
    struct mkt_retired_key retired[MKT_KEYS_RETIRED];
    unsigned char seen[MANY][32];
    int from[2], status;
    size_t n;
    assert_int_equal(pipe(from), 0);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            if (fork() != 0) continue;
            struct mkt_keys *keys = NULL;
            bool good = round == 0 ? mkt_keys_open(folder, &keys, &err) == MKT_OK
                                   : mkt_keys_rotate(folder, 1000 + i, &err) == MKT_OK;
            if (good && keys) good = write(from[1], mkt_keys_public(keys)->raw, 32) == 32;
            _exit(good ? 0 : 1);
        }
        for (int i = 0; i < MANY; i++) {
            assert_true(wait(&status) > 0);
            assert_int_equal(status, 0);
        }
    }
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(read(from[0], seen[i], 32), 32);
        assert_memory_equal(seen[i], seen[0], 32);
    }
    struct mkt_keys *keys = opened();
    assert_int_equal(mkt_keys_retired(folder, mkt_keys_public(keys), retired, &n, &err), MKT_OK);
    assert_int_equal(n, MANY);
    mkt_keys_close(keys);
    close(from[0]);
    close(from[1]);
}

/* Copies keep the time; files that are none, and the current key, are passed over. */
static void retired_keys_in_order(void **state)
{
    (void)state;
    struct mkt_retired_key retired[MKT_KEYS_RETIRED];
    struct mkt_public_key was[MKT_KEYS_RETIRED + 4];
    size_t n;
    char name[256], pem[MKT_KEYS_PEM];
    struct mkt_keys *keys = opened();
    assert_int_equal(mkt_keys_retired(folder, mkt_keys_public(keys), retired, &n, &err), MKT_OK);
    assert_int_equal(n, 0);
    mkt_keys_close(keys);
    for (int64_t i = 0; i < MKT_KEYS_RETIRED + 4; i++) {
        keys = opened();
        was[i] = *mkt_keys_public(keys);
        mkt_keys_close(keys);
        assert_int_equal(mkt_keys_rotate(folder, 1000 + i, &err), MKT_OK);
    }
    keys = opened();
    snprintf(name, sizeof name, "%s/retired/notes.txt", folder);
    FILE *f = fopen(name, "w");
    fputs("retired 5000\nnot a key\n", f);
    fclose(f);
    snprintf(name, sizeof name, "%s/retired/current.pem", folder);
    f = fopen(name, "w");
    fprintf(f, "retired 6000\n%s", mkt_keys_pem(mkt_keys_public(keys), pem));
    fclose(f);
    snprintf(name, sizeof name, "%s/retired/bad.pem", folder);
    f = fopen(name, "w");
    fprintf(f, "retired 99999999999999999999999\n%s", pem);
    fclose(f);
    assert_int_equal(mkt_keys_retired(folder, mkt_keys_public(keys), retired, &n, &err), MKT_OK);
    mkt_keys_close(keys);
    assert_int_equal(n, MKT_KEYS_RETIRED);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(retired[i].retired, 1000 + MKT_KEYS_RETIRED + 3 - (int64_t)i);
        assert_memory_equal(&retired[i].key, &was[MKT_KEYS_RETIRED + 3 - i], MKT_KEYS_PUBLIC);
    }
}

static void published_vectors(void **state)
{
    (void)state;
    /* RFC 8032, 7.1, test 2 */
    struct mkt_public_key key;
    unsigned char signature[MKT_KEYS_SIGNATURE];
    const char *raw = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const char *signed_ = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    assert_true(mkt_hex_read(raw, 64, key.raw, 32));
    assert_true(mkt_hex_read(signed_, 128, signature, 64));
    assert_true(mkt_keys_verify(&key, "\x72", 1, signature));
    /* RFC 8410, 10.1 */
    const char *pem = "-----BEGIN PUBLIC KEY-----\n"
                      "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                      "-----END PUBLIC KEY-----\n";
    char text[MKT_KEYS_PEM], fingerprint[MKT_KEYS_FINGERPRINT];
    assert_true(mkt_keys_read_pem(pem, strlen(pem), &key));
    assert_string_equal(mkt_keys_pem(&key, text), pem);
    assert_string_equal(mkt_keys_fingerprint(&key, fingerprint), "Gb9ECWmEzf6FQbrB");
    assert_false(mkt_keys_read_pem(pem, 40, &key));
    assert_false(mkt_keys_read_pem("", 0, &key));
    /* laid out otherwise, and of another kind */
    struct mkt_public_key same;
    char other[256];
    snprintf(other, sizeof other, "# ours\n%s", pem);
    assert_true(mkt_keys_read_pem(other, strlen(other), &same));
    assert_memory_equal(same.raw, key.raw, sizeof key.raw);
    snprintf(other, sizeof other, "%s", pem);
    other[strlen(other) - 1] = '\0';
    assert_true(mkt_keys_read_pem(other, strlen(other), &same));
    assert_memory_equal(same.raw, key.raw, sizeof key.raw);
    snprintf(other, sizeof other, "%s", pem);
    memcpy(other + 27, "MCowBQYDK2VuAyEA", 16); /* says X25519 */
    assert_false(mkt_keys_read_pem(other, strlen(other), &same));
}

/* For a key of small order a signature can be made by anybody: R the neutral point, S nothing. */
static bool anybody_can_sign(const struct mkt_public_key *key)
{
    static const unsigned char made[MKT_KEYS_SIGNATURE] = {1};
    bool ever = false;
    for (int i = 0; i < 256 && !ever; i++) ever = mkt_keys_verify(key, &i, sizeof i, made);
    return ever;
}

static void a_weak_key_is_known(void **state)
{
    (void)state;
    static const char *const weak[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    struct mkt_public_key key;
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
        assert_true(mkt_hex_read(weak[i], 64, key.raw, sizeof key.raw));
        if (!mkt_keys_is_weak(&key) || !anybody_can_sign(&key)) fail_msg("%s", weak[i]);
    }
    for (int i = 1; i < 250; i += 25) {
        memset(key.raw, i, sizeof key.raw);
        assert_false(mkt_keys_is_weak(&key) || anybody_can_sign(&key));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_made_once_and_private, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_key_that_others_may_read_is_refused, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_is_no_key_is_refused, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(rotation_keeps_the_past, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_public_file_follows_the_private_one, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(many_at_once_share_a_key, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(retired_keys_in_order, make_folder, remove_folder),
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(a_weak_key_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
