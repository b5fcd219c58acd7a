#include "analysis/attribution_journeys.h"

#include <string.h>

#include "analysis/attribution.h"
#include "analysis/attribution_rules.h"

mkt_status mkt_attribution_journeys_names(const struct mkt_run *run,
                                          const struct mkt_dataset_journeys *j, bool campaigns,
                                          size_t *out, struct mkt_err *err)
{
    struct mkt_names all;
    uint32_t code;
    size_t mark = mkt_arena_mark(run->arena);
    mkt_names_init(&all, run->arena);
    for (size_t i = 0; i < j->parts; i++)
        for (size_t c = 0; c < j->part[i]->channel.count; c++) {
            const char *name = j->part[i]->channel.name[c];
            const char *end = campaigns ? NULL : strchr(name, MKT_TOUCHPOINTS_SPLIT);
            size_t length = end ? (size_t)(end - name) : strlen(name);
            MKT_TRY(mkt_names_code(&all, name, length, &code, err));
        }
    *out = all.count;
    mkt_arena_release(run->arena, mark);
    return MKT_OK;
}

mkt_status mkt_attribution_journeys_make(const struct mkt_run *run,
                                         const struct mkt_dataset_journeys *j, bool campaigns,
                                         size_t names, struct mkt_touchpoints_out **out,
                                         struct mkt_err *err)
{
    struct mkt_share_rule rule[MKT_CREDITS_RULES];
    struct mkt_journey_rules how;
    size_t rules;
    *out = MKT_NEW(run->arena, struct mkt_touchpoints_out, 1);
    if (!*out) return mkt_arena_full(run->arena, err);
    MKT_TRY(mkt_attribution_rules_make(run, true, rule, &rules, err));
    mkt_attribution_rules_journey(run, j, &how);
    how.campaigns = campaigns;
    return mkt_touchpoints_finish(run->arena, j->part, j->parts, &how, rule, rules,
                                  names > 32 ? MKT_ATTRIBUTION_FEWER_GROUPS
                                             : MKT_TOUCHPOINTS_GROUPS,
                                  names <= MKT_ATTRIBUTION_CHAIN, run->threads, *out, err);
}
