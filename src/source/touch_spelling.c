#include "source/touch_spelling.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aggregate/paths_unite.h"
#include "base/buf.h"

#define SHOWN 3 /* names whose spellings are listed */

/* A name, and the stretch of it that is compared: the channel, or the campaign behind it. */
struct name {
    const char **place; /* where it stands */
    size_t first, length;
};

static const char *text_of(const struct name *x)
{
    return *x->place + x->first;
}

static int compare(const struct name *a, const struct name *b)
{
    size_t least = a->length < b->length ? a->length : b->length;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    int order = memcmp(*a->place, *b->place, a->first);
    if (!order) order = strncasecmp(text_of(a), text_of(b), least);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static bool is_same(const struct name *a, const struct name *b)
{
    return memcmp(text_of(a), text_of(b), a->length) == 0; /* as long as each other */
}

/* Names that are one stand side by side, the spelling to keep first. */
static int by_name(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = compare(a, b);
    return order ? order : -memcmp(text_of(a), text_of(b), a->length);
}

static mkt_status respell(struct mkt_arena *arena, struct name *x, const struct name *keep,
                          struct mkt_err *err)
{
    char *copy = mkt_arena_strdup(arena, *x->place);
    if (!copy) return mkt_arena_full(arena, err);
    memcpy(copy + x->first, text_of(keep), x->length);
    *x->place = copy;
    return MKT_OK;
}

static void list(struct mkt_buf *out, const struct name *name, size_t first, size_t end)
{
    const struct name *last = &name[first];
    mkt_buf_printf(out, "\"%.*s\" (also", (int)last->length, text_of(last));
    for (size_t i = first + 1; i < end; i++) {
        if (is_same(last, &name[i])) continue;
        mkt_buf_printf(out, "%s \"%.*s\"", last == &name[first] ? "" : ",", (int)name[i].length,
                       text_of(&name[i]));
        last = &name[i];
    }
    mkt_buf_char(out, ')');
}

struct said {
    struct mkt_buf shown, all;
    size_t groups;
};

/* A campaign of several channels is told once. */
static mkt_status tell(struct mkt_caveats *cs, struct said *said, const struct name *name,
                       size_t first, size_t end, struct mkt_err *err)
{
    struct mkt_buf group;
    mkt_buf_init(&group, cs->arena);
    list(&group, name, first, end);
    MKT_TRY(mkt_buf_check(&group, err));
    if (said->groups && strstr(said->all.data, group.data)) return MKT_OK;
    mkt_buf_str(&said->all, group.data);
    if (said->groups++ < SHOWN)
        mkt_buf_printf(&said->shown, "%s%s", said->groups == 1 ? "" : "; ", group.data);
    MKT_TRY(mkt_buf_check(&said->all, err));
    return mkt_buf_check(&said->shown, err);
}

/* Whether any was spelt in several ways. */
static mkt_status merge(struct mkt_caveats *cs, struct name *name, size_t n, const char *what,
                        bool *found, struct mkt_err *err)
{
    struct said said = {.groups = 0};
    mkt_buf_init(&said.shown, cs->arena);
    mkt_buf_init(&said.all, cs->arena);
    qsort(name, n, sizeof *name, by_name);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && compare(&name[i], &name[end]) == 0;) end++;
        if (is_same(&name[i], &name[end - 1])) continue; /* sorted: then all are */
        MKT_TRY(tell(cs, &said, name, i, end, err));
        for (size_t k = i + 1; k < end; k++)
            if (!is_same(&name[i], &name[k])) MKT_TRY(respell(cs->arena, &name[k], &name[i], err));
    }
    *found = said.groups > 0;
    if (!said.groups) return MKT_OK;
    if (said.groups > SHOWN) mkt_buf_printf(&said.shown, "; and %zu more", said.groups - SHOWN);
    MKT_TRY(mkt_buf_check(&said.shown, err));
    return mkt_caveats_add(cs, "names_merged", MKT_CAVEAT_WARN, err,
                           "names of %s that differ only in case are taken for one: %s", what,
                           said.shown.data);
}

static size_t gather(const struct mkt_names *from, struct name *out, size_t n)
{
    for (size_t i = 0; i < from->count; i++) out[n++].place = &from->name[i];
    return n;
}

/* The stretch to compare; how many names have it, those first. */
static size_t point_at(struct name *name, size_t n, bool campaigns)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const char *s = *name[i].place, *split = strchr(s, MKT_TOUCHPOINTS_SPLIT);
        if (campaigns && !split) continue;
        size_t channel = split ? (size_t)(split - s) : strlen(s);
        size_t first = campaigns ? channel + 1 : 0;
        name[kept++] = (struct name){name[i].place, first, campaigns ? strlen(s + first) : channel};
    }
    return kept;
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
    struct name *name = MKT_NEW(arena, struct name, all + 1);
    if (!name) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < t->parts; i++)
        if (t->part[i]) n = gather(&t->part[i]->channel, name, n);
    if (t->has_paths) n = gather(&t->paths.channel, name, n);
    MKT_TRY(merge(caveats, name, point_at(name, n, false), "channels", &channels, err));
    MKT_TRY(merge(caveats, name, point_at(name, n, true), "campaigns", &campaigns, err));
    if (!t->has_paths || !(channels || campaigns)) return MKT_OK;
    const struct mkt_paths respelt = t->paths, *const part[] = {&respelt};
    return mkt_paths_unite(arena, part, 1, t->threads, &t->paths, err);
}
