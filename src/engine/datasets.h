/* The registered data sets, on disk.
 *
 *     <folder>/lock                          held while a service uses the folder
 *     <folder>/tmp/                          uploads on their way; emptied at start
 *     <folder>/sets/<name>/current           link to the version that counts
 *     <folder>/sets/<name>/v<random>/files/  the files, as uploaded
 *     <folder>/sets/<name>/v<random>/manifest
 *
 * A version never changes. A new one is written aside, brought to the disk, moved into place and
 * then linked as current, each step atomic: after a kill at any moment a data set is there whole,
 * in its old or its new version, or not at all. What a killed service left is removed at start.
 * A version in use stays on disk until its last user is done, whatever becomes of the name.
 */
#ifndef MKT_ENGINE_DATASETS_H
#define MKT_ENGINE_DATASETS_H

#include "engine/set.h"

struct mkt_datasets;

/* Opens the folder, makes it when needed, removes leftovers and reads what is registered.
 *
 * Errors  MKT_E_CONFLICT   another service uses the folder
 *         MKT_E_FORBIDDEN  no right to write there;  MKT_E_IO, MKT_E_NOSPACE, MKT_E_NOMEM
 * Checked tests/engine/datasets_test.c */
MKT_MUST_CHECK mkt_status mkt_datasets_open(const char *folder, size_t limit,
                                            struct mkt_datasets **out, struct mkt_err *err);

/* No set may be held any more. */
void mkt_datasets_close(struct mkt_datasets *datasets);

/* "<folder>/tmp" */
const char *mkt_datasets_temp(const struct mkt_datasets *datasets);

/* Holds the current version of that name; mkt_datasets_release gives it back.
 * Errors  MKT_E_NOT_FOUND  no such data set;  MKT_E_ARG  not a name */
MKT_MUST_CHECK mkt_status mkt_datasets_get(struct mkt_datasets *datasets, const char *name,
                                           struct mkt_set **out, struct mkt_err *err);
struct mkt_set *mkt_datasets_hold(struct mkt_set *set);
void mkt_datasets_release(struct mkt_set *set);

/* All current versions in byte order of their names, each held; the array is in the arena. */
MKT_MUST_CHECK mkt_status mkt_datasets_list(struct mkt_datasets *datasets, struct mkt_arena *arena,
                                            struct mkt_set ***out, size_t *count,
                                            struct mkt_err *err);

/* The names of the same, copied into the arena.      Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_datasets_names(struct mkt_datasets *datasets, struct mkt_arena *arena,
                                             const char ***out, size_t *count, struct mkt_err *err);

/* Errors  as mkt_datasets_get, and MKT_E_IO */
MKT_MUST_CHECK mkt_status mkt_datasets_delete(struct mkt_datasets *datasets, const char *name,
                                              struct mkt_err *err);

/* Puts the file at `path` (in the temp folder, complete and on the disk; taken in any case) in
 * place: as the whole of the data set, or in addition to or instead of one of its files.
 *
 *   file   its name within the data set
 *   whole  true: the data set becomes this one file
 *   out    the version that is current now, held
 *
 * Errors  MKT_E_ARG    a name that is not allowed
 *         MKT_E_LIMIT  too many data sets or files
 *         MKT_E_NOSPACE, MKT_E_IO */
MKT_MUST_CHECK mkt_status mkt_datasets_publish(struct mkt_datasets *datasets, const char *name,
                                               const char *path, const char *file, bool whole,
                                               struct mkt_set **out, struct mkt_err *err);

#endif
