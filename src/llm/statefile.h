/* Bytes in a private file that says what they are and proves that they are whole.
 *
 *     "MKTLLM1\n"  key (64 hex digits)  SHA-256 of the bytes (64 hex digits)  length (8)  bytes
 *
 * A file that another user owns or may read, a symbolic link, another key, a length or a hash
 * that does not hold: all are MKT_E_DATA, and the caller does without. Files are written beside
 * their place and moved there, so that what is there is whole.
 */
#ifndef MKT_LLM_STATEFILE_H
#define MKT_LLM_STATEFILE_H

#include <stddef.h>

#include "base/err.h"
#include "base/hash.h"

#define MKT_STATEFILE_MAX (1ull << 30)

/* `*bytes` is the caller's to free.
 *
 * Errors  MKT_E_NOT_FOUND  there is none
 *         MKT_E_DATA       it is not to be believed: the sentence says why
 *         MKT_E_IO         it cannot be read
 *         MKT_E_NOMEM      no memory for it */
MKT_MUST_CHECK mkt_status mkt_statefile_read(const char *path, const char *key,
                                             unsigned char **bytes, size_t *length,
                                             struct mkt_err *err);

/* Makes the folder (0700) if it is missing.
 *
 * Errors  MKT_E_IO, MKT_E_NOSPACE  it cannot be written: nothing is left behind */
MKT_MUST_CHECK mkt_status mkt_statefile_write(const char *folder, const char *name, const char *key,
                                              const void *bytes, size_t length,
                                              struct mkt_err *err);

/* Removes all but the `keep` newest files of the folder whose names begin and end so. */
void mkt_statefile_prune(const char *folder, const char *begin, const char *end, int keep);

#endif
