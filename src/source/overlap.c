#include "source/overlap.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "source/idmap.h"
#include "source/profile.h"

#define SHARE_PERCENT 90
#define LEAST_DAYS 5

/* Spend a day over a span, and the days that have rows. */
struct days {
    struct mkt_period span;
    mkt_micro *spend;
    bool *there;
    int64_t count;
};

struct pair {
    struct mkt_caveats *caveats;
    struct mkt_arena *arena;
    struct mkt_duck *duck;
    struct mkt_relation *a, *b; /* in order of the account */
    struct mkt_err *err;
};

/* channel: index of a name, or -1 for all */
static mkt_status spend_by_day(const struct pair *p, const struct mkt_relation *r, int64_t channel,
                               struct days *out)
{
    out->span = r->sums.data;
    out->count = 0;
    size_t n = (size_t)mkt_period_days(out->span);
    out->spend = MKT_NEW(p->arena, mkt_micro, n);
    out->there = MKT_NEW(p->arena, bool, n);
    if (!out->spend || !out->there) return mkt_arena_full(p->arena, p->err);
    for (size_t i = 0; i < r->sums.cells; i++) {
        const struct mkt_performance_cell *c = &r->sums.cell[i];
        if (channel >= 0 && c->name[MKT_CHANNEL] != (uint32_t)channel) continue;
        size_t d = (size_t)(c->day - out->span.first);
        out->count += !out->there[d];
        out->there[d] = true;
        if (__builtin_add_overflow(out->spend[d], c->sum[MKT_SPEND], &out->spend[d]))
            out->spend[d] = INT64_MAX;
    }
    return MKT_OK;
}

static bool near(mkt_micro x, mkt_micro y)
{
    double difference = (double)x - (double)y, size = (double)(x > y ? x : y);
    if (difference < 0) difference = -difference;
    return difference <= 0.001 * size + 10000; /* a tenth of a percent, or a cent */
}

static void compare_days(const struct days *x, const struct days *y, int64_t *shared,
                         int64_t *equal)
{
    int32_t first = x->span.first > y->span.first ? x->span.first : y->span.first;
    int32_t last = x->span.last < y->span.last ? x->span.last : y->span.last;
    *shared = *equal = 0;
    for (int32_t d = first; d <= last; d++) {
        size_t i = (size_t)(d - x->span.first), k = (size_t)(d - y->span.first);
        if (!x->there[i] || !y->there[k]) continue;
        ++*shared;
        *equal += near(x->spend[i], y->spend[k]) && x->spend[i] != 0;
    }
}

static mkt_status refuse(const struct pair *p, struct mkt_relation *out,
                         const struct mkt_relation *stays, const char *why)
{
    out->refused =
        mkt_arena_printf(p->arena, "%s %s; counting both would double the spend", why, stays->show);
    if (!out->refused) return mkt_arena_full(p->arena, p->err);
    return mkt_caveats_add(p->caveats, "told_twice", MKT_CAVEAT_NOTE, p->err,
                           "%s is not counted: %s", out->show, out->refused);
}

static mkt_micro total_spend(const struct mkt_relation *r)
{
    mkt_micro sum = 0;
    for (size_t i = 0; i < r->sums.cells; i++)
        if (__builtin_add_overflow(sum, r->sums.cell[i].sum[MKT_SPEND], &sum)) return INT64_MAX;
    return sum;
}

/* The lesser of two that tell the same. */
static struct mkt_relation *lesser(const struct pair *p, int64_t days_a, int64_t days_b)
{
    if (days_a != days_b) return days_a < days_b ? p->a : p->b;
    mkt_micro a = total_spend(p->a), b = total_spend(p->b);
    if (!near(a, b)) return a < b ? p->a : p->b;
    /* equally good: the one with names, results and segments says more */
    unsigned said_a = p->a->sums.measures | p->a->sums.dimensions << 8;
    unsigned said_b = p->b->sums.measures | p->b->sums.dimensions << 8;
    int more_a = __builtin_popcount(said_a), more_b = __builtin_popcount(said_b);
    return more_a < more_b ? p->a : p->b;
}

static int by_key(const struct mkt_performance *x, const struct mkt_performance_cell *c,
                  const struct mkt_performance *y, const struct mkt_performance_cell *d)
{
    for (int k = 0; k < MKT_DIMENSIONS; k++) {
        int order = strcmp(x->names[k][c->name[k]], y->names[k][d->name[k]]);
        if (order) return order;
    }
    return (c->day > d->day) - (c->day < d->day);
}

/* Cells of b that stand in a with the same sums; `same` marks them. */
static void find_same(const struct pair *p, bool *same, int64_t *shared, int64_t *equal)
{
    const struct mkt_performance *x = &p->a->sums, *y = &p->b->sums;
    *shared = *equal = 0;
    for (size_t i = 0, k = 0; i < x->cells && k < y->cells;) {
        int order = by_key(x, &x->cell[i], y, &y->cell[k]);
        if (order < 0) {
            i++;
        } else if (order > 0) {
            k++;
        } else {
            ++*shared;
            same[k] = memcmp(x->cell[i].sum, y->cell[k].sum, sizeof x->cell[i].sum) == 0;
            *equal += same[k];
            i++, k++;
        }
    }
}

/* Takes the cells out that the first table has already. */
static mkt_status drop_same(const struct pair *p, const bool *same, int64_t equal)
{
    struct mkt_performance *y = &p->b->sums, kept;
    if ((size_t)equal == y->cells) return refuse(p, p->b, p->a, "all its days and sums stand in");
    mkt_performance_init(&kept, y->arena, y->measures, y->dimensions);
    for (size_t k = 0; k < y->cells; k++) {
        if (same[k]) continue;
        struct mkt_performance_row row = {.day = y->cell[k].day, .rows = y->cell[k].rows};
        memcpy(row.sum, y->cell[k].sum, sizeof row.sum);
        for (int d = 0; d < MKT_DIMENSIONS; d++) row.name[d] = y->names[d][y->cell[k].name[d]];
        MKT_TRY(mkt_performance_add(&kept, &row, p->err));
    }
    *y = kept;
    MKT_TRY(mkt_performance_finish(y, p->err));
    return mkt_caveats_add(p->caveats, "shared_days", MKT_CAVEAT_NOTE, p->err,
                           "%s days and names of %s repeat %s and count once", MKT_COUNT(equal),
                           p->b->show, p->a->show);
}

static int level_of(const struct mkt_relation *r)
{
    const struct mkt_column *c = mkt_relation_column(r, MKT_ROLE_CAMPAIGN);
    if (!c) return 0;
    if (mkt_naming_match(c->naming.text, "ad_id|ad_name|creative*|*pin_promotion*|*tweet*"))
        return 3;
    if (mkt_naming_match(c->naming.text, "ad_set*|adset*|ad_group*|adgroup*|line_item*")) return 2;
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_naming_match(r->column[i].naming.text, "ad_id|creative_id")) return 3;
    return 1;
}

static mkt_status read_accounts(const struct pair *p, const struct mkt_relation *r,
                                struct mkt_idmap *out)
{
    struct mkt_buf sql;
    memset(out, 0, sizeof *out);
    if (!r->is.parts[MKT_ROLE_ACCOUNT]) return MKT_OK;
    mkt_buf_init(&sql, p->arena);
    mkt_buf_str(&sql, "SELECT DISTINCT ");
    mkt_profile_add_text(&sql, r, r->is.column[MKT_ROLE_ACCOUNT][0]);
    mkt_buf_printf(&sql, ", NULL::VARCHAR FROM %s LIMIT 1000", r->from);
    MKT_TRY(mkt_buf_check(&sql, p->err));
    return mkt_idmap_read(p->arena, p->duck, sql.data, r->show, out, p->err);
}

static mkt_status share_account(const struct pair *p, bool *out)
{
    struct mkt_idmap a, b;
    *out = false;
    for (size_t i = 0, k = 0;
         i < p->a->sums.name_count[MKT_CAMPAIGN] && k < p->b->sums.name_count[MKT_CAMPAIGN];) {
        int order = strcmp(p->a->sums.names[MKT_CAMPAIGN][i], p->b->sums.names[MKT_CAMPAIGN][k]);
        if (order == 0 && *p->a->sums.names[MKT_CAMPAIGN][i]) *out = true;
        if (order <= 0) i++;
        if (order >= 0) k++;
    }
    if (*out) return MKT_OK;
    MKT_TRY(read_accounts(p, p->a, &a));
    MKT_TRY(read_accounts(p, p->b, &b));
    for (size_t i = 0; i < a.entries; i++) *out |= mkt_idmap_find(&b, a.entry[i].id) != NULL;
    return MKT_OK;
}

static bool same_platform(const struct pair *p)
{
    return p->a->platform && p->b->platform && strcmp(p->a->platform, p->b->platform) == 0;
}

static bool is_many(int64_t part, int64_t whole)
{
    return 100 * part >= SHARE_PERCENT * whole;
}

/* One channel of `whole` has the spend of all of `part`. */
static mkt_status find_channel(const struct pair *p, const struct mkt_relation *whole,
                               const struct days *part, bool *found)
{
    *found = false;
    if (!whole->is.parts[MKT_ROLE_CHANNEL]) return MKT_OK;
    for (size_t c = 0; c < whole->sums.name_count[MKT_CHANNEL] && !*found; c++) {
        struct days days;
        int64_t shared, equal;
        size_t mark = mkt_arena_mark(p->arena);
        MKT_TRY(spend_by_day(p, whole, (int64_t)c, &days));
        compare_days(&days, part, &shared, &equal);
        mkt_arena_release(p->arena, mark);
        *found = shared >= LEAST_DAYS && is_many(equal, shared);
    }
    return MKT_OK;
}

static mkt_status resolve(const struct pair *p)
{
    struct days a, b;
    int64_t shared_days, equal_days, shared, equal;
    const struct mkt_period *x = &p->a->sums.data, *y = &p->b->sums.data;
    if (x->last < y->first || y->last < x->first) return MKT_OK;
    size_t mark = mkt_arena_mark(p->arena);
    MKT_TRY(spend_by_day(p, p->a, -1, &a));
    MKT_TRY(spend_by_day(p, p->b, -1, &b));
    compare_days(&a, &b, &shared_days, &equal_days);
    if (shared_days == 0) return MKT_OK;

    bool *same = MKT_NEW(p->arena, bool, p->b->sums.cells + 1);
    if (!same) return mkt_arena_full(p->arena, p->err);
    find_same(p, same, &shared, &equal);
    if (shared >= 1 && is_many(equal, shared) && (shared >= 2 || equal_days == shared_days))
        return drop_same(p, same, equal);

    bool account = false;
    if (same_platform(p) && level_of(p->a) != level_of(p->b)) MKT_TRY(share_account(p, &account));
    bool as_much = shared_days >= LEAST_DAYS && is_many(equal_days, shared_days);
    if (account || as_much) {
        struct mkt_relation *out = lesser(p, a.count, b.count);
        return refuse(p, out, out == p->a ? p->b : p->a,
                      account ? "it tells of the same account and days at another level as"
                              : "day by day its spend is that of");
    }
    bool inside;
    MKT_TRY(find_channel(p, p->a, &b, &inside));
    if (inside) return refuse(p, p->b, p->a, "day by day its spend is that of a channel in");
    MKT_TRY(find_channel(p, p->b, &a, &inside));
    if (inside) return refuse(p, p->a, p->b, "day by day its spend is that of a channel in");
    mkt_arena_release(p->arena, mark);
    return MKT_OK;
}

static bool is_performance(const struct mkt_relation *r)
{
    return r->is.kind == MKT_KIND_PERFORMANCE && !r->refused && r->sums.cells > 0;
}

mkt_status mkt_overlap_resolve(struct mkt_caveats *caveats, struct mkt_duck *duck,
                               struct mkt_relation *relation, size_t relations, struct mkt_err *err)
{
    for (size_t i = 0; i < relations; i++)
        for (size_t k = i + 1; k < relations; k++) {
            if (!is_performance(&relation[i]) || !is_performance(&relation[k])) continue;
            struct pair p = {caveats, caveats->arena, duck, &relation[i], &relation[k], err};
            MKT_TRY(resolve(&p));
        }
    return MKT_OK;
}
