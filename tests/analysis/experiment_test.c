/* Verdicts, words and refusals from simulated experiments whose truth is known. */
#include "analysis/experiment.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/experiment_verdict.h"
#include "fact/words.h"
#include "model/sequential.h"
#include "narrate/plain.h"
#include "num/random.h"
#include "report/answer_json.h"

static struct mkt_err err;

static const struct mkt_arms_metric metric[] = {
    {.name = "conversion", .kind = MKT_ARMS_PROPORTION, .cap = NAN, .most = 1},
    {.name = "revenue", .kind = MKT_ARMS_MEAN, .covariate = true, .cap = NAN, .most = NAN},
    {.name = "refunds", .kind = MKT_ARMS_COUNT, .cap = NAN, .most = NAN},
};
#define METRICS 3

/* An experiment to draw: what is true of it. */
struct world {
    int variants, units, days; /* units in all */
    double rate, up, revenue_up, refunds_up;
    double lost;       /* share of b's units that never arrive */
    double fade;       /* of the lift, over all days */
    double by_segment; /* lift in segment "new" is up + by_segment */
    bool segments;
    uint64_t seed;
};

static const struct world usual = {
    .variants = 2, .units = 20000, .days = 28, .rate = .1, .seed = 1};

static struct mkt_arena open_arena(void)
{
    struct mkt_arena arena;
    assert_int_equal(mkt_arena_open(&arena, 256U << 20, &err), MKT_OK);
    return arena;
}

static const struct mkt_arms *draw(struct mkt_arena *arena, const struct world *w)
{
    static const char *const name[] = {"control", "b", "c", "d"};
    struct mkt_arms *arms = MKT_NEW(arena, struct mkt_arms, 1);
    assert_non_null(arms);
    mkt_arms_init(arms, arena, metric, METRICS, w->days > 0, w->segments);
    struct mkt_random r;
    mkt_random_init(&r, w->seed, 0);
    for (int v = 0; v < w->variants; v++)
        for (int day = 0; day < (w->days ? w->days : 1); day++)
            for (int s = 0; s < (w->segments ? 2 : 1); s++) {
                int n = w->units / w->variants / (w->days ? w->days : 1) / (w->segments ? 2 : 1);
                for (int i = 0; i < n; i++) {
                    double habit = mkt_random_gamma(&r, 2);
                    double up = v ? w->up + (s ? w->by_segment : 0) : 0;
                    if (w->days) up *= 1 - w->fade * day / w->days;
                    bool bought = mkt_random_uniform(&r) < w->rate * (1 + up);
                    double refunds = mkt_random_uniform(&r) < .05 * (1 + (v ? w->refunds_up : 0));
                    double spent =
                        (1 + (v ? w->revenue_up : 0)) * habit * (.5 + mkt_random_uniform(&r));
                    if (v && mkt_random_uniform(&r) < w->lost) continue;
                    const double value[METRICS][MKT_ARMS_VARIABLES] = {
                        {bought}, {spent, 0, habit}, {refunds}};
                    assert_int_equal(mkt_arms_add_unit(arms, name[v], s ? "new" : "old",
                                                       20454 + day, value, &err),
                                     MKT_OK);
                }
            }
    assert_int_equal(mkt_arms_finish(arms, &err), MKT_OK);
    return arms;
}

static struct mkt_experiment_options options(void)
{
    return (struct mkt_experiment_options){
        .level = .95, .tuning = 5000, .power = .8, .effect = .05, .lower = "refunds"};
}

static struct mkt_sheet *fill(struct mkt_arena *arena, const struct world *w,
                              const struct mkt_experiment_options *o)
{
    struct mkt_sheet *sheet = MKT_NEW(arena, struct mkt_sheet, 1);
    mkt_sheet_init(sheet, arena);
    mkt_status status = mkt_experiment_fill(draw(arena, w), NULL, o, sheet, &err);
    if (status != MKT_OK) fail_msg("%s", err.text);
    return sheet;
}

static const char *verdict(const struct mkt_sheet *sheet)
{
    const struct mkt_finding *f = mkt_sheet_finding(sheet, "verdict");
    return f ? f->claim : "none";
}

static bool has_caveat(const struct mkt_sheet *sheet, const char *id)
{
    for (size_t i = 0; i < sheet->caveats; i++)
        if (strcmp(sheet->caveat[i].id, id) == 0) return true;
    return false;
}

static struct mkt_words tell(struct mkt_sheet *sheet)
{
    struct mkt_words words;
    assert_int_equal(mkt_plain_write(sheet, &words, &err), MKT_OK);
    if (getenv("MKT_SHOW"))
        print_message("VERDICT %s\nSUMMARY %s\nCHANNELS %s\nAUDIENCE %s\nRETURN %s\n",
                      words.verdict, words.performance_summary, words.channel_analysis,
                      words.audience_insights, words.roi_analysis);
    for (size_t i = 0; getenv("MKT_SHOW") && i < words.recommendations; i++)
        print_message("DO %s\n", words.optimization_recommendations[i]);
    return words;
}

static void ships_a_winner(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = .3;
    struct mkt_experiment_options o = options();
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    assert_string_equal(verdict(sheet), "ship b");
    assert_string_equal(sheet->headline, "verdict");
    assert_int_equal(sheet->status, MKT_ANSWER_OK);
    assert_true(sheet->confidence > .99 && sheet->collaboration_ready);
    const struct mkt_fact *lift = mkt_sheet_fact(sheet, "conversion.b.lift");
    const struct mkt_fact *any = mkt_sheet_fact(sheet, "conversion.b.lift_any_time");
    assert_true(lift->low > 0 && lift->low < .3 && lift->high > .3);
    assert_true(any->low < lift->low && any->high > lift->high);
    assert_true(mkt_sheet_fact(sheet, "conversion.b.chance_to_win")->value > .999);
    assert_true(mkt_sheet_fact(sheet, "revenue.b.saved")->value > .5);
    assert_null(mkt_sheet_fact(sheet, "conversion.control.lift"));
    assert_non_null(strstr(tell(sheet).verdict, "Ship b"));
    assert_int_equal(sheet->charts, 3);
    mkt_arena_close(&arena);
}

static void keeps_the_control(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = -.3;
    struct mkt_experiment_options o = options();
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    assert_non_null(strstr(verdict(sheet), "keep control"));
    assert_true(sheet->confidence > .99);
    assert_non_null(strstr(tell(sheet).verdict, "Do not ship b"));
    /* the same metric, better when lower: a winner */
    o.lower = "conversion, refunds";
    sheet = fill(&arena, &w, &o);
    assert_string_equal(verdict(sheet), "ship b");
    assert_true(mkt_sheet_fact(sheet, "conversion.b.chance_to_win")->value > .99);
    mkt_arena_close(&arena);
}

static void runs_on(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = 0;
    struct mkt_experiment_options o = options();
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    assert_string_equal(verdict(sheet), "none");
    assert_int_equal(sheet->status, MKT_ANSWER_LIMITED);
    assert_true(has_caveat(sheet, "keep_running"));
    for (size_t i = 0; i < sheet->caveats; i++) /* the verdict said what to do: here is why */
        if (strcmp(sheet->caveat[i].id, "keep_running") == 0)
            assert_ptr_equal(
                strstr(sheet->caveat[i].text, "The lift cannot be told from chance yet: "),
                sheet->caveat[i].text);
    const struct mkt_fact *units = mkt_sheet_fact(sheet, "units_left");
    const struct mkt_fact *days = mkt_sheet_fact(sheet, "days_left");
    assert_true(units->value > 0);
    assert_true(fabs(days->value - ceil(units->value / (20000. / 28))) < 1.5);
    assert_non_null(strstr(tell(sheet).verdict, "Keep the experiment running until 202"));
    /* a plan that has ended decides by the fixed test, and says that the gain is too small */
    o.planned = 19000;
    sheet = fill(&arena, &w, &o);
    assert_non_null(strstr(verdict(sheet), "does not gain as much"));
    /* planned looks: the bounds of now */
    o.planned = 40000;
    o.looks = 4;
    sheet = fill(&arena, &w, &o);
    const struct mkt_fact *now = mkt_sheet_fact(sheet, "conversion.b.lift_planned");
    const struct mkt_fact *fixed = mkt_sheet_fact(sheet, "conversion.b.lift");
    assert_true(now->high - now->low > 1.3 * (fixed->high - fixed->low));
    assert_true(mkt_sheet_fact(sheet, "units_left")->value ==
                40000 - mkt_sheet_fact(sheet, "units")->value);
    mkt_arena_close(&arena);
}

static void a_guard_holds_it_back(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = .4;
    w.refunds_up = .6;
    struct mkt_experiment_options o = options();
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    assert_string_equal(verdict(sheet),
                        "do not ship b: it gains on conversion but loses on refunds");
    assert_non_null(strstr(tell(sheet).verdict, "refunds"));
    /* within a margin that these units cannot show: run on, for the guard's sake */
    w.refunds_up = 0;
    o.margin = .01;
    sheet = fill(&arena, &w, &o);
    assert_string_equal(verdict(sheet), "none");
    assert_true(has_caveat(sheet, "keep_running"));
    o.margin = .5;
    sheet = fill(&arena, &w, &o);
    assert_string_equal(verdict(sheet), "ship b");
    assert_true(mkt_sheet_fact(sheet, "refunds.b.p_not_worse")->value < .05);
    mkt_arena_close(&arena);
}

static void finds_what_is_broken(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = .3;
    w.lost = .08;
    struct mkt_experiment_options o = options();
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    assert_int_equal(sheet->status, MKT_ANSWER_INSUFFICIENT);
    assert_true(mkt_sheet_fact(sheet, "split_p")->value < .001);
    assert_null(mkt_sheet_fact(sheet, "conversion.b.lift")); /* no wrong number */
    assert_non_null(mkt_sheet_fact(sheet, "conversion.b"));
    assert_true(sheet->confidence > .9);
    assert_non_null(strstr(tell(sheet).verdict, "broken"));
    /* the same split, meant that way */
    o.shares = "control=0.521, b=0.479";
    sheet = fill(&arena, &w, &o);
    assert_string_equal(verdict(sheet), "ship b");
    mkt_arena_close(&arena);
}

static void units_in_two_variants(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = .3;
    struct mkt_experiment_options o = options();
    struct mkt_arms arms = *draw(&arena, &w);
    struct mkt_sheet some, many;
    arms.multiple = 10;
    arms.unnamed = 3;
    mkt_sheet_init(&some, &arena);
    assert_int_equal(mkt_experiment_fill(&arms, NULL, &o, &some, &err), MKT_OK);
    assert_string_equal(verdict(&some), "ship b");
    assert_true(has_caveat(&some, "in_two_variants") && has_caveat(&some, "unnamed"));
    arms.multiple = 1000;
    mkt_sheet_init(&many, &arena);
    assert_int_equal(mkt_experiment_fill(&arms, NULL, &o, &many, &err), MKT_OK);
    assert_int_equal(many.status, MKT_ANSWER_INSUFFICIENT);
    assert_null(mkt_sheet_fact(&many, "conversion.b.lift"));
    assert_non_null(strstr(tell(&many).verdict, "more than one variant"));
    mkt_arena_close(&arena);
}

static void chooses_among_several(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.variants = 4;
    w.units = 40000;
    w.up = .35;
    struct mkt_experiment_options o = options();
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    assert_non_null(strstr(verdict(sheet), "ship "));
    double sum = 0;
    static const char *const id[] = {"conversion.control.best", "conversion.b.best",
                                     "conversion.c.best", "conversion.d.best"};
    for (int i = 0; i < 4; i++) sum += mkt_sheet_fact(sheet, id[i])->value;
    assert_true(fabs(sum - 1) < 1e-9);
    assert_true(sheet->confidence <= mkt_sheet_finding(sheet, "verdict")->probability);
    assert_true(has_caveat(sheet, "several_variants"));
    assert_true(mkt_sheet_fact(sheet, "conversion.b.p_holm")->value >=
                mkt_sheet_fact(sheet, "conversion.b.p")->value);
    mkt_arena_close(&arena);
}

static void looks_at_segments_and_days(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.units = 60000;
    w.segments = true;
    w.by_segment = .8;
    struct mkt_experiment_options o = options();
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    const struct mkt_finding *differ = mkt_sheet_finding(sheet, "segments.b.differ");
    assert_true(differ->probability > .99);
    assert_true(mkt_sheet_fact(sheet, "segment.new.b.lift")->value > .5);
    assert_string_equal(mkt_sheet_fact(sheet, "segment.new.b.lift")->interval,
                        "fieller_bonferroni");
    assert_non_null(mkt_sheet_fact(sheet, "conversion.b.lift_poststratified"));
    assert_non_null(strstr(tell(sheet).audience_insights, "differs between segments"));
    w = usual;
    w.units = 60000;
    w.up = .6;
    w.fade = 1;
    sheet = fill(&arena, &w, &o);
    assert_true(has_caveat(sheet, "conversion.b.novelty"));
    w.fade = 0;
    w.days = 5;
    sheet = fill(&arena, &w, &o);
    assert_false(has_caveat(sheet, "conversion.b.novelty"));
    assert_true(has_caveat(sheet, "short"));
    w.days = 0;
    sheet = fill(&arena, &w, &o);
    assert_true(has_caveat(sheet, "undated"));
    assert_null(mkt_sheet_fact(sheet, "days"));
    mkt_arena_close(&arena);
}

/* ---- bad input ------------------------------------------------------------------ */

static struct mkt_sheet *fill_units(struct mkt_arena *arena, int variants, int n, double value,
                                    double outlier)
{
    static const struct mkt_arms_metric one[] = {
        {.name = "value", .kind = MKT_ARMS_MEAN, .cap = NAN, .most = 1e12}};
    struct mkt_arms *arms = MKT_NEW(arena, struct mkt_arms, 1);
    struct mkt_sheet *sheet = MKT_NEW(arena, struct mkt_sheet, 1);
    mkt_arms_init(arms, arena, one, 1, false, false);
    struct mkt_random r;
    mkt_random_init(&r, 3, 3);
    for (int v = 0; v < variants; v++)
        for (int i = 0; i < n; i++) {
            bool odd = outlier > 0;
            double usual_value = odd ? 1 + mkt_random_uniform(&r) : 1;
            double y = value * (odd && i == 0 ? outlier : usual_value);
            assert_int_equal(mkt_arms_add_unit(arms, v ? "b" : "a", NULL, 0,
                                               (const double[1][MKT_ARMS_VARIABLES]){{y}}, &err),
                             MKT_OK);
        }
    assert_int_equal(mkt_arms_finish(arms, &err), MKT_OK);
    mkt_sheet_init(sheet, arena);
    struct mkt_experiment_options o = options();
    o.lower = NULL;
    assert_int_equal(mkt_experiment_fill(arms, NULL, &o, sheet, &err), MKT_OK);
    return sheet;
}

static void refuses_in_a_sentence(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_sheet *sheet = fill_units(&arena, 1, 500, 1, 0);
    assert_int_equal(sheet->status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(sheet->missing[0], "one variant only"));
    sheet = fill_units(&arena, 2, 0, 1, 0);
    assert_int_equal(sheet->status, MKT_ANSWER_INSUFFICIENT);
    sheet = fill_units(&arena, 2, 500, 7, 0); /* no variance */
    assert_int_equal(sheet->status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(sheet->missing[0], "do not vary"));
    sheet = fill_units(&arena, 2, 500, 0, 0); /* all zeros */
    assert_int_equal(sheet->status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(sheet->missing[0], "zero"));
    sheet = fill_units(&arena, 2, 1, 5, 0);
    assert_int_equal(sheet->status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(sheet->missing[0], "fewer than two"));
    sheet = fill_units(&arena, 2, 5, 1, 3); /* ten rows */
    assert_string_equal(verdict(sheet), "none");
    assert_true(has_caveat(sheet, "few_units"));
    assert_true(mkt_sheet_fact(sheet, "units_left")->value >= 190);
    sheet = fill_units(&arena, 2, 500, 1, 1e12); /* an outlier in each arm */
    assert_string_equal(verdict(sheet), "none");
    assert_true(has_caveat(sheet, "value.outlier"));
    mkt_arena_close(&arena);
}

static mkt_status estimate(const struct mkt_experiment_options *o)
{
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.units = 400;
    struct mkt_experiment e;
    mkt_err_clear(&err);
    mkt_status status = mkt_experiment_estimate(&arena, draw(&arena, &w), o, &e, &err);
    mkt_arena_close(&arena);
    return status;
}

static void names_what_it_does_not_know(void **state)
{
    (void)state;
    struct mkt_experiment_options o = options();
    o.control = "x";
    assert_int_equal(estimate(&o), MKT_E_ARG);
    assert_non_null(strstr(err.text, "\"x\"; the experiment has: b and control"));
    o.control = "B";
    assert_int_equal(estimate(&o), MKT_OK);
    o.goal = "y";
    assert_int_equal(estimate(&o), MKT_E_ARG);
    assert_non_null(strstr(err.text, "conversion, revenue and refunds"));
    o.goal = "Revenue";
    assert_int_equal(estimate(&o), MKT_OK);
    o.lower = "refunds,z";
    assert_int_equal(estimate(&o), MKT_E_ARG);
    o.lower = NULL;
    static const char *const bad[] = {"b",   "b=x",     "b=-1,control=1",
                                      "b=1", "b=1,c=1", "b=0,control=1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.shares = bad[i];
        assert_int_equal(estimate(&o), MKT_E_ARG);
        assert_true(err.text[0] != '\0');
    }
    o.shares = "B=3,control=1";
    assert_int_equal(estimate(&o), MKT_OK);
    o.looks = 5;
    assert_int_equal(estimate(&o), MKT_E_ARG);
    assert_non_null(strstr(err.text, "looks needs planned_units"));
    o.planned = 400;
    assert_int_equal(estimate(&o), MKT_OK);
    o.prior_mean = .1;
    assert_int_equal(estimate(&o), MKT_E_ARG);
    assert_non_null(strstr(err.text, "prior_mean needs a prior_sd"));
    o.prior_sd = .1;
    assert_int_equal(estimate(&o), MKT_OK);
    mkt_err_clear(&err);
}

/* Of several variants, each is decided by an interval that holds for all of them at once, and the one
 * that is shipped is no surer than it is the best. */
static void several_variants_share_the_level(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.variants = 3;
    w.units = 30000;
    w.up = .35;
    struct mkt_experiment e;
    struct mkt_experiment_options o = options();
    assert_int_equal(mkt_experiment_estimate(&arena, draw(&arena, &w), &o, &e, &err), MKT_OK);
    for (size_t v = 0; v < 3; v++) {
        if (v == e.control) continue;
        const struct mkt_experiment_lift *l = mkt_experiment_lift_at(&e, e.goal, v);
        double at = mkt_sequential_critical(l->best.n, .975, 5000, 2),
               of_one = mkt_sequential_critical(l->best.n, .95, 5000, 2);
        assert_true(fabs((l->high - l->low) / (l->always.high - l->always.low) - at / of_one) <
                    1e-9);
    }
    struct mkt_experiment_verdict verdict = mkt_experiment_verdict_of(&e);
    assert_int_equal(verdict.call, MKT_EXPERIMENT_SHIP);
    assert_true(e.best[verdict.variant] < .99); /* b and c are alike */
    assert_true(verdict.probability <= e.best[verdict.variant]);
    assert_true(verdict.confidence <= e.best[verdict.variant]);
    mkt_arena_close(&arena);
}

/* A lift on one day of the week alone, and one that is the same on all. */
static void days_of_the_week_are_looked_at(void **state)
{
    (void)state;
    for (int weekday = 0; weekday < 8; weekday++) { /* 7: none */
        struct mkt_arena arena = open_arena();
        struct mkt_arms arms;
        struct mkt_sheet sheet;
        struct mkt_random r;
        mkt_random_init(&r, 3, 0);
        mkt_arms_init(&arms, &arena, metric, METRICS, true, false);
        for (int v = 0; v < 2; v++)
            for (int day = 20454; day < 20454 + 28; day++)
                for (int i = 0; i < 500; i++) {
                    double up = v && (weekday == 7 || mkt_date_weekday(day) == weekday);
                    const double value[METRICS][MKT_ARMS_VARIABLES] = {
                        {mkt_random_uniform(&r) < .2 + .1 * up}, {1, 0, 1}, {0}};
                    assert_int_equal(
                        mkt_arms_add_unit(&arms, v ? "b" : "a", NULL, day, value, &err), MKT_OK);
                }
        assert_int_equal(mkt_arms_finish(&arms, &err), MKT_OK);
        mkt_sheet_init(&sheet, &arena);
        struct mkt_experiment_options o = options();
        assert_int_equal(mkt_experiment_fill(&arms, NULL, &o, &sheet, &err), MKT_OK);
        assert_int_equal(has_caveat(&sheet, "conversion.b.weekdays"), weekday < 7);
        mkt_arena_close(&arena);
    }
}

/* ---- the whole answer -------------------------------------------------------------- */

static const char *json_of(struct mkt_arena *arena, const struct world *w)
{
    struct mkt_experiment_options o = options();
    struct mkt_answer answer = {.sheet = *fill(arena, w, &o)};
    assert_int_equal(mkt_plain_write(&answer.sheet, &answer.words, &err), MKT_OK);
    struct mkt_buf out;
    mkt_buf_init(&out, arena);
    assert_int_equal(mkt_answer_json_write(&out, &answer, &err), MKT_OK);
    return out.data;
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.segments = true;
    w.up = .1;
    const char *a = json_of(&arena, &w), *b = json_of(&arena, &w);
    assert_string_equal(a, b);
    assert_non_null(strstr(a, "\"by_variant\""));
    mkt_arena_close(&arena);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct mkt_arena data = open_arena();
    struct world w = usual;
    w.units = 3000;
    w.variants = 3;
    w.segments = true;
    w.days = 8;
    const struct mkt_arms *arms = draw(&data, &w);
    struct mkt_experiment_options o = options();
    size_t all = 0;
    for (size_t fail = 0; fail == 0 || fail <= all; fail += fail < 40 ? 1 : 37) {
        struct mkt_arena arena = open_arena();
        struct mkt_sheet sheet;
        arena.fail_at = fail;
        mkt_sheet_init(&sheet, &arena);
        mkt_err_clear(&err);
        assert_int_equal(mkt_experiment_fill(arms, NULL, &o, &sheet, &err),
                         fail ? MKT_E_NOMEM : MKT_OK);
        if (!fail) all = arena.allocations;
        mkt_arena_close(&arena);
    }
    mkt_err_clear(&err);
    mkt_arena_close(&data);
}

/* Of 100 experiments without any effect, looked at on each of 14 days, at most 5 in 100 are called;
 * of 60 with a clear one, all but a few are shipped. */
static void calls_rarely_err(void **state)
{
    (void)state;
    int called = 0, shipped = 0;
    struct mkt_experiment_options o = options();
    o.effect = 1e-4; /* never too small */
    for (int i = 0; i < 160; i++) {
        struct mkt_arena arena = open_arena();
        struct world w = usual;
        w.units = 2800;
        w.days = 14;
        w.rate = .3;
        w.up = i < 100 ? 0 : .5;
        w.seed = (uint64_t)i + 100;
        struct mkt_experiment e;
        assert_int_equal(mkt_experiment_estimate(&arena, draw(&arena, &w), &o, &e, &err), MKT_OK);
        bool left = false;
        for (size_t k = 0; k < e.points; k++) {
            const struct mkt_experiment_point *at = &e.path[(1 - e.control) * e.points + k];
            left = left || at->low > 0 || at->high < 0;
        }
        if (i < 100)
            called += left;
        else
            shipped += mkt_experiment_verdict_of(&e).call == MKT_EXPERIMENT_SHIP;
        mkt_arena_close(&arena);
    }
    print_message("called without an effect: %d of 100; shipped with one: %d of 60\n", called,
                  shipped);
    assert_true(called <= 5);
    assert_true(shipped >= 57);
}

/* One side: the p value halves, and the better end of the two-sided interval at 1 - 2 alpha decides. */
static void one_side_asks_less(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = .15;
    struct mkt_experiment_options o = options();
    struct mkt_sheet *two = fill(&arena, &w, &o);
    o.one_sided = true;
    struct mkt_sheet *one = fill(&arena, &w, &o);
    const struct mkt_fact *a = mkt_sheet_fact(two, "conversion.b.lift"),
                          *b = mkt_sheet_fact(one, "conversion.b.lift");
    assert_true(fabs(a->level - .95) < 1e-12 && fabs(b->level - .9) < 1e-12);
    assert_true(b->low > a->low && b->high < a->high && b->value == a->value);
    double p = mkt_sheet_fact(two, "conversion.b.p")->value;
    assert_true(fabs(mkt_sheet_fact(one, "conversion.b.p")->value - p / 2) < 1e-12);
    /* at any look its own bound decides, beyond the end of both sides at 90 % */
    const struct mkt_fact *any = mkt_sheet_fact(one, "conversion.b.lift_any_time");
    double any_p = mkt_sheet_fact(one, "conversion.b.p_any_time")->value,
           both_p = mkt_sheet_fact(two, "conversion.b.p_any_time")->value;
    assert_int_equal(any_p<.05, any->low> 0);
    assert_true(any_p < both_p &&
                any->low > mkt_sheet_fact(two, "conversion.b.lift_any_time")->low);
    /* the others keep both sides: a guard must still be seen to be worse */
    assert_true(mkt_sheet_fact(one, "refunds.b.p")->value ==
                mkt_sheet_fact(two, "refunds.b.p")->value);
    assert_true(mkt_sheet_fact(one, "revenue.b.lift")->level == .95);
    mkt_arena_close(&arena);
}

/* A goal that must only not lose: 3 % fewer at a margin of 10 % ship, at a margin of 1 % they do not;
 * 30 % fewer never. */
static void no_worse_is_an_aim(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.units = 60000;
    w.rate = .3;
    w.up = -.03;
    struct mkt_experiment_options o = options();
    o.not_worse = true;
    o.margin = .1;
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    assert_non_null(strstr(verdict(sheet), "ship b: on conversion it loses less than the margin"));
    assert_true(mkt_sheet_fact(sheet, "conversion.b.p_not_worse")->value < .001);
    o.margin = .01;
    sheet = fill(&arena, &w, &o);
    assert_null(strstr(verdict(sheet), "ship b: on"));
    w.up = -.3;
    o.margin = .1;
    sheet = fill(&arena, &w, &o);
    assert_string_equal(verdict(sheet),
                        "do not ship b: it loses more than the margin on conversion");
    o.margin = 0;
    struct mkt_experiment e;
    assert_int_equal(mkt_experiment_estimate(&arena, draw(&arena, &w), &o, &e, &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "margin above 0"));
    mkt_err_clear(&err);
    mkt_arena_close(&arena);
}

/* Two of five planned looks: O'Brien-Fleming style asks for 3.36 standard errors. */
static void planned_looks_have_their_bounds(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = .1;
    w.units = 20160; /* as many as go into 28 days without a rest */
    struct mkt_experiment_options o = options();
    o.planned = 50400;
    o.looks = 5;
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    const struct mkt_fact *bound = mkt_sheet_fact(sheet, "conversion.b.bound");
    const struct mkt_fact *lift = mkt_sheet_fact(sheet, "conversion.b.lift_planned");
    assert_true(fabs(bound->value - 3.3569) < 2e-3);
    const struct mkt_fact *fixed = mkt_sheet_fact(sheet, "conversion.b.lift");
    double se = (fixed->high - fixed->low) / 2 / 1.96;
    assert_true(fabs((lift->high - lift->low) / 2 - bound->value * se) < 1e-3 * se);
    mkt_arena_close(&arena);
}

/* A prior pulls the belief towards it; a flat one leaves the lift as it was seen. */
static void a_prior_pulls_the_belief(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.up = .2;
    struct mkt_experiment_options o = options();
    o.prior_mean = -.05;
    o.prior_sd = .05;
    struct mkt_sheet *sheet = fill(&arena, &w, &o);
    double seen = mkt_sheet_fact(sheet, "conversion.b.lift")->value;
    const struct mkt_fact *believed = mkt_sheet_fact(sheet, "conversion.b.lift_believed");
    assert_true(believed->value > -.05 && believed->value < seen);
    mkt_arena_close(&arena);
}

/* A quantile as the goal: its ranks decide, and there are no segments, no path and no outliers. */
static void a_quantile_decides(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct world w = usual;
    w.segments = true;
    struct mkt_arms arms = *draw(&arena, &w);
    static const struct mkt_ranks ranks[] = {{30000, 10000, 9, 8.9, 9.1},
                                             {30000, 10000, 10, 9.9, 10.1}};
    struct mkt_arms_metric changed[METRICS];
    memcpy(changed, metric, sizeof changed);
    changed[1] = (struct mkt_arms_metric){.name = "minutes",
                                          .kind = MKT_ARMS_QUANTILE,
                                          .cap = NAN,
                                          .most = 1e12,
                                          .quantile = .9,
                                          .ranks = ranks};
    arms.metric = changed;
    struct mkt_experiment_options o = options();
    o.goal = "minutes";
    o.lower = "minutes";
    struct mkt_sheet sheet;
    mkt_sheet_init(&sheet, &arena);
    assert_int_equal(mkt_experiment_fill(&arms, NULL, &o, &sheet, &err), MKT_OK);
    assert_string_equal(verdict(&sheet), "ship b");
    const struct mkt_fact *lift = mkt_sheet_fact(&sheet, "minutes.b.lift");
    assert_true(fabs(lift->value + .1) < 1e-12);
    double se = .1 / 1.959964, want = 1.96 * sqrt(se * se / 100 + se * se * 81 / 1e4);
    assert_true(fabs((lift->high - lift->low) / 2 - want) < 1e-3 * want);
    assert_true(mkt_sheet_fact(&sheet, "minutes.quantile")->value == .9);
    assert_true(has_caveat(&sheet, "minutes.quantile") && !has_caveat(&sheet, "minutes.outlier"));
    assert_null(mkt_sheet_fact(&sheet, "segment.new.b.lift"));
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_variants_share_the_level),
        cmocka_unit_test(days_of_the_week_are_looked_at),
        cmocka_unit_test(ships_a_winner),
        cmocka_unit_test(keeps_the_control),
        cmocka_unit_test(runs_on),
        cmocka_unit_test(a_guard_holds_it_back),
        cmocka_unit_test(finds_what_is_broken),
        cmocka_unit_test(units_in_two_variants),
        cmocka_unit_test(chooses_among_several),
        cmocka_unit_test(looks_at_segments_and_days),
        cmocka_unit_test(refuses_in_a_sentence),
        cmocka_unit_test(names_what_it_does_not_know),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(one_side_asks_less),
        cmocka_unit_test(no_worse_is_an_aim),
        cmocka_unit_test(planned_looks_have_their_bounds),
        cmocka_unit_test(a_prior_pulls_the_belief),
        cmocka_unit_test(a_quantile_decides),
        cmocka_unit_test(calls_rarely_err),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
