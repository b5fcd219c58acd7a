/* Evidence that others recorded, in ../shared/data or $MKT_DATA: not part of this repository. */
#ifndef TESTS_ATTEST_RECORDED_H
#define TESTS_ATTEST_RECORDED_H

#include <stdio.h>
#include <stdlib.h>

/* The file's bytes, NUL behind them, to be freed; NULL where there is no shared data. */
static inline unsigned char *recorded_file(const char *name, size_t *n)
{
    char path[1024];
    const char *data = getenv("MKT_DATA");
    snprintf(path, sizeof path, "%s/%s", data ? data : "../shared/data", name);
    FILE *f = fopen(path, "rb");
    if (!f) {
        printf("skipped: no shared data (%s)\n", name);
        return NULL;
    }
    unsigned char *bytes = malloc(65537);
    *n = bytes ? fread(bytes, 1, 65536, f) : 0;
    if (bytes) bytes[*n] = '\0';
    fclose(f);
    return bytes;
}

#endif
