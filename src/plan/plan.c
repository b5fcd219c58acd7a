#include "plan/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plan/absent.h"

#define SENTENCE 900

void mkt_plan_init(struct mkt_plan *plan, struct mkt_arena *arena)
{
    memset(plan, 0, sizeof *plan);
    plan->arena = arena;
    plan->question = "";
    plan->made_by = "matcher";
}

static mkt_status say(struct mkt_plan *plan, const char ***list, size_t *count, size_t *cap,
                      const char *text, struct mkt_err *err)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp((*list)[i], text) == 0) return MKT_OK;
    const char *copy = mkt_arena_strdup(plan->arena, text);
    const char **place = mkt_arena_push(plan->arena, list, count, cap, sizeof *place);
    if (!copy || !place) return mkt_arena_full(plan->arena, err);
    *place = copy;
    return MKT_OK;
}

mkt_status mkt_plan_understood(struct mkt_plan *plan, struct mkt_err *err, const char *format, ...)
{
    char text[SENTENCE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return say(plan, &plan->understood, &plan->understoods, &plan->understood_cap, text, err);
}

mkt_status mkt_plan_unanswered(struct mkt_plan *plan, struct mkt_err *err, const char *format, ...)
{
    char text[SENTENCE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return say(plan, &plan->unanswered, &plan->unanswereds, &plan->unanswered_cap, text, err);
}

mkt_status mkt_plan_ask(struct mkt_plan *plan, struct mkt_err *err, const char *format, ...)
{
    char text[SENTENCE];
    va_list args;
    if (plan->back) return MKT_OK;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    plan->back = mkt_arena_strdup(plan->arena, text);
    return plan->back ? MKT_OK : mkt_arena_full(plan->arena, err);
}

void mkt_plan_choose(struct mkt_plan *plan, const char *name, const char *value,
                     const char *reading)
{
    if (plan->choices < MKT_PLAN_CHOICES)
        plan->choice[plan->choices++] = (struct mkt_plan_choice){name, value, reading};
}

void mkt_plan_focus_metric(struct mkt_focus *focus, const char *metric)
{
    for (size_t i = 0; i < focus->metrics; i++)
        if (strcmp(focus->metric[i], metric) == 0) return;
    if (focus->metrics < MKT_FOCUS_METRICS) focus->metric[focus->metrics++] = metric;
}

static void add_entity(struct mkt_focus *focus, struct mkt_focus_entity entity)
{
    for (size_t i = 0; i < focus->entities; i++) {
        const struct mkt_focus_entity *e = &focus->entity[i];
        if (strcmp(e->scope, entity.scope) == 0 && strcmp(e->name, entity.name) == 0 &&
            e->next == entity.next)
            return;
    }
    if (focus->entities < MKT_FOCUS_ENTITIES) focus->entity[focus->entities++] = entity;
}

void mkt_plan_focus_entity(struct mkt_focus *focus, const char *scope, const char *name)
{
    add_entity(focus, (struct mkt_focus_entity){.scope = scope, .name = name});
}

void mkt_plan_focus_next(struct mkt_focus *focus, const char *scope, const char *name)
{
    add_entity(focus, (struct mkt_focus_entity){scope, name, true});
}

mkt_status mkt_plan_set(struct mkt_plan_step *step, const char *name, const char *value,
                        struct mkt_err *err)
{
    for (size_t i = 0; i < step->analysis->params; i++)
        if (strcmp(step->analysis->param[i].name, name) == 0) step->args.text[i] = NULL;
    return mkt_args_set(&step->args, step->analysis, name, value, err);
}

static bool same_run(const struct mkt_plan_step *a, const struct mkt_plan_step *b)
{
    if (a->analysis != b->analysis) return false;
    for (size_t i = 0; i < a->analysis->params; i++) {
        const char *x = a->args.text[i], *y = b->args.text[i];
        if (!x != !y || (x && strcmp(x, y) != 0)) return false;
    }
    return true;
}

/* Two parts of a question that one run answers. */
static mkt_status join(struct mkt_plan *plan, struct mkt_plan_step *into,
                       const struct mkt_plan_step *step, struct mkt_err *err)
{
    const struct mkt_focus *f = &step->focus;
    for (size_t i = 0; i < f->metrics; i++) mkt_plan_focus_metric(&into->focus, f->metric[i]);
    for (size_t i = 0; i < f->entities; i++) add_entity(&into->focus, f->entity[i]);
    if (!into->focus.scope) into->focus.scope = f->scope;
    if (!into->focus.table) {
        into->focus.table = f->table;
        into->focus.column = f->column;
    }
    if (!into->focus.order) into->focus.order = f->order;
    if (!into->focus.opening) into->focus.opening = f->opening;
    if (!into->focus.against) into->focus.against = f->against;
    into->focus.kinds |= f->kinds;
    into->focus.verdict = into->focus.verdict || f->verdict;
    into->certain = into->certain || step->certain;
    if (strcmp(into->part, step->part) == 0) return MKT_OK;
    into->part = mkt_arena_printf(plan->arena, "%s … %s", into->part, step->part);
    return into->part ? MKT_OK : mkt_arena_full(plan->arena, err);
}

mkt_status mkt_plan_add_step(struct mkt_plan *plan, const struct mkt_plan_step *step,
                             struct mkt_err *err)
{
    struct mkt_args judged = {{0}};
    for (size_t i = 0; i < step->analysis->params; i++)
        if (step->args.text[i] &&
            mkt_args_set(&judged, step->analysis, step->analysis->param[i].name, step->args.text[i],
                         err) != MKT_OK)
            return MKT_E_ARG;
    for (size_t i = 0; i < plan->steps; i++)
        if (same_run(&plan->step[i], step)) return join(plan, &plan->step[i], step, err);
    if (plan->steps == MKT_PLAN_STEPS)
        return mkt_plan_unanswered(plan, err,
                                   "More than %d analyses at once are not run: “%s” was left out.",
                                   MKT_PLAN_STEPS, step->part);
    plan->step[plan->steps++] = *step;
    return MKT_OK;
}

const char *mkt_plan_words(const struct mkt_analysis *analysis)
{
    for (size_t i = 0; i < MKT_ABSENT_COUNT; i++)
        if (strcmp(mkt_absent_table[i].name, analysis->name) == 0)
            return mkt_absent_table[i].phrases;
    return NULL;
}
