#include "source/currency.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "source/money.h"
#include "source/numeral.h"
#include "source/profile.h"

/* Rows of one relation whose money is in one currency, by one witness. */
struct evidence {
    size_t relation;
    const char *code; /* constant, or in the arena */
    int64_t rows;
    size_t column; /* whose cells say so; MKT_NO_COLUMN: the header does, for all rows */
    bool signs;    /* the cells are amounts with signs, not codes */
};

struct inquiry {
    struct mkt_arena *arena;
    struct mkt_duck *duck;
    struct mkt_relation *relation;
    struct evidence *evidence;
    size_t count, capacity;
    struct mkt_err *err;
};

static mkt_status add(struct inquiry *q, struct evidence e)
{
    struct evidence *place =
        mkt_arena_push(q->arena, &q->evidence, &q->count, &q->capacity, sizeof *place);
    if (!place) return mkt_arena_full(q->arena, q->err);
    *place = e;
    return MKT_OK;
}

static mkt_status ask_cells(struct inquiry *q, size_t relation, size_t column, bool signs)
{
    const struct mkt_relation *r = &q->relation[relation];
    struct mkt_buf sql;
    mkt_buf_init(&sql, q->arena);
    mkt_buf_printf(&sql, "SELECT %s(", signs ? "mkt_amount_currency" : "mkt_currency");
    mkt_profile_add_text(&sql, r, column);
    mkt_buf_printf(&sql, ") AS code, count(*) FROM %s GROUP BY 1 ORDER BY 1", r->from);
    MKT_TRY(mkt_buf_check(&sql, q->err));
    duckdb_result result;
    MKT_TRY(mkt_duck_query(q->duck, sql.data, r->show, &result, q->err));
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows)) {
        if (mkt_duck_rows_null(&rows, 0)) continue;
        size_t n;
        const char *s = mkt_duck_rows_text(&rows, 0, &n);
        const char *code = mkt_arena_strndup(q->arena, s, n);
        status = code ? add(q, (struct evidence){relation, code, mkt_duck_rows_int(&rows, 1),
                                                 column, signs})
                      : mkt_arena_full(q->arena, q->err);
    }
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    return status;
}

static mkt_status ask_relation(struct inquiry *q, size_t at)
{
    const struct mkt_relation *r = &q->relation[at];
    static const mkt_role money[] = {MKT_ROLE_SPEND, MKT_ROLE_REVENUE, MKT_ROLE_AMOUNT,
                                     MKT_ROLE_COST, MKT_ROLE_PROFIT};
    if (r->is.parts[MKT_ROLE_CURRENCY])
        MKT_TRY(ask_cells(q, at, r->is.column[MKT_ROLE_CURRENCY][0], false));
    for (size_t k = 0; k < sizeof money / sizeof *money; k++)
        for (size_t p = 0; p < r->is.parts[money[k]]; p++) {
            size_t i = r->is.column[money[k]][p];
            const struct mkt_column *c = &r->column[i];
            if (c->naming.unit)
                MKT_TRY(
                    add(q, (struct evidence){at, c->naming.unit, r->rows, MKT_NO_COLUMN, false}));
            if (c->numeral_look & MKT_NUMERAL_MONEY) MKT_TRY(ask_cells(q, at, i, true));
        }
    return MKT_OK;
}

/* "$" is the one dollar that is named elsewhere, else the US dollar. */
static void name_the_dollar(struct inquiry *q)
{
    const char *dollar = NULL;
    bool several = false;
    for (size_t i = 0; i < q->count; i++) {
        const char *code = q->evidence[i].code;
        if (strcmp(code, "$") == 0 || !mkt_money_agree(code, "$")) continue;
        several |= dollar && strcmp(dollar, code) != 0;
        dollar = code;
    }
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(q->evidence[i].code, "$") == 0)
            q->evidence[i].code = dollar && !several ? dollar : "USD";
}

static mkt_status refuse_mix(const struct inquiry *q)
{
    struct mkt_buf list;
    mkt_buf_init(&list, q->arena);
    const char *example = NULL;
    for (size_t i = 0; i < q->count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen |= strcmp(q->evidence[k].code, q->evidence[i].code) == 0;
        if (seen) continue;
        mkt_buf_printf(&list, "%s%s in ", example ? "; " : "", q->evidence[i].code);
        if (!example) example = q->evidence[i].code;
        int said = 0;
        for (size_t k = i; k < q->count; k++) {
            const struct evidence *e = &q->evidence[k];
            if (strcmp(e->code, q->evidence[i].code) != 0) continue;
            int64_t rows = e->rows; /* of all money columns of the table, said at the first */
            bool told = false;
            for (size_t m = 0; m < q->count; m++) {
                const struct evidence *o = &q->evidence[m];
                if (o->relation != e->relation || strcmp(o->code, e->code) != 0) continue;
                told |= m < k;
                if (o->rows > rows) rows = o->rows;
            }
            if (told) continue;
            if (said++) mkt_buf_str(&list, ", ");
            mkt_buf_printf(&list, "%s row%s of %s", MKT_COUNT(rows), rows == 1 ? "" : "s",
                           q->relation[e->relation].show);
        }
    }
    MKT_TRY(mkt_buf_check(&list, q->err));
    return mkt_err_set(q->err, MKT_E_DATA,
                       "the money is in several currencies, which cannot be added up: %s; keep one "
                       "with --currency %s",
                       list.data, example);
}

/* Keeps the rows of one currency in one relation. */
static mkt_status keep(struct inquiry *q, size_t at, const char *code)
{
    struct mkt_relation *r = &q->relation[at];
    const char *other = NULL;
    for (size_t i = 0; i < q->count; i++) {
        const struct evidence *e = &q->evidence[i];
        if (e->relation != at || strcmp(e->code, code) == 0) continue;
        if (e->column == MKT_NO_COLUMN) {
            r->refused = mkt_arena_printf(q->arena, "its money is in %s, not in %s", e->code, code);
            return r->refused ? MKT_OK : mkt_arena_full(q->arena, q->err);
        }
        other = e->code;
        if (r->filter) continue;
        struct mkt_buf sql;
        mkt_buf_init(&sql, q->arena);
        mkt_buf_printf(&sql, "coalesce(%s(", e->signs ? "mkt_amount_currency" : "mkt_currency");
        mkt_profile_add_text(&sql, r, e->column);
        mkt_buf_printf(&sql, "), '%s') IN ('%s'%s)", e->signs ? code : "", code,
                       mkt_money_agree(code, "$") ? ", '$'" : "");
        r->filter = sql.data;
        MKT_TRY(mkt_buf_check(&sql, q->err));
    }
    if (!r->filter) return MKT_OK;
    const char *count =
        mkt_arena_printf(q->arena, "SELECT count(*) FROM %s WHERE NOT %s", r->from, r->filter);
    if (!count) return mkt_arena_full(q->arena, q->err);
    MKT_TRY(mkt_duck_numbers(q->duck, count, r->show, &r->other_currency, 1, q->err));
    if (r->other_currency >= r->rows) {
        r->refused =
            mkt_arena_printf(q->arena, "none of its rows is in %s, they are in %s", code, other);
        if (!r->refused) return mkt_arena_full(q->arena, q->err);
    }
    return MKT_OK;
}

mkt_status mkt_currency_settle(struct mkt_arena *arena, struct mkt_duck *duck,
                               struct mkt_relation *relation, size_t relations, mkt_kind kind,
                               const struct mkt_dataset_options *options, const char **out,
                               struct mkt_err *err)
{
    struct inquiry q = {.arena = arena, .duck = duck, .relation = relation, .err = err};
    const char *wanted = NULL;
    *out = NULL;
    if (options->currency) {
        wanted = mkt_money_code(options->currency, strlen(options->currency));
        if (!wanted || strcmp(wanted, "$") == 0)
            return mkt_err_set(err, MKT_E_ARG,
                               "--currency \"%s\" is no currency code such as EUR or USD",
                               options->currency);
    }
    for (size_t i = 0; i < relations; i++)
        if (relation[i].is.kind == kind && !relation[i].refused) MKT_TRY(ask_relation(&q, i));
    name_the_dollar(&q);

    bool several = false, there = q.count == 0;
    for (size_t i = 0; i < q.count; i++) {
        several |= strcmp(q.evidence[i].code, q.evidence[0].code) != 0;
        there |= wanted && strcmp(q.evidence[i].code, wanted) == 0;
        if (!relation[q.evidence[i].relation].currency)
            relation[q.evidence[i].relation].currency = q.evidence[i].code;
    }
    if (wanted && !there)
        return mkt_err_set(err, MKT_E_EMPTY, "no rows in %s: the money is in %s%s", wanted,
                           q.evidence[0].code, several ? " and others" : "");
    if (!wanted && several) return refuse_mix(&q);
    for (size_t i = 0; wanted && several && i < relations; i++)
        if (relation[i].is.kind == kind && !relation[i].refused) MKT_TRY(keep(&q, i, wanted));
    *out = wanted ? wanted : q.count ? q.evidence[0].code : NULL;
    return MKT_OK;
}
