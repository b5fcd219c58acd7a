#include "base/clock.h"

#include <time.h>

static int64_t read_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

int64_t mkt_clock_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t mkt_clock_ms(void)
{
    return mkt_clock_us() / 1000;
}

int64_t mkt_clock_wall_us(void)
{
    return read_us(CLOCK_REALTIME);
}

char *mkt_clock_text(int64_t seconds, char out[MKT_CLOCK_TEXT])
{
    time_t t = (time_t)seconds;
    struct tm utc;
    size_t n = gmtime_r(&t, &utc) ? strftime(out, MKT_CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &utc) : 0;
    out[n] = '\0';
    return out;
}
