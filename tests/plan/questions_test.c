/* Questions as people ask them, and the plans they must become: tests/plan/questions.txt.
 *
 * The data are the example company's, with an experiment beside them. A line of the file is
 * "question => plan" in the notation of plan_line.h; what of an answer is meant is compared only
 * where the expected plan gives it in brackets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/plan_line.h"
#include "plan/planner.h"

static struct mkt_arena arena;
static struct mkt_dataset *dataset;
static struct mkt_known known;

static void add_name(mkt_known_kind kind, const char *name)
{
    struct mkt_known_name *more = MKT_NEW(&arena, struct mkt_known_name, known.names + 1);
    memcpy(more, known.name, known.names * sizeof *more);
    more[known.names++] = (struct mkt_known_name){kind, name, {0, -1}};
    known.name = more;
}

static int open_company(void **state)
{
    struct mkt_err err = {0};
    struct mkt_dataset_options options = {.threads = 1, .memory = (size_t)256 << 20};
    (void)state;
    if (mkt_arena_open(&arena, (size_t)256 << 20, &err) != MKT_OK) return -1;
    if (mkt_dataset_open("examples", &options, &dataset, &err) != MKT_OK) return -1;
    if (mkt_known_make(&arena, dataset, &known, &err) != MKT_OK) return -1;
    known.today = mkt_date_days(2026, 10, 5);
    known.place = "examples";
    known.arms = true; /* of another experiment than the company's own */
    size_t kept = 0;
    for (size_t i = 0; i < known.names; i++)
        if (known.name[i].kind != MKT_KNOWN_VARIANT && known.name[i].kind != MKT_KNOWN_METRIC)
            known.name[kept++] = known.name[i];
    known.names = kept;
    add_name(MKT_KNOWN_VARIANT, "A");
    add_name(MKT_KNOWN_VARIANT, "B");
    add_name(MKT_KNOWN_METRIC, "converted");
    add_name(MKT_KNOWN_METRIC, "revenue_per_user");
    return 0;
}

static int close_company(void **state)
{
    (void)state;
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
    return 0;
}

/* Takes "[...]" out of a plan. */
static void without_focus(char *line)
{
    char *to = line;
    for (const char *from = line; *from; from++) {
        if (*from == '[')
            from = strchr(from, ']');
        else
            *to++ = *from;
    }
    *to = '\0';
}

static bool plan_of(const char *question, const char *expected, char *line, size_t size)
{
    struct mkt_err err = {0};
    size_t mark = mkt_arena_mark(&arena);
    struct mkt_plan plan;
    struct mkt_planner m = {
        .table = mkt_analysis_table, .analyses = mkt_analysis_count, .known = &known};
    mkt_plan_init(&plan, &arena);
    if (mkt_planner_plan(&m, question, strlen(question), &plan, &err) != MKT_OK)
        snprintf(line, size, "%s", err.text);
    else
        plan_line(&plan, line, size);
    mkt_arena_release(&arena, mark);
    if (!strchr(expected, '[')) without_focus(line);
    return strcmp(line, expected) == 0;
}

static size_t run_file(const char *path, size_t *asked)
{
    char *text = NULL, line[2048];
    size_t cap = 0, wrong = 0, number = 0;
    FILE *in = fopen(path, "r");
    if (!in) fail_msg("%s cannot be read", path);
    *asked = 0;
    while (getline(&text, &cap, in) > 0) {
        number++;
        text[strcspn(text, "\n")] = '\0';
        char *arrow = strstr(text, " => ");
        if (*text == '#' || !arrow) continue;
        *arrow = '\0';
        (*asked)++;
        if (plan_of(text, arrow + 4, line, sizeof line)) continue;
        wrong++;
        print_message("%s:%zu: %s\n  wanted %s\n  got    %s\n", path, number, text, arrow + 4,
                      line);
    }
    free(text);
    fclose(in);
    return wrong;
}

static void every_question_has_its_plan(void **state)
{
    size_t asked;
    (void)state;
    size_t wrong = run_file("tests/plan/questions.txt", &asked);
    assert_true(asked >= 210);
    if (wrong) fail_msg("%zu of %zu questions have another plan", wrong, asked);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_question_has_its_plan)};
    if (argc > 1) { /* a file of one's own, to see how well it does */
        size_t asked, wrong;
        if (open_company(NULL) != 0) return 1;
        wrong = run_file(argv[1], &asked);
        printf("%zu of %zu\n", asked - wrong, asked);
        return close_company(NULL);
    }
    return cmocka_run_group_tests(tests, open_company, close_company);
}
