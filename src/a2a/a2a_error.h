/* The errors of the protocol: their codes, and what is said beside the sentence. */
#ifndef MKT_A2A_A2A_ERROR_H
#define MKT_A2A_A2A_ERROR_H

#include "base/json.h"

/* MCP has other errors under the same numbers: the two tables are kept apart. */
#define MKT_A2A_TASK_NOT_FOUND (-32001)
#define MKT_A2A_TASK_NOT_CANCELABLE (-32002)
#define MKT_A2A_PUSH_NOT_SUPPORTED (-32003)
#define MKT_A2A_UNSUPPORTED_OPERATION (-32004)
#define MKT_A2A_CONTENT_TYPE (-32005)
#define MKT_A2A_NO_EXTENDED_CARD (-32007)
#define MKT_A2A_VERSION (-32009)

/* The `data` of an error, as JSON: google.rpc.ErrorInfo for one of the protocol's own, BadRequest
 * for parameters where `field` says which. NULL where there is nothing to say, or no memory.
 *   sentence  what is wrong with the field; only whole characters */
const char *mkt_a2a_error_data(struct mkt_arena *arena, int code, const char *field,
                               const char *sentence);

#endif
