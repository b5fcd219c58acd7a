/* Credit by campaign: the same models over the same journeys, with the campaigns of a channel told
 * apart. The users drawn for the intervals are the same, too. */
#include <math.h>
#include <string.h>

#include "analysis/attribution_work.h"
#include "base/text.h"

#define SPLIT MKT_TOUCHPOINTS_SPLIT

/* Whether another channel has a campaign of that name. */
static bool is_shared(const struct mkt_names *names, size_t place, const char *campaign)
{
    for (size_t i = 0; i < names->count; i++) {
        const char *other = strchr(names->name[i], SPLIT);
        if (i != place && other && strcmp(other + 1, campaign) == 0) return true;
    }
    return false;
}

/* "Spring"; "Spring (search)" where two channels have one; "search, no campaign". */
mkt_status mkt_attribution_work_campaign(struct mkt_attribution_work *w,
                                         struct mkt_attribution_channel *c, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_names *names = &w->input.paths->channel;
    const char *whole = names->name[c->place], *campaign = strchr(whole, SPLIT);
    int length = campaign ? (int)(campaign - whole) : (int)strlen(whole);
    const char *channel = mkt_arena_printf(arena, "%.*s", length, whole);
    if (!channel) return mkt_arena_full(arena, err);
    if (!campaign)
        MKT_ATTRIBUTION_TEXT(w, c->name, err, "%s, no campaign", channel);
    else if (is_shared(names, c->place, ++campaign))
        MKT_ATTRIBUTION_TEXT(w, c->name, err, "%s (%s)", campaign, channel);
    else
        c->name = campaign;
    const char *slug = mkt_text_slug(arena, c->name, 60);
    const char *by_channel = mkt_text_slug(arena, channel, 60);
    const char *by_campaign = mkt_text_slug(arena, campaign ? campaign : "(not set)", 60);
    if (!slug || !by_channel || !by_campaign) return mkt_arena_full(arena, err);
    MKT_ATTRIBUTION_TEXT(w, c->key, err, "campaign.%s", slug);
    return mkt_attribution_work_spend(w, by_channel, by_campaign, &c->spend, err);
}

static mkt_status too_many(struct mkt_attribution_work *channels, struct mkt_err *err)
{
    return mkt_sheet_say(
        channels->sheet, "too_many_campaigns", MKT_CAVEAT_NOTE,
        mkt_arena_printf(channels->sheet->arena,
                         "there are %s campaigns: credit by campaign is worked out for up to %d",
                         MKT_COUNT(channels->input.campaigns), MKT_ATTRIBUTION_CAMPAIGNS),
        err);
}

mkt_status mkt_attribution_work_campaigns(struct mkt_attribution_work *channels,
                                          struct mkt_err *err)
{
    struct mkt_sheet *sheet = channels->sheet;
    const struct mkt_attribution_input *in = &channels->input;
    if (in->campaigns > MKT_ATTRIBUTION_CAMPAIGNS) return too_many(channels, err);
    if (!in->campaign_credits || in->campaign_paths->total.conversions <= 0) return MKT_OK;
    struct mkt_attribution_work *w = MKT_NEW(sheet->arena, struct mkt_attribution_work, 1);
    if (!w) return mkt_arena_full(sheet->arena, err);
    *w = (struct mkt_attribution_work){.sheet = sheet,
                                       .input = *in,
                                       .scope = "campaign",
                                       .campaigns = true,
                                       .priced = channels->priced};
    w->input.paths = in->campaign_paths;
    w->input.credits = in->campaign_credits;
    MKT_TRY(mkt_attribution_work_draw(w, err));
    for (size_t c = 0; c < w->channels; c++) {
        for (size_t m = 0; m < w->models; m++) MKT_TRY(mkt_attribution_work_credit(w, m, c, err));
        MKT_TRY(mkt_attribution_work_cost(w, c, err));
    }
    MKT_TRY(mkt_attribution_work_side_by_side(w, "campaigns", "Conversions of campaigns by model",
                                              "conversions", MKT_UNIT_COUNT, err));
    MKT_TRY(mkt_attribution_work_side_by_side(w, "campaign_value", "Value of campaigns by model",
                                              "value", MKT_UNIT_MONEY, err));
    MKT_TRY(mkt_attribution_work_side_by_side(w, "campaign_roas", "ROAS of campaigns by model",
                                              "roas", MKT_UNIT_RATIO, err));
    MKT_TRY(mkt_attribution_work_side_by_side(w, "campaign_cpa", "CPA of campaigns by model", "cpa",
                                              MKT_UNIT_MONEY, err));
    return mkt_attribution_work_reference_chart(w, "campaign_credit", "Conversions of campaigns",
                                                err);
}
