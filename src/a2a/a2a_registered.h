/* The data sets and the workers of a service, for the tasks of other agents. */
#ifndef MKT_A2A_A2A_REGISTERED_H
#define MKT_A2A_A2A_REGISTERED_H

#include "a2a/a2a.h"

struct mkt_a2a_registered {
    struct mkt_engine *engine; /* of a service */
    struct mkt_a2a_host host;
};

/* `out` must stay where it is as long as its host is used.      Checked tests/server/api_a2a_test.c */
void mkt_a2a_registered_open(struct mkt_a2a_registered *out, struct mkt_engine *engine);

#endif
