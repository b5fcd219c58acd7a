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
