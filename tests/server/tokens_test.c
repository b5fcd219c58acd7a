#include "server/tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "engine/temp_folder.h"

static struct temp_folder folder;
static char path[128];
static struct mkt_err err;

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    if (temp_folder_open(&folder) != 0) return -1;
    snprintf(path, sizeof path, "%s/tokens", folder.path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_folder_close(&folder);
    return 0;
}

static mkt_status open_text(const char *text, mode_t mode, struct mkt_tokens **out)
{
    mkt_err_clear(&err);
    assert_int_equal(temp_folder_write(path, text), 0);
    assert_int_equal(chmod(path, mode), 0);
    return mkt_tokens_open(path, out, &err);
}

static void lets_in_who_has_one(void **state)
{
    (void)state;
    struct mkt_tokens *t;
    assert_int_equal(open_text("# finance and sales\n\nfinance:0123456789abcdef\r\n"
                               "plain-token-of-sales\n",
                               0600, &t),
                     MKT_OK);
    assert_int_equal(mkt_tokens_count(t), 2);
    assert_true(mkt_tokens_allow(t, "Bearer 0123456789abcdef"));
    assert_true(mkt_tokens_allow(t, "bearer plain-token-of-sales"));
    static const char *const bad[] = {"Bearer 0123456789abcdeF",
                                      "Bearer finance:0123456789abcdef",
                                      "Bearer 0123456789abcdef ",
                                      "Bearer  0123456789abcdef",
                                      "Bearer ",
                                      "Bearer",
                                      "Basic 0123456789abcdef",
                                      "0123456789abcdef",
                                      ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(mkt_tokens_allow(t, bad[i]));
    assert_false(mkt_tokens_allow(t, NULL));
    assert_string_equal(mkt_tokens_name(t, "Bearer 0123456789abcdef"), "finance");
    assert_string_equal(mkt_tokens_name(t, "Bearer plain-token-of-sales"), "");
    assert_null(mkt_tokens_name(t, "Bearer plain-token-of-saleS"));
    mkt_tokens_close(t);
}

static void others_may_not_read_the_file(void **state)
{
    (void)state;
    struct mkt_tokens *t;
    static const mode_t bad[] = {0640, 0604, 0620, 0666, 0610};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(open_text("0123456789abcdef\n", bad[i], &t), MKT_E_FORBIDDEN);
        assert_non_null(strstr(err.text, "chmod 600"));
    }
    assert_int_equal(open_text("0123456789abcdef\n", 0400, &t), MKT_OK);
    mkt_tokens_close(t);
}

static void a_bad_line_is_named_but_not_shown(void **state)
{
    (void)state;
    struct mkt_tokens *t;
    char longest[600];
    assert_int_equal(open_text("0123456789abcdef\nshort-one\n", 0600, &t), MKT_E_ARG);
    assert_non_null(strstr(err.text, "line 2"));
    assert_null(strstr(err.text, "short-one"));
    assert_int_equal(open_text("a token with spaces in it\n", 0600, &t), MKT_E_ARG);
    assert_int_equal(open_text("# nothing\n", 0600, &t), MKT_E_ARG);
    assert_int_equal(open_text("a:0123456789abcdef\nb:0123456789abcdef\n", 0600, &t), MKT_E_ARG);
    assert_non_null(strstr(err.text, "line 2: this token stands there twice"));
    memset(longest, 'n', sizeof longest);
    memcpy(longest + 128, ":0123456789abcdef", 18);
    assert_int_equal(open_text(longest, 0600, &t), MKT_E_ARG);
    assert_non_null(strstr(err.text, "a name has at most 127 characters"));
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(open_text(longest, 0600, &t), MKT_E_ARG);
}

static void no_file_no_service(void **state)
{
    (void)state;
    struct mkt_tokens *t;
    assert_int_equal(mkt_tokens_open("/none/tokens", &t, &err), MKT_E_NOT_FOUND);
    mkt_err_clear(&err);
    assert_int_equal(mkt_tokens_open(folder.path, &t, &err), MKT_E_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lets_in_who_has_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(others_may_not_read_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_line_is_named_but_not_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_file_no_service, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
