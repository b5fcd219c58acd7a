/* The Model Context Protocol, apart from how its messages travel.
 *
 *     bytes of a message --mkt_mcp_read--> message --mkt_mcp_answer--> bytes, through a callback
 *
 * Two eras are spoken at once. Of 2026-07-28 every request says its version in `_meta` and stands
 * alone; before it a client opens with `initialize`. Which one a message is of is told by the
 * message, then by what its transport knows of the client (mkt_mcp_peer). Standard input and HTTP
 * are thin around this: mcp/mcp_stdio.h, server/api_mcp.c.
 *
 * Source  modelcontextprotocol.io, specifications 2026-07-28 and 2025-11-25
 */
#ifndef MKT_MCP_MCP_H
#define MKT_MCP_MCP_H

#include "mcp/mcp_host.h"
#include "wire/jsonrpc.h"

#define MKT_MCP_NEWEST "2026-07-28"
#define MKT_MCP_LEGACY_NEWEST "2025-11-25"

#define MKT_MCP_HEADER_MISMATCH (-32020)
#define MKT_MCP_UNSUPPORTED_VERSION (-32022)

typedef enum { MKT_MCP_LEGACY, MKT_MCP_MODERN } mkt_mcp_era;

/* What the transport knows of the client. */
struct mkt_mcp_peer {
    bool greeted;        /* it has sent `initialize`, or the transport does not ask for it */
    const char *version; /* said beside the message (HTTP's header), or NULL */
};

struct mkt_mcp_message {
    struct mkt_jsonrpc rpc;
    mkt_mcp_era era;
    const char *version;           /* MODERN: as the message says; else the peer's, or NULL */
    const struct mkt_value *token; /* for progress, or NULL */
    const char *name;              /* params.name of tools/call and prompts/get, params.uri of
                                      resources/read; else NULL */
    int code;                      /* when it is refused */
    const char *data;              /* JSON of the refusal, or NULL */
};

/* What a message may be: 64 KB, 16 deep, 4096 values. */
extern const struct mkt_json_limits mkt_mcp_limits;

/* True of a version of that era. */
bool mkt_mcp_knows(const char *version, mkt_mcp_era era);

/* Reads a message and settles its era.
 * Errors  those of mkt_jsonrpc_read
 *         MKT_E_ARG  a version that is not spoken, `_meta` without what it must hold, a request
 *                    before `initialize`. The code is in `out`; see mkt_mcp_refuse.
 * Checked tests/mcp/mcp_test.c, tests/fuzz/mcp_message_fuzz.c */
MKT_MUST_CHECK mkt_status mkt_mcp_read(struct mkt_arena *arena, const char *bytes, size_t n,
                                       const struct mkt_mcp_peer *peer, struct mkt_mcp_message *out,
                                       struct mkt_err *err);

/* Sends one JSON text; `n` is without its NUL. */
typedef void mkt_mcp_send(void *user, const char *json, size_t n);

/* Sends the error response to a message that was not read.
 *   message  what mkt_mcp_read left */
void mkt_mcp_refuse(const struct mkt_mcp_message *message, const struct mkt_err *err,
                    mkt_mcp_send *send, void *user);

/* Whether a request reads data: it may take long, and is for a worker. */
bool mkt_mcp_is_slow(const struct mkt_mcp_message *message);

/* Answers a request: sends its progress, if it asked for it, and its response. Nothing more is sent
 * once `flag` is set. Progress may come from another thread, but not after the response.
 *
 *   flag     may be NULL when the request is not slow
 *   returns  the code of the error that was sent, 0 for a result, 1499 when it was cancelled */
int mkt_mcp_answer(const struct mkt_mcp_host *host, struct mkt_arena *arena,
                   const struct mkt_mcp_message *message, struct mkt_flag *flag, mkt_mcp_send *send,
                   void *user);

#endif
