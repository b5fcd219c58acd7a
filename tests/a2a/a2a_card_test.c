#include "a2a/a2a_card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "attest/hex.h"
#include "engine/temp_folder.h"
#include "wire/jcs.h"

static struct mkt_arena arena;
static struct mkt_err err;
static struct temp_folder folder;
static struct mkt_keys *keys;

static struct mkt_a2a_card card_of(const char *base, bool tokens)
{
    return (struct mkt_a2a_card){.base = base,
                                 .analysis = mkt_analysis_table,
                                 .analyses = mkt_analysis_count,
                                 .tokens = tokens,
                                 .keys = keys};
}

static const struct mkt_value *read_card(const char *base, bool tokens, mkt_a2a_version version)
{
    const struct mkt_a2a_card card = card_of(base, tokens);
    struct mkt_buf text;
    struct mkt_value *value;
    mkt_buf_init(&text, &arena);
    assert_int_equal(mkt_a2a_card_write(&text, &card, version, &err), MKT_OK);
    assert_int_equal(
        mkt_json_read_value(&arena, text.data, text.length, &mkt_json_read_limits, &value, &err),
        MKT_OK);
    return value;
}

static const char *text_of(const struct mkt_value *object, const char *name)
{
    const struct mkt_value *v = mkt_json_read_member(object, name);
    assert_non_null(v);
    assert_int_equal(v->type, MKT_VALUE_STRING);
    return v->text;
}

/* base64url to bytes, by the standard alphabet. */
static unsigned char *decode(const char *text, size_t *n)
{
    unsigned char *bytes;
    char *plain = mkt_arena_printf(&arena, "%s%s", text, &"==="[(strlen(text) + 3) % 4]);
    assert_non_null(plain);
    for (char *c = plain; *c; c++) *c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
    assert_int_equal(mkt_hex_read_base64(&arena, plain, strlen(plain), &bytes, n, &err), MKT_OK);
    return bytes;
}

static bool verifies(const struct mkt_value *card)
{
    const struct mkt_value *s = mkt_json_read_member(card, "signatures");
    struct mkt_buf payload;
    size_t n;
    assert_int_equal(s->items, 1);
    const char *header = text_of(&s->item[0], "protected");
    unsigned char *signature = decode(text_of(&s->item[0], "signature"), &n);
    assert_int_equal(n, MKT_KEYS_SIGNATURE);
    mkt_buf_init(&payload, &arena);
    mkt_jcs_write(&payload, card, "signatures");
    char *input = mkt_arena_printf(&arena, "%s.%s", header,
                                   mkt_hex_write_base64url(&arena, payload.data, payload.length));
    assert_non_null(input);
    return mkt_keys_verify(mkt_keys_public(keys), input, strlen(input), signature);
}

static void both_cards_are_signed(void **state)
{
    (void)state;
    for (int tokens = 0; tokens < 2; tokens++)
        for (int v = MKT_A2A_03; v <= MKT_A2A_10; v++) {
            const struct mkt_value *card =
                read_card("https://agents.example.com/m", tokens, (mkt_a2a_version)v);
            assert_true(verifies(card));
            const struct mkt_value *name = mkt_json_read_member(card, "name");
            char changed[] = "Marketing Agent"; /* one letter */
            struct mkt_value *other;
            memcpy(&other, &name, sizeof other);
            other->text = changed;
            assert_false(verifies(card));
        }
}

static void the_header_tells_the_key_and_where_it_is(void **state)
{
    size_t n;
    struct mkt_value *head, *set;
    struct mkt_buf text;
    (void)state;
    const struct mkt_value *card = read_card("http://h:1", false, MKT_A2A_10);
    const char *coded = text_of(&mkt_json_read_member(card, "signatures")->item[0], "protected");
    unsigned char *json = decode(coded, &n);
    assert_int_equal(
        mkt_json_read_value(&arena, (char *)json, n, &mkt_json_read_limits, &head, &err), MKT_OK);
    assert_string_equal(text_of(head, "alg"), "EdDSA");
    assert_string_equal(text_of(head, "typ"), "JOSE");
    assert_string_equal(text_of(head, "jku"), "http://h:1/.well-known/jwks.json");
    mkt_buf_init(&text, &arena);
    assert_int_equal(mkt_a2a_card_write_keys(&text, mkt_keys_public(keys), &err), MKT_OK);
    assert_int_equal(
        mkt_json_read_value(&arena, text.data, text.length, &mkt_json_read_limits, &set, &err),
        MKT_OK);
    const struct mkt_value *key = &mkt_json_read_member(set, "keys")->item[0];
    assert_string_equal(text_of(key, "kid"), text_of(head, "kid"));
    unsigned char *x = decode(text_of(key, "x"), &n);
    assert_int_equal(n, MKT_KEYS_PUBLIC);
    assert_memory_equal(x, mkt_keys_public(keys)->raw, n);
}

/* RFC 8037, appendix A.2 and A.3: a key and its thumbprint */
static void a_thumbprint_is_that_of_the_standard(void **state)
{
    struct mkt_public_key key;
    struct mkt_buf text;
    size_t n;
    (void)state;
    unsigned char *raw = decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", &n);
    assert_int_equal(n, sizeof key.raw);
    memcpy(key.raw, raw, n);
    mkt_buf_init(&text, &arena);
    assert_int_equal(mkt_a2a_card_write_keys(&text, &key, &err), MKT_OK);
    assert_non_null(strstr(text.data, "\"kid\":\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\""));
}

/* What the protocol leaves out before it verifies, in whichever reading of its rules. */
static bool has_nothing_empty(const struct mkt_value *v)
{
    if (v->type == MKT_VALUE_NULL || (v->type == MKT_VALUE_STRING && !v->text[0])) return false;
    bool box = v->type == MKT_VALUE_ARRAY || v->type == MKT_VALUE_OBJECT;
    if (box && v->items == 0) return false;
    for (size_t i = 0; box && i < v->items; i++)
        if (!has_nothing_empty(&v->item[i])) return false;
    return true;
}

static void every_analysis_is_a_skill(void **state)
{
    (void)state;
    for (int v = MKT_A2A_03; v <= MKT_A2A_10; v++) {
        const struct mkt_value *card = read_card("http://h:1", true, (mkt_a2a_version)v);
        const struct mkt_value *skills = mkt_json_read_member(card, "skills");
        assert_true(has_nothing_empty(card));
        assert_int_equal(skills->items, mkt_analysis_count + 1);
        for (size_t i = 0; i < skills->items; i++) {
            const char *id = i < mkt_analysis_count ? mkt_analysis_table[i].name : "ask";
            assert_string_equal(text_of(&skills->item[i], "id"), id);
            assert_true(mkt_json_read_member(&skills->item[i], "tags")->items > 0);
            assert_true(mkt_json_read_member(&skills->item[i], "examples")->items > 1);
        }
    }
}

static void tokens_are_told_in_the_way_of_the_version(void **state)
{
    (void)state;
    const struct mkt_value *newer = read_card("http://h:1", true, MKT_A2A_10);
    assert_non_null(mkt_json_read_member(newer, "securityRequirements"));
    const struct mkt_value *scheme = mkt_json_read_member(
        mkt_json_read_member(mkt_json_read_member(newer, "securitySchemes"), "bearer"),
        "httpAuthSecurityScheme");
    assert_string_equal(text_of(scheme, "scheme"), "Bearer");
    const struct mkt_value *older = read_card("http://h:1", true, MKT_A2A_03);
    assert_string_equal(text_of(older, "protocolVersion"), "0.3.0");
    assert_string_equal(
        text_of(mkt_json_read_member(mkt_json_read_member(older, "securitySchemes"), "bearer"),
                "type"),
        "http");
    assert_null(
        mkt_json_read_member(read_card("http://h:1", false, MKT_A2A_10), "securitySchemes"));
}

static void a_full_arena_is_told(void **state)
{
    const struct mkt_a2a_card card = card_of("http://h:1", true);
    size_t mark = mkt_arena_mark(&arena), at;
    (void)state;
    for (at = 1; at < 5000; at++) {
        struct mkt_buf text;
        mkt_err_clear(&err);
        mkt_buf_init(&text, &arena);
        arena.fail_at = arena.allocations + at;
        mkt_status status = mkt_a2a_card_write(&text, &card, MKT_A2A_10, &err);
        arena.fail_at = 0;
        mkt_arena_release(&arena, mark);
        if (status == MKT_OK) break;
        assert_int_equal(status, MKT_E_NOMEM);
    }
    assert_true(at > 5 && at < 5000);
}

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    if (temp_folder_open(&folder) != 0 || mkt_arena_open(&arena, (size_t)8 << 20, &err) != MKT_OK)
        return -1;
    return mkt_keys_open(folder.path, &keys, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_keys_close(keys);
    mkt_arena_close(&arena);
    temp_folder_close(&folder);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_cards_are_signed),
        TEST(the_header_tells_the_key_and_where_it_is),
        TEST(a_thumbprint_is_that_of_the_standard),
        TEST(every_analysis_is_a_skill),
        TEST(tokens_are_told_in_the_way_of_the_version),
        TEST(a_full_arena_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
