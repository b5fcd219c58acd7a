#include "aggregate/holdout_arms.h"

/* How one user stands to one channel. */
struct standing {
    bool shown, withheld;
    int64_t last;
    double conversions, value;
};

struct count {
    const struct mkt_journey_rules *rules;
    struct mkt_holdout_arms *out;
    struct standing *user; /* [channels], all zero between users */
    uint32_t *met;         /* [channels] those of the user at hand come first */
};

static void add(struct mkt_holdout_arm *arm, const struct standing *s)
{
    arm->users++;
    arm->conversions += s->conversions;
    arm->conversions2 += s->conversions * s->conversions;
    arm->value += s->value;
    arm->value2 += s->value * s->value;
}

static void convert(struct count *c, size_t met, const struct mkt_touchpoint *row)
{
    for (size_t i = 0; i < met; i++) {
        struct standing *s = &c->user[c->met[i]];
        if (row->time - s->last > c->rules->lookback) continue;
        s->conversions++;
        s->value += (double)row->value / MKT_MICRO;
    }
}

static mkt_status count_user(void *context, const struct mkt_touchpoint *row, size_t rows,
                             struct mkt_err *err)
{
    struct count *c = context;
    size_t met = 0;
    (void)err;
    for (size_t i = 0; i < rows; i++) {
        if (row[i].channel != MKT_TOUCHPOINTS_NONE) {
            struct standing *s = &c->user[row[i].channel];
            if (!s->shown && !s->withheld) c->met[met++] = row[i].channel;
            bool withheld = row[i].view == MKT_TOUCHPOINTS_WITHHELD;
            s->withheld |= withheld;
            s->shown |= !withheld;
            s->last = row[i].time;
        }
        if (!row[i].conversion) continue;
        convert(c, met, &row[i]);
        if (c->rules->first_only) break;
    }
    for (size_t i = 0; i < met; i++) {
        struct standing *s = &c->user[c->met[i]];
        struct mkt_holdout_channel *channel = &c->out->arms[c->met[i]];
        if (s->shown && s->withheld)
            channel->mixed++;
        else
            add(s->shown ? &channel->shown : &channel->withheld, s);
        *s = (struct standing){0};
    }
    return MKT_OK;
}

mkt_status mkt_holdout_arms_count(struct mkt_arena *arena, struct mkt_touchpoints *const *part,
                                  size_t parts, const struct mkt_journey_rules *rules,
                                  struct mkt_holdout_arms *out, struct mkt_err *err)
{
    struct count c = {.rules = rules, .out = out};
    size_t most = 0;
    for (size_t i = 0; i < parts; i++) most += part[i]->channel.count;
    *out = (struct mkt_holdout_arms){.arms = MKT_NEW(arena, struct mkt_holdout_channel, most)};
    c.user = MKT_NEW(arena, struct standing, most);
    c.met = MKT_NEW(arena, uint32_t, most);
    if (!out->arms || !c.user || !c.met) return mkt_arena_full(arena, err);
    mkt_names_init(&out->channel, arena);
    return mkt_touchpoints_users(arena, part, parts, rules, &out->channel, count_user, &c, err);
}
