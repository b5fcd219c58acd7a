/* The words about a sheet: the seed's six parts, and the verdict that opens a report. */
#ifndef MKT_FACT_WORDS_H
#define MKT_FACT_WORDS_H

#include "fact/sheet.h"

struct mkt_words {
    const char *verdict; /* one or two sentences: what it was worth and what to do */
    const char *performance_summary;
    const char *channel_analysis;
    const char *audience_insights;
    const char *roi_analysis;
    const char **optimization_recommendations;
    size_t recommendations;
    double confidence_score; /* the sheet's; NAN when it has none */
    const char *written_by;  /* "plain", or the model's name */
};

/* What every face shows: the figures and the words about them. */
struct mkt_answer {
    struct mkt_sheet sheet;
    struct mkt_words words;
};

#endif
