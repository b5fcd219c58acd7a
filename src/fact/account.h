/* The account of the data: what was read, what was taken for what, what was left out and why.
 *
 * Written by the source, shown by every face. It holds counts and names, never rows
 * (a broken cell is quoted, cleaned and cut to 80 bytes, so it can be found and mended).
 */
#ifndef MKT_FACT_ACCOUNT_H
#define MKT_FACT_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"

/* What lowers trust in a result without preventing it. */
typedef enum {
    MKT_CAVEAT_NOTE, /* worth knowing */
    MKT_CAVEAT_WARN, /* may change a figure */
    MKT_CAVEAT_LIMIT /* part of the question stays unanswered */
} mkt_caveat_weight;

struct mkt_caveat {
    const char *id;   /* "short_history": stable, for programs */
    const char *text; /* one sentence with its counts */
    mkt_caveat_weight weight;
};

struct mkt_account_column {
    const char *name; /* as the data has it, cleaned */
    const char *role; /* "spend", "date", ...; NULL when ignored */
    const char *how; /* "micros", "day-first dates", "decimal comma", ...; NULL when as it stands */
};

struct mkt_account_table {
    const char *name;   /* file or table name, without folders */
    const char *kind;   /* "performance", "transactions", ...; NULL when not used */
    const char *why;    /* why it was taken for this kind, or why it was left out */
    const char *sha256; /* of the file's bytes; NULL for a table inside a database */
    int64_t rows;       /* rows read */
    int64_t broken;     /* rows kept out */
    struct mkt_account_column *column;
    size_t columns;
};

/* A cell that could not be read. */
struct mkt_account_fault {
    const char *table, *column, *value, *reason;
    int64_t row; /* line of data, 1 for the first below the header */
};

struct mkt_account {
    struct mkt_account_table *table;
    size_t tables;
    struct mkt_account_fault *fault; /* the first 20, in order of table and row */
    size_t faults;
    struct mkt_caveat *caveat;
    size_t caveats;
    const char *currency;   /* ISO code, or NULL when the data name none */
    struct mkt_period data; /* first and last day; first > last when there are no dates */
};

#endif
