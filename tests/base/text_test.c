/* Text: numbers that read back, UTF-8, and names fit to be shown. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define ARENA_BYTES (8 << 20)
#include "arena_fixture.h"

/* xorshift64 */
static uint64_t next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static double from_bits(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* Reads back to the same bits, and no text with a digit less does. */
static void assert_shortest(double value)
{
    char text[MKT_TEXT_NUMBER], shorter[64];
    double back;
    mkt_text_number(value, text);
    assert_true(strlen(text) < MKT_TEXT_NUMBER);
    assert_true(mkt_text_to_double(text, &back));
    if (back != value) fail_msg("%a became %s", value, text);

    int digits = 0, zeros = 0;
    for (const char *c = text; *c && *c != 'e'; c++) {
        if (*c < '0' || *c > '9') continue;
        if (*c == '0' && digits == 0) continue;
        digits++;
        zeros = *c == '0' ? zeros + 1 : 0;
    }
    digits -= zeros;
    if (digits < 2) return;
    snprintf(shorter, sizeof shorter, "%.*e", digits - 2, value);
    if (strtod(shorter, NULL) == value) fail_msg("%s is longer than %s", text, shorter);
}

/* The digits of a text, without zeros before and after. */
static void significant(const char *text, char out[64])
{
    size_t n = 0;
    for (; *text && *text != 'e' && n < 63; text++)
        if (*text >= '0' && *text <= '9' && (n || *text != '0')) out[n++] = *text;
    while (n > 1 && out[n - 1] == '0') n--;
    out[n] = '\0';
}

/* Of the texts of its length it is the nearest: the one that printf gives. */
static void assert_nearest(double value)
{
    char text[MKT_TEXT_NUMBER], exact[64], ours[64], theirs[64];
    significant(mkt_text_number(value, text), ours);
    snprintf(exact, sizeof exact, "%.*e", (int)strlen(ours) - 1, value);
    significant(exact, theirs);
    if (strcmp(ours, theirs) != 0) fail_msg("%a became %s, the nearest is %s", value, text, exact);
}

static void numbers_read_back_and_are_shortest(void **state)
{
    (void)state;
    uint64_t s = 88172645463325252ULL;
    for (int i = 0; i < 60000; i++) {
        double value = from_bits(next(&s));
        if (isfinite(value) && value != 0) assert_shortest(value);
        assert_shortest((double)(int64_t)(next(&s) % 2000000000) / 100.0 + 0.01); /* money */
        /* figures of every size that is computed by whole numbers */
        double ratio = (double)(1 + next(&s) % 1000003) / (double)(1 + next(&s) % 999983);
        for (int power = -6; i % 4 == 0 && power <= 14; power += 5) {
            assert_shortest(ratio * pow(10, power));
            assert_nearest(ratio * pow(10, power));
        }
    }
    for (int e = -1074; e < 1024; e++) {
        double power = ldexp(1, e);
        assert_shortest(power);
        assert_shortest(nextafter(power, INFINITY));
        if (e > -1074) assert_shortest(nextafter(power, 0));
    }
}

static void numbers_look_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } sample[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {100, "100"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e21, "1e+21"},
        {1e-6, "0.000001"},
        {1e-7, "1e-7"},
        {1.5e300, "1.5e+300"},
        {5.684341886080802e-14, "5.684341886080802e-14"}, /* 2^-44: the nearest 16 digits fail */
    };
    char text[MKT_TEXT_NUMBER];
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++)
        assert_string_equal(mkt_text_number(sample[i].value, text), sample[i].text);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    " 1",    "1 ", "x",   "1x",    "0x10",
                                      "inf", "nan",   "1e", "--1", "1.2.3", ".",
                                      "e5",  "1e999", "+",  "-",   "1,5",   "1_000"};
    double d;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mkt_text_to_double(bad[i], &d)) fail_msg("'%s' was read as %g", bad[i], d);
    assert_true(mkt_text_to_double("-1.5e3", &d) && d == -1500);
    assert_true(mkt_text_to_double("+.5", &d) && d == 0.5);

    static const char *const not_int[] = {"",    "-",
                                          "1.0", " 1",
                                          "1 ",  "9223372036854775808",
                                          "1e3", "+1",
                                          "0x1", "-9223372036854775809"};
    int64_t n;
    for (size_t i = 0; i < sizeof not_int / sizeof *not_int; i++)
        if (mkt_text_to_int(not_int[i], &n))
            fail_msg("'%s' was read as a whole number", not_int[i]);
    assert_true(mkt_text_to_int("-9223372036854775808", &n) && n == INT64_MIN);
    assert_true(mkt_text_to_int("42", &n) && n == 42);
}

static size_t encode(uint32_t c, char s[4])
{
    if (c < 0x80) return s[0] = (char)c, 1;
    if (c < 0x800) return s[0] = (char)(0xC0 | c >> 6), s[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000) {
        s[0] = (char)(0xE0 | c >> 12), s[1] = (char)(0x80 | (c >> 6 & 63));
        return s[2] = (char)(0x80 | (c & 63)), 3;
    }
    s[0] = (char)(0xF0 | c >> 18), s[1] = (char)(0x80 | (c >> 12 & 63));
    return s[2] = (char)(0x80 | (c >> 6 & 63)), s[3] = (char)(0x80 | (c & 63)), 4;
}

static void every_character_is_known_and_nothing_else(void **state)
{
    (void)state;
    char s[4];
    for (uint32_t c = 0; c < 0x110000; c++) {
        size_t n = encode(c, s);
        size_t expected = c >= 0xD800 && c < 0xE000 ? 0 : n;
        assert_int_equal(mkt_text_utf8(s, n), expected);
        if (n > 1 && mkt_text_utf8(s, n - 1)) fail_msg("U+%04X cut short was taken", c);
    }
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x80\x80",
                                      "\xF0\x80\x80\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80\x80",
                                      "\xFF",
                                      "\xC3("};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(mkt_text_utf8(bad[i], strlen(bad[i])), 0);
        assert_false(mkt_text_is_utf8(bad[i], strlen(bad[i])));
    }
    assert_int_equal(mkt_text_utf8("x", 0), 0);
    assert_true(mkt_text_is_utf8("", 0));
    assert_true(mkt_text_is_utf8("gr\xC3\xBC\xC3\x9F\xE2\x82\xAC", 9));
    assert_false(mkt_text_is_utf8("ok\xC3", 3));
}

static const char *cleaned(const char *s, size_t n, size_t max)
{
    return mkt_text_clean(&arena, s, n, max);
}

#define CLEAN(text) cleaned(text, sizeof(text) - 1, 80)

static void names_are_cleaned(void **state)
{
    (void)state;
    assert_string_equal(CLEAN("Spring Sale"), "Spring Sale");
    assert_string_equal(CLEAN("  two\t\r\n lines\n"), "two lines");
    assert_string_equal(CLEAN("a\0b"), "a b");
    assert_string_equal(CLEAN(""), "");
    assert_string_equal(CLEAN(" \n\t "), "");
    assert_string_equal(CLEAN("bad\xFF\xFE!"), "bad\xEF\xBF\xBD\xEF\xBF\xBD!");
    assert_string_equal(CLEAN("c1\xC2\x85x"), "c1 x");
    assert_string_equal(CLEAN("a\xE2\x80\xAEgnp.exe"), "a gnp.exe"); /* U+202E */
    assert_string_equal(CLEAN("\xEF\xBB\xBFname"), "name");          /* a BOM */
    assert_string_equal(CLEAN("x\xE2\x81\xA6y\xE2\x81\xA9"), "x y"); /* U+2066, U+2069 */
    assert_string_equal(CLEAN("<script>=cmd()"), "<script>=cmd()");  /* escaped elsewhere */
    assert_string_equal(CLEAN("\xF0\x9F\x8E\x89 \xC2\xA0"), "\xF0\x9F\x8E\x89 \xC2\xA0");
}

static void long_names_are_cut_at_a_character(void **state)
{
    (void)state;
    assert_string_equal(cleaned("abcdefgh", 8, 8), "abcdefgh");
    assert_string_equal(cleaned("abcdefghi", 9, 8), "abcde\xE2\x80\xA6");
    assert_string_equal(cleaned("abc", 3, 2), "ab");
    assert_string_equal(cleaned("abcd", 4, 3), "\xE2\x80\xA6");

    static const char text[] =
        "a\xC3\xBC \xE2\x82\xAC\t\xF0\x9F\x8E\x89z\xFF end \n\n of \xC3\xA9t\xC3\xA9";
    for (size_t n = 0; n < sizeof text; n++) {
        for (size_t max = 0; max < 40; max++) {
            mkt_arena_reset(&arena, 1 << 20);
            const char *c = cleaned(text, n, max);
            assert_true(strlen(c) <= max);
            assert_true(mkt_text_is_utf8(c, strlen(c)));
            if (*c) assert_true(c[0] != ' ' && c[strlen(c) - 1] != ' ');
            assert_null(strstr(c, "  "));
        }
    }
}

static void slugs_are_plain_words(void **state)
{
    (void)state;
    assert_string_equal(mkt_text_slug(&arena, "Paid Search (DE)", 40), "paid_search_de");
    assert_string_equal(mkt_text_slug(&arena, "--A--B--", 40), "a_b");
    assert_string_equal(mkt_text_slug(&arena, "", 40), "x");
    assert_string_equal(mkt_text_slug(&arena, "\xE2\x82\xAC\xE2\x82\xAC", 40), "x");
    assert_string_equal(mkt_text_slug(&arena, "abc def", 4), "abc");
    assert_string_equal(mkt_text_slug(&arena, "abc", 0), "x");
    assert_string_equal(mkt_text_slug(&arena, "2026 Q4!", 40), "2026_q4");
}

static void comparisons_know_ascii_case(void **state)
{
    (void)state;
    assert_true(mkt_text_equal_nocase("Cost", "cOST"));
    assert_false(mkt_text_equal_nocase("cost", "costs"));
    assert_true(mkt_text_has_prefix("file.csv:spend", "file.csv"));
    assert_true(mkt_text_has_prefix("x", ""));
    assert_false(mkt_text_has_prefix("fil", "file"));
}

static void counts_are_grouped_by_thousands(void **state)
{
    (void)state;
    assert_string_equal(MKT_COUNT(0), "0");
    assert_string_equal(MKT_COUNT(999), "999");
    assert_string_equal(MKT_COUNT(1000), "1,000");
    assert_string_equal(MKT_COUNT(-1000), "-1,000");
    assert_string_equal(MKT_COUNT(123456), "123,456");
    assert_string_equal(MKT_COUNT(INT64_MAX), "9,223,372,036,854,775,807");
    assert_string_equal(MKT_COUNT(INT64_MIN), "-9,223,372,036,854,775,808");
    assert_int_equal(strlen(MKT_COUNT(INT64_MIN)) + 1, MKT_TEXT_COUNT);
    char text[80]; /* two in one sentence do not share their room */
    snprintf(text, sizeof text, "%s of %s", MKT_COUNT(1234), MKT_COUNT(5678901));
    assert_string_equal(text, "1,234 of 5,678,901");
}

static void a_full_arena_gives_null(void **state)
{
    (void)state;
    arena.fail_at = 1;
    assert_null(mkt_text_clean(&arena, "a", 1, 10));
    assert_null(mkt_text_slug(&arena, "a", 10));
    arena.fail_at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_back_and_are_shortest),
        cmocka_unit_test(numbers_look_as_people_write_them),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(every_character_is_known_and_nothing_else),
        cmocka_unit_test(names_are_cleaned),
        cmocka_unit_test(long_names_are_cut_at_a_character),
        cmocka_unit_test(slugs_are_plain_words),
        cmocka_unit_test(comparisons_know_ascii_case),
        cmocka_unit_test(counts_are_grouped_by_thousands),
        cmocka_unit_test(a_full_arena_gives_null),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
