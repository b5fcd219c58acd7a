/* Steps as people write them, against what the events are called.
 *
 *     visit > product_view > coupon? > purchase[value>=50 & channel=search|social]
 *
 *   >        parts steps, in order
 *   |        parts names of events, any of which is the step; or values, any of which will do
 *   [ & ]    conditions on properties or `value`, all of which must hold: = != > >= < <=
 *   ?        after a step: it may be passed over
 *   "..."    a name or value that holds any of these marks
 *
 * Names are found as they stand, else without regard to case. A property also
 * answers to its role (segment, channel, campaign). A row where the property is
 * not told meets no condition on it.
 */
#ifndef MKT_ANALYSIS_FUNNEL_STEPS_H
#define MKT_ANALYSIS_FUNNEL_STEPS_H

#include "aggregate/funnels.h"
#include "source/dataset.h"

struct mkt_funnel_steps {
    struct mkt_funnel_step *step; /* [count] */
    const char **label; /* [count] as written, without the `?`; "visit (2)" where it stands again */
    size_t count;
};

/*   text     steps parted by `mark`: '>' for a funnel, ',' for events that end an attempt
 *   name     of the parameter, for messages
 *
 * Errors   MKT_E_ARG    an empty step, a name that no event or property has (the sentence gives near
 *                       ones), a condition without a sign or a number, more than MKT_FUNNELS_STEPS
 *          MKT_E_NOMEM  the arena is full
 * Checked  tests/analysis/funnel_steps_test.c */
MKT_MUST_CHECK mkt_status mkt_funnel_steps_read(struct mkt_arena *arena, const char *text,
                                                char mark, const char *name,
                                                const struct mkt_events_view *view,
                                                const struct mkt_dataset_events *events,
                                                struct mkt_funnel_steps *out, struct mkt_err *err);

/* The property of that name or role, MKT_EVENTS_PROPERTIES for none. */
size_t mkt_funnel_steps_property(const struct mkt_dataset_events *events, const char *name);

/* "near names: a, b" of those that `text` could stand for, or examples of what there is. */
const char *mkt_funnel_steps_near(struct mkt_arena *arena, const struct mkt_names *names,
                                  const char *text);

/* "30m", "24h", "14d", "2w": microseconds above 0.
 * Errors  MKT_E_ARG */
MKT_MUST_CHECK mkt_status mkt_funnel_steps_length(const char *text, const char *name, int64_t *out,
                                                  struct mkt_err *err);

#endif
