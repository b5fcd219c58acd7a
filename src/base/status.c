#include "base/status.h"

#include <assert.h>
#include <stddef.h>

struct row {
    const char *name;
    int http, jsonrpc, exit;
};

static const struct row rows[] = {
#define MKT_STATUS_ROW(code, name, http, rpc, exit) [code] = {name, http, rpc, exit},
    MKT_STATUS_LIST(MKT_STATUS_ROW)
#undef MKT_STATUS_ROW
};

static const struct row *row_of(mkt_status status)
{
    assert((size_t)status < sizeof rows / sizeof *rows);
    return &rows[status];
}

const char *mkt_status_name(mkt_status status)
{
    return row_of(status)->name;
}

int mkt_status_http(mkt_status status)
{
    return row_of(status)->http;
}

int mkt_status_jsonrpc(mkt_status status)
{
    return row_of(status)->jsonrpc;
}

int mkt_status_exit(mkt_status status)
{
    return row_of(status)->exit;
}
