/* Functions of our own inside DuckDB: numbers, days and currencies in text, read by
 * the same rules as everywhere (numeral.h, daytext.h, money.h), on all threads.
 */
#ifndef MKT_SOURCE_DUCKTEXT_H
#define MKT_SOURCE_DUCKTEXT_H

#include "source/duck.h"

/* Registers, for text:
 *   mkt_day_first(v), mkt_month_first(v)  DATE, NULL when missing or unreadable
 *   mkt_numeral_look(v), mkt_day_look(v)  BIGINT flags
 *   mkt_amount_currency(v)                currency of an amount, NULL for none
 *   mkt_currency(v)                       code of a whole cell, or its letters if it is none
 *   mkt_micros_by_point(v), mkt_micros_by_comma(v)  BIGINT millionths, NULL if it is no number
 *   mkt_total_name(v)                     BIGINT 1 where mkt_total_names_has (heads) says so
 *   mkt_void_name(v), mkt_unset_name(v)   BIGINT 1 where mkt_void_names_has, _unset say so
 *   mkt_nobody(v)                         BIGINT 1 where mkt_void_names_nobody says so
 *   mkt_void_path(v)                      BIGINT 1 where mkt_void_names_path says so
 *   mkt_bad_by_point(v), mkt_bad_by_comma(v)  BIGINT 1 where a cell is neither number nor missing
 */
MKT_MUST_CHECK mkt_status mkt_ducktext_register(struct mkt_duck *duck, struct mkt_err *err);

#endif
