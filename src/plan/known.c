#include "plan/known.h"

#include <stdlib.h>
#include <string.h>

const char *const mkt_known_kind_name[MKT_KNOWN_KINDS] = {"channel", "campaign", "segment",
                                                          "variant", "metric"};

static const struct mkt_period never = {0, -1};

struct gather {
    struct mkt_arena *arena;
    struct mkt_known *known;
    size_t cap;
};

static mkt_status add(struct gather *g, mkt_known_kind kind, const char *name,
                      struct mkt_period days, struct mkt_err *err)
{
    struct mkt_known *k = g->known;
    if (!*name) return MKT_OK;
    for (size_t i = 0; i < k->names; i++)
        if (k->name[i].kind == kind && strcmp(k->name[i].name, name) == 0) return MKT_OK;
    if (k->names == MKT_KNOWN_NAMES) {
        k->cut = true;
        return MKT_OK;
    }
    struct mkt_known_name *n = mkt_arena_push(g->arena, &k->name, &k->names, &g->cap, sizeof *n);
    if (!n) return mkt_arena_full(g->arena, err);
    *n = (struct mkt_known_name){kind, name, days};
    return MKT_OK;
}

/* When each campaign had spend. */
static struct mkt_period *campaign_days(struct mkt_arena *arena, const struct mkt_performance *p)
{
    size_t n = p->name_count[MKT_CAMPAIGN];
    struct mkt_period *days = MKT_NEW(arena, struct mkt_period, n ? n : 1);
    if (!days) return NULL;
    for (size_t i = 0; i < n; i++) days[i] = never;
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *c = &p->cell[i];
        struct mkt_period *d = &days[c->name[MKT_CAMPAIGN]];
        if (c->sum[MKT_SPEND] == 0) continue;
        if (d->first > d->last) *d = (struct mkt_period){c->day, c->day};
        if (c->day < d->first) d->first = c->day;
        if (c->day > d->last) d->last = c->day;
    }
    return days;
}

static mkt_status add_performance(struct gather *g, const struct mkt_performance *p,
                                  struct mkt_err *err)
{
    static const mkt_known_kind kind[MKT_DIMENSIONS] = {
        [MKT_CHANNEL] = MKT_KNOWN_CHANNEL,
        [MKT_CAMPAIGN] = MKT_KNOWN_CAMPAIGN,
        [MKT_SEGMENT] = MKT_KNOWN_SEGMENT,
    };
    g->known->performance = true;
    g->known->data = p->data;
    struct mkt_period *days = campaign_days(g->arena, p);
    if (!days) return mkt_arena_full(g->arena, err);
    for (int d = 0; d < MKT_DIMENSIONS; d++)
        for (size_t i = 0; i < p->name_count[d]; i++)
            MKT_TRY(add(g, kind[d], p->names[d][i], d == MKT_CAMPAIGN ? days[i] : never, err));
    return MKT_OK;
}

/* A channel of the journeys, with its campaign behind it where there is one. */
static mkt_status add_touched(struct gather *g, const char *name, struct mkt_err *err)
{
    const char *split = strchr(name, MKT_TOUCHPOINTS_SPLIT);
    if (!split) return add(g, MKT_KNOWN_CHANNEL, name, never, err);
    const char *channel = mkt_arena_strndup(g->arena, name, (size_t)(split - name));
    if (!channel) return mkt_arena_full(g->arena, err);
    MKT_TRY(add(g, MKT_KNOWN_CHANNEL, channel, never, err));
    return add(g, MKT_KNOWN_CAMPAIGN, split + 1, never, err);
}

static mkt_status add_journeys(struct gather *g, const struct mkt_dataset_journeys *j,
                               struct mkt_err *err)
{
    g->known->journeys = true;
    for (size_t i = 0; i < j->parts; i++)
        for (size_t c = 0; c < j->part[i]->channel.count; c++)
            MKT_TRY(add_touched(g, j->part[i]->channel.name[c], err));
    for (size_t c = 0; j->paths && c < j->paths->channel.count; c++)
        MKT_TRY(add(g, MKT_KNOWN_CHANNEL, j->paths->channel.name[c], never, err));
    return MKT_OK;
}

static mkt_status add_arms(struct gather *g, const struct mkt_arms *a, struct mkt_err *err)
{
    g->known->arms = true;
    for (size_t i = 0; i < a->names[0]; i++)
        MKT_TRY(add(g, MKT_KNOWN_VARIANT, a->name[0][i], never, err));
    for (size_t i = 0; i < a->metrics; i++)
        MKT_TRY(add(g, MKT_KNOWN_METRIC, a->metric[i].name, never, err));
    if (a->segmented)
        g->known->segment = (struct mkt_known_property){NULL, a->name[1], a->names[1], false};
    return MKT_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The values of a property in all parts. */
static mkt_status add_values(struct gather *g, const struct mkt_dataset_events *e, size_t p,
                             struct mkt_known_property *out, struct mkt_err *err)
{
    const char **value = MKT_NEW(g->arena, const char *, MKT_KNOWN_VALUES);
    if (!value) return mkt_arena_full(g->arena, err);
    for (size_t i = 0; i < e->parts; i++)
        for (size_t v = 0; v < e->part[i]->level[p].count; v++) {
            const char *name = e->part[i]->level[p].name[v];
            size_t k = 0;
            while (k < out->values && strcmp(value[k], name) != 0) k++;
            if (k < out->values) continue;
            if (out->values == MKT_KNOWN_VALUES) {
                out->values = 0;
                return MKT_OK;
            }
            value[out->values++] = name;
        }
    qsort(value, out->values, sizeof *value, by_text);
    out->value = value;
    return MKT_OK;
}

/* What the events are called in all parts. */
static mkt_status add_event_names(struct gather *g, const struct mkt_dataset_events *e,
                                  struct mkt_err *err)
{
    size_t most = 0, n = 0, kept = 0;
    for (size_t i = 0; i < e->parts; i++) most += e->part[i]->event.count;
    const char **name = MKT_NEW(g->arena, const char *, most + 1);
    if (!name) return mkt_arena_full(g->arena, err);
    for (size_t i = 0; i < e->parts; i++)
        for (size_t k = 0; k < e->part[i]->event.count; k++) name[n++] = e->part[i]->event.name[k];
    qsort(name, n, sizeof *name, by_text);
    for (size_t i = 0; i < n && kept < MKT_KNOWN_EVENTS; i++)
        if (*name[i] && (kept == 0 || strcmp(name[kept - 1], name[i]) != 0)) name[kept++] = name[i];
    g->known->event = name;
    g->known->events_named = kept;
    return MKT_OK;
}

static mkt_status add_events(struct gather *g, const struct mkt_dataset_events *e,
                             struct mkt_err *err)
{
    struct mkt_known_property *p = MKT_NEW(g->arena, struct mkt_known_property, e->properties + 1);
    if (!p) return mkt_arena_full(g->arena, err);
    g->known->events = true;
    g->known->property = p;
    g->known->properties = e->properties;
    for (size_t i = 0; i < e->properties; i++) {
        const char *role = e->role[i] ? e->role[i] : "";
        p[i] = (struct mkt_known_property){.name = e->property[i],
                                           .channel = strcmp(role, "channel") == 0 ||
                                                      strcmp(role, "campaign") == 0};
        MKT_TRY(add_values(g, e, i, &p[i], err));
    }
    return add_event_names(g, e, err);
}

static int by_kind_and_name(const void *a, const void *b)
{
    const struct mkt_known_name *x = a, *y = b;
    return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->name, y->name);
}

mkt_status mkt_known_make(struct mkt_arena *arena, struct mkt_dataset *dataset,
                          struct mkt_known *out, struct mkt_err *err)
{
    const struct mkt_account *account = mkt_dataset_account(dataset);
    const struct mkt_performance *p;
    const struct mkt_arms *a;
    struct mkt_dataset_journeys j;
    struct mkt_dataset_events e;
    struct mkt_err why = {0};
    struct gather g = {.arena = arena, .known = out};
    *out = (struct mkt_known){.data = account ? account->data : never,
                              .currency = account ? account->currency : NULL};

    mkt_status status = mkt_dataset_performance(dataset, &p, &why);
    if (status == MKT_OK) status = add_performance(&g, p, &why);
    if (status != MKT_OK && status != MKT_E_EMPTY) return mkt_err_set(err, status, "%s", why.text);
    mkt_err_clear(&why);
    status = mkt_dataset_journeys(dataset, &j, &why);
    if (status == MKT_OK) status = add_journeys(&g, &j, &why);
    if (status != MKT_OK && status != MKT_E_EMPTY) return mkt_err_set(err, status, "%s", why.text);
    mkt_err_clear(&why);
    status = mkt_dataset_events(dataset, &e, &why);
    if (status == MKT_OK) status = add_events(&g, &e, &why);
    if (status != MKT_OK && status != MKT_E_EMPTY) return mkt_err_set(err, status, "%s", why.text);
    mkt_err_clear(&why);
    status = mkt_dataset_arms(dataset, &a, &why);
    if (status == MKT_OK) status = add_arms(&g, a, &why);
    if (status != MKT_OK && status != MKT_E_EMPTY) return mkt_err_set(err, status, "%s", why.text);
    if (out->names) qsort(out->name, out->names, sizeof *out->name, by_kind_and_name);
    return MKT_OK;
}

bool mkt_known_can(const struct mkt_known *known, const char *analysis)
{
    if (strcmp(analysis, "roi") == 0) return known->performance;
    if (strcmp(analysis, "attribution") == 0) return known->journeys;
    if (strcmp(analysis, "funnel") == 0) return known->events;
    if (strcmp(analysis, "experiment") == 0) return known->arms;
    return true;
}
