/* How long to wait before the next try of what has failed: twice as long after each failure, up to a
 * bound, and never quite the same for two agents, so that a hub that comes back is not met by all
 * of them at once. Pure: the caller has the random bits and the clock.
 */
#ifndef MKT_BOARDROOM_HUB_PACE_H
#define MKT_BOARDROOM_HUB_PACE_H

#include <stdint.h>

/* Milliseconds, evenly drawn from the upper half of
 *
 *     bound = min(most, first 2^(failures-1))
 *
 *   failures  in a row, at least 1
 *   first, most  ms, at least 1
 *   random    32 even bits
 * Checked   tests/boardroom/hub_pace_test.c */
int64_t mkt_hub_pace_retry(unsigned failures, int64_t first, int64_t most, uint32_t random);

/* Milliseconds, evenly drawn from the last tenth of `interval`: what is done again and again. */
int64_t mkt_hub_pace_repeat(int64_t interval, uint32_t random);

#endif
