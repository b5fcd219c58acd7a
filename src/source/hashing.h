/* SHA-256 of the files of a data set, on a thread of its own beside the reading. */
#ifndef MKT_SOURCE_HASHING_H
#define MKT_SOURCE_HASHING_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/hash.h"
#include "source/folder.h"
#include "source/relation.h"

struct mkt_hashing {
    pthread_t thread;
    bool running;
    const struct mkt_file *file;
    size_t files;
    const atomic_bool *cancel;       /* NULL, or ends it early */
    char (*digest)[MKT_SHA256_TEXT]; /* [files], "" for one that is not open */
    struct mkt_err err;
};

/*   file  [files] stay open until the thread is joined
 * Errors  MKT_E_NOMEM, MKT_E_INTERNAL  no thread can be started */
MKT_MUST_CHECK mkt_status mkt_hashing_start(struct mkt_hashing *hashing, struct mkt_arena *arena,
                                            const struct mkt_file *file, size_t files,
                                            const atomic_bool *cancel, struct mkt_err *err);

/* Waits for the thread, where one runs. */
void mkt_hashing_join(struct mkt_hashing *hashing);

/* Waits, and gives each file's relation its hash; one whose bytes came before is refused.
 *   relation  at least one for each file, in the same order
 * Errors  MKT_E_NOMEM; as mkt_hash_file */
MKT_MUST_CHECK mkt_status mkt_hashing_take(struct mkt_hashing *hashing, struct mkt_arena *arena,
                                           struct mkt_relation *relation, struct mkt_err *err);

#endif
