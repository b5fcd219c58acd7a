#include "engine/blob.h"

#include <stdlib.h>
#include <string.h>

mkt_status mkt_blob_make(const char *type, const void *bytes, size_t length, struct mkt_blob **out,
                         struct mkt_err *err)
{
    struct mkt_blob *blob = malloc(sizeof *blob + length);
    if (!blob) return mkt_err_set(err, MKT_E_NOMEM, "no memory for an answer of %zu bytes", length);
    atomic_init(&blob->refs, 1);
    blob->type = type;
    blob->length = length;
    memcpy(blob->bytes, bytes, length);
    *out = blob;
    return MKT_OK;
}

struct mkt_blob *mkt_blob_hold(struct mkt_blob *blob)
{
    atomic_fetch_add_explicit(&blob->refs, 1, memory_order_relaxed);
    return blob;
}

void mkt_blob_release(struct mkt_blob *blob)
{
    if (blob && atomic_fetch_sub(&blob->refs, 1) == 1) free(blob);
}
