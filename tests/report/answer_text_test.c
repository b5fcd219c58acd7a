#include "report/answer_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "report/sample_sheet.h"
#include "report/width.h"

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_answer answer;
static const char *steps[] = {"Move spend from Paid social to Paid search (93 % sure)."};

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    memset(&answer, 0, sizeof answer);
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static void fill(struct sample_options options)
{
    assert_int_equal(sample_fill(&answer.sheet, &arena, options, &err), MKT_OK);
    answer.words = (struct mkt_words){.verdict = "Spend was worth it.",
                                      .performance_summary = "It was a good year.",
                                      .optimization_recommendations = steps,
                                      .recommendations = 1,
                                      .written_by = "plain"};
}

static const char *written(bool colour, int width, bool full)
{
    struct mkt_text_style style = {.colour = colour, .width = width, .full = full};
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_answer_text_write(&out, &answer, &style, &err), MKT_OK);
    return out.data;
}

static size_t widest(const char *text)
{
    size_t most = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        char *line = mkt_arena_strndup(&arena, text, n);
        size_t width = mkt_width_of(line);
        most = width > most ? width : most;
        text += n + (text[n] == '\n');
    }
    return most;
}

/* No line is wider than the terminal, whatever its width and whatever the names. */
static void test_width(void **state)
{
    static const char *const names[] = {
        NULL, "検索広告とディスプレイ広告のとても長い名前の例",
        "aVeryLongNameWithoutAnySpaceThatGoesOnAndOnAndOnAndOnAndOn"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fill((struct sample_options){.hostile = names[i]});
        for (int width = 40; width <= 200; width += 20)
            assert_in_range(widest(written(false, width, width % 40 == 0)), 20, (size_t)width);
    }
}

static void test_table(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    assert_non_null(
        strstr(written(false, 70, false),
               "Channel         Spend     Revenue                 ROAS  Conversions\n"
               "Paid search  €410,230  €1,690,148  4.12 (3.90 to 4.36)       12,341\n"));
    const char *narrow = written(false, 44, false);
    assert_non_null(strstr(narrow, "Channel         Spend     Revenue  ROAS\n"
                                   "Paid search  €410,230  €1,690,148  4.12\n"));
    assert_non_null(strstr(narrow, "Left out for width: Conversions, CPA,"));
    assert_null(strstr(written(false, 200, false), "Left out for width"));
}

static void test_rows(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    const char *brief = written(false, 100, false), *full = written(false, 100, true);
    assert_null(strstr(brief, "Paid social Autumn 30"));
    assert_non_null(strstr(brief, "20 more rows."));
    assert_non_null(strstr(full, "Paid social Autumn 30"));
    assert_null(strstr(full, "more rows."));
}

static void test_small_print(void **state)
{
    struct mkt_parameter parameter[] = {{"seed", "1"}, {"lookback", "30"}};
    (void)state;
    fill((struct sample_options){0});
    struct mkt_provenance *v = &answer.sheet.provenance;
    v->draws = 2000;
    v->seed = 1;
    v->parameter = parameter;
    v->parameters = 2;
    for (size_t i = 0; i < answer.sheet.tables; i++) answer.sheet.table[i].note = "the 30 largest";
    answer.sheet.table[0].head = "from";
    const char *text = written(false, 100, false);
    assert_non_null(strstr(text, "20 more rows. The 30 largest."));
    assert_non_null(strstr(text, "\nFrom  "));
    assert_null(strstr(text, " \n"));
    assert_non_null(strstr(text, "draws with seed 1, lookback 30"));
    assert_null(strstr(strstr(text, "seed 1") + 1, "seed 1"));
    assert_non_null(strstr(text, "caveats counted.\n"));
}

static void test_missing_cell(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    answer.sheet.table[0].row[0].fact[2] = NULL;
    answer.sheet.table[0].row[1].fact[2] = "no.such.fact";
    assert_non_null(strstr(written(false, 44, false), "Paid search  €410,230  €1,690,148     –\n"
                                                      "Paid social  €298,440    €555,098     –\n"));
}

static void test_account(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    const char *text = written(false, 100, true);
    assert_non_null(strstr(text, "google_ads.csv: performance, 10,920 rows, 3 kept out"));
    assert_non_null(strstr(text, "spend = Cost\n          (micros) (micros)"));
    assert_non_null(strstr(text, "not used: Avg. CPC (a rate, recomputed), Labels"));
    assert_non_null(strstr(text, "! google_ads.csv row 7310, Clicks: \"=cmd()\": not a number"));
    assert_non_null(strstr(text, "2,000 draws with seed 20260101, period 2025, margin 0.4"));
}

static void test_states(void **state)
{
    (void)state;
    fill((struct sample_options){.status = MKT_ANSWER_LIMITED});
    assert_non_null(strstr(written(false, 100, false), "Answered in part."));
    fill((struct sample_options){.status = MKT_ANSWER_INSUFFICIENT});
    const char *text = written(false, 100, false);
    assert_non_null(strstr(text, "Cannot be answered from these data."));
    assert_non_null(strstr(text, "! There are only 3 days of data"));
}

/* Colour only where asked for, only ours, and always switched off again. */
static void test_colour(void **state)
{
    (void)state;
    fill((struct sample_options){.hostile = "\x1b[31mred\x07\xC2\x9B"});
    assert_null(strchr(written(false, 100, true), '\x1b'));
    const char *text = written(true, 100, true);
    assert_null(strstr(text, "\x1b[31m"));
    assert_null(strchr(text, '\x07'));
    assert_null(strstr(text, "\xC2\x9B"));
    const char *last = strrchr(text, '\x1b');
    assert_non_null(last);
    assert_int_equal(strncmp(last, "\x1b[0m", 4), 0);
}

static void test_formula_is_text(void **state)
{
    (void)state;
    fill((struct sample_options){.hostile = "=cmd()"});
    assert_non_null(strstr(written(false, 100, false), "\n=cmd()       €410,230"));
}

/* The parts that the plain narrator wrote for a model are marked; all of them need no mark. */
static void test_plain_parts_are_marked(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    const char *none = written(false, 400, false);
    assert_null(strstr(none, "plain words"));
    assert_null(strstr(none, "words by"));
    answer.words.written_by = answer.words.model = "Mistral-7B";
    answer.words.identity = "00ff";
    answer.words.seed = 7;
    answer.words.size = 2;
    answer.words.author[MKT_PART_SUMMARY] = MKT_AUTHOR_TIME;
    const char *text = written(false, 400, false);
    assert_non_null(strstr(text, "Performance (plain words)\n"));
    assert_non_null(strstr(text, "What to do\n"));
    assert_non_null(strstr(text, "words by Mistral-7B with seed 7"));
    for (mkt_part p = 0; p < MKT_PARTS; p++) answer.words.author[p] = MKT_AUTHOR_FAILED;
    assert_null(strstr(written(false, 400, false), "(plain words)"));
}

static void test_empty_sheet(void **state)
{
    (void)state;
    mkt_sheet_init(&answer.sheet, &arena);
    answer.sheet.provenance.period = (struct mkt_period){0, -1};
    assert_string_equal(written(false, 80, false), "\n\n\n\nmarketing-agent \n");
}

static void test_megabyte_name(void **state)
{
    char *name = MKT_NEW(&arena, char, 1 << 20);
    (void)state;
    memset(name, 'x', (1 << 20) - 1);
    fill((struct sample_options){.hostile = name});
    assert_non_null(strstr(written(false, 100, false), "xxx…  €410,230"));
}

static void test_every_allocation_fails(void **state)
{
    struct mkt_text_style style = {.width = 100, .full = true};
    (void)state;
    fill((struct sample_options){0});
    size_t mark = mkt_arena_mark(&arena), tries = 0;
    mkt_status status;
    do {
        struct mkt_buf out;
        memset(&err, 0, sizeof err);
        arena.fail_at = arena.allocations + ++tries;
        mkt_buf_init(&out, &arena);
        status = mkt_answer_text_write(&out, &answer, &style, &err);
        mkt_arena_release(&arena, mark);
        assert_true(status == MKT_OK || (status == MKT_E_NOMEM && err.text[0]));
    } while (status != MKT_OK);
    arena.fail_at = 0;
    assert_true(tries > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_width, setup, teardown),
        cmocka_unit_test_setup_teardown(test_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_small_print, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing_cell, setup, teardown),
        cmocka_unit_test_setup_teardown(test_account, setup, teardown),
        cmocka_unit_test_setup_teardown(test_states, setup, teardown),
        cmocka_unit_test_setup_teardown(test_colour, setup, teardown),
        cmocka_unit_test_setup_teardown(test_formula_is_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_plain_parts_are_marked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_empty_sheet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_megabyte_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_allocation_fails, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
