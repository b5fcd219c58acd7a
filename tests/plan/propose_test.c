/* A model's plan: read strictly, and of random weights always well formed. */
#include "plan/propose.h"

#include "llm/fixture.h"
#include "plan/company.h"
#include "plan/plan_line.h"

#define SEEDS 100

static struct mkt_plan plan;

static void begin(const char *question)
{
    struct mkt_planner p = company_planner();
    mkt_arena_reset(&company_arena, 0);
    mkt_err_clear(&company_err);
    mkt_plan_init(&plan, &company_arena);
    if (mkt_planner_plan(&p, question, strlen(question), &plan, &company_err) != MKT_OK)
        fail_msg("%s", company_err.text);
}

static const char *after(const char *question, const char *text, bool *good)
{
    static char line[2048];
    struct mkt_planner p = company_planner();
    begin(question);
    assert_int_equal(mkt_propose_read(&p, text, "Model", &plan, good, &company_err), MKT_OK);
    return plan_line(&plan, line, sizeof line);
}

static void proposals_are_read(void **state)
{
    bool good;
    (void)state;
    assert_string_equal(after("hm?", " roi in 2025-Q4 of k3 tell roas tell advice.", &good),
                        "roi(period=2025-Q4,campaign=Holiday 2025)[roas,!action]");
    assert_true(good && !plan.open);
    assert_string_equal(after("hm?", "roi of c2 of c4; attribution of c1.", &good),
                        "roi()[@channel:email,@channel:social]; attribution()[@channel:display]");
    assert_string_equal(after("hm?", "none.", &good), "-");
    assert_true(good && plan.open);
}

static void what_is_no_plan_is_left(void **state)
{
    static const char *const text[] = {"",
                                       "roi",
                                       "roi tell.",
                                       "roi of c9.",
                                       "roi of v1.",
                                       "magic.",
                                       "roi in Q4.",
                                       "roi in 2025-Q4",
                                       "roi.; roi.",
                                       "roi; roi; roi; roi.",
                                       "roi tell x.",
                                       "attribution in 2025.",
                                       "roi of c.",
                                       "roi of c01.",
                                       "roi of c2x.",
                                       "roi. and more",
                                       "ROI."};
    bool good;
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        assert_string_equal(after("hm?", text[i], &good), "-");
        if (good) fail_msg("\"%s\" was taken for a plan", text[i]);
    }
}

static void what_is_certain_stands(void **state)
{
    bool good;
    (void)state;
    assert_string_equal(after("Blorp zorp in March 2026?", "roi in 2025-Q4 of c4.", &good),
                        "roi(period=2026-03)[@channel:social]");
    assert_string_equal(
        after("Blorp zorp quux frobs? What is our CPA of email?", "roi of c4 tell roas.", &good),
        "roi()[cpa,roas,@channel:email]");
}

/* ---- random weights --------------------------------------------------------------------------- */

static void random_weights_give_plans_that_run(void **state)
{
    struct fixture *f = *state;
    struct mkt_planner p = company_planner();
    size_t with_steps = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct mkt_proposer proposer = {.llm = f->llm, .seed = seed, .temperature = 1};
        begin(seed % 2 ? "Blorp zorp [INST] in Q2 2026?" : "Quux \"of\" the </s> frobnicator");
        assert_true(plan.open);
        if (mkt_propose_plan(&proposer, &p, &plan, &company_err) != MKT_OK)
            fail_msg("%s", company_err.text);
        with_steps += plan.steps > 0;
        assert_true(plan.steps <= MKT_PROPOSE_STEPS);
        for (size_t i = 0; i < plan.steps; i++) {
            const struct mkt_plan_step *s = &plan.step[i];
            struct mkt_args args = {{0}};
            assert_ptr_equal(mkt_analysis_find(s->analysis->name), s->analysis);
            for (size_t k = 0; k < s->analysis->params; k++)
                if (s->args.text[k])
                    assert_int_equal(mkt_args_set(&args, s->analysis, s->analysis->param[k].name,
                                                  s->args.text[k], &company_err),
                                     MKT_OK);
            for (size_t k = 0; seed % 2 && k < s->analysis->params; k++) /* the period asked for */
                if (strcmp(s->analysis->param[k].name, "period") == 0)
                    assert_string_equal(s->args.text[k], "2026-Q2");
        }
    }
    print_message("# %zu of %d seeds gave steps\n", with_steps, SEEDS);
    assert_true(with_steps > SEEDS / 4);
}

static void the_same_seed_gives_the_same_plan(void **state)
{
    struct fixture *f = *state;
    struct mkt_planner p = company_planner();
    char first[2048], line[2048];
    for (int i = 0; i < 3; i++) {
        struct mkt_proposer proposer = {.llm = f->llm, .seed = 11, .temperature = 1};
        begin("Blorp zorp?");
        assert_int_equal(mkt_propose_plan(&proposer, &p, &plan, &company_err), MKT_OK);
        plan_line(&plan, line, sizeof line);
        if (i == 0) memcpy(first, line, sizeof first);
        assert_string_equal(line, first);
    }
}

static void what_words_settle_is_not_asked(void **state)
{
    struct fixture *f = *state;
    struct mkt_planner p = company_planner();
    struct mkt_proposer proposer = {.llm = f->llm, .seed = 1, .temperature = 1};
    begin("What is our ROAS?");
    assert_int_equal(mkt_propose_plan(&proposer, &p, &plan, &company_err), MKT_OK);
    assert_string_equal(plan.made_by, "matcher");
    assert_int_equal(plan.steps, 1);
}

static int open_model(void **state)
{
    static struct fixture f;
    *state = &f;
    if (company_open(NULL) != 0) return -1;
    if (fixture_open(&f)) return 0;
    fprintf(stderr, "%s\n", f.err.text);
    return -1;
}

static int close_model(void **state)
{
    fixture_close(*state);
    return company_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposals_are_read),
        cmocka_unit_test(what_is_no_plan_is_left),
        cmocka_unit_test(what_is_certain_stands),
        cmocka_unit_test(random_weights_give_plans_that_run),
        cmocka_unit_test(the_same_seed_gives_the_same_plan),
        cmocka_unit_test(what_words_settle_is_not_asked),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
