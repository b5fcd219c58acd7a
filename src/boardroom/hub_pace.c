#include "boardroom/hub_pace.h"

/* Even within [low, high], to a part in 2^32. */
static int64_t draw(int64_t low, int64_t high, uint32_t random)
{
    return low + (int64_t)((double)(high - low + 1) * (random / 4294967296.0));
}

int64_t mkt_hub_pace_retry(unsigned failures, int64_t first, int64_t most, uint32_t random)
{
    int64_t bound = first;
    for (unsigned i = 1; i < failures && bound < most; i++) bound *= 2;
    if (bound > most) bound = most;
    return draw((bound + 1) / 2, bound, random);
}

int64_t mkt_hub_pace_repeat(int64_t interval, uint32_t random)
{
    return draw(interval - interval / 10, interval, random);
}
