/* The operator's file of pinned agents: its lines read and checked. The format is in peers.h. */
#ifndef MKT_BOARDROOM_PEERS_FILE_H
#define MKT_BOARDROOM_PEERS_FILE_H

#include "boardroom/peers.h"

/* Takes one line's record, with one key. An error of it is told with file and line. */
typedef mkt_status mkt_peers_file_taker(void *user, const struct mkt_peers_record *record,
                                        struct mkt_err *err);

/* Errors  those of mkt_peers_open, and of `take` */
MKT_MUST_CHECK mkt_status mkt_peers_file_read(const char *path, mkt_peers_file_taker *take,
                                              void *user, struct mkt_err *err);

/* Errors  MKT_E_ARG  it is empty, too long, or has a character that is no printable ASCII */
MKT_MUST_CHECK mkt_status mkt_peers_file_check_id(const char *id, struct mkt_err *err);

#endif
