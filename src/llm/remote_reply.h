/* What an OpenAI-compatible server answers, as it comes: one JSON object, or Server-Sent Events
 * with a piece of the text each.
 *
 * Nothing of it is believed: bytes are counted, JSON is read within limits, and what is no
 * completion is an error with a sentence. The model's text is passed on as it came; whether it
 * makes sense is for the caller to check.
 *
 * Source  the "chat completion" and "chat completion chunk" objects of the OpenAI API, as
 *         llama-server, vLLM and Ollama send them
 */
#ifndef MKT_LLM_REMOTE_REPLY_H
#define MKT_LLM_REMOTE_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct mkt_remote_reply {
    struct mkt_arena *scratch; /* for reading JSON; what is used is given back */
    size_t limit;              /* bytes taken of one answer, in all */
    void (*piece)(void *user, const char *text, size_t bytes); /* or NULL */
    void *user;

    char *text; /* what the model wrote so far, NUL-terminated; NULL for nothing */
    size_t text_bytes;
    bool ended;    /* the server said that this is all */
    bool complete; /* and that the model came to an end by itself: not cut by a limit */
    int tokens;    /* as the server counts; else pieces */

    /* its own */
    char *raw;
    size_t raw_bytes, raw_capacity, text_capacity, seen;
    bool events; /* the bytes are events, not one object */
    bool counted;
};

/* `out` with all of the first group set by the caller, the rest zero. */
void mkt_remote_reply_init(struct mkt_remote_reply *reply, struct mkt_arena *scratch, size_t limit);
void mkt_remote_reply_close(struct mkt_remote_reply *reply);

/* Some more bytes of the body of an answer with status 200.
 * Errors  MKT_E_LIMIT  more than `limit`
 *         MKT_E_IO     no completion: garbage, wrong JSON, an error in the stream
 *         MKT_E_NOMEM
 * Checked tests/llm/remote_reply_test.c, tests/fuzz/remote_reply_fuzz.c */
MKT_MUST_CHECK mkt_status mkt_remote_reply_add(struct mkt_remote_reply *reply, const char *bytes,
                                               size_t n, struct mkt_err *err);

/* The body has ended.
 * Errors  MKT_E_IO  nothing came, or it ended in the middle; else as above */
MKT_MUST_CHECK mkt_status mkt_remote_reply_end(struct mkt_remote_reply *reply, struct mkt_err *err);

/* The sentence in the body of an error ({"error": {"message": …}} and its like), fit to be shown;
 * NULL when there is none. In the arena. */
const char *mkt_remote_reply_problem(struct mkt_arena *arena, const char *bytes, size_t n);

#endif
