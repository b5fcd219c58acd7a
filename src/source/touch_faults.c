#include "source/touch_faults.h"

#include "base/buf.h"
#include "source/faults.h"
#include "source/profile.h"
#include "source/yes_no.h"

#define CHECKS 8

/* What may be wrong with a cell, as SQL that is then true; the first that is tells the reason. */
struct check {
    size_t column;
    const char *reason;
    struct mkt_buf sql;
};

struct checks {
    struct mkt_arena *arena;
    struct mkt_relation *r;
    struct check check[CHECKS];
    size_t count;
};

/* A check of the one column of a role; NULL where the table has none. */
static struct mkt_buf *add_check(struct checks *x, mkt_role role, const char *reason)
{
    if (!x->r->is.parts[role]) return NULL;
    struct check *c = &x->check[x->count++];
    c->column = x->r->is.column[role][0];
    c->reason = reason;
    mkt_buf_init(&c->sql, x->arena);
    return &c->sql;
}

static void add_blank(struct mkt_buf *sql, const struct mkt_relation *r, size_t column)
{
    mkt_buf_str(sql, "coalesce(trim(");
    mkt_profile_add_text(sql, r, column);
    mkt_buf_str(sql, "), '') = ''");
}

static const char *mark_of(const struct mkt_column *c)
{
    return c->decimal == ',' ? "comma" : "point";
}

static void check_number(struct checks *x, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(x->r, role);
    if (!c) return;
    struct mkt_buf *sql =
        add_check(x, role, c->type == MKT_TYPE_TEXT ? "is no number" : "is too large");
    size_t i = x->r->is.column[role][0];
    if (c->type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "coalesce(mkt_bad_by_%s(c%zu), 0) = 1", mark_of(c), i);
    else
        mkt_buf_printf(sql, "abs(CAST(c%zu AS DOUBLE)) >= 9.2e12", i);
}

/* A count: 0, 1, ...   flags  yes and no, too */
static void check_count(struct checks *x, mkt_role role, bool flags)
{
    const struct mkt_column *c = mkt_relation_column(x->r, role);
    if (!c) return;
    size_t i = x->r->is.column[role][0];
    struct mkt_buf *sql = add_check(x, role, "is no whole number of 0 and more");
    if (c->type != MKT_TYPE_TEXT) {
        mkt_buf_printf(sql,
                       "(CAST(c%zu AS DOUBLE) < 0 OR CAST(c%zu AS DOUBLE) <> floor(CAST(c%zu AS "
                       "DOUBLE)))",
                       i, i, i);
        return;
    }
    mkt_buf_printf(sql, "(coalesce(mkt_bad_by_%s(c%zu), 0) = 1 OR ", mark_of(c), i);
    mkt_buf_printf(sql,
                   "coalesce(mkt_micros_by_%s(c%zu) < 0 OR mkt_micros_by_%s(c%zu) %% 1000000 <> 0"
                   ", false))",
                   mark_of(c), i, mark_of(c), i);
#define SQL_WORD(word, yes) mkt_buf_str(sql, ", '" word "'");
    if (flags) {
        mkt_buf_printf(sql, " AND lower(trim(c%zu)) NOT IN (''", i);
        MKT_YES_NO_LIST(SQL_WORD)
        mkt_buf_char(sql, ')');
    }
#undef SQL_WORD
}

static void check_touchpoints(struct checks *x)
{
    const struct mkt_relation *r = x->r;
    struct mkt_buf *sql;
    if ((sql = add_check(x, MKT_ROLE_DATE, "is no time since 1970 that can be read"))) {
        mkt_buf_str(sql, "coalesce(");
        mkt_profile_add_moment(sql, r, r->is.column[MKT_ROLE_DATE][0]);
        mkt_buf_str(sql, " NOT BETWEEN 0 AND 253402300799999999, true)");
    }
    check_count(x, MKT_ROLE_CONVERSIONS, true);
    check_number(x, MKT_ROLE_VALUE);
    if (r->is.parts[MKT_ROLE_EVENT]) return; /* an event without a channel is no touch */
    if ((sql = add_check(
             x, MKT_ROLE_CHANNEL,
             "is no channel: the cell is empty, or as good as, and nothing converted; if such "
             "touches are direct traffic, write direct there"))) {
        mkt_buf_char(sql, '(');
        add_blank(sql, r, r->is.column[MKT_ROLE_CHANNEL][0]);
        mkt_buf_str(sql, " OR coalesce(mkt_void_name(");
        mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_CHANNEL][0]);
        mkt_buf_str(sql, "), 0) = 1)");
    }
    if (sql && mkt_relation_column(r, MKT_ROLE_CONVERSIONS)) {
        size_t i = r->is.column[MKT_ROLE_CONVERSIONS][0];
        mkt_buf_printf(sql,
                       " AND coalesce(CAST(c%zu AS VARCHAR), '') NOT SIMILAR TO '.*[1-9].*' AND "
                       "lower(trim(coalesce(CAST(c%zu AS VARCHAR), ''))) NOT IN ('?'",
                       i, i);
#define SQL_YES(word, yes)                                                                         \
    if (yes) mkt_buf_str(sql, ", '" word "'");
        MKT_YES_NO_LIST(SQL_YES)
#undef SQL_YES
        mkt_buf_char(sql, ')');
    }
}

static void check_paths(struct checks *x)
{
    const struct mkt_relation *r = x->r;
    size_t i = r->is.column[MKT_ROLE_PATH][0];
    check_count(x, MKT_ROLE_CONVERSIONS, false);
    check_count(x, MKT_ROLE_NULLS, false);
    check_number(x, MKT_ROLE_VALUE);
    struct mkt_buf *sql =
        add_check(x, MKT_ROLE_PATH, "has no channel before, between or after marks");
    if (!sql) return;
    const char *mark = mkt_path_marks[r->column[i].mark];
    add_blank(sql, r, i);
    mkt_buf_str(sql, " OR regexp_matches(replace(");
    mkt_profile_add_text(sql, r, i);
    mkt_buf_printf(sql, ", '%s', '>'), '(^|>)\\s*(>|$)') OR mkt_void_path(replace(", mark);
    mkt_profile_add_text(sql, r, i);
    mkt_buf_printf(sql, ", '%s', '>')) = 1", mark);
}

mkt_status mkt_touch_faults_find(struct mkt_arena *arena, struct mkt_duck *duck,
                                 struct mkt_relation *relation, struct mkt_err *err)
{
    struct checks x = {.arena = arena, .r = relation};
    struct mkt_faults_cell cell[CHECKS];
    if (relation->is.kind == MKT_KIND_PATHS)
        check_paths(&x);
    else
        check_touchpoints(&x);
    for (size_t i = 0; i < x.count; i++) {
        MKT_TRY(mkt_buf_check(&x.check[i].sql, err));
        cell[i] =
            (struct mkt_faults_cell){x.check[i].column, x.check[i].sql.data, x.check[i].reason};
    }
    return mkt_faults_locate(arena, duck, relation, cell, x.count, err);
}
