/* The hub's directory read whole: who there is, and the keys, which the hub gives apart. */
#ifndef MKT_BOARDROOM_HUB_DIRECTORY_H
#define MKT_BOARDROOM_HUB_DIRECTORY_H

#include "boardroom/hub_ask.h"

#define MKT_HUB_DIRECTORY_QUERIES 16 /* for the keys of one directory */
#define MKT_HUB_DIRECTORY_MS 30000   /* for all of it: heartbeats wait in the meantime */

/* What a directory may take: the list, keys and quotes; and one answer that they are read from, which
 * is forgotten before the next. A list of MKT_HUB_ASK_LIST bytes, read, takes at most 20 MB. */
#define MKT_HUB_DIRECTORY_MEMORY ((size_t)64 << 20)
#define MKT_HUB_DIRECTORY_SCRATCH ((size_t)24 << 20)

/* Reads the directory without this agent's own row.
 *
 * The plain directory has no keys. Full records come by capability: each agent's first one is asked
 * for, unless an earlier answer held the agent already.
 *
 *   arena    holds what is read: MKT_HUB_DIRECTORY_MEMORY are enough
 *   scratch  MKT_HUB_DIRECTORY_SCRATCH; it is reset
 *   out     texts in the arena; filled so far also when keys could not be had
 *   listed  whether this agent stands there with its endpoint; true when the list could not be had
 * Errors, in o->err: those of mkt_hub_ask_make and mkt_hub_wire_read_directory, and
 *   MKT_E_TIMEOUT  it takes longer than MKT_HUB_DIRECTORY_MS
 *   MKT_E_LIMIT    it does not fit in an arena: says in which
 * Checked  tests/boardroom/hub_test.c */
MKT_MUST_CHECK mkt_status mkt_hub_directory_read(const struct mkt_hub_ask *ask,
                                                 struct mkt_arena *arena, struct mkt_arena *scratch,
                                                 const struct mkt_hub_wire_self *self,
                                                 struct mkt_hub_wire_directory *out, bool *listed,
                                                 struct mkt_hub_outcome *o);

#endif
