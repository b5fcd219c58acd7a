/* Finished bytes that several readers share: an answer in one format. Immutable, counted. */
#ifndef MKT_ENGINE_BLOB_H
#define MKT_ENGINE_BLOB_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/err.h"

struct mkt_blob {
    atomic_uint refs;
    const char *type; /* media type; a constant */
    size_t length;
    char bytes[];
};

/* A blob with one reference.
 * Errors  MKT_E_NOMEM  no memory */
MKT_MUST_CHECK mkt_status mkt_blob_make(const char *type, const void *bytes, size_t length,
                                        struct mkt_blob **out, struct mkt_err *err);
struct mkt_blob *mkt_blob_hold(struct mkt_blob *blob);
void mkt_blob_release(struct mkt_blob *blob); /* NULL is allowed */

#endif
