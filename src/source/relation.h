/* A table of the data set, from its name to what was made of it: the struct
 * that the files of this room pass among themselves.
 */
#ifndef MKT_SOURCE_RELATION_H
#define MKT_SOURCE_RELATION_H

#include "aggregate/performance.h"
#include "fact/account.h"
#include "source/daytext.h"
#include "source/path_marks.h"
#include "source/roles.h"
#include "source/rowfile.h"

struct mkt_recognise_choice;

#define MKT_NO_COLUMN SIZE_MAX
#define MKT_ROLE_PARTS 4 /* columns that may be summed into one measure */

typedef enum {
    MKT_TYPE_TEXT,
    MKT_TYPE_INTEGER,
    MKT_TYPE_DECIMAL,
    MKT_TYPE_REAL,
    MKT_TYPE_DATE,
    MKT_TYPE_TIMESTAMP,
    MKT_TYPE_ZONED, /* timestamp with a zone: its day is taken in UTC */
    MKT_TYPE_BOOLEAN,
    MKT_TYPE_OTHER /* nested, binary: not used */
} mkt_column_type;

struct mkt_column {
    const char *name; /* cleaned */
    struct mkt_naming naming;
    mkt_column_type type;

    /* of a sample of rows */
    int filled, numbers, days;
    int flags;                  /* yes, no, true, false, ... */
    int marked[MKT_PATH_MARKS]; /* with what may part channels */
    int pages;                  /* paths of pages and files, addresses */
    uint64_t seen[16];          /* a bit a value, by its hash: see mkt_recognise_values */

    /* of the whole column, once it has a role; see profile.h */
    unsigned numeral_look, day_look;

    /* decided */
    int role;        /* mkt_role, or -1 */
    const char *how; /* for the account */
    char decimal;    /* '.' or ',' */
    mkt_day_order order;
    size_t mark; /* of paths: place in mkt_path_marks */
};

/* What a table was taken for. */
struct mkt_recognised {
    mkt_kind kind;
    const char *why; /* a clause for the account */
    size_t column[MKT_ROLES][MKT_ROLE_PARTS];
    size_t parts[MKT_ROLES];       /* columns of the role, 0 when it has none */
    const char *unsure[MKT_ROLES]; /* measure left out because several columns could be it */
};

typedef enum { MKT_STORE_ROWFILE, MKT_STORE_PARQUET, MKT_STORE_DUCKDB } mkt_store;

struct mkt_relation {
    const char *show;     /* file or table name in the account and in messages */
    const char *words;    /* normal form of its name and folder */
    const char *platform; /* from those words, or NULL */
    const char *stem;     /* file name without its ending, cleaned */
    const char *path;     /* to open; NULL for a table inside a database */
    mkt_store store;
    int fd;
    struct mkt_rowfile *file; /* MKT_STORE_ROWFILE, else NULL */
    const char *from;         /* SQL that stands after FROM; columns are c0, c1, ... */
    const char *numbered;     /* the same with row_id, 1 the first, when that costs more */
    const char *sha256;
    int64_t rows;
    struct mkt_column *column;
    size_t columns;
    const struct mkt_recognise_choice *choice; /* [choices] of --map, that it was recognised with */
    size_t choices;
    struct mkt_recognised is;
    const char *refused; /* why it is not used, when it is not */

    /* performance tables */
    const char *channel;  /* constant channel of all rows, or NULL when a column tells */
    const char *currency; /* ISO code, "$", or NULL when unknown */
    const char *filter;   /* SQL condition of the rows kept, or NULL for all */
    struct mkt_performance sums;
    int64_t broken;                  /* rows kept out, those of a broken shape included */
    int64_t nobody;                  /* and those that name no user or customer (void_names.h) */
    int64_t zeros;                   /* rows of the user or customer 0 */
    int64_t summaries;               /* "Total" rows passed over */
    struct mkt_account_fault *fault; /* of this table, at most MKT_ROWFILE_FAULTS */
    size_t faults;
    int64_t negative_spend, clicks_over, other_currency, negative_revenue;
    double negative_revenue_sum; /* units of money */
    int64_t span;                /* most days that a row covers, 0 when rows are days */
    int64_t names_cut;           /* names longer than MKT_NAME_MOST */
    int64_t void_names;          /* rows in which a word stands for no name (void_names.h) */
};

/* Where rows are kept: what one part of them, which a thread at a time adds to, may take. */
struct mkt_rows_room {
    size_t capacity;  /* bytes of its arena */
    size_t limit;     /* bytes of rows that it holds in memory before the rest goes to disk */
    const char *temp; /* folder for that */
};

/* The one column of a role, or NULL. */
static inline struct mkt_column *mkt_relation_column(const struct mkt_relation *r, mkt_role role)
{
    return r->is.parts[role] ? &r->column[r->is.column[role][0]] : NULL;
}

#endif
