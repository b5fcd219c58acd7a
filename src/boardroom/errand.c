#include "boardroom/errand.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "wire/rows.h"

#define NAME_MOST 200
#define TIMEOUT_MOST_S 86400

const char *const mkt_errand_goal_name[MKT_GOALS] = {"target_roi", "target_cpa",
                                                     "target_conversion_rate"};

/* Where data may stand, those that stand for others last. */
static const char *const places[] = {"",
                                     "context",
                                     "context.campaign",
                                     "context.campaign_data",
                                     "context.marketing_data",
                                     "data_package",
                                     "data_package.data",
                                     "data_package.marketing_data",
                                     "data_package.data.marketing_data"};
#define PLACES (sizeof places / sizeof *places)

struct reading {
    struct mkt_arena *arena;
    const struct mkt_value *body;
    struct mkt_errand *out;
    struct mkt_err *err;
};

/* The value at a path of names; NULL when there is none. */
static const struct mkt_value *at_path(const struct mkt_value *value, const char *path)
{
    char name[64];
    while (value && *path) {
        size_t n = strcspn(path, ".");
        memcpy(name, path, n);
        name[n] = '\0';
        value = mkt_json_read_member(value, name);
        path += n + (path[n] == '.');
    }
    return value;
}

static bool contains(const char *text, const char *word)
{
    for (; *text; text++) {
        size_t i = 0;
        while (word[i] && tolower((unsigned char)text[i]) == word[i]) i++;
        if (!word[i]) return true;
    }
    return false;
}

mkt_errand_kind mkt_errand_kind_of(const char *task)
{
    static const struct {
        const char *word;
        mkt_errand_kind kind;
    } words[] = {{"roi", MKT_ERRAND_ROI},
                 {"return", MKT_ERRAND_ROI},
                 {"financial", MKT_ERRAND_ROI},
                 {"campaign", MKT_ERRAND_CAMPAIGN},
                 {"performance", MKT_ERRAND_CAMPAIGN},
                 {"optimization", MKT_ERRAND_OPTIMIZATION},
                 {"improve", MKT_ERRAND_OPTIMIZATION},
                 {"customer", MKT_ERRAND_CUSTOMER},
                 {"segment", MKT_ERRAND_CUSTOMER}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (contains(task, words[i].word)) return words[i].kind;
    return MKT_ERRAND_GENERAL;
}

/* ---- the task and what goes with it ---- */

static mkt_status read_task(struct reading *r)
{
    static const char *const names[] = {"task_description", "query", "question"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !r->out->task; i++) {
        const struct mkt_value *v = mkt_json_read_member(r->body, names[i]);
        if (!v || v->type == MKT_VALUE_NULL) continue;
        if (v->type != MKT_VALUE_STRING)
            return mkt_err_set(r->err, MKT_E_ARG, "\"%s\" must be a string, not %s", names[i],
                               mkt_json_read_type_name(v->type));
        if (!v->text[strspn(v->text, " \t\r\n")]) continue;
        MKT_TRY(mkt_planner_check(v->text, strlen(v->text), r->err));
        r->out->task = v->text;
    }
    r->out->kind = r->out->task ? mkt_errand_kind_of(r->out->task) : MKT_ERRAND_GENERAL;
    return MKT_OK;
}

static mkt_status read_timeout(struct reading *r)
{
    const struct mkt_value *v = mkt_json_read_member(r->body, "timeout_seconds");
    if (!v) v = at_path(r->body, "context.timeout");
    if (!v || v->type == MKT_VALUE_NULL) return MKT_OK;
    if ((v->type != MKT_VALUE_INTEGER && v->type != MKT_VALUE_NUMBER) || !(v->number > 0) ||
        v->number > TIMEOUT_MOST_S)
        return mkt_err_set(r->err, MKT_E_ARG,
                           "\"timeout_seconds\" must be a number above 0, at most %d",
                           TIMEOUT_MOST_S);
    r->out->timeout_ms = (int64_t)(v->number * 1000);
    return MKT_OK;
}

static mkt_status read_goals(struct reading *r)
{
    for (size_t i = 0; i < MKT_GOALS; i++) {
        const struct mkt_value *v =
            mkt_json_read_member(at_path(r->body, "context"), mkt_errand_goal_name[i]);
        if (!v) v = mkt_json_read_member(r->body, mkt_errand_goal_name[i]);
        r->out->goal[i] = NAN;
        if (!v || v->type == MKT_VALUE_NULL) continue;
        if (v->type != MKT_VALUE_INTEGER && v->type != MKT_VALUE_NUMBER)
            return mkt_err_set(r->err, MKT_E_ARG, "\"%s\" must be a number, not %s",
                               mkt_errand_goal_name[i], mkt_json_read_type_name(v->type));
        r->out->goal[i] = v->number;
    }
    return MKT_OK;
}

static mkt_status give(struct reading *r, const char *name, const struct mkt_value *v)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type == MKT_VALUE_ARRAY || v->type == MKT_VALUE_OBJECT)
        return mkt_err_set(r->err, MKT_E_ARG, "the parameter \"%s\" must be a text or a number",
                           name);
    const char *text = mkt_json_read_scalar_text(r->arena, v);
    if (!text) return mkt_arena_full(r->arena, r->err);
    r->out->given[r->out->givens++] = (struct mkt_given){name, text};
    return MKT_OK;
}

/* A period in the parameter's own notation; other words for it belong into the task. */
static bool is_period(const struct mkt_value *v)
{
    return v && v->type == MKT_VALUE_STRING && strspn(v->text, "0123456789") == 4;
}

static mkt_status read_parameters(struct reading *r)
{
    const struct mkt_value *context = at_path(r->body, "context"),
                           *all = mkt_json_read_member(context, "parameters");
    if (!all) all = mkt_json_read_member(r->body, "parameters");
    if (all && all->type != MKT_VALUE_OBJECT && all->type != MKT_VALUE_NULL)
        return mkt_err_set(r->err, MKT_E_ARG, "\"parameters\" must be an object, not %s",
                           mkt_json_read_type_name(all->type));
    size_t most = (all ? all->items : 0) + 2;
    r->out->given = MKT_NEW(r->arena, struct mkt_given, most);
    if (!r->out->given) return mkt_arena_full(r->arena, r->err);
    for (size_t i = 0; all && i < all->items; i++)
        MKT_TRY(give(r, all->item[i].key, &all->item[i]));
    const struct mkt_value *period = mkt_json_read_member(context, "period"),
                           *margin = mkt_json_read_member(context, "margin");
    if (is_period(period) && !mkt_json_read_member(all, "period"))
        MKT_TRY(give(r, "period", period));
    if (margin && !mkt_json_read_member(all, "margin") && r->out->source != MKT_ERRAND_TOTALS)
        MKT_TRY(give(r, "margin", margin));
    return MKT_OK;
}

/* ---- the data ---- */

static mkt_status add_place(struct reading *r, const char *path, const char *member)
{
    const char *text =
        mkt_arena_printf(r->arena, "%s%s%s", path, *path && *member ? "." : "", member);
    if (!text) return mkt_arena_full(r->arena, r->err);
    r->out->place[r->out->places++] = *text ? text : "the body";
    return MKT_OK;
}

static mkt_status find_dataset(struct reading *r, bool *found)
{
    static const char *const names[] = {"dataset", "data_set"};
    for (size_t p = 0; p < PLACES; p++) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const struct mkt_value *v = mkt_json_read_member(at_path(r->body, places[p]), names[i]);
            if (!v || v->type != MKT_VALUE_STRING || !v->text[0]) continue;
            if (r->out->dataset && strcmp(r->out->dataset, v->text) != 0)
                return mkt_err_set(r->err, MKT_E_ARG,
                                   "two data sets are named, \"%.*s\" and "
                                   "\"%.*s\"",
                                   NAME_MOST, r->out->dataset, NAME_MOST, v->text);
            if (!r->out->dataset) MKT_TRY(add_place(r, places[p], names[i]));
            r->out->dataset = v->text;
        }
    }
    r->out->source = MKT_ERRAND_DATASET;
    *found = r->out->dataset != NULL;
    return MKT_OK;
}

static bool is_rows(const struct mkt_value *v)
{
    return v && v->type == MKT_VALUE_ARRAY && v->items && v->item[0].type == MKT_VALUE_OBJECT;
}

static mkt_status take_rows(struct reading *r, const struct mkt_value *rows, const char *path,
                            const char *member)
{
    struct mkt_buf text;
    if (r->out->csv)
        return mkt_err_set(r->err, MKT_E_ARG, "rows stand in two places: %s and %s%s%s",
                           r->out->place[0], path, *path ? "." : "", member);
    mkt_buf_init(&text, r->arena);
    MKT_TRY(mkt_rows_write_csv(r->arena, rows, &text, r->err));
    r->out->source = MKT_ERRAND_ROWS;
    r->out->csv = text.data;
    r->out->csv_bytes = text.length;
    return add_place(r, path, member);
}

static mkt_status find_rows(struct reading *r, bool *found)
{
    static const char *const names[] = {"rows", "table", "marketing_data"};
    for (size_t p = 0; p < PLACES; p++) {
        const struct mkt_value *at = at_path(r->body, places[p]);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const struct mkt_value *v = mkt_json_read_member(at, names[i]);
            if (is_rows(v)) MKT_TRY(take_rows(r, v, places[p], names[i]));
        }
    }
    *found = r->out->csv != NULL;
    return MKT_OK;
}

static bool has_measure(const struct mkt_value *v)
{
    for (size_t i = 0; v && v->type == MKT_VALUE_OBJECT && i < v->items; i++)
        if (mkt_totals_measure(v->item[i].key) >= 0 && v->item[i].type != MKT_VALUE_NULL)
            return true;
    return false;
}

/* A member of a later place stands for one of the same name. */
static void keep_total(struct mkt_errand *e, const struct mkt_value *member)
{
    int measure = mkt_totals_measure(member->key);
    for (size_t i = 0; i < e->totals; i++)
        if (strcmp(e->total[i]->key, member->key) == 0 ||
            (measure >= 0 && mkt_totals_measure(e->total[i]->key) == measure)) {
            e->total[i] = member;
            return;
        }
    e->total[e->totals++] = member;
}

/* `own` is a place for totals alone, where a member without a meaning is worth a word. */
static mkt_status take_totals(struct reading *r, const struct mkt_value *at, bool own)
{
    for (size_t i = 0; i < at->items; i++) {
        const struct mkt_value *v = &at->item[i];
        bool taken;
        MKT_TRY(mkt_totals_take(r->arena, v, &r->out->campaign, &taken, r->err));
        if (taken) {
            keep_total(r->out, v);
        } else if (own) {
            const char *name = mkt_text_clean(r->arena, v->key, strlen(v->key), 60);
            if (!name) return mkt_arena_full(r->arena, r->err);
            r->out->campaign.unused[r->out->campaign.unuseds++] = name;
            keep_total(r->out, v);
        }
    }
    return MKT_OK;
}

static mkt_status find_totals(struct reading *r, bool *found)
{
    size_t members = 0;
    for (size_t p = 0; p < PLACES; p++) {
        const struct mkt_value *at = at_path(r->body, places[p]);
        if (at) members += at->items;
    }
    MKT_TRY(mkt_totals_init(r->arena, &r->out->campaign, members, r->err));
    r->out->total = MKT_NEW(r->arena, const struct mkt_value *, members);
    if (!r->out->total) return mkt_arena_full(r->arena, r->err);
    for (size_t p = 0; p < PLACES; p++) {
        const struct mkt_value *at = at_path(r->body, places[p]);
        if (!has_measure(at)) continue;
        MKT_TRY(take_totals(r, at, strstr(places[p], "marketing_data") != NULL));
        MKT_TRY(add_place(r, places[p], ""));
    }
    *found = r->out->places > 0;
    if (*found) r->out->source = MKT_ERRAND_TOTALS;
    return MKT_OK;
}

mkt_status mkt_errand_read(struct mkt_arena *arena, const struct mkt_value *body,
                           struct mkt_errand *out, struct mkt_err *err)
{
    bool found = false;
    *out = (struct mkt_errand){.timeout_ms = MKT_ERRAND_TIMEOUT_MS};
    struct reading r = {arena, body, out, err};
    if (body->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_ARG, "a request must be an object, not %s",
                           mkt_json_read_type_name(body->type));
    out->place = MKT_NEW(arena, const char *, PLACES + 1);
    if (!out->place) return mkt_arena_full(arena, err);
    MKT_TRY(read_task(&r));
    MKT_TRY(read_timeout(&r));
    MKT_TRY(read_goals(&r));
    MKT_TRY(find_dataset(&r, &found));
    if (!found) MKT_TRY(find_rows(&r, &found));
    if (!found) MKT_TRY(find_totals(&r, &found));
    return read_parameters(&r);
}
