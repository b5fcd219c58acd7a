/* What to do about it: cut or test what has not paid, move a little to what returns more. */
#include <string.h>

#include "analysis/economics_work.h"

#define SURE 0.8 /* of what an action rests on */
#define MOST 2   /* of one sort */

static mkt_status add(struct mkt_economics_work *w, const struct mkt_finding *because,
                      const char *id, const char *claim, struct mkt_err *err)
{
    const char **list = MKT_NEW(w->sheet->arena, const char *, 1);
    if (!list) return mkt_arena_full(w->sheet->arena, err);
    list[0] = because->id;
    struct mkt_finding f = {.id = id,
                            .kind = MKT_FINDING_ACTION,
                            .claim = claim,
                            .probability = because->probability,
                            .stake = because->stake,
                            .scope = because->scope,
                            .subject = because->subject,
                            .other = because->other,
                            .fact = because->fact,
                            .facts = because->facts,
                            .because = list,
                            .becauses = 1};
    return mkt_sheet_add_finding(w->sheet, &f, err);
}

static bool is_of_channels(const struct mkt_finding *f)
{
    return f->subject && f->scope && strcmp(f->scope, "channel") == 0 && f->probability >= SURE;
}

/* The channel is the weaker side of a move already. */
static bool is_moved_from(const struct mkt_sheet *sheet, const char *channel)
{
    for (size_t i = 0; i < sheet->findings; i++) {
        const struct mkt_finding *f = &sheet->finding[i];
        if (f->kind == MKT_FINDING_ACTION && f->other && strcmp(f->other, channel) == 0)
            return true;
    }
    return false;
}

/* The findings are copied: adding to the sheet may move them. */
mkt_status mkt_economics_work_actions(struct mkt_economics_work *w, struct mkt_err *err)
{
    static const char unpaid[] = ".has_not_paid";
    size_t moves = 0, cuts = 0, findings = w->sheet->findings;
    for (size_t i = 0; i < findings && moves < MOST; i++) {
        const struct mkt_finding f = w->sheet->finding[i];
        const char *id, *claim;
        if (f.kind != MKT_FINDING_COMPARE || !is_of_channels(&f) || !f.other ||
            is_moved_from(w->sheet, f.other))
            continue;
        MKT_ECONOMICS_TEXT(w, id, err, "shift.%s", f.id);
        MKT_ECONOMICS_TEXT(w, claim, err,
                           "move a small part of the spend on %s to %s as a test, and measure the "
                           "difference",
                           f.other, f.subject);
        MKT_TRY(add(w, &f, id, claim, err));
        moves++;
    }
    for (size_t i = 0; i < findings && cuts < MOST; i++) {
        const struct mkt_finding f = w->sheet->finding[i];
        const char *id, *claim;
        size_t n = strlen(f.id);
        if (f.kind != MKT_FINDING_BREAK_EVEN || !is_of_channels(&f) || n < sizeof unpaid ||
            strcmp(f.id + n - (sizeof unpaid - 1), unpaid) != 0)
            continue;
        MKT_ECONOMICS_TEXT(w, id, err, "hold.%s", f.id);
        MKT_ECONOMICS_TEXT(w, claim, err,
                           "win fewer customers by %s, or at a lower cost, until those it won have "
                           "paid back what they cost",
                           f.subject);
        MKT_TRY(add(w, &f, id, claim, err));
        cuts++;
    }
    return MKT_OK;
}
