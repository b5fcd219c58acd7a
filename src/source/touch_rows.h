/* Rows of a touchpoints table as DuckDB hands them over, to touchpoints: one column after the other, some
 * rows at a time, by several threads, each with a part of its own. */
#ifndef MKT_SOURCE_TOUCH_ROWS_H
#define MKT_SOURCE_TOUCH_ROWS_H

#include "aggregate/names_recent.h"
#include "source/duckdrain.h"
#include "source/touches.h"

/* A channel as the data write it. */
struct mkt_touch_rows_met {
    uint32_t code; /* its number in rows->channel, or MKT_TOUCHPOINTS_NONE */
    bool is_void;  /* a word stands for no channel or campaign */
    int64_t rows;
};

/* What one thread at a time works with. */
struct mkt_touch_rows_part {
    struct mkt_touchpoints *rows;
    struct mkt_arena arena;         /* of the dictionary below; lasts as long as the scan */
    struct mkt_names raw;           /* channels as the data write them */
    struct mkt_touch_rows_met *met; /* [raw.count] */
    size_t mets, met_cap;
    struct mkt_names_recent recent;
    int64_t unused, future; /* rows kept out, and those of them that lie in the future */
    int64_t nobody;         /* and those that name no user */
    int64_t zeros;          /* rows of the user 0 */
    int64_t several;        /* rows that tell more than one conversion */
    int64_t passed;         /* events without a channel: no touches, and not broken */
    bool withheld;          /* a row was withheld */
    bool valued;            /* a row tells a value */
};

_Static_assert(MKT_TOUCHES_PARTS == MKT_DUCKDRAIN_PLACES, "a part for each place");

/* One scan of a touchpoints table. */
struct mkt_touch_rows {
    struct mkt_duckdrain drain;
    struct mkt_touches *out;
    struct mkt_touch_rows_part part[MKT_TOUCHES_PARTS];
    bool open[MKT_TOUCHES_PARTS];
    bool user_is_number, has_event, has_conversion, has_value;
    bool conversion_is_text, value_is_text;
    char conversion_mark, value_mark;
    int64_t latest; /* seconds: later is the future, wherever on earth */
};

/* The columns, in the order of the drain's. */
enum {
    MKT_TOUCH_ROWS_USER,       /* BIGINT or VARCHAR */
    MKT_TOUCH_ROWS_TIME,       /* microseconds */
    MKT_TOUCH_ROWS_CHANNEL,    /* VARCHAR */
    MKT_TOUCH_ROWS_EVENT,      /* VARCHAR */
    MKT_TOUCH_ROWS_CONVERSION, /* DOUBLE or VARCHAR */
    MKT_TOUCH_ROWS_VALUE,      /* the same */
    MKT_TOUCH_ROWS_COLUMNS
};

/* For the drain: takes rows into part `place`.   rows  struct mkt_touch_rows
 * Errors  MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE; MKT_E_LIMIT  more than 8,388,607 channels
 * Checked tests/source/touches_test.c */
MKT_MUST_CHECK mkt_status mkt_touch_rows_take(void *rows, size_t place,
                                              const struct mkt_duckdrain_rows *taken,
                                              struct mkt_err *err);

/* Adds what was met in part `place` to what is known of it.   void_names  grows by the rows in which a
 * word stood for no name
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_touch_rows_count(const struct mkt_touch_rows *rows, size_t place,
                                               int64_t *void_names, struct mkt_err *err);

#endif
