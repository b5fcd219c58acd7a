/* The words in which people ask for an analysis: what the planner knows a question by.
 *
 * A row lists phrases, parted by commas, in lower case and in English (plan/foreign.h turns other
 * languages into it). Case, accents and a plural s make no difference.
 *
 *   OWN     only this analysis speaks of it          SHARED  others may, too
 *   HINT    not enough by itself                     NUMBER  the number beside it is a parameter
 *   SET     it fixes a parameter                     NAME    the name of the data beside it is one
 *
 * `tells` says what of the answer is meant: metrics of facts ("roas,roi"), kinds of findings
 * ("!action"), metrics of whatever an experiment measures ("*_p", "*": fact/focus.h), the sheet's verdict ("!verdict"), the entities that have them ("by=scenario"), the row of a table ("row=transitions"); of NUMBER and NAME the parameter
 * ("lookback"), of SET parameter and value ("direct=0").
 */
#ifndef MKT_ANALYSIS_TOPICS_H
#define MKT_ANALYSIS_TOPICS_H

#include <stddef.h>

typedef enum {
    MKT_TOPIC_OWN,
    MKT_TOPIC_SHARED,
    MKT_TOPIC_HINT,
    MKT_TOPIC_NUMBER,
    MKT_TOPIC_SET,
    MKT_TOPIC_NAME
} mkt_topic_kind;

struct mkt_topic {
    mkt_topic_kind kind;
    const char *tells;
    const char *phrases;
};

#define MKT_TOPICS_ROI 24
#define MKT_TOPICS_ATTRIBUTION 25
#define MKT_TOPICS_FUNNEL 17
#define MKT_TOPICS_EXPERIMENT 25
#define MKT_TOPICS_UNIT_ECONOMICS 18

extern const struct mkt_topic mkt_topics_roi[MKT_TOPICS_ROI];
extern const struct mkt_topic mkt_topics_attribution[MKT_TOPICS_ATTRIBUTION];
extern const struct mkt_topic mkt_topics_funnel[MKT_TOPICS_FUNNEL];
extern const struct mkt_topic mkt_topics_experiment[MKT_TOPICS_EXPERIMENT];
extern const struct mkt_topic mkt_topics_unit_economics[MKT_TOPICS_UNIT_ECONOMICS];

#endif
