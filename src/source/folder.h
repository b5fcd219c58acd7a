/* The files of a data set, found and opened.
 *
 * A folder is read one level down, in byte order of the names; hidden files
 * are passed over, links are followed only where they stay inside the folder.
 * What a file is shows in its first bytes, then in its ending.
 */
#ifndef MKT_SOURCE_FOLDER_H
#define MKT_SOURCE_FOLDER_H

#include <stdbool.h>

#include "base/arena.h"

#define MKT_FOLDER_FILES 500

typedef enum {
    MKT_FILE_DELIMITED,
    MKT_FILE_JSON,
    MKT_FILE_PARQUET,
    MKT_FILE_DUCKDB,
    MKT_FILE_OTHER /* not used: `why` says why */
} mkt_file_kind;

struct mkt_file {
    const char *show;  /* name inside the folder, cleaned */
    const char *stem;  /* the same without folder and ending */
    const char *words; /* normal form of the whole, for rules over words */
    const char *path;  /* absolute */
    int fd;            /* -1 for OTHER */
    mkt_file_kind kind;
    const char *why;
};

/* On success the caller closes the descriptors with mkt_folder_close.
 *
 * Errors  MKT_E_NOT_FOUND  nothing there        MKT_E_LIMIT  more than MKT_FOLDER_FILES files
 *         MKT_E_EMPTY      an empty folder      MKT_E_TYPE   one file, of a kind that is not read
 *         MKT_E_IO, MKT_E_NOMEM
 * Checked  tests/source/bad_input_test.c */
MKT_MUST_CHECK mkt_status mkt_folder_open(struct mkt_arena *arena, const char *path,
                                          struct mkt_file **out, size_t *files, bool *is_folder,
                                          struct mkt_err *err);
void mkt_folder_close(struct mkt_file *file, size_t files);

#endif
