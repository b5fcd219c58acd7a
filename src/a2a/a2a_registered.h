/* The data sets and the workers of a service, for the tasks of other agents. */
#ifndef MKT_A2A_A2A_REGISTERED_H
#define MKT_A2A_A2A_REGISTERED_H

#include "a2a/a2a.h"
#include "attest/audit.h"

/* Appends an entry to the log of the service.
 * Errors  MKT_E_BUSY  it is not there: the answer must not be sent */
typedef mkt_status mkt_a2a_registered_log(void *user, const struct mkt_audit_entry *entry,
                                          struct mkt_err *err);

struct mkt_a2a_registered {
    struct mkt_engine *engine; /* of a service */
    mkt_a2a_registered_log *log;
    void *log_user;
    struct mkt_a2a_host host;
};

/* `out` must stay where it is as long as its host is used. A task's entry in the log is of kind "a2a",
 * and its peer "token-" and the beginning of the SHA-256 of the client's token; "local" without.
 * Checked  tests/server/api_a2a_test.c */
void mkt_a2a_registered_open(struct mkt_a2a_registered *out, struct mkt_engine *engine,
                             mkt_a2a_registered_log *log, void *log_user);

#endif
