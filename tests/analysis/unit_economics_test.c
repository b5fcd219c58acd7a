/* unit_economics from the files to the facts: golden folders, bad input, what is ready for finance. */
#include "analysis/unit_economics.h"

#include <math.h>

#include "../source/scratch.h"
#include "simulate/company.h"
#include "simulate/company_files.h"

#define GOLDEN "tests/golden/unit_economics/"
#define FIRST 20000 /* 2024-10-04 */

static struct scratch files;
static struct mkt_arena arena;
static struct mkt_dataset *dataset;
static struct mkt_sheet sheet;
static struct mkt_err err;

static int begin(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    scratch_open(&files);
    return mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK;
}

static int end(void **state)
{
    (void)state;
    mkt_dataset_close(dataset);
    dataset = NULL;
    mkt_arena_close(&arena);
    scratch_close(&files);
    return 0;
}

/* Parameters as "margin=0.4;horizon=3". */
static mkt_status ask(const char *path, const char *parameters, int threads)
{
    const struct mkt_analysis *a = mkt_analysis_find("unit_economics");
    static struct mkt_args args;
    static char text[512];
    args = (struct mkt_args){{0}};
    snprintf(text, sizeof text, "%s", parameters);
    for (char *p = strtok(text, ";\n"); p; p = strtok(NULL, ";\n")) {
        char *value = strchr(p, '=');
        *value++ = '\0';
        MKT_TRY(mkt_args_set(&args, a, p, value, &err));
    }
    mkt_dataset_close(dataset);
    dataset = NULL;
    mkt_arena_reset(&arena, 0);
    MKT_TRY(mkt_dataset_open(path, &(struct mkt_dataset_options){.today = 40000, .threads = 1},
                             &dataset, &err));
    mkt_sheet_init(&sheet, &arena);
    struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = a, .args = &args, .threads = threads};
    return a->run(&run, &sheet, &err);
}

static void answer(const char *path, const char *parameters)
{
    if (ask(path, parameters, 2) != MKT_OK) fail_msg("%s", err.text);
}

static const struct mkt_fact *fact(const char *id)
{
    const struct mkt_fact *f = mkt_sheet_fact(&sheet, id);
    if (!f) fail_msg("there is no fact %s", id);
    return f;
}

static bool has_caveat(const char *id)
{
    for (size_t i = 0; i < sheet.caveats; i++)
        if (strcmp(sheet.caveat[i].id, id) == 0) return true;
    return false;
}

static void near(double got, double want, double tolerance, const char *what)
{
    if (!(fabs(got - want) <= tolerance)) fail_msg("%s is %.12g, not %.12g", what, got, want);
}

/* ---- golden folders ------------------------------------------------------------------------- */

static void read_text(const char *folder, const char *name, char *out, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, GOLDEN "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("cannot open %s", path);
    out[fread(out, 1, size - 1, f)] = '\0';
    fclose(f);
}

static void check_folder(const char *folder)
{
    static char parameters[512], expected[8192];
    char path[256];
    int lines = 0;
    read_text(folder, "parameters.txt", parameters, sizeof parameters);
    read_text(folder, "expected.txt", expected, sizeof expected);
    snprintf(path, sizeof path, GOLDEN "%s", folder);
    answer(path, parameters);
    for (char *rest = expected, *line; (line = strtok_r(rest, "\n", &rest)); lines++) {
        char first[128], second[64], third[64];
        int n = sscanf(line, "%127s %63s %63s", first, second, third);
        if (strcmp(first, "status") == 0)
            assert_string_equal(mkt_answer_status_name(sheet.status), second);
        else if (strcmp(first, "caveat") == 0)
            assert_true(has_caveat(second));
        else if (strcmp(first, "absent") == 0)
            assert_null(mkt_sheet_fact(&sheet, second));
        else
            near(fact(first)->value, strtod(second, NULL), n == 3 ? strtod(third, NULL) : 0, first);
    }
    assert_true(lines > 10);
}

static void golden_folders_agree(void **state)
{
    (void)state;
    check_folder("shop");
    check_folder("first_orders");
}

/* ---- a company to spoil ---------------------------------------------------------------------- */

enum { WITH_COST = 1, WITH_CUSTOMERS = 2, WITH_SPEND = 4, WITH_ORGANIC = 8, BACKWARDS = 16 };

static void add_line(char *out, size_t size, const char *line, bool backwards)
{
    size_t n = strlen(out), k = strlen(line);
    assert_true(n + k + 1 < size);
    if (backwards) {
        memmove(out + k, out, n + 1);
        memcpy(out, line, k);
    } else {
        memcpy(out + n, line, k + 1);
    }
}

/* 120 days; two channels; 1 to 3 customers a day and channel, half of whom come back after 20 days. */
static void write_company(unsigned how)
{
    static char orders[1 << 20], customers[1 << 18], spend[1 << 16], line[256],
        all[(1 << 20) + 128];
    char day[MKT_DATE_TEXT];
    bool back = how & BACKWARDS;
    *orders = *customers = *spend = '\0';
    for (int t = 0, id = 0; t < 120; t++)
        for (int k = 0; k < (how & WITH_ORGANIC ? 3 : 2); k++) {
            const char *channel = k == 0 ? "search" : k == 1 ? "social" : "organic";
            mkt_date_text(FIRST + t, day);
            snprintf(line, sizeof line, "%s,%s,%d.50\n", day, channel, 20 + 10 * k + t % 7);
            if (k < 2) add_line(spend, sizeof spend, line, back);
            for (int n = 0; n < 1 + (t * 7 + k * 3) % 3; n++) {
                id++;
                snprintf(line, sizeof line, "c%04d,%s,%s,%s\n", id, day, channel,
                         id % 2 ? "new" : "old");
                add_line(customers, sizeof customers, line, back);
                for (int o = 0; o < 1 + id % 2; o++) {
                    int amount = 30 + id % 11 + o;
                    mkt_date_text(FIRST + t + 20 * o, day);
                    snprintf(line, sizeof line,
                             how & WITH_COST ? "c%04d,%s,%d,%s,%d.25\n" : "c%04d,%s,%d,%s\n", id,
                             day, amount, channel, amount / 3);
                    add_line(orders, sizeof orders, line, back);
                }
                mkt_date_text(FIRST + t, day);
            }
        }
    snprintf(all, sizeof all, "customer_id,date,amount,channel%s\n%s",
             how & WITH_COST ? ",cost" : "", orders);
    scratch_write(&files, "orders.csv", all);
    snprintf(all, sizeof all, "customer_id,signup_date,channel,segment\n%s", customers);
    if (how & WITH_CUSTOMERS) scratch_write(&files, "customers.csv", all);
    snprintf(all, sizeof all, "date,channel,spend\n%s", spend);
    if (how & WITH_SPEND) scratch_write(&files, "performance.csv", all);
}

#define WHOLE (WITH_COST | WITH_CUSTOMERS | WITH_SPEND)

static void all_is_there_for_finance(void **state)
{
    static const char *const needed[] = {"total.cac",
                                         "total.ltv",
                                         "total.ltv_to_cac",
                                         "total.payback_months",
                                         "search.cac",
                                         "social.cac",
                                         "segment.new.ltv",
                                         "total.npv",
                                         "total.paid_back",
                                         "total.contribution",
                                         "scenario.all_down.npv",
                                         "kind.search.cac",
                                         "sensitivity.price.npv_swing"};
    (void)state;
    write_company(WHOLE | WITH_ORGANIC);
    answer(files.folder, "horizon=2");
    assert_int_equal(sheet.status, MKT_ANSWER_OK);
    assert_true(sheet.collaboration_ready);
    assert_string_equal(sheet.analysis_type, "campaign_roi");
    assert_int_equal(sheet.provenance.seed, 1);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) fact(needed[i]);
    const struct mkt_fact *npv = fact("total.npv");
    assert_true(npv->low < npv->value && npv->value < npv->high);
    /* NPV is what the present value per unit of spend says */
    assert_true((npv->value > 0) == (fact("total.present_per_spend")->value > 1));
    assert_true(fact("total.blended_cac")->value < fact("total.cac")->value);
    assert_non_null(mkt_sheet_finding(&sheet, sheet.headline));
    assert_true(has_caveat("attributed_only")); /* it says that it cannot tell what was caused */
}

/* The same rows in another order, and on other threads, are the same answer to the last bit. */
static void order_and_threads_change_nothing(void **state)
{
    static double value[4096], low[4096];
    (void)state;
    write_company(WHOLE);
    answer(files.folder, "horizon=2");
    size_t n = sheet.facts;
    assert_true(n > 100 && n < 4096);
    for (size_t i = 0; i < n; i++) value[i] = sheet.fact[i].value, low[i] = sheet.fact[i].low;
    write_company(WHOLE | BACKWARDS);
    assert_int_equal(ask(files.folder, "horizon=2", 1), MKT_OK);
    assert_int_equal(sheet.facts, n);
    for (size_t i = 0; i < n; i++) {
        assert_memory_equal(&value[i], &sheet.fact[i].value, sizeof(double));
        if (!isnan(low[i])) assert_memory_equal(&low[i], &sheet.fact[i].low, sizeof(double));
    }
}

/* Writes a letter as a capital for one in four. */
static void spell_some(const char *file, char mark, char as)
{
    static char text[1 << 20];
    char path[400];
    int n = 0;
    snprintf(path, sizeof path, "%s/%s", files.folder, file);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    for (char *at = strchr(text, '\n'); (at = strchr(at, mark)); at++)
        if (n++ % 4 == 3) *at = as;
    scratch_write(&files, file, text);
}

/* Channels and segments are one whatever the capitals, also where spend writes them otherwise. */
static void spellings_change_nothing(void **state)
{
    static double value[4096];
    (void)state;
    write_company(WHOLE);
    answer(files.folder, "horizon=2");
    size_t n = sheet.facts;
    for (size_t i = 0; i < n; i++) value[i] = sheet.fact[i].value;
    assert_false(has_caveat("respelled") || has_caveat("respelled_segments"));
    spell_some("orders.csv", 'h', 'H');
    spell_some("customers.csv", 'w', 'W');
    spell_some("performance.csv", 's', 'S');
    answer(files.folder, "horizon=2");
    assert_int_equal(sheet.facts, n);
    for (size_t i = 0; i < n; i++) assert_memory_equal(&value[i], &sheet.fact[i].value, 8);
    assert_true(has_caveat("respelled") && has_caveat("respelled_segments"));
}

/* Spend that writes a channel otherwise than orders do, accents included. */
static void spend_finds_its_customers(void **state)
{
    static char text[1 << 16] = "customer_id,date,amount,channel,cost\n";
    (void)state;
    for (int i = 0; i < 400; i++)
        sprintf(text + strlen(text), "c%d,2025-01-%02d,20,%s,5\n", i, 1 + i % 28,
                i % 2 ? "CAF\xc3\x89" : "search");
    scratch_write(&files, "orders.csv", text);
    scratch_write(&files, "performance.csv",
                  "date,channel,spend\n2025-01-01,caf\xc3\xa9,100\n2025-01-28,Search,300\n");
    answer(files.folder, "horizon=1");
    near(fact("total.new_customers")->value, 400, 0, "customers");
    near(fact("total.cac")->value, 1, 1e-9, "CAC");
    near(fact("caf.cac")->value, .5, 1e-9, "CAC of the cafe");
}

static double sum_of(const char *scope, const char *metric)
{
    double sum = 0;
    for (size_t i = 0; i < sheet.facts; i++)
        if (strcmp(sheet.fact[i].scope, scope) == 0 && strcmp(sheet.fact[i].metric, metric) == 0)
            sum += sheet.fact[i].value;
    return sum;
}

/* What finance computes with the answer comes out as the answer says. */
static void figures_agree_with_each_other(void **state)
{
    (void)state;
    write_company(WHOLE);
    answer(files.folder, "horizon=2;discount=0.3");
    double spend = fact("total.spend")->value, npv = fact("total.npv")->value, worth = 0;
    const char *const scopes[] = {"channel", "kind", "month", "cohort"};
    for (size_t i = 0; i < 4; i++) near(sum_of(scopes[i], "spend"), spend, 1e-6, scopes[i]);
    near(sum_of("channel", "contribution"), fact("total.contribution")->value, 1e-6, "channels");
    near(sum_of("segment", "contribution"), fact("total.contribution")->value, 1e-6, "segments");
    near(sum_of("month", "contribution"), fact("total.contribution")->value, 1e-6, "months");
    near(sum_of("cohort", "new_customers"), fact("total.new_customers")->value, 0, "cohorts");
    near(sum_of("channel", "npv"), npv, 1e-4, "NPV of channels");
    int t = 0;
    for (size_t i = 0; i < sheet.facts; i++)
        if (strcmp(sheet.fact[i].scope, "month") == 0 && strcmp(sheet.fact[i].metric, "net") == 0)
            worth += sheet.fact[i].value * pow(1.3, -t++ / 12.0);
    near(worth, npv, 1e-6, "NPV of months");
    near(fact("scenario.base.npv")->value, npv, 1e-6, "base");
    near(fact("total.ltv_to_cac")->value, fact("total.ltv")->value / fact("total.cac")->value, 1e-9,
         "LTV:CAC");
    near(fact("sensitivity.price.npv_up")->value, fact("scenario.price_up.npv")->value, 1e-6,
         "prices 10 % higher");
    /* the discount rate does not touch what is not discounted */
    double contribution = fact("total.contribution")->value;
    answer(files.folder, "horizon=2;discount=0");
    near(fact("total.npv")->value, contribution - spend, 1e-6, "NPV at nothing");
    near(fact("total.contribution")->value, contribution, 0, "contribution");
}

/* 100 spent, 230 back a year later, 132 spent after another: 10 % and 20 % a year. */
static void several_rates_are_said(void **state)
{
    static char text[4096] = "order_id,customer_id,date,amount,channel\n";
    (void)state;
    scratch_write(&files, "performance.csv",
                  "date,channel,spend\n2025-01-01,search,100\n2027-01-01,search,132\n");
    sprintf(text + strlen(text), "o1,old,2025-01-01,5,direct\n");
    for (int i = 0; i < 23; i++)
        sprintf(text + strlen(text), "n%d,c%d,2026-01-05,10,search\n", i, i);
    sprintf(text + strlen(text), "o2,old,2027-01-10,5,direct\n");
    scratch_write(&files, "orders.csv", text);
    answer(files.folder, "margin=1");
    assert_null(mkt_sheet_fact(&sheet, "total.irr"));
    for (size_t i = 0; i < sheet.caveats; i++)
        if (strcmp(sheet.caveat[i].id, "several_irr") == 0) {
            if (!strstr(sheet.caveat[i].text, "+10.0 % and +20.0 %"))
                fail_msg("%s", sheet.caveat[i].text);
            return;
        }
    fail_msg("that there are several rates is not said");
}

/* ---- bad input -------------------------------------------------------------------------------- */

static void insufficient(const char *words)
{
    assert_int_equal(sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_false(sheet.collaboration_ready);
    assert_true(sheet.missings > 0);
    if (!strstr(sheet.missing[0], words)) fail_msg("\"%s\" is not in: %s", words, sheet.missing[0]);
}

static void limited(const char *caveat)
{
    assert_int_equal(sheet.status, MKT_ANSWER_LIMITED);
    assert_false(sheet.collaboration_ready);
    if (!has_caveat(caveat)) fail_msg("there is no caveat %s", caveat);
}

static void no_orders(void **state)
{
    (void)state;
    scratch_write(&files, "performance.csv", "date,channel,spend\n2025-01-01,search,5\n");
    answer(files.folder, "");
    insufficient("orders");
}

static void orders_without_customers_are_no_orders(void **state)
{
    (void)state;
    scratch_write(&files, "performance.csv", "date,channel,spend\n2025-01-01,search,5\n");
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount\n1,,2025-01-01,5\n2,,2025-01-02,6\n");
    answer(files.folder, "");
    insufficient("no row names anybody in \"customer_id\"");
}

static void without_spend_there_is_no_cac(void **state)
{
    (void)state;
    write_company(WITH_COST | WITH_CUSTOMERS);
    answer(files.folder, "horizon=2");
    limited("no_spend");
    assert_null(mkt_sheet_fact(&sheet, "total.cac"));
    assert_null(mkt_sheet_fact(&sheet, "total.npv"));
    fact("total.ltv");
}

static void many_channels(void **state)
{
    static char spend[1 << 16] = "date,channel,spend\n", orders[1 << 16];
    char day[MKT_DATE_TEXT];
    (void)state;
    strcpy(orders, "order_id,customer_id,date,amount,channel\n");
    for (int c = 0; c < 30; c++)
        for (int t = 0; t < 20; t++) {
            mkt_date_text(FIRST + t, day);
            sprintf(spend + strlen(spend), "%s,channel %02d,%d\n", day, c, 100 - c);
            sprintf(orders + strlen(orders), "%d-%d,x%d-%d,%s,50,channel %02d\n", c, t, c, t, day,
                    c);
        }
    scratch_write(&files, "performance.csv", spend);
    scratch_write(&files, "orders.csv", orders);
    answer(files.folder, "margin=0.5;horizon=1");
    assert_true(has_caveat("largest_only"));
    near(fact("total.new_customers")->value, 24 * 20, 0, "customers of the largest");
    near(fact("total.spend")->value, 20 * (24 * 100 - 23 * 12), 0, "spend of the largest");
    assert_null(mkt_sheet_fact(&sheet, "channel_24.cac"));
}

static void without_margin_there_is_no_contribution(void **state)
{
    (void)state;
    write_company(WITH_SPEND | WITH_CUSTOMERS);
    answer(files.folder, "horizon=2");
    limited("no_margin");
    assert_true(strstr(sheet.missing[0], "margin") != NULL);
    fact("total.cac");
    fact("total.revenue_per_customer");
    assert_null(mkt_sheet_fact(&sheet, "total.ltv"));
    answer(files.folder, "horizon=2;margin=0.5");
    assert_true(sheet.collaboration_ready);
    near(fact("total.contribution")->value, fact("total.revenue")->value / 2, 1e-6, "half");
}

/* Without the day on which customers came, old ones look new while the data are young. */
static void old_customers_may_look_new(void **state)
{
    (void)state;
    write_company(WITH_COST | WITH_SPEND);
    answer(files.folder, "horizon=2");
    limited("maybe_old");
    fact("total.cac");
    fact("total.npv");
}

static void a_margin_of_nothing_pays_nothing_back(void **state)
{
    (void)state;
    write_company(WITH_SPEND | WITH_CUSTOMERS);
    answer(files.folder, "horizon=2;margin=0");
    limited("zero_margin");
    near(fact("total.ltv")->value, 0, 0, "LTV");
    near(fact("total.npv")->value, -fact("total.spend")->value, 300, "NPV");
    assert_null(mkt_sheet_fact(&sheet, "total.irr"));
    assert_true(has_caveat("no_irr") && has_caveat("payback_beyond"));
}

static void parameters_have_limits(void **state)
{
    static const char *const bad[] = {"margin=1.1",   "margin=-0.1", "margin=half", "discount=-1",
                                      "discount=1e9", "horizon=0",   "horizon=61",  "horizon=1.5",
                                      "elasticity=1", "price=2",     "period=soon", "seed=-1"};
    (void)state;
    write_company(WHOLE);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(bad[i], "="), bad[i]);
        mkt_err_clear(&err);
        if (ask(files.folder, bad[i], 1) != MKT_E_ARG) fail_msg("%s was taken", bad[i]);
        assert_true(strstr(err.text, name) != NULL);
    }
}

static void one_customer(void **state)
{
    (void)state;
    scratch_write(&files, "performance.csv",
                  "date,channel,spend\n2025-01-01,search,5\n2025-03-01,search,5\n");
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount,cost,channel\n1,a,2025-01-01,5,1,search\n"
                  "2,a,2025-03-01,6,1,search\n");
    answer(files.folder, "");
    limited("no_age");
    near(fact("total.cac")->value, 10, 0, "CAC");
    assert_true(isnan(fact("total.cac")->low)); /* and says why */
    assert_non_null(fact("total.cac")->why);
    assert_null(mkt_sheet_fact(&sheet, "total.ltv"));
}

static void nobody_new(void **state)
{
    (void)state;
    scratch_write(&files, "performance.csv",
                  "date,channel,spend\n2025-01-01,search,5\n2025-03-01,search,5\n");
    scratch_write(&files, "customers.csv", "customer_id,signup_date\na,2020-01-01\nb,2020-02-01\n");
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount\n1,a,2025-01-01,5\n2,b,2025-03-01,6\n");
    answer(files.folder, "");
    insufficient("No customer came");
}

static void no_day_in_common(void **state)
{
    (void)state;
    scratch_write(&files, "performance.csv", "date,channel,spend\n2025-01-01,search,5\n");
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount\n1,a,2025-02-01,5\n2,b,2025-03-01,6\n");
    answer(files.folder, "");
    insufficient("No day has both");
    write_company(WHOLE);
    answer(files.folder, "period=2019");
    insufficient("2024-10-04 to 2025-01-31");
}

static void refunds_only(void **state)
{
    (void)state;
    scratch_write(&files, "performance.csv",
                  "date,channel,spend\n2025-01-01,search,5\n2025-03-01,search,5\n");
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount\n1,a,2025-01-01,-5\n2,b,2025-03-01,-6\n");
    answer(files.folder, "margin=0.5");
    insufficient("No customer came");
}

/* More goes back than came in: figures below nothing, and no interval that needs more than nothing. */
static void goods_cost_more_than_they_bring(void **state)
{
    static char text[1 << 16], line[128];
    (void)state;
    write_company(WHOLE);
    char day[MKT_DATE_TEXT];
    strcpy(text, "order_id,customer_id,date,amount,cost\n");
    for (int t = 0; t < 100; t++)
        for (int n = 0; n < 2; n++) {
            snprintf(line, sizeof line, "%d,x%d,%s,10,%d\n", 2 * t + n, 2 * t + n,
                     mkt_date_text(FIRST + t, day), 14 + t % 3);
            strcat(text, line);
        }
    scratch_write(&files, "orders.csv", text);
    unlink(strcat(strcpy(line, files.folder), "/customers.csv"));
    answer(files.folder, "horizon=1");
    assert_true(fact("total.ltv")->value < 0);
    assert_true(fact("total.ltv")->high < 0);
    assert_true(fact("total.npv")->value < -fact("total.spend")->value + 1000);
    assert_true(isnan(fact("total.npv")->low));
    limited("no_channels");
}

static void currencies_are_not_mixed(void **state)
{
    (void)state;
    scratch_write(
        &files, "performance.csv",
        "date,channel,spend,currency\n2025-01-01,search,5,EUR\n2025-03-01,search,5,EUR\n");
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount,currency\n1,a,2025-01-01,5,EUR\n"
                  "2,b,2025-03-01,6,USD\n3,c,2025-03-01,7,EUR\n");
    answer(files.folder, "margin=0.5");
    limited("other_currencies");
    near(fact("total.revenue")->value, 12, 0, "revenue in EUR");
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount,currency\n1,a,2025-01-01,5,USD\n"
                  "2,b,2025-03-01,6,USD\n");
    answer(files.folder, "margin=0.5");
    insufficient("EUR");
}

static void broken_early_and_future_rows(void **state)
{
    static char text[1 << 16];
    (void)state;
    write_company(WHOLE);
    scratch_write(&files, "performance.csv",
                  "date,channel,spend\n2025-01-01,search,50\n2025-03-01,search,50\n");
    strcpy(text, "order_id,customer_id,date,amount,cost,channel\n");
    for (int i = 0; i < 60; i++)
        sprintf(text + strlen(text), "%d,k%02d,2025-01-%02d,10,4,search\n", i, i, 1 + i % 28);
    strcat(text, "98,z1,not a day,10,4,search\n99,z2,2090-01-01,10,4,search\n"
                 "97,k01,2024-12-31,10,4,search\n");
    scratch_write(&files, "orders.csv", text);
    scratch_write(&files, "customers.csv",
                  "customer_id,signup_date,channel\nk01,2025-01-15,search\n"
                  "ghost,2025-01-16,search\n");
    answer(files.folder, "horizon=1");
    assert_true(has_caveat("broken_orders"));
    assert_true(has_caveat("future_orders"));
    assert_true(has_caveat("silent_customers")); /* the ghost never bought */
    assert_true(has_caveat("unlisted_customers"));
    /* k01 bought in December: they came before the period that spend and orders share */
    near(fact("total.new_customers")->value, 59, 0, "new customers");
}

static const char *caveat(const char *id)
{
    for (size_t i = 0; i < sheet.caveats; i++)
        if (strcmp(sheet.caveat[i].id, id) == 0) return sheet.caveat[i].text;
    fail_msg("there is no caveat %s", id);
    return NULL;
}

/* An export appended to itself changes no figure; one that a join made longer does, and says so. */
static void repeated_orders_are_told(void **state)
{
    static char once[1 << 16], text[sizeof once * 2 + 64];
    static const char head[] = "order_id,customer_id,date,amount,cost,channel,note\n";
    (void)state;
    scratch_write(&files, "performance.csv",
                  "date,channel,spend\n2025-01-01,search,50\n2025-03-01,search,50\n");
    *once = '\0';
    for (int i = 0; i < 60; i++)
        sprintf(once + strlen(once), "%d,k%02d,2025-01-%02d,10,4,search,x\n", i, i, 1 + i % 28);
    snprintf(text, sizeof text, "%s%s%s", head, once, once);
    scratch_write(&files, "orders.csv", text);
    answer(files.folder, "horizon=1");
    near(fact("total.revenue")->value, 600, 0, "revenue");
    assert_string_equal(caveat("repeated_orders"),
                        "60 rows of orders.csv repeat another in everything, order number and "
                        "customer included, worth 600: each order counts once.");
    assert_false(has_caveat("alike_orders"));
    snprintf(text, sizeof text, "%s%s7,k07,2025-01-08,10,4,search,y\n", head, once);
    scratch_write(&files, "orders.csv", text);
    answer(files.folder, "horizon=1");
    near(fact("total.revenue")->value, 610, 0, "revenue");
    assert_false(has_caveat("repeated_orders"));
    assert_non_null(strstr(caveat("alike_orders"), "1 row of orders.csv has"));
    assert_non_null(strstr(caveat("alike_orders"), "worth 10.00: "));
}

/* Where the table of spend counts new customers, too, the two costs are told apart. */
static void another_count_of_new_customers_is_told(void **state)
{
    static char text[1 << 16];
    (void)state;
    strcpy(text, "order_id,customer_id,date,amount,cost,channel\n");
    for (int i = 0; i < 60; i++)
        sprintf(text + strlen(text), "%d,k%02d,2025-01-%02d,10,4,search\n", i, i, 1 + i % 28);
    scratch_write(&files, "orders.csv", text);
    scratch_write(&files, "performance.csv",
                  "date,channel,spend\n2025-01-01,search,50\n2025-01-28,search,50\n");
    answer(files.folder, "horizon=1");
    assert_false(has_caveat("cac_source"));
    assert_int_equal(fact("total.cac")->caveats, 1);
    scratch_write(&files, "performance.csv",
                  "date,channel,spend,new_customers\n2025-01-01,search,50,20\n"
                  "2025-01-28,search,50,20\n");
    answer(files.folder, "horizon=1");
    assert_non_null(strstr(caveat("cac_source"), "roi counts the new customers"));
    assert_int_equal(fact("total.cac")->caveats, 2);
    assert_string_equal(fact("total.cac")->caveat[1], "cac_source");
    assert_int_equal(fact("total.revenue")->caveats, 1);
}

static void most_rows_broken(void **state)
{
    (void)state;
    scratch_write(&files, "performance.csv", "date,channel,spend\n2025-01-01,search,5\n");
    scratch_write(&files, "orders.csv",
                  "order_id,customer_id,date,amount\n1,a,2025-01-01,5\n2,b,2025-03-01,abc\n");
    answer(files.folder, "");
    insufficient("1 of 2 rows");
}

static void every_arena_size_is_survived(void **state)
{
    (void)state;
    write_company(WHOLE);
    answer(files.folder, "horizon=2");
    size_t all = arena.allocations;
    const struct mkt_analysis *a = mkt_analysis_find("unit_economics");
    struct mkt_args args = {{0}};
    struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = a, .args = &args, .threads = 1};
    for (size_t k = 1; k < all; k += 1 + all / 150) {
        mkt_arena_reset(&arena, 0);
        arena.fail_at = k;
        mkt_err_clear(&err);
        mkt_sheet_init(&sheet, &arena);
        mkt_status status = a->run(&run, &sheet, &err);
        arena.fail_at = 0;
        if (status != MKT_OK) assert_int_equal(status, MKT_E_NOMEM);
    }
}

static void it_can_be_stopped(void **state)
{
    (void)state;
    write_company(WHOLE);
    answer(files.folder, "horizon=2");
    atomic_bool stop = true;
    const struct mkt_analysis *a = mkt_analysis_find("unit_economics");
    struct mkt_args args = {{0}};
    mkt_sheet_init(&sheet, &arena);
    struct mkt_run run = {.arena = &arena,
                          .dataset = dataset,
                          .analysis = a,
                          .args = &args,
                          .threads = 1,
                          .cancel = &stop};
    assert_int_equal(a->run(&run, &sheet, &err), MKT_E_CANCELLED);
}

/* ---- what to do -------------------------------------------------------------------------------- */

/* Each action rests on a finding that is sure enough, and no channel is told twice to give. */
static void what_to_do_rests_on_what_was_found(void **state)
{
    size_t actions = 0;
    (void)state;
    answer("examples", "margin=0.6");
    for (size_t i = 0; i < sheet.findings; i++) {
        const struct mkt_finding *f = &sheet.finding[i];
        if (f->kind != MKT_FINDING_ACTION) continue;
        actions++;
        assert_int_equal(f->becauses, 1);
        const struct mkt_finding *why = mkt_sheet_finding(&sheet, f->because[0]);
        assert_non_null(why);
        assert_true(why->probability >= .8 && why->probability == f->probability);
        assert_string_equal(f->scope, "channel");
        for (size_t k = 0; f->other && k < i; k++)
            if (sheet.finding[k].kind == MKT_FINDING_ACTION && sheet.finding[k].other)
                assert_string_not_equal(sheet.finding[k].other, f->other);
    }
    assert_true(actions >= 2 && actions <= 4);
}

/* ---- the simulated company ------------------------------------------------------------------- */

/* What the company wrote down of its customers and its spend is what comes out. */
static void the_simulated_company_is_recovered(void **state)
{
    struct mkt_company_options options;
    static const char *const channel[] = {"search", "social", "email", "direct"};
    static double won[4], all;
    char path[128], line[256], id[64];
    (void)state;
    mkt_company_options_init(&options, 11);
    options.months = 8;
    options.scale = .4;
    snprintf(path, sizeof path, "%s/company", files.folder);
    assert_int_equal(mkt_company_files_write(path, &options, NULL, NULL, &err), MKT_OK);
    answer(path, "margin=0.5;horizon=3");
    assert_true(sheet.collaboration_ready);
    char first[MKT_DATE_TEXT];
    mkt_date_text(options.start, first);
    snprintf(line, sizeof line, "%s/customers.csv", path);
    FILE *f = fopen(line, "r");
    assert_non_null(f);
    all = 0;
    memset(won, 0, sizeof won);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        char *last = strrchr(line, ','), *day = last;
        if (!last) continue;
        *last++ = '\0';
        day = strrchr(line, ',') + 1;
        if (strcmp(day, first) < 0 || strcmp(day, "signup_date") == 0) continue;
        all++;
        for (int k = 0; k < 4; k++) won[k] += strcmp(last, channel[k]) == 0;
    }
    fclose(f);
    assert_true(all > 500);
    near(fact("total.all_new_customers")->value, all, 0, "all new customers");
    for (int k = 0; k < 4; k++) {
        snprintf(id, sizeof id, "%s.new_customers", channel[k]);
        near(fact(id)->value, won[k], 0, id);
    }
    struct mkt_company *company;
    struct mkt_arena other;
    assert_int_equal(mkt_arena_open(&other, (size_t)64 << 20, &err), MKT_OK);
    assert_int_equal(mkt_company_make(&other, &options, &company, &err), MKT_OK);
    double spend = 0, search = 0;
    for (int c = 0; c < company->channels; c++)
        for (int t = 0; t < company->days; t++) {
            spend += company->channel[c].spend[t];
            if (strcmp(company->channel[c].name, "search") == 0)
                search += company->channel[c].spend[t];
        }
    near(fact("total.spend")->value / spend, 1, 1e-9, "spend");
    near(fact("search.cac")->value, search / won[0], 1e-6, "CAC of search");
    mkt_arena_close(&other);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(golden_folders_agree),
        T(all_is_there_for_finance),
        T(order_and_threads_change_nothing),
        T(spellings_change_nothing),
        T(spend_finds_its_customers),
        T(figures_agree_with_each_other),
        T(several_rates_are_said),
        T(no_orders),
        T(orders_without_customers_are_no_orders),
        T(without_spend_there_is_no_cac),
        T(many_channels),
        T(without_margin_there_is_no_contribution),
        T(old_customers_may_look_new),
        T(a_margin_of_nothing_pays_nothing_back),
        T(parameters_have_limits),
        T(one_customer),
        T(nobody_new),
        T(no_day_in_common),
        T(refunds_only),
        T(goods_cost_more_than_they_bring),
        T(currencies_are_not_mixed),
        T(broken_early_and_future_rows),
        T(repeated_orders_are_told),
        T(another_count_of_new_customers_is_told),
        T(most_rows_broken),
        T(every_arena_size_is_survived),
        T(it_can_be_stopped),
        T(what_to_do_rests_on_what_was_found),
        T(the_simulated_company_is_recovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
