/* Whose keys are known: the operator's word stands above the registry's. */
#include "boardroom/peers.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "engine/temp_folder.h"

#define KEY_A "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define KEY_B "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define ORDER_8 "xxdqcD1N2E+6PAt2DRBnDyogU/osOczGTsf9d5KsA/o=" /* with the sign of x */
#define KEY_C "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="

static struct temp_folder folder;
static char path[128];
static struct mkt_err err;
static struct mkt_peers *peers;
static struct mkt_peers_record found;

static int begin(void **state)
{
    (void)state;
    peers = NULL;
    mkt_err_clear(&err);
    if (temp_folder_open(&folder) != 0) return -1;
    snprintf(path, sizeof path, "%s/peers", folder.path);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mkt_peers_close(peers);
    temp_folder_close(&folder);
    return 0;
}

static mkt_status open_text(const char *text, mode_t mode)
{
    mkt_peers_close(peers);
    peers = NULL;
    mkt_err_clear(&err);
    assert_int_equal(temp_folder_write(path, text), 0);
    assert_int_equal(chmod(path, mode), 0);
    return mkt_peers_open(path, &peers, &err);
}

static struct mkt_public_key key_of(int byte)
{
    struct mkt_public_key key;
    memset(key.raw, byte, sizeof key.raw);
    return key;
}

/* What the registry says of `id`: a key of equal bytes (0: none) and an endpoint. */
static mkt_status learn(const char *id, int byte, const char *endpoint, bool *changed)
{
    struct mkt_peers_record said = {.keys = byte != 0};
    snprintf(said.id, sizeof said.id, "%s", id);
    snprintf(said.endpoint, sizeof said.endpoint, "%s", endpoint);
    said.key[0] = key_of(byte);
    mkt_err_clear(&err);
    return mkt_peers_learn(peers, &said, changed, &err);
}

static void reads_pins(void **state)
{
    (void)state;
    assert_int_equal(
        open_text("# the team\n\n"
                  "finance-agent-acme " KEY_A " endpoint=http://finance:8081 type=finance "
                  "capabilities=financial_analysis,roi seal=" KEY_C " attested=required\r\n"
                  "  ceo-agent\t" KEY_C "\n"
                  "finance-agent-acme " KEY_B "\n",
                  0600),
        MKT_OK);
    assert_true(mkt_peers_find(peers, "finance-agent-acme", &found));
    assert_int_equal(found.keys, 2);
    assert_int_equal(found.key[0].raw[31], 1);
    assert_int_equal(found.key[1].raw[0], 2);
    assert_int_equal(found.origin, MKT_PEERS_PINNED);
    assert_string_equal(found.endpoint, "http://finance:8081");
    assert_string_equal(found.type, "finance");
    assert_int_equal(found.capabilities, 2);
    assert_string_equal(found.capability[1], "roi");
    assert_true(found.sealed && found.seal[5] == 3 && found.must_attest);
    assert_true(mkt_peers_find(peers, "ceo-agent", &found));
    assert_false(found.sealed || found.must_attest);
    assert_false(mkt_peers_find(peers, "ceo-agen", &found));
    assert_int_equal(open_text("", 0400), MKT_OK);
    assert_false(mkt_peers_find(peers, "ceo-agent", &found));
}

static void a_bad_line_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        mkt_status status;
    } bad[] = {
        {"finance\n", "line 1: the id is followed by no key", MKT_E_ARG},
        {"\nfinance AQEB\n", "line 2: the key is not the base64", MKT_E_ARG},
        {"a " KEY_A " colour=red\n", "a pin may have", MKT_E_ARG},
        {"a " KEY_A " red\n", "name=value", MKT_E_ARG},
        {"a " KEY_A " attested=no\n", "a pin may have", MKT_E_ARG},
        {"a " KEY_A " type=\n", "type has 1 to 63", MKT_E_ARG},
        {"a " KEY_A " seal=x\n", "seal is not the base64", MKT_E_ARG},
        {"a " KEY_A "\nb " KEY_A "\n", "line 2: \"b\" has the same key as \"a\"", MKT_E_ARG},
        {"a " KEY_A "\na " KEY_A "\n", "stands there twice", MKT_E_ARG},
        {"a " KEY_A "\na " KEY_B " type=x\n", "nothing but the key", MKT_E_ARG},
        {"caf\xc3\xa9 " KEY_A "\n", "printable characters", MKT_E_ARG},
        {"a " KEY_A "\nb " ZEROS "\n", "line 2: the key of \"b\" is a point of small order",
         MKT_E_ARG},
        {"b " ORDER_8 "\n", "line 1: the key of \"b\" is a point of small order", MKT_E_ARG},
        {"a " KEY_A "\na " ZEROS "\n", "line 2: the key of \"a\"", MKT_E_ARG},
        {"a " KEY_A " seal=" ZEROS "\n", "line 1: seal of \"a\" is a point of small order",
         MKT_E_ARG},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(open_text(bad[i].text, 0600), bad[i].status);
        if (!strstr(err.text, bad[i].says)) fail_msg("%s", err.text);
    }
    assert_int_equal(open_text("a " KEY_A "\n", 0640), MKT_E_FORBIDDEN);
    assert_non_null(strstr(err.text, "chmod 600"));
    mkt_err_clear(&err);
    assert_int_equal(mkt_peers_open("/nowhere/peers", &peers, &err), MKT_E_NOT_FOUND);
    mkt_err_clear(&err);
    assert_int_equal(mkt_peers_open("/tmp", &peers, &err), MKT_E_ARG);
}

static void too_long_and_too_many_are_refused(void **state)
{
    (void)state;
    static char text[8192];
    memset(text, 'x', 4000);
    strcpy(text + 4000, " " KEY_A "\n");
    assert_int_equal(open_text(text, 0600), MKT_E_ARG);
    assert_non_null(strstr(err.text, "longer than"));
    static const char hidden[] = "\0a " KEY_A "\n"; /* not an empty line, and no pin */
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(hidden, 1, sizeof hidden - 1, file), sizeof hidden - 1);
    fclose(file);
    mkt_err_clear(&err);
    assert_int_equal(mkt_peers_open(path, &peers, &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "holds a NUL"));
    strcpy(text,
           "a " KEY_A "\na " KEY_B "\na " KEY_C "\na BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=\n"
           "a BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=\n");
    assert_int_equal(open_text(text, 0600), MKT_E_LIMIT);
    strcpy(text, "a " KEY_A " capabilities=");
    for (int i = 0; i < 33; i++) strcat(text, "c,");
    assert_int_equal(open_text(text, 0600), MKT_E_LIMIT);
}

static void the_registry_never_replaces_a_pin(void **state)
{
    (void)state;
    bool changed = false;
    assert_int_equal(open_text("a " KEY_A " endpoint=http://a:1\nb " KEY_B "\n", 0600), MKT_OK);
    assert_int_equal(learn("a", 9, "http://evil:1", &changed), MKT_OK);
    assert_true(changed);
    assert_true(mkt_peers_find(peers, "a", &found));
    assert_int_equal(found.keys, 1);
    assert_int_equal(found.key[0].raw[0], 1);
    assert_string_equal(found.endpoint, "http://a:1");
    assert_true(found.changed && found.offered.raw[0] == 9);
    assert_int_equal(mkt_peers_check(&found, &err), MKT_OK); /* the operator's word stands */
    struct mkt_public_key nine = key_of(9);
    assert_int_equal(mkt_peers_attest(peers, "a", &nine, true, "", 1, &err), MKT_E_AUTH);
    /* what the file leaves open follows the registry */
    assert_int_equal(learn("b", 2, "http://b:1", &changed), MKT_OK);
    assert_false(changed);
    assert_int_equal(learn("b", 2, "http://b:2", NULL), MKT_OK);
    assert_true(mkt_peers_find(peers, "b", &found));
    assert_string_equal(found.endpoint, "http://b:2");
    mkt_peers_forget(peers, "b");
    assert_true(mkt_peers_find(peers, "b", &found));
}

static void a_key_that_changes_is_refused_until_shown(void **state)
{
    (void)state;
    bool changed;
    struct mkt_public_key two = key_of(2), three = key_of(3);
    assert_int_equal(mkt_peers_open("", &peers, &err), MKT_OK);
    assert_int_equal(learn("a", 0, "http://a:1", &changed), MKT_OK);
    assert_int_equal(learn("a", 1, "http://a:1", &changed), MKT_OK);
    assert_false(changed);
    assert_true(mkt_peers_find(peers, "a", &found));
    assert_int_equal(mkt_peers_check(&found, &err), MKT_OK);

    assert_int_equal(learn("a", 2, "http://a:1", &changed), MKT_OK);
    assert_true(changed);
    assert_true(mkt_peers_find(peers, "a", &found));
    assert_int_equal(found.key[0].raw[0], 1);
    assert_int_equal(mkt_peers_check(&found, &err), MKT_E_AUTH);

    /* the first key again: the change is withdrawn */
    assert_int_equal(learn("a", 1, "http://a:1", &changed), MKT_OK);
    assert_true(mkt_peers_find(peers, "a", &found));
    mkt_err_clear(&err);
    assert_int_equal(mkt_peers_check(&found, &err), MKT_OK);

    /* evidence for the new one */
    assert_int_equal(learn("a", 2, "http://a:1", &changed), MKT_OK);
    assert_int_equal(mkt_peers_attest(peers, "a", &three, true, "", 1, &err), MKT_E_AUTH);
    mkt_err_clear(&err);
    assert_int_equal(mkt_peers_attest(peers, "a", &two, false, "no quote", 2, &err), MKT_OK);
    assert_true(mkt_peers_find(peers, "a", &found));
    assert_true(found.changed && found.evidence == MKT_PEERS_REFUTED);
    assert_string_equal(found.why, "no quote");
    assert_int_equal(mkt_peers_attest(peers, "a", &two, true, "TDX", 3, &err), MKT_OK);
    assert_true(mkt_peers_find(peers, "a", &found));
    assert_false(found.changed);
    assert_int_equal(found.key[0].raw[0], 2);
    assert_int_equal(found.attested_us, 3);
    assert_string_equal(mkt_peers_evidence_name(found.evidence), "attested");
    assert_string_equal(mkt_peers_origin_name(found.origin), "registry");
    /* a key that comes after evidence leaves no evidence for it */
    assert_int_equal(learn("a", 3, "http://a:1", &changed), MKT_OK);
    assert_true(mkt_peers_find(peers, "a", &found));
    assert_int_equal(mkt_peers_check(&found, &err), MKT_E_AUTH);
    mkt_peers_forget(peers, "a");
    assert_false(mkt_peers_find(peers, "a", &found));
    mkt_err_clear(&err);
    assert_int_equal(mkt_peers_attest(peers, "a", &two, true, "", 1, &err), MKT_E_NOT_FOUND);
}

static void who_must_be_attested_and_is_not_is_refused(void **state)
{
    (void)state;
    struct mkt_public_key one = key_of(1);
    assert_int_equal(open_text("a " KEY_A " attested=required\n", 0600), MKT_OK);
    assert_true(mkt_peers_find(peers, "a", &found));
    assert_int_equal(mkt_peers_check(&found, &err), MKT_E_AUTH);
    mkt_err_clear(&err);
    assert_int_equal(mkt_peers_attest(peers, "a", &one, true, "TDX", 1, &err), MKT_OK);
    assert_true(mkt_peers_find(peers, "a", &found));
    assert_int_equal(mkt_peers_check(&found, &err), MKT_OK);
}

static void it_is_bounded_and_in_order(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_peers_record *list;
    struct mkt_peer *keys;
    size_t n;
    char id[32];
    assert_int_equal(mkt_peers_open("", &peers, &err), MKT_OK);
    for (int i = 0; i < MKT_PEERS_MOST; i++) {
        snprintf(id, sizeof id, "agent-%d", i * 7919 % MKT_PEERS_MOST);
        assert_int_equal(learn(id, 1 + i % 2, "", NULL), MKT_OK);
    }
    assert_int_equal(learn("one-more", 1, "", NULL), MKT_E_LIMIT);
    assert_int_equal(learn("agent-5", 1, "http://five", NULL), MKT_OK);
    assert_int_equal(learn("", 1, "", NULL), MKT_E_ARG);
    assert_int_equal(learn("two words", 1, "", NULL), MKT_E_ARG);
    assert_int_equal(mkt_arena_open(&arena, (size_t)16 << 20, &err), MKT_OK);
    assert_int_equal(mkt_peers_list(peers, &arena, &list, &n, &err), MKT_OK);
    assert_int_equal(n, MKT_PEERS_MOST);
    for (size_t i = 1; i < n; i++) assert_true(strcmp(list[i - 1].id, list[i].id) < 0);
    assert_int_equal(mkt_peers_keys(peers, &arena, &keys, &n, &err), MKT_OK);
    assert_int_equal(n, MKT_PEERS_MOST);
    for (size_t i = 0; i < n; i++) assert_string_equal(keys[i].id, list[i].id);
    for (size_t at = 1; at < 3; at++) { /* every allocation fails once */
        mkt_arena_reset(&arena, 0);
        arena.fail_at = at;
        mkt_err_clear(&err);
        assert_int_equal(mkt_peers_keys(peers, &arena, &keys, &n, &err), MKT_E_NOMEM);
    }
    arena.fail_at = 1;
    mkt_arena_reset(&arena, 0);
    mkt_err_clear(&err);
    assert_int_equal(mkt_peers_list(peers, &arena, &list, &n, &err), MKT_E_NOMEM);
    mkt_arena_close(&arena);
}

static void *learn_and_find(void *user)
{
    struct mkt_peers_record out, said = {.keys = 1};
    struct mkt_err mine = {0};
    struct mkt_public_key key = key_of(1);
    for (int i = 0; i < 500; i++) {
        snprintf(said.id, sizeof said.id, "agent-%d", i % 40);
        said.key[0] = key;
        if (mkt_peers_learn(peers, &said, NULL, &mine) != MKT_OK) return user;
        mkt_peers_find(peers, said.id, &out);
        mkt_status seen = mkt_peers_attest(peers, said.id, &key, i % 2, "", i, &mine);
        if (seen != MKT_OK && seen != MKT_E_NOT_FOUND) return user; /* another forgot it */
        mkt_err_clear(&mine);
        if (i % 7 == 0) mkt_peers_forget(peers, said.id);
    }
    return NULL;
}

static void threads_share_it(void **state)
{
    (void)state;
    pthread_t thread[4];
    void *failed;
    assert_int_equal(mkt_peers_open("", &peers, &err), MKT_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, learn_and_find, peers), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], &failed);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_pins, begin, end),
        cmocka_unit_test_setup_teardown(a_bad_line_is_named, begin, end),
        cmocka_unit_test_setup_teardown(too_long_and_too_many_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(the_registry_never_replaces_a_pin, begin, end),
        cmocka_unit_test_setup_teardown(a_key_that_changes_is_refused_until_shown, begin, end),
        cmocka_unit_test_setup_teardown(who_must_be_attested_and_is_not_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(it_is_bounded_and_in_order, begin, end),
        cmocka_unit_test_setup_teardown(threads_share_it, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
