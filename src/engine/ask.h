/* A question in words, from end to end: planned, run, answered.
 *
 *     question --matcher (and model)--> plan --analyses--> answers --focus--> reply
 */
#ifndef MKT_ENGINE_ASK_H
#define MKT_ENGINE_ASK_H

#include "engine/engine.h"
#include "engine/render.h"
#include "fact/asked.h"
#include "llm/llm.h"
#include "plan/planner.h"

struct mkt_ask {
    const char *question; /* `bytes` bytes that nobody vouches for */
    size_t bytes;
    const struct mkt_given *given; /* parameters beside it */
    size_t givens;
    struct mkt_dataset *dataset;
    const char *place; /* what the data are called, for commands that ask again */
    bool registered;   /* a registered name, not a path */
    int32_t today;
    struct mkt_llm *llm; /* that plans what words leave open and writes; NULL: nobody */
    bool late;           /* see mkt_engine_request: it does neither */
    int64_t deadline_ms; /* on CLOCK_MONOTONIC, for the words; 0 for none */
};

/* Answers it; everything in `out` lives in the arena. An analysis that refuses what was asked of it
 * leaves its part unanswered, with its sentence.
 *
 *   listener  as in mkt_engine_run, for each analysis; may be NULL
 *
 * Errors   those of mkt_planner_plan and of the data set
 *          MKT_E_CANCELLED  the listener's flag was set
 *          MKT_E_NOMEM      the arena is full
 * Checked  tests/engine/ask_test.c */
MKT_MUST_CHECK mkt_status mkt_ask_run(const struct mkt_engine *engine, struct mkt_arena *arena,
                                      const struct mkt_ask *ask,
                                      const struct mkt_listener *listener, struct mkt_asked *out,
                                      struct mkt_err *err);

/* In the format asked for. Errors  those of report/asked_page.h */
MKT_MUST_CHECK mkt_status mkt_ask_render(struct mkt_buf *out, const struct mkt_asked *asked,
                                         mkt_render_format format, struct mkt_err *err);

#endif
