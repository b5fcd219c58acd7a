/* Seeded random streams, reproducible whatever the number of threads.
 *
 * A stream is a struct that the caller holds. (seed, stream) names it: work
 * split by index takes one stream an index, and gives the same figures on one
 * thread or on many. The generator is xoshiro256**, its state filled by
 * splitmix64. Not for secrets.
 *
 * Source   Blackman & Vigna, ACM TOMS 47 (2021) 36, sections 4.5 and 5; Steele, Lea & Flood,
 *          OOPSLA 2014, figure 16 (splitmix64)
 * Checked  tests/num/random_test.c
 */
#ifndef MKT_NUM_RANDOM_H
#define MKT_NUM_RANDOM_H

#include <stdint.h>

struct mkt_random {
    uint64_t s[4];
};

void mkt_random_init(struct mkt_random *r, uint64_t seed, uint64_t stream);

/* 64 random bits. */
static inline uint64_t mkt_random_bits(struct mkt_random *r)
{
    uint64_t *s = r->s;
    uint64_t x = s[1] * 5, out = (x << 7 | x >> 57) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return out;
}

/* In [0, 1), 53 bits. */
static inline double mkt_random_uniform(struct mkt_random *r)
{
    return (double)(mkt_random_bits(r) >> 11) * 0x1p-53;
}

/* A whole number in 0..n-1, each as likely; n >= 1.   Source Lemire, TOMACS 29 (2019) 3 */
uint32_t mkt_random_below(struct mkt_random *r, uint32_t n);

double mkt_random_exponential(struct mkt_random *r);              /* mean 1 */
double mkt_random_normal(struct mkt_random *r);                   /* mean 0, sd 1 */
double mkt_random_gamma(struct mkt_random *r, double shape);      /* scale 1; shape > 0 */
double mkt_random_beta(struct mkt_random *r, double a, double b); /* a, b > 0 */

/* Trials up to and with the first success: 1, 2, ...; 0 < p <= 1. Capped at 2^31 - 1. */
int64_t mkt_random_geometric(struct mkt_random *r, double p);

/* Successes in n trials; n >= 0, 0 <= p <= 1.   Cost log n.   Source Devroye (1986) X.4.3 */
int64_t mkt_random_binomial(struct mkt_random *r, int64_t n, double p);

/* mean in 0..1e15.   Cost log mean.   Source Ahrens & Dieter, Computing 12 (1974) 223-246 */
int64_t mkt_random_poisson(struct mkt_random *r, double mean);

#endif
