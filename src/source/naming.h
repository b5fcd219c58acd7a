/* Names of columns and files, brought to one form so that rules can be short.
 *
 *     "Amount spent (EUR)"            amount_spent                unit EUR
 *     "SPEND_IN_MICRO_DOLLAR"         spend                       micros
 *     "attributedConversions14d"      attributed_conversions_14_d
 *     "Coste (€)"                     coste                       unit EUR
 *     "cost_in_local_currency"        local_cost
 *
 * Pure text; any bytes may come in.
 */
#ifndef MKT_SOURCE_NAMING_H
#define MKT_SOURCE_NAMING_H

#include <stdbool.h>

#include "base/arena.h"

#define MKT_NAMING_MAX 96 /* bytes of a normal form, NUL included; what is longer is cut */

struct mkt_naming {
    char text[MKT_NAMING_MAX]; /* ASCII words joined by '_'; "" when nothing is left */
    const char *unit;          /* constant currency code found in the name, or NULL */
    bool micros;               /* counts in millionths */
    bool percent;
};

/* Checked  tests/source/naming_test.c */
void mkt_naming_read(const char *name, struct mkt_naming *out);

/* True if `words` ("ad_group") stand in `text` as whole words, in order and side by side. */
bool mkt_naming_has(const char *text, const char *words);

/* `pattern` against the whole of `text`; '*' stands for any run of characters, '|' parts
 * alternatives. */
bool mkt_naming_match(const char *text, const char *pattern);

/* The constant name of the advertising platform that the words of a file, folder or table name
 * tell of ("google_ads_ad_stats" -> "Google Ads"), NULL for none. */
const char *mkt_naming_platform(const char *text);

#endif
