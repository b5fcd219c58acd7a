/* The one list of status codes: name, HTTP status, JSON-RPC code, exit code.
 *
 * Every face answers from this list, so the same fault has the same name
 * everywhere. JSON-RPC codes of our own lie outside the reserved range
 * -32768..-32000; argument faults use the standard -32602.
 */
#ifndef MKT_BASE_STATUS_H
#define MKT_BASE_STATUS_H

/* clang-format off */
#define MKT_STATUS_LIST(X)                                                                         \
    /* code               name                 http  jsonrpc exit */                               \
    X(MKT_OK,             "ok",                 200,      0,   0)                                  \
    X(MKT_E_ARG,          "bad_argument",       400, -32602,   2)                                  \
    X(MKT_E_SYNTAX,       "bad_syntax",         400, -32700,   2)                                  \
    X(MKT_E_AUTH,         "unauthorized",       401,   1401,   3)                                  \
    X(MKT_E_FORBIDDEN,    "forbidden",          403,   1403,   3)                                  \
    X(MKT_E_NOT_FOUND,    "not_found",          404,   1404,   4)                                  \
    X(MKT_E_METHOD,       "method_not_allowed", 405,   1405,   2)                                  \
    X(MKT_E_CONFLICT,     "conflict",           409,   1409,   4)                                  \
    X(MKT_E_LIMIT,        "too_large",          413,   1413,   5)                                  \
    X(MKT_E_TYPE,         "unsupported_type",   415,   1415,   2)                                  \
    X(MKT_E_DATA,         "bad_data",           422,   1422,   6)                                  \
    X(MKT_E_AMBIGUOUS,    "ambiguous_data",     422,   1423,   6)                                  \
    X(MKT_E_EMPTY,        "no_data",            422,   1424,   6)                                  \
    X(MKT_E_CANCELLED,    "cancelled",          499,   1499,   7)                                  \
    X(MKT_E_INTERNAL,     "internal",           500, -32603,  70)                                  \
    X(MKT_E_IO,           "io_error",           500,   1500,   8)                                  \
    X(MKT_E_BUSY,         "busy",               503,   1503,   9)                                  \
    X(MKT_E_NOMEM,        "out_of_memory",      503,   1505,   9)                                  \
    X(MKT_E_TIMEOUT,      "timeout",            504,   1504,   9)                                  \
    X(MKT_E_NOSPACE,      "no_space",           507,   1507,   8)
/* clang-format on */

typedef enum {
#define MKT_STATUS_ENUM(code, name, http, rpc, exit) code,
    MKT_STATUS_LIST(MKT_STATUS_ENUM)
#undef MKT_STATUS_ENUM
} mkt_status;

const char *mkt_status_name(mkt_status status);
int mkt_status_http(mkt_status status);
int mkt_status_jsonrpc(mkt_status status);
int mkt_status_exit(mkt_status status);

#endif
