/* From a reply or an error to what goes over the wire: status, headers, body. */
#ifndef MKT_SERVER_REPLY_H
#define MKT_SERVER_REPLY_H

#include "server/exchange.h"

/* The bytes in `text` as the answer.      Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_reply_text(struct mkt_reply *reply, int status, const char *type,
                                         const struct mkt_buf *text, struct mkt_err *err);

/* Queues x->reply, or x->err as {"error":{"status":…,"message":…}} when it is set. On the network's
 * thread. */
enum MHD_Result mkt_reply_send(struct mkt_exchange *x);

#endif
