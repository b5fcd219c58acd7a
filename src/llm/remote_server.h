/* Who stands behind an address: which model it serves, and how it takes a grammar.
 *
 *     server        GET /v1/models says "owned_by"   a grammar goes into
 *     llama-server  llamacpp                         "grammar"
 *     vLLM          vllm                             "structured_outputs": {"grammar": …}
 *                   vllm, below 0.12                 "guided_grammar"
 *     others        anything else (Ollama: library)  nothing: the answer is checked all the same
 *
 * Source  docs.vllm.ai "Structured Outputs" (guided_* were removed in v0.12.0); llama.cpp
 *         tools/server/README.md; the "model" object of the OpenAI API
 */
#ifndef MKT_LLM_REMOTE_SERVER_H
#define MKT_LLM_REMOTE_SERVER_H

#include <stdatomic.h>

#include "base/arena.h"

typedef enum {
    MKT_REMOTE_AUTO, /* look at the server */
    MKT_REMOTE_LLAMA,
    MKT_REMOTE_VLLM,
    MKT_REMOTE_GUIDED,
    MKT_REMOTE_NONE
} mkt_remote_dialect;

/* "auto", "llama", "vllm", "guided", "none"; MKT_E_ARG for another name. */
MKT_MUST_CHECK mkt_status mkt_remote_dialect_of(const char *name, mkt_remote_dialect *out,
                                                struct mkt_err *err);

struct mkt_remote_server {
    char base[1200]; /* "http://host:8080/v1" */
    char model[300]; /* as the server calls it */
    mkt_remote_dialect dialect;
    char *authorization; /* "Bearer KEY" or NULL; allocated, wiped when freed */
};

/* The address up to and with /v1. Given may be a host, the same with a path, or the whole address
 * of the completions.
 * Errors  MKT_E_ARG  as mkt_http_url_read; a query; longer than 1,100 bytes
 * Checked tests/llm/remote_test.c */
MKT_MUST_CHECK mkt_status mkt_remote_server_base(const char *url, char out[1200],
                                                 struct mkt_err *err);

/* Reads the key: the first line of a file that is its owner's alone. Plain http beyond this machine
 * would show it to the network, so that is refused.
 * Errors  MKT_E_ARG        no key in it, or http
 *         MKT_E_FORBIDDEN  others may read it;  MKT_E_NOT_FOUND, MKT_E_IO, MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_remote_server_key(const char *path, struct mkt_remote_server *server,
                                                struct mkt_err *err);

/* Asks the server what is not known of it: `model` when it is empty, `dialect` when it is AUTO.
 *
 *   cancel  set when nobody waits any more; may be NULL
 *
 * Errors  MKT_E_IO         it does not answer, or not with a list of models
 *         MKT_E_AMBIGUOUS  it serves several models and none was chosen
 *         MKT_E_NOT_FOUND  it serves none
 *         MKT_E_CANCELLED  the flag was set */
MKT_MUST_CHECK mkt_status mkt_remote_server_ask(struct mkt_remote_server *server,
                                                const atomic_bool *cancel, struct mkt_err *err);

#endif
