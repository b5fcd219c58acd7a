#include "analysis/roi_names.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

#define KEY_MOST 48

static const char *named(const char *name, const char *otherwise)
{
    return *name ? name : otherwise;
}

/* A campaign's name with its channel where several channels have one of that name. */
static mkt_status name_campaign(struct mkt_roi_work *w, size_t e, struct mkt_err *err)
{
    const struct mkt_performance *p = w->performance;
    const struct mkt_entity *c = &w->returns.entity[e];
    const char *name = named(p->names[MKT_CAMPAIGN][c->campaign], "(no campaign)");
    bool several = false;
    for (size_t k = w->returns.campaign; k < w->returns.entities && !several; k++)
        several = k != e && w->returns.entity[k].campaign == c->campaign;
    if (several)
        MKT_ROI_TEXT(w, w->entity[e].name, err, "%s (%s)", name,
                     named(p->names[MKT_CHANNEL][c->channel], "no channel"));
    else
        w->entity[e].name = name;
    return MKT_OK;
}

/* A set of the keys in use: open addressing over places + 1, at most half full. */
struct keys {
    const char **key;
    size_t mask;
};

static bool take(struct keys *set, const char *key)
{
    size_t i = (size_t)mkt_hash_text(key) & set->mask;
    for (; set->key[i]; i = (i + 1) & set->mask)
        if (strcmp(set->key[i], key) == 0) return false;
    set->key[i] = key;
    return true;
}

/* "search", or "search_2" where that is taken. Words that open other ids are taken from the start. */
static mkt_status make_key(struct mkt_roi_work *w, struct keys *set, size_t e, const char *prefix,
                           struct mkt_err *err)
{
    const char *slug = mkt_text_slug(w->sheet->arena, w->entity[e].name, KEY_MOST);
    if (!slug) return mkt_arena_full(w->sheet->arena, err);
    MKT_ROI_TEXT(w, w->entity[e].key, err, "%s%s", prefix, slug);
    for (int k = 2; !take(set, w->entity[e].key); k++)
        MKT_ROI_TEXT(w, w->entity[e].key, err, "%s%s_%d", prefix, slug, k);
    return MKT_OK;
}

mkt_status mkt_roi_names_make(struct mkt_roi_work *w, struct mkt_err *err)
{
    static const char *const prefix[] = {"", "", "campaign.", "segment."};
    static const char *const reserved[] = {"total", "campaign", "segment"};
    const struct mkt_performance *p = w->performance;
    struct mkt_arena *arena = w->sheet->arena;
    size_t size = 16;
    while (size < 2 * (w->returns.entities + 3)) size *= 2;
    struct keys set = {MKT_NEW(arena, const char *, size), size - 1};
    w->entity = MKT_NEW(arena, struct mkt_roi_entity, w->returns.entities);
    if (!set.key || !w->entity) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < 3; i++) take(&set, reserved[i]);
    w->entity[0].key = "total";
    for (size_t e = 1; e < w->returns.entities; e++) {
        const struct mkt_entity *x = &w->returns.entity[e];
        if (x->kind == MKT_SLICE_CAMPAIGN)
            MKT_TRY(name_campaign(w, e, err));
        else if (x->kind == MKT_SLICE_CHANNEL)
            w->entity[e].name = named(p->names[MKT_CHANNEL][x->channel], "(no channel)");
        else
            w->entity[e].name = named(p->names[MKT_SEGMENT][x->segment], "(no segment)");
        MKT_TRY(make_key(w, &set, e, prefix[x->kind], err));
    }
    return MKT_OK;
}
