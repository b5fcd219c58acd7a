#include "aggregate/arms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define WIDE_MOST 1.7e38
#define SUM_MOST 9.2e18

enum { VARIANT, SEGMENT };

const char *mkt_arms_kind_name(mkt_arms_kind kind)
{
    static const char *const name[] = {"mean", "proportion", "count", "ratio", "quantile"};
    return name[kind];
}

void mkt_arms_init(struct mkt_arms *arms, struct mkt_arena *arena,
                   const struct mkt_arms_metric *metric, size_t metrics, bool dated, bool segmented)
{
    memset(arms, 0, sizeof *arms);
    arms->arena = arena;
    arms->metric = metric;
    arms->metrics = metrics;
    arms->dated = dated;
    arms->segmented = segmented;
    arms->data = (struct mkt_period){0, -1};
}

static mkt_status too_large(const struct mkt_arms *arms, size_t metric, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_LIMIT,
                       "the sums of %s are too large to add exactly: a sum may reach 9.2e12 and a "
                       "sum of squares 1.7e26; measure it in a larger unit or cap it",
                       arms->metric[metric].name);
}

/* Few names and many rows that follow each other with the same one: looked for one by one. */
static mkt_status find_name(struct mkt_arms *arms, int side, const char *name, uint32_t *out,
                            struct mkt_err *err)
{
    static const size_t most[] = {MKT_ARMS_VARIANTS, MKT_ARMS_SEGMENTS};
    static const char *const what[] = {"variants", "segments"};
    for (size_t i = 0; i < arms->names[side]; i++)
        if (strcmp(arms->name[side][i], name) == 0) {
            *out = (uint32_t)i;
            return MKT_OK;
        }
    if (arms->names[side] == most[side])
        return mkt_err_set(err, MKT_E_LIMIT,
                           "more than %s %s: the column that names them is "
                           "probably not the right one",
                           MKT_COUNT(most[side]), what[side]);
    char *copy = mkt_arena_strdup(arms->arena, name);
    if (!copy) return mkt_arena_full(arms->arena, err);
    *out = (uint32_t)arms->names[side];
    arms->name[side][arms->names[side]++] = copy;
    return MKT_OK;
}

bool mkt_arms_join(struct mkt_arms_sums *into, const struct mkt_arms_sums *from)
{
    bool over = false;
    for (int i = 0; i < MKT_ARMS_VARIABLES; i++)
        over |= __builtin_add_overflow(into->sum[i], from->sum[i], &into->sum[i]);
    for (int i = 0; i < MKT_ARMS_PRODUCTS; i++)
        over |= __builtin_add_overflow(into->product[i], from->product[i], &into->product[i]);
    return !over;
}

static bool same_key(const struct mkt_arms_cell *a, const struct mkt_arms_cell *b)
{
    return a->variant == b->variant && a->segment == b->segment && a->day == b->day;
}

static mkt_status join_cell(struct mkt_arms *arms, struct mkt_arms_cell *into,
                            const struct mkt_arms_sums *sums, int64_t n, struct mkt_err *err)
{
    for (size_t m = 0; m < arms->metrics; m++)
        if (!mkt_arms_join(&into->sums[m], &sums[m])) return too_large(arms, m, err);
    into->n += n;
    return MKT_OK;
}

static mkt_status add_cell(struct mkt_arms *arms, struct mkt_arms_cell key, int64_t n,
                           const struct mkt_arms_sums *sums, struct mkt_err *err)
{
    struct mkt_arms_cell *cell = arms->cells ? &arms->cell[arms->cells - 1] : NULL;
    if (!cell || !same_key(cell, &key)) {
        cell =
            mkt_arena_push(arms->arena, &arms->cell, &arms->cells, &arms->cell_cap, sizeof *cell);
        key.sums = cell ? MKT_NEW(arms->arena, struct mkt_arms_sums, arms->metrics) : NULL;
        if (!cell || !key.sums) {
            if (cell) arms->cells--;
            return mkt_arena_full(arms->arena, err);
        }
        key.n = 0;
        *cell = key;
    }
    MKT_TRY(join_cell(arms, cell, sums, n, err));
    arms->units += n;
    if (arms->data.first > arms->data.last) arms->data = (struct mkt_period){key.day, key.day};
    if (key.day < arms->data.first) arms->data.first = key.day;
    if (key.day > arms->data.last) arms->data.last = key.day;
    return MKT_OK;
}

mkt_status mkt_arms_add(struct mkt_arms *arms, const char *variant, const char *segment,
                        int32_t day, int64_t n, const struct mkt_arms_sums *sums,
                        struct mkt_err *err)
{
    struct mkt_arms_cell key = {.day = arms->dated ? day : 0};
    MKT_TRY(find_name(arms, VARIANT, variant, &key.variant, err));
    MKT_TRY(find_name(arms, SEGMENT, arms->segmented ? segment : "", &key.segment, err));
    return add_cell(arms, key, n, sums, err);
}

mkt_status mkt_arms_add_unit(struct mkt_arms *arms, const char *variant, const char *segment,
                             int32_t day, const double (*value)[MKT_ARMS_VARIABLES],
                             struct mkt_err *err)
{
    struct mkt_arms_cell key = {.day = arms->dated ? day : 0};
    MKT_TRY(find_name(arms, VARIANT, variant, &key.variant, err));
    MKT_TRY(find_name(arms, SEGMENT, arms->segmented ? segment : "", &key.segment, err));
    size_t mark = mkt_arena_mark(arms->arena);
    struct mkt_arms_sums *sums = MKT_NEW(arms->arena, struct mkt_arms_sums, arms->metrics);
    if (!sums) return mkt_arena_full(arms->arena, err);
    for (size_t m = 0; m < arms->metrics; m++) {
        for (int i = 0; i < MKT_ARMS_VARIABLES; i++)
            if (!mkt_arms_set_sum(&sums[m], (mkt_arms_variable)i, value[m][i]))
                return too_large(arms, m, err);
        for (int i = 0; i < MKT_ARMS_VARIABLES; i++)
            for (int j = i; j < MKT_ARMS_VARIABLES; j++)
                sums[m].product[mkt_arms_product(i, j)] =
                    (mkt_arms_wide)sums[m].sum[i] * sums[m].sum[j];
    }
    struct mkt_arms_cell *last = arms->cells ? &arms->cell[arms->cells - 1] : NULL;
    bool joins = last && same_key(last, &key);
    mkt_status status = add_cell(arms, key, 1, sums, err);
    if (joins || status != MKT_OK) mkt_arena_release(arms->arena, mark);
    return status;
}

mkt_status mkt_arms_merge(struct mkt_arms *into, const struct mkt_arms *from, struct mkt_err *err)
{
    for (size_t i = 0; i < from->cells; i++) {
        const struct mkt_arms_cell *c = &from->cell[i];
        MKT_TRY(mkt_arms_add(into, from->name[VARIANT][c->variant], from->name[SEGMENT][c->segment],
                             c->day, c->n, c->sums, err));
    }
    into->multiple += from->multiple;
    into->unnamed += from->unnamed;
    into->rows += from->rows;
    return MKT_OK;
}

/* ---- finish ------------------------------------------------------------- */

struct ranked {
    const char *name;
    uint32_t old;
};

static int by_name(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static void sort_names(struct mkt_arms *arms, int side, struct ranked *order, uint32_t *rank)
{
    size_t n = arms->names[side];
    for (size_t i = 0; i < n; i++) order[i] = (struct ranked){arms->name[side][i], (uint32_t)i};
    qsort(order, n, sizeof *order, by_name);
    for (size_t i = 0; i < n; i++) {
        rank[order[i].old] = (uint32_t)i;
        arms->name[side][i] = order[i].name;
    }
}

static int by_key(const void *a, const void *b)
{
    const struct mkt_arms_cell *x = a, *y = b;
    if (x->variant != y->variant) return x->variant < y->variant ? -1 : 1;
    if (x->segment != y->segment) return x->segment < y->segment ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

mkt_status mkt_arms_finish(struct mkt_arms *arms, struct mkt_err *err)
{
    if (!arms->cells) return MKT_OK;
    size_t mark = mkt_arena_mark(arms->arena);
    struct ranked *order = MKT_NEW(arms->arena, struct ranked, MKT_ARMS_SEGMENTS);
    uint32_t *rank = MKT_NEW(arms->arena, uint32_t, 2 * MKT_ARMS_SEGMENTS);
    if (!order || !rank) {
        mkt_arena_release(arms->arena, mark);
        return mkt_arena_full(arms->arena, err);
    }
    for (int side = 0; side < 2; side++)
        sort_names(arms, side, order, rank + side * MKT_ARMS_SEGMENTS);
    for (size_t i = 0; i < arms->cells; i++) {
        arms->cell[i].variant = rank[arms->cell[i].variant];
        arms->cell[i].segment = rank[MKT_ARMS_SEGMENTS + arms->cell[i].segment];
    }
    mkt_arena_release(arms->arena, mark);
    qsort(arms->cell, arms->cells, sizeof *arms->cell, by_key);
    size_t kept = 0;
    for (size_t i = 0; i < arms->cells; i++) {
        struct mkt_arms_cell *c = &arms->cell[i];
        if (kept && same_key(&arms->cell[kept - 1], c))
            MKT_TRY(join_cell(arms, &arms->cell[kept - 1], c->sums, c->n, err));
        else
            arms->cell[kept++] = *c;
    }
    arms->cells = kept;
    return MKT_OK;
}

/* ---- numbers in and out ------------------------------------------------- */

bool mkt_arms_set_sum(struct mkt_arms_sums *sums, mkt_arms_variable i, double total)
{
    double micro = nearbyint(total * MKT_ARMS_MICRO);
    if (!(fabs(micro) < SUM_MOST)) return false;
    sums->sum[i] = (int64_t)micro;
    return true;
}

bool mkt_arms_set_product(struct mkt_arms_sums *sums, mkt_arms_variable i, mkt_arms_variable j,
                          double total)
{
    double micro = nearbyint(total * MKT_ARMS_MICRO * MKT_ARMS_MICRO);
    if (!(fabs(micro) < WIDE_MOST)) return false;
    sums->product[mkt_arms_product(i, j)] = (mkt_arms_wide)micro;
    return true;
}

/* sum of (a - mean a)(b - mean b), exact to one part in n: no cancellation between large numbers */
static double centred(int64_t n, mkt_arms_wide product, int64_t a, int64_t b)
{
    mkt_arms_wide whole = (mkt_arms_wide)a * b, share = whole / n;
    double rest = (double)(int64_t)(whole % n) / (double)n;
    return ((double)(product - share) - rest) / (MKT_ARMS_MICRO * MKT_ARMS_MICRO);
}

void mkt_arms_moments_of(int64_t n, const struct mkt_arms_sums *sums, struct mkt_arms_moments *out)
{
    *out = (struct mkt_arms_moments){.n = n};
    if (n < 1) return;
    for (int i = 0; i < MKT_ARMS_VARIABLES; i++)
        out->mean[i] = (double)sums->sum[i] / MKT_ARMS_MICRO / (double)n;
    if (n < 2) return;
    for (int i = 0; i < MKT_ARMS_VARIABLES; i++)
        for (int j = i; j < MKT_ARMS_VARIABLES; j++) {
            double c =
                centred(n, sums->product[mkt_arms_product(i, j)], sums->sum[i], sums->sum[j]);
            if (i == j && c < 0) c = 0;
            out->covariance[i][j] = out->covariance[j][i] = c / (double)(n - 1);
        }
}

static bool within(const struct mkt_arms *arms, const struct mkt_arms_slice *slice,
                   const struct mkt_arms_cell *cell)
{
    if (slice->variant >= 0 && cell->variant != (uint32_t)slice->variant) return false;
    if (slice->segment >= 0 && cell->segment != (uint32_t)slice->segment) return false;
    if (!arms->dated) return true;
    if (cell->day < slice->first || cell->day > slice->last) return false;
    return slice->weekday < 0 || mkt_date_weekday(cell->day) == slice->weekday;
}

mkt_status mkt_arms_collect(const struct mkt_arms *arms, const struct mkt_arms_slice *slice,
                            size_t metric, struct mkt_arms_moments *out, struct mkt_err *err)
{
    struct mkt_arms_sums sums = {0};
    int64_t n = 0;
    for (size_t i = 0; i < arms->cells; i++) {
        if (!within(arms, slice, &arms->cell[i])) continue;
        if (!mkt_arms_join(&sums, &arms->cell[i].sums[metric])) return too_large(arms, metric, err);
        n += arms->cell[i].n;
    }
    mkt_arms_moments_of(n, &sums, out);
    return MKT_OK;
}

/* ---- days ------------------------------------------------------------------ */

#define STRAY_DAYS 31
#define STRAY_UNITS 1000 /* one unit in so many */

/* The days next to `day` on one side that hold units, and how many units `day` holds. */
static int64_t look_at_day(const struct mkt_arms *arms, int32_t day, bool up, int32_t *next)
{
    int64_t n = 0;
    *next = day;
    for (size_t i = 0; i < arms->cells; i++) {
        int32_t d = arms->cell[i].day;
        if (d == day) n += arms->cell[i].n;
        bool beyond = up ? d > day : d < day;
        if (beyond && (*next == day || (up ? d < *next : d > *next))) *next = d;
    }
    return n;
}

/* The end of the span on one side: the last day past which nothing is left but strays. */
static int32_t end_of_span(const struct mkt_arms *arms, bool up, int64_t *strays)
{
    int32_t day = up ? arms->data.first : arms->data.last, end = day, next;
    int64_t n = 0, past = 0;
    for (int looked = 0; looked < 20; looked++, day = next) {
        n += look_at_day(arms, day, up, &next);
        if (next == day || n > 1 + arms->units / STRAY_UNITS) break;
        int64_t gap = up ? (int64_t)next - day : (int64_t)day - next;
        if (gap > STRAY_DAYS) end = next, past = n;
    }
    *strays += past;
    return end;
}

struct mkt_period mkt_arms_span(const struct mkt_arms *arms, int64_t *strays)
{
    *strays = 0;
    if (!arms->dated || !arms->cells) return arms->data;
    int32_t first = end_of_span(arms, true, strays), last = end_of_span(arms, false, strays);
    return first <= last ? (struct mkt_period){first, last} : arms->data;
}
