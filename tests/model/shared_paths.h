/* The published table of paths of ChannelAttribution's documentation, where it is at hand. */
#ifndef MKT_TESTS_MODEL_SHARED_PATHS_H
#define MKT_TESTS_MODEL_SHARED_PATHS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/paths.h"

/* Reads "path",conversions,value,nulls; value in thousandths, so that its nine decimals are kept.
 * False where the file is absent. */
static inline bool shared_paths_read(struct mkt_paths *paths)
{
    const char *root = getenv("MKT_DATA");
    char name[4096], line[8192];
    snprintf(name, sizeof name, "%s/attribution/channelattribution_pathdata.csv",
             root ? root : "../shared/data");
    FILE *file = fopen(name, "r");
    if (!file) return false;
    bool good = fgets(line, sizeof line, file) != NULL;
    while (good && fgets(line, sizeof line, file)) {
        struct mkt_err err = {0};
        char *end = strchr(line + 1, '"'), *at = end + 2;
        struct mkt_path_counts counts = {0};
        counts.conversions = strtoll(at, &at, 10);
        counts.value = (mkt_micro)(strtod(at + 1, &at) * 1e9 + .5);
        counts.nulls = strtoll(at + 1, &at, 10);
        good = mkt_paths_add_text(paths, line + 1, (size_t)(end - line - 1), '>', &counts, &err) ==
               MKT_OK;
    }
    fclose(file);
    return good;
}

#endif
