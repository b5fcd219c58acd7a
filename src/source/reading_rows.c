/* Tables whose rows are kept: events, journeys, purchases. One loop reads them all; what makes each
 * kind its own stands in a row of functions. */
#include "source/reading.h"

#include <unistd.h>

#include "base/text.h"
#include "source/currency.h"
#include "source/faults.h"
#include "source/profile.h"
#include "source/quality.h"
#include "source/touch_faults.h"
#include "source/touch_spelling.h"

struct kind {
    const char *stage;
    unsigned forgiven; /* statuses, one bit each, that are the fault of a table alone */
    bool (*fits)(const struct mkt_intake *all, const struct mkt_relation *r);
    mkt_status (*read)(struct mkt_reading *x, struct mkt_relation *r, struct mkt_rows_found *out,
                       struct mkt_err *fault);
    /* Says of a table why it was not read; false: no more of the kind is read. */
    bool (*refuse)(struct mkt_relation *r, const char *why, struct mkt_rows_found *out);
};

static mkt_status read_kind(struct mkt_reading *x, const struct kind *kind,
                            struct mkt_rows_found *out, struct mkt_err *err)
{
    const struct mkt_intake *all = &x->intake;
    for (size_t i = 0; i < all->relations; i++) {
        struct mkt_relation *r = &all->relation[i];
        if (!kind->fits(all, r)) continue;
        mkt_reading_progress(x, kind->stage, (double)i / (double)all->relations);
        struct mkt_err fault;
        mkt_err_clear(&fault);
        mkt_status status = kind->read(x, r, out, &fault);
        if (status == MKT_OK) continue;
        if (!(kind->forgiven >> status & 1U)) return mkt_err_set(err, status, "%s", fault.text);
        const char *why = mkt_arena_strdup(x->arena, fault.text);
        if (!why) return mkt_arena_full(x->arena, err);
        if (!kind->refuse(r, why, out)) return MKT_OK;
    }
    return MKT_OK;
}

/* ---- events --------------------------------------------------------------------------------- */

static bool tells_events(const struct mkt_intake *all, const struct mkt_relation *r)
{
    return mkt_event_rows_fit(r, all->relations, all->relation);
}

/* Whether the names of the parts, each within the limit, are so together. */
static mkt_status count_names(struct mkt_arena *arena, const struct mkt_event_rows *rows,
                              struct mkt_err *fault)
{
    struct mkt_events_view view;
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = mkt_events_unite(arena, rows->part, rows->parts, &view, fault);
    mkt_arena_release(arena, mark);
    if (status == MKT_E_EMPTY) mkt_err_clear(fault); /* no rows are no names */
    return status == MKT_E_EMPTY ? MKT_OK : status;
}

static mkt_status locate_events(struct mkt_reading *x, struct mkt_relation *r,
                                struct mkt_err *fault)
{
    static const struct {
        mkt_role role;
        const char *reason;
    } part[] = {{MKT_ROLE_DATE, "is no time"},
                {MKT_ROLE_EVENT, "is no event: the cell is empty, or as good as"},
                {MKT_ROLE_VALUE, "is no number"}};
    struct mkt_faults_cell cell[sizeof part / sizeof *part];
    size_t n = 0;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        const struct mkt_column *c = mkt_relation_column(r, part[i].role);
        struct mkt_buf bad;
        if (!c || (part[i].role == MKT_ROLE_VALUE && c->type != MKT_TYPE_TEXT)) continue;
        size_t column = r->is.column[part[i].role][0];
        mkt_buf_init(&bad, x->arena);
        if (part[i].role == MKT_ROLE_VALUE) {
            mkt_buf_printf(&bad, "mkt_bad_by_%s(c%zu) = 1", c->decimal == ',' ? "comma" : "point",
                           column);
        } else {
            mkt_buf_str(&bad, part[i].role == MKT_ROLE_DATE ? "(" : "nullif(trim(");
            if (part[i].role == MKT_ROLE_DATE)
                mkt_profile_add_moment(&bad, r, column);
            else
                mkt_profile_add_text(&bad, r, column);
            mkt_buf_str(&bad, part[i].role == MKT_ROLE_DATE ? ") IS NULL" : "), '') IS NULL");
            if (part[i].role == MKT_ROLE_EVENT) {
                mkt_buf_str(&bad, " OR mkt_void_name(");
                mkt_profile_add_text(&bad, r, column);
                mkt_buf_str(&bad, ") = 1");
            }
        }
        MKT_TRY(mkt_buf_check(&bad, fault));
        cell[n++] = (struct mkt_faults_cell){column, bad.data, part[i].reason};
    }
    return mkt_faults_locate(x->arena, &x->duck, r, cell, n, fault);
}

/* Some times tell their zone and others do not: an hour or half a day apart, they may look in order. */
static mkt_status check_zones(struct mkt_reading *x, const struct mkt_relation *r,
                              struct mkt_err *err)
{
    const unsigned both = MKT_DAYTEXT_ZONED | MKT_DAYTEXT_UNZONED;
    const struct mkt_column *c = mkt_relation_column(r, MKT_ROLE_DATE);
    if (!c || c->type != MKT_TYPE_TEXT || (c->day_look & both) != both) return MKT_OK;
    return mkt_caveats_add(
        &x->caveats, "zones_mixed", MKT_CAVEAT_WARN, err,
        "Some times in \"%s\" of %s have a zone and others have none: times without one are "
        "taken for UTC, and where they are local the order of what happened is "
        "wrong",
        c->name, r->show);
}

static mkt_status read_events(struct mkt_reading *x, struct mkt_relation *r,
                              struct mkt_rows_found *found, struct mkt_err *fault)
{
    struct mkt_event_rows *out = &found->events;
    int64_t broken = 0, nobody = 0, zeros = 0;
    out->of_touchpoints = r->is.kind == MKT_KIND_TOUCHPOINTS;
    MKT_TRY(mkt_profile_read(x->arena, &x->duck, r, fault));
    MKT_TRY(mkt_profile_settle(r, x->options, fault));
    MKT_TRY(mkt_event_rows_read(x->arena, &x->duck, r, out, &broken, &nobody, &zeros, fault));
    if (r->is.kind == MKT_KIND_EVENTS) {
        r->broken += broken + nobody;
        r->nobody = nobody;
        r->zeros = zeros;
        MKT_TRY(mkt_quality_nobody(&x->caveats, r, MKT_ROLE_USER, fault));
        if (r->broken > r->nobody) MKT_TRY(locate_events(x, r, fault));
        MKT_TRY(mkt_quality_broken(&x->caveats, r, fault));
        MKT_TRY(check_zones(x, r, fault));
    }
    if ((double)broken <= MKT_BROKEN_SHARE * (double)r->rows)
        return count_names(x->arena, out, fault);
    if (r->is.kind == MKT_KIND_EVENTS) return mkt_faults_refuse(r, r->rows, fault);
    return mkt_err_set(fault, MKT_E_DATA,
                       "%s: %s of %s rows have no event, a time that cannot be read or "
                       "a value that is no number: more than 5 %%",
                       r->show, MKT_COUNT(broken), MKT_COUNT(r->rows));
}

/* Its rows are there already, so nothing is said of events at all. */
static bool refuse_events(struct mkt_relation *r, const char *why, struct mkt_rows_found *out)
{
    mkt_event_rows_close(&out->events);
    out->events = (struct mkt_event_rows){.why_none = why};
    if (r->is.kind == MKT_KIND_EVENTS) r->refused = why;
    return false;
}

/* ---- journeys ------------------------------------------------------------------------------- */

static bool tells_journeys(const struct mkt_intake *all, const struct mkt_relation *r)
{
    (void)all;
    return !r->refused && (r->is.kind == MKT_KIND_TOUCHPOINTS || r->is.kind == MKT_KIND_PATHS);
}

static mkt_status check_paths(struct mkt_reading *x, const struct mkt_relation *r,
                              struct mkt_err *err)
{
    const struct mkt_column *c = mkt_relation_column(r, MKT_ROLE_PATH);
    if (c->mark == MKT_PATH_MARKS_SLASH)
        return mkt_caveats_add(&x->caveats, "paths_by_slash", MKT_CAVEAT_LIMIT, err,
                               "The paths of %s are parted at each \"/\". A source and its medium "
                               "in one name (google / cpc) would count as two channels: where that "
                               "is meant, part channels with >",
                               r->show);
    int marked = 0;
    for (size_t i = 0; i < MKT_PATH_MARKS; i++) marked += c->marked[i];
    if (marked) return MKT_OK;
    return mkt_caveats_add(&x->caveats, "paths_of_one", MKT_CAVEAT_LIMIT, err,
                           "No path of %s was seen to have a second channel: each is taken as one, "
                           "and all models agree. Channels are parted by >, ->, |, ; or the like",
                           r->show);
}

/* A source that is not that of the visit, or that says nothing of who paid, is said to be. */
static mkt_status check_source(struct mkt_reading *x, const struct mkt_relation *r,
                               struct mkt_err *err)
{
    const struct mkt_column *c = mkt_relation_column(r, MKT_ROLE_CHANNEL);
    if (!c || r->is.kind != MKT_KIND_TOUCHPOINTS) return MKT_OK;
    bool of_user = mkt_naming_match(c->naming.text, MKT_ROLES_SOURCE_OF_USER "|first_user_*");
    if (of_user)
        MKT_TRY(mkt_caveats_add(&x->caveats, "first_source_only", MKT_CAVEAT_WARN, err,
                                "\"%s\" of %s tells which source first brought a user, not that of "
                                "each visit: every journey has one channel, and models cannot "
                                "differ. Export the source of the session or event "
                                "(collected_traffic_source.manual_source, session_source)",
                                c->name, r->show));
    if (r->is.parts[MKT_ROLE_MEDIUM] ||
        !mkt_naming_match(c->naming.text, MKT_ROLES_SOURCE_OF_USER "|" MKT_ROLES_SOURCE_OF_VISIT))
        return MKT_OK;
    return mkt_caveats_add(&x->caveats, "source_without_medium", MKT_CAVEAT_LIMIT, err,
                           "The channels of %s are sources alone (\"%s\"), because no column tells "
                           "the medium: paid and unpaid visits from one source are one channel",
                           r->show, c->name);
}

static mkt_status check_journeys(struct mkt_reading *x, const struct mkt_relation *r,
                                 struct mkt_touches *read, struct mkt_err *err)
{
    bool copies;
    MKT_TRY(mkt_quality_broken(&x->caveats, r, err));
    if (read->future)
        MKT_TRY(mkt_caveats_add(&x->caveats, "future_rows", MKT_CAVEAT_WARN, err,
                                "%s of %s rows of %s lie in the future and are left out: the "
                                "clocks of those who wrote them were wrong",
                                MKT_COUNT(read->future), MKT_COUNT(r->rows), r->show));
    if (read->several)
        MKT_TRY(mkt_caveats_add(&x->caveats, "several_conversions", MKT_CAVEAT_WARN, err,
                                "%s of %s rows of %s tell more than one conversion: each counts "
                                "as one, with all its value",
                                MKT_COUNT(read->several), MKT_COUNT(r->rows), r->show));
    MKT_TRY(
        mkt_quality_void_names(&x->caveats, r, "no touch without a channel and no campaign", err));
    if (read->passed)
        MKT_TRY(mkt_caveats_add(&x->caveats, "events_without_channel", MKT_CAVEAT_LIMIT, err,
                                "%s of %s rows of %s name no channel and are no conversion: "
                                "they are events and no touches. If such are direct traffic, write "
                                "direct there",
                                MKT_COUNT(read->passed), MKT_COUNT(r->rows), r->show));
    read->future = read->several = read->passed = 0;
    MKT_TRY(check_source(x, r, err));
    if (r->is.kind == MKT_KIND_TOUCHPOINTS) MKT_TRY(check_zones(x, r, err));
    if (r->is.kind == MKT_KIND_PATHS) return check_paths(x, r, err); /* one may come twice */
    return mkt_quality_copies(&x->caveats, &x->duck, r,
                              "repeated conversions are counted, repeated touches are one visit",
                              &copies, err);
}

static mkt_status read_journeys(struct mkt_reading *x, struct mkt_relation *r,
                                struct mkt_rows_found *out, struct mkt_err *fault)
{
    MKT_TRY(mkt_touches_read(x->arena, &x->duck, r, x->options, &out->journeys, fault));
    MKT_TRY(mkt_quality_nobody(&x->caveats, r, MKT_ROLE_USER, fault));
    if (r->broken > r->nobody) MKT_TRY(mkt_touch_faults_find(x->arena, &x->duck, r, fault));
    if ((double)(r->broken - r->nobody) > MKT_BROKEN_SHARE * (double)r->rows)
        return mkt_faults_refuse(r, r->rows, fault);
    return check_journeys(x, r, &out->journeys, fault);
}

/* A table that was read as events stays so. */
static bool refuse_journeys(struct mkt_relation *r, const char *why, struct mkt_rows_found *out)
{
    if (!out->events.of_touchpoints || !r->is.parts[MKT_ROLE_EVENT]) {
        r->refused = why;
        return true;
    }
    r->is.kind = MKT_KIND_EVENTS;
    r->is.why = why;
    r->broken = r->nobody = r->zeros = 0;
    return true;
}

/* ---- purchases ------------------------------------------------------------------------------ */

static bool tells_purchases(const struct mkt_intake *all, const struct mkt_relation *r)
{
    (void)all;
    return !r->refused && (r->is.kind == MKT_KIND_TRANSACTIONS || r->is.kind == MKT_KIND_CUSTOMERS);
}

/* Money in the currency of the rest. */
static mkt_status read_purchases(struct mkt_reading *x, struct mkt_relation *r,
                                 struct mkt_rows_found *out, struct mkt_err *fault)
{
    struct mkt_dataset_options options = *x->options;
    const char *currency = NULL;
    if (!options.currency) options.currency = x->currency;
    MKT_TRY(mkt_profile_read(x->arena, &x->duck, r, fault));
    MKT_TRY(mkt_currency_settle(x->arena, &x->duck, r, 1, MKT_KIND_TRANSACTIONS, &options,
                                &currency, fault));
    if (r->refused) return mkt_err_set(fault, MKT_E_DATA, "%s: %s", r->show, r->refused);
    MKT_TRY(mkt_profile_settle(r, x->options, fault));
    MKT_TRY(mkt_purchase_rows_read(x->arena, &x->duck, r, x->today, &x->caveats, &out->purchases,
                                   fault));
    if (!x->currency) x->currency = currency;
    return MKT_OK;
}

/* Some of its rows may be there already, so nothing is said of orders at all. */
static bool refuse_purchases(struct mkt_relation *r, const char *why, struct mkt_rows_found *out)
{
    mkt_purchase_rows_close(&out->purchases);
    out->purchases = (struct mkt_purchase_rows){.why_none = why};
    r->is.why = why;
    return false;
}

/* ---- all of them ---------------------------------------------------------------------------- */

#define BAD (1U << MKT_E_AMBIGUOUS | 1U << MKT_E_DATA)

static const struct kind events = {"reading events", BAD | 1U << MKT_E_LIMIT, tells_events,
                                   read_events, refuse_events};
static const struct kind journeys = {"reading journeys", BAD, tells_journeys, read_journeys,
                                     refuse_journeys};
static const struct kind purchases = {"reading orders", BAD | 1U << MKT_E_LIMIT | 1U << MKT_E_EMPTY,
                                      tells_purchases, read_purchases, refuse_purchases};

mkt_status mkt_reading_rows(struct mkt_reading *x, struct mkt_rows_found *out, struct mkt_err *err)
{
    const struct mkt_dataset_options *o = x->options;
    size_t memory = o->memory ? o->memory : MKT_READING_MEMORY;
    int threads = o->threads > 0 ? o->threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
    struct mkt_rows_room room = {.capacity = memory,
                                 .limit = memory / 4 / (size_t)threads, /* each thread's rows */
                                 .temp = o->temp && *o->temp ? o->temp : "/tmp"};
    out->events.room = out->journeys.room = out->purchases.room = room;
    out->journeys.today = x->today;
    out->journeys.keep_users = o->keep_users;
    out->journeys.threads = threads;
    MKT_TRY(read_kind(x, &events, out, err));
    MKT_TRY(read_kind(x, &journeys, out, err));
    MKT_TRY(mkt_touch_spelling_merge(&x->caveats, &out->journeys, err));
    MKT_TRY(mkt_hashing_take(&x->hashing, x->arena, x->intake.relation, err));
    return read_kind(x, &purchases, out, err); /* not those of the same file twice */
}

void mkt_reading_rows_close(struct mkt_rows_found *rows)
{
    mkt_touches_close(&rows->journeys);
    mkt_event_rows_close(&rows->events);
    mkt_purchase_rows_close(&rows->purchases);
}
