/* What a simulated company is asked to be. */
#ifndef MKT_SIMULATE_COMPANY_OPTIONS_H
#define MKT_SIMULATE_COMPANY_OPTIONS_H

#include <stdint.h>

#include "base/err.h"

#define MKT_COMPANY_MONTHS_MAX 120
#define MKT_COMPANY_SCALE_MIN 0.1
#define MKT_COMPANY_SCALE_MAX 10000.0

struct mkt_company_options {
    uint64_t seed;
    int months;           /* 1..120 */
    int days;             /* 0, or instead of months: 1..3653 */
    double scale;         /* size of the company, 0.1..10000: 1 has some 60 orders a day */
    int32_t start;        /* first day, since 1970-01-01; from 1980-01-01 to 2100-01-01 */
    const char *currency; /* three capital letters */
    int channels;         /* 2..8, the first ones of the catalogue */
    double noise;         /* 0..2: 0 leaves only the chance of single orders, 1 is usual */
    double similarity;    /* 0..1: 1 gives every channel nearly the same return */
    double holdout;       /* 0..0.5: of the people who are measured, the share that each channel's
                             ads are withheld from; 0 is usual */
    double season;        /* 0..2: strength of season, weekdays and events, 1 is usual */
};

/* 24 months from 2024-01-01, scale 1, EUR, 7 channels, usual noise and season. */
void mkt_company_options_init(struct mkt_company_options *options, uint64_t seed);

/* As init, but channels (3..8), days (90..400), scale, noise, similarity, season and start are
 * drawn from the seed: for studies over many companies. */
void mkt_company_options_vary(struct mkt_company_options *options, uint64_t seed);

/* Errors  MKT_E_ARG  an option outside its domain; the sentence gives both */
MKT_MUST_CHECK mkt_status mkt_company_options_check(const struct mkt_company_options *options,
                                                    struct mkt_err *err);

#endif
