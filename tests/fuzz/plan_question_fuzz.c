/* Any bytes as a question, with parameters given beside it: the first line is the question, the
 * others are "name=value". A plan, or a sentence; the same input gives the same plan. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/company.h"
#include "plan/plan_line.h"

#define GIVEN 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static mkt_status plan_line_of(const char *text, size_t n, const struct mkt_given *given,
                               size_t givens, char *line, size_t room)
{
    static struct mkt_plan plan;
    struct mkt_planner planner = company_planner();
    struct mkt_err err = {0};
    planner.given = given;
    planner.givens = givens;
    mkt_arena_reset(&company_arena, (size_t)1 << 20);
    mkt_plan_init(&plan, &company_arena);
    mkt_status status = mkt_planner_plan(&planner, text, n, &plan, &err);
    assert((status != MKT_OK) == (err.text[0] != '\0'));
    line[0] = '\0';
    if (status != MKT_OK) return status;
    assert(plan.steps <= MKT_PLAN_STEPS && plan.choices <= MKT_PLAN_CHOICES);
    assert(mkt_text_is_utf8(plan.question, strlen(plan.question)));
    for (size_t i = 0; i < plan.understoods; i++)
        assert(mkt_text_is_utf8(plan.understood[i], strlen(plan.understood[i])));
    for (size_t i = 0; i < plan.unanswereds; i++)
        assert(mkt_text_is_utf8(plan.unanswered[i], strlen(plan.unanswered[i])));
    plan_line(&plan, line, room);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char once[1 << 16], twice[1 << 16];
    struct mkt_given given[GIVEN];
    size_t givens = 0;
    if (size > 1 << 14) return 0;
    if (!company_arena.base && company_open(NULL) != 0) abort();
    const uint8_t *end = memchr(data, '\n', size);
    size_t n = end ? (size_t)(end - data) : size;
    char *question = malloc(n + 1), *rest = NULL, *beside = NULL, *at;
    memcpy(question, data, n);
    question[n] = '\0';
    if (end) beside = rest = strndup((const char *)end + 1, size - n - 1);
    while (rest && givens < GIVEN && (at = strsep(&rest, "\n"))) {
        char *value = strchr(at, '=');
        if (!value || !mkt_text_is_utf8(at, strlen(at))) continue; /* requests hold UTF-8 */
        *value++ = '\0';
        given[givens++] = (struct mkt_given){at, value};
    }
    mkt_status status = plan_line_of(question, n, given, givens, once, sizeof once);
    assert(plan_line_of(question, n, given, givens, twice, sizeof twice) == status);
    assert(strcmp(once, twice) == 0);
    free(question);
    free(beside);
    return 0;
}
