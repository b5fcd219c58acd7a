/* The register of data sets as its parts see it. Private to src/engine/datasets.c and
 * datasets_publish.c.
 */
#ifndef MKT_ENGINE_DATASETS_TABLE_H
#define MKT_ENGINE_DATASETS_TABLE_H

#include <pthread.h>

#include "engine/datasets.h"

/* Paths, each below the one before it; the data folder's own is at most 2048 long. */
#define MKT_DATASETS_PARENT 2200
#define MKT_DATASETS_PATH 2400
#define MKT_DATASETS_LONGER 2900

struct mkt_datasets {
    pthread_mutex_t lock;    /* the table */
    pthread_mutex_t publish; /* changes on disk, one at a time; taken before `lock` */
    char *temp, *sets;
    size_t limit;
    int guard;            /* the locked file */
    struct mkt_set **set; /* in byte order of names */
    size_t count;
};

/* Puts a set in the table and returns what stood in its place, NULL if nothing did. */
struct mkt_set *mkt_datasets_table_put(struct mkt_datasets *d, struct mkt_set *h);

/* Held for the caller; NULL when there is none of that name. */
struct mkt_set *mkt_datasets_table_find(struct mkt_datasets *d, const char *name);

#endif
