#include "source/purchase_rows.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "source/daily.h"
#include "source/faults.h"
#include "source/numeral.h"
#include "source/profile.h"
#include "source/recent.h"
#include "source/void_names.h"

#define VALUE_MOST 9.2e12

enum { CUSTOMER, DAY, CHANNEL, SEGMENT, AMOUNT, COST, ORDER, CONTENT, COLUMNS };

/* What one thread at a time works with. What it writes at each row lies between what it reads: another
 * thread's part is next to this one. */
struct part {
    struct mkt_purchases *purchases;
    struct mkt_arena arena; /* of the names below; lasts as long as the scan */
    int64_t broken, nobody, zeros, future, refunds, undated;
    int64_t void_names; /* rows in which a word stands for no channel or segment */
    bool is_void;       /* this row is one */
    bool open;
    struct mkt_recent recent[2]; /* channels, segments */
};

struct scan {
    struct mkt_purchase_rows *out;
    struct part part[MKT_DUCKDRAIN_PLACES];
    bool orders; /* else customers */
    bool has_cost, cost_is_profit, has_number;
    duckdb_type customer; /* of what comes as such */
    bool is_text[COLUMNS];
    char mark[COLUMNS];
    int32_t today;
};

static mkt_status open_part(struct scan *scan, size_t i, struct mkt_err *err)
{
    struct mkt_purchase_rows *out = scan->out;
    struct part *p = &scan->part[i];
    if (!out->part[i]) {
        MKT_TRY(mkt_arena_open(&out->arena[i], out->room.capacity, err));
        struct mkt_purchases *purchases = MKT_NEW(&out->arena[i], struct mkt_purchases, 1);
        if (!purchases) return mkt_arena_full(&out->arena[i], err);
        mkt_purchases_init(purchases, &out->arena[i], out->room.limit, out->room.temp);
        out->part[i] = purchases;
    }
    MKT_TRY(mkt_arena_open(&p->arena, (size_t)64 << 20, err));
    p->purchases = out->part[i];
    p->open = true;
    return MKT_OK;
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* 1 + the number of a channel (which = 0) or segment, as it is shown; 0 where the cell is blank. */
static mkt_status code_of(struct part *p, int which, const struct mkt_duckdrain_rows *c, size_t row,
                          uint16_t *out, struct mkt_err *err)
{
    int argument = which == 0 ? CHANNEL : SEGMENT;
    size_t n;
    *out = 0;
    if (!mkt_duckdrain_there(c, argument, row)) return MKT_OK;
    const char *s = mkt_duckdrain_text(c, argument, row, &n);
    if (!n) return MKT_OK;
    if (mkt_void_names_unset(s, n)) {
        p->is_void |= mkt_void_names_has(s, n);
        return MKT_OK;
    }
    uint32_t met;
    if (mkt_recent_find(&p->recent[which], s, n, &met)) {
        *out = (uint16_t)met;
        return MKT_OK;
    }
    char room[MKT_NAME_MOST + 1];
    size_t mark = mkt_arena_mark(&p->arena);
    const char *name = mkt_daily_name(&p->arena, s, n, room);
    if (!name) return mkt_arena_full(&p->arena, err);
    MKT_TRY(which == 0 ? mkt_purchases_channel(p->purchases, name, strlen(name), out, err)
                       : mkt_purchases_segment(p->purchases, name, strlen(name), out, err));
    mkt_arena_release(&p->arena, mark);
    mkt_recent_keep(&p->recent[which], s, n, *out);
    return MKT_OK;
}

/* False when the cell is no number, or empty. */
static bool read_money(const struct scan *scan, const struct mkt_duckdrain_rows *c, int argument,
                       size_t row, mkt_micro *out)
{
    *out = 0;
    if (!mkt_duckdrain_there(c, argument, row)) return false;
    if (scan->is_text[argument]) {
        size_t n;
        const char *s = mkt_duckdrain_text(c, argument, row, &n);
        return mkt_numeral_read(s, n, scan->mark[argument], 6, out) == MKT_NUMERAL_OK;
    }
    double x = ((const double *)c->data[argument])[row];
    if (!(fabs(x) < VALUE_MOST)) return false; /* NaN, too */
    *out = llrint(x * MKT_MICRO);
    return true;
}

/* What tells one order from another: its number, and what stands in all of the row. */
static void read_number(const struct mkt_duckdrain_rows *c, size_t row, struct mkt_purchase *out)
{
    size_t n;
    if (!mkt_duckdrain_there(c, ORDER, row)) return;
    const char *s = mkt_duckdrain_text(c, ORDER, row, &n);
    if (!n || mkt_numeral_missing(s, n)) return;
    out->order = (uint32_t)(mkt_ids_of_text(s, n) >> 32) | 1;
    out->content = (uint32_t)((const int64_t *)c->data[CONTENT])[row];
}

/* False for a row that cannot be read. */
static bool read_order(const struct scan *scan, const struct mkt_duckdrain_rows *c, size_t row,
                       struct mkt_purchase *out)
{
    if (!mkt_duckdrain_there(c, DAY, row)) return false;
    int64_t day = ((const int64_t *)c->data[DAY])[row];
    if (day < 0 || day > MKT_PURCHASES_DAY_MOST) return false;
    out->day = (int32_t)day;
    if (!read_money(scan, c, AMOUNT, row, &out->amount)) return false;
    if (scan->has_number) read_number(c, row, out);
    if (!scan->has_cost) return true;
    if (!read_money(scan, c, COST, row, &out->cost)) return false;
    return !scan->cost_is_profit || !__builtin_sub_overflow(out->amount, out->cost, &out->cost);
}

static void read_customer(struct part *p, const struct mkt_duckdrain_rows *c, size_t row,
                          struct mkt_purchase *out)
{
    out->day = MKT_PURCHASES_NO_DAY;
    if (!mkt_duckdrain_there(c, DAY, row)) {
        p->undated++;
        return;
    }
    int64_t day = ((const int64_t *)c->data[DAY])[row];
    if (day >= -MKT_PURCHASES_DAY_MOST && day <= MKT_PURCHASES_DAY_MOST) out->day = (int32_t)day;
}

static mkt_status take_row(struct scan *scan, struct part *p, const struct mkt_duckdrain_rows *c,
                           size_t row, struct mkt_err *err)
{
    struct mkt_purchase x = {
        .customer = mkt_duckdrain_id(c, CUSTOMER, row, scan->customer == DUCKDB_TYPE_BIGINT)};
    if (!x.customer) {
        p->nobody++;
        return MKT_OK;
    }
    p->zeros += x.customer == MKT_IDS_ZERO;
    if (scan->orders && !read_order(scan, c, row, &x)) {
        p->broken++;
        return MKT_OK;
    }
    if (scan->orders && x.day > scan->today) {
        p->future++;
        return MKT_OK;
    }
    p->is_void = false;
    MKT_TRY(code_of(p, 0, c, row, &x.channel, err));
    MKT_TRY(code_of(p, 1, c, row, &x.segment, err));
    p->void_names += p->is_void;
    if (scan->orders) {
        p->refunds += x.amount < 0;
        return mkt_purchases_add(p->purchases, &x, err);
    }
    read_customer(p, c, row, &x);
    return mkt_purchases_add_customer(p->purchases, &x, err);
}

static mkt_status take(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                       struct mkt_err *err)
{
    struct scan *scan = user;
    struct part *p = &scan->part[place];
    if (!p->open) MKT_TRY(open_part(scan, place, err));
    for (size_t i = 0; i < rows->rows; i++) MKT_TRY(take_row(scan, p, rows, i, err));
    return MKT_OK;
}

/* ---- what to read --------------------------------------------------------------------------- */

static void add_day(struct mkt_buf *list, const struct mkt_relation *r, mkt_role role)
{
    if (!r->is.parts[role]) {
        mkt_buf_str(list, "CAST(NULL AS BIGINT)");
        return;
    }
    mkt_buf_str(list, "CAST(");
    mkt_profile_add_day(list, r, r->is.column[role][0]);
    mkt_buf_str(list, " - DATE '1970-01-01' AS BIGINT)");
}

static void add_name(struct mkt_buf *list, const struct mkt_relation *r, mkt_role role)
{
    if (r->is.parts[role])
        mkt_profile_add_text(list, r, r->is.column[role][0]);
    else
        mkt_buf_str(list, "CAST(NULL AS VARCHAR)");
}

static void add_money(struct scan *scan, struct mkt_buf *list, const struct mkt_relation *r,
                      int argument, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    scan->is_text[argument] = c && c->type == MKT_TYPE_TEXT;
    scan->mark[argument] = c && c->decimal ? c->decimal : '.';
    if (!c)
        mkt_buf_str(list, "CAST(NULL AS DOUBLE)");
    else
        mkt_buf_printf(list, scan->is_text[argument] ? "c%zu" : "CAST(c%zu AS DOUBLE)",
                       r->is.column[role][0]);
}

/* Columns whose cells are kept; of a day the time is not. */
static bool is_kept(const struct mkt_column *c)
{
    return c->role == MKT_ROLE_CUSTOMER || c->role == MKT_ROLE_ORDER ||
           c->role == MKT_ROLE_AMOUNT || c->role == MKT_ROLE_COST || c->role == MKT_ROLE_CHANNEL ||
           c->role == MKT_ROLE_SEGMENT;
}

/* The number of the order, and a hash of the cells that are not kept. */
static void add_number(struct scan *scan, struct mkt_buf *list, const struct mkt_relation *r)
{
    scan->has_number = r->is.parts[MKT_ROLE_ORDER] > 0;
    add_name(list, r, MKT_ROLE_ORDER);
    if (!scan->has_number) {
        mkt_buf_str(list, ", CAST(NULL AS BIGINT)");
        return;
    }
    mkt_buf_str(list, ", CAST(hash(");
    for (size_t i = 0, said = 0; i < r->columns; i++)
        if (!is_kept(&r->column[i])) mkt_buf_printf(list, said++ ? ", c%zu" : "c%zu", i);
    mkt_buf_str(list, ") >> 32 AS BIGINT)");
}

static mkt_status plan(struct mkt_relation *r, struct scan *scan, struct mkt_buf *list,
                       struct mkt_err *err)
{
    scan->orders = r->is.kind == MKT_KIND_TRANSACTIONS;
    scan->customer = mkt_profile_add_id(list, r, r->is.column[MKT_ROLE_CUSTOMER][0]);
    mkt_buf_str(list, ", ");
    add_day(list, r, scan->orders ? MKT_ROLE_DATE : MKT_ROLE_STARTED);
    mkt_buf_str(list, ", ");
    add_name(list, r, MKT_ROLE_CHANNEL);
    mkt_buf_str(list, ", ");
    add_name(list, r, MKT_ROLE_SEGMENT);
    if (scan->orders) {
        scan->cost_is_profit = !r->is.parts[MKT_ROLE_COST] && r->is.parts[MKT_ROLE_PROFIT];
        scan->has_cost = r->is.parts[MKT_ROLE_COST] || scan->cost_is_profit;
        mkt_buf_str(list, ", ");
        add_money(scan, list, r, AMOUNT, MKT_ROLE_AMOUNT);
        mkt_buf_str(list, ", ");
        add_money(scan, list, r, COST, scan->cost_is_profit ? MKT_ROLE_PROFIT : MKT_ROLE_COST);
        mkt_buf_str(list, ", ");
        add_number(scan, list, r);
    }
    return mkt_buf_check(list, err);
}

/* What was counted goes into the relation, and what has no place there into *future and *undated. */
static void close_scan(struct scan *scan, struct mkt_relation *r, int64_t *future, int64_t *undated)
{
    struct mkt_purchase_rows *out = scan->out;
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++) {
        struct part *p = &scan->part[i];
        r->broken += p->broken + p->nobody;
        r->nobody += p->nobody;
        r->zeros += p->zeros;
        *future += p->future;
        *undated += p->undated;
        r->void_names += p->void_names;
        out->refunds += p->refunds;
        if (out->part[i] && out->parts <= i) out->parts = i + 1;
        if (p->open) mkt_arena_close(&p->arena);
    }
}

static mkt_status say_rest(const struct mkt_relation *r, int64_t broken, int64_t future,
                           int64_t undated, struct mkt_caveats *caveats, struct mkt_err *err)
{
    int64_t rows = r->rows - r->other_currency;
    if (rows > 0 && (double)broken > MKT_BROKEN_SHARE * (double)rows)
        return mkt_err_set(
            err, MKT_E_DATA,
            "%s: %s of %s rows have no day or amount that can be read: more than 5 %%", r->show,
            MKT_COUNT(broken), MKT_COUNT(rows));
    if (broken)
        MKT_TRY(mkt_caveats_add(caveats, "broken_orders", MKT_CAVEAT_WARN, err,
                                "%s of %s rows of %s cannot be read and are left out",
                                MKT_COUNT(broken), MKT_COUNT(rows), r->show));
    MKT_TRY(mkt_quality_nobody(caveats, r, MKT_ROLE_CUSTOMER, err));
    if (future)
        MKT_TRY(mkt_caveats_add(caveats, "future_orders", MKT_CAVEAT_WARN, err,
                                "%s of %s rows of %s lie in the future and are left out",
                                MKT_COUNT(future), MKT_COUNT(rows), r->show));
    if (r->other_currency)
        MKT_TRY(mkt_caveats_add(caveats, "other_currencies", MKT_CAVEAT_LIMIT, err,
                                "%s of %s rows of %s are in other currencies and are left out",
                                MKT_COUNT(r->other_currency), MKT_COUNT(r->rows), r->show));
    if (undated && r->is.parts[MKT_ROLE_STARTED])
        MKT_TRY(mkt_caveats_add(caveats, "undated_customers", MKT_CAVEAT_NOTE, err,
                                "%s of %s rows of %s tell no day that can be read; those "
                                "customers count from their first order",
                                MKT_COUNT(undated), MKT_COUNT(rows), r->show));
    return mkt_quality_void_names(caveats, r, "no channel and no segment", err);
}

mkt_status mkt_purchase_rows_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                  struct mkt_relation *r, int32_t today,
                                  struct mkt_caveats *caveats, struct mkt_purchase_rows *out,
                                  struct mkt_err *err)
{
    struct scan *scan = MKT_NEW(arena, struct scan, 1);
    struct mkt_duckdrain *drain = MKT_NEW(arena, struct mkt_duckdrain, 1);
    struct mkt_buf list;
    if (!scan || !drain) return mkt_arena_full(arena, err);
    scan->out = out;
    scan->today = today;
    mkt_buf_init(&list, arena);
    MKT_TRY(plan(r, scan, &list, err));
    drain->take = take;
    drain->user = scan;
    drain->columns = scan->orders ? COLUMNS : AMOUNT;
    for (size_t i = 0; i < drain->columns; i++) drain->type[i] = DUCKDB_TYPE_VARCHAR;
    drain->type[CUSTOMER] = scan->customer;
    drain->type[DAY] = DUCKDB_TYPE_BIGINT;
    for (int i = AMOUNT; i <= COST; i++)
        if (!scan->is_text[i]) drain->type[i] = DUCKDB_TYPE_DOUBLE;
    drain->type[CONTENT] = DUCKDB_TYPE_BIGINT;
    const char *from =
        r->filter ? mkt_arena_printf(arena, "%s WHERE %s", r->from, r->filter) : r->from;
    if (!from) return mkt_arena_full(arena, err);
    int64_t broken = r->broken, future = 0, undated = 0;
    mkt_status status = mkt_duckdrain_run(drain, duck, list.data, from, r->show, err);
    close_scan(scan, r, &future, &undated);
    broken = r->broken - r->nobody - broken;
    MKT_TRY(status);
    if (scan->orders) {
        out->has_cost = scan->has_cost && (out->has_cost || !out->has_orders);
        out->has_orders = true;
    } else {
        out->has_customers = true;
    }
    out->has_channels |= r->is.parts[MKT_ROLE_CHANNEL] > 0;
    out->has_segments |= r->is.parts[MKT_ROLE_SEGMENT] > 0;
    out->has_starts |= !scan->orders && r->is.parts[MKT_ROLE_STARTED] > 0;
    return say_rest(r, broken, future, undated, caveats, err);
}

void mkt_purchase_rows_close(struct mkt_purchase_rows *rows)
{
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++) {
        if (rows->part[i]) mkt_purchases_close(rows->part[i]);
        mkt_arena_close(&rows->arena[i]);
    }
}
