/* Each rule's shares, by hand; and that they always add up to one. */
#include "aggregate/shares.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "num/near.h"

#define CHANNELS 4

static void check(const struct mkt_share_rule *rule, const uint32_t *step, const int64_t *age,
                  size_t n, const double *expected)
{
    uint8_t seen[CHANNELS] = {0};
    double out[8];
    mkt_shares_of(rule, step, age, n, seen, out);
    for (size_t i = 0; i < n; i++) assert_near(out[i], expected[i], 1e-12);
    for (size_t c = 0; c < CHANNELS; c++) assert_int_equal(seen[c], 0);
    size_t one = mkt_shares_one(rule, step, n);
    assert_in_range(one, 0, n);
    for (size_t i = 0; one < n && i < n; i++) assert_true(out[i] == (i == one));
}

static const uint32_t step[] = {2, 0, 2, 1, 3, 3};

static void ends_and_linear(void **state)
{
    (void)state;
    check(&(struct mkt_share_rule){.kind = MKT_SHARE_FIRST}, step, NULL, 3, (double[]){1, 0, 0});
    check(&(struct mkt_share_rule){.kind = MKT_SHARE_LAST}, step, NULL, 3, (double[]){0, 0, 1});
    check(&(struct mkt_share_rule){.kind = MKT_SHARE_LINEAR}, step, NULL, 4,
          (double[]){.25, .25, .25, .25});
    const struct mkt_share_rule other = {.kind = MKT_SHARE_LAST_OTHER, .direct = 3};
    check(&other, step, NULL, 6, (double[]){0, 0, 0, 1, 0, 0});
    check(&other, step + 4, NULL, 2, (double[]){0, 1});
}

/* 40-20-40 as DP6's tests have it: two touches half and half, one takes all. */
static void position(void **state)
{
    (void)state;
    const struct mkt_share_rule u = {.kind = MKT_SHARE_POSITION, .first = .4, .last = .4};
    check(&u, step, NULL, 1, (double[]){1});
    check(&u, step, NULL, 2, (double[]){.5, .5});
    check(&u, step, NULL, 3, (double[]){.4, .2, .4});
    check(&u, step, NULL, 4, (double[]){.4, .1, .1, .4});
    const struct mkt_share_rule j = {.kind = MKT_SHARE_POSITION, .first = .2, .last = .6};
    check(&j, step, NULL, 2, (double[]){.25, .75});
    check(&j, step, NULL, 3, (double[]){.2, .2, .6});
}

static void w_shape(void **state)
{
    (void)state;
    const struct mkt_share_rule w = {.kind = MKT_SHARE_W, .first = .3, .last = .3};
    check(&w, step, NULL, 2, (double[]){.5, .5});
    check(&w, step, NULL, 3, (double[]){1. / 3, 1. / 3, 1. / 3});
    check(&w, step, NULL, 5, (double[]){.3, .05, .3, .05, .3});
}

static void decay_halves(void **state)
{
    (void)state;
    const struct mkt_share_rule d = {.kind = MKT_SHARE_DECAY, .half_life = 7 * 86400};
    check(&d, step, (int64_t[]){14 * 86400, 7 * 86400, 0}, 3, (double[]){1. / 7, 2. / 7, 4. / 7});
    /* very old: only the distance between touches matters */
    check(&d, step, (int64_t[]){INT64_C(7) * 86400 * 100001, INT64_C(7) * 86400 * 100000}, 2,
          (double[]){1. / 3, 2. / 3});
}

static void custom_counts_from_the_end(void **state)
{
    (void)state;
    const struct mkt_share_rule c = {.kind = MKT_SHARE_CUSTOM, .weight = {5, 3, 2}, .weights = 3};
    check(&c, step, NULL, 1, (double[]){1});
    check(&c, step, NULL, 2, (double[]){.375, .625});
    check(&c, step, NULL, 4, (double[]){0, .2, .3, .5});
    const struct mkt_share_rule before = {.kind = MKT_SHARE_CUSTOM, .weight = {0, 1}, .weights = 2};
    check(&before, step, NULL, 1, (double[]){1});
    check(&before, step, NULL, 2, (double[]){1, 0});
}

static void set_pays_each_channel_once(void **state)
{
    (void)state;
    const struct mkt_share_rule s = {.kind = MKT_SHARE_SET};
    check(&s, step, NULL, 6, (double[]){.25, .25, 0, .25, .25, 0});
    check(&s, step + 4, NULL, 2, (double[]){1, 0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_and_linear),
        cmocka_unit_test(position),
        cmocka_unit_test(w_shape),
        cmocka_unit_test(decay_halves),
        cmocka_unit_test(custom_counts_from_the_end),
        cmocka_unit_test(set_pays_each_channel_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
