#include "source/touch_spelling.h"

#include <string.h>

#include "aggregate/paths_unite.h"
#include "aggregate/spellings.h"

/* A name as a part or the paths know it. */
struct place {
    const char **name;
    int64_t rows;
};

/* The stretch of a name that is compared: the channel, or the campaign behind it (NULL for none). */
struct stretch {
    const char *text;
    size_t length;
};

static struct stretch stretch_of(const char *name, bool campaign)
{
    const char *split = strchr(name, MKT_TOUCHPOINTS_SPLIT);
    if (campaign)
        return split ? (struct stretch){split + 1, strlen(split + 1)} : (struct stretch){NULL, 0};
    return (struct stretch){name, split ? (size_t)(split - name) : strlen(name)};
}

static mkt_status respell(struct mkt_arena *arena, const char **name, struct stretch old,
                          const char *kept, struct mkt_err *err)
{
    const char *made = mkt_arena_printf(arena, "%.*s%s%s", (int)(old.text - *name), *name, kept,
                                        old.text + old.length);
    if (!made) return mkt_arena_full(arena, err);
    *name = made;
    return MKT_OK;
}

/* Whether any was spelt in several ways. */
static mkt_status merge(struct mkt_caveats *cs, struct place *place, size_t n, bool campaigns,
                        bool *found, struct mkt_err *err)
{
    struct mkt_arena *arena = cs->arena;
    struct mkt_names names;
    struct mkt_spellings s;
    uint32_t *code = MKT_NEW(arena, uint32_t, n + 1);
    int64_t *rows = MKT_NEW(arena, int64_t, n + 1);
    if (!code || !rows) return mkt_arena_full(arena, err);
    mkt_names_init(&names, arena);
    for (size_t i = 0; i < n; i++) {
        struct stretch x = stretch_of(*place[i].name, campaigns);
        if (!x.text) continue;
        MKT_TRY(mkt_names_code(&names, x.text, x.length, &code[i], err));
        rows[code[i]] += place[i].rows;
    }
    MKT_TRY(mkt_spellings_find(arena, names.name, rows, names.count, &s, err));
    *found = s.gone > 0;
    for (size_t i = 0; *found && i < n; i++) {
        struct stretch x = stretch_of(*place[i].name, campaigns);
        if (x.text && s.kept[code[i]] != code[i])
            MKT_TRY(respell(arena, place[i].name, x, names.name[s.kept[code[i]]], err));
    }
    if (!*found) return MKT_OK;
    return mkt_caveats_add(cs, "names_merged", MKT_CAVEAT_WARN, err,
                           "names of %s that " MKT_SPELLINGS_DIFFER " are taken for one: %s",
                           campaigns ? "campaigns" : "channels", s.list);
}

/* How often each channel of paths was met. */
static void count_paths(const struct mkt_paths *p, struct place *place)
{
    for (size_t i = 0; i < p->paths; i++)
        for (size_t k = 0; k < p->path[i].steps; k++)
            place[p->step[p->path[i].start + k]].rows +=
                p->path[i].counts.conversions + p->path[i].counts.nulls;
}

mkt_status mkt_touch_spelling_merge(struct mkt_caveats *caveats, struct mkt_touches *touches,
                                    struct mkt_err *err)
{
    struct mkt_arena *arena = caveats->arena;
    struct mkt_touches *t = touches;
    size_t all = t->has_paths ? t->paths.channel.count : 0, n = 0;
    bool channels, campaigns;
    for (size_t i = 0; i < t->parts; i++)
        if (t->part[i]) all += t->part[i]->channel.count;
    struct place *place = MKT_NEW(arena, struct place, all + 1);
    if (!place) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < t->parts; i++)
        for (size_t k = 0; t->part[i] && k < t->part[i]->channel.count; k++)
            place[n++] = (struct place){&t->part[i]->channel.name[k], t->rows[i][k]};
    if (t->has_paths) count_paths(&t->paths, &place[n]);
    for (size_t k = 0; t->has_paths && k < t->paths.channel.count; k++)
        place[n++].name = &t->paths.channel.name[k];
    MKT_TRY(merge(caveats, place, n, false, &channels, err));
    MKT_TRY(merge(caveats, place, n, true, &campaigns, err));
    if (!t->has_paths || !(channels || campaigns)) return MKT_OK;
    const struct mkt_paths respelt = t->paths, *const part[] = {&respelt};
    return mkt_paths_unite(arena, part, 1, t->threads, &t->paths, err);
}
