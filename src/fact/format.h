/* How a figure is shown to people: "€12,340", "3.21", "4.2 %", "+11 %", "+1.2 points".
 *
 * Formatting, not computing: rounds to what a reader can use (three
 * significant digits or whole units) and groups thousands. JSON never uses it.
 */
#ifndef MKT_FACT_FORMAT_H
#define MKT_FACT_FORMAT_H

#include "base/buf.h"
#include "fact/fact.h"

#define MKT_FORMAT_TEXT 48

/* `currency` is an ISO code or NULL. "–" when value is not finite. Returns `out`. */
char *mkt_format_value(double value, mkt_unit unit, const char *currency,
                       char out[MKT_FORMAT_TEXT]);

#define MKT_FORMAT_RANGE (2 * MKT_FORMAT_TEXT + 4)

/* "2.87 to 3.56": the unit stands once where both ends have the same, as in "€204 to 310",
 * "+0.56 to +4.1 points", "45 seconds to 2 minutes". Returns `out`. */
char *mkt_format_range(double low, double high, mkt_unit unit, const char *currency,
                       char out[MKT_FORMAT_RANGE]);

/* "3.21 (2.87 to 3.56)", "€12,340" when the fact has no interval. */
void mkt_format_fact(struct mkt_buf *out, const struct mkt_fact *fact, const char *currency);

/* "98 %", "over 99.9 %", "under 0.1 %": a probability in words that never says certain. */
char *mkt_format_probability(double p, char out[MKT_FORMAT_TEXT]);

/* "p = 0.0312", "p < 0.0001". */
char *mkt_format_p(double p, char out[MKT_FORMAT_TEXT]);

#endif
