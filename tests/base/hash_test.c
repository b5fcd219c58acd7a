/* SHA-256 against FIPS 180-4's examples, of bytes and of files; FNV-1a against its authors' values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"

static const struct {
    const char *text;
    size_t times;
    const char *sha256;
} sample[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};
#define SAMPLES (sizeof sample / sizeof *sample)

static char folder[] = "/tmp/mkt-hash-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t part = strlen(sample[i].text), n = part * sample[i].times;
        char *all = malloc(n + 1), digest[MKT_SHA256_TEXT];
        for (size_t k = 0; k < sample[i].times; k++) memcpy(all + k * part, sample[i].text, part);
        assert_int_equal(mkt_hash_bytes(all, n, digest, &(struct mkt_err){0}), MKT_OK);
        assert_string_equal(digest, sample[i].sha256);
        free(all);
    }
}

static void files(void **state)
{
    (void)state;
    char path[64], digest[MKT_SHA256_TEXT];
    snprintf(path, sizeof path, "%s/file", folder);
    for (size_t i = 0; i < SAMPLES; i++) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        for (size_t k = 0; k < sample[i].times; k++) fputs(sample[i].text, f);
        fclose(f);
        assert_int_equal(mkt_hash_file(path, digest, &(struct mkt_err){0}), MKT_OK);
        assert_string_equal(digest, sample[i].sha256);
    }
    unlink(path);
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    char path[64], digest[MKT_SHA256_TEXT];
    struct mkt_err err = {0};
    snprintf(path, sizeof path, "%s/none", folder);
    assert_int_equal(mkt_hash_file(path, digest, &err), MKT_E_NOT_FOUND);
    assert_non_null(strstr(err.text, path));
    mkt_err_clear(&err);
    assert_int_equal(mkt_hash_file(folder, digest, &err), MKT_E_IO);
    assert_non_null(strstr(err.text, folder));
}

static void text_hashes(void **state)
{
    (void)state;
    assert_true(mkt_hash_text("") == 0xcbf29ce484222325ULL);
    assert_true(mkt_hash_text("a") == 0xaf63dc4c8601ec8cULL);
    assert_true(mkt_hash_text("foobar") == 0x85944171f73967e8ULL);
    assert_true(mkt_hash_text("\xFF") != mkt_hash_text("\x7F"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes),
        cmocka_unit_test(files),
        cmocka_unit_test(a_file_that_cannot_be_read_is_named),
        cmocka_unit_test(text_hashes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
