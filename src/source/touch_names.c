#include "source/touch_names.h"

#include <string.h>

#include "aggregate/touchpoints.h"
#include "base/text.h"
#include "source/daily.h"
#include "source/void_names.h"

/* What stands where there is no campaign, besides void names. */
static bool is_no_campaign(const char *s)
{
    static const char *const word[] = {MKT_VOID_NAMES_SHOWN, "(none)",    "none",
                                       "(direct)",           "(organic)", "(referral)"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (mkt_text_equal_nocase(word[i], s)) return true;
    return false;
}

static const char *show(struct mkt_arena *arena, const char *s, size_t n)
{
    char room[MKT_NAME_MOST + 1];
    const char *name = mkt_daily_name(arena, s, n, room);
    return name == room ? mkt_arena_strdup(arena, room) : name;
}

mkt_status mkt_touch_names_read(struct mkt_arena *arena, const char *s, size_t n, const char **out,
                                bool *is_void, struct mkt_err *err)
{
    const char *split = memchr(s, MKT_TOUCHPOINTS_SPLIT, n), *after = split ? split + 1 : s + n;
    size_t channel = split ? (size_t)(split - s) : n, rest = n - (size_t)(after - s);
    *out = NULL;
    *is_void = mkt_void_names_has(s, channel);
    if (*is_void) return MKT_OK;
    *is_void = mkt_void_names_has(after, rest);
    const char *name = show(arena, s, channel);
    const char *campaign = split ? show(arena, after, rest) : MKT_VOID_NAMES_SHOWN;
    if (!name || !campaign) return mkt_arena_full(arena, err);
    if (!is_no_campaign(campaign))
        name = mkt_arena_printf(arena, "%s%c%s", name, MKT_TOUCHPOINTS_SPLIT, campaign);
    *out = name;
    return name ? MKT_OK : mkt_arena_full(arena, err);
}
