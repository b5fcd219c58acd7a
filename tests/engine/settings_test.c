#include "engine/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_err err;

/* pairs of name and value, closed by NULL */
static const char *from_pairs(void *user, const char *name)
{
    for (const char *const *p = user; *p; p += 2)
        if (strcmp(p[0], name) == 0) return p[1];
    return NULL;
}

static mkt_status read_pairs(const char *const *pairs, struct mkt_settings *out)
{
    const void *user = pairs;
    void *plain;
    memcpy(&plain, &user, sizeof plain);
    mkt_err_clear(&err);
    return mkt_settings_read(out, from_pairs, plain, &err);
}

static void the_seeds_variables_keep_their_defaults(void **state)
{
    (void)state;
    struct mkt_settings s;
    assert_int_equal(read_pairs((const char *const[]){NULL}, &s), MKT_OK);
    assert_string_equal(s.type, "marketing");
    assert_string_equal(s.model, "mistralai/Mistral-7B-Instruct-v0.3");
    assert_int_equal(s.port, 8082);
    assert_int_equal(s.attestation_port, 29345);
    assert_int_equal(s.memory_mb, 7000);
    assert_string_equal(s.host, "127.0.0.1");
}

static void values_come_from_the_source(void **state)
{
    (void)state;
    struct mkt_settings s;
    const char *const pairs[] = {"AGENT_API_PORT", "0", "AGENT_HOST", "::1",
                                 "AGENT_TYPE",     "",  NULL};
    assert_int_equal(read_pairs(pairs, &s), MKT_OK);
    assert_int_equal(s.port, 0);
    assert_string_equal(s.host, "::1");
    assert_string_equal(s.type, "marketing"); /* empty is not given */
}

static void a_bad_value_is_named_with_its_domain(void **state)
{
    (void)state;
    struct mkt_settings s;
    assert_int_equal(read_pairs((const char *const[]){"AGENT_API_PORT", "80a", NULL}, &s),
                     MKT_E_ARG);
    assert_string_equal(err.text, "AGENT_API_PORT is \"80a\": it must be a whole number");
    assert_int_equal(read_pairs((const char *const[]){"AGENT_API_PORT", "70000", NULL}, &s),
                     MKT_E_ARG);
    assert_string_equal(err.text, "AGENT_API_PORT is 70000: it must lie between 0 and 65535");
}

static void the_environment_is_the_usual_source(void **state)
{
    (void)state;
    struct mkt_settings s;
    setenv("AGENT_QUEUE", "7", 1);
    mkt_err_clear(&err);
    assert_int_equal(mkt_settings_read(&s, NULL, NULL, &err), MKT_OK);
    assert_int_equal(s.queue, 7);
    unsetenv("AGENT_QUEUE");
}

static void the_table_lists_each_once_with_help(void **state)
{
    (void)state;
    bool port = false;
    assert_true(mkt_settings_count > 20);
    for (size_t i = 0; i < mkt_settings_count; i++) {
        const struct mkt_setting *a = &mkt_settings_table[i];
        assert_true(a->help[0] && a->name[0]);
        port |= strcmp(a->name, "AGENT_API_PORT") == 0 && strcmp(a->fallback, "8082") == 0;
        for (size_t j = 0; j < i; j++) assert_string_not_equal(a->name, mkt_settings_table[j].name);
    }
    assert_true(port);
}

static void flags_are_words(void **state)
{
    (void)state;
    static const char *const yes[] = {"true", "True", "1", "yes", "ON"};
    static const char *const no[] = {"false", "0", "NO", "off"};
    static const char *const none[] = {"", "2", "maybe", "true ", "enabled"};
    bool flag;
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(mkt_settings_flag("X", yes[i], &flag, &err), MKT_OK);
        assert_true(flag);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(mkt_settings_flag("X", no[i], &flag, &err), MKT_OK);
        assert_false(flag);
    }
    for (size_t i = 0; i < 5; i++) {
        mkt_err_clear(&err);
        assert_int_equal(mkt_settings_flag("X", none[i], &flag, &err), MKT_E_ARG);
        assert_non_null(strstr(err.text, "X is \""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_are_words),
        cmocka_unit_test(the_seeds_variables_keep_their_defaults),
        cmocka_unit_test(values_come_from_the_source),
        cmocka_unit_test(a_bad_value_is_named_with_its_domain),
        cmocka_unit_test(the_environment_is_the_usual_source),
        cmocka_unit_test(the_table_lists_each_once_with_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
