#include "model/shapley.h"

void mkt_shapley_values(const double *worth, size_t players, double *out)
{
    /* weight[s] = s! (players - s - 1)! / players! */
    double weight[MKT_SHAPLEY_PLAYERS];
    weight[0] = 1 / (double)players;
    for (size_t s = 1; s < players; s++)
        weight[s] = weight[s - 1] * (double)s / (double)(players - s);
    for (size_t k = 0; k < players; k++) {
        out[k] = 0;
        for (size_t set = 0; set < (size_t)1 << players; set++)
            if (!(set >> k & 1))
                out[k] +=
                    weight[__builtin_popcountll(set)] * (worth[set | (size_t)1 << k] - worth[set]);
    }
}
