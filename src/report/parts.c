#include "report/parts.h"

#include <string.h>

static bool has_scope(const struct mkt_sheet *s, const char *scope)
{
    for (size_t i = 0; i < s->facts; i++)
        if (strcmp(s->fact[i].scope, scope) == 0) return true;
    return false;
}

static bool has_return(const struct mkt_sheet *s)
{
    for (size_t i = 0; i < s->facts; i++)
        if (s->fact[i].unit == MKT_UNIT_RATIO) return true;
    return has_scope(s, "channel") || has_scope(s, "campaign") ||
           (!has_scope(s, "variant") && !has_scope(s, "step"));
}

const char *mkt_parts_title(const struct mkt_sheet *sheet, mkt_part part)
{
    switch (part) {
    case MKT_PART_SUMMARY:
        return "Performance";
    case MKT_PART_CHANNELS:
        return has_scope(sheet, "variant") ? "Variants"
               : has_scope(sheet, "step")  ? "Steps"
                                           : "Channels";
    case MKT_PART_AUDIENCE:
        return "Audience";
    case MKT_PART_RETURN:
        return has_return(sheet) ? "Return" : NULL;
    default:
        return NULL;
    }
}
