/* Quantiles and caps from rows: what the database looks up equals what sorting the rows gives. */
#include "source/arm_ranks.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "num/random.h"

static char folder[64], path[128];
static struct mkt_arena arena;
static struct mkt_err err;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mkt-ranks-test-XXXXXX");
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(name);
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define UNITS 500

/* Values of two variants; unit i has 1 + i % 3 rows. */
static struct {
    double value[2][3 * UNITS];
    int unit[2][3 * UNITS], count[2];
    double total[2 * UNITS];
} truth;

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A table with two units in both variants, and rows without a value, with a cell that is no number
 * and without a unit. */
static struct mkt_dataset *open_rows(void)
{
    struct mkt_random r;
    mkt_random_init(&r, 3, 0);
    memset(&truth, 0, sizeof truth);
    snprintf(path, sizeof path, "%s/experiment.csv", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("user_id,variant,visits,minutes\n", f);
    for (int u = 0; u < 2 * UNITS; u++)
        for (int i = 0; i <= u % 3; i++) {
            int v = u % 2;
            double minutes =
                nearbyint(100 * exp(mkt_random_normal(&r) + (u % 5 == 0 ? 1 : 0))) / 100;
            fprintf(f, "u%d,%s,1,%.2f\n", u, v ? "control" : " b", minutes);
            truth.value[v][truth.count[v]] = minutes;
            truth.unit[v][truth.count[v]++] = u;
            truth.total[u] += minutes;
        }
    for (int i = 0; i < 2; i++) fprintf(f, "both%d,b,1,900\nboth%d,control,1,900\n", i, i);
    fputs("u0,b,1,\nu1,control,1,soon\nu1,control,often,900\n ,b,1,900\n", f);
    assert_int_equal(fclose(f), 0);
    struct mkt_dataset *d;
    const struct mkt_dataset_options options = {.decimal = "point"};
    if (mkt_dataset_open(path, &options, &d, &err) != MKT_OK) fail_msg("%s", err.text);
    return d;
}

static struct mkt_arms_treatment nothing(void)
{
    struct mkt_arms_treatment t;
    double **of[] = {&t.cap, &t.cap_share, &t.quantile};
    for (int k = 0; k < 3; k++) {
        *of[k] = MKT_NEW(&arena, double, 2);
        (*of[k])[0] = (*of[k])[1] = NAN;
    }
    return t;
}

static const struct mkt_arms *treated(struct mkt_dataset *d, const struct mkt_arms_treatment *t)
{
    const struct mkt_arms *arms;
    if (mkt_dataset_arms_treated(d, &arena, t, NULL, &arms, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return arms;
}

static void quantiles_are_those_of_the_rows(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_rows();
    const double q[] = {.5, .9, .01};
    for (int k = 0; k < 3; k++) {
        struct mkt_arms_treatment t = nothing();
        t.quantile[1] = q[k];
        const struct mkt_arms *arms = treated(d, &t);
        assert_int_equal(arms->metric[1].kind, MKT_ARMS_QUANTILE);
        assert_int_equal(arms->multiple, 2);
        for (int v = 0; v < 2; v++) {
            const struct mkt_ranks *got = &arms->metric[1].ranks[v];
            int n = truth.count[v];
            static double sorted[3 * UNITS];
            memcpy(sorted, truth.value[v], sizeof sorted);
            qsort(sorted, (size_t)n, sizeof *sorted, ascending);
            double at = sorted[(int)ceil(q[k] * n) - 1];
            struct mkt_ranks_sums s = {.units = UNITS};
            for (int i = 0; i < n;) {
                double below = 0, all = 0;
                for (int u = truth.unit[v][i]; i < n && truth.unit[v][i] == u; i++, all++)
                    below += truth.value[v][i] <= at;
                s.b += below, s.d += all, s.bb += below * below;
                s.bd += below * all, s.dd += all * all;
            }
            struct mkt_ranks_places p = mkt_ranks_places_of(n, q[k], mkt_ranks_share_se(&s, q[k]));
            assert_int_equal(got->values, n);
            assert_int_equal(got->units, UNITS);
            assert_true(fabs(got->value - at) < 1e-9);
            assert_true(fabs(got->low - sorted[p.low - 1]) < 1e-9);
            assert_true(fabs(got->high - sorted[p.high - 1]) < 1e-9);
        }
    }
    mkt_dataset_close(d);
}

static double sum_of(const struct mkt_arms *arms, int variant)
{
    struct mkt_arms_slice slice = mkt_arms_whole(variant);
    struct mkt_arms_moments m;
    assert_int_equal(mkt_arms_collect(arms, &slice, 1, &m, &err), MKT_OK);
    return m.mean[0] * (double)m.n;
}

static void check_cap(const struct mkt_arms *arms, double cap)
{
    int64_t capped = 0;
    double sum[2] = {0};
    for (int u = 0; u < 2 * UNITS; u++) {
        capped += truth.total[u] > cap + 1e-9;
        sum[u % 2] += fmin(truth.total[u], cap);
    }
    assert_int_equal(arms->metric[1].capped, capped);
    assert_true(fabs(arms->metric[1].most - cap) < 1e-6);
    for (int v = 0; v < 2; v++) assert_true(fabs(sum_of(arms, v) - sum[v]) < 1e-6);
}

static void caps_are_those_of_the_units(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_rows();
    struct mkt_arms_treatment t = nothing();
    t.cap[1] = 7.5;
    const struct mkt_arms *arms = treated(d, &t);
    check_cap(arms, 7.5);
    t.cap[1] = NAN;
    t.cap_share[1] = .95;
    arms = treated(d, &t);
    static double sorted[2 * UNITS];
    memcpy(sorted, truth.total, sizeof sorted);
    qsort(sorted, 2 * UNITS, sizeof *sorted, ascending);
    double cap = sorted[(int)ceil(.95 * 2 * UNITS) - 1];
    assert_true(fabs(arms->metric[1].cap - cap) < 1e-6);
    check_cap(arms, cap);
    /* whole numbers: visits, 1 to 3 a unit */
    t = nothing();
    t.cap[0] = 2;
    arms = treated(d, &t);
    assert_int_equal(arms->metric[0].capped, 2 * UNITS / 3);
    assert_true(fabs(arms->metric[0].most - 2) < 1e-12);
    mkt_dataset_close(d);
}

static void an_outlier_is_capped(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/experiment.csv", folder);
    FILE *f = fopen(path, "w");
    fputs("user_id,variant,orders,revenue\n1,a,1000000000000,1000000000000\n2,a,2,3\n3,b,1,4\n"
          "4,b,2,5\n",
          f);
    fclose(f);
    struct mkt_dataset *d;
    assert_int_equal(mkt_dataset_open(path, NULL, &d, &err), MKT_OK);
    struct mkt_arms_treatment t = nothing();
    t.cap[0] = 2;
    t.cap[1] = 10;
    const struct mkt_arms *arms = treated(d, &t);
    assert_true(fabs(sum_of(arms, 0) - 13) < 1e-9 && fabs(sum_of(arms, 1) - 9) < 1e-9);
    assert_true(arms->metric[0].capped == 1 && arms->metric[1].capped == 1);
    mkt_dataset_close(d);
}

static void refused(const char *text, const struct mkt_arms_treatment *t, const char *later,
                    mkt_status status, const char *words)
{
    const struct mkt_arms *arms;
    struct mkt_dataset *d;
    snprintf(path, sizeof path, "%s/experiment.csv", folder);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    assert_int_equal(mkt_dataset_open(path, NULL, &d, &err), MKT_OK);
    if (later) {
        f = fopen(path, "w");
        fputs(later, f);
        fclose(f);
    }
    mkt_err_clear(&err);
    assert_int_equal(mkt_dataset_arms_treated(d, &arena, t, NULL, &arms, &err), status);
    if (!strstr(err.text, words)) fail_msg("\"%s\" is not in: %s", words, err.text);
    mkt_dataset_close(d);
}

static void refuses_in_a_sentence(void **state)
{
    (void)state;
    struct mkt_arms_treatment t = nothing();
    t.cap_share[1] = .5;
    const char rows[] = "user_id,variant,orders,revenue\n1,a,1,0\n2,a,2,0\n3,b,1,0\n4,b,2,5\n";
    refused(rows, &t, NULL, MKT_E_ARG, "nothing would be left");
    t = nothing();
    t.quantile[1] = .5;
    refused("variant,n,sum,sum_squares,b_sum,b_sum_squares\na,100,20,30,1,1\nb,100,10,20,1,1\n", &t,
            NULL, MKT_E_ARG, "needs a row a unit");
    refused(rows, &t, "user_id,variant,orders,revenue\n1,a,1,0\n2,b,2,7\n", MKT_E_CONFLICT,
            "has changed");
    refused(rows, &t, "date,channel,spend\n2026-03-01,search,5\n2026-03-02,search,6\n",
            MKT_E_CONFLICT, "not there any more");
}

int main(void)
{
    assert_int_equal(mkt_arena_open(&arena, 256U << 20, &err), MKT_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_rows),
        cmocka_unit_test(caps_are_those_of_the_units),
        cmocka_unit_test(an_outlier_is_capped),
        cmocka_unit_test(refuses_in_a_sentence),
    };
    int failed = cmocka_run_group_tests(tests, make_folder, remove_folder);
    mkt_arena_close(&arena);
    return failed;
}
