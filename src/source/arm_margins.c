#include "source/arm_margins.h"

#include <string.h>

#include "base/buf.h"
#include "source/total_names.h"

#define ROUNDING (MKT_ARMS_MICRO / 100) /* of a sum that was written down */

enum { VARIANT, SEGMENT };

static bool is_word(const char *name)
{
    return mkt_total_names_has(name, strlen(name), false);
}

static uint32_t name_of(const struct mkt_arms_cell *c, int side)
{
    return side == VARIANT ? c->variant : c->segment;
}

/* What is added up: on one side all names that are no words, in one name or all of the other side. */
struct margin {
    const struct mkt_arms *arms;
    int side;
    uint32_t name;   /* of the side, which is called a sum */
    int64_t variant; /* of segments: within this variant; -1 for all */
};

static bool of_margin(const struct margin *x, const struct mkt_arms_cell *c, bool *whole)
{
    if (x->variant >= 0 && c->variant != (uint32_t)x->variant) return false;
    *whole = name_of(c, x->side) == x->name;
    return *whole || !is_word(x->arms->name[x->side][name_of(c, x->side)]);
}

static bool adds_up(const struct margin *x)
{
    const struct mkt_arms *arms = x->arms;
    int64_t units = 0;
    bool whole, any = false;
    for (size_t i = 0; i < arms->cells; i++)
        if (of_margin(x, &arms->cell[i], &whole)) {
            units += whole ? arms->cell[i].n : -arms->cell[i].n;
            any = any || !whole;
        }
    if (units || !any) return false;
    mkt_arms_wide rounding = (mkt_arms_wide)ROUNDING * (mkt_arms_wide)arms->names[x->side];
    for (size_t m = 0; m < arms->metrics; m++)
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
            mkt_arms_wide sum = 0;
            for (size_t i = 0; i < arms->cells; i++)
                if (of_margin(x, &arms->cell[i], &whole))
                    sum += whole ? arms->cell[i].sums[m].sum[v]
                                 : -(mkt_arms_wide)arms->cell[i].sums[m].sum[v];
            if (sum > rounding || sum < -rounding) return false;
        }
    return true;
}

static bool holds_cells(const struct mkt_arms *arms, int side, uint32_t name)
{
    for (size_t i = 0; i < arms->cells; i++)
        if (name_of(&arms->cell[i], side) == name) return true;
    return false;
}

/* A segment adds up the others where it does so in every variant that is none itself. */
static bool is_margin(const struct mkt_arms *arms, int side, uint32_t name)
{
    struct margin x = {arms, side, name, -1};
    if (!holds_cells(arms, side, name)) return true; /* of the margin of the other side alone */
    if (side == VARIANT) return adds_up(&x);
    for (uint32_t v = 0; v < arms->names[VARIANT]; v++) {
        x.variant = v;
        if (!is_word(arms->name[VARIANT][v]) && !adds_up(&x)) return false;
    }
    return true;
}

static void drop(struct mkt_arms *arms, int side, uint32_t name)
{
    size_t kept = 0;
    arms->units = 0;
    arms->data = (struct mkt_period){0, -1};
    for (size_t i = 0; i < arms->cells; i++) {
        struct mkt_arms_cell c = arms->cell[i];
        if (name_of(&c, side) == name) continue;
        uint32_t *of = side == VARIANT ? &c.variant : &c.segment;
        *of -= *of > name;
        arms->cell[kept++] = c;
        arms->units += c.n;
        if (arms->data.first > arms->data.last) arms->data = (struct mkt_period){c.day, c.day};
        if (c.day < arms->data.first) arms->data.first = c.day;
        if (c.day > arms->data.last) arms->data.last = c.day;
    }
    arms->cells = kept;
    arms->names[side]--;
    memmove(&arms->name[side][name], &arms->name[side][name + 1],
            (arms->names[side] - name) * sizeof *arms->name[side]);
}

static void add_name(struct mkt_buf *list, const char *name)
{
    mkt_buf_printf(list, "%s\"%s\"", list->length ? ", " : "", name);
}

mkt_status mkt_arm_margins_drop(struct mkt_arms *arms, struct mkt_err *err)
{
    struct mkt_buf dropped, kept;
    mkt_buf_init(&dropped, arms->arena);
    mkt_buf_init(&kept, arms->arena);
    for (int side = SEGMENT; side >= VARIANT; side--)
        for (uint32_t i = (uint32_t)arms->names[side]; i-- > 0;) {
            const char *name = arms->name[side][i];
            if (!is_word(name) || arms->names[side] < 2) continue;
            bool margin = is_margin(arms, side, i);
            add_name(margin ? &dropped : &kept, name);
            if (margin) drop(arms, side, i);
        }
    if (dropped.length) arms->totals = dropped.data;
    if (kept.length) arms->no_totals = kept.data;
    MKT_TRY(mkt_buf_check(&dropped, err));
    return mkt_buf_check(&kept, err);
}
