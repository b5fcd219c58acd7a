/* One fault, one line, the first one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"

static void the_first_error_wins(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    assert_int_equal(mkt_err_set(&err, MKT_E_DATA, "row %d of %s", 7, "a.csv"), MKT_E_DATA);
    assert_int_equal(mkt_err_set(&err, MKT_E_IO, "later"), MKT_E_IO);
    assert_int_equal(err.status, MKT_E_DATA);
    assert_string_equal(err.text, "row 7 of a.csv");
    mkt_err_clear(&err);
    assert_int_equal(err.status, MKT_OK);
    assert_string_equal(err.text, "");
    assert_int_equal(mkt_err_set(&err, MKT_E_IO, "now"), MKT_E_IO);
    assert_string_equal(err.text, "now");
}

static void a_message_stays_one_line(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    (void)mkt_err_set(&err, MKT_E_DATA, "value '%s'", "a\nb\t\x1b[31m\x7f");
    assert_string_equal(err.text, "value 'a?b??[31m?'");
}

static void long_messages_are_cut_at_a_character(void **state)
{
    (void)state;
    char text[2 * MKT_ERR_TEXT];
    for (size_t lead = 0; lead < 4; lead++) {
        struct mkt_err err = {0};
        memset(text, 'x', lead);
        for (size_t i = lead; i + 3 < sizeof text; i += 3) memcpy(text + i, "\xE2\x82\xAC", 4);
        (void)mkt_err_set(&err, MKT_E_DATA, "%s", text);
        size_t n = strlen(err.text);
        assert_true(n < MKT_ERR_TEXT && n > MKT_ERR_TEXT - 8);
        assert_string_equal(err.text + n - 3, "...");
        assert_true(mkt_text_is_utf8(err.text, n));
    }
    struct mkt_err err = {0};
    memset(text, 'y', MKT_ERR_TEXT - 1);
    text[MKT_ERR_TEXT - 1] = '\0';
    (void)mkt_err_set(&err, MKT_E_DATA, "%s", text); /* just fits */
    assert_string_equal(err.text, text);
}

static mkt_status second_of_two(mkt_status first, int *reached)
{
    MKT_TRY(first);
    ++*reached;
    return MKT_OK;
}

static void try_returns_what_is_not_ok(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(second_of_two(MKT_E_BUSY, &reached), MKT_E_BUSY);
    assert_int_equal(reached, 0);
    assert_int_equal(second_of_two(MKT_OK, &reached), MKT_OK);
    assert_int_equal(reached, 1);
}

static void faults_of_files_have_their_status(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    static const struct {
        int code;
        mkt_status status;
    } fault[] = {{ENOSPC, MKT_E_NOSPACE},   {EDQUOT, MKT_E_NOSPACE},
                 {EFBIG, MKT_E_NOSPACE},    {ENOENT, MKT_E_NOT_FOUND},
                 {EACCES, MKT_E_FORBIDDEN}, {EPERM, MKT_E_FORBIDDEN},
                 {EROFS, MKT_E_FORBIDDEN},  {EIO, MKT_E_IO}};
    for (size_t i = 0; i < sizeof fault / sizeof *fault; i++) {
        mkt_err_clear(&err);
        errno = fault[i].code;
        assert_int_equal(mkt_err_file("write", "/x", &err), fault[i].status);
        assert_non_null(strstr(err.text, "cannot write /x: "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_wins),
        cmocka_unit_test(a_message_stays_one_line),
        cmocka_unit_test(long_messages_are_cut_at_a_character),
        cmocka_unit_test(faults_of_files_have_their_status),
        cmocka_unit_test(try_returns_what_is_not_ok),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
