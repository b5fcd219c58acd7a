#include "source/dataset.h"

#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "source/actions.h"
#include "source/arm_sums.h"
#include "source/campaign_names.h"
#include "source/currency.h"
#include "source/daily.h"
#include "source/ducktext.h"
#include "source/event_rows.h"
#include "source/faults.h"
#include "source/intake.h"
#include "source/ledger.h"
#include "source/mapping.h"
#include "source/micros.h"
#include "source/overlap.h"
#include "source/profile.h"
#include "source/purchase_rows.h"
#include "source/quality.h"
#include "source/recognise.h"
#include "source/span.h"
#include "source/spelling.h"
#include "source/touches.h"

#define MEMORY_DEFAULT ((size_t)1 << 30)
#define MEMORY_LEAST ((size_t)64 << 20)

struct mkt_dataset {
    struct mkt_arena arena; /* holds the data set itself, too */
    struct mkt_account account;
    struct mkt_performance performance;
    struct mkt_touches touches;
    struct mkt_event_rows events;
    struct mkt_purchase_rows purchases;
    bool has_performance;
    char why_not[MKT_ERR_TEXT]; /* the sentence when it has none */
    struct mkt_arms arms;
    bool has_arms;
    struct mkt_err why_no_arms;
    const char *path; /* as it was opened, to read the arms once more */
    struct mkt_dataset_options options;
};

/* SHA-256 of the files, on a thread of its own beside the reading. */
struct hashing {
    pthread_t thread;
    bool running;
    const struct mkt_file *file;
    size_t files;
    const atomic_bool *cancel;
    char (*digest)[MKT_SHA256_TEXT];
    struct mkt_err err;
};

/* Everything that is open while a data set is read. */
struct reading {
    struct mkt_arena *arena;
    const struct mkt_dataset_options *options;
    struct mkt_file *file;
    size_t files;
    bool is_folder;
    struct mkt_intake intake;
    struct mkt_duck duck;
    bool duck_open;
    struct hashing hashing;
    struct mkt_caveats caveats;
    const char *currency;
    int32_t today;
    struct mkt_err *err;
};

static void *hash_files(void *argument)
{
    struct hashing *h = argument;
    for (size_t i = 0; i < h->files && h->err.status == MKT_OK; i++) {
        if (h->file[i].fd < 0) continue;
        if (h->cancel && atomic_load(h->cancel)) break;
        if (mkt_hash_file(h->file[i].path, h->digest[i], &h->err) != MKT_OK) break;
    }
    return NULL;
}

static mkt_status start_hashing(struct reading *x)
{
    struct hashing *h = &x->hashing;
    h->file = x->file;
    h->files = x->files;
    h->cancel = x->options->cancel;
    h->digest = mkt_arena_alloc(x->arena, x->files, sizeof *h->digest);
    if (!h->digest) return mkt_arena_full(x->arena, x->err);
    if (pthread_create(&h->thread, NULL, hash_files, h) != 0)
        return mkt_err_set(x->err, MKT_E_INTERNAL, "cannot start a thread");
    h->running = true;
    return MKT_OK;
}

static void join_hashing(struct reading *x)
{
    if (x->hashing.running) pthread_join(x->hashing.thread, NULL);
    x->hashing.running = false;
}

static mkt_status take_hashes(struct reading *x)
{
    join_hashing(x);
    if (x->hashing.err.status != MKT_OK)
        return mkt_err_set(x->err, x->hashing.err.status, "%s", x->hashing.err.text);
    for (size_t i = 0; i < x->files; i++) {
        struct mkt_relation *r = &x->intake.relation[i];
        if (x->hashing.digest[i][0]) r->sha256 = x->hashing.digest[i];
        for (size_t k = 0; k < i && r->sha256 && !r->refused; k++) {
            const struct mkt_relation *other = &x->intake.relation[k];
            if (other->refused || !other->sha256 || strcmp(other->sha256, r->sha256) != 0) continue;
            r->refused =
                mkt_arena_printf(x->arena, "it is byte for byte the same as %s", other->show);
            if (!r->refused) return mkt_arena_full(x->arena, x->err);
        }
    }
    return MKT_OK;
}

static void progress(const struct reading *x, const char *stage, double done)
{
    if (x->options->progress) x->options->progress(x->options->user, stage, done);
}

static mkt_status open_duck(struct reading *x)
{
    const char **path = MKT_NEW(x->arena, const char *, 2 * x->files);
    size_t paths = 0;
    if (!path) return mkt_arena_full(x->arena, x->err);
    for (size_t i = 0; i < x->files; i++) {
        const struct mkt_file *f = &x->file[i];
        if (f->kind == MKT_FILE_PARQUET) {
            path[paths] = mkt_arena_printf(x->arena, "/proc/self/fd/%d", f->fd);
            if (!path[paths++]) return mkt_arena_full(x->arena, x->err);
        } else if (f->kind == MKT_FILE_DUCKDB) {
            path[paths++] = f->path;
            path[paths] = mkt_arena_printf(x->arena, "%s.wal", f->path);
            if (!path[paths++]) return mkt_arena_full(x->arena, x->err);
        }
    }
    struct mkt_duck_limits limits = {.memory =
                                         x->options->memory ? x->options->memory : MEMORY_DEFAULT,
                                     .threads = x->options->threads,
                                     .temp = x->options->temp,
                                     .cancel = x->options->cancel,
                                     .path = path,
                                     .paths = paths};
    MKT_TRY(mkt_duck_open(&limits, &x->duck, x->err));
    x->duck_open = true;
    return mkt_ducktext_register(&x->duck, x->err);
}

static mkt_status recognise_all(struct reading *x)
{
    const struct mkt_dataset_options *o = x->options;
    for (size_t i = 0; i < x->intake.relations; i++) {
        struct mkt_relation *r = &x->intake.relation[i];
        struct mkt_recognise_choice *choice;
        size_t choices;
        if (r->refused) continue;
        MKT_TRY(mkt_mapping_for(x->arena, o->map, o->maps, r, &choice, &choices, x->err));
        MKT_TRY(mkt_recognise(x->arena, r, choice, choices, x->err));
    }
    return mkt_mapping_check(x->arena, o->map, o->maps, x->intake.relation, x->intake.relations,
                             x->err);
}

static bool is_performance(const struct mkt_relation *r)
{
    return r->is.kind == MKT_KIND_PERFORMANCE && !r->refused;
}

/* The channel of all rows, where no column tells it: the platform by name, else the file's stem. */
static mkt_status name_channel(struct reading *x, struct mkt_relation *r)
{
    if (r->is.parts[MKT_ROLE_CHANNEL]) return MKT_OK;
    r->channel = r->platform ? r->platform : r->stem;
    r->is.why =
        mkt_arena_printf(x->arena, "%s; its channel is %s, after its name", r->is.why, r->channel);
    return r->is.why ? MKT_OK : mkt_arena_full(x->arena, x->err);
}

static mkt_status sum_all(struct reading *x)
{
    for (size_t i = 0; i < x->intake.relations; i++) {
        struct mkt_relation *r = &x->intake.relation[i];
        progress(x, "adding up", (double)i / (double)x->intake.relations);
        if (!is_performance(r)) continue;
        MKT_TRY(mkt_profile_settle(r, x->options, x->err));
        MKT_TRY(mkt_span_check(&x->caveats, &x->duck, r, x->err));
        MKT_TRY(name_channel(x, r));
        MKT_TRY(mkt_daily_read(x->arena, &x->duck, r, x->err));
        MKT_TRY(mkt_faults_find(x->arena, &x->duck, r, x->err));
        MKT_TRY(mkt_micros_settle(&x->caveats, r, x->err));
        if (r->sums.cells == 0)
            return mkt_err_set(x->err, MKT_E_EMPTY, "%s has no row that can be used", r->show);
    }
    return MKT_OK;
}

/* A channel without revenue beside one that has it must not look like one that earned nothing. */
static mkt_status note_missing_measures(struct reading *x)
{
    static const mkt_measure results[] = {MKT_CONVERSIONS, MKT_REVENUE, MKT_NEW_CUSTOMERS};
    unsigned all = 0;
    for (size_t i = 0; i < x->intake.relations; i++)
        if (is_performance(&x->intake.relation[i])) all |= x->intake.relation[i].sums.measures;
    for (size_t i = 0; i < x->intake.relations; i++) {
        const struct mkt_relation *r = &x->intake.relation[i];
        if (!is_performance(r)) continue;
        for (size_t k = 0; k < sizeof results / sizeof *results; k++)
            if ((all & ~r->sums.measures) >> results[k] & 1U)
                MKT_TRY(mkt_caveats_add(&x->caveats, "measure_missing", MKT_CAVEAT_LIMIT, x->err,
                                        "%s tells no %s, other tables do: that of %s is unknown, "
                                        "not nothing",
                                        r->show, mkt_measure_name[results[k]],
                                        r->channel ? r->channel : "its channels"));
    }
    return MKT_OK;
}

/* The arms of the first experiment table. What is wrong with it is no fault of the other tables: it
 * is kept until someone asks for the arms. */
static mkt_status read_arms(struct reading *x, struct mkt_dataset *out)
{
    for (size_t i = 0; i < x->intake.relations; i++) {
        struct mkt_relation *r = &x->intake.relation[i];
        if (r->is.kind != MKT_KIND_EXPERIMENT || r->refused) continue;
        if (out->has_arms || out->why_no_arms.status != MKT_OK) {
            r->refused = "one experiment is read at a time, and another table came before it";
            continue;
        }
        progress(x, "adding up the experiment", 0);
        mkt_status status = mkt_arm_sums_read(x->arena, &x->duck, r, x->options, NULL, &out->arms,
                                              &out->why_no_arms);
        if (status == MKT_E_NOMEM || status == MKT_E_CANCELLED || status == MKT_E_IO)
            return mkt_err_set(x->err, status, "%s", out->why_no_arms.text);
        out->has_arms = status == MKT_OK;
    }
    return MKT_OK;
}

static mkt_status unite(struct reading *x, struct mkt_dataset *out)
{
    size_t used = 0;
    struct mkt_relation *only = NULL;
    for (size_t i = 0; i < x->intake.relations; i++)
        if (is_performance(&x->intake.relation[i])) {
            only = &x->intake.relation[i];
            used++;
        }
    out->has_performance = used > 0;
    if (used == 1) {
        out->performance = only->sums;
        return MKT_OK;
    }
    mkt_performance_init(&out->performance, x->arena, 0, 0);
    for (size_t i = 0; i < x->intake.relations; i++)
        if (is_performance(&x->intake.relation[i]))
            MKT_TRY(mkt_performance_merge(&out->performance, &x->intake.relation[i].sums, x->err));
    return mkt_performance_finish(&out->performance, x->err);
}

/* Dimensions whose names are ids in some table: bit d for dimension d. */
static unsigned ids_of(const struct reading *x)
{
    unsigned ids = 0;
    for (size_t i = 0; i < x->intake.relations; i++) {
        const struct mkt_relation *r = &x->intake.relation[i];
        if (!is_performance(r)) continue;
        for (int d = 0; d < MKT_DIMENSIONS; d++) {
            const struct mkt_column *c = mkt_relation_column(r, (mkt_role)(MKT_ROLE_CHANNEL + d));
            if (c && mkt_naming_match(c->naming.text, "id|*_id|id_*|*_key")) ids |= 1U << d;
        }
    }
    return ids;
}

static bool tells_journeys(const struct mkt_relation *r)
{
    return !r->refused && (r->is.kind == MKT_KIND_TOUCHPOINTS || r->is.kind == MKT_KIND_PATHS);
}

/* Whether the parts, each within the limit, are so together. */
static mkt_status count_names(const struct reading *x, const struct mkt_event_rows *rows,
                              struct mkt_err *fault)
{
    struct mkt_events_view view;
    size_t mark = mkt_arena_mark(x->arena);
    mkt_status status = mkt_events_unite(x->arena, rows->part, rows->parts, &view, fault);
    mkt_arena_release(x->arena, mark);
    if (status == MKT_E_EMPTY) mkt_err_clear(fault); /* no rows are no names */
    return status == MKT_E_EMPTY ? MKT_OK : status;
}

/* Reads one table of events; too many broken rows are a fault of it. */
static mkt_status read_event_table(struct reading *x, struct mkt_relation *r,
                                   struct mkt_event_rows *out, struct mkt_err *fault)
{
    int64_t broken = 0;
    MKT_TRY(mkt_profile_read(x->arena, &x->duck, r, fault));
    MKT_TRY(mkt_profile_settle(r, x->options, fault));
    MKT_TRY(mkt_event_rows_read(x->arena, &x->duck, r, out, &broken, fault));
    out->broken += broken;
    if (r->is.kind == MKT_KIND_EVENTS) r->broken += broken;
    if ((double)broken <= MKT_BROKEN_SHARE * (double)r->rows) return count_names(x, out, fault);
    return mkt_err_set(fault, MKT_E_DATA,
                       "%s: %lld of %lld rows have no user or event, a time that cannot be read or "
                       "a value that is no number: more than 5 %%",
                       r->show, (long long)broken, (long long)r->rows);
}

/* Events. What is wrong with a table is said in the account, as with journeys. */
static mkt_status read_events(struct reading *x, struct mkt_event_rows *out)
{
    size_t memory = x->options->memory ? x->options->memory : MEMORY_DEFAULT;
    out->capacity = memory;
    out->limit = memory / 16;
    out->temp = x->options->temp && *x->options->temp ? x->options->temp : "/tmp";
    for (size_t i = 0; i < x->intake.relations; i++) {
        struct mkt_relation *r = &x->intake.relation[i];
        if (!mkt_event_rows_fit(r, x->intake.relations, x->intake.relation)) continue;
        out->of_touchpoints = r->is.kind == MKT_KIND_TOUCHPOINTS;
        progress(x, "reading events", (double)i / (double)x->intake.relations);
        struct mkt_err fault;
        mkt_err_clear(&fault);
        mkt_status status = read_event_table(x, r, out, &fault);
        if (status == MKT_OK) continue;
        if (status != MKT_E_AMBIGUOUS && status != MKT_E_DATA && status != MKT_E_LIMIT)
            return mkt_err_set(x->err, status, "%s", fault.text);
        /* its rows are there already, so nothing is said of events at all */
        mkt_event_rows_close(out);
        *out = (struct mkt_event_rows){.why_none = mkt_arena_strdup(x->arena, fault.text)};
        if (!out->why_none) return mkt_arena_full(x->arena, x->err);
        if (r->is.kind == MKT_KIND_EVENTS) r->refused = out->why_none;
        return MKT_OK;
    }
    return MKT_OK;
}

/* Touchpoints and paths. What is wrong with one is said in the account: other questions than
 * those about journeys have their answer all the same. */
static mkt_status read_journeys(struct reading *x, struct mkt_touches *out,
                                const struct mkt_event_rows *events)
{
    size_t memory = x->options->memory ? x->options->memory : MEMORY_DEFAULT;
    out->capacity = memory;
    out->keep_users = x->options->keep_users;
    out->limit = memory / 16;
    out->threads = x->options->threads;
    if (out->threads <= 0) out->threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    out->temp = x->options->temp && *x->options->temp ? x->options->temp : "/tmp";
    for (size_t i = 0; i < x->intake.relations; i++) {
        struct mkt_relation *r = &x->intake.relation[i];
        if (!tells_journeys(r)) continue;
        progress(x, "reading journeys", (double)i / (double)x->intake.relations);
        struct mkt_err fault;
        mkt_err_clear(&fault);
        mkt_status status = mkt_profile_read(x->arena, &x->duck, r, &fault);
        if (status == MKT_OK) status = mkt_profile_settle(r, x->options, &fault);
        if (status == MKT_OK) status = mkt_touches_read(x->arena, &x->duck, r, out, &fault);
        if (status == MKT_OK && (double)r->broken > MKT_BROKEN_SHARE * (double)r->rows)
            status = mkt_err_set(&fault, MKT_E_DATA,
                                 "%s: %lld of %lld rows have no user, time or channel that can be "
                                 "read, or a count that is not whole: more than 5 %%",
                                 r->show, (long long)r->broken, (long long)r->rows);
        if (status == MKT_OK) continue;
        if (status != MKT_E_AMBIGUOUS && status != MKT_E_DATA)
            return mkt_err_set(x->err, status, "%s", fault.text);
        const char *text = mkt_arena_strdup(x->arena, fault.text);
        if (!text) return mkt_arena_full(x->arena, x->err);
        if (!events->of_touchpoints || !r->is.parts[MKT_ROLE_EVENT]) {
            r->refused = text;
            continue;
        }
        r->is.kind = MKT_KIND_EVENTS; /* as such it was read */
        r->is.why = text;
        r->broken = 0;
    }
    return MKT_OK;
}

/* One table of orders or customers, its money in the currency of the rest. */
static mkt_status read_purchase_table(struct reading *x, struct mkt_relation *r,
                                      struct mkt_purchase_rows *out, struct mkt_err *fault)
{
    struct mkt_dataset_options options = *x->options;
    const char *currency = NULL;
    if (!options.currency) options.currency = x->currency;
    MKT_TRY(mkt_profile_read(x->arena, &x->duck, r, fault));
    MKT_TRY(mkt_currency_settle(x->arena, &x->duck, r, 1, MKT_KIND_TRANSACTIONS, &options,
                                &currency, fault));
    if (r->refused) return mkt_err_set(fault, MKT_E_DATA, "%s: %s", r->show, r->refused);
    MKT_TRY(mkt_profile_settle(r, x->options, fault));
    MKT_TRY(mkt_purchase_rows_read(x->arena, &x->duck, r, x->today, &x->caveats, out, fault));
    if (!x->currency) x->currency = currency;
    return MKT_OK;
}

/* Orders and customers. What is wrong with them is no fault of the other tables: it is said in the
 * account, and where someone asks for orders. */
static mkt_status read_purchases(struct reading *x, struct mkt_purchase_rows *out)
{
    size_t memory = x->options->memory ? x->options->memory : MEMORY_DEFAULT;
    out->capacity = memory;
    out->limit = memory / 16;
    out->temp = x->options->temp && *x->options->temp ? x->options->temp : "/tmp";
    for (size_t i = 0; i < x->intake.relations; i++) {
        struct mkt_relation *r = &x->intake.relation[i];
        bool orders = r->is.kind == MKT_KIND_TRANSACTIONS;
        if (r->refused || (!orders && r->is.kind != MKT_KIND_CUSTOMERS)) continue;
        progress(x, "reading orders", (double)i / (double)x->intake.relations);
        struct mkt_err fault;
        mkt_err_clear(&fault);
        mkt_status status = read_purchase_table(x, r, out, &fault);
        if (status == MKT_OK) continue;
        if (status != MKT_E_AMBIGUOUS && status != MKT_E_DATA && status != MKT_E_LIMIT &&
            status != MKT_E_EMPTY)
            return mkt_err_set(x->err, status, "%s", fault.text);
        /* some of its rows may be there already, so nothing is said of orders at all */
        mkt_purchase_rows_close(out);
        *out = (struct mkt_purchase_rows){.why_none = mkt_arena_strdup(x->arena, fault.text)};
        if (!out->why_none) return mkt_arena_full(x->arena, x->err);
        r->is.why = out->why_none;
        return MKT_OK;
    }
    return MKT_OK;
}

static mkt_status read_tables(struct reading *x, struct mkt_dataset *out)
{
    struct mkt_intake *in = &x->intake;
    MKT_TRY(mkt_intake_look(x->arena, x->file, x->files, x->is_folder, x->options, in, x->err));
    MKT_TRY(open_duck(x));
    MKT_TRY(mkt_intake_register(x->arena, &x->duck, in, x->err));
    MKT_TRY(recognise_all(x));
    for (size_t i = 0; i < in->relations; i++)
        if (is_performance(&in->relation[i]))
            MKT_TRY(mkt_profile_read(x->arena, &x->duck, &in->relation[i], x->err));
    MKT_TRY(mkt_currency_settle(x->arena, &x->duck, in->relation, in->relations,
                                MKT_KIND_PERFORMANCE, x->options, &x->currency, x->err));
    MKT_TRY(sum_all(x));
    MKT_TRY(read_arms(x, out));
    for (size_t i = 0; i < in->relations; i++)
        if (is_performance(&in->relation[i]))
            MKT_TRY(mkt_quality_check(&x->caveats, &x->duck, &in->relation[i], x->today, x->err));
    MKT_TRY(
        mkt_actions_join(&x->caveats, &x->duck, in->relation, in->relations, x->options, x->err));
    MKT_TRY(mkt_campaign_names_join(x->arena, &x->duck, in->relation, in->relations, x->err));
    MKT_TRY(read_events(x, &out->events));
    MKT_TRY(read_journeys(x, &out->touches, &out->events));
    MKT_TRY(take_hashes(x));
    MKT_TRY(read_purchases(x, &out->purchases)); /* not those of the same file twice */
    return mkt_overlap_resolve(&x->caveats, &x->duck, in->relation, in->relations, x->err);
}

static mkt_status conclude(struct reading *x, struct mkt_dataset *out)
{
    static const char needed[] = "a date, spend and a channel or campaign are needed";
    struct mkt_intake *in = &x->intake;
    size_t known = 0;
    for (size_t i = 0; i < in->relations; i++)
        known += !in->relation[i].refused && in->relation[i].is.kind != MKT_KIND_NONE;
    if (!known) return mkt_ledger_nothing(x->arena, in->relation, in->relations, needed, x->err);
    MKT_TRY(note_missing_measures(x));
    MKT_TRY(unite(x, out));
    if (out->has_performance)
        MKT_TRY(mkt_spelling_merge(&x->caveats, &out->performance, ids_of(x), x->err));
    MKT_TRY(mkt_ledger_write(x->arena, in->relation, in->relations, &x->caveats, x->currency,
                             &out->account, x->err));
    if (out->has_performance) return MKT_OK;
    struct mkt_err why;
    mkt_err_clear(&why);
    mkt_status status = mkt_ledger_nothing(x->arena, in->relation, in->relations, needed, &why);
    if (status != MKT_E_EMPTY) return mkt_err_set(x->err, status, "%s", why.text);
    memcpy(out->why_not, why.text, sizeof out->why_not);
    return MKT_OK;
}

static mkt_status check_options(const struct mkt_dataset_options *o, struct mkt_err *err)
{
    if (o->dates && strcmp(o->dates, "day-first") != 0 && strcmp(o->dates, "month-first") != 0)
        return mkt_err_set(err, MKT_E_ARG, "--dates is day-first or month-first, not \"%s\"",
                           o->dates);
    if (o->decimal && strcmp(o->decimal, "comma") != 0 && strcmp(o->decimal, "point") != 0)
        return mkt_err_set(err, MKT_E_ARG, "--decimal is comma or point, not \"%s\"", o->decimal);
    if (o->memory && o->memory < MEMORY_LEAST)
        return mkt_err_set(err, MKT_E_ARG, "the least memory for a data set is %zu MB",
                           MEMORY_LEAST >> 20);
    return MKT_OK;
}

/* What is needed to read the same data in the same way again. */
static mkt_status remember(struct mkt_dataset *out, const char *path,
                           const struct mkt_dataset_options *options, struct mkt_err *err)
{
    struct mkt_arena *a = &out->arena;
    struct mkt_dataset_options *o = &out->options;
    *o = (struct mkt_dataset_options){.maps = options->maps,
                                      .memory = options->memory,
                                      .threads = options->threads,
                                      .today = options->today};
    const char **map = MKT_NEW(a, const char *, o->maps + 1);
    bool full = !map || !(out->path = mkt_arena_strdup(a, path));
    for (size_t i = 0; !full && i < o->maps; i++)
        full = !(map[i] = mkt_arena_strdup(a, options->map[i]));
    const char *const from[] = {options->dates, options->decimal, options->currency, options->temp};
    const char **const to[] = {&o->dates, &o->decimal, &o->currency, &o->temp};
    for (size_t i = 0; !full && i < sizeof from / sizeof *from; i++)
        full = from[i] && !(*to[i] = mkt_arena_strdup(a, from[i]));
    o->map = map;
    return full ? mkt_arena_full(a, err) : MKT_OK;
}

static mkt_status read_all(struct mkt_dataset *out, const char *path,
                           const struct mkt_dataset_options *options, struct mkt_err *err)
{
    struct reading x = {.arena = &out->arena, .options = options, .err = err};
    x.caveats.arena = &out->arena;
    x.today = options->today ? options->today : (int32_t)(time(NULL) / 86400);
    mkt_status status = mkt_folder_open(x.arena, path, &x.file, &x.files, &x.is_folder, err);
    if (status == MKT_OK) status = start_hashing(&x);
    if (status == MKT_OK) status = read_tables(&x, out);
    if (status == MKT_OK) status = conclude(&x, out);
    join_hashing(&x);
    if (x.duck_open) mkt_duck_close(&x.duck);
    mkt_folder_close(x.file, x.files);
    return status;
}

mkt_status mkt_dataset_open(const char *path, const struct mkt_dataset_options *options,
                            struct mkt_dataset **out, struct mkt_err *err)
{
    static const struct mkt_dataset_options none;
    if (!options) options = &none;
    *out = NULL;
    MKT_TRY(check_options(options, err));
    struct mkt_arena arena;
    MKT_TRY(mkt_arena_open(&arena, options->memory ? options->memory : MEMORY_DEFAULT, err));
    struct mkt_dataset *dataset = MKT_NEW(&arena, struct mkt_dataset, 1);
    if (!dataset) {
        mkt_status status = mkt_arena_full(&arena, err);
        mkt_arena_close(&arena);
        return status;
    }
    dataset->arena = arena; /* from here on only this one is used */
    mkt_status status = remember(dataset, path, options, err);
    if (status == MKT_OK) status = read_all(dataset, path, options, err);
    if (status != MKT_OK)
        mkt_dataset_close(dataset);
    else
        *out = dataset;
    return status;
}

void mkt_dataset_close(struct mkt_dataset *dataset)
{
    if (!dataset) return;
    mkt_touches_close(&dataset->touches);
    mkt_event_rows_close(&dataset->events);
    mkt_purchase_rows_close(&dataset->purchases);
    struct mkt_arena arena = dataset->arena;
    mkt_arena_close(&arena);
}

const struct mkt_account *mkt_dataset_account(const struct mkt_dataset *dataset)
{
    return &dataset->account;
}

mkt_status mkt_dataset_performance(struct mkt_dataset *dataset, const struct mkt_performance **out,
                                   struct mkt_err *err)
{
    *out = NULL;
    if (!dataset->has_performance) return mkt_err_set(err, MKT_E_EMPTY, "%s", dataset->why_not);
    *out = &dataset->performance;
    return MKT_OK;
}

mkt_status mkt_dataset_arms(struct mkt_dataset *dataset, const struct mkt_arms **out,
                            struct mkt_err *err)
{
    *out = NULL;
    if (dataset->why_no_arms.status != MKT_OK)
        return mkt_err_set(err, dataset->why_no_arms.status, "%s", dataset->why_no_arms.text);
    if (!dataset->has_arms)
        return mkt_err_set(
            err, MKT_E_EMPTY,
            "the data hold no experiment: a table with unit, variant and one or more "
            "metrics is needed, or one with n, sum and sum_squares by variant");
    *out = &dataset->arms;
    return MKT_OK;
}

static bool is_experiment(const struct mkt_relation *r)
{
    return r->is.kind == MKT_KIND_EXPERIMENT && !r->refused;
}

/* Other bytes than at the first reading would give figures that do not go together. */
static mkt_status check_unchanged(const struct mkt_dataset *dataset, const struct mkt_relation *r,
                                  struct mkt_err *err)
{
    char digest[MKT_SHA256_TEXT];
    for (size_t i = 0; i < dataset->account.tables; i++) {
        const struct mkt_account_table *t = &dataset->account.table[i];
        if (!r->path || !t->sha256 || strcmp(t->name, r->show) != 0) continue;
        MKT_TRY(mkt_hash_file(r->path, digest, err));
        if (strcmp(digest, t->sha256) != 0)
            return mkt_err_set(err, MKT_E_CONFLICT,
                               "%s has changed since it was read first: ask again", r->show);
    }
    return MKT_OK;
}

static mkt_status read_treated(struct reading *x, const struct mkt_dataset *dataset,
                               const struct mkt_arms_treatment *treatment, struct mkt_arms *out)
{
    struct mkt_intake *in = &x->intake;
    MKT_TRY(mkt_intake_look(x->arena, x->file, x->files, x->is_folder, x->options, in, x->err));
    MKT_TRY(open_duck(x));
    MKT_TRY(mkt_intake_register(x->arena, &x->duck, in, x->err));
    MKT_TRY(recognise_all(x));
    size_t i = 0;
    while (i < in->relations && !is_experiment(&in->relation[i])) i++;
    if (i == in->relations)
        return mkt_err_set(x->err, MKT_E_CONFLICT,
                           "the experiment table is not there any more: ask again");
    MKT_TRY(mkt_arm_sums_read(x->arena, &x->duck, &in->relation[i], x->options, treatment, out,
                              x->err));
    return check_unchanged(dataset, &in->relation[i], x->err);
}

mkt_status mkt_dataset_arms_treated(const struct mkt_dataset *dataset, struct mkt_arena *arena,
                                    const struct mkt_arms_treatment *treatment,
                                    const atomic_bool *cancel, const struct mkt_arms **out,
                                    struct mkt_err *err)
{
    struct mkt_dataset_options options = dataset->options;
    options.cancel = cancel;
    struct reading x = {.arena = arena, .options = &options, .err = err};
    struct mkt_arms *arms = MKT_NEW(arena, struct mkt_arms, 1);
    if (!arms) return mkt_arena_full(arena, err);
    mkt_status status = mkt_folder_open(arena, dataset->path, &x.file, &x.files, &x.is_folder, err);
    if (status == MKT_OK) status = read_treated(&x, dataset, treatment, arms);
    if (x.duck_open) mkt_duck_close(&x.duck);
    mkt_folder_close(x.file, x.files);
    *out = arms;
    return status;
}

mkt_status mkt_dataset_journeys(struct mkt_dataset *dataset, struct mkt_dataset_journeys *out,
                                struct mkt_err *err)
{
    const struct mkt_touches *t = &dataset->touches;
    *out = (struct mkt_dataset_journeys){.part = t->part,
                                         .parts = t->has_touchpoints ? t->parts : 0,
                                         .paths = t->has_paths ? &t->paths : NULL,
                                         .conversions = t->has_conversions || t->has_paths,
                                         .values = t->has_values,
                                         .nulls = t->has_nulls,
                                         .views = t->has_views,
                                         .withheld = t->has_withheld,
                                         .campaigns = t->has_campaigns,
                                         .user = t->user,
                                         .users = t->users,
                                         .spend = t->has_spend ? &t->spend : NULL};
    if (!out->parts && !out->paths)
        return mkt_err_set(
            err, MKT_E_EMPTY,
            "there is no table of journeys: touchpoints with user, time, channel and "
            "conversion, or paths (a > b > c) with conversions, are needed");
    return MKT_OK;
}

mkt_status mkt_dataset_events(struct mkt_dataset *dataset, struct mkt_dataset_events *out,
                              struct mkt_err *err)
{
    const struct mkt_event_rows *e = &dataset->events;
    *out = (struct mkt_dataset_events){.part = e->part,
                                       .parts = e->parts,
                                       .properties = e->properties,
                                       .left_out = e->left_out,
                                       .values = e->has_values,
                                       .sessions = e->has_sessions};
    for (size_t p = 0; p < e->properties; p++) {
        out->property[p] = e->property[p].name;
        out->role[p] = e->property[p].role;
    }
    if (e->why_none) return mkt_err_set(err, MKT_E_EMPTY, "%s", e->why_none);
    if (!e->parts)
        return mkt_err_set(err, MKT_E_EMPTY,
                           "there is no table of events: one with user, time and event (visit, "
                           "add_to_cart, purchase, ...) in each row is needed");
    return MKT_OK;
}

mkt_status mkt_dataset_purchases(struct mkt_dataset *dataset, struct mkt_dataset_purchases *out,
                                 struct mkt_err *err)
{
    const struct mkt_purchase_rows *p = &dataset->purchases;
    *out = (struct mkt_dataset_purchases){.part = p->part,
                                          .parts = p->parts,
                                          .customers = p->has_customers,
                                          .costs = p->has_cost,
                                          .channels = p->has_channels,
                                          .segments = p->has_segments,
                                          .starts = p->has_starts,
                                          .refunds = p->refunds};
    if (p->why_none) return mkt_err_set(err, MKT_E_EMPTY, "%s", p->why_none);
    if (!p->has_orders)
        return mkt_err_set(err, MKT_E_EMPTY,
                           "there is no table of orders: one with customer, date and amount in "
                           "each row is needed");
    return MKT_OK;
}
