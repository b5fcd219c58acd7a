/* Touchpoints to journeys: rows of (user, time, channel, conversion, value) in, paths and sums out.
 *
 * Rows may come in any order and from several threads, one mkt_touchpoints each.
 * They are dealt to 256 piles by a hash of the user; a pile that does not fit
 * in memory goes to a temporary file. mkt_touchpoints_finish takes the piles one
 * by one, sorts each by (user, time) and walks it. What comes out does not
 * depend on the order of rows, on how they were split or on the number of
 * threads, to the last bit: ties in time are broken by what happened (touches
 * before conversions), the channel's name and the value.
 */
#ifndef MKT_AGGREGATE_TOUCHPOINTS_H
#define MKT_AGGREGATE_TOUCHPOINTS_H

#include "aggregate/clocks.h"
#include "aggregate/credits.h"
#include "aggregate/path_shards.h"
#include "aggregate/piles.h"

#define MKT_TOUCHPOINTS_GROUPS 512     /* at most; a power of two, at least as many as piles */
#define MKT_TOUCHPOINTS_BINS 96        /* of the histograms; the last holds all beyond */
#define MKT_TOUCHPOINTS_NONE 0x7FFFFFU /* no channel; all numbers of channels are less */
#define MKT_TOUCHPOINTS_MONTHS 1024    /* from 1970 to 2054; the last holds all beyond */
#define MKT_TOUCHPOINTS_WITHHELD 2     /* a touch that chance withheld from the user: none at all */
#define MKT_TOUCHPOINTS_SPLIT '\x1f'   /* between a channel and its campaign in one name */

/* One row of a touchpoints table. */
struct mkt_touchpoint {
    uint64_t user; /* aggregate/ids.h */
    int64_t time;  /* seconds since 1970-01-01 UTC, 0 to 2^38 - 1 */
    mkt_micro value;
    uint32_t
        channel;   /* number from touchpoints->channel; MKT_TOUCHPOINTS_NONE: a conversion alone */
    uint16_t view; /* 1: seen, not clicked; MKT_TOUCHPOINTS_WITHHELD: would have been shown */
    uint16_t conversion; /* 1: the user converted, after this touch */
};

/* The same as it is kept: what happened in one number, in the order that ties are broken by. */
struct mkt_touchpoints_row {
    uint64_t user;
    uint64_t what; /* time, 38 bits; conversion, 1; channel, 23: all ones for none; view, 2 */
    mkt_micro value;
};

/* And where the value is 0. */
struct mkt_touchpoints_bare {
    uint64_t user, what;
};

#define MKT_TOUCHPOINTS_TIME_SHIFT 26
#define MKT_TOUCHPOINTS_KIND (((uint64_t)1 << 25) - 1) /* of `what`: channel and view */

/* All as in struct mkt_touchpoint. */
static inline struct mkt_touchpoints_row mkt_touchpoints_pack(uint64_t user, int64_t time,
                                                              bool conversion, uint32_t channel,
                                                              uint16_t view, mkt_micro value)
{
    return (struct mkt_touchpoints_row){user,
                                        (uint64_t)time << MKT_TOUCHPOINTS_TIME_SHIFT |
                                            (uint64_t)conversion << 25 | (uint64_t)channel << 2 |
                                            view,
                                        value};
}

static inline int64_t mkt_touchpoints_time(uint64_t what)
{
    return (int64_t)(what >> MKT_TOUCHPOINTS_TIME_SHIFT);
}

static inline bool mkt_touchpoints_converts(uint64_t what)
{
    return what >> 25 & 1;
}

static inline uint32_t mkt_touchpoints_channel(uint64_t what)
{
    return (uint32_t)(what >> 2) & MKT_TOUCHPOINTS_NONE;
}

static inline uint16_t mkt_touchpoints_view(uint64_t what)
{
    return what & 3;
}

static inline struct mkt_touchpoint mkt_touchpoints_unpack(const struct mkt_touchpoints_row *row)
{
    return (struct mkt_touchpoint){.user = row->user,
                                   .time = mkt_touchpoints_time(row->what),
                                   .value = row->value,
                                   .channel = mkt_touchpoints_channel(row->what),
                                   .view = mkt_touchpoints_view(row->what),
                                   .conversion = mkt_touchpoints_converts(row->what)};
}

struct mkt_touchpoints {
    struct mkt_piles bare;   /* rows without a value, which are most: struct mkt_touchpoints_bare */
    struct mkt_piles valued; /* the others: struct mkt_touchpoints_row */
    struct mkt_names channel;
    struct mkt_clocks_bin month[MKT_TOUCHPOINTS_MONTHS];
};

/*   arena  holds rows; one thread's own
 *   limit  bytes of rows to hold before the rest goes to disk
 *   temp   folder for that */
void mkt_touchpoints_init(struct mkt_touchpoints *j, struct mkt_arena *arena, size_t limit,
                          const char *temp);
void mkt_touchpoints_close(struct mkt_touchpoints *j); /* lets go of the temporary file */

/* Errors  MKT_E_NOMEM    the arena is full
 *         MKT_E_IO       the temporary file cannot be made or written
 *         MKT_E_NOSPACE  no room for it on the disk */
MKT_MUST_CHECK mkt_status mkt_touchpoints_add(struct mkt_touchpoints *touchpoints,
                                              const struct mkt_touchpoints_row *row, size_t rows,
                                              struct mkt_err *err);

/* First and last time of all parts, without rows far from all others (aggregate/clocks.h). Returns the
 * number of those rows.   Some part has rows. */
int64_t mkt_touchpoints_span(struct mkt_touchpoints *const *part, size_t parts, int64_t *first,
                             int64_t *last);

typedef enum {
    MKT_WEAK_KEEP, /* touches like any other */
    MKT_WEAK_DROP, /* as if they had not been */
    MKT_WEAK_YIELD /* dropped where the journey has any other touch */
} mkt_weak;

/* What makes a journey of a user's touches. */
struct mkt_journey_rules {
    int64_t lookback; /* seconds before a conversion within which touches count */
    int64_t session;  /* touches of one channel no further apart are one; 0: each is its own */
    int64_t gap;      /* seconds without a touch that end a journey; 0: none do */
    mkt_weak direct;  /* what to do with the channel `direct_name` */
    mkt_weak views;   /* what to do with views */
    const char *direct_name; /* NULL when no channel is direct traffic */
    bool first_only;         /* only the first conversion of a user counts, and nothing after it */
    bool reuse; /* a touch may lead to several conversions; else a conversion ends the journey */
    bool campaigns; /* tell the campaigns of a channel apart: each is a channel of its own, named
                       "channel SPLIT campaign"; else names are cut before SPLIT */
};

/* What was seen on the way. */
struct mkt_journey_counts {
    int64_t users, rows, visits; /* visits: touches after sessions are joined */
    int64_t conversions;         /* rows that convert and count, with touch or without */
    int64_t negative;            /* of these, with a value below 0 */
    int64_t tied; /* of these, with touches of different channels at one and the same second */
    int64_t open; /* of the journeys that did not convert, those that still may: their last touch is
                     within the look-back of the data's end */
    int64_t lag[MKT_TOUCHPOINTS_BINS];   /* conversions by whole days since the first touch */
    int64_t steps[MKT_TOUCHPOINTS_BINS]; /* conversions by number of touches, [0] unused */
};

struct mkt_touchpoints_out {
    struct mkt_paths paths; /* finished; paths.untouched: conversions without a touch */
    struct mkt_credits credits;
    struct mkt_journey_counts counts;
};

/* Makes journeys of all rows.
 *
 *   arena    holds the result; while it is made, at most as much as is free in it is taken besides:
 *            80 bytes a thread for each row of the largest pile, the rest for paths
 *   part     [parts] what was added; stays as it is
 *   rule     [rules] of credit, age counted from the conversion; a LAST_OTHER rule's `direct` is
 *            set here to the number of direct_name, and the rule is left out without one
 *   groups   of users, a power of two from 256 to MKT_TOUCHPOINTS_GROUPS
 *   chain    keep how channels follow one another
 *   threads  at most 16 are used, and as many as there is room for
 *
 * Errors   MKT_E_EMPTY   no rows
 *          MKT_E_NOMEM   the arena is full, or the largest pile takes more than half of its room: the
 *                        sentence says how many rows that are
 *          MKT_E_LIMIT   as mkt_paths_add
 *          MKT_E_IO      the temporary file cannot be read
 * Cost     linear in rows, but n log n for one user's rows
 * Checked  tests/aggregate/touchpoints_test.c */
MKT_MUST_CHECK mkt_status mkt_touchpoints_finish(
    struct mkt_arena *arena, struct mkt_touchpoints *const *part, size_t parts,
    const struct mkt_journey_rules *rules, const struct mkt_share_rule *rule, size_t n_rules,
    size_t groups, bool chain, int threads, struct mkt_touchpoints_out *out, struct mkt_err *err);

/* The name of a user, which rows do not keep. */
struct mkt_touchpoints_user {
    uint64_t hash; /* mkt_touchpoint.user */
    const char *name;
};

/* One conversion and the touches that led to it. */
struct mkt_touchpoints_conversion {
    uint64_t user;
    int64_t time;
    mkt_micro value;
    const uint32_t *step; /* [steps] channels, numbered as in the paths of mkt_touchpoints_finish */
    const int64_t *age;   /* [steps] seconds before the conversion */
    size_t steps;         /* 0: no touch led to it */
};

typedef mkt_status mkt_touchpoints_each_fn(void *user,
                                           const struct mkt_touchpoints_conversion *conversion,
                                           struct mkt_err *err);

/* All rows of one user by time, withheld ones too. */
typedef mkt_status mkt_touchpoints_user_fn(void *context, const struct mkt_touchpoint *row,
                                           size_t rows, struct mkt_err *err);

/* Hands over the users one by one, in the order of their hash; on one thread.
 *   names  empty: the channels, numbered as in the rows, and as in the paths of finish
 * Errors  those of mkt_touchpoints_finish and of `each` */
MKT_MUST_CHECK mkt_status mkt_touchpoints_users(struct mkt_arena *arena,
                                                struct mkt_touchpoints *const *part, size_t parts,
                                                const struct mkt_journey_rules *rules,
                                                struct mkt_names *names,
                                                mkt_touchpoints_user_fn *each, void *context,
                                                struct mkt_err *err);

/* Hands over every conversion that counts, one by one: users in the order of their hash, those of
 * a user by time. `part` and `rules` as for mkt_touchpoints_finish; on one thread.
 * Errors  those of mkt_touchpoints_finish and of `each` */
MKT_MUST_CHECK mkt_status mkt_touchpoints_each(struct mkt_arena *arena,
                                               struct mkt_touchpoints *const *part, size_t parts,
                                               const struct mkt_journey_rules *rules,
                                               mkt_touchpoints_each_fn *each, void *user,
                                               struct mkt_err *err);

/* The rest is between touchpoints.c, touchpoints_pile.c and touchpoints_walk.c. */

/* Rows in a pile, and in all. */
static inline size_t mkt_touchpoints_rows_in(const struct mkt_touchpoints *touchpoints, size_t pile)
{
    return mkt_piles_rows(&touchpoints->bare, pile) + mkt_piles_rows(&touchpoints->valued, pile);
}

static inline size_t mkt_touchpoints_rows(const struct mkt_touchpoints *touchpoints)
{
    return mkt_piles_all_rows(&touchpoints->bare) + mkt_piles_all_rows(&touchpoints->valued);
}

/* The rows of one pile by user, time, conversion, channel, view, value.
 *   map    [parts][channels of the part] new numbers of the channels
 *   room   [rows of the pile in all parts]
 *   start  [MKT_PILES_BUCKETS + 1] room
 *   out    [rows of the pile in all parts]
 * Errors  MKT_E_IO  the temporary file cannot be read */
MKT_MUST_CHECK mkt_status mkt_touchpoints_order(struct mkt_touchpoints *const *part, size_t parts,
                                                size_t pile, uint32_t *const *map,
                                                struct mkt_touchpoints_row *room, uint32_t *start,
                                                struct mkt_touchpoints_row *out,
                                                struct mkt_err *err);

/* What one thread needs to walk sorted rows. */
struct mkt_touchpoints_walker {
    const struct mkt_journey_rules *rules;
    uint32_t direct; /* number of direct_name, MKT_TOUCHPOINTS_NONE for none */
    int64_t last;    /* time of the last row of the data */
    int group_shift; /* group = user >> group_shift */
    struct mkt_path_batch paths;
    struct mkt_path_counts untouched;
    struct mkt_credits *credits;
    struct mkt_credits_scratch scratch;
    struct mkt_journey_counts counts;
    uint64_t *open; /* the journey so far, as rows have it; room for all rows of a pile */
    uint32_t *step; /* the same as it is given out */
    int64_t *age;
    struct mkt_touchpoint *given;  /* what each_rows is given; only where that is set */
    mkt_touchpoints_each_fn *each; /* where set, conversions go there and nothing is added up */
    mkt_touchpoints_user_fn *each_rows; /* the same for all rows of a user */
    void *each_user;
};

/* Walks the users of a sorted pile. Errors as mkt_paths_add. */
MKT_MUST_CHECK mkt_status mkt_touchpoints_walk(struct mkt_touchpoints_walker *walker,
                                               const struct mkt_touchpoints_row *row, size_t rows,
                                               struct mkt_err *err);

#endif
