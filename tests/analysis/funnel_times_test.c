/* A quantile of the times that was asked for is told, of the whole and of each step. */
#include "funnel_world.h"

#include <math.h>

static struct funnel_world world;

static const struct mkt_fact *fact(const char *id)
{
    const struct mkt_fact *f = mkt_sheet_fact(&world.sheet, id);
    if (!f) fail_msg("there is no fact %s", id);
    return f;
}

/* u1 takes a minute to buy, u99 takes 99. */
static void make_buyers(void)
{
    static char csv[1 << 14];
    char *at = csv + sprintf(csv, "user_id,time,event\n");
    for (int u = 1; u < 100; u++)
        at += sprintf(at, "u%d,2026-01-01 10:00:00,visit\nu%d,2026-01-01 %02d:%02d:00,purchase\n",
                      u, u, 10 + u / 60, u % 60);
    sprintf(at, "last,2026-02-20 08:00:00,visit\n");
    world_text(&world, csv);
}

static void a_quantile_is_told_that_was_asked_for(void **state)
{
    (void)state;
    world_begin(&world);
    make_buyers();
    world_run(&world, "quantile=0.8");
    const struct mkt_fact *f = fact("total.time_p80");
    assert_true(fabs(f->value / 60 - 80) < 80 * .01);
    assert_true(f->low < f->value && f->value < f->high);
    assert_string_equal(f->label, "80th percentile of the time from visit to purchase");
    assert_true(fact("purchase.time_p80")->value == f->value);
    world_run(&world, "quantile=0.975");
    assert_string_equal(fact("total.time_p97_5")->label,
                        "97.5th percentile of the time from visit to purchase");
    world_run(&world, "quantile=0.22");
    assert_string_equal(fact("total.time_p22")->label,
                        "22nd percentile of the time from visit to purchase");
    world_run(&world, "quantile=0.12");
    assert_string_equal(fact("total.time_p12")->label,
                        "12th percentile of the time from visit to purchase");
    world_end(&world);
}

static void one_that_is_told_in_any_case_is_told_once(void **state)
{
    size_t told = 0;
    (void)state;
    world_begin(&world);
    make_buyers();
    world_run(&world, "quantile=0.9");
    for (size_t i = 0; i < world.sheet.facts; i++)
        told += strcmp(world.sheet.fact[i].metric, "time_p90") == 0;
    assert_int_equal(told, 2); /* of the whole and of the purchase */
    world_run(&world, "");
    assert_null(mkt_sheet_fact(&world.sheet, "total.time_p80"));
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quantile_is_told_that_was_asked_for),
        cmocka_unit_test(one_that_is_told_in_any_case_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
