/* An answer in the origin's shapes: its field names, with what the facts say.
 *
 * Figures are copied from the answer, at the origin's scale (percent) and rounding. A field of the
 * origin that the facts do not give is null, and `unknown` says why; nothing is made up.
 * Checked  tests/boardroom/process_test.c, tests/e2e/boardroom_test.sh
 */
#ifndef MKT_BOARDROOM_SHAPE_H
#define MKT_BOARDROOM_SHAPE_H

#include "boardroom/answering.h"

typedef enum {
    MKT_SHAPE_CAMPAIGN,      /* "comprehensive_campaign" */
    MKT_SHAPE_ROI,           /* "marketing_roi_collaboration" */
    MKT_SHAPE_OPTIMIZATION,  /* "campaign_optimization" */
    MKT_SHAPE_COLLABORATION, /* the seed's fields, one of the above in `detailed_results` */
} mkt_shape;

extern const struct mkt_json_limits mkt_shape_limits; /* of an answer that is read again */

struct mkt_shape_source {
    const struct mkt_errand *errand;
    const struct mkt_answering *answering;
    const char *dataset;  /* the name of the data set it is of; NULL for none */
    const char *agent_id; /* ours */
};

/* Writes one JSON object, with the whole answer in `answer` and where the data stood in
 * `data_source`.
 *   confidence  the answer's confidence score, NAN when it has none; may be NULL
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_shape_write(struct mkt_arena *arena, mkt_shape shape,
                                          const struct mkt_shape_source *source,
                                          struct mkt_buf *out, double *confidence,
                                          struct mkt_err *err);

/* The shape that the origin gives a task of that kind. */
mkt_shape mkt_shape_of(mkt_errand_kind kind);

#endif
