/* Funnels and retention: rows of events in, counts of users by step out.
 *
 * One pass over the piles of aggregate/events.h: each is sorted by user and
 * time and walked once. The work grows with the number of events, not with
 * events times steps: an event looks only at the steps it could be. All counts
 * are integers in one block, so threads and halves add up to the same bits.
 *
 * What an attempt is:
 *   ordered  the steps in their order, other events between them allowed
 *   strict   the steps in their order, no other event of the unit between them
 *   any      steps 1 to k all within one window, in any order
 * An attempt opens with an event of the first step and lasts for the window.
 * Of a unit's attempts the one that gets furthest counts; of these the one that
 * gets there first; of these the one that opened last. An event is one step
 * of an attempt, never two. Events at one instant count in the order of the
 * first step each could be, others after them.
 */
#ifndef MKT_AGGREGATE_FUNNELS_H
#define MKT_AGGREGATE_FUNNELS_H

#include "aggregate/events.h"

#define MKT_FUNNELS_STEPS 200   /* at most */
#define MKT_FUNNELS_COHORTS 400 /* at most */
#define MKT_FUNNELS_SEGMENTS 1000
#define MKT_FUNNELS_NONE UINT32_MAX

__extension__ typedef __int128 mkt_funnels_wide;

typedef enum { MKT_FUNNEL_ORDERED, MKT_FUNNEL_STRICT, MKT_FUNNEL_ANY } mkt_funnel_order;
typedef enum { MKT_FUNNEL_DAY, MKT_FUNNEL_WEEK, MKT_FUNNEL_MONTH } mkt_funnel_period;

/* A condition on a row: a property among the levels marked, or a value within low..high. */
struct mkt_funnel_condition {
    bool on_value;
    size_t property;
    const bool *pass;    /* [1 + levels of the property]; [0]: where it is not told */
    mkt_micro low, high; /* both ends included */
    bool inside;         /* false: passes outside low..high, so `!=` is low = high */
};

/* Rows that are this step: one of the events, all of the conditions. */
struct mkt_funnel_step {
    const uint32_t *event; /* numbers in the view */
    size_t events;
    const struct mkt_funnel_condition *condition;
    size_t conditions;
    bool optional; /* may be passed over; never the first or the last */
};

struct mkt_funnel_plan {
    const struct mkt_funnel_step *step;
    size_t steps;                            /* 2..MKT_FUNNELS_STEPS */
    const struct mkt_funnel_step *exclusion; /* any of them ends the attempts under way */
    size_t exclusions;
    mkt_funnel_order order;
    int64_t window;  /* microseconds > 0 from the first step to the last, the end included */
    bool by_session; /* a unit is a session of a user, else a user */
    int64_t gap;     /* microseconds without an event that end a session, where none is told */
    bool count_open; /* count units whose window is still open, too */
    size_t segment;  /* property, or MKT_EVENTS_PROPERTIES for none */
    mkt_funnel_period period; /* of cohorts */
};

/* Times by size: bin b holds times that differ by less than one part in 128. */
struct mkt_funnel_bin {
    int64_t n, sum; /* sum of thousandths of a second */
};
#define MKT_FUNNELS_FINE 7

struct mkt_funnels {
    size_t steps, events, segments, cohorts, bins; /* segments: 1 + levels, [0] not told */
    int32_t first_period; /* number of the first cohort's period: see mkt_funnels_period_day */
    mkt_funnel_period period;
    int64_t *sum; /* [width]: all that follows */
    size_t width;

    /* units, and users: a unit enters by an event of the first step */
    int64_t *users, *units, *absent; /* all; units without an entry */
    int64_t *open;                   /* units that entered and whose window is open: not counted */
    int64_t *entries;                /* events of the first step, of counted units */
    int64_t *clusters;               /* users with a counted unit */
    int64_t *reached;                /* [steps] counted units */
    int64_t *square, *with_first, *with_before; /* [steps] sums over users of x_k^2, x_0 x_k and
                                                   x_k x_(last needed step before k) */
    int64_t *skipped_on, *taken_on; /* [steps] of an optional step: units that went on to the next
                                        needed step without it, and with it */
    int64_t *value, *conversions, *negative, *unvalued; /* of the last step's events */
    int64_t *segment;                                   /* [segments][steps] */
    int64_t *cohort;      /* [cohorts][steps] the attempt of the first entry; open units, too */
    int64_t *lost, *kept; /* [steps][events + 1] next event of units that stop at a step,
                                        and of those that go on; [events]: nothing within the window */
    struct mkt_funnel_bin *whole;   /* [bins] from first to last step */
    struct mkt_funnel_bin *between; /* [steps][bins] from the needed step before */

    /* retention of users, by cohort of their first event */
    int64_t *bounded; /* [cohorts][cohorts] active in the period so many later */
    int64_t *rolling; /* [cohorts][cohorts] last active in it: sums from the right tell rolling */

    mkt_funnels_wide value_square,
        value_count;     /* sums over users of v^2 and v x, v in thousandths */
    int64_t first, last; /* times of the data */
};

/* Counts.
 *
 *   arena    holds the result; its free room, less a quarter, is shared out to the threads
 *   threads  at most 16 are used
 *
 * Errors   MKT_E_NOMEM  the arena is full: each thread needs the counts once, and 112 bytes and 32 a
 *                       step that an event could be for each row of the largest pile
 *          MKT_E_LIMIT  more cohorts or segments than the most; values too large to add exactly
 *          MKT_E_IO     a temporary file cannot be read back
 * Cost     linear in events; n log n for one user's events; optional steps in a row are tried one
 *          by one
 * Checked  tests/aggregate/funnels_test.c, bench/funnel.c */
MKT_MUST_CHECK mkt_status mkt_funnels_count(struct mkt_arena *arena,
                                            const struct mkt_events_view *view,
                                            const struct mkt_funnel_plan *plan, int threads,
                                            struct mkt_funnels *out, struct mkt_err *err);

/* First day of a period by number, and the number of a day's period. Weeks begin on Monday. */
int32_t mkt_funnels_period_day(mkt_funnel_period period, int32_t number);
int32_t mkt_funnels_period_of(mkt_funnel_period period, int32_t day);

/* Bin of a time in microseconds >= 0; bins before it hold shorter times. */
size_t mkt_funnels_bin_of(int64_t time);

/* The bounds of a bin in microseconds: low <= time < high. */
void mkt_funnels_bin_bounds(size_t bin, double *low, double *high);

/* The rest is between funnels.c, funnels_match.c, funnels_walk.c and funnels_tally.c. */

/* Where a row stands among the steps: for each event the steps it could be, then exclusions. */
struct mkt_funnels_match {
    uint32_t *from;  /* [events + 1] places in `which` */
    uint16_t *which; /* steps, ascending; steps + i for exclusion i */
    size_t overlap;  /* most steps of one event */
    uint16_t *group; /* [steps] number of the steps that are alike */
    uint16_t *alike; /* [steps] 1 + the step before that is of the same group, 0 for none */
};

MKT_MUST_CHECK mkt_status mkt_funnels_match_make(struct mkt_arena *arena,
                                                 const struct mkt_events_view *view,
                                                 const struct mkt_funnel_plan *plan,
                                                 struct mkt_funnels_match *out,
                                                 struct mkt_err *err);

/* The first step that the row could be; exclusions after steps; what is neither at the end. */
uint16_t mkt_funnels_rank(const struct mkt_funnel_plan *plan, const struct mkt_funnels_match *match,
                          const struct mkt_event *row);

struct mkt_funnels_node {
    uint32_t row, before; /* before: node, MKT_FUNNELS_NONE for the first */
    uint32_t step;
};

/* An attempt under way that has reached a step. */
struct mkt_funnels_state {
    uint64_t walk; /* number of the walk it belongs to: others are stale */
    int64_t start;
    uint32_t row, node;
};

/* How far a unit got. */
struct mkt_funnels_attempt {
    size_t nodes; /* steps on its way, 0: no entry */
    uint32_t *row;
    uint16_t *step;
    int64_t start;
};

struct mkt_funnels_walker {
    const struct mkt_funnel_plan *plan;
    const struct mkt_funnels_match *match;
    struct mkt_funnels_state *state; /* [steps] */
    struct mkt_funnels_node *node;   /* [nodes_max] */
    uint32_t *in_window, *needed;    /* [steps] rows of each group, for any order */
    uint16_t *given;                 /* [rows], for any order: group each row counts as */
    size_t nodes;
    uint64_t walk;
    struct mkt_funnels_attempt attempt; /* room for `steps` */
};

/* Whether a row is the step (or, beyond the steps, the exclusion) of that number. */
bool mkt_funnels_is(const struct mkt_funnel_plan *plan, size_t which, const struct mkt_event *row);

/* Walks the rows of one unit, in order; `first_only`: the attempt of its first entry alone. */
void mkt_funnels_walk(struct mkt_funnels_walker *w, const struct mkt_event *row, size_t rows,
                      bool first_only);

/* What one thread adds up. */
struct mkt_funnels_tally {
    const struct mkt_funnel_plan *plan;
    const struct mkt_events_view *view;
    struct mkt_funnels_walker walker;
    struct mkt_funnels out;
    const int32_t *period; /* [days] number of each day's period, less the first */
    int32_t first_day;
    int64_t *x;                  /* [steps] of one user's units */
    uint64_t *seen;              /* [cohorts] user that was last seen in each */
    mkt_funnels_wide user_value; /* of one user */
};

/* Adds all users of a sorted pile. Errors  MKT_E_LIMIT */
MKT_MUST_CHECK mkt_status mkt_funnels_tally(struct mkt_funnels_tally *t,
                                            const struct mkt_event *row, size_t rows,
                                            struct mkt_err *err);

#endif
