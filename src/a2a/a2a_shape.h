/* Tasks, statuses, artifacts and messages as either version writes them. For this room alone. */
#ifndef MKT_A2A_A2A_SHAPE_H
#define MKT_A2A_A2A_SHAPE_H

#include "a2a/a2a_task.h"
#include "base/json.h"

#define MKT_A2A_SHAPE_TIME 32

/* "2026-01-31T09:30:00.125Z" of milliseconds since 1970; returns `out`. And back.
 * False for anything else; the fraction may be absent. */
char *mkt_a2a_shape_time(int64_t ms, char out[MKT_A2A_SHAPE_TIME]);
bool mkt_a2a_shape_read_time(const char *text, int64_t *ms);

/* The name of a state in that version, and back: false when there is none such. */
const char *mkt_a2a_shape_state(mkt_a2a_version version, mkt_a2a_state state);
bool mkt_a2a_shape_read_state(const char *name, mkt_a2a_state *out);

/* A whole task as the next value.
 *   history    messages of it at most; -1 for all
 *   artifacts  false leaves them out */
void mkt_a2a_shape_task(struct mkt_json *w, mkt_a2a_version version,
                        const struct mkt_a2a_view *view, int64_t history, bool artifacts);

/* The events of a stream as the next value, without what says which of them it is. */
void mkt_a2a_shape_status_update(struct mkt_json *w, mkt_a2a_version version,
                                 const struct mkt_a2a_view *view, const char *stage);

typedef enum { MKT_A2A_ANSWER, MKT_A2A_WORDS, MKT_A2A_PAGE, MKT_A2A_ARTIFACTS } mkt_a2a_artifact;

/* A chunk of an artifact: of ANSWER JSON that may stand on several lines, of WORDS text, of PAGE
 * HTML.
 *   append  behind what came of it before; else in its place */
void mkt_a2a_shape_chunk(struct mkt_json *w, mkt_a2a_version version,
                         const struct mkt_a2a_view *view, mkt_a2a_artifact which,
                         const char *content, bool append, bool last);

/* How many chunks of ANSWER or WORDS the job had told by then. */
unsigned mkt_a2a_shape_told(const struct mkt_a2a_view *view, mkt_a2a_artifact which);

/* The text of an event whose data are a string or null: NULL of null, and without memory. */
const char *mkt_a2a_shape_sentence(struct mkt_arena *arena, const char *data);

/* Where that artifact stands in the view's answer; NULL when it is not there, or not wanted. */
const char *mkt_a2a_shape_content(const struct mkt_a2a_view *view, mkt_a2a_artifact which);

#endif
