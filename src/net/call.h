/* One request to another machine, and its whole answer: bounded in time and in size, stopped when
 * nobody waits for it. No redirect is followed; an answer of any status is an answer.
 */
#ifndef MKT_NET_CALL_H
#define MKT_NET_CALL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define MKT_CALL_HEADERS 8

struct mkt_call {
    const char *method; /* "GET", "POST", ... */
    const char *url;    /* http or https; see net/http.h */
    const char *socket; /* path of a Unix socket to send it through, or NULL */
    struct {
        const char *name, *value;
    } header[MKT_CALL_HEADERS]; /* up to the first without a name */
    const char *body;           /* NULL for none */
    size_t bytes;
    long timeout_ms;           /* for all of it */
    size_t most;               /* bytes of the answer's body */
    const atomic_bool *cancel; /* NULL: nobody stops it; looked at ten times a second */
    bool proxies;              /* https_proxy and its like hold */
};

struct mkt_called {
    long status; /* HTTP */
    const char *body;
    size_t bytes;
};

/* Makes the request and waits for the answer, whose body lives in the arena, with a NUL behind it.
 *
 * Errors   MKT_E_ARG        the address
 *          MKT_E_IO         it does not answer, not in time, or not in HTTP
 *          MKT_E_LIMIT      it answers with more than `most`, or with 64 KB of header
 *          MKT_E_CANCELLED  the flag was set
 *          MKT_E_NOMEM
 * Checked  tests/net/call_test.c */
MKT_MUST_CHECK mkt_status mkt_call_make(struct mkt_arena *arena, const struct mkt_call *call,
                                        struct mkt_called *out, struct mkt_err *err);

#endif
