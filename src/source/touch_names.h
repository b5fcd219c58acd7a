/* The name of a touch: its channel, and the campaign behind it where there is one. */
#ifndef MKT_SOURCE_TOUCH_NAMES_H
#define MKT_SOURCE_TOUCH_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* A name fit to be shown (mkt_daily_name) of what the data write: "channel", or "channel SPLIT
 * campaign" with MKT_TOUCHPOINTS_SPLIT between. A campaign that is none ("(not set)", "(none)",
 * "(direct)", ..., void_names.h) falls away.
 *
 *   is_void  out: a word stands for no channel or no campaign (void_names.h); of no channel, *out is NULL
 *   out      lies in the arena
 *
 * Errors   MKT_E_NOMEM
 * Checked  tests/source/void_names_test.c */
MKT_MUST_CHECK mkt_status mkt_touch_names_read(struct mkt_arena *arena, const char *s, size_t n,
                                               const char **out, bool *is_void,
                                               struct mkt_err *err);

#endif
