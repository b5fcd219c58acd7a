/* One question to the service: which analysis, over which data, in which format.
 *
 * The answer comes from the cache when it was given before: the key holds the version of the data,
 * how they are read, the day, the analysis, its parameters, the format and who writes the words,
 * and the same of these give the same bytes. Words that were cut short by time or by a fault are
 * not kept: the next one who asks may get better ones.
 */
#ifndef MKT_ENGINE_QUESTION_H
#define MKT_ENGINE_QUESTION_H

#include "engine/ask.h"
#include "engine/engine.h"
#include "engine/render.h"

struct mkt_question {
    const struct mkt_analysis *analysis; /* NULL: asked in words */
    struct mkt_args args;
    const char *asked;             /* the question, where the analysis is NULL */
    const struct mkt_given *given; /* parameters beside it */
    size_t givens;
    const char *dataset; /* a registered name; NULL when the table is here */
    const char *table;   /* CSV text */
    size_t table_bytes;
    struct mkt_reading reading; /* today 0: the clock's day */
    mkt_render_format format;
    mkt_words_wanted words;
    bool late;           /* see mkt_engine_request */
    int64_t deadline_ms; /* on CLOCK_MONOTONIC; 0 for none. Not in the key. */
};

/* How it went, for the log and the metrics. */
struct mkt_question_report {
    bool cached;
    bool kept; /* what was computed is in the cache now */
};

/* Answers it.
 *
 *   engine    of a service
 *   arena     empty or not; the answer itself is outside it
 *   flag      stops it
 *   listener  its `cancel` is not looked at: the flag takes its place
 *   out       held for the caller
 *
 * Errors    MKT_E_NOT_FOUND   no such data set
 *           MKT_E_CANCELLED   the flag was set
 *           MKT_E_BUSY, MKT_E_ARG  those of mkt_engine_narrator
 *           those of mkt_dataset_open, of the analysis and of the report
 * Checked   tests/engine/question_test.c */
MKT_MUST_CHECK mkt_status mkt_question_answer(
    struct mkt_engine *engine, struct mkt_arena *arena, const struct mkt_question *question,
    struct mkt_flag *flag, const struct mkt_listener *listener, struct mkt_blob **out,
    struct mkt_question_report *report, struct mkt_err *err);

/* The answer if it is in the cache, held for the caller; `*out` is NULL when it is not. Quick.
 * Errors  MKT_E_NOT_FOUND  no such data set;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_question_cached(struct mkt_engine *engine, struct mkt_arena *arena,
                                              const struct mkt_question *question,
                                              struct mkt_blob **out, struct mkt_err *err);

/* The account of a registered data set as the source sees it; *out is held by `opened`, which the
 * caller gives back with mkt_opened_release. Errors as mkt_question_answer. */
MKT_MUST_CHECK mkt_status mkt_question_account(struct mkt_engine *engine, struct mkt_set *set,
                                               const struct mkt_reading *reading,
                                               struct mkt_flag *flag, struct mkt_opened **opened,
                                               struct mkt_err *err);

#endif
