/* Tables of paths (a > b > c, conversions, value, nulls) to paths. */
#ifndef MKT_SOURCE_TOUCH_PATHS_H
#define MKT_SOURCE_TOUCH_PATHS_H

#include "source/touches.h"

/* Adds a relation of kind PATHS to out->paths, which is finished again; mkt_touches_read calls it.
 * Rows come to several threads, each splits paths on its own. Of a text file they come once, in the
 * hope that its numbers have a decimal point; while they do, what every cell proves is gathered, and
 * where that says otherwise they come again. Other files are profiled before.
 * Errors  as mkt_touches_read
 * Checked  tests/source/touches_test.c */
MKT_MUST_CHECK mkt_status mkt_touch_paths_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                               struct mkt_relation *relation,
                                               const struct mkt_dataset_options *options,
                                               struct mkt_touches *out, struct mkt_err *err);

#endif
