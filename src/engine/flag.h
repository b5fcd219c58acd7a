/* "Stop": set by whoever no longer wants the answer, looked at by whoever computes it.
 *
 * Counted, because a data set that a request opened keeps a pointer to the request's flag and may
 * outlive the request.
 */
#ifndef MKT_ENGINE_FLAG_H
#define MKT_ENGINE_FLAG_H

#include <stdatomic.h>

#include "base/err.h"

struct mkt_flag {
    atomic_bool set;
    atomic_uint refs;
};

/* A flag with one reference, not set.      Errors  MKT_E_NOMEM  no memory */
MKT_MUST_CHECK mkt_status mkt_flag_make(struct mkt_flag **out, struct mkt_err *err);
struct mkt_flag *mkt_flag_hold(struct mkt_flag *flag);
void mkt_flag_release(struct mkt_flag *flag); /* NULL is allowed */

#endif
