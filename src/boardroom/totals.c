#include "boardroom/totals.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define TEXT_MOST 200

/* The names that other agents use for the measures. */
static const struct {
    const char *name;
    mkt_measure measure;
} known[] = {
    {"marketing_spend", MKT_SPEND},   {"spend", MKT_SPEND},
    {"impressions", MKT_IMPRESSIONS}, {"clicks", MKT_CLICKS},
    {"conversions", MKT_CONVERSIONS}, {"attributed_revenue", MKT_REVENUE},
    {"revenue", MKT_REVENUE},         {"new_customers", MKT_NEW_CUSTOMERS},
};

int mkt_totals_measure(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0) return (int)known[i].measure;
    return -1;
}

static mkt_status read_number(const struct mkt_value *v, double *out, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_INTEGER && v->type != MKT_VALUE_NUMBER)
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" must be a number, not %s", v->key,
                           mkt_json_read_type_name(v->type));
    *out = v->number;
    return MKT_OK;
}

mkt_status mkt_totals_text(struct mkt_arena *arena, const struct mkt_value *v, const char **out,
                           struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_STRING)
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" must be a string, not %s",
                           v->key ? v->key : "channels", mkt_json_read_type_name(v->type));
    *out = mkt_text_clean(arena, v->text, strlen(v->text), TEXT_MOST);
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

/* Takes a measure; `*taken` is false when the member is none. The same measure under two names is
 * refused unless both say the same. */
static mkt_status read_measure(const struct mkt_value *v, double *sum, bool *taken,
                               struct mkt_err *err)
{
    *taken = false;
    int measure = mkt_totals_measure(v->key);
    if (measure < 0) return MKT_OK;
    double *at = &sum[measure], before = *at;
    *taken = true;
    MKT_TRY(read_number(v, at, err));
    if (!isnan(before) && before != *at)
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" is given twice, with two values",
                           mkt_measure_name[measure]);
    return MKT_OK;
}

static void nothing_sent(double *sum)
{
    for (int m = 0; m < MKT_MEASURES; m++) sum[m] = NAN;
}

/* A channel with figures of its own: {"name": "search", "spend": 10, ...} */
static mkt_status read_part(struct mkt_arena *arena, const struct mkt_value *v,
                            struct mkt_campaign *c, struct mkt_err *err)
{
    struct mkt_campaign_part *part = &c->part[c->parts];
    part->name = v->key;
    nothing_sent(part->sum);
    for (size_t i = 0; i < v->items; i++) {
        const struct mkt_value *m = &v->item[i];
        bool taken;
        if (strcmp(m->key, "name") == 0 || strcmp(m->key, "channel") == 0)
            MKT_TRY(mkt_totals_text(arena, m, &part->name, err));
        else
            MKT_TRY(read_measure(m, part->sum, &taken, err));
    }
    if (!part->name) return mkt_err_set(err, MKT_E_ARG, "a channel has no \"name\"");
    c->parts++;
    return MKT_OK;
}

/* ["search", "social"], [{"name": …, "spend": …}] or {"search": {"spend": …}} */
static mkt_status read_channels(struct mkt_arena *arena, const struct mkt_value *v,
                                struct mkt_campaign *c, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_ARRAY && v->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_ARG, "\"channels\" must be a list, not %s",
                           mkt_json_read_type_name(v->type));
    c->part = MKT_NEW(arena, struct mkt_campaign_part, v->items);
    c->channel = MKT_NEW(arena, const char *, v->items);
    if (!c->part || !c->channel) return mkt_arena_full(arena, err);
    c->parts = c->channels = 0; /* a later place stands for an earlier one */
    for (size_t i = 0; i < v->items; i++) {
        if (v->item[i].type == MKT_VALUE_OBJECT)
            MKT_TRY(read_part(arena, &v->item[i], c, err));
        else
            MKT_TRY(mkt_totals_text(arena, &v->item[i], &c->channel[c->channels++], err));
    }
    if (c->parts && c->channels)
        return mkt_err_set(err, MKT_E_ARG, "either all channels have figures, or none");
    return MKT_OK;
}

mkt_status mkt_totals_init(struct mkt_arena *arena, struct mkt_campaign *c, size_t members,
                           struct mkt_err *err)
{
    *c = (struct mkt_campaign){.margin = NAN};
    nothing_sent(c->whole.sum);
    c->unused = MKT_NEW(arena, const char *, members);
    return c->unused ? MKT_OK : mkt_arena_full(arena, err);
}

static mkt_status read_duration(struct mkt_arena *arena, const struct mkt_value *v,
                                const char **out, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_STRING) return mkt_totals_text(arena, v, out, err);
    if (v->type == MKT_VALUE_NULL || v->type == MKT_VALUE_ARRAY || v->type == MKT_VALUE_OBJECT)
        return MKT_OK;
    *out = mkt_json_read_scalar_text(arena, v);
    if (*out && strcmp(v->key, "duration_days") == 0)
        *out = mkt_arena_printf(arena, "%s days", *out);
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

mkt_status mkt_totals_take(struct mkt_arena *arena, const struct mkt_value *v,
                           struct mkt_campaign *c, bool *taken, struct mkt_err *err)
{
    MKT_TRY(read_measure(v, c->whole.sum, taken, err));
    if (*taken) return MKT_OK;
    *taken = true;
    if (strcmp(v->key, "campaign_name") == 0 || strcmp(v->key, "name") == 0)
        return mkt_totals_text(arena, v, &c->name, err);
    if (strcmp(v->key, "duration") == 0 || strcmp(v->key, "duration_days") == 0)
        return read_duration(arena, v, &c->duration, err);
    if (strcmp(v->key, "currency") == 0) return mkt_totals_text(arena, v, &c->currency, err);
    if (strcmp(v->key, "channels") == 0) return read_channels(arena, v, c, err);
    if (strcmp(v->key, "margin") == 0) return read_number(v, &c->margin, err);
    *taken = false;
    return MKT_OK;
}
