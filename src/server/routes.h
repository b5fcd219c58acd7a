/* The one table of what the service answers to; OpenAPI and the metrics follow it. */
#ifndef MKT_SERVER_ROUTES_H
#define MKT_SERVER_ROUTES_H

#include "server/exchange.h"

extern const struct mkt_route mkt_routes[];
extern const size_t mkt_routes_count;

/* The route of a path; the parts of the path that stand for {…} go to `place`. Without a route,
 * `*allow` lists the methods that the path has, NULL when there is no such path.
 * Checked tests/server/routes_test.c */
const struct mkt_route *mkt_routes_find(const char *method, const char *path,
                                        char place[MKT_EXCHANGE_PLACES][160], const char **allow);

#endif
