/* From what a client says to a question for the engine. For this room alone.
 *
 * Text is a question in words. Data are the body of POST /api/v1/analyses/{name} with the name as
 * "analysis" in it, or without one parameters, options and data for the question in words. A file is
 * a table. The data set may also be named in the metadata; else it is that of the context, else the
 * only one there is, else the client is asked.
 */
#ifndef MKT_A2A_A2A_QUESTION_H
#define MKT_A2A_A2A_QUESTION_H

#include "a2a/a2a_run.h"

struct mkt_a2a_asked {
    struct mkt_question question; /* its texts are the message's, the arena's or the earlier's */
    int64_t wish_ms;              /* for the words; -1 when not said */
    const char *missing;          /* NULL when it is whole; else what the client is to say */
};

/* A new question.
 *   usual    data set of the context, or NULL
 *
 * Errors   MKT_E_ARG    no question, two, or one that is not taken: the sentence says what there is
 *          MKT_E_NOMEM  and those of the host's names
 * Checked  tests/a2a/a2a_test.c */
MKT_MUST_CHECK mkt_status mkt_a2a_question_begin(const struct mkt_a2a_host *host,
                                                 struct mkt_arena *arena,
                                                 const struct mkt_a2a_message *message,
                                                 const char *usual, struct mkt_a2a_asked *out,
                                                 struct mkt_err *err);

/* The earlier one, completed or said otherwise.
 *   back     the answer that asked back, or NULL when it waits for its data */
MKT_MUST_CHECK mkt_status mkt_a2a_question_go_on(const struct mkt_a2a_host *host,
                                                 struct mkt_arena *arena,
                                                 const struct mkt_a2a_message *message,
                                                 const struct mkt_a2a_run *earlier,
                                                 const struct mkt_blob *back,
                                                 struct mkt_a2a_asked *out, struct mkt_err *err);

#endif
