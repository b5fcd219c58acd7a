/* "What comes after social?", "how often does email follow social?": a row of the transitions, or a
 * cell of it, or a column. */
#include <string.h>

#include "plan/planner_draft.h"

static bool stands_after(const struct mkt_planner_draft *d, const struct mkt_mention *m,
                         const char *phrases)
{
    size_t from = m->from > d->c->from + 2 ? m->from - 2 : d->c->from;
    return mkt_fold_says(&d->w->fold, from, m->from, phrases);
}

mkt_status mkt_planner_draft_transitions(struct mkt_planner_draft *d, struct mkt_err *err)
{
    static const char after[] = "after, follow, follows, from",
                      before[] = "before, precede, precedes, followed by";
    static const char starts[] = "start with, starts with, begin with, begins with";
    static const char converts[] =
        "convert, converts, conversion, conversions, buy, buys, purchase";
    struct mkt_focus *f = &d->step.focus;
    const struct mkt_mention *row = NULL, *unknown = NULL;
    size_t channels = 0;
    if (!f->table) return MKT_OK;
    f->metrics = f->kinds = 0;
    f->verdict = false;
    f->scope = NULL;
    for (size_t i = 0; i < d->w->mentions.count; i++) {
        const struct mkt_mention *m = &d->w->mentions.mention[i];
        if (!mkt_planner_work_within(d->c, m)) continue;
        if (m->names == 0 && stands_after(d, m, after)) unknown = m;
        if (!mkt_planner_work_is_one(d->c, m, MKT_KNOWN_CHANNEL)) continue;
        channels++;
        if (!row || stands_after(d, m, after)) row = m;
    }
    if (unknown) { /* that the data do not name it is said: planner_names.c */
        const char *name = mkt_fold_quote(d->w->arena, &d->w->fold, unknown->from, unknown->to);
        if (!name) return mkt_arena_full(d->w->arena, err);
        mkt_plan_focus_entity(f, "channel", name);
        return MKT_OK;
    }
    if (!row)
        return mkt_plan_understood(d->w->plan, err,
                                   "Transitions are told from a channel, or from one to another: "
                                   "name it, as in “what comes after %s?”.",
                                   "search");
    if (mkt_fold_says(&d->w->fold, d->c->from, d->c->to, starts))
        mkt_plan_focus_entity(f, "start", "(start)");
    mkt_plan_focus_entity(f, "channel", row->name[0]->name);
    if (f->entities > 1) return MKT_OK;
    f->column = channels == 1 && stands_after(d, row, before);
    if (f->column)
        return mkt_plan_understood(d->w->plan, err,
                                   "What comes before %s is told as the share of each channel's "
                                   "steps that go on to it.",
                                   row->name[0]->name);
    if (channels == 1 && mkt_fold_says(&d->w->fold, d->c->from, d->c->to, converts))
        mkt_plan_focus_entity(f, "end", "(conversion)");
    return MKT_OK;
}
