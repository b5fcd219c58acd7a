/* Words of a model through the engine: who writes, what is kept, what is marked. */
#include "engine/fake_model.h"

#define FIXTURE_OPENER fake_model_open
#include "engine/fixture.h"
#include "engine/question.h"

static struct mkt_question question;
static struct mkt_blob *blob;
static struct mkt_question_report report;

static int begin(void **state)
{
    fake_model_reset();
    blob = NULL;
    if (set_up(state) != 0) return -1;
    put_set("shop", shop_csv(90));
    question = (struct mkt_question){.analysis = mkt_engine_find(engine, "roi"),
                                     .dataset = "shop",
                                     .reading = {.today = 21000},
                                     .format = MKT_RENDER_JSON};
    mkt_writer_wait(engine->writer, NULL, NULL);
    return mkt_writer_llm(engine->writer) ? 0 : -1;
}

static mkt_status ask_with(const struct mkt_listener *listener)
{
    mkt_blob_release(blob);
    blob = NULL;
    mkt_err_clear(&err);
    return mkt_question_answer(engine, &arena, &question, flag, listener, &blob, &report, &err);
}

static void ask(void)
{
    if (ask_with(NULL) != MKT_OK) fail_msg("%s", err.text);
}

static bool says(const char *text)
{
    return memmem(blob->bytes, blob->length, text, strlen(text)) != NULL;
}

static int end(void **state)
{
    mkt_blob_release(blob);
    return tear_down(state);
}

static void the_model_writes_when_it_is_there(void **state)
{
    (void)state;
    ask();
    assert_true(says("\"written_by\":\"parrot\""));
    assert_true(report.kept && !report.cached);
    ask();
    assert_true(report.cached);
    assert_int_equal(atomic_load(&fake_model.tasks), 1);
    question.words = MKT_WORDS_PLAIN; /* another answer */
    ask();
    assert_false(report.cached);
    assert_true(says("\"written_by\":\"plain\""));
    assert_int_equal(atomic_load(&fake_model.tasks), 1);
    question.words = MKT_WORDS_MODEL;
    ask();
    assert_true(report.cached && says("\"written_by\":\"parrot\""));
}

static void words_that_time_cut_short_are_not_kept(void **state)
{
    (void)state;
    question.deadline_ms = fake_model_now() - 1;
    ask();
    assert_true(says("\"written_by\":\"plain\""));
    assert_false(report.kept);
    question.deadline_ms = 0;
    ask();
    assert_false(report.cached);
    assert_true(report.kept && says("\"written_by\":\"parrot\""));
}

/* No narrator was free: plain words, the same whenever it is so, and better ones later. */
static void a_late_answer_is_another_one(void **state)
{
    (void)state;
    question.late = true;
    ask();
    assert_true(says("\"written_by\":\"plain\"") && report.kept);
    assert_int_equal(atomic_load(&fake_model.tasks), 0);
    ask();
    assert_true(report.cached);
    question.late = false;
    ask();
    assert_false(report.cached);
    assert_true(says("\"written_by\":\"parrot\""));
}

struct heard {
    int facts, words, sentences;
    bool in_order;
};

static void hear_facts(void *user, const struct mkt_answer *answer)
{
    struct heard *h = user;
    h->facts++;
    h->in_order = h->sentences == 0 && answer->words.verdict == NULL;
}

static void hear_sentence(void *user, mkt_part part, const char *sentence)
{
    struct heard *h = user;
    assert_true(part < MKT_PARTS);
    h->sentences += sentence && *sentence;
    h->in_order = h->in_order && h->facts == 1 && h->words == 0;
}

static void hear_words(void *user, const struct mkt_answer *answer)
{
    struct heard *h = user;
    h->words++;
    assert_string_equal(answer->words.model, "parrot");
}

static void facts_then_sentences_then_words(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct mkt_listener listener = {
        .facts = hear_facts, .sentence = hear_sentence, .words = hear_words, .user = &heard};
    assert_int_equal(ask_with(&listener), MKT_OK);
    assert_true(heard.facts == 1 && heard.words == 1 && heard.sentences > 3 && heard.in_order);
}

static void *set_flag_soon(void *user)
{
    (void)user;
    while (atomic_load(&fake_model.running) == 0) fake_model_pause(1);
    atomic_store(&flag->set, true);
    return NULL;
}

static void a_set_flag_stops_the_model(void **state)
{
    (void)state;
    pthread_t thread;
    atomic_store(&fake_model.step_ms, 20); /* all of it would take a minute */
    assert_int_equal(pthread_create(&thread, NULL, set_flag_soon, NULL), 0);
    int64_t began = fake_model_now();
    assert_int_equal(ask_with(NULL), MKT_E_CANCELLED);
    assert_true(fake_model_now() - began < 10000);
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&fake_model.stopped), 1);
}

static void who_insists_is_told_why_not(void **state)
{
    (void)state;
    struct mkt_engine *other;
    struct mkt_settings plain = settings;
    struct mkt_llm *llm;
    plain.llm_url = "";
    struct mkt_engine_options options = {.settings = &plain};
    assert_int_equal(mkt_engine_open(&options, &other, &err), MKT_OK);
    assert_int_equal(mkt_engine_narrator(other, MKT_WORDS_AUTO, &llm, &err), MKT_OK);
    assert_null(llm);
    assert_int_equal(mkt_engine_narrator(other, MKT_WORDS_MODEL, &llm, &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "model fetch"));
    mkt_engine_close(other);

    mkt_err_clear(&err);
    atomic_store(&fake_model.open_waits, true);
    options = (struct mkt_engine_options){.settings = &settings, .opener = fake_model_open};
    assert_int_equal(mkt_engine_open(&options, &other, &err), MKT_OK);
    assert_int_equal(mkt_engine_narrator(other, MKT_WORDS_MODEL, &llm, &err), MKT_E_BUSY);
    mkt_engine_close(other);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(the_model_writes_when_it_is_there), T(words_that_time_cut_short_are_not_kept),
        T(a_late_answer_is_another_one),      T(facts_then_sentences_then_words),
        T(a_set_flag_stops_the_model),        T(who_insists_is_told_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
