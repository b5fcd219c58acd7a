/* What time it is: by the clock that never jumps, and by the calendar. */
#ifndef MKT_BASE_CLOCK_H
#define MKT_BASE_CLOCK_H

#include <stdint.h>

#define MKT_CLOCK_TEXT 24

/* CLOCK_MONOTONIC: for deadlines and for what something took. */
int64_t mkt_clock_ms(void);
int64_t mkt_clock_us(void);

/* Microseconds since 1970. */
int64_t mkt_clock_wall_us(void);

/* Seconds since 1970 as "2026-01-31T12:00:00", UTC; "" when no calendar has it. Returns `out`.
 * Checked  tests/base/clock_test.c */
char *mkt_clock_text(int64_t seconds, char out[MKT_CLOCK_TEXT]);

#endif
