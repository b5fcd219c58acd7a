/* Files of keys: written whole or not at all, private ones for their owner alone. */
#ifndef MKT_ATTEST_KEY_FILE_H
#define MKT_ATTEST_KEY_FILE_H

#include <openssl/evp.h>
#include <sys/types.h>

#include "base/err.h"

/* The folder for this process alone, while others that make keys in it wait: so nobody's key is lost
 * under another's. Returns what mkt_key_file_unlock takes; -1 where the folder cannot be locked. */
int mkt_key_file_lock(const char *folder);
void mkt_key_file_unlock(int lock);

/* Written beside its place, brought to the disk, and renamed: there whole or not at all. The folder
 * is locked, where others may write the same file.
 * Errors  those of mkt_err_file */
MKT_MUST_CHECK mkt_status mkt_key_file_write(const char *path, const char *bytes, size_t n,
                                             mode_t mode, struct mkt_err *err);

/* A private key as PKCS8 PEM, mode 600. */
MKT_MUST_CHECK mkt_status mkt_key_file_write_private(const char *path, EVP_PKEY *key,
                                                     struct mkt_err *err);

/* A private key of that type ("ED25519", "X25519"); NULL with MKT_OK when there is no file.
 * Errors  MKT_E_FORBIDDEN  others may read it;  MKT_E_DATA  it holds no such key;
 *         those of mkt_err_file */
MKT_MUST_CHECK mkt_status mkt_key_file_read(const char *path, const char *type, EVP_PKEY **out,
                                            struct mkt_err *err);

#endif
