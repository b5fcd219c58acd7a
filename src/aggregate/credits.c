#include "aggregate/credits.h"

mkt_status mkt_credits_init(struct mkt_credits *c, struct mkt_arena *arena, size_t channels,
                            size_t groups, bool chain, const struct mkt_share_rule *rule,
                            size_t rules, struct mkt_err *err)
{
    *c = (struct mkt_credits){
        .channels = channels, .groups = groups, .rules = rules, .chain = chain};
    for (size_t r = 0; r < rules; r++) c->rule[r] = rule[r];
    c->at_follow = 2 * rules * channels;
    c->at_end = c->at_follow + (chain ? 2 * (channels + 1) * channels : 0);
    c->at_total = c->at_end + 3 * channels;
    c->width = c->at_total + 3;
    c->sum = MKT_NEW(arena, double, groups * c->width);
    return c->sum ? MKT_OK : mkt_arena_full(arena, err);
}

mkt_status mkt_credits_scratch_init(struct mkt_credits_scratch *scratch, struct mkt_arena *arena,
                                    size_t channels, size_t steps, struct mkt_err *err)
{
    *scratch = (struct mkt_credits_scratch){MKT_NEW(arena, double, steps),
                                            MKT_NEW(arena, uint8_t, channels), steps};
    return scratch->share && scratch->seen ? MKT_OK : mkt_arena_full(arena, err);
}

static void count_follow(double *follow, size_t channels, const uint32_t *step, size_t n,
                         double journeys)
{
    follow[step[0]] += journeys;
    for (size_t i = 1; i < n; i++) follow[(step[i - 1] + 1) * channels + step[i]] += journeys;
}

void mkt_credits_add_nulls(struct mkt_credits *c, size_t group, const uint32_t *step, size_t n,
                           double nulls)
{
    double *row = c->sum + group * c->width;
    size_t K = c->channels;
    row[c->at_end + 2 * K + step[n - 1]] += nulls;
    row[c->at_total + 2] += nulls;
    if (c->chain) count_follow(row + c->at_follow + (K + 1) * K, K, step, n, nulls);
}

void mkt_credits_add(struct mkt_credits *c, size_t group, const uint32_t *step, const int64_t *age,
                     size_t n, double conversions, double value, double nulls,
                     struct mkt_credits_scratch *scratch)
{
    double *row = c->sum + group * c->width;
    size_t K = c->channels, last = step[n - 1];
    if (nulls > 0) mkt_credits_add_nulls(c, group, step, n, nulls);
    row[c->at_end + last] += conversions;
    row[c->at_end + K + last] += value;
    row[c->at_total] += conversions;
    row[c->at_total + 1] += value;
    if (conversions <= 0) return;
    if (c->chain) count_follow(row + c->at_follow, K, step, n, conversions);
    for (size_t r = 0; r < c->rules; r++) {
        double *credit = row + 2 * r * K;
        size_t one = mkt_shares_one(&c->rule[r], step, n);
        if (one < n) {
            credit[step[one]] += conversions;
            credit[K + step[one]] += value;
            continue;
        }
        mkt_shares_of(&c->rule[r], step, age, n, scratch->seen, scratch->share);
        for (size_t i = 0; i < n; i++) {
            credit[step[i]] += conversions * scratch->share[i];
            credit[K + step[i]] += value * scratch->share[i];
        }
    }
}

void mkt_credits_total(const struct mkt_credits *c, double *out)
{
    for (size_t i = 0; i < c->width; i++) out[i] = 0;
    for (size_t g = 0; g < c->groups; g++)
        for (size_t i = 0; i < c->width; i++) out[i] += c->sum[g * c->width + i];
}
