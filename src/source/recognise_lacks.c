#include "source/recognise_lacks.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "source/recognise_exam.h"

#define NEEDS 4
#define COLUMNS_NAMED 10 /* of a table, at most */
#define OTHERS 3         /* columns that are named beside the one proposed, at most */

/* What the column of a role is like. */
typedef enum {
    LIKE_WHO,    /* many values */
    LIKE_WHAT,   /* few values */
    LIKE_WHEN,   /* a day or time */
    LIKE_NUMBER, /* a measure */
    LIKE_FLAG,   /* 0 and 1, yes and no, or a count */
    LIKE_PATH
} likeness;

struct need {
    mkt_role role;
    likeness like;
    const char *what;
    mkt_role instead; /* does as well; MKT_ROLES for none */
};

struct needs {
    mkt_kind kind;
    const char *called;
    struct need need[NEEDS];
    size_t count;
};

static const struct needs known[] = {
    {MKT_KIND_PERFORMANCE,
     "a performance table",
     {{MKT_ROLE_DATE, LIKE_WHEN, "a date", MKT_ROLES},
      {MKT_ROLE_SPEND, LIKE_NUMBER, "spend", MKT_ROLES},
      {MKT_ROLE_CHANNEL, LIKE_WHAT, "a channel or campaign", MKT_ROLE_CAMPAIGN}},
     3},
    {MKT_KIND_PATHS,
     "a table of paths",
     {{MKT_ROLE_PATH, LIKE_PATH, "a path", MKT_ROLES},
      {MKT_ROLE_CONVERSIONS, LIKE_NUMBER, "conversions", MKT_ROLES}},
     2},
    {MKT_KIND_TOUCHPOINTS,
     "a touchpoints table",
     {{MKT_ROLE_DATE, LIKE_WHEN, "a time", MKT_ROLES},
      {MKT_ROLE_USER, LIKE_WHO, "a user", MKT_ROLES},
      {MKT_ROLE_CHANNEL, LIKE_WHAT, "a channel", MKT_ROLES},
      {MKT_ROLE_CONVERSIONS, LIKE_FLAG, "conversions (0 and 1) or events", MKT_ROLE_EVENT}},
     4},
    {MKT_KIND_EVENTS,
     "a table of events",
     {{MKT_ROLE_DATE, LIKE_WHEN, "a time", MKT_ROLES},
      {MKT_ROLE_USER, LIKE_WHO, "a user", MKT_ROLES},
      {MKT_ROLE_EVENT, LIKE_WHAT, "an event", MKT_ROLES}},
     3},
    {MKT_KIND_EXPERIMENT,
     "an experiment table",
     {{MKT_ROLE_VARIANT, LIKE_WHAT, "a variant", MKT_ROLES},
      {MKT_ROLE_UNIT, LIKE_WHO, "a unit", MKT_ROLES},
      {MKT_ROLE_METRIC, LIKE_FLAG, "a metric", MKT_ROLES}},
     3},
    {MKT_KIND_TRANSACTIONS,
     "a table of orders",
     {{MKT_ROLE_DATE, LIKE_WHEN, "a date", MKT_ROLES},
      {MKT_ROLE_CUSTOMER, LIKE_WHO, "a customer", MKT_ROLES},
      {MKT_ROLE_AMOUNT, LIKE_NUMBER, "an amount", MKT_ROLES}},
     3},
};

/* 2; 1 for one that could be a day. */
static int is_number(const struct mkt_column *c)
{
    return mkt_recognise_exam_looks(c, MKT_FORM_NUMBER) *
           (2 - mkt_recognise_exam_looks(c, MKT_FORM_DAY));
}

static bool is_text(const struct mkt_column *c)
{
    return c->type == MKT_TYPE_TEXT && 2 * c->numbers < c->filled && 2 * c->days < c->filled;
}

/* How well the values of a column go with a need, 0 not at all. */
static int liking(const struct mkt_column *c, likeness like)
{
    int values = mkt_recognise_values(c), many = 1000 - values;
    if (c->filled == 0 && c->type == MKT_TYPE_TEXT) return 0;
    switch (like) {
    case LIKE_WHEN: /* rather than a number that could be one */
        return mkt_recognise_exam_looks(c, MKT_FORM_DAY) * (1 + (2 * c->numbers < c->filled));
    case LIKE_WHO: /* ids may be numbers */
        if (mkt_recognise_flags(c)) return 0;
        return is_text(c) ? 2 + values : is_number(c) * (2 * values >= c->filled);
    case LIKE_WHAT: /* names of all rows being one and the same tell little */
        if (!is_text(c) || mkt_recognise_flags(c)) return 0;
        return values > 1 ? many : 1;
    case LIKE_NUMBER:
        return mkt_role_is_rate(&c->naming) ? 0 : is_number(c);
    case LIKE_FLAG:
        if (mkt_recognise_flags(c) || c->type == MKT_TYPE_BOOLEAN) return 2001;
        return mkt_role_is_rate(&c->naming) ? 0 : is_number(c) * many;
    case LIKE_PATH:
        return mkt_recognise_exam_looks(c, MKT_FORM_LIST);
    }
    return 0;
}

static bool has(const struct exam *x, const struct need *need)
{
    if (x->kind == MKT_KIND_PERFORMANCE && need->role == MKT_ROLE_CHANNEL &&
        (x->r->platform || mkt_recognise_exam_has(x, MKT_ROLE_IMPRESSIONS) ||
         mkt_recognise_exam_has(x, MKT_ROLE_CLICKS)))
        return true;
    return mkt_recognise_exam_has(x, need->role) ||
           (need->instead != MKT_ROLES && mkt_recognise_exam_has(x, need->instead));
}

/* The free columns that could play a role, best first; how many. What a known table uses is not. */
static size_t find_candidates(const struct exam *x, likeness like, size_t out[OTHERS + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < x->r->columns; i++) {
        const struct mkt_column *c = &x->r->column[i];
        bool used = x->taken[i] || (x->r->is.kind != MKT_KIND_NONE && c->role >= 0);
        int score = used ? 0 : liking(c, like);
        size_t at = count;
        if (!score) continue;
        while (at > 0 && liking(&x->r->column[out[at - 1]], like) < score) at--;
        if (at > OTHERS) continue;
        if (count <= OTHERS) count++;
        memmove(&out[at + 1], &out[at], (count - at - 1) * sizeof *out);
        out[at] = i;
    }
    return count;
}

/* A table held against one kind. */
struct held {
    const struct needs *needs;
    bool lacks[NEEDS];
    mkt_role role[NEEDS]; /* that the option gives */
    size_t column[NEEDS]; /* proposed, or MKT_NO_COLUMN */
    size_t other[NEEDS][OTHERS], others[NEEDS];
    size_t lacking;
    bool whole, forced; /* a proposal for each; the kind has to be named, too */
};

/* Tells whether these choices make the table one of the kind. */
static mkt_status try_choices(struct mkt_arena *arena, const struct mkt_relation *r, mkt_kind kind,
                              const struct mkt_recognise_choice *choice, size_t choices,
                              bool *taken_for, struct mkt_err *err)
{
    struct mkt_err fault = {0};
    struct mkt_relation copy = *r;
    copy.column = MKT_NEW(arena, struct mkt_column, r->columns);
    if (!copy.column) return mkt_arena_full(arena, err);
    memcpy(copy.column, r->column, r->columns * sizeof *r->column);
    mkt_status status = mkt_recognise(arena, &copy, choice, choices, &fault);
    *taken_for = status == MKT_OK && copy.is.kind == kind;
    return status == MKT_OK || status == MKT_E_AMBIGUOUS
               ? MKT_OK
               : mkt_err_set(err, status, "%s", fault.text);
}

/* Tries what is proposed, and with the kind named where that is not enough. */
static mkt_status try_proposal(struct exam *x, struct held *h, struct mkt_err *err)
{
    size_t choices = 0;
    struct mkt_recognise_choice *choice =
        MKT_NEW(x->arena, struct mkt_recognise_choice, x->choices + NEEDS + 1);
    if (!choice) return mkt_arena_full(x->arena, err);
    for (size_t i = 0; i < x->choices; i++)
        if (x->choice[i].role >= 0) choice[choices++] = x->choice[i];
    for (size_t i = 0; i < h->needs->count; i++)
        if (h->lacks[i])
            choice[choices++] =
                (struct mkt_recognise_choice){.role = (int)h->role[i], .column = h->column[i]};
    MKT_TRY(try_choices(x->arena, x->r, h->needs->kind, choice, choices, &h->whole, err));
    if (h->whole) return MKT_OK;
    h->forced = true;
    choice[choices++] =
        (struct mkt_recognise_choice){.role = -1, .column = MKT_NO_COLUMN, .kind = h->needs->kind};
    return try_choices(x->arena, x->r, h->needs->kind, choice, choices, &h->whole, err);
}

static mkt_status hold(struct exam *x, const struct needs *needs, struct held *h,
                       struct mkt_err *err)
{
    bool fitting;
    *h = (struct held){.needs = needs, .whole = true};
    MKT_TRY(mkt_recognise_exam_try(x, needs->kind, &fitting));
    for (size_t i = 0; i < needs->count; i++) {
        const struct need *need = &needs->need[i];
        if (has(x, need)) continue;
        size_t candidate[OTHERS + 1], n = find_candidates(x, need->like, candidate);
        h->lacks[i] = true;
        h->lacking++;
        h->role[i] = need->role;
        if (n == 0 && need->role == MKT_ROLE_CONVERSIONS && need->instead == MKT_ROLE_EVENT) {
            n = find_candidates(x, LIKE_WHAT, candidate);
            h->role[i] = MKT_ROLE_EVENT;
        }
        h->column[i] = n ? candidate[0] : MKT_NO_COLUMN;
        h->whole &= n > 0;
        if (n == 0) continue;
        x->taken[candidate[0]] = true;
        for (size_t k = 1; k < n; k++) /* beside a text, texts */
            if (is_text(&x->r->column[candidate[k]]) || !is_text(&x->r->column[candidate[0]]))
                h->other[i][h->others[i]++] = candidate[k];
    }
    return h->whole ? try_proposal(x, h, err) : MKT_OK;
}

/* ---- words ---------------------------------------------------------------------------------- */

/* As a shell takes it; plain names in double quotes. */
static void add_option(const struct mkt_relation *r, bool named, const char *role,
                       const char *column, struct mkt_buf *out)
{
    bool plain = !strpbrk(column, "\"$`\\!") && !strpbrk(r->show, "\"$`\\!'");
    const char *quote = plain ? "\"" : "'";
    mkt_buf_printf(out, " --map %s", quote);
    if (named && !strchr(r->show, '=')) mkt_buf_printf(out, "%s:", r->show);
    mkt_buf_printf(out, "%s=", role);
    for (const char *c = column; *c; c++)
        if (!plain && *c == '\'')
            mkt_buf_str(out, "'\\''");
        else
            mkt_buf_char(out, *c);
    mkt_buf_str(out, quote);
}

static void add_options(const struct exam *x, const struct held *h, bool named, struct mkt_buf *out)
{
    const struct mkt_relation *r = x->r;
    mkt_buf_str(out, "; say which is which with");
    for (size_t i = 0; i < h->needs->count; i++)
        if (h->lacks[i])
            add_option(r, named, mkt_role_name(h->role[i]), r->column[h->column[i]].name, out);
    if (h->forced) add_option(r, named, "kind", mkt_kind_name(h->needs->kind), out);
    for (size_t i = 0; i < h->needs->count; i++) {
        if (!h->others[i] || !h->lacks[i]) continue;
        mkt_buf_printf(out, "; the %s could also be ", mkt_role_name(h->role[i]));
        for (size_t k = 0; k < h->others[i]; k++) {
            mkt_buf_between(out, k, h->others[i], " or ");
            mkt_buf_printf(out, "\"%s\"", r->column[h->other[i][k]].name);
        }
    }
}

static void add_none(const struct held *h, struct mkt_buf *out)
{
    size_t none = 0, said = 0;
    for (size_t i = 0; i < h->needs->count; i++)
        none += h->lacks[i] && h->column[i] == MKT_NO_COLUMN;
    if (!none) return;
    mkt_buf_str(out, ", and no column looks like ");
    for (size_t i = 0; i < h->needs->count; i++)
        if (h->lacks[i] && h->column[i] == MKT_NO_COLUMN) {
            mkt_buf_between(out, said++, none, " or ");
            mkt_buf_str(out, h->needs->need[i].what);
        }
}

static void add_columns(const struct mkt_relation *r, struct mkt_buf *out)
{
    mkt_buf_str(out, "; its columns are ");
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_buf_listed(out, i, r->columns, COLUMNS_NAMED))
            mkt_buf_printf(out, "\"%s\"", r->column[i].name);
}

static mkt_status say(struct exam *x, const struct held *h, bool named,
                      struct mkt_recognise_lacks *out, struct mkt_err *err)
{
    struct mkt_buf buf;
    size_t said = 0;
    mkt_buf_init(&buf, x->arena);
    mkt_buf_printf(&buf, "as %s it lacks ", h->needs->called);
    for (size_t i = 0; i < h->needs->count; i++) {
        if (!h->lacks[i]) continue;
        mkt_buf_between(&buf, said++, h->lacking, " and ");
        mkt_buf_str(&buf, h->needs->need[i].what);
    }
    if (!h->lacking) mkt_buf_str(&buf, "nothing, but it looks like another kind");
    if (h->needs->kind == MKT_KIND_EXPERIMENT && h->lacking && !h->whole)
        mkt_buf_str(&buf, ": a row a unit with its variant and a number is needed, or a row a "
                          "variant with its units (users, n) and conversions, or sum and "
                          "sum_squares");
    add_none(h, &buf);
    if (h->whole) add_options(x, h, named, &buf);
    add_columns(x->r, &buf);
    *out = (struct mkt_recognise_lacks){
        .text = buf.data, .lacking = h->lacking, .can_be_given = h->whole};
    return mkt_buf_check(&buf, err);
}

/* Paths where a column looks like them and nobody is told. */
static mkt_status is_of_paths(struct exam *x, bool *out)
{
    bool fitting;
    MKT_TRY(mkt_recognise_exam_try(x, MKT_KIND_TOUCHPOINTS, &fitting));
    bool user = mkt_recognise_exam_has(x, MKT_ROLE_USER);
    *out = false;
    for (size_t i = 0; i < x->r->columns && !user; i++)
        *out |= mkt_recognise_exam_looks(&x->r->column[i], MKT_FORM_PATH);
    MKT_TRY(mkt_recognise_exam_try(x, MKT_KIND_PATHS, &fitting));
    *out |= mkt_recognise_exam_has(x, MKT_ROLE_PATH) && !user;
    return MKT_OK;
}

/* Whether a table is likelier to be meant as this: by what it has, then by what it could have. */
static bool is_nearer(const struct held *a, const struct held *b)
{
    size_t had_a = a->needs->count - a->lacking, had_b = b->needs->count - b->lacking;
    if (had_a * b->needs->count != had_b * a->needs->count)
        return had_a * b->needs->count > had_b * a->needs->count;
    return a->whole && !b->whole;
}

mkt_status mkt_recognise_lacks(struct mkt_arena *arena, const struct mkt_relation *relation,
                               mkt_kind asked, bool named, struct mkt_recognise_lacks *out,
                               struct mkt_err *err)
{
    struct mkt_relation copy = *relation;
    struct exam x = {.arena = arena,
                     .r = &copy,
                     .choice = relation->choice,
                     .choices = relation->choices,
                     .taken = MKT_NEW(arena, bool, relation->columns + 1),
                     .err = err};
    struct held best = {.needs = NULL}, held;
    bool paths;
    if (!x.taken) return mkt_arena_full(arena, err);
    MKT_TRY(is_of_paths(&x, &paths));
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        mkt_kind kind = known[k].kind;
        if (kind == (paths ? MKT_KIND_TOUCHPOINTS : MKT_KIND_PATHS)) continue;
        if (asked != MKT_KIND_NONE && kind != asked &&
            !(asked == MKT_KIND_TOUCHPOINTS && kind == MKT_KIND_PATHS))
            continue;
        MKT_TRY(hold(&x, &known[k], &held, err));
        if (!best.needs || is_nearer(&held, &best)) best = held;
    }
    assert(best.needs);
    return say(&x, &best, named, out, err);
}
