#include "source/actions.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "source/daily.h"
#include "source/idmap.h"
#include "source/profile.h"

int mkt_actions_rank(const char *type)
{
    static const char *const purchases[] = {
        "omni_purchase",
        "purchase",
        "purchases",
        "offsite_conversion_fb_pixel_purchase",
        "onsite_web_purchase",
        "onsite_web_app_purchase",
        "web_in_store_purchase",
        "app_custom_event_fb_mobile_purchase",
        "onsite_conversion_purchase",
        "*purchase*",
        "*checkout_complete*|complete_payment|*order*|*sale|*sales"};
    static const char *const goals[] = {"lead",
                                        "onsite_conversion_lead_grouped",
                                        "offsite_conversion_fb_pixel_lead",
                                        "leadgen_grouped|leadgen_other",
                                        "*lead*",
                                        "*complete_registration*",
                                        "*registration*",
                                        "*submit_application*",
                                        "*sign_up*|*signup*",
                                        "*subscribe*",
                                        "*start_trial*",
                                        "*app_install*|*install*",
                                        "*schedule*",
                                        "*contact*",
                                        "*conversion*"};
    struct mkt_naming name;
    mkt_naming_read(type, &name);
    if (mkt_naming_match(name.text, "*add_to*|*initiate*|*view*|*click*|*engage*|*reaction*|*like*|"
                                    "*comment*|*custom*|*search*|*add_payment*|*cart*"))
        return -1;
    for (int i = 0; i < (int)(sizeof purchases / sizeof *purchases); i++)
        if (mkt_naming_match(name.text, purchases[i])) return i;
    for (int i = 0; i < (int)(sizeof goals / sizeof *goals); i++)
        if (mkt_naming_match(name.text, goals[i])) return 100 + i;
    return -1;
}

struct join {
    struct mkt_caveats *caveats;
    struct mkt_arena *arena;
    struct mkt_duck *duck;
    struct mkt_relation *actions, *to; /* `to`: the performance table */
    size_t key;                        /* column of `to` */
    mkt_measure measure;
    struct mkt_err *err;
};

static mkt_status leave_out(struct join *j, const char *why)
{
    j->actions->is.why = mkt_arena_printf(j->arena, "%s; not used: %s", j->actions->is.why, why);
    return j->actions->is.why ? MKT_OK : mkt_arena_full(j->arena, j->err);
}

/* The performance table of the same platform with a column of the same name. */
static bool find_sibling(struct join *j, struct mkt_relation *relation, size_t relations)
{
    const struct mkt_relation *a = j->actions;
    const char *key = a->column[a->is.column[MKT_ROLE_AD][0]].naming.text;
    for (size_t i = 0; i < relations; i++) {
        struct mkt_relation *r = &relation[i];
        if (r->is.kind != MKT_KIND_PERFORMANCE || r->refused) continue;
        if (a->platform && r->platform && strcmp(a->platform, r->platform) != 0) continue;
        for (size_t c = 0; c < r->columns; c++)
            if (strcmp(r->column[c].naming.text, key) == 0) {
                j->to = r;
                j->key = c;
                return true;
            }
    }
    return false;
}

static void add_text_literal(struct mkt_buf *sql, const char *s)
{
    mkt_buf_char(sql, '\'');
    for (; *s; s++) {
        if (*s == '\'') mkt_buf_char(sql, '\'');
        mkt_buf_char(sql, *s);
    }
    mkt_buf_char(sql, '\'');
}

/* The one type that is added up; NULL when none will do. */
static mkt_status choose_type(struct join *j, const char **out, const char **others)
{
    struct mkt_buf sql, rest;
    const struct mkt_relation *a = j->actions;
    mkt_buf_init(&sql, j->arena);
    mkt_buf_str(&sql, "SELECT DISTINCT ");
    mkt_profile_add_text(&sql, a, a->is.column[MKT_ROLE_ACTION][0]);
    mkt_buf_printf(&sql, " AS t, NULL::VARCHAR FROM %s ORDER BY t LIMIT 10000", a->from);
    MKT_TRY(mkt_buf_check(&sql, j->err));
    duckdb_result result;
    MKT_TRY(mkt_duck_query(j->duck, sql.data, a->show, &result, j->err));
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    int best = -1;
    *out = NULL;
    mkt_buf_init(&rest, j->arena);
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows)) {
        size_t n;
        if (mkt_duck_rows_null(&rows, 0)) continue;
        const char *s = mkt_duck_rows_text(&rows, 0, &n);
        char *type = mkt_arena_strndup(j->arena, s, n);
        if (!type) {
            status = mkt_arena_full(j->arena, j->err);
            continue;
        }
        int rank = mkt_actions_rank(type);
        if (rank < 0 || (*out && rank >= best)) continue;
        *out = type;
        best = rank;
    }
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    *others = best >= 100 ? "no kind of purchase is there" : NULL;
    return status;
}

/* Each id's campaign, channel and whether the performance table has it at all. */
static mkt_status read_keys(struct join *j, struct mkt_idmap *out)
{
    struct mkt_buf sql;
    const struct mkt_relation *r = j->to;
    mkt_buf_init(&sql, j->arena);
    mkt_buf_str(&sql, "SELECT k, max(ca) AS ca, max(ch) AS ch FROM (SELECT ");
    mkt_profile_add_text(&sql, r, j->key);
    mkt_buf_str(&sql, " AS k, ");
    if (r->is.parts[MKT_ROLE_CAMPAIGN])
        mkt_profile_add_text(&sql, r, r->is.column[MKT_ROLE_CAMPAIGN][0]);
    else
        mkt_buf_str(&sql, "''");
    mkt_buf_str(&sql, " AS ca, ");
    if (r->is.parts[MKT_ROLE_CHANNEL])
        mkt_profile_add_text(&sql, r, r->is.column[MKT_ROLE_CHANNEL][0]);
    else
        mkt_buf_str(&sql, "NULL::VARCHAR");
    mkt_buf_printf(&sql, " AS ch FROM %s", r->from);
    if (r->filter) mkt_buf_printf(&sql, " WHERE %s", r->filter);
    mkt_buf_str(&sql, ") WHERE k IS NOT NULL GROUP BY k");
    MKT_TRY(mkt_buf_check(&sql, j->err));
    return mkt_idmap_read(j->arena, j->duck, sql.data, r->show, out, j->err);
}

static mkt_status build(const struct join *j, const char *type, const char *function,
                        struct mkt_buf *sql)
{
    const struct mkt_relation *a = j->actions;
    mkt_buf_str(sql, "SELECT ");
    mkt_profile_add_day(sql, a, a->is.column[MKT_ROLE_DATE][0]);
    mkt_buf_str(sql, " AS d, ");
    mkt_profile_add_text(sql, a, a->is.column[MKT_ROLE_AD][0]);
    size_t value = a->is.column[MKT_ROLE_VALUE][0];
    mkt_buf_printf(sql, " AS k, %s(", function);
    if (a->column[value].type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "c%zu", value);
    else
        mkt_buf_printf(sql, "CAST(c%zu AS %s)", value,
                       a->column[value].type == MKT_TYPE_INTEGER ? "BIGINT" : "DOUBLE");
    mkt_buf_printf(sql, ") AS s FROM %s WHERE ", a->from);
    mkt_profile_add_text(sql, a, a->is.column[MKT_ROLE_ACTION][0]);
    mkt_buf_str(sql, " = ");
    add_text_literal(sql, type);
    mkt_buf_str(sql, " GROUP BY ALL");
    return mkt_buf_check(sql, j->err);
}

static mkt_status add_rows(struct join *j, const struct mkt_idmap *keys,
                           const struct mkt_sums_plan *plan, duckdb_result *result, int64_t *used,
                           int64_t *unknown)
{
    struct mkt_relation *r = j->to;
    struct mkt_period period = r->sums.data;
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    bool segment = r->is.parts[MKT_ROLE_SEGMENT] > 0, campaign = r->is.parts[MKT_ROLE_CAMPAIGN] > 0;
    mkt_duck_rows_begin(&rows, result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows)) {
        struct mkt_performance_row row = {
            .name = {r->channel ? r->channel : "(not set)", "", segment ? "(not set)" : ""}};
        int64_t count;
        char room[MKT_NAME_MOST + 1];
        status = mkt_ducksums_read(plan, &rows, 2, row.sum, &count, j->err);
        if (status != MKT_OK) continue;
        const struct mkt_idmap_entry *e = NULL;
        if (!mkt_duck_rows_null(&rows, 0) && !mkt_duck_rows_null(&rows, 1)) {
            size_t n;
            const char *s = mkt_duck_rows_text(&rows, 1, &n);
            const char *id = mkt_daily_name(j->arena, s, n, room);
            e = id ? mkt_idmap_find(keys, id) : NULL;
            row.day = mkt_duck_rows_day(&rows, 0);
        }
        if (!e || row.day < period.first || row.day > period.last) {
            *unknown += count;
            continue;
        }
        if (campaign) row.name[MKT_CAMPAIGN] = e->text ? e->text : "(not set)";
        if (!r->channel && e->more) row.name[MKT_CHANNEL] = e->more;
        *used += count;
        status = mkt_performance_add(&r->sums, &row, j->err);
    }
    mkt_duck_rows_end(&rows);
    return status;
}

static mkt_status say_so(struct join *j, const char *type, const char *note, int64_t used,
                         int64_t unknown)
{
    const char *what = mkt_measure_name[j->measure];
    j->actions->is.why = mkt_arena_printf(
        j->arena,
        "%s; its \"%s\" rows are the %s of %s, by %s and day%s%s; other action types overlap "
        "with it or are none",
        j->actions->is.why, type, what, j->to->show, j->to->column[j->key].name, note ? ": " : "",
        note ? note : "");
    if (!j->actions->is.why) return mkt_arena_full(j->arena, j->err);
    if (note)
        MKT_TRY(mkt_caveats_add(j->caveats, "conversions_are_goals", MKT_CAVEAT_WARN, j->err,
                                "the %s of %s are \"%s\" actions: %s", what, j->to->show, type,
                                note));
    if (unknown)
        MKT_TRY(mkt_caveats_add(
            j->caveats, "unknown_actions", MKT_CAVEAT_WARN, j->err,
            "%s of %s \"%s\" rows of %s belong to ads or days that %s does not have and are "
            "left out",
            MKT_COUNT(unknown), MKT_COUNT(used + unknown), type, j->actions->show, j->to->show));
    return MKT_OK;
}

static mkt_status join_one(struct join *j, const struct mkt_dataset_options *options)
{
    const char *type, *note;
    MKT_TRY(mkt_profile_read(j->arena, j->duck, j->actions, j->err));
    MKT_TRY(mkt_profile_settle(j->actions, options, j->err));
    MKT_TRY(choose_type(j, &type, &note));
    if (!type) return leave_out(j, "none of its action types is a purchase or another goal");

    struct mkt_sums_plan *plan = MKT_NEW(j->arena, struct mkt_sums_plan, 1);
    struct mkt_idmap keys;
    struct mkt_buf sql;
    char function[32];
    if (!plan) return mkt_arena_full(j->arena, j->err);
    const struct mkt_column *value = mkt_relation_column(j->actions, MKT_ROLE_VALUE);
    plan->parts = 1;
    plan->part[0] =
        (struct mkt_sums_part){.measure = j->measure,
                               .input = value->type == MKT_TYPE_TEXT      ? MKT_SUMS_TEXT
                                        : value->type == MKT_TYPE_INTEGER ? MKT_SUMS_WHOLE
                                                                          : MKT_SUMS_REAL,
                               .decimal = value->decimal ? value->decimal : '.',
                               .micros = value->naming.micros};
    snprintf(function, sizeof function, "mkt_sums_%d", j->duck->functions++);
    MKT_TRY(mkt_ducksums_register(j->duck, function, plan, j->err));
    mkt_buf_init(&sql, j->arena);
    MKT_TRY(build(j, type, function, &sql));
    MKT_TRY(read_keys(j, &keys));

    duckdb_result result;
    int64_t used = 0, unknown = 0;
    MKT_TRY(mkt_duck_query(j->duck, sql.data, j->actions->show, &result, j->err));
    mkt_status status = add_rows(j, &keys, plan, &result, &used, &unknown);
    duckdb_destroy_result(&result);
    MKT_TRY(status);
    j->actions->broken += atomic_load(&plan->broken);
    if (used == 0) {
        j->actions->is.why =
            mkt_arena_printf(j->arena, "%s; not used: none of its ads and days is in %s",
                             j->actions->is.why, j->to->show);
        return j->actions->is.why ? MKT_OK : mkt_arena_full(j->arena, j->err);
    }
    j->to->sums.measures |= 1U << j->measure;
    MKT_TRY(mkt_performance_finish(&j->to->sums, j->err));
    return say_so(j, type, note, used, unknown);
}

mkt_status mkt_actions_join(struct mkt_caveats *caveats, struct mkt_duck *duck,
                            struct mkt_relation *relation, size_t relations,
                            const struct mkt_dataset_options *options, struct mkt_err *err)
{
    for (size_t i = 0; i < relations; i++) {
        struct mkt_relation *a = &relation[i];
        if (a->is.kind != MKT_KIND_ACTIONS || a->refused) continue;
        bool values = mkt_naming_has(a->words, "values") || mkt_naming_has(a->words, "value") ||
                      mkt_naming_has(a->words, "revenue");
        struct join j = {.caveats = caveats,
                         .arena = caveats->arena,
                         .duck = duck,
                         .actions = a,
                         .measure = values ? MKT_REVENUE : MKT_CONVERSIONS,
                         .err = err};
        if (!find_sibling(&j, relation, relations)) {
            MKT_TRY(leave_out(&j, "no performance table here has its ids"));
        } else if (j.to->is.parts[j.measure]) {
            MKT_TRY(leave_out(&j, "the performance table has such a column itself"));
        } else {
            MKT_TRY(join_one(&j, options));
        }
    }
    return MKT_OK;
}
