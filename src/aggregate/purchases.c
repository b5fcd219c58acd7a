#include "aggregate/purchases.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/spellings.h"

void mkt_purchases_init(struct mkt_purchases *p, struct mkt_arena *arena, size_t limit,
                        const char *temp)
{
    *p = (struct mkt_purchases){.first = INT32_MAX, .last = INT32_MIN};
    mkt_piles_init(&p->order, arena, sizeof(struct mkt_purchase), limit / 4 * 3, temp);
    mkt_piles_init(&p->customer, arena, sizeof(struct mkt_purchase), limit / 4, temp);
    mkt_names_init(&p->channel, arena);
    mkt_names_init(&p->segment, arena);
    p->arena = arena;
}

void mkt_purchases_close(struct mkt_purchases *p)
{
    mkt_piles_close(&p->order);
    mkt_piles_close(&p->customer);
}

static void count(struct mkt_purchases *p, const struct mkt_purchase *row)
{
    if (row->channel) p->channels.rows[row->channel]++;
    if (row->segment) p->segments.rows[row->segment]++;
}

mkt_status mkt_purchases_add(struct mkt_purchases *p, const struct mkt_purchase *order,
                             struct mkt_err *err)
{
    assert(order->day >= 0 && order->day <= MKT_PURCHASES_DAY_MOST);
    if (order->day < p->first) p->first = order->day;
    if (order->day > p->last) p->last = order->day;
    count(p, order);
    return mkt_piles_add(&p->order, order->customer, order, err);
}

mkt_status mkt_purchases_add_customer(struct mkt_purchases *p, const struct mkt_purchase *customer,
                                      struct mkt_err *err)
{
    count(p, customer);
    return mkt_piles_add(&p->customer, customer->customer, customer, err);
}

static mkt_status code(struct mkt_purchases *p, struct mkt_names *names,
                       struct mkt_purchases_names *known, const char *text, size_t n, uint16_t *out,
                       struct mkt_err *err)
{
    uint32_t place;
    *out = 0;
    if (known->too_many) return MKT_OK;
    MKT_TRY(mkt_names_code(names, text, n, &place, err));
    while (known->count < place + 2) { /* [0], too */
        int64_t *rows =
            mkt_arena_push(p->arena, &known->rows, &known->count, &known->cap, sizeof *rows);
        if (!rows) return mkt_arena_full(p->arena, err);
        *rows = 0;
    }
    known->too_many = place >= MKT_PURCHASES_NAMES;
    if (!known->too_many) *out = (uint16_t)(place + 1);
    return MKT_OK;
}

mkt_status mkt_purchases_channel(struct mkt_purchases *p, const char *text, size_t n, uint16_t *out,
                                 struct mkt_err *err)
{
    return code(p, &p->channel, &p->channels, text, n, out, err);
}

mkt_status mkt_purchases_segment(struct mkt_purchases *p, const char *text, size_t n, uint16_t *out,
                                 struct mkt_err *err)
{
    return code(p, &p->segment, &p->segments, text, n, out, err);
}

/* ---- all parts as one ------------------------------------------------------------------------ */

/* Names beyond the most of all parts together are 0, too. */
static mkt_status unite_names(struct mkt_arena *arena, const struct mkt_purchases_view *v,
                              bool segments, struct mkt_names *all, uint16_t ***out,
                              const char **respelled, struct mkt_err *err)
{
    const struct mkt_names **own = MKT_NEW(arena, const struct mkt_names *, v->parts + 1);
    const int64_t **rows = MKT_NEW(arena, const int64_t *, v->parts + 1);
    uint32_t **map = MKT_NEW(arena, uint32_t *, v->parts + 1);
    int64_t *count;
    *out = MKT_NEW(arena, uint16_t *, v->parts + 1);
    if (!own || !rows || !map || !*out) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->parts; i++) {
        const struct mkt_purchases *p = v->part[i];
        own[i] = segments ? &p->segment : &p->channel;
        rows[i] = segments ? p->segments.rows : p->channels.rows;
        if (own[i]->count) rows[i]++; /* the first is of none */
    }
    MKT_TRY(mkt_spellings_unite(arena, all, own, rows, v->parts, map, &count, respelled, err));
    for (size_t i = 0; i < v->parts; i++) {
        (*out)[i] = MKT_NEW(arena, uint16_t, own[i]->count + 2);
        if (!(*out)[i]) return mkt_arena_full(arena, err);
        for (size_t k = 0; k < own[i]->count; k++) {
            uint32_t name = map[i][k];
            (*out)[i][k + 1] = name < MKT_PURCHASES_NAMES ? (uint16_t)(name + 1) : 0;
        }
    }
    return MKT_OK;
}

mkt_status mkt_purchases_unite(struct mkt_arena *arena, struct mkt_purchases *const *part,
                               size_t parts, struct mkt_purchases_view *v, struct mkt_err *err)
{
    *v = (struct mkt_purchases_view){
        .part = part, .parts = parts, .first = INT32_MAX, .last = INT32_MIN};
    for (size_t i = 0; i < parts; i++) {
        v->orders += mkt_piles_all_rows(&part[i]->order);
        v->customers += mkt_piles_all_rows(&part[i]->customer);
        if (part[i]->first < v->first) v->first = part[i]->first;
        if (part[i]->last > v->last) v->last = part[i]->last;
    }
    if (!v->orders) return mkt_err_set(err, MKT_E_EMPTY, "there are no orders");
    MKT_TRY(
        unite_names(arena, v, false, &v->channel, &v->channel_map, &v->respelled_channels, err));
    return unite_names(arena, v, true, &v->segment, &v->segment_map, &v->respelled_segments, err);
}

/* ---- one pile -------------------------------------------------------------------------------- */

static int compare(const struct mkt_purchase *x, const struct mkt_purchase *y)
{
    if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    if (x->amount != y->amount) return x->amount < y->amount ? -1 : 1;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    if (x->order != y->order) return x->order < y->order ? -1 : 1;
    if (x->content != y->content) return x->content < y->content ? -1 : 1;
    if (x->channel != y->channel) return x->channel < y->channel ? -1 : 1;
    return (x->segment > y->segment) - (x->segment < y->segment);
}

#define MKT_PILES_SORT_ROW struct mkt_purchase
#define MKT_PILES_SORT_HASH customer
#define MKT_PILES_SORT_BEFORE(a, b, how) (compare(a, b) < 0)
#include "aggregate/piles_sort.h"

struct pile {
    struct mkt_purchase *row;
    size_t rows;
};

static size_t rows_of(const struct mkt_purchases_view *v, size_t pile, bool customers)
{
    size_t rows = 0;
    for (size_t i = 0; i < v->parts; i++)
        rows += mkt_piles_rows(customers ? &v->part[i]->customer : &v->part[i]->order, pile);
    return rows;
}

/* The sorted rows of one pile, in the common numbering. */
static mkt_status take(struct mkt_arena *arena, const struct mkt_purchases_view *v, size_t pile,
                       bool customers, void *block, struct pile *out, struct mkt_err *err)
{
    out->rows = rows_of(v, pile, customers);
    struct mkt_purchase *row = MKT_NEW(arena, struct mkt_purchase, out->rows + 1);
    out->row = MKT_NEW(arena, struct mkt_purchase, out->rows + 1);
    uint32_t *start;
    MKT_TRY(mkt_piles_sort_room(arena, out->rows, &start, err));
    if (!row || !out->row) return mkt_arena_full(arena, err);
    size_t at = 0;
    for (size_t i = 0; i < v->parts; i++) {
        const struct mkt_piles *piles = customers ? &v->part[i]->customer : &v->part[i]->order;
        struct mkt_purchase *own = row + at;
        MKT_TRY(mkt_piles_gather(piles, pile, block, own, err));
        for (size_t k = 0; k < mkt_piles_rows(piles, pile); k++) {
            own[k].channel = v->channel_map[i][own[k].channel];
            own[k].segment = v->segment_map[i][own[k].segment];
        }
        at += mkt_piles_rows(piles, pile);
    }
    mkt_piles_sort_rows(row, out->rows, 0, start, out->row);
    return MKT_OK;
}

/* Of rows about one customer, sorted: the first with a day, else the first. */
static const struct mkt_purchase *choose(const struct mkt_purchase *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (row[i].day != MKT_PURCHASES_NO_DAY) return &row[i];
    return row;
}

/* Of the first day's orders the name that the first tells: by amount, cost and name. */
static uint16_t first_name(const struct mkt_purchase *order, size_t n, bool segment)
{
    const struct mkt_purchase *first = NULL;
    uint16_t out = 0;
    for (size_t i = 0; i < n && order[i].day == order->day; i++) {
        uint16_t name = segment ? order[i].segment : order[i].channel;
        if (first && (order[i].amount != first->amount || order[i].cost != first->cost)) break;
        if (!name || (first && name >= out)) continue;
        if (!first) first = &order[i];
        out = name;
    }
    return out;
}

static void add_repeat(struct mkt_purchases_repeats *to, mkt_micro amount)
{
    to->rows++;
    if (__builtin_add_overflow(to->amount, amount, &to->amount))
        to->amount = amount < 0 ? INT64_MIN : INT64_MAX;
}

/* Leaves out, in place, what is the same order again. The rows are sorted. */
static void tell_repeats(struct mkt_purchase *order, struct mkt_purchases_customer *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->orders; i++) {
        const struct mkt_purchase *x = &order[i], *y = n ? &order[n - 1] : NULL;
        bool again = y && x->order && x->order == y->order && x->day == y->day &&
                     x->amount == y->amount && x->cost == y->cost;
        if (again && x->content == y->content) {
            add_repeat(&c->same, x->amount);
            continue;
        }
        if (again) add_repeat(&c->alike, x->amount);
        order[n++] = *x;
    }
    c->orders = n;
}

static void visit_one(uint64_t id, const struct mkt_purchase *listed, struct mkt_purchase *order,
                      size_t orders, size_t pile, mkt_purchases_visit *visit, void *user)
{
    struct mkt_purchases_customer c = {
        .id = id, .order = order, .orders = orders, .listed = listed};
    tell_repeats(order, &c);
    bool told = listed && listed->day != MKT_PURCHASES_NO_DAY;
    if (!told && !orders) return;
    c.start = told ? listed->day : order->day;
    c.early = told && orders && order->day < listed->day;
    if (c.early) c.start = order->day;
    c.channel = listed ? listed->channel : 0;
    c.segment = listed ? listed->segment : 0;
    if (!c.channel) c.channel = first_name(order, c.orders, false);
    if (!c.segment) c.segment = first_name(order, c.orders, true);
    visit(user, pile, &c);
}

static size_t run_of(const struct pile *p, size_t from)
{
    size_t to = from;
    while (to < p->rows && p->row[to].customer == p->row[from].customer) to++;
    return to - from;
}

static void walk(const struct pile *orders, const struct pile *listed, size_t pile,
                 mkt_purchases_visit *visit, void *user)
{
    for (size_t a = 0, b = 0; a < orders->rows || b < listed->rows;) {
        bool order = a < orders->rows, list = b < listed->rows;
        uint64_t x = order ? orders->row[a].customer : 0, y = list ? listed->row[b].customer : 0;
        if (order && list && x != y) {
            order = x < y;
            list = !order;
        }
        size_t n = order ? run_of(orders, a) : 0, m = list ? run_of(listed, b) : 0;
        visit_one(order ? x : y, list ? choose(listed->row + b, m) : NULL, orders->row + a, n, pile,
                  visit, user);
        a += n;
        b += m;
    }
}

mkt_status mkt_purchases_each(struct mkt_arena *arena, const struct mkt_purchases_view *v,
                              size_t from, size_t to, mkt_purchases_visit *visit, void *user,
                              struct mkt_err *err)
{
    size_t whole = mkt_arena_mark(arena);
    void *block = mkt_arena_alloc(arena, 1, MKT_PILES_BLOCK(sizeof(struct mkt_purchase)));
    if (!block) return mkt_arena_full(arena, err);
    for (size_t pile = from; pile < to; pile++) {
        size_t mark = mkt_arena_mark(arena);
        struct pile orders, listed;
        MKT_TRY(take(arena, v, pile, false, block, &orders, err));
        MKT_TRY(take(arena, v, pile, true, block, &listed, err));
        walk(&orders, &listed, pile, visit, user);
        mkt_arena_release(arena, mark);
    }
    mkt_arena_release(arena, whole);
    return MKT_OK;
}
