#include "aggregate/shares.h"

#include <math.h>

static void fill(double *out, size_t n, double share)
{
    for (size_t i = 0; i < n; i++) out[i] = share;
}

static void position(const struct mkt_share_rule *rule, size_t n, double *out)
{
    double ends = rule->first + rule->last;
    if (n == 1) {
        out[0] = 1;
    } else if (n == 2) {
        out[0] = ends > 0 ? rule->first / ends : .5;
        out[1] = 1 - out[0];
    } else {
        fill(out, n, (1 - ends) / (double)(n - 2));
        out[0] = rule->first;
        out[n - 1] = rule->last;
    }
}

static void w_shape(const struct mkt_share_rule *rule, size_t n, double *out)
{
    if (n < 3) {
        position(rule, n, out);
        return;
    }
    double marked = 2 * rule->first + rule->last;
    double rest = n > 3 ? (1 - marked) / (double)(n - 3) : 0;
    double scale = n > 3 ? 1 : 1 / marked;
    fill(out, n, rest);
    out[0] = out[n / 2] = rule->first * scale;
    out[n - 1] = rule->last * scale;
}

static size_t last_other(const struct mkt_share_rule *rule, const uint32_t *step, size_t n)
{
    size_t at = n - 1;
    while (at && step[at] == rule->direct) at--;
    return step[at] == rule->direct ? n - 1 : at;
}

size_t mkt_shares_one(const struct mkt_share_rule *rule, const uint32_t *step, size_t n)
{
    switch (rule->kind) {
    case MKT_SHARE_FIRST:
        return 0;
    case MKT_SHARE_LAST:
        return n - 1;
    case MKT_SHARE_LAST_OTHER:
        return last_other(rule, step, n);
    default:
        return n;
    }
}

static void scale_to_one(double *out, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += out[i];
    if (sum > 0)
        for (size_t i = 0; i < n; i++) out[i] /= sum;
    else
        fill(out, n, 1 / (double)n);
}

static void decay(const struct mkt_share_rule *rule, const int64_t *age, size_t n, double *out)
{
    int64_t least = age[0];
    for (size_t i = 1; i < n; i++)
        if (age[i] < least) least = age[i];
    for (size_t i = 0; i < n; i++) out[i] = exp2(-(double)(age[i] - least) / rule->half_life);
    scale_to_one(out, n);
}

static void custom(const struct mkt_share_rule *rule, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++) out[i] = n - 1 - i < rule->weights ? rule->weight[n - 1 - i] : 0;
    scale_to_one(out, n);
}

/* The first touch of each channel stands for the channel. */
static void set(const uint32_t *step, size_t n, uint8_t *seen, double *out)
{
    size_t channels = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = !seen[step[i]];
        channels += !seen[step[i]];
        seen[step[i]] = 1;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] /= (double)channels;
        seen[step[i]] = 0;
    }
}

void mkt_shares_of(const struct mkt_share_rule *rule, const uint32_t *step, const int64_t *age,
                   size_t n, uint8_t *seen, double *out)
{
    switch (rule->kind) {
    case MKT_SHARE_FIRST:
    case MKT_SHARE_LAST:
    case MKT_SHARE_LAST_OTHER:
        fill(out, n, 0);
        out[mkt_shares_one(rule, step, n)] = 1;
        break;
    case MKT_SHARE_LINEAR:
        fill(out, n, 1 / (double)n);
        break;
    case MKT_SHARE_POSITION:
        position(rule, n, out);
        break;
    case MKT_SHARE_DECAY:
        decay(rule, age, n, out);
        break;
    case MKT_SHARE_W:
        w_shape(rule, n, out);
        break;
    case MKT_SHARE_CUSTOM:
        custom(rule, n, out);
        break;
    case MKT_SHARE_SET:
        set(step, n, seen, out);
        break;
    }
}
