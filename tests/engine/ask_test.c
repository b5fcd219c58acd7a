/* A question from end to end: planned, run, and answered by facts of its answers. */
#include "engine/ask.h"

#include "engine/fixture.h"
#include "llm/llm.h"
#include "report/asked_page.h"

static struct mkt_dataset *dataset;

static void open_shop(void)
{
    char path[256];
    struct mkt_dataset_options options = {.threads = 1, .memory = (size_t)128 << 20};
    snprintf(path, sizeof path, "%s/shop.csv", folder.path);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(shop_csv(90), out);
    fclose(out);
    assert_int_equal(mkt_dataset_open(path, &options, &dataset, &err), MKT_OK);
}

static int close_shop(void **state)
{
    if (dataset) mkt_dataset_close(dataset);
    dataset = NULL;
    return tear_down(state);
}

static struct mkt_ask asking(const char *question)
{
    return (struct mkt_ask){.question = question,
                            .bytes = strlen(question),
                            .dataset = dataset,
                            .place = "shop's folder",
                            .today = 21000};
}

static struct mkt_asked *run(const struct mkt_ask *ask)
{
    struct mkt_asked *asked = MKT_NEW(&arena, struct mkt_asked, 1);
    mkt_err_clear(&err);
    if (mkt_ask_run(engine, &arena, ask, NULL, asked, &err) != MKT_OK) fail_msg("%s", err.text);
    return asked;
}

static void the_reply_rests_on_its_answers(void **state)
{
    (void)state;
    open_shop();
    struct mkt_ask ask = asking("What is our ROAS, and where should the next budget go?");
    struct mkt_asked *a = run(&ask);
    assert_string_equal(a->status, "answered");
    assert_int_equal(a->steps, 1); /* one run answers both parts */
    assert_true(a->step[0].cites > 0);
    for (size_t i = 0; i < a->step[0].cites; i++)
        assert_true(mkt_sheet_fact(&a->step[0].answer->sheet, a->step[0].cite[i]) ||
                    mkt_sheet_finding(&a->step[0].answer->sheet, a->step[0].cite[i]));
    assert_non_null(strstr(a->step[0].direct, "ROAS was "));
    assert_string_equal(a->planned_by, "matcher");
}

static void the_same_question_gives_the_same_bytes(void **state)
{
    struct mkt_buf first, again;
    (void)state;
    open_shop();
    struct mkt_ask ask = asking("Compare the ROAS of search and social");
    for (int f = MKT_RENDER_JSON; f <= MKT_RENDER_TEXT; f++) {
        mkt_buf_init(&first, &arena);
        assert_int_equal(mkt_ask_render(&first, run(&ask), (mkt_render_format)f, &err), MKT_OK);
        mkt_buf_init(&again, &arena);
        assert_int_equal(mkt_ask_render(&again, run(&ask), (mkt_render_format)f, &err), MKT_OK);
        assert_int_equal(first.length, again.length);
        assert_memory_equal(first.data, again.data, first.length);
    }
}

static void a_refusal_leaves_its_part_unanswered(void **state)
{
    (void)state;
    open_shop();
    struct mkt_given campaign = {"campaign", "Nowhere"};
    struct mkt_ask ask = asking("What is our ROAS?");
    ask.given = &campaign;
    ask.givens = 1;
    struct mkt_asked *a = run(&ask);
    assert_string_equal(a->status, "partly");
    assert_non_null(strstr(a->unanswered[0], "\"Nowhere\""));
    assert_null(a->step[0].answer);
}

static void data_that_cannot_answer_say_what_would(void **state)
{
    (void)state;
    open_shop();
    struct mkt_ask ask = asking("Who deserves the credit for our conversions?");
    struct mkt_asked *a = run(&ask);
    assert_string_equal(a->status, "partly");
    assert_string_equal(a->step[0].analysis, "attribution");
    assert_non_null(strstr(a->step[0].direct, "The data cannot answer this."));
}

/* Each face tells what is open, and the command that picks a reading is one that a shell can run. */
static void a_question_back_has_its_commands(void **state)
{
    struct mkt_buf text, json;
    struct mkt_ask ask;
    (void)state;
    open_shop();
    ask = asking("Isn't \"Q1\" of 2025 better? What was revenue in Q1 2025 of search in May 2025?");
    struct mkt_asked *a = run(&ask);
    assert_string_equal(a->status, "question");
    assert_int_equal(a->choices, 2);
    assert_non_null(strstr(a->choice[0].again, "marketing-agent ask 'Isn'\\''t \"Q1\""));
    assert_non_null(strstr(a->choice[0].again, " --data 'shop'\\''s folder' --period 2025-Q1"));
    mkt_buf_init(&text, &arena);
    mkt_buf_init(&json, &arena);
    assert_int_equal(mkt_ask_render(&text, a, MKT_RENDER_TEXT, &err), MKT_OK);
    assert_non_null(strstr(text.data, a->choice[1].again));
    assert_int_equal(mkt_ask_render(&json, a, MKT_RENDER_JSON, &err), MKT_OK);
    assert_non_null(strstr(json.data, "\"parameters\":{\"period\":\"2025-05\"}"));
    assert_null(strstr(json.data, "folder")); /* where the data lie is not told */
    ask.registered = true;
    a = run(&ask);
    assert_non_null(strstr(a->choice[0].again, "\"parameters\":{\"period\":\"2025-Q1\"}}"));
}

static void a_run_is_cancelled(void **state)
{
    atomic_bool stop = true;
    struct mkt_listener listener = {.cancel = &stop};
    struct mkt_asked asked;
    (void)state;
    open_shop();
    struct mkt_ask ask = asking("What is our ROAS?");
    assert_int_equal(mkt_ask_run(engine, &arena, &ask, &listener, &asked, &err), MKT_E_CANCELLED);
}

/* ---- a model of a few lines that writes what it is told ------------------------------------- */

struct parrot {
    struct mkt_llm llm;
    const char *says;
    mkt_status fails;
    int asked;
};

static mkt_status parrot_write(struct mkt_llm *llm, struct mkt_arena *a, struct mkt_llm_task *task,
                               struct mkt_err *e)
{
    struct parrot *p = (struct parrot *)llm;
    (void)a;
    const char *grammar = task->part[0].grammar;
    if (!grammar || !strstr(grammar, "step0 ::=")) /* words of an answer: not its trade */
        return mkt_err_set(e, MKT_E_IO, "it only plans");
    p->asked++;
    if (p->fails) return mkt_err_set(e, p->fails, "the server is asleep");
    assert_non_null(strstr(task->data, "\"Blorp \\\"zorp\\\"?\"")); /* quoted, as data */
    task->part[0].text = p->says;
    task->part[0].done = true;
    return MKT_OK;
}

static const char *parrot_name(const struct mkt_llm *llm)
{
    (void)llm;
    return "Parrot";
}

static int parrot_count(const struct mkt_llm *llm, const char *text)
{
    (void)llm;
    return (int)strlen(text) / 4 + 1;
}

static struct mkt_llm_speed parrot_speed(const struct mkt_llm *llm)
{
    (void)llm;
    return (struct mkt_llm_speed){0};
}

static void a_model_plans_what_words_leave_open(void **state)
{
    static const struct mkt_llm_kind kind = {.write = parrot_write,
                                             .count = parrot_count,
                                             .name = parrot_name,
                                             .identity = parrot_name,
                                             .speed = parrot_speed};
    struct parrot p = {.llm = {&kind}, .says = "roi tell roas."};
    (void)state;
    open_shop();
    struct mkt_ask ask = asking("Blorp \"zorp\"?");
    assert_string_equal(run(&ask)->status, "not_understood");
    ask.llm = &p.llm;
    struct mkt_asked *a = run(&ask);
    assert_string_equal(a->status, "answered");
    assert_string_equal(a->planned_by, "matcher and Parrot");
    assert_non_null(strstr(a->step[0].direct, "ROAS was "));
    p.says = "say ROI is 900 %."; /* no plan */
    assert_string_equal(run(&ask)->status, "not_understood");
    p.fails = MKT_E_IO;
    assert_string_equal(run(&ask)->status, "not_understood");
    int before = p.asked;
    ask = asking("What is our ROAS?"); /* its words say enough */
    ask.llm = &p.llm;
    assert_string_equal(run(&ask)->planned_by, "matcher");
    assert_int_equal(p.asked, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_reply_rests_on_its_answers, set_up, close_shop),
        cmocka_unit_test_setup_teardown(the_same_question_gives_the_same_bytes, set_up, close_shop),
        cmocka_unit_test_setup_teardown(a_refusal_leaves_its_part_unanswered, set_up, close_shop),
        cmocka_unit_test_setup_teardown(data_that_cannot_answer_say_what_would, set_up, close_shop),
        cmocka_unit_test_setup_teardown(a_question_back_has_its_commands, set_up, close_shop),
        cmocka_unit_test_setup_teardown(a_run_is_cancelled, set_up, close_shop),
        cmocka_unit_test_setup_teardown(a_model_plans_what_words_leave_open, set_up, close_shop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
