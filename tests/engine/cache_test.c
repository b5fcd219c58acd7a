#include "engine/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_err err;

static struct mkt_blob *blob_of(const char *text)
{
    struct mkt_blob *blob;
    assert_int_equal(mkt_blob_make("text/plain", text, strlen(text), &blob, &err), MKT_OK);
    return blob;
}

static struct mkt_blob *blob_sized(size_t n, char fill)
{
    static char bytes[5000];
    struct mkt_blob *blob;
    memset(bytes, fill, n);
    assert_int_equal(mkt_blob_make("text/plain", bytes, n, &blob, &err), MKT_OK);
    return blob;
}

static void put(struct mkt_cache *cache, const char *key, struct mkt_blob *blob)
{
    mkt_cache_put(cache, key, blob);
    mkt_blob_release(blob);
}

static void gives_back_the_same_bytes(void **state)
{
    (void)state;
    struct mkt_cache *cache;
    struct mkt_cache_stats stats;
    assert_int_equal(mkt_cache_open(1 << 16, &cache, &err), MKT_OK);
    assert_null(mkt_cache_get(cache, "a"));
    assert_null(mkt_cache_peek(cache, "a"));
    put(cache, "a", blob_of("one"));
    put(cache, "b", blob_of("two"));
    struct mkt_blob *blob = mkt_cache_get(cache, "a");
    assert_memory_equal(blob->bytes, "one", 3);
    assert_string_equal(blob->type, "text/plain");
    put(cache, "a", blob_of("one")); /* the same key means the same bytes */
    struct mkt_blob *again = mkt_cache_get(cache, "a");
    assert_ptr_equal(again, blob);
    mkt_blob_release(again);
    mkt_cache_stats(cache, &stats);
    assert_int_equal(stats.hits, 2);
    assert_int_equal(stats.misses, 1);
    assert_int_equal(stats.entries, 2);
    mkt_cache_close(cache);
    assert_memory_equal(blob->bytes, "one", 3); /* a held blob outlives its entry */
    mkt_blob_release(blob);
}

static void forgets_what_was_used_longest_ago(void **state)
{
    (void)state;
    struct mkt_cache *cache;
    struct mkt_cache_stats stats;
    char key[16];
    assert_int_equal(mkt_cache_open(10000, &cache, &err), MKT_OK);
    for (int i = 0; i < 4; i++) {
        snprintf(key, sizeof key, "k%d", i);
        put(cache, key, blob_sized(2000, 'a'));
    }
    mkt_blob_release(mkt_cache_get(cache, "k0")); /* now k1 is the oldest */
    put(cache, "new", blob_sized(2000, 'b'));
    assert_null(mkt_cache_get(cache, "k1"));
    struct mkt_blob *kept = mkt_cache_get(cache, "k0");
    assert_non_null(kept);
    mkt_blob_release(kept);
    mkt_cache_stats(cache, &stats);
    assert_true(stats.bytes <= 10000);
    assert_int_equal(stats.entries, 4);
    mkt_cache_close(cache);
}

static void does_not_keep_what_is_too_large(void **state)
{
    (void)state;
    struct mkt_cache *cache;
    assert_int_equal(mkt_cache_open(10000, &cache, &err), MKT_OK);
    put(cache, "small", blob_sized(10, 's'));
    put(cache, "large", blob_sized(4000, 'l'));
    assert_null(mkt_cache_get(cache, "large"));
    struct mkt_blob *small = mkt_cache_get(cache, "small");
    assert_non_null(small);
    mkt_blob_release(small);
    mkt_cache_close(cache);

    assert_int_equal(mkt_cache_open(0, &cache, &err), MKT_OK);
    put(cache, "any", blob_sized(1, 'x'));
    assert_null(mkt_cache_get(cache, "any"));
    mkt_cache_close(cache);
}

static void many_keys_are_all_found(void **state)
{
    (void)state;
    struct mkt_cache *cache;
    char key[16];
    assert_int_equal(mkt_cache_open((size_t)4 << 20, &cache, &err), MKT_OK);
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "key-%d", i);
        put(cache, key, blob_of(key));
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "key-%d", i);
        struct mkt_blob *blob = mkt_cache_get(cache, key);
        assert_non_null(blob);
        assert_memory_equal(blob->bytes, key, strlen(key));
        mkt_blob_release(blob);
    }
    mkt_cache_close(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_the_same_bytes),
        cmocka_unit_test(forgets_what_was_used_longest_ago),
        cmocka_unit_test(does_not_keep_what_is_too_large),
        cmocka_unit_test(many_keys_are_all_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
