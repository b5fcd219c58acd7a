#include "source/campaign_names.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "source/idmap.h"
#include "source/profile.h"

/* What an id column identifies: "campaign", "ad", "ad_group", "ad_set"; NULL when it is no id. */
static const char *level_of(const struct mkt_relation *r, const char *normal)
{
    static const struct {
        const char *column, *level;
    } levels[] = {{"campaign_id", "campaign"}, {"ad_id", "ad"},
                  {"ad_group_id", "ad_group"}, {"adgroup_id", "ad_group"},
                  {"ad_set_id", "ad_set"},     {"adset_id", "ad_set"},
                  {"creative_id", "creative"}, {"line_item_id", "line_item"}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(normal, levels[i].column) == 0) return levels[i].level;
    if (strcmp(normal, "id") != 0) return NULL;
    if (mkt_naming_has(r->words, "campaign") || mkt_naming_has(r->words, "campaigns"))
        return "campaign";
    if (mkt_naming_has(r->words, "ad_group") || mkt_naming_has(r->words, "adgroup"))
        return "ad_group";
    if (mkt_naming_has(r->words, "ad_set") || mkt_naming_has(r->words, "adset")) return "ad_set";
    if (mkt_naming_has(r->words, "line_item")) return "line_item";
    if (mkt_naming_has(r->words, "creative")) return "creative";
    return mkt_naming_has(r->words, "ad") ? "ad" : NULL;
}

static bool may_join(const struct mkt_relation *names, const struct mkt_relation *r,
                     const char *level)
{
    if (names->refused || names->is.kind != MKT_KIND_NAMES) return false;
    if (names->platform && r->platform && strcmp(names->platform, r->platform) != 0) return false;
    const struct mkt_column *id = &names->column[names->is.column[MKT_ROLE_ID][0]];
    const char *of = level_of(names, id->naming.text);
    return of && strcmp(of, level) == 0;
}

/* The latest name of each id, and its campaign if the table of names tells it. */
static mkt_status read_names(struct mkt_arena *arena, struct mkt_duck *duck,
                             const struct mkt_relation *names, struct mkt_idmap *out,
                             struct mkt_err *err)
{
    struct mkt_buf sql;
    bool updated = names->is.parts[MKT_ROLE_UPDATED] > 0,
         campaign = names->is.parts[MKT_ROLE_CAMPAIGN] > 0;
    mkt_buf_init(&sql, arena);
    mkt_buf_str(&sql, "SELECT id, arg_max(name, (stamp, name)) AS name");
    if (campaign) mkt_buf_str(&sql, ", arg_max(campaign, (stamp, campaign)) AS campaign");
    mkt_buf_str(&sql, " FROM (SELECT ");
    mkt_profile_add_text(&sql, names, names->is.column[MKT_ROLE_ID][0]);
    mkt_buf_str(&sql, " AS id, ");
    mkt_profile_add_text(&sql, names, names->is.column[MKT_ROLE_NAME][0]);
    mkt_buf_str(&sql, " AS name, ");
    if (updated)
        mkt_profile_add_text(&sql, names, names->is.column[MKT_ROLE_UPDATED][0]);
    else
        mkt_buf_str(&sql, "''");
    mkt_buf_str(&sql, " AS stamp");
    if (campaign) {
        mkt_buf_str(&sql, ", ");
        mkt_profile_add_text(&sql, names, names->is.column[MKT_ROLE_CAMPAIGN][0]);
        mkt_buf_str(&sql, " AS campaign");
    }
    mkt_buf_printf(&sql, " FROM %s) WHERE id IS NOT NULL AND name <> '' GROUP BY id", names->from);
    MKT_TRY(mkt_buf_check(&sql, err));
    return mkt_idmap_read(arena, duck, sql.data, names->show, out, err);
}

static size_t count_known(const struct mkt_relation *r, const struct mkt_idmap *map)
{
    size_t known = 0;
    for (size_t i = 0; i < r->sums.name_count[MKT_CAMPAIGN]; i++)
        known += mkt_idmap_find(map, r->sums.names[MKT_CAMPAIGN][i]) != NULL;
    return known;
}

/* The sums again, under other names. */
static mkt_status rename_campaigns(struct mkt_relation *r, const struct mkt_idmap *map,
                                   bool by_campaign, struct mkt_err *err)
{
    struct mkt_performance renamed;
    mkt_performance_init(&renamed, r->sums.arena, r->sums.measures, r->sums.dimensions);
    for (size_t i = 0; i < r->sums.cells; i++) {
        const struct mkt_performance_cell *c = &r->sums.cell[i];
        struct mkt_performance_row row = {.day = c->day, .rows = c->rows};
        memcpy(row.sum, c->sum, sizeof row.sum);
        for (int d = 0; d < MKT_DIMENSIONS; d++) row.name[d] = r->sums.names[d][c->name[d]];
        const struct mkt_idmap_entry *e = mkt_idmap_find(map, row.name[MKT_CAMPAIGN]);
        const char *name = !e ? NULL : by_campaign ? e->more : e->text;
        if (name) row.name[MKT_CAMPAIGN] = name;
        MKT_TRY(mkt_performance_add(&renamed, &row, err));
    }
    r->sums = renamed;
    return mkt_performance_finish(&r->sums, err);
}

static mkt_status say_so(struct mkt_arena *arena, struct mkt_relation *names,
                         struct mkt_relation *r, const char *level, size_t known,
                         struct mkt_err *err)
{
    struct mkt_column *c = &r->column[r->is.column[MKT_ROLE_CAMPAIGN][0]];
    c->how = mkt_arena_printf(arena, "named by %s", names->show);
    names->is.why = mkt_arena_printf(arena, "it names %s of %s %ss of %s", MKT_COUNT(known),
                                     MKT_COUNT(r->sums.name_count[MKT_CAMPAIGN]), level, r->show);
    return c->how && names->is.why ? MKT_OK : mkt_arena_full(arena, err);
}

/* One step: names for the ids, or the campaigns' ids for the ads' ids. *next is the new level. */
static mkt_status step(struct mkt_arena *arena, struct mkt_duck *duck,
                       struct mkt_relation *relation, size_t relations, struct mkt_relation *r,
                       const char *level, const char **next, struct mkt_err *err)
{
    *next = NULL;
    for (size_t i = 0; i < relations; i++) {
        struct mkt_relation *names = &relation[i];
        struct mkt_idmap map;
        if (!may_join(names, r, level)) continue;
        MKT_TRY(read_names(arena, duck, names, &map, err));
        size_t known = count_known(r, &map);
        if (known == 0 || 2 * known < r->sums.name_count[MKT_CAMPAIGN]) continue;
        bool by_campaign = strcmp(level, "campaign") != 0 && names->is.parts[MKT_ROLE_CAMPAIGN] > 0;
        MKT_TRY(say_so(arena, names, r, level, known, err));
        MKT_TRY(rename_campaigns(r, &map, by_campaign, err));
        if (by_campaign) *next = "campaign";
        return MKT_OK;
    }
    return MKT_OK;
}

mkt_status mkt_campaign_names_join(struct mkt_arena *arena, struct mkt_duck *duck,
                                   struct mkt_relation *relation, size_t relations,
                                   struct mkt_err *err)
{
    for (size_t i = 0; i < relations; i++) {
        struct mkt_relation *r = &relation[i];
        if (r->is.kind != MKT_KIND_PERFORMANCE || r->refused) continue;
        const struct mkt_column *c = mkt_relation_column(r, MKT_ROLE_CAMPAIGN);
        const char *level = c ? level_of(r, c->naming.text) : NULL, *next = NULL;
        if (level) MKT_TRY(step(arena, duck, relation, relations, r, level, &next, err));
        if (next) MKT_TRY(step(arena, duck, relation, relations, r, next, &next, err));
    }
    for (size_t i = 0; i < relations; i++)
        if (relation[i].is.kind == MKT_KIND_NAMES && !relation[i].refused &&
            strncmp(relation[i].is.why, "it names", 8) != 0) {
            relation[i].is.why = mkt_arena_printf(
                arena, "%s; no performance table here has its ids", relation[i].is.why);
            if (!relation[i].is.why) return mkt_arena_full(arena, err);
        }
    return MKT_OK;
}
