#include "source/touch_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "source/numeral.h"
#include "source/touch_names.h"
#include "source/yes_no.h"

#define VALUE_MOST 9.2e12
#define TIME_MOST INT64_C(253402300799) /* the end of year 9999 */

#define USER_MOST 1000 /* bytes of a user's name where it is kept */

static mkt_status open_part(struct mkt_touch_rows *scan, size_t i, struct mkt_err *err)
{
    struct mkt_touches *out = scan->out;
    struct mkt_touch_rows_part *p = &scan->part[i];
    if (!out->part[i]) {
        MKT_TRY(mkt_arena_open(&out->arena[i], out->room.capacity, err));
        out->part[i] = MKT_NEW(&out->arena[i], struct mkt_touchpoints, 1);
        if (!out->part[i]) return mkt_arena_full(&out->arena[i], err);
        mkt_touchpoints_init(out->part[i], &out->arena[i], out->room.limit, out->room.temp);
    }
    MKT_TRY(mkt_arena_open(&p->arena, (size_t)256 << 20, err));
    mkt_names_init(&p->raw, &p->arena);
    p->rows = out->part[i];
    scan->open[i] = true;
    return MKT_OK;
}

static bool is_one_of(const char *const *word, size_t words, const char *s, size_t n)
{
    for (size_t i = 0; i < words; i++)
        if (strlen(word[i]) == n && strncasecmp(word[i], s, n) == 0) return true;
    return false;
}

static bool is_view(const char *s, size_t n)
{
    static const char *const word[] = {"view", "impression", "viewed", "seen", "ad_impression"};
    return is_one_of(word, sizeof word / sizeof *word, s, n);
}

/* What advertising systems log for people whom chance keeps from an ad. */
static bool is_withheld(const char *s, size_t n)
{
    static const char *const word[] = {"holdout",  "held_out",         "withheld",
                                       "ghost_ad", "ghost_impression", "control_impression"};
    return is_one_of(word, sizeof word / sizeof *word, s, n);
}

static bool is_conversion(const char *s, size_t n)
{
    static const char *const word[] = {"purchase",         "order",         "conversion",
                                       "transaction",      "generate_lead", "sign_up",
                                       "checkout_complete"};
    return is_one_of(word, sizeof word / sizeof *word, s, n);
}

/* A channel that the data write for the first time. */
static mkt_status meet(struct mkt_touch_rows_part *p, const char *s, size_t n, struct mkt_err *err)
{
    struct mkt_touch_rows_met met = {.code = MKT_TOUCHPOINTS_NONE};
    const char *name;
    MKT_TRY(mkt_touch_names_read(&p->arena, s, n, &name, &met.is_void, err));
    if (name) MKT_TRY(mkt_names_code(&p->rows->channel, name, strlen(name), &met.code, err));
    if (p->rows->channel.count > MKT_TOUCHPOINTS_NONE)
        return mkt_err_set(err, MKT_E_LIMIT, "there are more than %s channels",
                           MKT_COUNT(MKT_TOUCHPOINTS_NONE));
    struct mkt_touch_rows_met *place =
        mkt_arena_push(&p->arena, &p->met, &p->mets, &p->met_cap, sizeof *place);
    if (!place) return mkt_arena_full(&p->arena, err);
    *place = met;
    return MKT_OK;
}

/* The number of a channel, MKT_TOUCHPOINTS_NONE for what names none; as the data write it first,
 * then as it is shown. */
static inline mkt_status channel_of(struct mkt_touch_rows_part *p, const char *s, size_t n,
                                    uint32_t *out, struct mkt_err *err)
{
    uint32_t raw;
    MKT_TRY(mkt_names_recent_code(&p->recent, &p->raw, s, n, &raw, err));
    if (raw == p->mets) MKT_TRY(meet(p, s, n, err));
    p->met[raw].rows++;
    *out = p->met[raw].code;
    return MKT_OK;
}

mkt_status mkt_touch_rows_count(const struct mkt_touch_rows *scan, size_t at, int64_t *void_names,
                                struct mkt_err *err)
{
    struct mkt_touches *out = scan->out;
    const struct mkt_touch_rows_part *p = &scan->part[at];
    size_t channels = p->rows->channel.count;
    int64_t *rows = MKT_NEW(&out->arena[at], int64_t, channels + 1);
    if (!rows) return mkt_arena_full(&out->arena[at], err);
    if (out->counted[at]) memcpy(rows, out->rows[at], out->counted[at] * sizeof *rows);
    for (size_t i = 0; i < p->mets; i++) {
        if (p->met[i].code != MKT_TOUCHPOINTS_NONE) rows[p->met[i].code] += p->met[i].rows;
        if (p->met[i].is_void) *void_names += p->met[i].rows;
    }
    out->rows[at] = rows;
    out->counted[at] = channels;
    return MKT_OK;
}

#define BATCH 128 /* rows read before they are dealt: what was just written is slow to read back */

/* Rows read together, one column after the other. */
struct batch {
    const struct mkt_duckdrain_rows *c;
    size_t from, rows; /* in c */
    bool ok[BATCH];    /* not broken so far, nor in the future */
    uint64_t user[BATCH];
    int64_t time[BATCH]; /* seconds */
    uint32_t channel[BATCH];
    uint16_t view[BATCH];
    mkt_micro converted[BATCH], value[BATCH];
    struct mkt_touchpoints_row row[BATCH]; /* what came of them */
};

static bool is_there(const struct batch *b, int column, size_t i)
{
    return mkt_duckdrain_there(b->c, (size_t)column, b->from + i);
}

static bool all_there(const struct batch *b, int column)
{
    return !b->c->valid[column];
}

static const char *text_at(const struct batch *b, int column, size_t i, size_t *n)
{
    return mkt_duckdrain_text(b->c, (size_t)column, b->from + i, n);
}

static const int64_t *wholes(const struct batch *b, int column)
{
    return (const int64_t *)b->c->data[column] + b->from;
}

static void read_users(const struct mkt_touch_rows *scan, struct mkt_touch_rows_part *p,
                       struct batch *b)
{
    const size_t rows = b->rows;
    const int64_t *number = wholes(b, MKT_TOUCH_ROWS_USER);
    int64_t zeros = 0, somebody = 0;
    if (scan->user_is_number) {
        for (size_t i = 0; i < rows; i++) b->user[i] = mkt_ids_of_number(number[i]);
        for (size_t i = 0; !all_there(b, MKT_TOUCH_ROWS_USER) && i < rows; i++)
            if (!is_there(b, MKT_TOUCH_ROWS_USER, i)) b->user[i] = 0;
    } else {
        for (size_t i = 0; i < rows; i++)
            b->user[i] = mkt_duckdrain_id(b->c, MKT_TOUCH_ROWS_USER, b->from + i, false);
    }
    for (size_t i = 0; i < rows; i++) {
        b->ok[i] = b->user[i] != 0;
        somebody += b->ok[i];
        zeros += b->user[i] == MKT_IDS_ZERO;
    }
    p->nobody += (int64_t)rows - somebody;
    p->zeros += zeros;
}

static void read_times(const struct mkt_touch_rows *scan, struct mkt_touch_rows_part *p,
                       struct batch *b)
{
    const size_t rows = b->rows;
    const int64_t *micros = wholes(b, MKT_TOUCH_ROWS_TIME), latest = scan->latest;
    int64_t future = 0;
    for (size_t i = 0; !all_there(b, MKT_TOUCH_ROWS_TIME) && i < rows; i++)
        b->ok[i] &= is_there(b, MKT_TOUCH_ROWS_TIME, i);
    for (size_t i = 0; i < rows; i++) {
        uint64_t time = (uint64_t)micros[i] / 1000000; /* before 1970 it is far too much */
        bool ok = b->ok[i] & (time <= TIME_MOST), late = (int64_t)time > latest;
        future += ok & late;
        b->ok[i] = ok & !late;
        b->time[i] = ok ? (int64_t)time : 0;
    }
    p->future += future;
}

/* Only of rows that are used so far: a channel that is nowhere else is none. */
static mkt_status read_channels(struct mkt_touch_rows_part *p, struct batch *b, struct mkt_err *err)
{
    for (size_t i = 0; i < b->rows; i++) {
        size_t n;
        b->channel[i] = MKT_TOUCHPOINTS_NONE;
        if (!b->ok[i] || !is_there(b, MKT_TOUCH_ROWS_CHANNEL, i)) continue;
        const char *s = text_at(b, MKT_TOUCH_ROWS_CHANNEL, i, &n);
        if (n > 0 && *s != MKT_TOUCHPOINTS_SPLIT) MKT_TRY(channel_of(p, s, n, &b->channel[i], err));
    }
    return MKT_OK;
}

/* In millionths; missing is 0. Returns false for what is no number. */
static bool read_number(const struct batch *b, int column, size_t i, bool text, char mark,
                        mkt_micro *out)
{
    *out = 0;
    if (!is_there(b, column, i)) return true;
    if (text) {
        size_t n;
        const char *s = text_at(b, column, i, &n);
        mkt_numeral_result read = mkt_numeral_read(s, n, mark, 6, out);
        return read == MKT_NUMERAL_OK || read == MKT_NUMERAL_MISSING;
    }
    double x = ((const double *)b->c->data[column])[b->from + i];
    if (isnan(x)) return true;
    if (fabs(x) >= VALUE_MOST) return false;
    *out = llrint(x * MKT_MICRO);
    return true;
}

/* Sets out[i] to 0 where a column of numbers has that, and returns the places of the others in
 * `other`: most rows convert nobody and have no value. */
static size_t set_aside(const struct batch *b, int column, bool text, mkt_micro *out,
                        uint8_t *other)
{
    const size_t rows = b->rows;
    size_t others = 0;
    if (text || !all_there(b, column)) {
        for (size_t i = 0; i < rows; i++) other[i] = (uint8_t)i;
        return rows;
    }
    const int64_t *bits = wholes(b, column);
    memset(out, 0, rows * sizeof *out);
    for (size_t i = 0; i < rows; i++) {
        other[others] = (uint8_t)i;
        others += (uint64_t)bits[i] << 1 != 0; /* -0 is 0 */
    }
    return others;
}

static bool read_yes_no(const struct batch *b, int column, size_t i, mkt_micro *out)
{
    size_t n;
    bool yes;
    const char *s = text_at(b, column, i, &n);
    if (!mkt_yes_no_read(s, n, &yes)) return false;
    *out = yes ? MKT_MICRO : 0;
    return true;
}

/* A count, or yes and no. */
static void read_conversions(const struct mkt_touch_rows *scan, struct batch *b)
{
    const bool text = scan->conversion_is_text;
    uint8_t other[BATCH] = {0};
    size_t others = set_aside(b, MKT_TOUCH_ROWS_CONVERSION, text, b->converted, other);
    for (size_t k = 0; k < others; k++) {
        size_t i = other[k];
        mkt_micro *out = &b->converted[i];
        if (read_number(b, MKT_TOUCH_ROWS_CONVERSION, i, text, scan->conversion_mark, out))
            b->ok[i] &= *out >= 0 && *out % MKT_MICRO == 0;
        else
            b->ok[i] &= text && read_yes_no(b, MKT_TOUCH_ROWS_CONVERSION, i, out);
    }
}

/* Whether any row has a number: none is not nothing. */
static bool tells_values(const struct mkt_touch_rows *scan, const struct batch *b)
{
    for (size_t i = 0; i < b->rows; i++) {
        mkt_micro value;
        size_t n;
        if (!is_there(b, MKT_TOUCH_ROWS_VALUE, i)) continue;
        if (!scan->value_is_text) {
            if (!isnan(((const double *)b->c->data[MKT_TOUCH_ROWS_VALUE])[b->from + i]))
                return true;
            continue;
        }
        const char *s = text_at(b, MKT_TOUCH_ROWS_VALUE, i, &n);
        if (mkt_numeral_read(s, n, scan->value_mark, 6, &value) == MKT_NUMERAL_OK) return true;
    }
    return false;
}

static void read_values(const struct mkt_touch_rows *scan, struct mkt_touch_rows_part *p,
                        struct batch *b)
{
    if (!p->valued) p->valued = tells_values(scan, b);
    uint8_t other[BATCH] = {0};
    size_t others = set_aside(b, MKT_TOUCH_ROWS_VALUE, scan->value_is_text, b->value, other);
    for (size_t k = 0; k < others; k++) {
        size_t i = other[k];
        b->ok[i] &= read_number(b, MKT_TOUCH_ROWS_VALUE, i, scan->value_is_text, scan->value_mark,
                                &b->value[i]);
    }
}

static void read_events(const struct mkt_touch_rows *scan, struct mkt_touch_rows_part *p,
                        struct batch *b)
{
    for (size_t i = 0; i < b->rows; i++) {
        size_t n;
        b->view[i] = 0;
        if (!b->ok[i] || !is_there(b, MKT_TOUCH_ROWS_EVENT, i)) continue;
        const char *s = text_at(b, MKT_TOUCH_ROWS_EVENT, i, &n);
        b->view[i] = is_withheld(s, n) ? MKT_TOUCHPOINTS_WITHHELD : is_view(s, n);
        p->withheld |= b->view[i] == MKT_TOUCHPOINTS_WITHHELD;
        if (!scan->has_conversion && is_conversion(s, n)) b->converted[i] = 1;
    }
}

/* The rows that tell anything; their places in `place`. */
static size_t settle(const struct mkt_touch_rows *scan, struct mkt_touch_rows_part *p,
                     struct batch *b, uint8_t *place)
{
    const size_t rows = b->rows;
    const bool by_value = !scan->has_conversion && !scan->has_event;
    size_t n = 0;
    int64_t several = 0, passed = 0;
    for (size_t i = 0; i < rows; i++) {
        mkt_micro converted = by_value ? b->value[i] != 0 : b->converted[i];
        bool conversion = converted > 0;
        b->row[n] = mkt_touchpoints_pack(b->user[i], b->time[i], conversion, b->channel[i],
                                         b->view[i], conversion ? b->value[i] : 0);
        bool use = b->ok[i] & (conversion | (b->channel[i] != MKT_TOUCHPOINTS_NONE));
        several += use & (converted > MKT_MICRO);
        passed += b->ok[i] & !use;
        place[n] = (uint8_t)i;
        n += use;
    }
    p->several += several;
    p->passed += scan->has_event ? passed : 0;
    p->unused += (int64_t)(rows - n);
    return n;
}

/* Who converted, under the name that the data have. */
static mkt_status keep_user(const struct mkt_touch_rows *scan, size_t at, const struct batch *b,
                            size_t i, uint64_t hash, struct mkt_err *err)
{
    struct mkt_touches *out = scan->out;
    struct mkt_arena *arena = &out->arena[at];
    struct mkt_touchpoints_user *u =
        mkt_arena_push(arena, &out->user[at], &out->users[at], &out->user_cap[at], sizeof *u);
    if (!u) return mkt_arena_full(arena, err);
    size_t n = 0;
    const char *s = scan->user_is_number ? NULL : text_at(b, MKT_TOUCH_ROWS_USER, i, &n);
    u->hash = hash;
    u->name = s ? mkt_text_clean(arena, s, n, USER_MOST)
                : mkt_arena_printf(arena, "%" PRId64, wholes(b, MKT_TOUCH_ROWS_USER)[i]);
    return u->name ? MKT_OK : mkt_arena_full(arena, err);
}

/* Columns that are not there stay 0. */
static mkt_status take_batch(struct mkt_touch_rows *scan, size_t place, struct batch *b,
                             struct mkt_err *err)
{
    struct mkt_touch_rows_part *p = &scan->part[place];
    uint8_t from[BATCH];
    read_users(scan, p, b);
    read_times(scan, p, b);
    MKT_TRY(read_channels(p, b, err));
    if (scan->has_conversion)
        read_conversions(scan, b);
    else
        memset(b->converted, 0, sizeof b->converted); /* events tell */
    if (scan->has_value) read_values(scan, p, b);
    if (scan->has_event) read_events(scan, p, b);
    size_t n = settle(scan, p, b, from);
    for (size_t k = 0; scan->out->keep_users && k < n; k++)
        if (mkt_touchpoints_converts(b->row[k].what))
            MKT_TRY(keep_user(scan, place, b, from[k], b->row[k].user, err));
    return mkt_touchpoints_add(p->rows, b->row, n, err);
}

mkt_status mkt_touch_rows_take(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                               struct mkt_err *err)
{
    struct mkt_touch_rows *scan = user;
    struct batch b = {.c = rows};
    if (!scan->open[place]) MKT_TRY(open_part(scan, place, err));
    for (; b.from < rows->rows; b.from += b.rows) {
        b.rows = rows->rows - b.from < BATCH ? rows->rows - b.from : BATCH;
        MKT_TRY(take_batch(scan, place, &b, err));
    }
    return MKT_OK;
}
