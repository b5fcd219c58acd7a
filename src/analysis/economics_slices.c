/* Which channels, segments and kinds of channel there are, and what was spent on each. */
#include "analysis/economics_work.h"

#include <stdlib.h>
#include <string.h>

#include "base/caseless.h"
#include "base/text.h"

#define KINDS 8

/* ---- kinds ---------------------------------------------------------------------------------- */

static const struct {
    const char *kind, *words; /* words that a channel's name holds, in lower case */
} kinds[KINDS] = {{"email", "email|e-mail|newsletter|mailing|crm"},
                  {"social", "social|facebook|instagram|meta|tiktok|linkedin|pinterest|snapchat|"
                             "twitter|reddit|influencer"},
                  {"search", "search|sem|ppc|adwords|google ads|bing|microsoft ads|shopping|"
                             "apple ads"},
                  {"display", "display|banner|programmatic|retargeting|remarketing|gdn|native"},
                  {"video", "video|youtube|tv|ctv|streaming"},
                  {"affiliate", "affiliate|affiliates|partner|referral|comparison"},
                  {"offline", "radio|print|outdoor|ooh|direct mail|catalogue|catalog|podcast"},
                  {"other", ""}};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whether `words` (parted by |) has one that stands in `name` as a whole word. */
static bool holds(const char *name, const char *words)
{
    for (const char *from = words; *from;) {
        size_t n = strcspn(from, "|");
        for (const char *at = name; *at; at++)
            if (strncasecmp(at, from, n) == 0 && (at == name || !is_letter(at[-1] | 32)) &&
                !is_letter(at[n] | 32))
                return true;
        from += n + (from[n] == '|');
    }
    return false;
}

static size_t kind_of(const char *channel)
{
    size_t k = 0;
    while (k + 1 < KINDS && !holds(channel, kinds[k].words)) k++;
    return k;
}

/* ---- spend ---------------------------------------------------------------------------------- */

struct spent {
    uint32_t name; /* of the dimension */
    mkt_micro spend;
};

static int by_spend(const void *a, const void *b)
{
    const struct spent *x = a, *y = b;
    if (x->spend != y->spend) return x->spend > y->spend ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

static bool within(const struct mkt_economics_work *w, int32_t day)
{
    return day >= w->period.first && day <= w->period.last;
}

/* The channels with spend in the period, the largest first. */
static mkt_status find_spending(struct mkt_economics_work *w, struct spent **out, size_t *n,
                                struct mkt_err *err)
{
    const struct mkt_performance *p = w->input.spend;
    size_t names = p->name_count[MKT_CHANNEL];
    struct spent *all = MKT_NEW(w->sheet->arena, struct spent, names + 1);
    if (!all) return mkt_arena_full(w->sheet->arena, err);
    for (size_t i = 0; i < names; i++) all[i].name = (uint32_t)i;
    for (size_t i = 0; i < p->cells; i++)
        if (within(w, p->cell[i].day))
            all[p->cell[i].name[MKT_CHANNEL]].spend += p->cell[i].sum[MKT_SPEND];
    if (names) qsort(all, names, sizeof *all, by_spend);
    *n = 0;
    while (*n < names && all[*n].spend > 0) ++*n;
    *out = all;
    return MKT_OK;
}

/* ---- slices --------------------------------------------------------------------------------- */

static mkt_status add_slice(struct mkt_economics_work *w, mkt_economics_scope scope,
                            const char *name, bool paid, struct mkt_err *err)
{
    static const char *const prefix[] = {"", "", "segment.", "kind."};
    static const char *const reserved[] = {"total",  "segment",  "kind",        "age",
                                           "cohort", "scenario", "sensitivity", "month"};
    struct mkt_economics_slice *s = &w->slice[w->slices];
    *s = (struct mkt_economics_slice){.scope = scope, .name = name, .paid = paid};
    s->folded = mkt_caseless_name(w->sheet->arena, name ? name : "");
    if (!s->folded) return mkt_arena_full(w->sheet->arena, err);
    const char *slug = name ? mkt_text_slug(w->sheet->arena, name, 48) : "total";
    if (!slug) return mkt_arena_full(w->sheet->arena, err);
    MKT_ECONOMICS_TEXT(w, s->key, err, "%s%s", prefix[scope], slug);
    for (int k = 2;; k++) {
        bool taken = false;
        for (size_t i = 0; scope == MKT_ECONOMICS_CHANNEL && i < sizeof reserved / sizeof *reserved;
             i++)
            taken = taken || strcmp(reserved[i], s->key) == 0;
        for (size_t i = 0; i < w->slices; i++)
            taken = taken || strcmp(w->slice[i].key, s->key) == 0;
        if (!taken) break;
        MKT_ECONOMICS_TEXT(w, s->key, err, "%s%s_%d", prefix[scope], slug, k);
    }
    w->slices++;
    return MKT_OK;
}

/* Orders, customers and spend may each write a name in a way of their own.
 *   folded  by mkt_caseless_name */
static size_t slice_named(const struct mkt_economics_work *w, mkt_economics_scope scope,
                          const char *folded)
{
    for (size_t i = 0; i < w->slices; i++)
        if (w->slice[i].scope == scope && strcmp(w->slice[i].folded, folded) == 0) return i;
    return MKT_COHORTS_NONE;
}

static mkt_status fold(struct mkt_economics_work *w, const char *const *name, size_t n,
                       const char ***out, struct mkt_err *err)
{
    *out = MKT_NEW(w->sheet->arena, const char *, n + 1);
    if (!*out) return mkt_arena_full(w->sheet->arena, err);
    for (size_t i = 0; i < n; i++)
        if (!((*out)[i] = mkt_caseless_name(w->sheet->arena, name[i])))
            return mkt_arena_full(w->sheet->arena, err);
    return MKT_OK;
}

#define NO_CHANNEL "(no channel)" /* spend that names none */

/* The slice of each channel or segment of the spend. */
static mkt_status slices_of_spend(struct mkt_economics_work *w, mkt_dimension d,
                                  mkt_economics_scope scope, size_t **out, struct mkt_err *err)
{
    const struct mkt_performance *p = w->input.spend;
    const char **folded;
    MKT_TRY(fold(w, p->names[d], p->name_count[d], &folded, err));
    *out = MKT_NEW(w->sheet->arena, size_t, p->name_count[d] + 1);
    if (!*out) return mkt_arena_full(w->sheet->arena, err);
    for (size_t i = 0; i < p->name_count[d]; i++) {
        bool none = d == MKT_CHANNEL && !*folded[i];
        (*out)[i] = slice_named(w, scope, none ? NO_CHANNEL : folded[i]);
    }
    return MKT_OK;
}

static mkt_status add_channels(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_names *names = &w->input.view->channel;
    struct spent *spent = NULL;
    size_t n = 0;
    if (w->by_channel && w->spends) MKT_TRY(find_spending(w, &spent, &n, err));
    for (size_t i = 0; i < n; i++) {
        const char *name = w->input.spend->names[MKT_CHANNEL][spent[i].name];
        if (i < MKT_ECONOMICS_CHANNELS) {
            MKT_TRY(add_slice(w, MKT_ECONOMICS_CHANNEL, *name ? name : NO_CHANNEL, true, err));
            w->slice[w->slices - 1].kind = kinds[kind_of(name)].kind;
            continue;
        }
        w->left_out++;
        w->left_out_spend += (double)spent[i].spend / MKT_MICRO;
    }
    w->paid = w->channels = w->slices - 1;
    const char **folded, **of_spend = NULL;
    MKT_TRY(fold(w, names->name, names->count, &folded, err));
    if (n)
        MKT_TRY(fold(w, w->input.spend->names[MKT_CHANNEL], w->input.spend->name_count[MKT_CHANNEL],
                     &of_spend, err));
    for (size_t i = 0; w->by_channel && i < names->count; i++) {
        if (slice_named(w, MKT_ECONOMICS_CHANNEL, folded[i]) != MKT_COHORTS_NONE) continue;
        bool small = false;
        for (size_t k = MKT_ECONOMICS_CHANNELS; k < n; k++)
            small = small || strcmp(of_spend[spent[k].name], folded[i]) == 0;
        if (small || w->channels - w->paid >= MKT_ECONOMICS_UNPAID) continue;
        MKT_TRY(add_slice(w, MKT_ECONOMICS_CHANNEL, names->name[i], !w->spends, err));
        w->channels++;
    }
    return MKT_OK;
}

static mkt_status add_segments(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_names *names = &w->input.view->segment;
    if (names->count < 2) return MKT_OK;
    for (size_t i = 0; i < names->count && w->segments < MKT_ECONOMICS_SEGMENTS; i++) {
        MKT_TRY(add_slice(w, MKT_ECONOMICS_SEGMENT, names->name[i], true, err));
        w->segments++;
    }
    return MKT_OK;
}

static mkt_status add_kinds(struct mkt_economics_work *w, struct mkt_err *err)
{
    bool has[KINDS] = {false};
    for (size_t c = 1; c <= w->paid; c++) has[kind_of(w->slice[c].name)] = true;
    for (size_t k = 0; k < KINDS; k++) {
        if (!has[k]) continue;
        MKT_TRY(add_slice(w, MKT_ECONOMICS_KIND, kinds[k].kind, true, err));
        w->kinds++;
    }
    return MKT_OK;
}

/* From numbers of names to slices. Where no channels are known, all customers are paid for. */
static mkt_status make_maps(struct mkt_economics_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_purchases_view *v = w->input.view;
    w->channel_map = MKT_NEW(arena, uint8_t, v->channel.count + 1);
    w->kind_map = MKT_NEW(arena, uint8_t, v->channel.count + 1);
    w->paid_map = MKT_NEW(arena, bool, v->channel.count + 1);
    w->segment_map = MKT_NEW(arena, uint8_t, v->segment.count + 1);
    if (!w->channel_map || !w->kind_map || !w->paid_map || !w->segment_map)
        return mkt_arena_full(arena, err);
    const char **channel, **segment;
    MKT_TRY(fold(w, v->channel.name, v->channel.count, &channel, err));
    MKT_TRY(fold(w, v->segment.name, v->segment.count, &segment, err));
    for (size_t i = 0; i <= v->channel.count; i++) {
        size_t at = i ? slice_named(w, MKT_ECONOMICS_CHANNEL, channel[i - 1]) : MKT_COHORTS_NONE;
        bool known = at != MKT_COHORTS_NONE;
        w->channel_map[i] = (uint8_t)at;
        w->paid_map[i] = !w->by_channel || !w->spends || (known && w->slice[at].paid);
        w->kind_map[i] = known && w->slice[at].paid
                             ? (uint8_t)slice_named(w, MKT_ECONOMICS_KIND,
                                                    kinds[kind_of(w->slice[at].name)].kind)
                             : MKT_COHORTS_NONE;
    }
    for (size_t i = 0; i <= v->segment.count; i++)
        w->segment_map[i] =
            i ? (uint8_t)slice_named(w, MKT_ECONOMICS_SEGMENT, segment[i - 1]) : MKT_COHORTS_NONE;
    return MKT_OK;
}

static void add_spend(struct mkt_economics_work *w, size_t slice, size_t month, double money)
{
    if (slice == MKT_COHORTS_NONE) return;
    w->slice[slice].spend += money;
    w->slice[slice].month[month] += money;
}

static mkt_status sum_spend(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_performance *p = w->input.spend;
    size_t calendar = (size_t)mkt_cohorts_calendar(w->period.first, w->last) + 1;
    for (size_t i = 0; i < w->slices; i++) {
        w->slice[i].month = MKT_NEW(w->sheet->arena, double, calendar);
        if (!w->slice[i].month) return mkt_arena_full(w->sheet->arena, err);
    }
    if (!w->spends) return MKT_OK;
    size_t *channel, *segment;
    MKT_TRY(slices_of_spend(w, MKT_CHANNEL, MKT_ECONOMICS_CHANNEL, &channel, err));
    MKT_TRY(slices_of_spend(w, MKT_SEGMENT, MKT_ECONOMICS_SEGMENT, &segment, err));
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *c = &p->cell[i];
        if (!within(w, c->day) || c->sum[MKT_SPEND] == 0) continue;
        double money = (double)c->sum[MKT_SPEND] / MKT_MICRO;
        size_t month = (size_t)mkt_cohorts_calendar(w->period.first, c->day);
        const char *name = p->names[MKT_CHANNEL][c->name[MKT_CHANNEL]];
        size_t at = w->by_channel ? channel[c->name[MKT_CHANNEL]] : MKT_COHORTS_NONE;
        if (w->by_channel && at == MKT_COHORTS_NONE) continue; /* of those left out */
        add_spend(w, 0, month, money);
        add_spend(w, at, month, money);
        if (w->by_channel)
            add_spend(w, slice_named(w, MKT_ECONOMICS_KIND, kinds[kind_of(name)].kind), month,
                      money);
        add_spend(w, segment[c->name[MKT_SEGMENT]], month, money);
    }
    return MKT_OK;
}

mkt_status mkt_economics_work_slices(struct mkt_economics_work *w, struct mkt_err *err)
{
    w->slice = MKT_NEW(w->sheet->arena, struct mkt_economics_slice, MKT_COHORTS_SLICES);
    if (!w->slice) return mkt_arena_full(w->sheet->arena, err);
    MKT_TRY(add_slice(w, MKT_ECONOMICS_TOTAL, NULL, true, err));
    MKT_TRY(add_channels(w, err));
    MKT_TRY(add_segments(w, err));
    MKT_TRY(add_kinds(w, err));
    MKT_TRY(make_maps(w, err));
    return sum_spend(w, err);
}
