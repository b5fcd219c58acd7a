#include "funnel_world.h"

#include <math.h>

#include "model/step_rates.h"
#include "num/random.h"

static struct funnel_world world;
static char csv[2 << 20];

static int begin(void **state)
{
    (void)state;
    world_begin(&world);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

MKT_PRINTF(1, 2) static void put(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsprintf(csv + strlen(csv), format, list);
    va_end(list);
}

/* A shop of `users`: mobile users are half as likely to put something into the cart, the chance to
 * buy rises week by week, and those who leave the cart ask for help. A user's events last an hour. */
static void make_shop(int users, uint64_t seed)
{
    struct mkt_random r;
    mkt_random_init(&r, seed, 0);
    strcpy(csv, "user_id,time,event,value,device\n");
    for (int u = 0; u < users; u++) {
        const char *device = u % 2 ? "mobile" : "desktop";
        int day = (int)mkt_random_below(&r, 56), minute = (int)mkt_random_below(&r, 1200);
        double buys = .3 + .008 * day;
#define EVENT(name, value)                                                                         \
    put("u%d,2026-%02d-%02d %02d:%02d:00,%s,%s,%s\n", u, day / 28 + 1, day % 28 + 1, minute / 60,  \
        minute % 60, name, value, device),                                                         \
        minute += 10
        EVENT("visit", "");
        if (mkt_random_uniform(&r) > .8) continue;
        EVENT("product_view", "");
        if (mkt_random_uniform(&r) > (u % 2 ? .3 : .6)) continue;
        EVENT("cart", "");
        if (mkt_random_uniform(&r) > buys) {
            if (mkt_random_uniform(&r) < .7) EVENT("help", "");
            continue;
        }
        if (mkt_random_uniform(&r) < .2) EVENT("help", "");
        EVENT("purchase", u % 3 ? "40" : "60");
    }
    put("last,2026-03-20 08:00:00,help,,desktop\n");
}

static const struct mkt_finding *finding(const char *words)
{
    for (size_t i = 0; i < world.sheet.findings; i++)
        if (strstr(world.sheet.finding[i].claim, words)) return &world.sheet.finding[i];
    return NULL;
}

static void a_shop_is_understood(void **state)
{
    (void)state;
    make_shop(4000, 4);
    world_text(&world, csv);
    world_run(&world, "cohort=week");
    const struct mkt_sheet *s = &world.sheet;
    assert_int_equal(s->status, MKT_ANSWER_OK);
    assert_string_equal(s->provenance.parameter[0].value, "visit > product_view > cart > purchase");
    assert_true(fabs(world_fact(&world, "product_view.rate_from_before") - .8) < .03);
    assert_true(fabs(world_fact(&world, "segment.mobile.rate_cart") - .3) < .04);
    assert_true(fabs(world_fact(&world, "segment.desktop.rate_cart") - .6) < .04);
    assert_true(world_fact(&world, "segment.mobile.p_holm") < 1e-6);
    assert_true(fabs(world_fact(&world, "total.time_median") - 1800) < 5);
    assert_string_equal(mkt_sheet_finding(s, s->headline)->subject, "cart");
    assert_true(s->confidence > .9);
    const struct mkt_finding *f = finding("mobile converts less often than the rest");
    assert_non_null(f);
    assert_true(f->probability > .999 && f->stake > 0);
    f = finding("the conversion rate rises from week to week");
    assert_non_null(f);
    assert_true(f->probability > .99);
    f = finding("those who stop after cart do help next more often");
    assert_non_null(f);
    assert_true(f->probability > .99);
    assert_non_null(finding("Work on the way from product_view to cart first"));
}

/* Every figure has an interval or says why not; tables and findings name facts that are there. */
static void the_sheet_is_sound(void **state)
{
    (void)state;
    make_shop(1500, 5);
    world_text(&world, csv);
    world_run(&world, "steps=visit > product_view > help? > cart > purchase;entry=session");
    const struct mkt_sheet *s = &world.sheet;
    for (size_t i = 0; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        assert_true(isfinite(f->low) || (f->why && *f->why));
        if (isfinite(f->low)) assert_true(f->low <= f->value && f->value <= f->high);
        assert_true(f->n >= 0);
    }
    for (size_t t = 0; t < s->tables; t++)
        for (size_t r = 0; r < s->table[t].rows; r++)
            for (size_t c = 0; c < s->table[t].columns; c++)
                if (s->table[t].row[r].fact[c])
                    assert_non_null(mkt_sheet_fact(s, s->table[t].row[r].fact[c]));
    for (size_t i = 0; i < s->findings; i++) {
        assert_true(s->finding[i].probability > 0 && s->finding[i].probability < 1.0000001);
        for (size_t k = 0; k < s->finding[i].facts; k++)
            assert_non_null(mkt_sheet_fact(s, s->finding[i].fact[k]));
    }
    assert_true(s->charts >= 5);
}

static void optional_steps(void **state)
{
    (void)state;
    make_shop(4000, 6);
    world_text(&world, csv);
    world_run(&world, "steps=visit > cart > help? > purchase");
    /* every cart leads to help in .7 of the lost and .2 of the others */
    assert_true(world_fact(&world, "help.on_with") < world_fact(&world, "help.on_without"));
    const struct mkt_finding *f = finding("those who take help go on less often");
    assert_non_null(f);
    assert_true(f->probability > .99);
    assert_null(mkt_sheet_fact(&world.sheet, "help.lost"));
    assert_true(fabs(world_fact(&world, "purchase.rate_from_before") -
                     world_fact(&world, "purchase.reached") / world_fact(&world, "cart.reached")) <
                1e-12);
    world_run(&world, "steps=visit > cart > purchase;exclude=help");
    double without = world_fact(&world, "total.converted");
    world_run(&world, "steps=visit > cart > purchase");
    assert_true(without < .9 * world_fact(&world, "total.converted"));
    world_run(&world, "steps=visit > cart > purchase;order=strict");
    assert_true(world_fact(&world, "total.converted") == 0); /* a product was viewed before */
    world_run(&world, "steps=purchase > visit;order=any");
    assert_true(world_fact(&world, "total.conversion_rate") == 1);
    world_run(&world, "steps=visit > purchase[value>=50]");
    double dear = world_fact(&world, "total.converted");
    assert_true(world_fact(&world, "total.value") == 60 * dear);
    world_run(&world, "steps=visit[device=mobile] > purchase");
    assert_true(world_fact(&world, "visit_device_mobile.reached") > 1000);
}

/* ---- parameters --------------------------------------------------------------------------------- */

static void what_is_asked_is_checked(void **state)
{
    (void)state;
    make_shop(50, 7);
    world_text(&world, csv);
    world_refuses(&world, "steps=visit > purchse", "near names: \"purchase\"");
    world_refuses(&world, "steps=visit", "a funnel needs two");
    world_refuses(&world, "steps=visit? > purchase", "take the ? from \"visit\"");
    world_refuses(&world, "steps=visit > purchase?", "take the ? from \"purchase\"");
    world_refuses(&world, "steps=visit > help? > purchase;order=any", "in any order no step");
    world_refuses(&world, "window=0", "window takes a length of time");
    world_refuses(&world, "window=0d", "not \"0d\"");
    world_refuses(&world, "session_gap=soon", "session_gap takes a length of time");
    world_refuses(&world, "order=random", "order is ordered, strict or any, not \"random\"");
    world_refuses(&world, "entry=visit", "entry is user or session");
    world_refuses(&world, "cohort=year", "cohort is day, week, month or auto");
    world_refuses(&world, "segment=colour", "no property \"colour\"; they have \"device\"");
    world_refuses(&world, "exclude=hlep", "exclude: no event is named \"hlep\"");
    world_refuses(&world, "exclude=help?", "has no meaning");
    world_run(&world, "segment=none");
    assert_null(mkt_sheet_fact(&world.sheet, "segment.mobile.entered"));
    world_run(&world, "cohort=day"); /* 1 January to 20 March */
    for (size_t i = 0; i < world.sheet.charts; i++)
        if (strcmp(world.sheet.chart[i].id, "trend") == 0)
            assert_in_range(world.sheet.chart[i].points, 70, 79);
}

/* ---- bad input ---------------------------------------------------------------------------------- */

static void steps_that_never_occur(void **state)
{
    (void)state;
    make_shop(300, 8);
    world_text(&world, csv);
    world_run(&world, "steps=visit > purchase[value>=1000] > help");
    assert_int_equal(world.sheet.status, MKT_ANSWER_LIMITED);
    assert_non_null(strstr(world_caveat(&world, "step_never_reached"), "no user reached purchase"));
    assert_true(world_fact(&world, "purchase_value_1000.rate_from_before") == 0);
    assert_true(mkt_sheet_fact(&world.sheet, "purchase_value_1000.rate_from_before")->high > 0);
    assert_null(mkt_sheet_fact(&world.sheet, "help.rate_from_before")); /* of nobody */
    assert_null(world.sheet.headline);
    world_run(&world, "steps=visit[device=tablet] > purchase");
    assert_int_equal(world.sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(world.sheet.missing[0], "first step, \"visit[device=tablet]\""));
}

static void steps_that_repeat(void **state)
{
    (void)state;
    world_text(&world, "user_id,time,event\n"
                       "a,2026-01-01 08:00,visit\na,2026-01-01 09:00,visit\n"
                       "a,2026-01-01 10:00,visit\nb,2026-01-01 08:00,visit\n"
                       "c,2026-03-01 08:00,other\n");
    world_run(&world, "steps=visit > visit > visit");
    assert_true(world_fact(&world, "visit.reached") == 2);
    assert_true(world_fact(&world, "visit_2.reached") == 1);
    assert_true(world_fact(&world, "visit_3.reached") == 1);
    /* which of them is meant is said */
    assert_string_equal(mkt_sheet_fact(&world.sheet, "visit_2.reached")->entity, "visit (2)");
    assert_non_null(strstr(mkt_sheet_fact(&world.sheet, "visit_3.reached")->label, "visit (3)"));
    world_run(&world, "steps=visit > visit > visit;order=any");
    assert_true(world_fact(&world, "visit_3.reached") == 1);
}

static void one_user(void **state)
{
    (void)state;
    world_text(&world, "user_id,time,event,value\na,2026-01-01 08:00,visit,\n"
                       "a,2026-01-01 09:00,purchase,-5\n");
    world_run(&world, "");
    assert_non_null(world_caveat(&world, "all_open")); /* no window has closed */
    assert_int_equal(world.sheet.status, MKT_ANSWER_LIMITED);
    assert_non_null(strstr(world_caveat(&world, "few_entries"), "1 user entered"));
    assert_non_null(strstr(world_caveat(&world, "negative_values"), "1 of"));
    assert_true(world_fact(&world, "total.value") == -5);
    assert_true(world_fact(&world, "total.conversion_rate") == 1);
    assert_null(mkt_sheet_fact(&world.sheet, "total.value_per_entry")); /* no mean worth telling */
}

static void everything_at_one_time(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event\n");
    for (int u = 0; u < 200; u++)
        for (int k = 0; k < 4; k++)
            put("u%d,2026-01-01 08:00:00,%s\n", u,
                k == 0   ? "purchase"
                : k == 1 ? "cart"
                : k == 2 ? "product_view"
                         : "visit");
    world_text(&world, csv);
    world_run(&world, "");
    assert_non_null(world_caveat(&world, "one_moment"));
    assert_int_equal(world.sheet.status, MKT_ANSWER_LIMITED);
    assert_true(world_fact(&world, "total.conversion_rate") == 1);
    assert_true(world_fact(&world, "total.time_median") == 0);
}

static void days_instead_of_times(void **state)
{
    (void)state;
    strcpy(csv, "user_id,date,event\n");
    for (int u = 0; u < 200; u++)
        put("u%d,2026-01-%02d,purchase\nu%d,2026-01-%02d,visit\n", u, 1 + u % 20, u, 1 + u % 20);
    world_text(&world, csv);
    world_run(&world, "window=1d");
    assert_non_null(strstr(world_caveat(&world, "days_only"), "whole days"));
    assert_true(world_fact(&world, "total.conversion_rate") == 1);
}

static void many_steps(void **state)
{
    char parameters[4096] = "steps=s0";
    (void)state;
    strcpy(csv, "user_id,time,event\n");
    for (int u = 0; u < 120; u++)
        for (int k = 0; k <= u; k++)
            put("u%d,2026-01-01 %02d:%02d:%02d,s%d\n", u, k / 60, k % 60, u % 60, k);
    put("z,2026-03-01 08:00,other\n");
    world_text(&world, csv);
    for (int k = 1; k < 120; k++) sprintf(parameters + strlen(parameters), " > s%d", k);
    world_run(&world, parameters);
    for (int k = 0; k < 120; k++) {
        char id[32];
        snprintf(id, sizeof id, "s%d.reached", k);
        assert_true(world_fact(&world, id) == 120 - k);
    }
}

static void five_thousand_names(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event\n");
    for (int i = 0; i < 5000; i++)
        put("u%d,2026-01-%02d %02d:00,page %d\nu%d,2026-01-%02d %02d:30,visit\n", i % 900,
            1 + i % 10, i % 24, i, i % 900, 1 + i % 10, i % 24);
    put("z,2026-03-01 08:00,purchase\n");
    world_text(&world, csv);
    world_run(&world, "");
    assert_true(world_fact(&world, "total.entered") == 900);
    world_refuses(&world, "steps=visit > page 50000", "near names: \"page ");
}

static void wrong_clocks(void **state)
{
    (void)state;
    make_shop(500, 9);
    put("u1,9999-01-01 00:00:00,visit,,mobile\nu2,999999999-01-01 00:00:00,visit,,mobile\n");
    world_text(&world, csv);
    world_run(&world, "");
    assert_non_null(strstr(world_caveat(&world, "wrong_clocks"), "1 of"));
    assert_int_equal(world.sheet.provenance.period.last, mkt_date_days(2026, 3, 20));
}

static void open_attempts(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event\n");
    for (int u = 0; u < 300; u++) {
        put("u%d,2026-01-%02d 08:00,visit\n", u, 1 + u % 30);
        if (u % 3 == 0) put("u%d,2026-01-%02d 09:00,purchase\n", u, 1 + u % 30);
    }
    world_text(&world, csv);
    world_run(&world, "cohort=day"); /* 14 days before 30 January, 8:00, the end included */
    assert_true(world_fact(&world, "total.open") == 140);
    assert_true(world_fact(&world, "total.entered") == 160);
    assert_non_null(strstr(world_caveat(&world, "open_attempts"), "140 of 300 users"));
    assert_non_null(mkt_sheet_fact(&world.sheet, "cohort.2026-01-15.conversion_rate"));
    assert_null(mkt_sheet_fact(&world.sheet, "cohort.2026-01-17.conversion_rate"));
    assert_non_null(mkt_sheet_fact(&world.sheet, "cohort.2026-01-17.rate_so_far"));
    world_run(&world, "open=1");
    assert_true(world_fact(&world, "total.entered") == 300);
    assert_non_null(world_caveat(&world, "open_counted"));
}

static void nothing_to_answer_with(void **state)
{
    (void)state;
    world_text(&world, "user_id,time,event\na,2026-01-01 08:00,visit\nb,2026-01-02 08:00,visit\n");
    world_run(&world, "");
    assert_int_equal(world.sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(world.sheet.missing[0], "a single kind of event"));
    world_text(&world, "date,channel,spend\n2026-01-01,search,10\n");
    world_run(&world, "");
    assert_int_equal(world.sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(world.sheet.missing[0], "no table of events"));
}

/* The same answer whatever the order of rows and the number of threads. */
static void same_bytes(void **state)
{
    (void)state;
    make_shop(1000, 10);
    world_text(&world, csv);
    world_run(&world, "");
    size_t facts = world.sheet.facts;
    struct mkt_fact *first = malloc(facts * sizeof *first);
    assert_non_null(first);
    memcpy(first, world.sheet.fact, facts * sizeof *first);
    /* rows backwards */
    static char line[40000][96], back[sizeof csv];
    size_t n = 0;
    char *rest = NULL;
    for (char *p = strtok_r(csv, "\n", &rest); p; p = strtok_r(NULL, "\n", &rest))
        snprintf(line[n++], sizeof line[0], "%s", p);
    strcpy(back, line[0]);
    char *to = back + strlen(back);
    for (size_t i = n; i-- > 1;) to += sprintf(to, "\n%s", line[i]);
    strcpy(to, "\n");
    world_text(&world, back);
    world_run(&world, "");
    assert_int_equal(facts, world.sheet.facts);
    for (size_t i = 0; i < facts; i++) {
        assert_string_equal(first[i].id, world.sheet.fact[i].id);
        assert_memory_equal(&first[i].value, &world.sheet.fact[i].value, sizeof first[i].value);
        assert_memory_equal(&first[i].low, &world.sheet.fact[i].low, sizeof first[i].low);
    }
    free(first);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* What would bend a figure is said with it. */
static void values_and_times_that_bend_figures(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event,value\n");
    for (int u = 0; u < 200; u++) {
        put("u%d,2026-01-%02d 10:00:00,%s,\n", u, 1 + u % 28, u % 5 ? "visit" : "Visit");
        if (u % 2)
            put("u%d,2026-01-%02d 11:00:00,purchase,%s\n", u, 1 + u % 28,
                u % 4 == 1 ? ""
                : u == 3   ? "1000000"
                           : "10");
    }
    put("last,2026-03-20 08:00:00,visit,\n");
    world_text(&world, csv);
    world_run(&world, "");
    assert_true(world_fact(&world, "total.entered") == 200);
    assert_true(world_fact(&world, "total.converted") == 100);
    assert_non_null(strstr(world_caveat(&world, "unvalued"), "50 of 100 conversions"));
    assert_non_null(strstr(world_caveat(&world, "value_of_few"), "as if 1 of 100"));
    assert_non_null(strstr(world_caveat(&world, "respelled"), "\"visit\" (also \"Visit\""));
    assert_non_null(strstr(world.sheet.verdict, "Of 200 users that entered at visit, 100 reached "
                                                "purchase: 50.0 %"));
    /* whole days: nobody takes no time */
    strcpy(csv, "user_id,time,event,value\n");
    for (int u = 0; u < 200; u++) {
        put("u%d,2026-01-%02d,visit,\n", u, 1 + u % 28);
        if (u % 2) put("u%d,2026-01-%02d,purchase,10\n", u, 1 + u % 28);
    }
    put("last,2026-03-20,visit,\n");
    world_text(&world, csv);
    world_run(&world, "");
    assert_true(world_fact(&world, "total.converted") == 100);
    assert_null(mkt_sheet_fact(&world.sheet, "total.time_median"));
    assert_non_null(world_caveat(&world, "days_only"));
    assert_null(world_caveat(&world, "unvalued"));
    assert_null(world_caveat(&world, "value_of_few"));
    for (size_t i = 0; i < world.sheet.charts; i++)
        assert_string_not_equal(world.sheet.chart[i].id, "times");
}

/* Segments and conditions take values that differ in capitals for one, and the answer says so. */
static void values_of_one_spelling(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event,device,plan\n");
    for (int u = 0; u < 200; u++) {
        const char *device = u % 2 ? "desktop" : u % 8 ? "mobile" : "MOBILE ";
        const char *plan = u % 3 ? "Pro" : "pro";
        put("u%d,2026-01-%02d 10:00:00,visit,%s,%s\n", u, 1 + u % 28, device, plan);
        if (u % 4) put("u%d,2026-01-%02d 11:00:00,buy,%s,%s\n", u, 1 + u % 28, device, plan);
    }
    put("last,2026-03-20 08:00:00,visit,desktop,Pro\n");
    world_text(&world, csv);
    world_run(&world, "steps=visit > buy;segment=device");
    assert_true(world_fact(&world, "segment.mobile.entered") == 100);
    assert_null(mkt_sheet_fact(&world.sheet, "segment.mobile_2.entered"));
    const char *said = world_caveat(&world, "respelled_values");
    assert_non_null(said);
    assert_non_null(strstr(said, "device: \"mobile\" (also \"MOBILE\")"));
    assert_null(strstr(said, "plan")); /* nothing was asked of it */
    world_run(&world, "steps=visit > buy[plan=pro];segment=none");
    assert_true(world_fact(&world, "total.converted") == 150);
    assert_non_null(strstr(world_caveat(&world, "respelled_values"), "plan: \"Pro\" (also"));
}

/* Rows that cannot be read are named. */
static void broken_rows_are_named(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event,value\n");
    for (int u = 0; u < 100; u++) {
        put("u%d,2026-01-%02d 10:00:00,visit,\n", u, 1 + u % 28);
        put("%s,2026-01-%02d 1%s:00:00,%s,%s\n", u == 10 ? "" : "u1", 1 + u % 28,
            u == 20 ? "x" : "1", u == 30 ? "" : "order", u == 40 ? "free" : "5");
    }
    world_text(&world, csv);
    world_run(&world, "");
    assert_non_null(strstr(world_caveat(&world, "broken_rows"), "3 of 200 rows"));
    assert_non_null(strstr(world_caveat(&world, "nobody"), "1 of 200 rows"));
    const struct mkt_account *a = world.sheet.provenance.account;
    static const char *const column[] = {"time", "event", "value"};
    assert_int_equal(a->faults, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(a->fault[i].row, 20 * (int)(i + 2) + 2);
        assert_string_equal(a->fault[i].column, column[i]);
    }
    assert_string_equal(a->fault[2].value, "free");
}

/* Who comes back is told of weeks that have ended, and of no others. */
static void weeks_that_have_not_ended_tell_nothing(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event\n");
    for (int u = 0; u < 80; u++)
        for (int day = u < 50 ? 5 : 12; day < 22; day += 7) {
            put("u%d,2026-01-%02d 10:00:00,visit\n", u, day);
            put("u%d,2026-01-%02d 11:00:00,order\n", u, day);
        }
    put("u1,2026-01-21 10:00:00,visit\n"); /* a Wednesday: its week has not ended */
    world_text(&world, csv);
    world_run(&world, "cohort=week;window=1d");
    size_t first = 0, all = 0;
    for (size_t i = 0; i < world.sheet.facts; i++) {
        const struct mkt_fact *f = &world.sheet.fact[i];
        assert_string_not_equal(f->metric, "bounded_2");
        assert_string_not_equal(f->metric, "rolling_2");
        if (strcmp(f->metric, "bounded_1") != 0) continue;
        assert_int_equal(f->n, 50);
        assert_true(f->value == 1);
        first += f->entity != NULL;
        all += f->entity == NULL;
    }
    assert_int_equal(first, 1);
    assert_int_equal(all, 1);
    /* on Sunday night it has */
    put("last,2026-01-25 23:59:59,visit\nlast,2026-01-26 00:00:00,visit\n");
    world_text(&world, csv);
    world_run(&world, "cohort=week;window=1d");
    first = 0;
    for (size_t i = 0; i < world.sheet.facts; i++)
        first += strcmp(world.sheet.fact[i].metric, "bounded_2") == 0 && world.sheet.fact[i].entity;
    assert_int_equal(first, 1);
}

/* Times to a step count from the needed step before it; a unit belongs to the segment that it entered
 * with, whatever its later events say. */
static void times_and_segments_of_one_user(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event,device\n");
    for (int u = 0; u < 120; u++) {
        const char *first = u % 2 ? "mobile" : "desktop";
        put("u%d,2026-01-%02d 10:00:00,visit,%s\n", u, 1 + u % 28, first);
        put("u%d,2026-01-%02d 10:45:00,coupon,tablet\n", u, 1 + u % 28);
        put("u%d,2026-01-%02d 11:00:00,purchase,tablet\n", u, 1 + u % 28);
    }
    put("last,2026-03-20 08:00:00,help,tablet\n");
    world_text(&world, csv);
    world_run(&world, "steps=visit > coupon? > purchase;window=1d");
    assert_true(world_fact(&world, "purchase.time_median") == 3600);
    assert_true(world_fact(&world, "coupon.time_median") == 2700);
    assert_true(world_fact(&world, "segment.mobile.entered") == 60);
    assert_true(world_fact(&world, "segment.desktop.entered") == 60);
    assert_null(mkt_sheet_fact(&world.sheet, "segment.tablet.entered"));
}

/* Holm's p values are not Benjamini and Hochberg's: with few tests that are alike, they are larger. */
static void segments_have_both_corrections(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event,device\n");
    for (int u = 0; u < 2000; u++) {
        put("u%d,2026-01-%02d 10:00:00,visit,d%d\n", u, 1 + u % 28, u % 4);
        if (u / 4 % 100 < (u % 4 == 0 ? 40 : u % 4 == 1 ? 52 : 47))
            put("u%d,2026-01-%02d 11:00:00,purchase,d%d\n", u, 1 + u % 28, u % 4);
    }
    put("last,2026-03-20 08:00:00,help,d0\n");
    world_text(&world, csv);
    world_run(&world, "steps=visit > purchase;window=1d");
    double holm[2], bh[2];
    for (int d = 0; d < 2; d++) {
        char id[40];
        sprintf(id, "segment.d%d.p_holm", d);
        holm[d] = world_fact(&world, id);
        sprintf(id, "segment.d%d.p_bh", d);
        bh[d] = world_fact(&world, id);
    }
    /* the least of n p values is n p by either; the second (n - 1) p by Holm, n p / 2 by the other */
    double p[2];
    for (int d = 0; d < 2; d++) {
        double x = d ? 260 : 200;
        p[d] = mkt_step_rates_compare(x, 500, 930 - x, 1500, 1, .95).p;
    }
    double tests = holm[0] / p[0];
    assert_true(fabs(tests - nearbyint(tests)) < 1e-9 && tests >= 4);
    assert_true(p[0] < p[1]);
    assert_true(fabs(holm[1] - (tests == 4 ? 3 : 6) * p[1]) < 1e-9 * p[1] ||
                fabs(holm[1] - holm[0]) < 1e-12);
    assert_true(bh[1] < holm[1]);
}

/* Cohorts that can still convert are no part of the trend. */
static void open_cohorts_are_no_trend(void **state)
{
    (void)state;
    struct mkt_random r;
    mkt_random_init(&r, 8, 0);
    strcpy(csv, "user_id,time,event\n");
    for (int day = 0; day < 56; day++)
        for (int k = 0; k < 40; k++) {
            int u = day * 40 + k, at = day + (int)mkt_random_below(&r, 10); /* buys days later */
            put("u%d,2026-%02d-%02d 10:00:00,visit\n", u, day / 28 + 1, day % 28 + 1);
            if (mkt_random_uniform(&r) < .5 && at < 56)
                put("u%d,2026-%02d-%02d 11:00:00,purchase\n", u, at / 28 + 1, at % 28 + 1);
        }
    world_text(&world, csv);
    world_run(&world, "steps=visit > purchase;cohort=week;window=14d");
    const struct mkt_fact *f = mkt_sheet_fact(&world.sheet, "trend.slope");
    assert_non_null(f);
    size_t closed = 0;
    for (size_t i = 0; i < world.sheet.facts; i++)
        closed += strcmp(world.sheet.fact[i].scope, "cohort") == 0 &&
                  strcmp(world.sheet.fact[i].metric, "conversion_rate") == 0 &&
                  isfinite(world.sheet.fact[i].low);
    assert_int_equal(f->n, closed);
    assert_true(closed >= 5 && closed < 8);
    assert_true(f->low < 0 && f->high > 0); /* those still open would make it fall */
}

static void too_many_segments_are_none(void **state)
{
    (void)state;
    strcpy(csv, "user_id,time,event,segment\n");
    for (int u = 0; u < 1100; u++) {
        put("u%d,2026-01-%02d 10:00:00,visit,s%d\n", u, 1 + u % 28, u);
        if (u % 2) put("u%d,2026-01-%02d 11:00:00,order,s%d\n", u, 1 + u % 28, u);
    }
    world_text(&world, csv);
    world_run(&world, "window=1d");
    assert_non_null(
        strstr(world_caveat(&world, "no_segments"), "segment has more than 1,000 values"));
    assert_true(world_fact(&world, "total.conversion_rate") > .4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(too_many_segments_are_none, begin, end),
        cmocka_unit_test_setup_teardown(times_and_segments_of_one_user, begin, end),
        cmocka_unit_test_setup_teardown(segments_have_both_corrections, begin, end),
        cmocka_unit_test_setup_teardown(open_cohorts_are_no_trend, begin, end),
        cmocka_unit_test_setup_teardown(weeks_that_have_not_ended_tell_nothing, begin, end),
        cmocka_unit_test_setup_teardown(values_and_times_that_bend_figures, begin, end),
        cmocka_unit_test_setup_teardown(values_of_one_spelling, begin, end),
        cmocka_unit_test_setup_teardown(broken_rows_are_named, begin, end),
        CASE(a_shop_is_understood),
        CASE(the_sheet_is_sound),
        CASE(optional_steps),
        CASE(what_is_asked_is_checked),
        CASE(steps_that_never_occur),
        CASE(steps_that_repeat),
        CASE(one_user),
        CASE(everything_at_one_time),
        CASE(days_instead_of_times),
        CASE(many_steps),
        CASE(five_thousand_names),
        CASE(wrong_clocks),
        CASE(open_attempts),
        CASE(nothing_to_answer_with),
        CASE(same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
