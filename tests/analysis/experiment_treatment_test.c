/* Caps and quantiles in words, and the sentences for those that cannot be. */
#include "analysis/experiment_treatment.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static const struct mkt_arms_metric metric[] = {
    {.name = "Revenue", .kind = MKT_ARMS_MEAN, .cap = NAN, .most = NAN},
    {.name = "minutes", .kind = MKT_ARMS_MEAN, .cap = NAN, .most = NAN},
    {.name = "bought", .kind = MKT_ARMS_PROPORTION, .cap = NAN, .most = 1}};

static mkt_status read(const char *cap, const char *quantiles, struct mkt_arms_treatment *out)
{
    struct mkt_arms arms;
    mkt_arms_init(&arms, &arena, metric, 3, false, false);
    mkt_err_clear(&err);
    return mkt_experiment_treatment_read(&arena, &arms, cap, quantiles, out, &err);
}

static void reads_values_and_shares(void **state)
{
    (void)state;
    struct mkt_arms_treatment t;
    assert_int_equal(read("revenue=99%", "minutes=0.5", &t), MKT_OK);
    assert_true(fabs(t.cap_share[0] - .99) < 1e-15 && isnan(t.cap[0]) && isnan(t.cap[1]));
    assert_true(t.quantile[1] == .5 && isnan(t.quantile[0]) && isnan(t.quantile[2]));
    assert_int_equal(read(" revenue=500 , minutes=1e3", NULL, &t), MKT_OK);
    assert_true(t.cap[0] == 500 && t.cap[1] == 1000 && isnan(t.cap_share[0]));
    assert_int_equal(read(NULL, "minutes=90%", &t), MKT_OK);
    assert_true(fabs(t.quantile[1] - .9) < 1e-15);
}

static void refused(const char *cap, const char *quantiles, const char *words)
{
    struct mkt_arms_treatment t;
    assert_int_equal(read(cap, quantiles, &t), MKT_E_ARG);
    if (!strstr(err.text, words)) fail_msg("\"%s\" is not in: %s", words, err.text);
}

static void refuses_in_a_sentence(void **state)
{
    (void)state;
    refused("revenue", NULL, "not \"revenue\"");
    refused("revenue=", NULL, "not \"revenue=\"");
    refused("revenue=much%", NULL, "not \"revenue=much%\"");
    refused("revenue=nan", NULL, "not \"revenue=nan\"");
    refused("spend=5", NULL, "Revenue, minutes and bought");
    refused("revenue=5,revenue=6", NULL, "twice");
    refused("revenue=30%", NULL, "30 %");
    refused("revenue=100%", NULL, "100 %");
    refused("revenue=-5", NULL, "-5");
    refused("revenue=1e13", NULL, "1e+13");
    refused(NULL, "minutes=1", "between 0 and 1");
    refused(NULL, "minutes=.5,minutes=.9", "minutes");
    refused(NULL, "bought=0.5", "proportion");
    refused("minutes=5", "minutes=0.5", "needs no cap");
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    struct mkt_arms_treatment t;
    struct mkt_arena small;
    struct mkt_arms arms;
    assert_int_equal(mkt_arena_open(&small, 1U << 20, &err), MKT_OK);
    mkt_arms_init(&arms, &small, metric, 3, false, false);
    for (size_t at = 1; at <= 3; at++) {
        small.fail_at = small.allocations + at;
        assert_int_equal(mkt_experiment_treatment_read(&small, &arms, NULL, NULL, &t, &err),
                         MKT_E_NOMEM);
        mkt_err_clear(&err);
    }
    mkt_arena_close(&small);
}

int main(void)
{
    assert_int_equal(mkt_arena_open(&arena, 1U << 20, &err), MKT_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values_and_shares),
        cmocka_unit_test(refuses_in_a_sentence),
        cmocka_unit_test(says_when_memory_ends),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mkt_arena_close(&arena);
    return failed;
}
