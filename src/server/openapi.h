/* The OpenAPI description, made from the table of routes and the table of analyses. */
#ifndef MKT_SERVER_OPENAPI_H
#define MKT_SERVER_OPENAPI_H

#include "base/buf.h"
#include "engine/engine.h"

/* Appends one JSON object (OpenAPI 3.1).
 *   tokens   true when requests need a bearer token
 * Checked  tests/server/openapi_test.c */
void mkt_openapi_write(struct mkt_buf *out, const struct mkt_engine *engine, bool tokens);

#endif
