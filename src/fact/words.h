/* The words about a sheet: the seed's six parts, and the verdict that opens a report. */
#ifndef MKT_FACT_WORDS_H
#define MKT_FACT_WORDS_H

#include "fact/sheet.h"

/* The parts that a model may write; the verdict and the score are never its own. */
typedef enum {
    MKT_PART_SUMMARY,
    MKT_PART_CHANNELS,
    MKT_PART_AUDIENCE,
    MKT_PART_RETURN,
    MKT_PART_ADVICE,
    MKT_PARTS
} mkt_part;

/* Who wrote a part when a model was asked: the model, or the plain narrator and why. */
typedef enum {
    MKT_AUTHOR_MODEL,
    MKT_AUTHOR_NOTHING, /* the sheet holds nothing that this part could cite */
    MKT_AUTHOR_TIME,    /* it was not finished by the deadline, or there was no time to begin */
    MKT_AUTHOR_REFUSED, /* the model's text failed the check */
    MKT_AUTHOR_FAILED   /* the model failed */
} mkt_author;

/* "performance_summary": the seed's name of a part. "refused": why the plain narrator wrote. */
const char *mkt_words_part_name(mkt_part part);
const char *mkt_words_author_name(mkt_author author);

/* "short", "medium", "long"; "none" when there was no time for any. */
const char *mkt_words_size_name(int size);

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

    /* What the words rest on when a model was asked; `model` is NULL when none was. */
    const char *model;    /* its name, also when every part came from the plain narrator */
    const char *identity; /* hash of its weights, or of server and name */
    uint64_t seed;
    int size; /* how many words were planned: 1 short, 2 medium, 3 long; 0 when none */
    mkt_author author[MKT_PARTS];
    const char *trouble; /* what made the model fail, for the log; NULL when nothing did */
};

/* True when a model wrote words of this answer, but not this part: faces mark it. */
bool mkt_words_is_plain_part(const struct mkt_words *words, mkt_part part);

/* What every face shows: the figures and the words about them. */
struct mkt_answer {
    struct mkt_sheet sheet;
    struct mkt_words words;
};

#endif
