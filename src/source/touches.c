#include "source/touches.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "aggregate/names_recent.h"
#include "base/text.h"
#include "source/daily.h"
#include "source/duckdrain.h"
#include "source/numeral.h"
#include "source/profile.h"
#include "source/touch_faults.h"
#include "source/touch_names.h"
#include "source/touch_paths.h"
#include "source/yes_no.h"

#define VALUE_MOST 9.2e12
#define TIME_MOST INT64_C(253402300799) /* the end of year 9999 */

#define USER_MOST 1000 /* bytes of a user's name where it is kept */

/* A channel as the data write it. */
struct met {
    uint32_t code; /* its number in rows->channel, or MKT_TOUCHPOINTS_NONE */
    bool is_void;  /* a word stands for no channel or campaign */
    int64_t rows;
};

/* What one thread at a time works with. */
struct part {
    struct mkt_touchpoints *rows;
    struct mkt_arena arena; /* of the dictionary below; lasts as long as the scan */
    struct mkt_names raw;   /* channels as the data write them */
    struct met *met;        /* [raw.count] */
    size_t mets, met_cap;
    struct mkt_names_recent recent;
    int64_t unused, future; /* rows kept out, and those of them that lie in the future */
    int64_t several;        /* rows that tell more than one conversion */
    bool withheld;          /* a row was withheld */
};

_Static_assert(MKT_TOUCHES_PARTS == MKT_DUCKDRAIN_PLACES, "a part for each place");

/* One scan of a touchpoints table. */
struct scan {
    struct mkt_duckdrain drain;
    struct mkt_touches *out;
    struct part part[MKT_TOUCHES_PARTS];
    bool open[MKT_TOUCHES_PARTS];
    bool user_is_number, has_event, has_conversion, has_value;
    bool conversion_is_text, value_is_text;
    char conversion_mark, value_mark;
    int64_t latest; /* seconds: later is the future, wherever on earth */
};

enum { USER, TIME, CHANNEL, EVENT, CONVERSION, VALUE, COLUMNS };

static mkt_status open_part(struct scan *scan, size_t i, struct mkt_err *err)
{
    struct mkt_touches *out = scan->out;
    struct part *p = &scan->part[i];
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

static bool is_view(const char *s, size_t n)
{
    static const char *const word[] = {"view", "impression", "viewed", "seen", "ad_impression"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strlen(word[i]) == n && strncasecmp(word[i], s, n) == 0) return true;
    return false;
}

/* What advertising systems log for people whom chance keeps from an ad. */
static bool is_withheld(const char *s, size_t n)
{
    static const char *const word[] = {"holdout",  "held_out",         "withheld",
                                       "ghost_ad", "ghost_impression", "control_impression"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strlen(word[i]) == n && strncasecmp(word[i], s, n) == 0) return true;
    return false;
}

static bool is_conversion(const char *s, size_t n)
{
    static const char *const word[] = {
#define WORD(word) word,
        MKT_TOUCH_CONVERSION_LIST(WORD)
#undef WORD
    };
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strlen(word[i]) == n && strncasecmp(word[i], s, n) == 0) return true;
    return false;
}

/* The number of a channel, MKT_TOUCHPOINTS_NONE for what names none; as the data write it first, then
 * as it is shown. */
static mkt_status channel_of(struct part *p, const char *s, size_t n, uint32_t *out,
                             struct mkt_err *err)
{
    uint32_t raw;
    MKT_TRY(mkt_names_recent_code(&p->recent, &p->raw, s, n, &raw, err));
    if (raw == p->mets) {
        struct met met = {.code = MKT_TOUCHPOINTS_NONE};
        const char *name;
        MKT_TRY(mkt_touch_names_read(&p->arena, s, n, &name, &met.is_void, err));
        if (name) MKT_TRY(mkt_names_code(&p->rows->channel, name, strlen(name), &met.code, err));
        struct met *place =
            mkt_arena_push(&p->arena, &p->met, &p->mets, &p->met_cap, sizeof *place);
        if (!place) return mkt_arena_full(&p->arena, err);
        *place = met;
    }
    p->met[raw].rows++;
    *out = p->met[raw].code;
    return MKT_OK;
}

/* Adds what the scan met to what is known of a part; how many rows a word stood for no name in. */
static mkt_status count_rows(struct mkt_touches *out, size_t at, const struct part *p,
                             int64_t *void_names, struct mkt_err *err)
{
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

/* A cell in millionths; false when it is no number. Missing is 0. */
static bool number_of(const struct mkt_duckdrain_rows *c, int argument, size_t row, bool text,
                      char mark, mkt_micro *out)
{
    *out = 0;
    if (!mkt_duckdrain_there(c, argument, row)) return true;
    if (text) {
        size_t n;
        const char *s = mkt_duckdrain_text(c, argument, row, &n);
        mkt_numeral_result read = mkt_numeral_read(s, n, mark, 6, out);
        return read == MKT_NUMERAL_OK || read == MKT_NUMERAL_MISSING;
    }
    double x = ((const double *)c->data[argument])[row];
    if (isnan(x)) return true;
    if (fabs(x) >= VALUE_MOST) return false;
    *out = llrint(x * MKT_MICRO);
    return true;
}

/* A count of conversions, or yes and no. */
static bool converted_of(const struct scan *scan, const struct mkt_duckdrain_rows *c, size_t row,
                         mkt_micro *out)
{
    if (number_of(c, CONVERSION, row, scan->conversion_is_text, scan->conversion_mark, out))
        return *out >= 0 && *out % MKT_MICRO == 0;
    size_t n;
    bool yes;
    if (!scan->conversion_is_text) return false;
    const char *s = mkt_duckdrain_text(c, CONVERSION, row, &n);
    if (!mkt_yes_no_read(s, n, &yes)) return false;
    *out = yes ? MKT_MICRO : 0;
    return true;
}

static uint64_t user_of(const struct scan *scan, const struct mkt_duckdrain_rows *c, size_t row)
{
    if (scan->user_is_number) return mkt_names_mix((uint64_t)((const int64_t *)c->data[USER])[row]);
    size_t n;
    const char *s = mkt_duckdrain_text(c, USER, row, &n);
    return mkt_names_hash(s, n);
}

static bool is_blank(const struct scan *scan, const struct mkt_duckdrain_rows *c, size_t row)
{
    size_t n = 1;
    if (!mkt_duckdrain_there(c, USER, row)) return true;
    if (!scan->user_is_number) mkt_duckdrain_text(c, USER, row, &n);
    return n == 0;
}

/* One row; *use is false for a broken one. */
static mkt_status read_row(const struct scan *scan, struct part *p,
                           const struct mkt_duckdrain_rows *c, size_t row,
                           struct mkt_touchpoint *out, bool *use, struct mkt_err *err)
{
    size_t n;
    const char *s;
    mkt_micro converted = 0;
    uint32_t channel = MKT_TOUCHPOINTS_NONE;
    *use = false;
    if (is_blank(scan, c, row) || !mkt_duckdrain_there(c, TIME, row)) return MKT_OK;
    *out = (struct mkt_touchpoint){.user = user_of(scan, c, row),
                                   .time = ((const int64_t *)c->data[TIME])[row]};
    if (out->time < 0) return MKT_OK;
    out->time /= 1000000;
    if (out->time > TIME_MOST) return MKT_OK;
    if (out->time > scan->latest) {
        p->future++;
        return MKT_OK;
    }
    if (mkt_duckdrain_there(c, CHANNEL, row) &&
        (s = mkt_duckdrain_text(c, CHANNEL, row, &n), n > 0 && *s != MKT_TOUCHPOINTS_SPLIT))
        MKT_TRY(channel_of(p, s, n, &channel, err));
    if (scan->has_conversion && !converted_of(scan, c, row, &converted)) return MKT_OK;
    if (scan->has_value &&
        !number_of(c, VALUE, row, scan->value_is_text, scan->value_mark, &out->value))
        return MKT_OK;
    if (scan->has_event && mkt_duckdrain_there(c, EVENT, row)) {
        s = mkt_duckdrain_text(c, EVENT, row, &n);
        out->view = is_withheld(s, n) ? MKT_TOUCHPOINTS_WITHHELD : is_view(s, n);
        p->withheld |= out->view == MKT_TOUCHPOINTS_WITHHELD;
        if (!scan->has_conversion && is_conversion(s, n)) converted = 1;
    }
    if (!scan->has_conversion && !scan->has_event) converted = out->value != 0;
    out->channel = channel;
    out->conversion = converted > 0;
    if (converted <= 0) out->value = 0;
    /* asked of what stands in registers: reading back two fields just written stalls */
    *use = converted > 0 || channel != MKT_TOUCHPOINTS_NONE;
    p->several += converted > MKT_MICRO;
    return MKT_OK;
}

/* Who converted, under the name that the data have. */
static mkt_status keep_user(const struct scan *scan, size_t at, const struct mkt_duckdrain_rows *c,
                            size_t row, uint64_t hash, struct mkt_err *err)
{
    struct mkt_touches *out = scan->out;
    struct mkt_arena *arena = &out->arena[at];
    struct mkt_touchpoints_user *u =
        mkt_arena_push(arena, &out->user[at], &out->users[at], &out->user_cap[at], sizeof *u);
    if (!u) return mkt_arena_full(arena, err);
    size_t n = 0;
    const char *s = scan->user_is_number ? NULL : mkt_duckdrain_text(c, USER, row, &n);
    u->hash = hash;
    u->name = s ? mkt_text_clean(arena, s, n, USER_MOST)
                : mkt_arena_printf(arena, "%" PRId64, ((const int64_t *)c->data[USER])[row]);
    return u->name ? MKT_OK : mkt_arena_full(arena, err);
}

#define BATCH 128 /* rows read before they are dealt: what was just written is slow to read back */

static mkt_status take(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                       struct mkt_err *err)
{
    struct scan *scan = user;
    struct part *p = &scan->part[place];
    struct mkt_touchpoint touch[BATCH];
    size_t n = 0;
    if (!scan->open[place]) MKT_TRY(open_part(scan, place, err));
    for (size_t i = 0; i < rows->rows; i++) {
        bool use;
        MKT_TRY(read_row(scan, p, rows, i, &touch[n], &use, err));
        if (use && scan->out->keep_users && touch[n].conversion)
            MKT_TRY(keep_user(scan, place, rows, i, touch[n].user, err));
        p->unused += !use;
        n += use;
        if (n < BATCH) continue;
        MKT_TRY(mkt_touchpoints_add(p->rows, touch, n, err));
        n = 0;
    }
    return mkt_touchpoints_add(p->rows, touch, n, err);
}

static bool is_text(const struct mkt_column *c)
{
    return c && c->type == MKT_TYPE_TEXT;
}

static void add_number(struct mkt_buf *sql, const struct mkt_relation *r, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    if (!c)
        mkt_buf_str(sql, ", CAST(NULL AS DOUBLE)");
    else
        mkt_buf_printf(sql, is_text(c) ? ", c%zu" : ", CAST(c%zu AS DOUBLE)",
                       r->is.column[role][0]);
}

/* The channel, and the campaign behind it where there is such a column. */
static void add_channel(struct mkt_buf *sql, const struct mkt_relation *r)
{
    mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_CHANNEL][0]);
    if (!r->is.parts[MKT_ROLE_CAMPAIGN]) return;
    mkt_buf_printf(sql, " || chr(%d) || COALESCE(", MKT_TOUCHPOINTS_SPLIT);
    mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_CAMPAIGN][0]);
    mkt_buf_str(sql, ", '')");
}

static mkt_status build(const struct mkt_relation *r, struct scan *scan, struct mkt_buf *sql,
                        struct mkt_err *err)
{
    size_t user = r->is.column[MKT_ROLE_USER][0];
    if (scan->user_is_number)
        mkt_buf_printf(sql, "CAST(c%zu AS BIGINT)", user);
    else
        mkt_profile_add_text(sql, r, user);
    mkt_buf_str(sql, ", ");
    scan->drain.type[TIME] = mkt_profile_add_stamp(sql, r, r->is.column[MKT_ROLE_DATE][0]);
    mkt_buf_str(sql, ", ");
    add_channel(sql, r);
    mkt_buf_str(sql, ", ");
    if (scan->has_event)
        mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_EVENT][0]);
    else
        mkt_buf_str(sql, "CAST(NULL AS VARCHAR)");
    add_number(sql, r, MKT_ROLE_CONVERSIONS);
    add_number(sql, r, MKT_ROLE_VALUE);
    return mkt_buf_check(sql, err);
}

static void plan_scan(const struct mkt_relation *r, struct mkt_touches *out, struct scan *scan)
{
    const struct mkt_column *user = mkt_relation_column(r, MKT_ROLE_USER),
                            *converted = mkt_relation_column(r, MKT_ROLE_CONVERSIONS),
                            *value = mkt_relation_column(r, MKT_ROLE_VALUE);
    r->column[r->is.column[MKT_ROLE_DATE][0]].how = "a time, in UTC";
    scan->out = out;
    scan->latest = (out->today + INT64_C(2)) * 86400 - 1;
    scan->drain.take = take;
    scan->drain.user = scan;
    scan->drain.columns = COLUMNS;
    for (size_t i = 0; i < COLUMNS; i++)
        scan->drain.type[i] = i == USER ? DUCKDB_TYPE_BIGINT : DUCKDB_TYPE_VARCHAR;
    scan->user_is_number = user->type == MKT_TYPE_INTEGER;
    scan->has_event = r->is.parts[MKT_ROLE_EVENT] > 0;
    scan->has_conversion = converted != NULL;
    scan->has_value = value != NULL;
    scan->conversion_is_text = is_text(converted);
    scan->value_is_text = is_text(value);
    scan->conversion_mark = converted && converted->decimal ? converted->decimal : '.';
    scan->value_mark = value && value->decimal ? value->decimal : '.';
    if (!scan->user_is_number) scan->drain.type[USER] = DUCKDB_TYPE_VARCHAR;
    if (!scan->conversion_is_text) scan->drain.type[CONVERSION] = DUCKDB_TYPE_DOUBLE;
    if (!scan->value_is_text) scan->drain.type[VALUE] = DUCKDB_TYPE_DOUBLE;
    out->has_touchpoints = true;
    out->has_conversions |= converted || value || scan->has_event;
    out->has_values |= scan->has_value;
    out->has_views |= scan->has_event;
    out->has_campaigns |= r->is.parts[MKT_ROLE_CAMPAIGN] > 0;
}

static mkt_status read_touchpoints(struct mkt_arena *arena, struct mkt_duck *duck,
                                   struct mkt_relation *r, struct mkt_touches *out,
                                   struct mkt_err *err)
{
    struct mkt_buf sql;
    struct scan *scan = MKT_NEW(arena, struct scan, 1);
    if (!scan) return mkt_arena_full(arena, err);
    plan_scan(r, out, scan);
    mkt_buf_init(&sql, arena);
    MKT_TRY(build(r, scan, &sql, err));
    mkt_status status = mkt_duckdrain_run(&scan->drain, duck, sql.data, r->from, r->show, err);
    for (size_t i = 0; i < MKT_TOUCHES_PARTS; i++) {
        r->broken += scan->part[i].unused - scan->part[i].future;
        out->future += scan->part[i].future;
        out->several += scan->part[i].several;
        out->has_withheld |= scan->part[i].withheld;
        if (scan->open[i] && out->parts <= i) out->parts = i + 1;
        if (scan->open[i] && status == MKT_OK)
            status = count_rows(out, i, &scan->part[i], &r->void_names, err);
        mkt_arena_close(&scan->part[i].arena);
    }
    return status;
}

/* ---- what touches cost --------------------------------------------------------------------------- */

/* Rows that cannot be read were counted before. */
static mkt_status read_spend(struct mkt_arena *arena, struct mkt_duck *duck, struct mkt_relation *r,
                             struct mkt_touches *out, struct mkt_err *err)
{
    int64_t broken = r->broken;
    MKT_TRY(mkt_daily_read(arena, duck, r, err));
    r->broken = broken;
    if (!out->has_spend) mkt_performance_init(&out->spend, arena, 0, 0);
    MKT_TRY(mkt_performance_merge(&out->spend, &r->sums, err));
    MKT_TRY(mkt_performance_finish(&out->spend, err));
    out->has_spend = out->spend.cells > 0;
    return MKT_OK;
}

mkt_status mkt_touches_read(struct mkt_arena *arena, struct mkt_duck *duck,
                            struct mkt_relation *relation,
                            const struct mkt_dataset_options *options, struct mkt_touches *out,
                            struct mkt_err *err)
{
    if (relation->is.kind == MKT_KIND_PATHS)
        return mkt_touch_paths_read(arena, duck, relation, options, out, err);
    MKT_TRY(mkt_profile_read(arena, duck, relation, err));
    MKT_TRY(mkt_profile_settle(relation, options, err));
    MKT_TRY(read_touchpoints(arena, duck, relation, out, err));
    return relation->is.parts[MKT_ROLE_SPEND] ? read_spend(arena, duck, relation, out, err)
                                              : MKT_OK;
}

void mkt_touches_close(struct mkt_touches *touches)
{
    for (size_t i = 0; i < MKT_TOUCHES_PARTS; i++) {
        if (touches->part[i]) mkt_touchpoints_close(touches->part[i]);
        mkt_arena_close(&touches->arena[i]);
    }
}
