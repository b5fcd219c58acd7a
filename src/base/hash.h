/* SHA-256, and a quick 64-bit hash for tables in memory. */
#ifndef MKT_BASE_HASH_H
#define MKT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define MKT_SHA256_TEXT 65 /* 64 hex digits and the NUL */

/* Errors  MKT_E_INTERNAL  the crypto library refuses
 *         MKT_E_IO        the file cannot be read (text names it) */
MKT_MUST_CHECK mkt_status mkt_hash_bytes(const void *bytes, size_t n, char out[MKT_SHA256_TEXT],
                                         struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_hash_file(const char *path, char out[MKT_SHA256_TEXT],
                                        struct mkt_err *err);

/* FNV-1a: not for anything an attacker may choose and profit from. */
uint64_t mkt_hash_text(const char *text);

#endif
