#include "source/scratch_fixture.h"

/* Writes code units behind a byte order mark. */
static const char *write_units(const uint16_t *unit, size_t n, bool big)
{
    unsigned char *bytes = malloc(2 * n + 2);
    assert_non_null(bytes);
    for (size_t i = 0; i <= n; i++) {
        uint16_t u = i ? unit[i - 1] : 0xFEFF;
        bytes[2 * i + (big ? 0 : 1)] = (unsigned char)(u >> 8);
        bytes[2 * i + (big ? 1 : 0)] = (unsigned char)u;
    }
    scratch_write_bytes(&s, "a.csv", bytes, 2 * n + 2);
    free(bytes);
    return s.path;
}

static size_t add(uint16_t *unit, size_t at, const char *ascii)
{
    while (*ascii) unit[at++] = (unsigned char)*ascii++;
    return at;
}

static void both_orders_are_read(void **state)
{
    (void)state;
    static uint16_t unit[400000];
    size_t n = add(unit, 0, "date\tcampaign\tspend\r\n2025-01-01\tB");
    unit[n++] = 0xFC;   /* u with two dots */
    unit[n++] = 0x20AC; /* the euro sign */
    unit[n++] = 0xD83D, unit[n++] = 0xDE00;
    n = add(unit, n, "\t5.5\r\n");
    for (int i = 0; i < 5000; i++) n = add(unit, n, "2025-01-02\tx\t1\r\n");
    for (int big = 0; big < 2; big++) {
        struct mkt_dataset *d = scratch_dataset(write_units(unit, n, big), NULL);
        assert_int_equal(scratch_total(d, MKT_SPEND), 5005500000);
        assert_true(scratch_has_name(d, MKT_CAMPAIGN, "B\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80"));
        assert_int_equal(mkt_dataset_account(d)->table[0].broken, 0);
        mkt_dataset_close(d);
    }
}

static void half_characters_break_their_rows(void **state)
{
    (void)state;
    uint16_t unit[2000];
    size_t n = add(unit, 0, "date,campaign,spend\n2025-01-01,a");
    unit[n++] = 0xD83D; /* no other half */
    n = add(unit, n, "b,1\n");
    for (int i = 0; i < 40; i++) n = add(unit, n, "2025-01-02,x,1\n");
    struct mkt_dataset *d = scratch_dataset(write_units(unit, n, false), NULL);
    assert_int_equal(mkt_dataset_account(d)->table[0].broken, 1);
    assert_int_equal(scratch_total(d, MKT_SPEND), 40000000);
    mkt_dataset_close(d);
}

static void no_room_to_decode_is_said(void **state)
{
    (void)state;
    uint16_t unit[100];
    size_t n = add(unit, 0, "date,campaign,spend\n2025-01-01,a,1\n");
    struct mkt_dataset_options o = {.temp = "/nowhere/at/all"};
    scratch_refused(write_units(unit, n, true), &o, MKT_E_IO, "a.csv is UTF-16", "/nowhere/at/all",
                    NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(both_orders_are_read),
        TEST(half_characters_break_their_rows),
        TEST(no_room_to_decode_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
