/* Paths that several threads gathered apart, put together by several threads. */
#ifndef MKT_AGGREGATE_PATHS_UNITE_H
#define MKT_AGGREGATE_PATHS_UNITE_H

#include "aggregate/paths.h"

/* The paths of all parts, finished: the same as merging them and finishing, to the last bit.
 *
 *   arena    holds the result; as much as it has room for is taken besides, for a while
 *   part     [parts] stay as they are
 *   threads  at most 16 are used
 *
 * Errors   MKT_E_NOMEM  the arena is full
 *          MKT_E_LIMIT  as mkt_paths_add
 * Checked  tests/aggregate/path_shards_test.c */
MKT_MUST_CHECK mkt_status mkt_paths_unite(struct mkt_arena *arena,
                                          const struct mkt_paths *const *part, size_t parts,
                                          int threads, struct mkt_paths *out, struct mkt_err *err);

#endif
