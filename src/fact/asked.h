/* The answer to a question in words: what was understood, what was run, and what came of it.
 *
 * What every face shows of `ask`. The figures stand in the answers of the analyses; `direct` is
 * made of facts and findings of theirs and names them in `cite`.
 */
#ifndef MKT_FACT_ASKED_H
#define MKT_FACT_ASKED_H

#include "fact/words.h"

/* A reading of the question, and what picks it. */
struct mkt_asked_choice {
    const char *reading;      /* "the campaign Holiday 2025" */
    const char *name, *value; /* the parameter that picks it */
    const char *again;        /* the whole command line, or the body of POST /api/v1/ask */
};

struct mkt_asked_step {
    const char *analysis;            /* "roi" */
    const char *part;                /* the part of the question it answers, as asked */
    const char *how;                 /* how that was understood: a sentence */
    struct mkt_parameter *parameter; /* given; the others have their defaults */
    size_t parameters;
    const char *command;             /* "roi --period 2025-Q4": runs this step alone */
    const struct mkt_answer *answer; /* NULL before it has run */
    const char *direct;              /* what of it the question asked for */
    const char **cite;               /* ids of the facts and findings in `direct` */
    size_t cites;
};

struct mkt_asked {
    const char *question; /* cleaned */
    const char *language; /* "German"; NULL when it could not be told */
    const char *planned_by;
    const char *status;      /* "answered", "partly", "question", "not_understood" */
    const char **understood; /* sentences */
    size_t understoods;
    const char **unanswered; /* sentences: parts without an answer, and why */
    size_t unanswereds;
    const char *back; /* the question back; NULL for none */
    struct mkt_asked_choice *choice;
    size_t choices;
    struct mkt_asked_step *step;
    size_t steps;
    bool final; /* the words and the plan would be the same at another time */
};

#endif
