/* Tables of events to the rows that funnels are made of.
 *
 * A table of kind EVENTS, or one of TOUCHPOINTS that names an event in each
 * row (GA4-like exports). Rows are kept, dealt to piles by user and spilled
 * beyond a limit, because what the steps are is asked anew with each question.
 */
#ifndef MKT_SOURCE_EVENT_ROWS_H
#define MKT_SOURCE_EVENT_ROWS_H

#include "aggregate/events.h"
#include "source/duckdrain.h"
#include "source/relation.h"

/* A column that conditions on steps, and segments, may name. */
struct mkt_event_property {
    const char *name; /* as the data have it, cleaned */
    const char *role; /* "channel", "segment": another name for it; NULL for none */
};

/* What the tables of a data set say about events. */
struct mkt_event_rows {
    struct mkt_events *part[MKT_DUCKDRAIN_PLACES];
    size_t parts;
    struct mkt_arena arena[MKT_DUCKDRAIN_PLACES]; /* of each part */
    struct mkt_event_property property[MKT_EVENTS_PROPERTIES];
    size_t properties;
    const char *left_out; /* columns that could be properties but are too many, or NULL */
    bool has_values, has_sessions, of_touchpoints;
    struct mkt_rows_room room;
    const char *why_none; /* a sentence: what was wrong with a table, or NULL */
};

/* Whether it tells events; touchpoints do where no table of the data set is of kind EVENTS. */
bool mkt_event_rows_fit(const struct mkt_relation *relation, size_t relations,
                        const struct mkt_relation *all);

/* Reads a relation that fits; profile_read and profile_settle came before. *broken: its rows that
 * could not be read; *nobody: those that name no user; *zeros: those of the user 0.
 *
 * Errors  MKT_E_LIMIT  more than MKT_EVENTS_NAMES events
 *         MKT_E_DATA   as mkt_duck_query
 *         MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE, MKT_E_CANCELLED
 * Checked tests/source/event_rows_test.c */
MKT_MUST_CHECK mkt_status mkt_event_rows_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                              struct mkt_relation *relation,
                                              struct mkt_event_rows *out, int64_t *broken,
                                              int64_t *nobody, int64_t *zeros, struct mkt_err *err);

/* Lets go of arenas and temporary files. */
void mkt_event_rows_close(struct mkt_event_rows *rows);

#endif
