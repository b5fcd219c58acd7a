/* Text, numbers and periods from anyone: what is shown is UTF-8 within its bound, a number reads
 * back to the same bits, a period has its days in order and text of its own. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition) abort();
}

static void read_numbers(const char *text)
{
    char written[MKT_TEXT_NUMBER];
    double value = 0, again = 0;
    int64_t integer = 0;
    if (mkt_text_to_double(text, &value)) {
        require(isfinite(value));
        require(mkt_text_to_double(mkt_text_number(value, written), &again));
        require(value == again && strlen(written) < sizeof written);
    }
    if (mkt_text_to_int(text, &integer)) require(mkt_text_to_double(text, &value));
}

static void read_days(const char *text)
{
    const struct mkt_period all = {20000, 20729};
    struct mkt_period p, before;
    char written[MKT_DATE_TEXT];
    int32_t day = 0, again = 0;
    if (mkt_date_parse(text, &day)) {
        struct mkt_date d = mkt_date_of(day);
        require(mkt_date_valid(d.year, d.month, d.day));
        require(mkt_date_days(d.year, d.month, d.day) == day);
        require(mkt_date_parse(mkt_date_text(day, written), &again) && day == again);
        require(mkt_date_weekday(day) >= 0 && mkt_date_weekday(day) <= 6);
    }
    if (!mkt_period_parse(text, all, &p)) return;
    require(p.first <= p.last);
    before = mkt_period_before(p);
    require(before.last == p.first - 1 && before.first <= before.last);
    (void)mkt_period_is_months(mkt_period_year_before(p));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mkt_arena arena;
    struct mkt_err err = {0};
    if (size < 1 || size > 1 << 14) return 0;
    if (!arena.base && mkt_arena_open(&arena, (size_t)4 << 20, &err) != MKT_OK) abort();
    mkt_arena_reset(&arena, 1 << 16);
    size_t n = size - 1, most = data[0] + (size_t)4;
    char *tight = malloc(n + 1); /* no byte behind, then a NUL */
    memcpy(tight, data + 1, n);
    const char *clean = mkt_text_clean(&arena, tight, n, most);
    require(clean && strlen(clean) <= most && mkt_text_is_utf8(clean, strlen(clean)));
    require(!strpbrk(clean, "\n\r\t"));
    tight[n] = '\0';
    const char *slug = mkt_text_slug(&arena, tight, most);
    require(slug && *slug && strlen(slug) <= most);
    require(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(slug));
    read_numbers(tight);
    read_days(tight);
    free(tight);
    return 0;
}
