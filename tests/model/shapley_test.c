/* Published games, the axioms, and sharing by sets as a game of its own. */
#include "model/shapley.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "aggregate/shares.h"
#include "num/near.h"
#include "num/random.h"

/* DP6's README: v(O) = 7, v(F) = 6, v(D) = 4, v(OF) = 15, v(OD) = 7, v(FD) = 9, v(OFD) = 19. */
static void readme_game(void **state)
{
    (void)state;
    const double worth[8] = {0, 7, 6, 15, 4, 7, 9, 19}; /* bits: O, F, D */
    double out[3];
    mkt_shapley_values(worth, 3, out);
    assert_near(out[0], 23. / 3, 1e-12);
    assert_near(out[1], 49. / 6, 1e-12);
    assert_near(out[2], 19. / 6, 1e-12);
}

#define PLAYERS 6

static void axioms(void **state)
{
    (void)state;
    double a[1 << PLAYERS], b[1 << PLAYERS], sum[1 << PLAYERS];
    double of_a[PLAYERS], of_b[PLAYERS], of_sum[PLAYERS], all = 0;
    struct mkt_random r;
    mkt_random_init(&r, 1, 0);
    for (unsigned s = 0; s < 1 << PLAYERS; s++) a[s] = s ? mkt_random_normal(&r) : 0;
    for (unsigned s = 0; s < 1 << PLAYERS; s++) {
        a[s | 1] = a[s & ~1U]; /* player 0 adds nothing: null player */
        unsigned swapped = (s & ~6U) | (s & 2) << 1 | (s & 4) >> 1;
        if (swapped > s) a[swapped] = a[s]; /* players 1 and 2 are alike: symmetry */
    }
    for (unsigned s = 0; s < 1 << PLAYERS; s++) {
        b[s] = s ? mkt_random_normal(&r) : 0;
        sum[s] = 2 * a[s] + b[s];
    }
    mkt_shapley_values(a, PLAYERS, of_a);
    mkt_shapley_values(b, PLAYERS, of_b);
    mkt_shapley_values(sum, PLAYERS, of_sum);
    assert_near(of_a[0], 0, 1e-12);
    assert_near(of_a[1], of_a[2], 1e-12);
    for (int k = 0; k < PLAYERS; k++) {
        assert_near(of_sum[k], 2 * of_a[k] + of_b[k], 1e-12); /* additivity */
        all += of_b[k];
    }
    assert_near(all, b[(1 << PLAYERS) - 1], 1e-12); /* efficiency */
}

/* Sharing each conversion equally among the channels of its journey is the Shapley value of
 * v(S) = conversions of journeys that stay within S. */
static void sharing_by_sets_is_exact(void **state)
{
    (void)state;
    enum { JOURNEYS = 200, STEPS = 5 };
    double worth[1 << PLAYERS] = {0}, credit[PLAYERS] = {0}, out[PLAYERS];
    struct mkt_random r;
    mkt_random_init(&r, 2, 0);
    for (int i = 0; i < JOURNEYS; i++) {
        uint32_t step[STEPS], set = 0;
        uint8_t seen[PLAYERS] = {0};
        double share[STEPS], conversions = mkt_random_exponential(&r);
        size_t n = 1 + mkt_random_below(&r, STEPS);
        for (size_t t = 0; t < n; t++) set |= 1U << (step[t] = mkt_random_below(&r, PLAYERS));
        mkt_shares_of(&(struct mkt_share_rule){.kind = MKT_SHARE_SET}, step, NULL, n, seen, share);
        for (size_t t = 0; t < n; t++) credit[step[t]] += conversions * share[t];
        for (uint32_t s = 0; s < 1 << PLAYERS; s++)
            if ((set & ~s) == 0) worth[s] += conversions;
    }
    mkt_shapley_values(worth, PLAYERS, out);
    for (int k = 0; k < PLAYERS; k++) assert_near(credit[k], out[k], 1e-10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readme_game),
        cmocka_unit_test(axioms),
        cmocka_unit_test(sharing_by_sets_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
