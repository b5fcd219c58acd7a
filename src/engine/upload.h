/* A file on its way into a data set: streamed to disk, never whole in memory. */
#ifndef MKT_ENGINE_UPLOAD_H
#define MKT_ENGINE_UPLOAD_H

#include "engine/datasets.h"

struct mkt_upload;

/* Begins an upload into the data set `name`.
 *
 *   file   name of the file within it; NULL: the body is the whole data set, and its file is called
 *          <name>.csv, .json, .parquet or .duckdb after what its first bytes are
 *   limit  most bytes
 *
 * Errors  MKT_E_ARG  a name that is not allowed;  MKT_E_NOSPACE, MKT_E_IO, MKT_E_NOMEM
 * Checked tests/engine/upload_test.c */
MKT_MUST_CHECK mkt_status mkt_upload_open(struct mkt_datasets *datasets, const char *name,
                                          const char *file, int64_t limit, struct mkt_upload **out,
                                          struct mkt_err *err);

/* Errors  MKT_E_LIMIT  more than `limit`;  MKT_E_NOSPACE, MKT_E_IO. Then only close is left. */
MKT_MUST_CHECK mkt_status mkt_upload_add(struct mkt_upload *upload, const void *bytes, size_t n,
                                         struct mkt_err *err);

/* Brings it to the disk and publishes it; `*out` is the version that is current now, held.
 * Errors  MKT_E_EMPTY  not one byte;  those of mkt_datasets_publish */
MKT_MUST_CHECK mkt_status mkt_upload_finish(struct mkt_upload *upload, struct mkt_set **out,
                                            struct mkt_err *err);

/* Ends it; what was not finished leaves no trace. NULL is allowed. */
void mkt_upload_close(struct mkt_upload *upload);

#endif
