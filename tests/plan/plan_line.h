/* A plan on one line, for tables of expected plans:
 *
 *     roi(period=2025-Q4,campaign=Holiday 2025)[roi,!action,@channel:search,by=channel]; attribution()
 *     ?period=2025-Q3|2026-Q3          a question back and what picks each reading
 *     -clv                             an analysis that is not here
 *     -                                not understood
 */
#ifndef MKT_TESTS_PLAN_LINE_H
#define MKT_TESTS_PLAN_LINE_H

#include <stdio.h>
#include <string.h>

#include "plan/absent.h"
#include "plan/plan.h"

static inline void plan_line_focus(char *out, size_t size, const struct mkt_focus *f)
{
    size_t at = strlen(out);
    const char *comma = "";
#define PUT(...)                                                                                   \
    do {                                                                                           \
        at += (size_t)snprintf(out + at, at < size ? size - at : 0, __VA_ARGS__);                  \
        comma = ",";                                                                               \
    } while (0)
    PUT("[");
    comma = "";
    for (size_t i = 0; i < f->metrics; i++) PUT("%s%s", comma, f->metric[i]);
    for (int k = 0; k <= MKT_FINDING_ACTION; k++)
        if (f->kinds >> k & 1U) PUT("%s!%s", comma, mkt_finding_kind_name((mkt_finding_kind)k));
    if (f->verdict) PUT("%s!verdict", comma);
    for (size_t i = 0; i < f->entities; i++)

        PUT("%s@%s:%s%s", comma, f->entity[i].scope, f->entity[i].name,
            f->entity[i].next ? ">" : "");
    if (f->scope) PUT("%sby=%s", comma, f->scope);
    if (f->order) PUT("%s%s", comma, f->order == MKT_ORDER_MOST ? "most" : "least");
    if (f->table) PUT("%s%s=%s", comma, f->column ? "column" : "row", f->table);
    if (f->against) PUT("%sagainst=%s", comma, f->against);
    PUT("]");
#undef PUT
}

static inline const char *plan_line(const struct mkt_plan *p, char *out, size_t size)
{
    size_t n = 0;
    const char *part = "";
    out[0] = '\0';
#define PUT(...) n += (size_t)snprintf(out + n, n < size ? size - n : 0, __VA_ARGS__)
    if (p->back) {
        PUT("?");
        for (size_t i = 0; i < p->choices; i++)
            PUT("%s%s=%s", i ? "|" : "", p->choice[i].name, p->choice[i].value);
        part = "; ";
    }
    for (size_t i = 0; i < p->steps; i++) {
        const struct mkt_plan_step *s = &p->step[i];
        const char *comma = "";
        PUT("%s%s(", part, s->analysis->name);
        for (size_t k = 0; k < s->analysis->params; k++)
            if (s->args.text[k]) {
                PUT("%s%s=%s", comma, s->analysis->param[k].name, s->args.text[k]);
                comma = ",";
            }
        PUT(")");
        plan_line_focus(out, size, &s->focus);
        n = strlen(out);
        part = "; ";
    }
    for (size_t i = 0; i < p->unanswereds; i++)
        for (size_t k = 0; k < MKT_ABSENT_COUNT; k++) {
            char needle[128];
            snprintf(needle, sizeof needle, "is a question for %s (%s)", mkt_absent_table[k].name,
                     mkt_absent_table[k].what);
            if (!strstr(p->unanswered[i], needle)) continue;
            PUT("%s-%s", part, mkt_absent_table[k].name);
            part = "; ";
        }
    if (n == 0) PUT("-");
#undef PUT
    return out;
}

#endif
