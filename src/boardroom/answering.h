/* An errand answered: by the planner over a data set or rows, or by division over totals.
 *
 * What comes back is the JSON of the REST face, byte for byte, and the request that gives the same
 * bytes there: so every face shows one set of facts, and a reader can check it.
 * Checked  tests/boardroom/process_test.c, tests/boardroom/collaborate_test.c
 */
#ifndef MKT_BOARDROOM_ANSWERING_H
#define MKT_BOARDROOM_ANSWERING_H

#include "boardroom/errand.h"
#include "engine/question.h"

struct mkt_answering_options {
    bool plain;       /* plain words, whatever writes otherwise */
    bool late;        /* no narrator is free: plain words, marked so */
    int64_t until_ms; /* on CLOCK_MONOTONIC, for the words */
    struct mkt_flag *flag;
};

struct mkt_answering {
    const char *json; /* the answer; lives as long as `blob`, or in the arena */
    size_t bytes;
    struct mkt_blob *blob; /* held: mkt_answering_release */
    bool asked;            /* it is that of a question in words, with the answers in it */
    const char *path;      /* "/api/v1/ask" */
    const char *request;   /* the JSON body that gives the same answer there; NULL for rows */
};

/* Whether a model would write, and the answer is not at hand: for who has to find it a thread.
 * Errors  those of mkt_engine_narrator and mkt_question_cached */
MKT_MUST_CHECK mkt_status mkt_answering_is_narrated(struct mkt_engine *engine,
                                                    struct mkt_arena *arena,
                                                    const struct mkt_errand *errand, bool *out,
                                                    struct mkt_err *err);

/* Answers it. A task about campaigns or their return that the planner does not understand is
 * answered by the analysis roi.
 *
 * Errors  MKT_E_NOT_FOUND  no data set of that name
 *         MKT_E_EMPTY      no data: none is registered, none came along
 *         MKT_E_AMBIGUOUS  several are registered and none is named
 *         MKT_E_BUSY       nobody but the model may write, and it has no time
 *         those of mkt_question_answer and mkt_marketing_analyzer_campaign_roi_analysis */
MKT_MUST_CHECK mkt_status mkt_answering_run(struct mkt_engine *engine, struct mkt_arena *arena,
                                            const struct mkt_errand *errand,
                                            const struct mkt_answering_options *options,
                                            struct mkt_answering *out, struct mkt_err *err);

/* The name of the data set an errand is about; NULL for rows and totals.
 * Errors  MKT_E_EMPTY, MKT_E_AMBIGUOUS  as above */
MKT_MUST_CHECK mkt_status mkt_answering_dataset(struct mkt_engine *engine, struct mkt_arena *arena,
                                                const struct mkt_errand *errand, const char **out,
                                                struct mkt_err *err);

void mkt_answering_release(struct mkt_answering *answering);

#endif
