/* Names that are one: capitals, accents in one letter or beside it, blanks around. */
#include "base/caseless.h"

#define ARENA_BYTES (1 << 20)
#include "arena_fixture.h"

static void one_name(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {" Search ", "sEARCH"},
        {"CAFÉ", "café"},
        {"cafe\xCC\x81", "Café"},   /* a mark beside its letter */
        {"Ế", "e\xCC\x82\xCC\x81"}, /* two marks */
        {"ΑΘΉΝΑ", "αθήνα"},
        {"РЕКЛАМА й", "реклама и\xCC\x86"},
        {"\xE2\x84\xAB", "å"}, /* the sign of angstrom */
        {"한국", "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xE1\x84\x80\xE1\x85\xAE\xE1\x86\xA8"},
        {"İ", "I\xCC\x87"},
        {"😀 A", "😀 a"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_string_equal(mkt_caseless_name(&arena, same[i][0]),
                            mkt_caseless_name(&arena, same[i][1]));
}

static void two_names(void **state)
{
    (void)state;
    static const char *const apart[][2] = {
        {"cafe", "café"}, {"x y", "xy"}, {"ss", "ß"}, {"o", "ø"},
        {"ı", "i"},       {"한", "하"},  {"", "a"},
    };
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        assert_string_not_equal(mkt_caseless_name(&arena, apart[i][0]),
                                mkt_caseless_name(&arena, apart[i][1]));
}

/* The most that a form grows, byte for byte, fits; a full arena is told. */
static void long_names(void **state)
{
    (void)state;
    assert_string_equal(mkt_caseless_name(&arena, "ΐΐ"),
                        "\xCE\xB9\xCC\x88\xCC\x81\xCE\xB9\xCC\x88\xCC\x81");
    size_t mark = mkt_arena_mark(&arena);
    assert_non_null(mkt_arena_alloc(&arena, ARENA_BYTES - mark - 64, 1));
    assert_null(mkt_caseless_name(&arena, "a name of twenty-five b.."));
    mkt_arena_release(&arena, mark);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_name),
        cmocka_unit_test(two_names),
        cmocka_unit_test(long_names),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
