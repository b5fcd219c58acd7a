/* A folder for one test, removed after it. */
#ifndef MKT_TESTS_ENGINE_TEMP_FOLDER_H
#define MKT_TESTS_ENGINE_TEMP_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/files.h"

struct temp_folder {
    char path[64];
};

static inline int temp_folder_open(struct temp_folder *f)
{
    strcpy(f->path, "/tmp/mkt-test-XXXXXX");
    return mkdtemp(f->path) ? 0 : -1;
}

static inline void temp_folder_close(struct temp_folder *f)
{
    mkt_files_remove(f->path);
}

static inline int temp_folder_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (!file) return -1;
    fputs(text, file);
    return fclose(file);
}

#endif
