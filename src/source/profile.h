/* How the cells of a table are written: settled from whole columns, never from a sample.
 *
 * One scan collects what every cell of the needed text columns proves
 * (numeral.h, daytext.h); from that the decimal mark and the order of day and
 * month follow, or the question that only the user can answer.
 */
#ifndef MKT_SOURCE_PROFILE_H
#define MKT_SOURCE_PROFILE_H

#include "base/buf.h"
#include "source/dataset.h"
#include "source/duck.h"
#include "source/relation.h"
#include "source/rowscan.h"

/* Fills numeral_look and day_look of the text columns that matter: dates, measures, and rates,
 * whose decimal marks bear witness for the rest of the file. */
MKT_MUST_CHECK mkt_status mkt_profile_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                           struct mkt_relation *relation, struct mkt_err *err);

/* The same beside another reading of a text file's rows, by several threads. */
struct mkt_profile_looking {
    struct mkt_profile_look {
        size_t column;
        bool number; /* else a date */
    } * look;
    size_t looks;
    unsigned *seen[MKT_ROWSCAN_PLACES]; /* [looks] by each thread, in cache lines of its own */
};

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_profile_looking_init(struct mkt_profile_looking *looking,
                                                   struct mkt_arena *arena,
                                                   const struct mkt_relation *relation,
                                                   struct mkt_err *err);
/* Looks at the row that was read at a place. */
void mkt_profile_looking_row(const struct mkt_profile_looking *looking, size_t place,
                             struct mkt_rowcursor *row);
/* What all rows prove, into the columns. */
void mkt_profile_looking_end(const struct mkt_profile_looking *looking,
                             struct mkt_relation *relation);

/* Decides decimal and order of each column from the looks and the options, and says how.
 * Pure. Checked  tests/source/values_test.c
 *
 * Errors  MKT_E_AMBIGUOUS  1.234 or 01/02/2026 could be read both ways and nothing settles it, or
 *                          the column writes it both ways: names the option */
MKT_MUST_CHECK mkt_status mkt_profile_settle(struct mkt_relation *relation,
                                             const struct mkt_dataset_options *options,
                                             struct mkt_err *err);

/* SQL for the day of a date column, and for a column as text. */
void mkt_profile_add_day(struct mkt_buf *sql, const struct mkt_relation *relation, size_t column);
/* SQL for the microseconds since 1970, in UTC, of a column that holds times in any of the ways
 * people write them; NULL where a cell is none. */
void mkt_profile_add_moment(struct mkt_buf *sql, const struct mkt_relation *relation,
                            size_t column);
/* The same for a function of ours, and the type of what it gets: a column of times goes as it is, of the
 * same 64 bits; infinity, which is no time, is beyond every time. */
duckdb_type mkt_profile_add_stamp(struct mkt_buf *sql, const struct mkt_relation *relation,
                                  size_t column);
void mkt_profile_add_text(struct mkt_buf *sql, const struct mkt_relation *relation, size_t column);
/* The same for who or what a row is about (aggregate/ids.h), and its type: BIGINT or VARCHAR. */
duckdb_type mkt_profile_add_id(struct mkt_buf *sql, const struct mkt_relation *relation,
                               size_t column);

/* SQL for the channel of a row: "source / medium" where columns tell both. */
void mkt_profile_add_channel(struct mkt_buf *sql, const struct mkt_relation *relation);

#endif
