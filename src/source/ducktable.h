/* A row file as a table that DuckDB can scan with all its threads. */
#ifndef MKT_SOURCE_DUCKTABLE_H
#define MKT_SOURCE_DUCKTABLE_H

#include "source/duck.h"
#include "source/rowfile.h"

/* Afterwards "FROM <name>()" gives the sound rows: c0, c1, ... VARCHAR (a missing JSON member
 * is NULL) and row_id BIGINT, the number of the data row. Blocks are read in parallel, only
 * the columns asked for are copied. `file` must outlive the connection.
 *
 * Errors  MKT_E_INTERNAL  the library refuses the function */
MKT_MUST_CHECK mkt_status mkt_ducktable_register(struct mkt_duck *duck, const char *name,
                                                 const struct mkt_rowfile *file,
                                                 struct mkt_err *err);

#endif
