/* The envelope of JSON-RPC 2.0: one message, read and written.
 *
 * Stricter than the standard, as MCP asks: an id is a string or a whole number and never null,
 * params is an object, and there are no batches. An id is kept as it came.
 */
#ifndef MKT_WIRE_JSONRPC_H
#define MKT_WIRE_JSONRPC_H

#include "base/json.h"
#include "wire/json_read.h"

#define MKT_JSONRPC_PARSE (-32700)
#define MKT_JSONRPC_INVALID (-32600)
#define MKT_JSONRPC_METHOD (-32601)
#define MKT_JSONRPC_PARAMS (-32602)

#define MKT_JSONRPC_ID 256 /* bytes of an id that is a string */

typedef enum {
    MKT_JSONRPC_REQUEST,
    MKT_JSONRPC_NOTIFICATION,
    MKT_JSONRPC_RESPONSE /* to a request of ours */
} mkt_jsonrpc_kind;

struct mkt_jsonrpc {
    mkt_jsonrpc_kind kind;
    const struct mkt_value *id; /* STRING or INTEGER; NULL where there is none */
    const char *method;         /* NULL of a response */
    const struct mkt_value *params;
    int code; /* when it cannot be read: PARSE, INVALID or PARAMS */
};

/* Reads one message.
 *
 *   out  on an error: the code and, where it could be told, the id
 *
 * Errors  those of mkt_json_read_value
 *         MKT_E_ARG  a batch, or not a message by the rules above
 * Checked tests/wire/jsonrpc_test.c, tests/fuzz/mcp_message_fuzz.c */
MKT_MUST_CHECK mkt_status mkt_jsonrpc_read(struct mkt_arena *arena, const char *bytes, size_t n,
                                           const struct mkt_json_limits *limits,
                                           struct mkt_jsonrpc *out, struct mkt_err *err);

/* Whether a value may be an id: a string of at most MKT_JSONRPC_ID bytes, or a whole number. */
bool mkt_jsonrpc_is_id(const struct mkt_value *value);

bool mkt_jsonrpc_same_id(const struct mkt_value *a, const struct mkt_value *b);

/* {"jsonrpc":"2.0","id":…  and leaves the object open. Without an id the member is left out. */
void mkt_jsonrpc_begin(struct mkt_json *w, const struct mkt_value *id);

/* A whole error response. `data` is JSON or NULL. */
void mkt_jsonrpc_fail(struct mkt_json *w, const struct mkt_value *id, int code, const char *message,
                      const char *data);

#endif
