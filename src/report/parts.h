/* What the parts of the words are called on a page, which is read by people: JSON has their names. */
#ifndef MKT_REPORT_PARTS_H
#define MKT_REPORT_PARTS_H

#include "base/buf.h"
#include "fact/words.h"

/* "Performance", "Channels" (of an experiment "Variants", of a funnel "Steps"), "Audience",
 * "Return"; NULL where the question has no such part: the return of what has neither cost nor
 * channels.      Checked  tests/report/answer_text_test.c */
const char *mkt_parts_title(const struct mkt_sheet *sheet, mkt_part part);

#endif
