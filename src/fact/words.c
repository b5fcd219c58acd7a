#include "fact/words.h"

const char *mkt_words_part_name(mkt_part part)
{
    static const char *const names[] = {"performance_summary", "channel_analysis",
                                        "audience_insights", "roi_analysis",
                                        "optimization_recommendations"};
    return names[part];
}

const char *mkt_words_author_name(mkt_author author)
{
    static const char *const names[] = {"model", "nothing_to_cite", "deadline", "refused",
                                        "failed"};
    return names[author];
}

const char *mkt_words_size_name(int size)
{
    static const char *const names[] = {"none", "short", "medium", "long"};
    return names[size];
}

bool mkt_words_is_plain_part(const struct mkt_words *words, mkt_part part)
{
    if (!words->model || words->author[part] == MKT_AUTHOR_MODEL) return false;
    for (mkt_part p = 0; p < MKT_PARTS; p++)
        if (words->author[p] == MKT_AUTHOR_MODEL) return true;
    return false;
}
