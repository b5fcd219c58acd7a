#include "source/mapping.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define COLUMNS_NAMED 30 /* of a table, at most */

/* "file:role=column", taken apart; file is "" for every table. */
struct entry {
    char file[256], role[64];
    const char *column;
};

static mkt_status take_apart(const char *text, struct entry *e, struct mkt_err *err)
{
    *e = (struct entry){.column = ""};
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return mkt_err_set(err, MKT_E_ARG,
                           "--map \"%s\" is not of the form role=column or file:role=column", text);
    const char *role = text;
    for (const char *c = text; c < equals; c++)
        if (*c == ':') role = c + 1;
    size_t file = role > text ? (size_t)(role - text) - 1 : 0, n = (size_t)(equals - role);
    if (file >= sizeof e->file || n >= sizeof e->role)
        return mkt_err_set(err, MKT_E_ARG, "--map \"%s\" is too long", text);
    memcpy(e->file, text, file);
    e->file[file] = '\0';
    memcpy(e->role, role, n);
    e->role[n] = '\0';
    e->column = equals + 1;
    return MKT_OK;
}

static bool concerns(const struct entry *e, const struct mkt_relation *r)
{
    if (!*e->file) return true;
    const char *base = strrchr(r->show, '/');
    return mkt_text_equal_nocase(e->file, r->show) || mkt_text_equal_nocase(e->file, r->stem) ||
           (base && mkt_text_equal_nocase(e->file, base + 1));
}

static size_t find_column(const struct mkt_relation *r, const char *name)
{
    struct mkt_naming naming;
    for (size_t i = 0; i < r->columns; i++)
        if (strcmp(r->column[i].name, name) == 0) return i;
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_text_equal_nocase(r->column[i].name, name)) return i;
    mkt_naming_read(name, &naming);
    for (size_t i = 0; i < r->columns; i++)
        if (*naming.text && strcmp(r->column[i].naming.text, naming.text) == 0) return i;
    return MKT_NO_COLUMN;
}

static mkt_status unknown_role(struct mkt_arena *arena, const char *text, const char *role,
                               struct mkt_err *err)
{
    struct mkt_buf list;
    mkt_buf_init(&list, arena);
    for (int r = 0; r < MKT_ROLES; r++)
        mkt_buf_printf(&list, "%s%s", r ? ", " : "", mkt_role_name((mkt_role)r));
    MKT_TRY(mkt_buf_check(&list, err));
    return mkt_err_set(err, MKT_E_ARG,
                       "--map \"%s\": there is no role \"%s\"; roles are %s and kind", text, role,
                       list.data);
}

static mkt_status unknown_column(struct mkt_arena *arena, const char *text, const char *column,
                                 const struct mkt_relation *r, struct mkt_err *err)
{
    struct mkt_buf list;
    mkt_buf_init(&list, arena);
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_buf_listed(&list, i, r->columns, COLUMNS_NAMED))
            mkt_buf_printf(&list, "\"%s\"", r->column[i].name);
    MKT_TRY(mkt_buf_check(&list, err));
    return mkt_err_set(err, MKT_E_ARG, "--map \"%s\": %s has no column \"%s\"; its columns are %s",
                       text, r->show, column, list.data);
}

static mkt_status choose(struct mkt_arena *arena, const char *text, const struct entry *e,
                         const struct mkt_relation *r, struct mkt_recognise_choice *out, bool *none,
                         struct mkt_err *err)
{
    mkt_role role;
    *none = false;
    *out = (struct mkt_recognise_choice){.role = -1, .column = MKT_NO_COLUMN};
    if (strcmp(e->role, "kind") == 0) {
        if (strcmp(e->column, "ignore") == 0) return MKT_OK;
        if (mkt_kind_parse(e->column, &out->kind)) return MKT_OK;
        return mkt_err_set(
            err, MKT_E_ARG,
            "--map \"%s\": there is no kind \"%s\"; kinds are performance, actions, "
            "names, paths, touchpoints, events, experiment, leads, survey, mentions, "
            "market, transactions, customers, series and ignore",
            text, e->column);
    }
    if (!mkt_role_parse(e->role, &role)) return unknown_role(arena, text, e->role, err);
    out->role = (int)role;
    if (strcmp(e->column, "-") == 0) return MKT_OK;
    out->column = find_column(r, e->column);
    if (out->column != MKT_NO_COLUMN) return MKT_OK;
    *none = true;
    return *e->file ? unknown_column(arena, text, e->column, r, err) : MKT_OK;
}

mkt_status mkt_mapping_for(struct mkt_arena *arena, const char *const *map, size_t maps,
                           const struct mkt_relation *relation, struct mkt_recognise_choice **out,
                           size_t *choices, struct mkt_err *err)
{
    *choices = 0;
    *out = MKT_NEW(arena, struct mkt_recognise_choice, maps);
    if (!*out) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < maps; i++) {
        struct entry e;
        bool none;
        MKT_TRY(take_apart(map[i], &e, err));
        if (!concerns(&e, relation)) continue;
        MKT_TRY(choose(arena, map[i], &e, relation, &(*out)[*choices], &none, err));
        if (!none) ++*choices;
    }
    return MKT_OK;
}

/* How much of a performance table a table is: the more, the likelier it was meant. */
static int likeness(const struct mkt_relation *r)
{
    int met = r->is.kind == MKT_KIND_PERFORMANCE ? MKT_ROLES : 0;
    for (size_t k = 0; k < mkt_role_rule_count; k++) {
        const struct mkt_role_rule *rule = &mkt_role_rules[k];
        bool found = false;
        for (size_t i = 0; rule->kind == MKT_KIND_PERFORMANCE && i < r->columns; i++)
            found |= mkt_role_class(rule, r->column[i].naming.text) >= 0;
        met += found;
    }
    return met;
}

mkt_status mkt_mapping_check(struct mkt_arena *arena, const char *const *map, size_t maps,
                             const struct mkt_relation *relation, size_t relations,
                             struct mkt_err *err)
{
    for (size_t i = 0; i < maps; i++) {
        struct entry e;
        MKT_TRY(take_apart(map[i], &e, err));
        const struct mkt_relation *seen = NULL;
        bool found = false;
        for (size_t k = 0; k < relations && !found; k++) {
            struct mkt_recognise_choice choice;
            bool none;
            if (!concerns(&e, &relation[k]) || relation[k].refused) continue;
            if (!seen || likeness(&relation[k]) > likeness(seen)) seen = &relation[k];
            MKT_TRY(choose(arena, map[i], &e, &relation[k], &choice, &none, err));
            found = !none;
        }
        if (found) continue;
        if (seen) return unknown_column(arena, map[i], e.column, seen, err);
        if (!*e.file) continue;
        return mkt_err_set(err, MKT_E_ARG, "--map \"%s\": the data set has no table \"%s\"", map[i],
                           e.file);
    }
    return MKT_OK;
}
