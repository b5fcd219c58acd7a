/* Numbers, days, currencies and names in text: any bytes, and what a look promises a reading keeps. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "source/actions.h"
#include "source/daytext.h"
#include "source/money.h"
#include "source/naming.h"
#include "source/numeral.h"
#include "source/roles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition) abort();
}

static void fuzz_number(const char *s, size_t n)
{
    int64_t point = 0, comma = 0;
    unsigned look = mkt_numeral_look(s, n);
    mkt_numeral_result by_point = mkt_numeral_read(s, n, '.', 6, &point);
    mkt_numeral_result by_comma = mkt_numeral_read(s, n, ',', 6, &comma);
    int point_reads = by_point == MKT_NUMERAL_OK || by_point == MKT_NUMERAL_LARGE;
    int comma_reads = by_comma == MKT_NUMERAL_OK || by_comma == MKT_NUMERAL_LARGE;
    require(!!(look & MKT_NUMERAL_IS_MISSING) == (by_point == MKT_NUMERAL_MISSING));
    if (look & MKT_NUMERAL_IS_BAD) require(!point_reads && !comma_reads);
    if (look & MKT_NUMERAL_POINT) require(point_reads && !comma_reads);
    if (look & MKT_NUMERAL_COMMA) require(comma_reads && !point_reads);
    if (look & (MKT_NUMERAL_EITHER_BY_POINT | MKT_NUMERAL_EITHER_BY_COMMA))
        require(point_reads && comma_reads);
    if (look & MKT_NUMERAL_IS_PLAIN) require(by_point == by_comma && point == comma);
    mkt_numeral_currency(s, n);
    mkt_numeral_read(s, n, '.', 0, &point);
}

static void fuzz_day(const char *s, size_t n)
{
    int32_t day = 0, month = 0;
    unsigned look = mkt_daytext_look(s, n);
    int a = mkt_daytext_read(s, n, MKT_DAY_FIRST, &day) == MKT_DAYTEXT_OK;
    int b = mkt_daytext_read(s, n, MKT_MONTH_FIRST, &month) == MKT_DAYTEXT_OK;
    if (look & MKT_DAYTEXT_CERTAIN) require(a && b && day == month);
    if (look & MKT_DAYTEXT_IS_BAD) require(!a && !b);
    if (look & MKT_DAYTEXT_EITHER) require(a && b && day != month);
    if (a) require(day >= 0 && day < 48000);
}

/* Plain cells take a short way; a blank in front sends the same cell the long way. */
static void fuzz_short_ways(const char *s, size_t n)
{
    char *wide = malloc(n + 1);
    wide[0] = ' ';
    memcpy(wide + 1, s, n);
    require(mkt_numeral_look(s, n) == mkt_numeral_look(wide, n + 1));
    require(mkt_daytext_look(s, n) == mkt_daytext_look(wide, n + 1));
    for (int scale = 0; scale <= 6; scale += 6)
        for (int comma = 0; comma < 2; comma++) {
            int64_t a = 0, b = 0;
            char mark = comma ? ',' : '.';
            require(mkt_numeral_read(s, n, mark, scale, &a) ==
                    mkt_numeral_read(wide, n + 1, mark, scale, &b));
            require(a == b);
        }
    int32_t a = 0, b = 0;
    require(mkt_daytext_read(s, n, MKT_DAY_FIRST, &a) ==
            mkt_daytext_read(wide, n + 1, MKT_DAY_FIRST, &b));
    require(a == b);
    free(wide);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *s = malloc(size + 1); /* exactly as long as it is, so that reading past it is seen */
    memcpy(s, data, size);
    s[size] = '\0';
    char *tight = malloc(size ? size : 1);
    memcpy(tight, data, size);
    fuzz_number(tight, size);
    fuzz_day(tight, size);
    mkt_money_code(tight, size);
    fuzz_short_ways(tight, size);
    free(tight);

    struct mkt_naming name;
    mkt_naming_read(s, &name);
    require(strlen(name.text) < MKT_NAMING_MAX);
    mkt_naming_platform(name.text);
    mkt_role_is_rate(&name);
    mkt_role_is_decoy(name.text);
    for (size_t i = 0; i < mkt_role_rule_count; i++) mkt_role_class(&mkt_role_rules[i], name.text);
    mkt_actions_rank(s);
    free(s);
    return 0;
}
