/* The few file operations that a store safe against a kill is made of. */
#ifndef MKT_ENGINE_FILES_H
#define MKT_ENGINE_FILES_H

#include <stddef.h>

#include "base/err.h"

/* Errors of all: those of mkt_err_file.      Checked  tests/engine/files_test.c */

/* A folder and the folders above it, readable by the owner only. Not an error when it is there. */
MKT_MUST_CHECK mkt_status mkt_files_make_folder(const char *path, struct mkt_err *err);

MKT_MUST_CHECK mkt_status mkt_files_write(int fd, const void *bytes, size_t n, const char *path,
                                          struct mkt_err *err);

/* Brings a file or a folder's entries to the disk. */
MKT_MUST_CHECK mkt_status mkt_files_sync(const char *path, struct mkt_err *err);

/* Removes a file, link or folder with all it holds; links are not followed. What cannot be removed
 * stays: it is looked at again at the next start. */
void mkt_files_remove(const char *path);

#endif
