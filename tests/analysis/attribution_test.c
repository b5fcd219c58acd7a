/* The attribution analysis from files and from paths in memory: golden folders, statuses, bad input. */
#include "analysis/attribution.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/user_groups.h"
#include "num/near.h"
#include "num/random.h"

#define ARENA_BYTES ((size_t)512 << 20)
#include "arena_fixture.h"

#define GOLDEN "tests/golden/attribution/"

static const struct mkt_analysis row = {.name = "attribution",
                                        .param = mkt_attribution_params,
                                        .params = MKT_ATTRIBUTION_PARAMS,
                                        .run = mkt_attribution_run};

static bool has_caveat(const struct mkt_sheet *s, const char *id)
{
    for (size_t i = 0; i < s->caveats; i++)
        if (strcmp(s->caveat[i].id, id) == 0) return true;
    return false;
}

static double value_of(const struct mkt_sheet *s, const char *id)
{
    const struct mkt_fact *f = mkt_sheet_fact(s, id);
    if (!f) fail_msg("there is no fact %s", id);
    return f->value;
}

/* ---- golden folders --------------------------------------------------------------- */

static void read_parameters(const char *folder, struct mkt_args *args)
{
    char path[512], line[256];
    snprintf(path, sizeof path, GOLDEN "%s/parameters.txt", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        struct mkt_err err = {0};
        char *value = strchr(line, '=');
        assert_non_null(value);
        *value++ = '\0';
        value[strcspn(value, "\n")] = '\0';
        assert_int_equal(mkt_args_set(args, &row, line, mkt_arena_strdup(&arena, value), &err),
                         MKT_OK);
    }
    fclose(file);
}

static void compare_expected(const char *folder, const struct mkt_sheet *s)
{
    char path[512], line[256], what[128], word[128];
    snprintf(path, sizeof path, GOLDEN "%s/expected.txt", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        double value;
        assert_int_equal(sscanf(line, "%127s %127s", what, word), 2);
        if (strcmp(what, "status") == 0) {
            assert_string_equal(mkt_answer_status_name(s->status), word);
        } else if (strcmp(what, "caveat") == 0) {
            if (!has_caveat(s, word)) fail_msg("%s: there is no caveat %s", folder, word);
        } else if (strcmp(what, "absent") == 0) {
            if (mkt_sheet_fact(s, word)) fail_msg("%s: there is a fact %s", folder, word);
        } else {
            assert_true(mkt_text_to_double(word, &value));
            if (fabs(value_of(s, what) - value) > 6e-7 * fmax(1, fabs(value)))
                fail_msg("%s: %s is %.9g, not %.9g", folder, what, value_of(s, what), value);
        }
    }
    fclose(file);
}

static struct mkt_sheet run_folder(const char *folder, int threads)
{
    char path[512];
    struct mkt_dataset *dataset;
    struct mkt_sheet sheet;
    struct mkt_args args = {{0}};
    struct mkt_err err = {0};
    snprintf(path, sizeof path, GOLDEN "%s", folder);
    struct mkt_dataset_options options = {.threads = threads, .today = 25000};
    if (mkt_dataset_open(path, &options, &dataset, &err) != MKT_OK) fail_msg("%s", err.text);
    read_parameters(folder, &args);
    const struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = &row, .args = &args, .threads = threads};
    mkt_sheet_init(&sheet, &arena);
    if (mkt_attribution_run(&run, &sheet, &err) != MKT_OK) fail_msg("%s", err.text);
    compare_expected(folder, &sheet);
    mkt_dataset_close(dataset);
    return sheet;
}

static void golden_folders(void **state)
{
    (void)state;
    DIR *folders = opendir(GOLDEN);
    int seen = 0;
    if (!folders) skip(); /* not run from the project's root */
    for (struct dirent *d; (d = readdir(folders));)
        if (d->d_name[0] != '.' && !strchr(d->d_name, '.')) {
            (void)run_folder(d->d_name, 1);
            seen++;
        }
    closedir(folders);
    assert_true(seen >= 2);
}

/* Every model shares out every conversion among campaigns, too. */
static void campaigns_add_up(void **state)
{
    (void)state;
    static const char *const model[] = {
        "first_",   "last_",   "last_non_direct_", "linear_", "j_shape_",
        "w_shape_", "custom_", "shapley_",         "markov_", "markov_converting_"};
    struct mkt_sheet s = run_folder("campaigns", 2);
    for (size_t m = 0; m < sizeof model / sizeof *model; m++) {
        char metric[64];
        double sum = 0;
        snprintf(metric, sizeof metric, "%sconversions", model[m]);
        for (size_t i = 0; i < s.facts; i++)
            if (strcmp(s.fact[i].scope, "campaign") == 0 && strcmp(s.fact[i].metric, metric) == 0)
                sum += s.fact[i].value;
        assert_near(sum, 3, 1e-6);
    }
}

/* Runs over a table that stands in a file for a moment. */
static struct mkt_sheet run_text(const char *text, struct mkt_args *args)
{
    char path[] = "/tmp/mkt-attribution-XXXXXX";
    struct mkt_dataset *dataset;
    struct mkt_sheet sheet;
    struct mkt_err err = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    fputs(text, file);
    fclose(file);
    struct mkt_dataset_options options = {.threads = 1, .today = 25000};
    if (mkt_dataset_open(path, &options, &dataset, &err) != MKT_OK) fail_msg("%s", err.text);
    const struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = &row, .args = args, .threads = 1};
    mkt_sheet_init(&sheet, &arena);
    if (mkt_attribution_run(&run, &sheet, &err) != MKT_OK) fail_msg("%s", err.text);
    mkt_dataset_close(dataset);
    unlink(path);
    return sheet;
}

/* 200 people met ads of which 60 bought, 100 were kept from them of whom 10 bought: 40 of the 60
 * would not have. A holdout that is not what it was meant to be tells nothing. */
static void what_holdouts_tell(void **state)
{
    (void)state;
    char *text = MKT_NEW(&arena, char, 1 << 20), *to = text;
    struct mkt_args args = {{0}};
    struct mkt_err err = {0};
    to += sprintf(to, "user_id,time,channel,event,conversion,value\n");
    for (int u = 0; u < 300; u++) {
        to += sprintf(to, "u%d,2025-01-01 10:00:00,ads,%s,0,\n", u, u < 200 ? "click" : "holdout");
        bool buys = u < 200 ? u % 10 < 3 : u % 10 == 0;
        to += sprintf(to, "u%d,2025-01-02 10:00:00,direct,click,%d,%d\n", u, buys, buys ? 50 : 0);
    }
    struct mkt_sheet s = run_text(text, &args);
    assert_near(value_of(&s, "ads.incremental_conversions"), 40, 1e-9);
    assert_near(value_of(&s, "ads.incremental_value"), 2000, 1e-9);
    const struct mkt_fact *fact = mkt_sheet_fact(&s, "ads.incremental_conversions");
    assert_string_equal(fact->interval, "holdout");
    assert_true(fact->low > 5 && fact->high < 75);
    assert_null(mkt_sheet_fact(&s, "direct.incremental_conversions"));
    assert_near(value_of(&s, "ads.linear_conversions"), 30, 1e-9); /* 10 bought without an ad */
    assert_true(has_caveat(&s, "from_holdouts"));
    assert_null(mkt_sheet_finding(&s, "ads.under_credited_by_last_touch"));
    const struct mkt_finding *f = mkt_sheet_finding(&s, "ads.less_by_last_touch_than_caused");
    assert_non_null(f); /* direct closes all journeys */
    assert_true(f->probability > .95 && f->probability < 1);
    assert_int_equal(mkt_args_set(&args, &row, "holdout", "0.1", &err), MKT_OK);
    s = run_text(text, &args);
    assert_null(mkt_sheet_fact(&s, "ads.incremental_conversions"));
    assert_true(has_caveat(&s, "leaky_holdout"));
}

/* A report over all questions goes on where this one has no table. */
static void data_without_journeys(void **state)
{
    (void)state;
    struct mkt_args args = {{0}};
    struct mkt_sheet sheet =
        run_text("date,channel,spend\n2025-01-01,a,1\n2025-01-02,b,2\n", &args);
    assert_int_equal(sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_int_equal(sheet.missings, 1);
    assert_non_null(strstr(sheet.missing[0], "touchpoints"));
}

/* ---- from paths in memory ---------------------------------------------------------------- */

static const struct mkt_share_rule rules[] = {{.name = "first", .kind = MKT_SHARE_FIRST},
                                              {.name = "last", .kind = MKT_SHARE_LAST},
                                              {.name = "linear", .kind = MKT_SHARE_LINEAR},
                                              {.name = "shapley", .kind = MKT_SHARE_SET}};

struct fixture {
    struct mkt_paths paths;
    struct mkt_credits credits;
    struct mkt_attribution_input input;
};

static void add(struct mkt_paths *p, const char *text, int64_t conversions, int64_t nulls,
                int64_t value)
{
    struct mkt_err err = {0};
    struct mkt_path_counts c = {conversions, nulls, value * MKT_MICRO, 0};
    assert_int_equal(mkt_paths_add_text(p, text, strlen(text), '>', &c, &err), MKT_OK);
}

/* People who decide at each touch, by the channels met so far: the odds to convert are `base`, times
 * those of each channel met. All paths of up to `touches`, with as many journeys as are expected. */
struct walk {
    size_t channels, touches;
    const char *name[4];
    double share[4], odds[4], base, leave;
};

static void walk(struct mkt_paths *p, const struct walk *w, const char *text, size_t steps,
                 uint32_t met, double people, double odds)
{
    for (size_t k = 0; k < w->channels; k++) {
        char path[128];
        bool fresh = !(met >> k & 1);
        double here = people * w->share[k], at = fresh ? odds * w->odds[k] : odds;
        snprintf(path, sizeof path, "%s%s%s", text, steps ? " > " : "", w->name[k]);
        double converted = rint(here * at / (1 + at)), left = here - converted;
        double nulls = rint(steps + 1 == w->touches ? left : left * w->leave);
        if (converted + nulls > 0)
            add(p, path, (int64_t)converted, (int64_t)nulls, (int64_t)converted * 100);
        if (steps + 1 < w->touches && left - nulls > 0)
            walk(p, w, path, steps + 1, met | 1U << k, left - nulls, at);
    }
}

static void walks(struct mkt_paths *p, const struct walk *w, double people)
{
    walk(p, w, "", 0, 0, people, w->base);
}

static void count(struct fixture *f)
{
    struct mkt_err err = {0};
    assert_int_equal(mkt_paths_finish(&f->paths, &err), MKT_OK);
    size_t K = f->paths.channel.count;
    assert_int_equal(
        mkt_credits_init(&f->credits, &arena, K, 256, K <= MKT_ATTRIBUTION_CHAIN, rules, 4, &err),
        MKT_OK);
    assert_int_equal(mkt_user_groups_deal(&arena, &f->paths, 1, 2, &f->credits, &err), MKT_OK);
    f->input = (struct mkt_attribution_input){.paths = &f->paths,
                                              .credits = &f->credits,
                                              .period = {0, -1},
                                              .values = true,
                                              .max_order = 3,
                                              .seed = 1,
                                              .threads = 1};
}

static struct mkt_sheet fill(struct fixture *f)
{
    struct mkt_sheet sheet;
    struct mkt_err err = {0};
    mkt_sheet_init(&sheet, &arena);
    if (mkt_attribution_fill(&f->input, &sheet, &err) != MKT_OK) fail_msg("%s", err.text);
    return sheet;
}

/* Social opens journeys that convert, search closes all of them. */
static void shop(struct fixture *f)
{
    mkt_paths_init(&f->paths, &arena);
    add(&f->paths, "social > search", 400, 600, 40000);
    add(&f->paths, "search", 100, 2400, 10000);
    add(&f->paths, "social", 20, 900, 2000);
    add(&f->paths, "mail > search", 60, 700, 6000);
    add(&f->paths, "mail", 10, 500, 1000);
    add(&f->paths, "social > mail > search", 90, 100, 9000);
    count(f);
}

static void credit_adds_up_by_every_model(void **state)
{
    (void)state;
    struct fixture f;
    shop(&f);
    struct mkt_sheet s = fill(&f);
    static const char *const model[] = {"first",   "last",   "linear",
                                        "shapley", "markov", "markov_converting"};
    static const char *const channel[] = {"search", "social", "mail"};
    for (size_t m = 0; m < sizeof model / sizeof *model; m++) {
        double conversions = 0, value = 0;
        for (size_t c = 0; c < 3; c++) {
            char id[64];
            snprintf(id, sizeof id, "%s.%s_conversions", channel[c], model[m]);
            conversions += value_of(&s, id);
            const struct mkt_fact *fact = mkt_sheet_fact(&s, id);
            assert_true(fact->low <= fact->value && fact->value <= fact->high);
            assert_true(fact->high - fact->low <
                        2 * fact->value); /* some hundreds tell something */
            snprintf(id, sizeof id, "%s.%s_value", channel[c], model[m]);
            value += value_of(&s, id);
        }
        assert_near(conversions, 680, 1e-6);
        assert_near(value, 68000, 1e-4);
    }
}

/* Without holdouts: what people who did not meet a channel tell, and how easily it is something else. */
static void what_exposure_tells(void **state)
{
    (void)state;
    struct fixture f;
    mkt_paths_init(&f.paths, &arena);
    walks(&f.paths, &(struct walk){2, 3, {"search", "social"}, {.5, .5}, {3, 2}, .03, .4}, 10000);
    count(&f);
    struct mkt_sheet s = fill(&f);
    assert_true(has_caveat(&s, "from_exposure"));
    assert_false(has_caveat(&s, "exposure_untold"));
    const struct mkt_fact *lost = mkt_sheet_fact(&s, "search.incremental_conversions");
    const struct mkt_fact *trait = mkt_sheet_fact(&s, "search.incremental_explained_by");
    assert_non_null(lost);
    assert_non_null(trait);
    assert_true(lost->low > 0 && 1 < trait->low && trait->low < trait->value);
    assert_non_null(mkt_sheet_fact(&s, "total.incremental_conversions"));
    /* everyone met it, or it never comes beside another */
    mkt_paths_init(&f.paths, &arena);
    add(&f.paths, "social", 400, 2600, 40000);
    add(&f.paths, "social > social", 400, 2600, 40000);
    count(&f);
    s = fill(&f);
    assert_null(mkt_sheet_fact(&s, "social.incremental_conversions"));
    assert_null(mkt_sheet_fact(&s, "total.incremental_conversions"));
    assert_true(has_caveat(&s, "one_channel"));
    add(&f.paths, "search", 500, 2600, 40000);
    count(&f);
    s = fill(&f);
    assert_null(mkt_sheet_fact(&s, "social.incremental_conversions"));
    assert_null(mkt_sheet_fact(&s, "search.incremental_conversions"));
    assert_true(has_caveat(&s, "exposure_untold"));
    assert_false(has_caveat(&s, "from_exposure"));
    for (size_t i = 0; i < s.caveats; i++) /* which, by name */
        if (strcmp(s.caveat[i].id, "exposure_untold") == 0)
            assert_non_null(strstr(s.caveat[i].text, "without social and search is not told: "
                                                     "everyone met them, they hardly ever come"));
}

static void says_where_models_disagree(void **state)
{
    (void)state;
    struct fixture f;
    shop(&f);
    struct mkt_sheet s = fill(&f);
    const struct mkt_finding *search = mkt_sheet_finding(&s, "search.over_credited_by_last_touch");
    const struct mkt_finding *social = mkt_sheet_finding(&s, "social.under_credited_by_last_touch");
    assert_non_null(search);
    assert_non_null(social);
    assert_true(social->probability > .95 && social->probability <= 1);
    assert_non_null(s.headline);
    assert_true(s.confidence > .5 && s.confidence < 1);
    for (size_t i = 0; i < s.findings; i++)
        for (size_t k = 0; k < s.finding[i].facts; k++)
            assert_non_null(mkt_sheet_fact(&s, s.finding[i].fact[k]));
    for (size_t i = 0; i < s.tables; i++)
        for (size_t r = 0; r < s.table[i].rows; r++)
            for (size_t c = 0; c < s.table[i].columns; c++)
                if (s.table[i].row[r].fact[c])
                    assert_non_null(mkt_sheet_fact(&s, s.table[i].row[r].fact[c]));
    /* nobody has two touches of one channel: a second channel and a second touch are the same */
    assert_true(has_caveat(&s, "exposure_untold"));
    assert_null(mkt_sheet_fact(&s, "total.incremental_conversions"));
}

/* Where those who did not convert are not known, last touch is held against removal from the chain. */
static void buyers_alone(void **state)
{
    (void)state;
    struct fixture f;
    mkt_paths_init(&f.paths, &arena);
    add(&f.paths, "social > search", 400, 0, 40000);
    add(&f.paths, "search", 100, 0, 10000);
    add(&f.paths, "social > mail > search", 90, 0, 9000);
    count(&f);
    struct mkt_sheet s = fill(&f);
    assert_non_null(mkt_sheet_finding(&s, "search.over_credited_by_last_touch"));
    assert_non_null(mkt_sheet_finding(&s, "social.under_credited_by_last_touch"));
    assert_null(mkt_sheet_fact(&s, "search.incremental_conversions"));
    assert_true(has_caveat(&s, "no_nulls"));
}

/* Display does nothing and is cheap: the chain would have it return most, those who did not meet it
 * say that it brings nothing. Direct traffic is nobody's doing. */
static void cheap_and_idle(void **state)
{
    (void)state;
    struct fixture f;
    mkt_paths_init(&f.paths, &arena);
    walks(&f.paths,
          &(struct walk){3, 3, {"search", "display", "direct"}, {.3, .35, .35}, {8, 1, 1}, .05, .6},
          10000);
    count(&f);
    struct mkt_sheet s = fill(&f);
    assert_non_null(mkt_sheet_finding(&s, "display.more_by_last_touch_than_seems_caused"));
    assert_null(mkt_sheet_finding(&s, "direct.more_by_last_touch_than_seems_caused"));
    bool tested = false;
    for (size_t i = 0; i < s.findings; i++)
        if (s.finding[i].kind == MKT_FINDING_ACTION) {
            tested = true;
            assert_string_not_equal(s.finding[i].subject, "direct");
        }
    assert_true(tested);
    struct mkt_performance p;
    mkt_performance_init(&p, &arena, 1U << MKT_SPEND, 1U << MKT_CHANNEL);
    for (int32_t day = 100; day < 110; day++)
        for (int c = 0; c < 2; c++) {
            struct mkt_err err = {0};
            struct mkt_performance_row r = {
                .day = day, .name = {c ? "search" : "display", "", ""}, .rows = 1};
            r.sum[MKT_SPEND] = (mkt_micro)(c ? 1000 : 100) * MKT_MICRO;
            assert_int_equal(mkt_performance_add(&p, &r, &err), MKT_OK);
        }
    struct mkt_err err = {0};
    assert_int_equal(mkt_performance_finish(&p, &err), MKT_OK);
    f.input.performance = &p;
    f.input.period = (struct mkt_period){100, 109};
    s = fill(&f);
    assert_true(value_of(&s, "display.markov_roas") > 2 * value_of(&s, "search.markov_roas"));
    assert_null(mkt_sheet_finding(&s, "display_over_search.markov"));
    assert_near(value_of(&s, "search.incremental_cpa"),
                10000 / value_of(&s, "search.incremental_conversions"), 1e-9);
}

static const struct mkt_chart *chart_of(const struct mkt_sheet *s, const char *id)
{
    for (size_t i = 0; i < s->charts; i++)
        if (strcmp(s->chart[i].id, id) == 0) return &s->chart[i];
    fail_msg("there is no chart %s", id);
    return NULL;
}

/* What comes to a place goes on from there; what ends is all there is. Rows of the matrix are 1. */
static void journeys_as_pictures(void **state)
{
    (void)state;
    struct fixture f;
    shop(&f);
    add(&f.paths, "mail > mail > social > mail > search > mail", 3, 4, 30);
    count(&f);
    struct mkt_sheet s = fill(&f);
    const struct mkt_chart *c = chart_of(&s, "flows");
    double ends[2] = {0}, *passed = c->series[0].value;
    for (size_t i = 0; i < c->points; i++) {
        double in = 0, out = 0;
        for (size_t k = 0; k < c->flows; k++) {
            in += c->flow[k].to == i ? c->flow[k].value : 0;
            out += c->flow[k].from == i ? c->flow[k].value : 0;
        }
        if (in > 0) assert_near(in, passed[i], 0);
        if (out > 0) assert_near(out, passed[i], 0);
        if (strcmp(c->x[i], "converted") == 0) ends[0] = in;
        if (strcmp(c->x[i], "left") == 0) ends[1] = in;
        if (strcmp(c->x[i], "more touches") == 0) assert_near(in, 7, 0);
    }
    assert_near(ends[0], 683, 0);
    assert_near(ends[1], 5204, 0);
    c = chart_of(&s, "transitions");
    assert_int_equal(c->count, 4);  /* (start) and the channels */
    assert_int_equal(c->points, 5); /* the channels, (conversion), (null) */
    for (size_t i = 0; i < c->count; i++) {
        double all = 0;
        for (size_t j = 0; j < c->points; j++) all += c->series[i].value[j];
        assert_near(all, 1, 1e-12);
    }
}

static void assert_same(const struct mkt_sheet *one, const struct mkt_sheet *four)
{
    assert_int_equal(one->facts, four->facts);
    for (size_t i = 0; i < one->facts; i++) {
        assert_string_equal(one->fact[i].id, four->fact[i].id);
        assert_memory_equal(&one->fact[i].value, &four->fact[i].value, sizeof(double));
        assert_memory_equal(&one->fact[i].low, &four->fact[i].low, sizeof(double));
    }
}

static void same_whatever_the_threads(void **state)
{
    (void)state;
    struct fixture f;
    shop(&f);
    struct mkt_sheet one = fill(&f);
    f.input.threads = 4;
    struct mkt_sheet four = fill(&f);
    assert_same(&one, &four);
}

/* What comes next hangs on the last three channels: 64 journeys begin, each in its own way, and pass
 * through more states than there are paths. The incremental model is then fitted beside the chain,
 * where there are threads for both. */
static void same_beside_a_long_memory(void **state)
{
    (void)state;
    struct fixture f;
    mkt_paths_init(&f.paths, &arena);
    for (unsigned begin = 0; begin < 64; begin++) {
        uint32_t step[12] = {begin & 3, begin >> 2 & 3, begin >> 4};
        char text[64];
        size_t n = 0;
        for (size_t i = 3; i < 12; i++)
            step[i] = (step[i - 1] + 2 * step[i - 2] + step[i - 3] * step[i - 3] + 1) & 3;
        for (size_t i = 0; i < 12; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%sc%u", i ? ">" : "", step[i]);
        add(&f.paths, text, 10 + step[11] * 10, 60, 100);
    }
    walks(
        &f.paths,
        &(struct walk){4, 2, {"c0", "c1", "c2", "c3"}, {.25, .25, .25, .25}, {1, 2, 1, 3}, .1, .5},
        4000);
    count(&f);
    struct mkt_sheet one = fill(&f);
    assert_true(value_of(&one, "order.3.held_out") > value_of(&one, "order.2.held_out"));
    assert_non_null(mkt_sheet_fact(&one, "c1.markov_memory_conversions"));
    assert_non_null(mkt_sheet_fact(&one, "c3.incremental_conversions"));
    f.input.threads = 2;
    struct mkt_sheet two = fill(&f);
    assert_same(&one, &two);
    f.input.threads = 4;
    struct mkt_sheet four = fill(&f);
    assert_same(&one, &four);
}

static void odd_data(void **state)
{
    (void)state;
    struct fixture f;
    mkt_paths_init(&f.paths, &arena); /* nothing converts */
    add(&f.paths, "a > b", 0, 5, 0);
    count(&f);
    struct mkt_sheet s = fill(&f);
    assert_int_equal(s.status, MKT_ANSWER_INSUFFICIENT);
    assert_int_equal(s.missings, 1);

    mkt_paths_init(&f.paths, &arena); /* one channel; then one that never converts */
    add(&f.paths, "only", 50, 50, 500);
    count(&f);
    s = fill(&f);
    assert_true(has_caveat(&s, "one_channel"));
    assert_near(value_of(&s, "only.markov_conversions"), 50, 1e-9);
    add(&f.paths, "useless", 0, 200, 0);
    count(&f);
    s = fill(&f);
    assert_near(value_of(&s, "useless.markov_conversions"), 0, 0);
    assert_near(value_of(&s, "useless.last_conversions"), 0, 0);

    mkt_paths_init(&f.paths, &arena); /* refunds */
    add(&f.paths, "a > b", 5, 5, -100);
    add(&f.paths, "b > a", 5, 5, 50);
    count(&f);
    s = fill(&f);
    assert_near(value_of(&s, "b.last_value"), -100, 1e-9);
    assert_null(mkt_sheet_fact(&s, "b.markov_value"));

    mkt_paths_init(&f.paths, &arena); /* names that make one key, or one of ours */
    add(&f.paths, "Paid Search > paid-search > total > null", 9, 5, 9);
    count(&f);
    s = fill(&f);
    assert_non_null(mkt_sheet_fact(&s, "paid_search.last_conversions"));
    assert_non_null(mkt_sheet_fact(&s, "paid_search_2.last_conversions"));
    assert_non_null(mkt_sheet_fact(&s, "total_2.last_conversions"));
}

/* Search is met by those who would not buy: no figure says that it drives them away. */
static void selection_is_told_from_effect(void **state)
{
    (void)state;
    struct fixture f;
    mkt_paths_init(&f.paths, &arena);
    walks(&f.paths, &(struct walk){2, 3, {"direct", "search"}, {.5, .5}, {1, .2}, .5, .5}, 5000);
    count(&f);
    struct mkt_sheet s = fill(&f);
    assert_true(has_caveat(&s, "selection"));
    for (size_t i = 0; i < s.caveats; i++)
        if (strcmp(s.caveat[i].id, "selection") == 0)
            assert_non_null(strstr(s.caveat[i].text, "who met search (1 of 2 channels) convert"));
    assert_null(mkt_sheet_fact(&s, "search.incremental_conversions"));
    assert_null(mkt_sheet_fact(&s, "total.incremental_conversions"));
    /* direct is further from what last touch gives it, but nobody can hold it back: how sure the
     * answer is, is how sure that is on which its advice rests */
    const struct mkt_finding *action = NULL;
    for (size_t i = 0; i < s.findings; i++)
        if (s.finding[i].kind == MKT_FINDING_ACTION) action = &s.finding[i];
    assert_non_null(action);
    assert_string_equal(action->subject, "search");
    assert_string_equal(s.headline, action->because[0]);
    assert_string_equal(s.headline, s.finding[0].id);
    assert_true(s.confidence > .5 && s.confidence < 1);
}

/* ---- credit against spend ------------------------------------------------------------------ */

/* The shop's journeys are of days 100 to 109; each day has the same spend and results. */
static void spend(struct fixture *f, struct mkt_performance *p, int32_t first, int32_t last,
                  int64_t conversions, int64_t revenue)
{
    struct mkt_err err = {0};
    unsigned measures = 1U << MKT_SPEND;
    if (conversions) measures |= 1U << MKT_CONVERSIONS;
    if (revenue) measures |= 1U << MKT_REVENUE;
    mkt_performance_init(p, &arena, measures, 1U << MKT_CHANNEL);
    for (int32_t day = first; day <= last; day++)
        for (int c = 0; c < 2; c++) {
            struct mkt_performance_row r = {
                .day = day, .name = {c ? "Search" : "Social", "", ""}, .rows = 1};
            r.sum[MKT_SPEND] = (mkt_micro)(c ? 400 : 100) * MKT_MICRO;
            r.sum[MKT_CONVERSIONS] = conversions * MKT_MICRO / 2;
            r.sum[MKT_REVENUE] = revenue * MKT_MICRO / 2;
            assert_int_equal(mkt_performance_add(p, &r, &err), MKT_OK);
        }
    assert_int_equal(mkt_performance_finish(p, &err), MKT_OK);
    f->input.performance = p;
    f->input.period = (struct mkt_period){100, 109};
}

static bool sets_credit_against_spend(const struct mkt_sheet *s)
{
    bool some = false;
    for (size_t i = 0; i < s->facts; i++)
        some |= strstr(s->fact[i].metric, "_roas") || strstr(s->fact[i].metric, "_cpa");
    for (size_t i = 0; i < s->findings; i++) some |= s->finding[i].kind == MKT_FINDING_COMPARE;
    for (size_t i = 0; i < s->tables; i++)
        some |= strcmp(s->table[i].id, "roas") == 0 || strcmp(s->table[i].id, "cpa") == 0;
    return some;
}

static const char *caveat_text(const struct mkt_sheet *s, const char *id)
{
    for (size_t i = 0; i < s->caveats; i++)
        if (strcmp(s->caveat[i].id, id) == 0) return s->caveat[i].text;
    fail_msg("there is no caveat %s", id);
    return NULL;
}

static void spend_of_the_days_of_the_journeys(void **state)
{
    (void)state;
    struct fixture f;
    struct mkt_performance p;
    shop(&f);
    spend(&f, &p, 90, 150, 68, 6800); /* 680 conversions worth 68,000 on ten of its days */
    struct mkt_sheet s = fill(&f);
    assert_near(value_of(&s, "social.recorded_spend"), 1000, 0);
    assert_near(value_of(&s, "social.last_roas"), 2, 1e-9); /* 20 conversions worth 100 */
    assert_near(value_of(&s, "social.last_cpa"), 50, 1e-9);
    assert_true(sets_credit_against_spend(&s));
    assert_false(has_caveat(&s, "partial_journeys"));
    assert_false(has_caveat(&s, "coverage_unknown"));
    assert_non_null(mkt_sheet_finding(&s, "social_over_search.markov"));
    spend(&f, &p, 90, 150, 84, 0); /* 81 % */
    s = fill(&f);
    assert_true(sets_credit_against_spend(&s));
    spend(&f, &p, 90, 150, 0, 0); /* nothing to compare with */
    s = fill(&f);
    assert_true(sets_credit_against_spend(&s) && has_caveat(&s, "coverage_unknown"));
}

/* As where the journeys are of those who agreed to be measured, and the spend was for everyone. */
static void no_return_where_journeys_hold_a_part(void **state)
{
    (void)state;
    struct fixture f;
    struct mkt_performance p;
    shop(&f);
    spend(&f, &p, 90, 150, 340, 0); /* 3,400 conversions, a fifth of them in journeys */
    struct mkt_sheet s = fill(&f);
    const char *text = caveat_text(&s, "partial_journeys");
    assert_false(sets_credit_against_spend(&s));
    assert_non_null(strstr(text, "680"));
    assert_non_null(strstr(text, "3,400"));
    assert_non_null(strstr(text, "20"));
    assert_near(value_of(&s, "social.recorded_spend"), 1000, 0);
    assert_non_null(mkt_sheet_finding(&s, "social.under_credited_by_last_touch"));

    spend(&f, &p, 90, 150, 86, 0); /* 79 % */
    s = fill(&f);
    assert_false(sets_credit_against_spend(&s));
    spend(&f, &p, 90, 150, 52, 0); /* 131 % */
    s = fill(&f);
    assert_true(!sets_credit_against_spend(&s) && has_caveat(&s, "partial_journeys"));
    spend(&f, &p, 90, 150, 68, 20000); /* as many conversions, a third of their value */
    s = fill(&f);
    assert_true(!sets_credit_against_spend(&s) && has_caveat(&s, "partial_value"));
    spend(&f, &p, 103, 150, 97, 0); /* spend of seven days of ten */
    s = fill(&f);
    assert_true(!sets_credit_against_spend(&s) && has_caveat(&s, "partial_spend"));
}

static void five_thousand_channels(void **state)
{
    (void)state;
    struct fixture f;
    struct mkt_random r;
    mkt_random_init(&r, 1, 0);
    mkt_paths_init(&f.paths, &arena);
    for (int i = 0; i < 8000; i++) {
        char text[64];
        snprintf(text, sizeof text, "c%d > c%u", i % 5000, mkt_random_below(&r, 5000));
        add(&f.paths, text, 1, 2, 10);
    }
    count(&f);
    struct mkt_sheet s = fill(&f);
    assert_true(has_caveat(&s, "too_many_channels"));
    assert_int_equal(s.status, MKT_ANSWER_LIMITED);
    assert_int_equal(s.table[0].rows, 50);
    assert_non_null(s.table[0].note);
}

static void stops_and_runs_out(void **state)
{
    (void)state;
    struct fixture f;
    struct mkt_sheet sheet;
    struct mkt_err err = {0};
    atomic_bool cancel = true;
    shop(&f);
    f.input.cancel = &cancel;
    mkt_sheet_init(&sheet, &arena);
    assert_int_equal(mkt_attribution_fill(&f.input, &sheet, &err), MKT_E_CANCELLED);
    f.input.cancel = NULL;
    size_t mark = mkt_arena_mark(&arena), before = arena.allocations;
    (void)fill(&f);
    size_t needed = arena.allocations - before;
    for (size_t k = 1; k <= needed; k += 1 + needed / 60) {
        mkt_arena_release(&arena, mark);
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        mkt_sheet_init(&sheet, &arena);
        mkt_status status = mkt_attribution_fill(&f.input, &sheet, &err);
        arena.fail_at = 0;
        assert_int_equal(status, MKT_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(golden_folders, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(data_without_journeys, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(credit_adds_up_by_every_model, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(what_exposure_tells, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(says_where_models_disagree, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(buyers_alone, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(cheap_and_idle, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(campaigns_add_up, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(what_holdouts_tell, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(journeys_as_pictures, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(same_whatever_the_threads, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(same_beside_a_long_memory, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(odd_data, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(selection_is_told_from_effect, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(spend_of_the_days_of_the_journeys, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(no_return_where_journeys_hold_a_part, arena_open,
                                        arena_close),
        cmocka_unit_test_setup_teardown(five_thousand_channels, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(stops_and_runs_out, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
