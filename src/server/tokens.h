/* Bearer tokens from a file: one a line, `token` or `name:token`; `#` begins a comment line.
 *
 * Only digests are kept, and a candidate is compared with all of them in the same time, whatever
 * it is. The name says whose the token is: X-Client-ID is taken only from whom it fits (gate.h).
 */
#ifndef MKT_SERVER_TOKENS_H
#define MKT_SERVER_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define MKT_TOKENS_LEAST 16 /* characters of a token */
#define MKT_TOKENS_NAME 128 /* bytes of a name, NUL included */

struct mkt_tokens;

/* Errors  MKT_E_NOT_FOUND  no such file
 *         MKT_E_FORBIDDEN  others than its owner may read or write it
 *         MKT_E_ARG        a line that is no token, a name that is too long, the same token twice,
 *                          or none at all (line named, never its text)
 * Checked tests/server/tokens_test.c, tests/fuzz/server_tokens_fuzz.c */
MKT_MUST_CHECK mkt_status mkt_tokens_open(const char *path, struct mkt_tokens **out,
                                          struct mkt_err *err);
void mkt_tokens_close(struct mkt_tokens *tokens); /* NULL is allowed */

/* The value of an Authorization header ("Bearer ..."), which may be NULL. */
bool mkt_tokens_allow(const struct mkt_tokens *tokens, const char *authorization);

/* The name of that token, "" for one that has none; NULL when it is not allowed. */
const char *mkt_tokens_name(const struct mkt_tokens *tokens, const char *authorization);

size_t mkt_tokens_count(const struct mkt_tokens *tokens);

#endif
