/* A language model behind an OpenAI-compatible server: llama-server, vLLM, Ollama and others.
 *
 * Each part of a task is a chat completion of its own, streamed; the parts of all tasks together
 * have at most `parallel` under way. Closing a connection is how such servers are told to stop, so
 * a task that is cancelled or out of time costs them no more than the token they are at.
 *
 * A grammar is sent where the server takes one (llm/remote_server.h). In any case the server may
 * write what it likes: the caller checks.
 */
#ifndef MKT_LLM_REMOTE_H
#define MKT_LLM_REMOTE_H

#include "llm/llm.h"
#include "llm/remote_server.h"

struct mkt_remote_options {
    const char *url;      /* "http://127.0.0.1:8080", with or without /v1 */
    const char *model;    /* as the server calls it; NULL or "" when it has only one */
    const char *key_file; /* NULL or "": no key */
    mkt_remote_dialect dialect;
    int parallel;              /* completions under way at once; 0: 8 */
    size_t limit;              /* bytes of one completion as sent; 0: 1 MB */
    int64_t timeout_ms;        /* of one task without a deadline; 0: 10 minutes */
    const atomic_bool *cancel; /* stops the opening; may be NULL */
};

/* Asks the server who it is, unless model and dialect say it.
 *
 * Errors  those of mkt_remote_server_base, _key and _ask
 * Checked tests/llm/remote_test.c, against a server that misbehaves in every way */
MKT_MUST_CHECK mkt_status mkt_remote_open(const struct mkt_remote_options *options,
                                          struct mkt_llm **out, struct mkt_err *err);

/* How the server takes a grammar. `llm` is one that mkt_remote_open made. */
mkt_remote_dialect mkt_remote_dialect_found(const struct mkt_llm *llm);

#endif
