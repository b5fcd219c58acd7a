#include "source/event_rows.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "source/daily.h"
#include "source/numeral.h"
#include "source/profile.h"
#include "source/recent.h"
#include "source/void_names.h"

#define VALUE_MOST 9.2e12

enum { USER, TIME, EVENT, VALUE, SESSION, PROPERTY }; /* arguments; properties follow */

/* What one thread at a time works with. What it writes at each row lies between what it reads: another
 * thread's part is next to this one. */
struct part {
    struct mkt_events *events;
    struct mkt_arena arena; /* of the names below; lasts as long as the scan */
    int64_t broken, nobody; /* rows left out: that cannot be read, that name no user */
    int64_t zeros;          /* rows of the user 0 */
    bool open;
    struct mkt_recent recent[1 + MKT_EVENTS_PROPERTIES]; /* event, then the properties */
};

struct scan {
    struct mkt_event_rows *out;
    struct part part[MKT_DUCKDRAIN_PLACES];
    bool has_value, value_is_text, has_session;
    char mark;
    duckdb_type user, session, time; /* of what comes as such */
    size_t properties;
    size_t slot[MKT_EVENTS_PROPERTIES]; /* property of the data set that each argument is */
};

static mkt_status open_part(struct scan *scan, size_t i, struct mkt_err *err)
{
    struct mkt_event_rows *out = scan->out;
    struct part *p = &scan->part[i];
    if (!out->part[i]) {
        MKT_TRY(mkt_arena_open(&out->arena[i], out->room.capacity, err));
        struct mkt_events *events = MKT_NEW(&out->arena[i], struct mkt_events, 1);
        if (!events) return mkt_arena_full(&out->arena[i], err);
        MKT_TRY(mkt_events_init(events, &out->arena[i], out->room.limit, out->room.temp, err));
        out->part[i] = events;
    }
    MKT_TRY(mkt_arena_open(&p->arena, (size_t)64 << 20, err));
    p->events = out->part[i];
    p->open = true;
    return MKT_OK;
}

/* ---- cells ---------------------------------------------------------------------------------- */

#define NONE UINT32_MAX /* a word that stands for no event */

/* The number of an event's name (which = 0) or of a property's value, as it is shown; of a word that
 * stands for no name, NONE or 0. */
static mkt_status code_of(struct part *p, size_t which, const char *s, size_t n, uint32_t *out,
                          struct mkt_err *err)
{
    if (mkt_recent_find(&p->recent[which], s, n, out)) return MKT_OK;
    if (mkt_void_names_has(s, n)) {
        *out = which == 0 ? NONE : 0;
        mkt_recent_keep(&p->recent[which], s, n, *out);
        return MKT_OK;
    }
    char room[MKT_NAME_MOST + 1];
    size_t mark = mkt_arena_mark(&p->arena);
    const char *name = mkt_daily_name(&p->arena, s, n, room);
    if (!name) return mkt_arena_full(&p->arena, err);
    if (which == 0) {
        MKT_TRY(mkt_events_name(p->events, name, strlen(name), out, err));
    } else {
        uint16_t code = 0;
        MKT_TRY(mkt_events_level(p->events, which - 1, name, strlen(name), &code, err));
        *out = code;
    }
    mkt_arena_release(&p->arena, mark);
    mkt_recent_keep(&p->recent[which], s, n, *out);
    return MKT_OK;
}

/* False when the cell is no number. */
static bool read_value(const struct scan *scan, const struct mkt_duckdrain_rows *c, size_t row,
                       struct mkt_event *out)
{
    if (!scan->has_value || !mkt_duckdrain_there(c, VALUE, row)) return true;
    if (scan->value_is_text) {
        size_t n;
        const char *s = mkt_duckdrain_text(c, VALUE, row, &n);
        mkt_numeral_result read = mkt_numeral_read(s, n, scan->mark, 6, &out->value);
        out->valued = read == MKT_NUMERAL_OK;
        return read == MKT_NUMERAL_OK || read == MKT_NUMERAL_MISSING;
    }
    double x = ((const double *)c->data[VALUE])[row];
    if (isnan(x)) return true;
    if (fabs(x) >= VALUE_MOST) return false;
    out->value = llrint(x * MKT_MICRO);
    out->valued = 1;
    return true;
}

/* One row; *use is false for a broken one and for one of nobody. */
static mkt_status read_row(const struct scan *scan, struct part *p,
                           const struct mkt_duckdrain_rows *c, size_t row, struct mkt_event *out,
                           bool *use, struct mkt_err *err)
{
    size_t n;
    const char *s;
    *use = false;
    *out = (struct mkt_event){.user =
                                  mkt_duckdrain_id(c, USER, row, scan->user == DUCKDB_TYPE_BIGINT)};
    if (!out->user || !mkt_duckdrain_there(c, TIME, row) || !mkt_duckdrain_there(c, EVENT, row))
        return MKT_OK;
    out->time = ((const int64_t *)c->data[TIME])[row];
    if (out->time < 0 || out->time > MKT_EVENTS_TIME_MOST) return MKT_OK;
    s = mkt_duckdrain_text(c, EVENT, row, &n);
    if (!n || !read_value(scan, c, row, out)) return MKT_OK;
    MKT_TRY(code_of(p, 0, s, n, &out->event, err));
    if (out->event == NONE) return MKT_OK;
    if (scan->has_session)
        out->session = mkt_duckdrain_id(c, SESSION, row, scan->session == DUCKDB_TYPE_BIGINT);
    for (size_t i = 0; i < scan->properties; i++) {
        uint32_t code = 0;
        if (!mkt_duckdrain_there(c, PROPERTY + i, row)) continue;
        s = mkt_duckdrain_text(c, PROPERTY + i, row, &n);
        if (!n) continue;
        MKT_TRY(code_of(p, 1 + scan->slot[i], s, n, &code, err));
        out->property[scan->slot[i]] = (uint16_t)code;
    }
    *use = true;
    return MKT_OK;
}

static mkt_status take(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                       struct mkt_err *err)
{
    struct scan *scan = user;
    struct part *p = &scan->part[place];
    if (!p->open) MKT_TRY(open_part(scan, place, err));
    for (size_t i = 0; i < rows->rows; i++) {
        struct mkt_event event;
        bool use;
        MKT_TRY(read_row(scan, p, rows, i, &event, &use, err));
        p->zeros += event.user == MKT_IDS_ZERO;
        if (use)
            MKT_TRY(mkt_events_add(p->events, &event, err));
        else if (event.user)
            p->broken++;
        else
            p->nobody++;
    }
    return MKT_OK;
}

/* ---- what to read --------------------------------------------------------------------------- */

bool mkt_event_rows_fit(const struct mkt_relation *r, size_t relations,
                        const struct mkt_relation *all)
{
    if (r->refused) return false;
    if (r->is.kind == MKT_KIND_EVENTS) return true;
    if (r->is.kind != MKT_KIND_TOUCHPOINTS || !r->is.parts[MKT_ROLE_EVENT]) return false;
    for (size_t i = 0; i < relations; i++)
        if (all[i].is.kind == MKT_KIND_EVENTS) return false;
    return true;
}

/* Columns that tell rows apart by what they are, not by which one they are. */
static bool is_property(const struct mkt_relation *r, size_t i)
{
    const struct mkt_column *c = &r->column[i];
    if (c->role == MKT_ROLE_USER || c->role == MKT_ROLE_DATE || c->role == MKT_ROLE_EVENT ||
        c->role == MKT_ROLE_VALUE || c->role == MKT_ROLE_SESSION)
        return false;
    if (c->type == MKT_TYPE_DATE || c->type == MKT_TYPE_TIMESTAMP || c->type == MKT_TYPE_ZONED ||
        c->type == MKT_TYPE_OTHER)
        return false;
    return !mkt_naming_match(c->naming.text,
                             "id|*_id|*_key|uuid|*_uuid|email|ip|*_time|*_timestamp|"
                             "*_date|date|timestamp|time");
}

static const char *role_of(const struct mkt_column *c)
{
    return c->role == MKT_ROLE_SEGMENT || c->role == MKT_ROLE_CHANNEL ||
                   c->role == MKT_ROLE_CAMPAIGN
               ? mkt_role_name((mkt_role)c->role)
               : NULL;
}

/* The place of a property by name, given one while there is room; MKT_EVENTS_PROPERTIES else. */
static size_t slot_of(struct mkt_event_rows *out, const struct mkt_column *c)
{
    for (size_t p = 0; p < out->properties; p++)
        if (strcmp(out->property[p].name, c->name) == 0) return p;
    if (out->properties == MKT_EVENTS_PROPERTIES) return MKT_EVENTS_PROPERTIES;
    out->property[out->properties] = (struct mkt_event_property){c->name, role_of(c)};
    return out->properties++;
}

/* Those with a role come first: where there is no room for all, they are kept. */
static mkt_status choose_properties(struct mkt_arena *arena, struct mkt_relation *r,
                                    struct scan *scan, struct mkt_buf *list, struct mkt_err *err)
{
    struct mkt_event_rows *out = scan->out;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < r->columns; i++) {
            struct mkt_column *c = &r->column[i];
            if (!is_property(r, i) || (role_of(c) != NULL) != (pass == 0)) continue;
            size_t slot = slot_of(out, c);
            if (slot == MKT_EVENTS_PROPERTIES) {
                out->left_out = out->left_out
                                    ? mkt_arena_printf(arena, "%s, \"%s\"", out->left_out, c->name)
                                    : mkt_arena_printf(arena, "\"%s\"", c->name);
                if (!out->left_out) return mkt_arena_full(arena, err);
                continue;
            }
            scan->slot[scan->properties++] = slot;
            mkt_buf_str(list, ", ");
            mkt_profile_add_text(list, r, i);
            if (c->role < 0) c->role = MKT_ROLE_ATTRIBUTE;
        }
    return MKT_OK;
}

static mkt_status plan(struct mkt_arena *arena, struct mkt_relation *r, struct scan *scan,
                       struct mkt_buf *list, struct mkt_err *err)
{
    const struct mkt_column *value = mkt_relation_column(r, MKT_ROLE_VALUE),
                            *session = mkt_relation_column(r, MKT_ROLE_SESSION);
    r->column[r->is.column[MKT_ROLE_DATE][0]].how = "a time, in UTC";
    scan->has_value = value != NULL;
    scan->value_is_text = value && value->type == MKT_TYPE_TEXT;
    scan->mark = value && value->decimal ? value->decimal : '.';
    scan->has_session = session != NULL;
    scan->user = mkt_profile_add_id(list, r, r->is.column[MKT_ROLE_USER][0]);
    mkt_buf_str(list, ", ");
    scan->time = mkt_profile_add_stamp(list, r, r->is.column[MKT_ROLE_DATE][0]);
    mkt_buf_str(list, ", ");
    mkt_profile_add_text(list, r, r->is.column[MKT_ROLE_EVENT][0]);
    if (!value)
        mkt_buf_str(list, ", CAST(NULL AS DOUBLE), ");
    else
        mkt_buf_printf(list, scan->value_is_text ? ", c%zu, " : ", CAST(c%zu AS DOUBLE), ",
                       r->is.column[MKT_ROLE_VALUE][0]);
    scan->session = DUCKDB_TYPE_VARCHAR;
    if (session)
        scan->session = mkt_profile_add_id(list, r, r->is.column[MKT_ROLE_SESSION][0]);
    else
        mkt_buf_str(list, "CAST(NULL AS VARCHAR)");
    MKT_TRY(choose_properties(arena, r, scan, list, err));
    return mkt_buf_check(list, err);
}

mkt_status mkt_event_rows_read(struct mkt_arena *arena, struct mkt_duck *duck,
                               struct mkt_relation *r, struct mkt_event_rows *out, int64_t *broken,
                               int64_t *nobody, int64_t *zeros, struct mkt_err *err)
{
    struct scan *scan = MKT_NEW(arena, struct scan, 1);
    struct mkt_duckdrain *drain = MKT_NEW(arena, struct mkt_duckdrain, 1);
    struct mkt_buf list;
    if (!scan || !drain) return mkt_arena_full(arena, err);
    scan->out = out;
    mkt_buf_init(&list, arena);
    MKT_TRY(plan(arena, r, scan, &list, err));
    drain->take = take;
    drain->user = scan;
    drain->columns = PROPERTY + scan->properties;
    for (size_t i = 0; i < drain->columns; i++) drain->type[i] = DUCKDB_TYPE_VARCHAR;
    drain->type[USER] = scan->user;
    drain->type[SESSION] = scan->session;
    if (!scan->value_is_text) drain->type[VALUE] = DUCKDB_TYPE_DOUBLE;
    drain->type[TIME] = scan->time;
    mkt_status status = mkt_duckdrain_run(drain, duck, list.data, r->from, r->show, err);
    *broken = *nobody = *zeros = 0;
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++) {
        struct part *p = &scan->part[i];
        *broken += p->broken;
        *nobody += p->nobody;
        *zeros += p->zeros;
        if (out->part[i] && out->parts <= i) out->parts = i + 1;
        if (p->open) mkt_arena_close(&p->arena);
    }
    out->has_values |= scan->has_value;
    out->has_sessions |= scan->has_session;
    return status;
}

void mkt_event_rows_close(struct mkt_event_rows *rows)
{
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++) {
        if (rows->part[i]) mkt_events_close(rows->part[i]);
        mkt_arena_close(&rows->arena[i]);
    }
}
