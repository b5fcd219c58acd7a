/* The roi analysis from aggregates in memory: golden folders, statuses, findings, errors. */
#include "analysis/roi.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "fact/format.h"
#include "num/random.h"

static struct mkt_arena data, work;

static int open_arenas(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    return mkt_arena_open(&data, (size_t)64 << 20, &err) ||
           mkt_arena_open(&work, (size_t)256 << 20, &err);
}

static int reset_arenas(void **state)
{
    (void)state;
    work.fail_at = 0;
    mkt_arena_reset(&data, 0);
    mkt_arena_reset(&work, 0);
    return 0;
}

static int close_arenas(void **state)
{
    (void)state;
    mkt_arena_close(&data);
    mkt_arena_close(&work);
    return 0;
}

static const struct mkt_roi_options usual = {{0, -1}, NAN, NAN, 1, 1, NULL};
static const struct mkt_account euros = {.currency = "EUR", .data = {0, -1}};

static struct mkt_sheet fill(const struct mkt_performance *p, const struct mkt_account *account,
                             const struct mkt_roi_options *options)
{
    struct mkt_sheet sheet;
    struct mkt_err err = {0};
    mkt_sheet_init(&sheet, &work);
    if (mkt_roi_fill(p, account, options, &sheet, &err) != MKT_OK) fail_msg("%s", err.text);
    return sheet;
}

static const struct mkt_caveat *caveat(const struct mkt_sheet *s, const char *id)
{
    for (size_t i = 0; i < s->caveats; i++)
        if (strcmp(s->caveat[i].id, id) == 0) return &s->caveat[i];
    return NULL;
}

static bool has_caveat(const struct mkt_sheet *s, const char *id)
{
    return caveat(s, id) != NULL;
}

static bool is_missing(const struct mkt_sheet *s, const char *words)
{
    for (size_t i = 0; i < s->missings; i++)
        if (strstr(s->missing[i], words)) return true;
    return false;
}

/* ---- golden folders --------------------------------------------------------------- */

#define GOLDEN "tests/golden/roi/"

static FILE *open_file(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, GOLDEN "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("cannot open %s", path);
    return file;
}

static mkt_micro micros(const char *text)
{
    double v;
    assert_true(mkt_text_to_double(text, &v));
    return (mkt_micro)llround(v * MKT_MICRO);
}

/* A plain CSV: names of measures and dimensions in the header, no quotes. */
static struct mkt_performance read_table(const char *folder)
{
    FILE *file = open_file(folder, "performance.csv");
    struct mkt_performance p;
    struct mkt_err err = {0};
    char line[512];
    int measure[16], dimension[16], columns = 0;
    assert_non_null(fgets(line, sizeof line, file));
    mkt_performance_init(&p, &data, 0, 7);
    for (char *cell = strtok(line, ",\n"); cell; cell = strtok(NULL, ",\n"), columns++) {
        measure[columns] = dimension[columns] = -1;
        for (int m = 0; m < MKT_MEASURES; m++)
            if (strcmp(cell, mkt_measure_name[m]) == 0) measure[columns] = m;
        for (int d = 0; d < MKT_DIMENSIONS; d++)
            if (strcmp(cell, mkt_dimension_name[d]) == 0) dimension[columns] = d;
        if (measure[columns] >= 0) p.measures |= 1U << measure[columns];
    }
    while (fgets(line, sizeof line, file)) {
        struct mkt_performance_row row = {.name = {"", "", ""}, .rows = 1};
        int c = 0;
        for (char *cell = strtok(line, ",\n"); cell; cell = strtok(NULL, ",\n"), c++) {
            if (measure[c] >= 0) row.sum[measure[c]] = micros(cell);
            if (dimension[c] >= 0) row.name[dimension[c]] = cell;
            if (c == 0) assert_true(mkt_date_parse(cell, &row.day));
        }
        assert_int_equal(c, columns);
        assert_int_equal(mkt_performance_add(&p, &row, &err), MKT_OK);
    }
    fclose(file);
    assert_int_equal(mkt_performance_finish(&p, &err), MKT_OK);
    return p;
}

static struct mkt_roi_options read_parameters(const char *folder, struct mkt_period period)
{
    struct mkt_roi_options o = usual;
    FILE *file = open_file(folder, "parameters.txt");
    char line[256];
    while (fgets(line, sizeof line, file)) {
        char *value = strchr(line, '=');
        assert_non_null(value);
        *value++ = '\0';
        value[strcspn(value, "\n")] = '\0';
        if (strcmp(line, "period") == 0)
            assert_true(mkt_period_parse(value, period, &o.period));
        else if (strcmp(line, "margin") == 0)
            o.margin = atof(value);
        else if (strcmp(line, "budget") == 0)
            o.budget = atof(value);
        else
            fail_msg("unknown parameter %s", line);
    }
    fclose(file);
    return o;
}

static void check_line(const struct mkt_sheet *s, const char *folder, const char *key,
                       const char *value)
{
    bool good;
    if (strcmp(key, "status") == 0) {
        good = strcmp(mkt_answer_status_name(s->status), value) == 0;
    } else if (strcmp(key, "ready") == 0) {
        good = s->collaboration_ready == (strcmp(value, "yes") == 0);
    } else if (strcmp(key, "caveat") == 0) {
        good = has_caveat(s, value);
    } else if (strcmp(key, "missing") == 0) {
        good = is_missing(s, value);
    } else if (strcmp(key, "finding") == 0) {
        good = mkt_sheet_finding(s, value) != NULL;
    } else if (strcmp(key, "absent") == 0) {
        good = mkt_sheet_fact(s, value) == NULL;
    } else {
        const struct mkt_fact *f = mkt_sheet_fact(s, key);
        double want = atof(value);
        if (!f) fail_msg("%s: no fact %s", folder, key);
        if (!(fabs(f->value - want) <= 1e-9 * fmax(1, fabs(want))))
            fail_msg("%s: %s is %.12g, not %s", folder, key, f->value, value);
        return;
    }
    if (!good) fail_msg("%s: expected %s %s", folder, key, value);
}

static void check_folder(const char *folder)
{
    struct mkt_performance p = read_table(folder);
    struct mkt_roi_options options = read_parameters(folder, p.data);
    struct mkt_sheet s = fill(&p, &euros, &options);
    FILE *file = open_file(folder, "expected.txt");
    char line[256];
    int lines = 0;
    for (; fgets(line, sizeof line, file); lines++) {
        char *value = strchr(line, ' ');
        assert_non_null(value);
        *value++ = '\0';
        value[strcspn(value, "\n")] = '\0';
        check_line(&s, folder, line, value);
    }
    fclose(file);
    assert_true(lines > 5);
}

static void golden_folders_agree(void **state)
{
    DIR *dir = opendir(GOLDEN);
    int folders = 0;
    if (!dir) fail_msg("cannot open %s: run the tests in the repository's root", GOLDEN);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || strchr(entry->d_name, '.')) continue;
        reset_arenas(state);
        check_folder(entry->d_name);
        folders++;
    }
    closedir(dir);
    assert_true(folders >= 3);
}

/* ---- tables made here -------------------------------------------------------------- */

struct plan {
    const char *name[3];
    double spend, roas;
    double variation; /* of spend from day to day */
};

/* Channels with daily orders of 40; a day's cells are whole numbers. */
static struct mkt_performance make(const struct plan *plan, int channels, int32_t first, int days,
                                   unsigned dimensions, unsigned measures)
{
    struct mkt_performance p;
    struct mkt_err err = {0};
    struct mkt_random r;
    mkt_random_init(&r, 17, 0);
    mkt_performance_init(&p, &data, measures, dimensions);
    for (int t = 0; t < days; t++)
        for (int k = 0; k < channels; k++) {
            const struct plan *c = &plan[k];
            double wobble = exp(c->variation * mkt_random_normal(&r));
            double spend = floor(c->spend * wobble);
            int64_t orders = mkt_random_poisson(&r, spend * c->roas / 40);
            struct mkt_performance_row row = {.day = first + t, .rows = 1};
            for (int d = 0; d < MKT_DIMENSIONS; d++)
                row.name[d] = c->name[d] && dimensions >> d & 1U ? c->name[d] : "";
            row.sum[MKT_SPEND] = (mkt_micro)spend * MKT_MICRO;
            row.sum[MKT_IMPRESSIONS] = (mkt_micro)(spend * 90) * MKT_MICRO;
            row.sum[MKT_CLICKS] = mkt_random_poisson(&r, spend) * MKT_MICRO;
            row.sum[MKT_CONVERSIONS] = orders * MKT_MICRO;
            row.sum[MKT_REVENUE] = orders * 40 * MKT_MICRO;
            row.sum[MKT_NEW_CUSTOMERS] = orders / 2 * MKT_MICRO;
            assert_int_equal(mkt_performance_add(&p, &row, &err), MKT_OK);
        }
    assert_int_equal(mkt_performance_finish(&p, &err), MKT_OK);
    return p;
}

#define ALL ((1U << MKT_MEASURES) - 1)
#define CHANNELS (1U << MKT_CHANNEL)

static const struct plan three[] = {{{"search", "brand", "new"}, 200, 4, .3},
                                    {{"social", "spring", "old"}, 300, 2, .3},
                                    {{"video", "spring", "old"}, 150, .5, .02}};

static void says_what_is_better_and_what_loses(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 200, 7, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    assert_int_equal(s.status, MKT_ANSWER_OK);
    assert_true(s.collaboration_ready);
    const struct mkt_finding *f = mkt_sheet_finding(&s, "search_over_social.roas");
    assert_non_null(f);
    assert_string_equal(f->claim, "search returns more per euro than social");
    assert_true(f->probability > .999 && f->probability < 1);
    assert_int_equal(f->facts, 2);
    assert_string_equal(f->fact[0], "search.roas");
    assert_string_equal(f->fact[1], "social.roas");
    assert_non_null(mkt_sheet_finding(&s, "video.loses"));
    assert_null(mkt_sheet_finding(&s, "social.loses"));
    assert_non_null(mkt_sheet_finding(&s, "hold.video"));
    assert_true(is_missing(&s, "without video")); /* its spend hardly varies */
    for (size_t i = 0; i < s.findings; i++) assert_null(strstr(s.finding[i].id, "holdout"));
    assert_true(has_caveat(&s, "steady_spend"));
    assert_non_null(s.headline);
    assert_non_null(mkt_sheet_finding(&s, s.headline));
    assert_true(s.confidence > .9 && s.confidence < 1);
    /* one name in two channels: told apart */
    assert_non_null(mkt_sheet_fact(&s, "campaign.spring_social.roas"));
    assert_non_null(mkt_sheet_fact(&s, "campaign.spring_video.roas"));
    assert_string_equal(mkt_sheet_fact(&s, "campaign.brand.roas")->label, "ROAS of brand");
}

static void sheets_are_sound(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 500, 7, ALL);
    struct mkt_roi_options options = usual;
    options.margin = .5;
    options.period = (struct mkt_period){20400, 20499};
    struct mkt_sheet s = fill(&p, &euros, &options);
    double last = INFINITY;
    for (size_t i = 0; i < s.findings; i++) {
        const struct mkt_finding *f = &s.finding[i];
        double weight = f->stake * fmax(2 * f->probability - 1, 0);
        assert_true(weight <= last);
        last = weight;
        assert_true(f->probability > 0 && f->probability < 1 && f->stake >= 0);
        assert_non_null(f->scope);
        for (const char *c = f->claim; *c; c++) assert_false(isdigit((unsigned char)*c));
        for (size_t k = 0; k < f->facts; k++)
            if (!mkt_sheet_fact(&s, f->fact[k])) fail_msg("%s has no fact %s", f->id, f->fact[k]);
        for (size_t k = 0; k < f->becauses; k++)
            if (!mkt_sheet_finding(&s, f->because[k]))
                fail_msg("%s has no reason %s", f->id, f->because[k]);
        for (size_t k = 0; k < i; k++) assert_string_not_equal(s.finding[k].id, f->id);
    }
    for (size_t i = 0; i < s.facts; i++)
        for (size_t k = 0; k < s.fact[i].caveats; k++)
            if (!has_caveat(&s, s.fact[i].caveat[k]))
                fail_msg("%s carries no such caveat: %s", s.fact[i].id, s.fact[i].caveat[k]);
    for (size_t t = 0; t < s.tables; t++)
        for (size_t r = 0; r < s.table[t].rows; r++)
            for (size_t c = 0; c < s.table[t].columns; c++)
                if (s.table[t].row[r].fact[c])
                    assert_non_null(mkt_sheet_fact(&s, s.table[t].row[r].fact[c]));
    assert_int_equal(s.tables, 3);
    assert_true(s.charts >= 5);
    for (size_t k = 0; k < s.charts; k++)
        for (size_t i = 0; i < s.chart[k].count; i++)
            assert_true(s.chart[k].points >= 2 && s.chart[k].series[i].value);
    assert_non_null(mkt_sheet_fact(&s, "total.roas.vs_before"));
    assert_non_null(mkt_sheet_fact(&s, "search.roi_on_margin"));
    assert_int_equal(s.provenance.draws, 2000);
    assert_int_equal(s.provenance.period.first, 20400);
    assert_string_equal(s.provenance.parameter[1].value, "0.5");
    assert_null(s.provenance.parameter[2].value);
}

static void compares_conversions_where_there_is_no_revenue(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 120, CHANNELS, ALL & ~(1U << MKT_REVENUE));
    struct mkt_sheet s = fill(&p, NULL, &usual);
    assert_int_equal(s.status, MKT_ANSWER_LIMITED);
    assert_false(s.collaboration_ready);
    assert_true(has_caveat(&s, "no_revenue") && is_missing(&s, "Revenue by day"));
    const struct mkt_finding *f = mkt_sheet_finding(&s, "search_over_social.cpa");
    assert_non_null(f);
    assert_string_equal(f->claim, "search brings more conversions per unit of spend than social");
    assert_non_null(mkt_sheet_fact(&s, "search.cpa"));
    assert_null(mkt_sheet_fact(&s, "search.roas"));
}

static void few_conversions_are_not_compared(void **state)
{
    (void)state;
    const struct plan plan[] = {{{"big"}, 300, 2, .2}, {{"tiny"}, 4, 2, .2}};
    struct mkt_performance p = make(plan, 2, 20000, 60, CHANNELS, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    assert_true(has_caveat(&s, "few_conversions"));
    for (size_t i = 0; i < s.findings; i++) assert_true(s.finding[i].kind != MKT_FINDING_COMPARE);
    const struct mkt_fact *roas = mkt_sheet_fact(&s, "tiny.roas");
    bool carried = false;
    for (size_t i = 0; i < roas->caveats; i++)
        carried = carried || strcmp(roas->caveat[i], "few_conversions") == 0;
    assert_true(carried);
}

static void a_handful_of_conversions_is_not_judged(void **state)
{
    (void)state;
    const struct plan plan[] = {{{"search", "one"}, 9, 1, .2}};
    struct mkt_performance p = make(plan, 1, 20000, 60, 3, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    assert_int_equal(s.status, MKT_ANSWER_LIMITED);
    assert_true(has_caveat(&s, "too_few_conversions") && is_missing(&s, "30 conversions"));
    assert_false(s.collaboration_ready);
}

/* One campaign that is all there is: neither above nor below the whole. */
static void the_whole_is_not_compared_with_itself(void **state)
{
    (void)state;
    const struct plan plan[] = {{{"search", "one", "all"}, 300, 2, .2}};
    struct mkt_performance p = make(plan, 1, 20000, 60, 7, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    assert_int_equal(s.status, MKT_ANSWER_OK);
    for (size_t i = 0; i < s.findings; i++)
        assert_true(s.finding[i].kind != MKT_FINDING_COMPARE &&
                    s.finding[i].kind != MKT_FINDING_IMBALANCE);
}

static void asks_to_check_tracking(void **state)
{
    (void)state;
    const struct plan plan[] = {{{"search"}, 300, 2, .2}, {{"silent"}, 100, 0, .2}};
    struct mkt_performance p = make(plan, 2, 20000, 60, CHANNELS, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    assert_non_null(mkt_sheet_finding(&s, "track.silent"));
    assert_null(mkt_sheet_finding(&s, "track.search"));
}

/* Two tables, of which one tells no revenue: its channel has no return, and no share is known. */
static void an_untold_revenue_is_not_nothing(void **state)
{
    (void)state;
    const struct plan plan[] = {
        {{"search"}, 300, .5, .2}, {{"email"}, 200, 3, .2}, {{"mute"}, 100, 0, .2}};
    struct mkt_performance p = make(plan, 3, 20000, 100, CHANNELS, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual); /* all tables tell it: nothing is nothing */
    assert_non_null(mkt_sheet_fact(&s, "mute.roas"));
    assert_non_null(mkt_sheet_finding(&s, "email.share_above"));

    struct mkt_caveat caveat = {"measure_missing", "b.csv tells no revenue, other tables do",
                                MKT_CAVEAT_LIMIT};
    struct mkt_account account = {.caveat = &caveat, .caveats = 1, .currency = "EUR"};
    s = fill(&p, &account, &usual);
    assert_null(mkt_sheet_fact(&s, "mute.roas"));
    assert_null(mkt_sheet_fact(&s, "mute.revenue"));
    assert_null(mkt_sheet_fact(&s, "total.roas"));
    assert_null(mkt_sheet_fact(&s, "email.revenue_share"));
    assert_null(mkt_sheet_finding(&s, "email.share_above"));
    assert_null(mkt_sheet_finding(&s, "total.loses"));
    assert_non_null(mkt_sheet_fact(&s, "mute.spend"));
    assert_non_null(mkt_sheet_fact(&s, "total.revenue"));
    assert_non_null(mkt_sheet_fact(&s, "search.roas"));
    assert_non_null(mkt_sheet_finding(&s, "search.loses"));
    assert_non_null(mkt_sheet_finding(&s, "email_over_search.roas"));
    assert_int_equal(s.status, MKT_ANSWER_LIMITED);
}

/* Where there are orders, unit_economics has a CAC of them: both say whose customers they count. */
static void the_source_of_new_customers_is_told(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 100, CHANNELS, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    size_t before = mkt_sheet_fact(&s, "total.cac")->caveats;
    assert_false(has_caveat(&s, "cac_source"));
    struct mkt_account_table orders = {.name = "orders.csv", .kind = "transactions"};
    struct mkt_account account = {.table = &orders, .tables = 1, .currency = "EUR"};
    s = fill(&p, &account, &usual);
    assert_true(has_caveat(&s, "cac_source"));
    const struct mkt_fact *cac = mkt_sheet_fact(&s, "total.cac");
    assert_int_equal(cac->caveats, before + 1);
    assert_string_equal(cac->caveat[before], "cac_source");
    assert_int_equal(mkt_sheet_fact(&s, "total.cpa")->caveats, before);
}

static void insufficient_says_what_would_settle_it(void **state)
{
    (void)state;
    struct mkt_performance empty;
    mkt_performance_init(&empty, &data, 1, 1);
    struct mkt_sheet s = fill(&empty, &euros, &usual);
    assert_int_equal(s.status, MKT_ANSWER_INSUFFICIENT);
    assert_true(is_missing(&s, "date"));

    struct mkt_performance one = make(three, 3, 20000, 1, CHANNELS, ALL);
    s = fill(&one, &euros, &usual);
    assert_int_equal(s.status, MKT_ANSWER_LIMITED);
    const struct mkt_caveat *brief = caveat(&s, "short_history");
    assert_non_null(brief);
    assert_int_equal(brief->weight, MKT_CAVEAT_LIMIT);
    assert_non_null(strstr(brief->text, "rest on 1 day: too short for intervals"));
    assert_true(is_missing(&s, "Two weeks"));
    assert_non_null(mkt_sheet_fact(&s, "total.spend")); /* sums are known all the same */
    assert_null(s.headline);

    struct mkt_roi_options other = usual;
    other.period = (struct mkt_period){10000, 10100};
    struct mkt_performance some = make(three, 3, 20000, 60, CHANNELS, ALL);
    s = fill(&some, &euros, &other);
    assert_int_equal(s.status, MKT_ANSWER_INSUFFICIENT);
    assert_true(is_missing(&s, "2024-10-04"));

    const struct plan free_of_cost[] = {{{"search"}, 0, 2, .2}};
    struct mkt_performance free = make(free_of_cost, 1, 20000, 60, CHANNELS, ALL);
    s = fill(&free, &euros, &usual);
    assert_int_equal(s.status, MKT_ANSWER_INSUFFICIENT);
    assert_true(is_missing(&s, "spend"));
    assert_false(s.collaboration_ready);
}

static void ten_days_answer_in_part(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 10, CHANNELS, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    assert_int_equal(s.status, MKT_ANSWER_LIMITED);
    assert_true(has_caveat(&s, "short_history") && is_missing(&s, "Two weeks"));
    assert_non_null(mkt_sheet_fact(&s, "search.roas"));
    assert_null(s.headline);
    assert_true(isnan(s.confidence));
}

static void late_conversions_are_noticed(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 100, CHANNELS, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    assert_false(has_caveat(&s, "last_days_incomplete"));
    for (size_t i = 0; i < p.cells; i++)
        if (p.cell[i].day > 20096) p.cell[i].sum[MKT_REVENUE] /= 4;
    s = fill(&p, &euros, &usual);
    assert_true(has_caveat(&s, "last_days_incomplete"));
    assert_false(s.collaboration_ready);
}

static void the_account_is_carried_over(void **state)
{
    (void)state;
    struct mkt_caveat caveat = {"mixed", "Half of the rows are in another currency.",
                                MKT_CAVEAT_LIMIT};
    struct mkt_account account = {.caveat = &caveat, .caveats = 1, .currency = "USD"};
    struct mkt_performance p = make(three, 3, 20000, 100, CHANNELS, ALL);
    struct mkt_sheet s = fill(&p, &account, &usual);
    assert_true(has_caveat(&s, "mixed"));
    assert_int_equal(s.status, MKT_ANSWER_LIMITED);
    assert_string_equal(mkt_sheet_finding(&s, "search_over_social.roas")->claim,
                        "search returns more per dollar than social");
}

static void hostile_and_equal_names_stay_apart(void **state)
{
    (void)state;
    const struct plan plan[] = {{{"total"}, 200, 4, .3},    {{"a b"}, 200, 3, .3},
                                {{"a_b"}, 200, 2, .3},      {{""}, 200, 1.5, .3},
                                {{"campaign"}, 150, 3, .3}, {{"<b>"}, 120, 3, .3}};
    struct mkt_performance p = make(plan, 6, 20000, 60, CHANNELS, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual); /* equal ids would be an error */
    assert_non_null(mkt_sheet_fact(&s, "total.roas"));
    assert_null(mkt_sheet_fact(&s, "total.roas")->entity);
    assert_string_equal(mkt_sheet_fact(&s, "total_2.roas")->entity, "total");
    assert_non_null(mkt_sheet_fact(&s, "a_b.roas"));
    assert_non_null(mkt_sheet_fact(&s, "a_b_2.roas"));
    assert_string_equal(mkt_sheet_fact(&s, "no_channel.roas")->entity, "(no channel)");
    assert_non_null(mkt_sheet_fact(&s, "campaign_2.roas"));
}

static void campaigns_stand_in_for_channels(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 2, 20000, 100, 1U << MKT_CAMPAIGN, ALL);
    struct mkt_sheet s = fill(&p, &euros, &usual);
    assert_true(has_caveat(&s, "no_channels"));
    assert_non_null(mkt_sheet_finding(&s, "campaign.brand_over_campaign.spring.roas"));
}

static void budgets_are_paced(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 60, CHANNELS, ALL);
    struct mkt_roi_options options = usual;
    options.period = (struct mkt_period){20000, 20089};
    options.budget = 1000;
    struct mkt_sheet s = fill(&p, &euros, &options);
    double spent = mkt_sheet_fact(&s, "total.spend")->value;
    assert_true(spent > 1000);
    assert_null(mkt_sheet_finding(&s, "total.over_budget")); /* a record is no chance */
    assert_true(has_caveat(&s, "budget_passed") && has_caveat(&s, "period_cut"));
    char sum[MKT_FORMAT_TEXT], more[MKT_FORMAT_TEXT], says[200];
    mkt_format_value(spent, MKT_UNIT_MONEY, "EUR", sum);
    mkt_format_value(spent - 1000, MKT_UNIT_MONEY, "EUR", more);
    snprintf(says, sizeof says, "Spend of the period, %s, is past the budget of €1,000 by %s.", sum,
             more);
    assert_string_equal(caveat(&s, "budget_passed")->text, says);

    options.budget = spent * 1.2;
    s = fill(&p, &euros, &options);
    const struct mkt_finding *f = mkt_sheet_finding(&s, "total.over_budget");
    assert_non_null(f);
    assert_true(f->probability > .99);
    assert_string_equal(f->claim, "spend is heading past the budget if spend goes on as in the "
                                  "last eight weeks");
    assert_true(has_caveat(&s, "pace_level") && !has_caveat(&s, "budget_passed"));
    const struct mkt_fact *end = mkt_sheet_fact(&s, "total.projected_spend");
    assert_true(fabs(end->value / (spent * 1.5) - 1) < .05);
    assert_true(end->low < end->value && end->value < end->high);
    assert_string_equal(end->caveat[0], "pace_level");

    options.period = (struct mkt_period){20000, 20059};
    s = fill(&p, &euros, &options);
    assert_null(mkt_sheet_finding(&s, "total.under_budget"));
    assert_null(mkt_sheet_fact(&s, "total.projected_spend"));
    assert_non_null(strstr(caveat(&s, "budget_kept")->text, " is within the budget of €"));
}

static void a_year_before_gives_the_pace_its_season(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 450, CHANNELS, ALL);
    struct mkt_roi_options options = usual;
    options.period = (struct mkt_period){20400, 20479};
    options.budget = 1e6;
    struct mkt_sheet s = fill(&p, &euros, &options);
    assert_true(has_caveat(&s, "pace_season") && !has_caveat(&s, "pace_level"));
    assert_string_equal(mkt_sheet_finding(&s, "total.under_budget")->claim,
                        "spend is heading below the budget");
}

static void weeks_are_not_paced(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 100, CHANNELS, ALL);
    for (size_t i = 0; i < p.cells; i++) /* every row stands for a week */
        p.cell[i].day -= (p.cell[i].day - 20000) % 7;
    struct mkt_err err = {0};
    assert_int_equal(mkt_performance_finish(&p, &err), MKT_OK);
    struct mkt_roi_options options = usual;
    options.period = (struct mkt_period){20000, 20199};
    options.budget = 1e6;
    struct mkt_sheet s = fill(&p, &euros, &options);
    assert_null(mkt_sheet_fact(&s, "total.projected_spend"));
    assert_true(has_caveat(&s, "pace_unknown"));

    struct mkt_caveat weekly = {"weekly_data", "One day a week.", MKT_CAVEAT_NOTE};
    struct mkt_account account = {.caveat = &weekly, .caveats = 1, .currency = "EUR"};
    p = make(three, 3, 20000, 100, CHANNELS, ALL);
    s = fill(&p, &account, &options);
    assert_null(mkt_sheet_fact(&s, "total.projected_spend"));
}

static void the_same_bytes_whatever_the_threads(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 300, 7, ALL);
    struct mkt_roi_options many = usual;
    many.threads = 7;
    struct mkt_sheet a = fill(&p, &euros, &usual), b = fill(&p, &euros, &many);
    assert_int_equal(a.facts, b.facts);
    for (size_t i = 0; i < a.facts; i++) {
        assert_string_equal(a.fact[i].id, b.fact[i].id);
        double x[] = {a.fact[i].value, a.fact[i].low, a.fact[i].high};
        double y[] = {b.fact[i].value, b.fact[i].low, b.fact[i].high};
        assert_memory_equal(x, y, sizeof x);
    }
    assert_int_equal(a.findings, b.findings);
    for (size_t i = 0; i < a.findings; i++) {
        assert_string_equal(a.finding[i].id, b.finding[i].id);
        assert_true(a.finding[i].probability == b.finding[i].probability);
    }
    assert_true(a.confidence == b.confidence);
}

static void stops_when_cancelled(void **state)
{
    (void)state;
    atomic_bool cancel = true;
    struct mkt_performance p = make(three, 3, 20000, 60, CHANNELS, ALL);
    struct mkt_roi_options options = usual;
    struct mkt_sheet sheet;
    struct mkt_err err = {0};
    options.cancel = &cancel;
    mkt_sheet_init(&sheet, &work);
    assert_int_equal(mkt_roi_fill(&p, &euros, &options, &sheet, &err), MKT_E_CANCELLED);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct mkt_performance p = make(three, 3, 20000, 120, 7, ALL);
    struct mkt_roi_options options = usual;
    options.period = (struct mkt_period){20060, 20139};
    options.budget = 70000;
    fill(&p, &euros, &options);
    size_t needed = work.allocations;
    assert_true(needed > 1000);
    for (size_t k = 1; k <= needed; k += k < 60 ? 1 : 23) { /* a full run each: not every one */
        struct mkt_sheet sheet;
        struct mkt_err err = {0};
        mkt_arena_reset(&work, 0);
        work.fail_at = k;
        mkt_sheet_init(&sheet, &work);
        if (mkt_roi_fill(&p, &euros, &options, &sheet, &err) != MKT_E_NOMEM)
            fail_msg("allocation %zu of %zu", k, needed);
    }
}

/* A report over all questions goes on where this one has no table. */
static void data_without_spend(void **state)
{
    (void)state;
    struct mkt_dataset *dataset;
    struct mkt_sheet sheet;
    struct mkt_args args = {{0}};
    struct mkt_err err = {0};
    struct mkt_dataset_options options = {.threads = 1, .today = 25000};
    if (mkt_dataset_open("tests/golden/attribution/paths", &options, &dataset, &err) != MKT_OK)
        fail_msg("%s", err.text);
    const struct mkt_analysis analysis = {
        .name = "roi", .param = mkt_roi_params, .params = MKT_ROI_PARAMS, .run = mkt_roi_run};
    const struct mkt_run run = {
        .arena = &work, .dataset = dataset, .analysis = &analysis, .args = &args, .threads = 1};
    mkt_sheet_init(&sheet, &work);
    assert_int_equal(mkt_roi_run(&run, &sheet, &err), MKT_OK);
    assert_int_equal(sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_int_equal(sheet.missings, 1);
    assert_non_null(strstr(sheet.missing[0], "spend"));
    mkt_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(golden_folders_agree, reset_arenas),
        cmocka_unit_test_setup(says_what_is_better_and_what_loses, reset_arenas),
        cmocka_unit_test_setup(sheets_are_sound, reset_arenas),
        cmocka_unit_test_setup(compares_conversions_where_there_is_no_revenue, reset_arenas),
        cmocka_unit_test_setup(data_without_spend, reset_arenas),
        cmocka_unit_test_setup(few_conversions_are_not_compared, reset_arenas),
        cmocka_unit_test_setup(a_handful_of_conversions_is_not_judged, reset_arenas),
        cmocka_unit_test_setup(the_whole_is_not_compared_with_itself, reset_arenas),
        cmocka_unit_test_setup(asks_to_check_tracking, reset_arenas),
        cmocka_unit_test_setup(an_untold_revenue_is_not_nothing, reset_arenas),
        cmocka_unit_test_setup(the_source_of_new_customers_is_told, reset_arenas),
        cmocka_unit_test_setup(insufficient_says_what_would_settle_it, reset_arenas),
        cmocka_unit_test_setup(ten_days_answer_in_part, reset_arenas),
        cmocka_unit_test_setup(late_conversions_are_noticed, reset_arenas),
        cmocka_unit_test_setup(the_account_is_carried_over, reset_arenas),
        cmocka_unit_test_setup(hostile_and_equal_names_stay_apart, reset_arenas),
        cmocka_unit_test_setup(campaigns_stand_in_for_channels, reset_arenas),
        cmocka_unit_test_setup(budgets_are_paced, reset_arenas),
        cmocka_unit_test_setup(a_year_before_gives_the_pace_its_season, reset_arenas),
        cmocka_unit_test_setup(weeks_are_not_paced, reset_arenas),
        cmocka_unit_test_setup(the_same_bytes_whatever_the_threads, reset_arenas),
        cmocka_unit_test_setup(stops_when_cancelled, reset_arenas),
        cmocka_unit_test_setup(every_allocation_may_fail, reset_arenas),
    };
    return cmocka_run_group_tests(tests, open_arenas, close_arenas);
}
