/* A value that was read, written again: an id echoed, a schema made compact. */
#ifndef MKT_WIRE_JSON_VALUE_H
#define MKT_WIRE_JSON_VALUE_H

#include "base/json.h"
#include "wire/json_read.h"

/* Writes the value as the next one of `w`; whole numbers keep their digits.
 *   without  a member of the outermost object that is left out, or NULL
 * Checked  tests/wire/jsonrpc_test.c */
void mkt_json_value_write(struct mkt_json *w, const struct mkt_value *value, const char *without);

#endif
