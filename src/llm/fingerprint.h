/* The SHA-256 of a model file, computed once for a path, size, time and inode. */
#ifndef MKT_LLM_FINGERPRINT_H
#define MKT_LLM_FINGERPRINT_H

#include "base/err.h"
#include "base/hash.h"

/* `folder` keeps what was computed (4 GB take seconds); NULL: compute it each time.
 *
 * Errors  MKT_E_NOT_FOUND  no such file     MKT_E_IO  it cannot be read */
MKT_MUST_CHECK mkt_status mkt_fingerprint_of(const char *path, const char *folder,
                                             char out[MKT_SHA256_TEXT], struct mkt_err *err);

#endif
