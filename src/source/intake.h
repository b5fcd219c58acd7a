/* From open files to relations: looked through, registered, their columns sampled. */
#ifndef MKT_SOURCE_INTAKE_H
#define MKT_SOURCE_INTAKE_H

#include "source/dataset.h"
#include "source/duck.h"
#include "source/folder.h"
#include "source/relation.h"

struct mkt_intake {
    struct mkt_relation *relation; /* in order of files, then of tables in a database */
    size_t relations, capacity;
};

/* Looks through the text files, which needs no database; gives each file its relation (a database
 * file gets one later, for each table). In a folder, empty files and JSON without rows are set
 * aside; any other fault of a file is the data set's.
 * Errors  as mkt_rowfile_look */
MKT_MUST_CHECK mkt_status mkt_intake_look(struct mkt_arena *arena, const struct mkt_file *file,
                                          size_t files, bool is_folder,
                                          const struct mkt_dataset_options *options,
                                          struct mkt_intake *out, struct mkt_err *err);

/* Makes all of them scannable and samples their columns.
 * Errors  MKT_E_DATA  a Parquet or DuckDB file that cannot be read; as mkt_duck_query */
MKT_MUST_CHECK mkt_status mkt_intake_register(struct mkt_arena *arena, struct mkt_duck *duck,
                                              struct mkt_intake *intake, struct mkt_err *err);

#endif
