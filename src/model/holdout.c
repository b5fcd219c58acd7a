#include "model/holdout.h"

#include <math.h>

#include "model/srm.h"

#define FEW 10 /* conversions */

/* Limits of the expectation of a sum over users.   stretch  variance over mean */
static struct mkt_interval limits(double sum, double stretch, double z)
{
    double n = sum / stretch, half = z * sqrt(n + z * z / 4);
    return (struct mkt_interval){stretch * fmax(n + z * z / 2 - half, 0),
                                 stretch * (n + z * z / 2 + half)};
}

/* Few conversions do not tell their own stretch: theirs is drawn towards that of both arms. */
static double stretch_of(double sum, double squares, double both)
{
    double size = squares > 0 ? squares / sum : both; /* of one conversion, about */
    double weight = FEW * fmin(size, both);
    return (squares + weight * both) / (sum + weight);
}

static struct mkt_interval difference(double shown, double shown2, double withheld,
                                      double withheld2, double scale, double z)
{
    double both = (shown2 + withheld2) / (shown + withheld);
    struct mkt_interval a = limits(shown, stretch_of(shown, shown2, both), z);
    struct mkt_interval b = limits(withheld, stretch_of(withheld, withheld2, both), z);
    double point = shown - scale * withheld;
    return (struct mkt_interval){
        point - sqrt((shown - a.low) * (shown - a.low) +
                     scale * scale * (b.high - withheld) * (b.high - withheld)),
        point + sqrt((a.high - shown) * (a.high - shown) +
                     scale * scale * (withheld - b.low) * (withheld - b.low))};
}

static mkt_holdout_state state_of(const struct mkt_holdout_channel *c, double share)
{
    const struct mkt_holdout_arm *a = &c->shown, *b = &c->withheld;
    const int64_t users[] = {a->users, b->users};
    const double meant[] = {1 - share, share};
    double all = (double)(a->users + b->users + c->mixed);
    if (!b->users && !c->mixed) return MKT_HOLDOUT_NONE;
    if ((double)c->mixed > MKT_HOLDOUT_MIXED * all) return MKT_HOLDOUT_LEAKY;
    if (a->users < MKT_HOLDOUT_LEAST || b->users < MKT_HOLDOUT_LEAST ||
        a->conversions + b->conversions < MKT_HOLDOUT_CONVERSIONS)
        return MKT_HOLDOUT_FEW;
    if (share > 0 && mkt_srm_p(users, meant, 2) < MKT_SRM_ALARM) return MKT_HOLDOUT_LEAKY;
    return MKT_HOLDOUT_GIVEN;
}

struct mkt_holdout_effect mkt_holdout_fit(const struct mkt_holdout_channel *channel, double share,
                                          double z)
{
    const struct mkt_holdout_arm *a = &channel->shown, *b = &channel->withheld;
    struct mkt_holdout_effect out = {.state = state_of(channel, share), .value = NAN};
    if (out.state != MKT_HOLDOUT_GIVEN) return out;
    double scale = (double)a->users / (double)b->users;
    out.conversions = a->conversions - scale * b->conversions;
    out.conversions_within =
        difference(a->conversions, a->conversions2, b->conversions, b->conversions2, scale, z);
    if (a->value < 0 || b->value < 0 || !(a->value + b->value > 0)) return out;
    out.value = a->value - scale * b->value;
    out.value_within = difference(a->value, a->value2, b->value, b->value2, scale, z);
    return out;
}
