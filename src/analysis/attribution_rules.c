#include "analysis/attribution_rules.h"

#include <string.h>

#include "base/text.h"

#define DAY 86400
#define NUMBER_MOST 40 /* characters of one weight */

/* The numbers of a list; false when something else stands there. */
static bool read_list(const char *text, double *out, size_t most, size_t *n)
{
    *n = 0;
    for (const char *from = text;; from++) {
        char number[NUMBER_MOST + 1];
        while (*from == ' ') from++;
        size_t length = strcspn(from, ","), kept = length;
        while (kept && from[kept - 1] == ' ') kept--;
        if (*n == most || kept == 0 || kept > NUMBER_MOST) return false;
        memcpy(number, from, kept);
        number[kept] = '\0';
        if (!mkt_text_to_double(number, &out[*n]) || out[*n] < 0 || out[*n] > 1e9) return false;
        ++*n;
        from += length;
        if (!*from) return true;
    }
}

mkt_status mkt_attribution_rules_weights(const char *text, struct mkt_share_rule *out,
                                         struct mkt_err *err)
{
    static const char back[] = "last:";
    double weight[MKT_SHARES_CUSTOM], sum = 0;
    bool from_last = mkt_text_has_prefix(text, back);
    size_t n = 0;
    bool good = read_list(text + (from_last ? sizeof back - 1 : 0), weight, MKT_SHARES_CUSTOM, &n);
    for (size_t i = 0; good && i < n; i++) sum += weight[i];
    if (!good || (!from_last && n != 3) || !(sum > 0))
        return mkt_err_set(err, MKT_E_ARG,
                           "weights takes first, middle and last such as 40,20,40, or up to %d "
                           "counted back from the conversion such as last:50,30,20, none below 0 "
                           "and one above, not \"%s\"",
                           MKT_SHARES_CUSTOM, text);
    *out = (struct mkt_share_rule){.name = "custom", .kind = MKT_SHARE_POSITION};
    if (from_last) {
        out->kind = MKT_SHARE_CUSTOM;
        out->weights = n;
        memcpy(out->weight, weight, n * sizeof *weight);
    } else {
        out->first = weight[0] / sum;
        out->last = weight[2] / sum;
    }
    return MKT_OK;
}

mkt_status mkt_attribution_rules_make(const struct mkt_run *run, bool times,
                                      struct mkt_share_rule *rule, size_t *rules,
                                      struct mkt_err *err)
{
    size_t n = 0;
    const char *weights = mkt_args_text(run, "weights");
    double first = mkt_args_number(run, "first_weight"), last = mkt_args_number(run, "last_weight");
    if (first + last > 1)
        return mkt_err_set(err, MKT_E_ARG,
                           "first_weight and last_weight are shares of one conversion: together "
                           "they must not pass 1");
    rule[n++] = (struct mkt_share_rule){.name = "first", .kind = MKT_SHARE_FIRST};
    rule[n++] = (struct mkt_share_rule){.name = "last", .kind = MKT_SHARE_LAST};
    rule[n++] = (struct mkt_share_rule){.name = "last_non_direct", .kind = MKT_SHARE_LAST_OTHER};
    rule[n++] = (struct mkt_share_rule){.name = "linear", .kind = MKT_SHARE_LINEAR};
    rule[n++] = (struct mkt_share_rule){
        .name = "position", .kind = MKT_SHARE_POSITION, .first = first, .last = last};
    if (times)
        rule[n++] = (struct mkt_share_rule){.name = "time_decay",
                                            .kind = MKT_SHARE_DECAY,
                                            .half_life = DAY * mkt_args_number(run, "half_life")};
    rule[n++] = (struct mkt_share_rule){
        .name = "j_shape", .kind = MKT_SHARE_POSITION, .first = .2, .last = .6};
    rule[n++] =
        (struct mkt_share_rule){.name = "w_shape", .kind = MKT_SHARE_W, .first = .3, .last = .3};
    if (weights) MKT_TRY(mkt_attribution_rules_weights(weights, &rule[n++], err));
    rule[n++] = (struct mkt_share_rule){.name = "shapley", .kind = MKT_SHARE_SET};
    *rules = n;
    return MKT_OK;
}

static mkt_weak weak_of(const struct mkt_run *run, const char *name)
{
    static const mkt_weak choice[] = {MKT_WEAK_DROP, MKT_WEAK_KEEP, MKT_WEAK_YIELD};
    return choice[(int)mkt_args_number(run, name)];
}

const char *mkt_attribution_rules_direct(const struct mkt_names *names)
{
    static const char *const word[] = {"direct", "(direct)", "direct / (none)", "(direct) / (none)",
                                       "(none)"};
    for (size_t k = 0; k < sizeof word / sizeof *word; k++)
        for (size_t i = 0; i < names->count; i++)
            if (mkt_text_equal_nocase(names->name[i], word[k])) return names->name[i];
    return NULL;
}

void mkt_attribution_rules_journey(const struct mkt_run *run,
                                   const struct mkt_dataset_journeys *journeys,
                                   struct mkt_journey_rules *out)
{
    *out = (struct mkt_journey_rules){.lookback = (int64_t)(DAY * mkt_args_number(run, "lookback")),
                                      .session = (int64_t)(60 * mkt_args_number(run, "session")),
                                      .gap = (int64_t)(DAY * mkt_args_number(run, "gap")),
                                      .direct = weak_of(run, "direct"),
                                      .views = weak_of(run, "views"),
                                      .first_only = mkt_args_number(run, "first_only") > 0,
                                      .reuse = mkt_args_number(run, "reuse") > 0};
    for (size_t i = 0; i < journeys->parts && !out->direct_name; i++)
        out->direct_name = mkt_attribution_rules_direct(&journeys->part[i]->channel);
}
