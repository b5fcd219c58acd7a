/* One version of one registered data set: its files, their digests, and its manifest on disk.
 *
 *     <folder>/files/<file>   the files, as uploaded
 *     <folder>/manifest       a line for each: "<sha256> <bytes> <name>"
 */
#ifndef MKT_ENGINE_SET_H
#define MKT_ENGINE_SET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"

#define MKT_SET_FILES 1000 /* files of one data set */

struct mkt_set_file {
    const char *name;
    int64_t bytes;
    char sha256[MKT_SHA256_TEXT];
};

struct mkt_datasets;

/* Immutable once sealed. It lives in its own arena; the register that holds it counts references. */
struct mkt_set {
    const char *name;
    const char *path; /* what the source opens: the one file, or the folder of several */
    char version[MKT_SHA256_TEXT]; /* over names and contents of the files */
    struct mkt_set_file *file;     /* in byte order of their names */
    size_t files;
    int64_t bytes;

    const char *folder;
    struct mkt_datasets *owner; /* the register's own from here on */
    atomic_uint refs;
    atomic_bool doomed; /* no longer current: removed from disk with the last reference */
    struct mkt_arena arena;
};

/* a-z, 0-9 (and A-Z when `upper`), after the first also . _ -; 1 to `most` characters */
bool mkt_set_plain_name(const char *name, size_t most, bool upper);

/* [a-z0-9][a-z0-9._-]{0,63}
 * Errors  MKT_E_ARG  any other name */
MKT_MUST_CHECK mkt_status mkt_set_check_name(const char *name, struct mkt_err *err);

/* [A-Za-z0-9][A-Za-z0-9._-]{0,127} with an ending that says what it is (.csv, .parquet, ...)
 * Errors  MKT_E_ARG  any other name */
MKT_MUST_CHECK mkt_status mkt_set_check_file(const char *file, struct mkt_err *err);

/* An empty set with one reference.      Errors  MKT_E_NOMEM
 * Checked tests/engine/set_test.c */
MKT_MUST_CHECK mkt_status mkt_set_make(const char *name, const char *folder, struct mkt_set **out,
                                       struct mkt_err *err);
void mkt_set_free(struct mkt_set *set);

/* Errors  MKT_E_LIMIT  MKT_SET_FILES are there already;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_set_add(struct mkt_set *set, const char *name, int64_t bytes,
                                      const char *sha256, struct mkt_err *err);

/* Sets version and path; after it nothing is added. */
MKT_MUST_CHECK mkt_status mkt_set_seal(struct mkt_set *set, struct mkt_err *err);

/* Writes the manifest into `folder` and brings it to the disk. */
MKT_MUST_CHECK mkt_status mkt_set_write(struct mkt_set *set, const char *folder,
                                        struct mkt_err *err);

/* Reads the manifest of set->folder, checks that each file is there with its size, and seals.
 * Errors  MKT_E_NOT_FOUND  no manifest;  MKT_E_IO  it does not describe its files */
MKT_MUST_CHECK mkt_status mkt_set_read(struct mkt_set *set, struct mkt_err *err);

/* A text about a version (its account), kept beside it; losing it is no error.
 * mkt_set_note gives NULL when there is none or the arena is full. */
void mkt_set_keep_note(struct mkt_set *set, const char *text);
const char *mkt_set_note(const struct mkt_set *set, struct mkt_arena *arena);

#endif
