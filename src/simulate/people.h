/* The customers of a simulated company: who they are and who buys again.
 *
 * A customer is a number within an age group, so however many there are only
 * the counts are kept. Recent customers buy more often than old ones, and some
 * customers far more often than others.
 */
#ifndef MKT_SIMULATE_PEOPLE_H
#define MKT_SIMULATE_PEOPLE_H

#include "simulate/company.h"
#include "simulate/sink.h"

struct mkt_people {
    struct mkt_random random;
    uint64_t seed;
    int64_t count[MKT_CATALOGUE_SEGMENTS];
    struct mkt_sink *sink; /* customers.csv */
};

/* Writes the heading and the customers that the company has on its first day. */
void mkt_people_init(struct mkt_people *people, const struct mkt_company *company,
                     struct mkt_sink *sink);

/* A new customer, written down; returns their number. */
int64_t mkt_people_join(struct mkt_people *people, int segment, int32_t day, const char *channel);

/* The number of a customer of the age group who has bought before.  Checked tests/simulate/people_test.c */
int64_t mkt_people_return(struct mkt_people *people, int segment);

/* Whether the customer agreed to be measured; each has one answer for good. */
bool mkt_people_consents(const struct mkt_people *people, int64_t customer);

/* "C0000123"; returns `out`. */
#define MKT_PEOPLE_CONSENT 0.2 /* share of customers who agreed */
#define MKT_PEOPLE_ID 24
char *mkt_people_id(int64_t customer, char out[MKT_PEOPLE_ID]);

#endif
