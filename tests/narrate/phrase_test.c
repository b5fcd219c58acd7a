#include "narrate/phrase.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ARENA_BYTES (4 << 20)
#include "arena_fixture.h"

static struct mkt_buf out;

static const char *name(const char *text)
{
    mkt_buf_init(&out, &arena);
    mkt_phrase_name(&out, text);
    return out.data;
}

static void test_name(void **state)
{
    (void)state;
    assert_string_equal(name("Paid search"), "Paid search");
    assert_string_equal(name("Müller & Söhne"), "Müller & Söhne");
    assert_string_equal(name("<b>"), "“<b>”");
    assert_string_equal(name("=cmd()"), "“=cmd()”");
    assert_string_equal(name("a, b"), "“a, b”");
    assert_string_equal(name(""), "“”");
    assert_string_equal(name("-x"), "“-x”");
}

/* A long name is cut at a whole character: 119 bytes and a two-byte letter do not give half of it. */
static void test_long_name(void **state)
{
    char text[200];
    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text + 119, "é", 2);
    text[199] = '\0';
    const char *said = name(text);
    assert_int_equal(strlen(said), strlen("“”…") + 119);
    assert_memory_equal(said + strlen("“") + 119, "…”", strlen("…”"));
}

static void test_likely(void **state)
{
    (void)state;
    assert_string_equal(mkt_phrase_likely(0.999), "nearly certain");
    assert_string_equal(mkt_phrase_likely(0.9899), "very likely");
    assert_string_equal(mkt_phrase_likely(0.8), "likely");
    assert_string_equal(mkt_phrase_likely(0.6), "more likely than not");
    assert_string_equal(mkt_phrase_likely(0.59), "undecided");
    assert_string_equal(mkt_phrase_likely(0.4), "undecided");
    assert_string_equal(mkt_phrase_likely(0.39), "unlikely");
    assert_string_equal(mkt_phrase_likely(NAN), "of unknown likelihood");
}

static const char *period(int a, int b, int c, int d, int e, int f)
{
    mkt_buf_init(&out, &arena);
    struct mkt_period p = {mkt_date_days(a, b, c), mkt_date_days(d, e, f)};
    return mkt_phrase_period(&out, p) ? out.data : "(none)";
}

static void test_period(void **state)
{
    (void)state;
    assert_string_equal(period(2025, 1, 1, 2025, 12, 31), "in 2025");
    assert_string_equal(period(2024, 10, 1, 2024, 12, 31), "in the fourth quarter of 2024");
    assert_string_equal(period(2024, 2, 1, 2024, 2, 29), "in February 2024");
    assert_string_equal(period(2025, 2, 1, 2025, 4, 30), "from February to April 2025");
    assert_string_equal(period(2025, 10, 1, 2026, 9, 30), "from October 2025 to September 2026");
    assert_string_equal(period(2025, 11, 3, 2025, 11, 9), "from 3 to 9 November 2025");
    assert_string_equal(period(2025, 10, 28, 2025, 11, 3), "from 28 October to 3 November 2025");
    assert_string_equal(period(2025, 12, 28, 2026, 1, 3),
                        "from 28 December 2025 to 3 January 2026");
    assert_string_equal(period(2025, 11, 3, 2025, 11, 3), "on 3 November 2025");
    assert_string_equal(period(2025, 11, 3, 2025, 11, 2), "(none)");
}

static const char *label(const char *text, const char *entity)
{
    struct mkt_fact fact = {.label = text, .entity = entity};
    mkt_buf_init(&out, &arena);
    mkt_phrase_label(&out, &fact);
    return out.data;
}

static void test_label(void **state)
{
    (void)state;
    assert_string_equal(label("Change in revenue", NULL), "change in revenue");
    assert_string_equal(label("ROAS of Paid search", "Paid search"), "ROAS of Paid search");
    assert_string_equal(label("Paid search spend", "Paid search"), "Paid search spend");
}

static const char *small(const char *text)
{
    mkt_buf_init(&out, &arena);
    mkt_phrase_small(&out, text);
    return out.data;
}

static void test_small(void **state)
{
    (void)state;
    assert_string_equal(small("Hold it back"), "hold it back");
    assert_string_equal(small("hold it back"), "hold it back");
    assert_string_equal(small("ROAS of search"), "ROAS of search");
    assert_string_equal(small("A"), "A");
    assert_string_equal(small(""), "");
}

static void test_was(void **state)
{
    struct mkt_fact many = {.label = "conversions", .unit = MKT_UNIT_COUNT};
    struct mkt_fact one = {.label = "CAC of Ads", .unit = MKT_UNIT_MONEY};
    (void)state;
    assert_string_equal(mkt_phrase_was(&many), "were");
    assert_string_equal(mkt_phrase_was(&one), "was");
}

static void test_figure_and_level(void **state)
{
    struct mkt_err err = {0};
    struct mkt_sheet sheet;
    (void)state;
    mkt_sheet_init(&sheet, &arena);
    assert_true(mkt_phrase_level(&sheet) == 0);
    struct mkt_fact f = {.id = "a",
                         .label = "ROAS",
                         .scope = "total",
                         .metric = "roas",
                         .value = 3.214,
                         .low = 2.87,
                         .high = 3.56,
                         .level = 0.95,
                         .unit = MKT_UNIT_RATIO};
    assert_int_equal(mkt_sheet_add_fact(&sheet, &f, &err), MKT_OK);
    assert_true(mkt_phrase_level(&sheet) == 0.95);
    mkt_buf_init(&out, &arena);
    mkt_phrase_figure(&out, &f, NULL, 0.95);
    assert_string_equal(out.data, "3.21 (2.87 to 3.56)");
    f.id = "b";
    f.level = 0.9;
    assert_int_equal(mkt_sheet_add_fact(&sheet, &f, &err), MKT_OK);
    assert_true(mkt_phrase_level(&sheet) == 0);
    mkt_buf_init(&out, &arena);
    mkt_phrase_figure(&out, &f, NULL, 0);
    assert_string_equal(out.data, "3.21 (2.87 to 3.56) at 90 %");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name),   cmocka_unit_test(test_long_name),
        cmocka_unit_test(test_likely), cmocka_unit_test(test_period),
        cmocka_unit_test(test_label),  cmocka_unit_test(test_small),
        cmocka_unit_test(test_was),    cmocka_unit_test(test_figure_and_level),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
