/* What users did: rows of (user, time, event, value, session, properties), kept until asked.
 *
 * Rows come in any order and from several threads, one mkt_events (a part)
 * each; they are dealt to piles by user (aggregate/piles.h) and go to disk
 * beyond a limit. Names of events and values of properties are numbers of a
 * dictionary. mkt_events_unite gives all parts one numbering, in the byte
 * order of the names, so nothing depends on how rows were split.
 */
#ifndef MKT_AGGREGATE_EVENTS_H
#define MKT_AGGREGATE_EVENTS_H

#include <stdbool.h>

#include "aggregate/clocks.h"
#include "aggregate/names.h"
#include "aggregate/performance.h" /* mkt_micro */
#include "aggregate/piles.h"

#define MKT_EVENTS_PROPERTIES 8
#define MKT_EVENTS_LEVELS 65534 /* most different values of a property that is kept */
#define MKT_EVENTS_NAMES 65535  /* most different names of events */
#define MKT_EVENTS_TIME_MOST INT64_C(253402300799000000) /* the end of year 9999 */

struct mkt_event {
    uint64_t user;    /* aggregate/ids.h */
    uint64_t session; /* the same of the session; 0 where none is told */
    int64_t time;     /* microseconds since 1970-01-01 UTC, 0..MKT_EVENTS_TIME_MOST */
    mkt_micro value;
    uint32_t event;                           /* number from events->event */
    uint16_t property[MKT_EVENTS_PROPERTIES]; /* 1 + number from level[i]; 0: not told */
    uint16_t valued;                          /* 1: the value is told */
    uint16_t rank;                            /* room for whoever sorts the rows */
};

/* Rows of thirty days, to find clocks that are wrong. */
#define MKT_EVENTS_BINS ((size_t)(MKT_EVENTS_TIME_MOST / MKT_EVENTS_BIN) + 1)
#define MKT_EVENTS_BIN (INT64_C(86400000000) * MKT_CLOCKS_DAYS)

struct mkt_events {
    struct mkt_piles piles;
    struct mkt_names event, level[MKT_EVENTS_PROPERTIES];
    int64_t *count; /* [event.count] rows of each event */
    size_t counts, count_cap;
    size_t properties; /* 1 + the last that has a level */
    int64_t
        *level_rows[MKT_EVENTS_PROPERTIES]; /* [1 + level[i].count] rows of each; [0]: not told */
    size_t level_counts[MKT_EVENTS_PROPERTIES], level_count_cap[MKT_EVENTS_PROPERTIES];
    bool too_many[MKT_EVENTS_PROPERTIES]; /* more than LEVELS values: 0 in every row from then on */
    struct mkt_clocks_bin *bin;           /* [MKT_EVENTS_BINS] */
    bool moments;                         /* some time is not a midnight: days hold times of day */
};

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_events_init(struct mkt_events *events, struct mkt_arena *arena,
                                          size_t limit, const char *temp, struct mkt_err *err);
void mkt_events_close(struct mkt_events *events);

/* Errors  MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE as mkt_piles_add */
MKT_MUST_CHECK mkt_status mkt_events_add(struct mkt_events *events, const struct mkt_event *row,
                                         struct mkt_err *err);

/* Numbers of names; MKT_E_LIMIT for more than MKT_EVENTS_NAMES events. A value of a property beyond
 * the most is 0.   text [n] without NUL bytes, n > 0 */
MKT_MUST_CHECK mkt_status mkt_events_name(struct mkt_events *events, const char *text, size_t n,
                                          uint32_t *out, struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_events_level(struct mkt_events *events, size_t property,
                                           const char *text, size_t n, uint16_t *out,
                                           struct mkt_err *err);

/* All parts as one. */
struct mkt_events_view {
    struct mkt_events *const *part;
    size_t parts;
    struct mkt_names event, level[MKT_EVENTS_PROPERTIES]; /* in byte order */
    int64_t *count;                                       /* [event.count] rows of each event */
    bool too_many[MKT_EVENTS_PROPERTIES];                 /* and no level then */
    uint32_t **event_map;                                 /* [parts][names of the part] */
    uint16_t **level_map[MKT_EVENTS_PROPERTIES];          /* [parts][1 + values of the part] */
    size_t rows;                                          /* with those of wrong clocks */
    int64_t first, last; /* times, clocks that are wrong left out */
    int64_t skewed;      /* rows outside of these */
    bool moments;
    const char *respelled; /* events that were taken for one (mkt_spellings.list), or NULL */
    const char *respelled_levels[MKT_EVENTS_PROPERTIES]; /* the same of values of a property */
};

/* Names that are one, of events and of values of a property, have the spelling that is most frequent
 * (mkt_spellings_find).
 * Rows of clocks that are wrong (aggregate/clocks.h) stay outside first..last.
 *
 * Errors   MKT_E_EMPTY  no rows
 *          MKT_E_NOMEM  the arena is full
 *          MKT_E_LIMIT  more than MKT_EVENTS_NAMES events
 * Checked  tests/aggregate/events_test.c */
MKT_MUST_CHECK mkt_status mkt_events_unite(struct mkt_arena *arena, struct mkt_events *const *part,
                                           size_t parts, struct mkt_events_view *out,
                                           struct mkt_err *err);

/* Rows of the largest pile. */
size_t mkt_events_largest(const struct mkt_events_view *view);

/* Copies a pile in the common numbering, without rows of wrong clocks; returns how many in *rows.
 *   block  [MKT_PILES_BLOCK(sizeof(struct mkt_event))]
 * Errors  MKT_E_IO */
MKT_MUST_CHECK mkt_status mkt_events_gather(const struct mkt_events_view *view, size_t pile,
                                            void *block, struct mkt_event *out, size_t *rows,
                                            struct mkt_err *err);

/* Of some events, which comes first: out[i * n + j] counts the users whose first event i comes
 * before their first event j, or who have no j.
 *   event  [n], n at most MKT_EVENTS_COMPARED
 * Errors  MKT_E_NOMEM  the arena is full: it needs 112 bytes for each row of the largest pile
 *         MKT_E_IO
 * Cost    a pass over all rows, on one thread */
#define MKT_EVENTS_COMPARED 12
MKT_MUST_CHECK mkt_status mkt_events_precedence(struct mkt_arena *arena,
                                                const struct mkt_events_view *view,
                                                const uint32_t *event, size_t n, int64_t *out,
                                                struct mkt_err *err);

/* Sorts by user, by session when asked, then time, rank, event, value and the rest, so that rows in
 * the same order mean the same rows.
 *   row    [rows] of one pile; overwritten
 *   start  [MKT_PILES_BUCKETS + 1]: room
 *   out    [rows] sorted */
void mkt_events_sort(struct mkt_event *row, size_t rows, bool by_session, uint32_t *start,
                     struct mkt_event *out);

#endif
