#include "source/touch_paths.h"

#include <string.h>

#include "aggregate/path_texts.h"
#include "aggregate/paths_unite.h"
#include "base/buf.h"
#include "base/text.h"
#include "source/duckdrain.h"
#include "source/numeral.h"
#include "source/profile.h"
#include "source/void_names.h"

enum { PATH, CONVERSIONS, VALUE, NULLS, COLUMNS };

/* What reads at one place. */
struct place {
    struct mkt_arena arena;
    struct mkt_path_text_reader reader;
    bool open;
    int64_t broken, voids; /* rows with a place that names no channel */
    char *text;            /* [room] a path with > between its channels */
    size_t room;
};

_Static_assert(MKT_ROWSCAN_PLACES <= MKT_DUCKDRAIN_PLACES, "a place for each thread");

struct scan {
    struct mkt_duckdrain drain;
    const struct mkt_relation *relation;
    char mark[COLUMNS];                 /* decimal mark */
    size_t parted;                      /* what parts channels: place in mkt_path_marks */
    struct mkt_profile_looking looking; /* at the rows of a text file */
    size_t capacity;                    /* of one place's arena */
    struct mkt_path_texts texts;
    struct place at[MKT_DUCKDRAIN_PLACES];
};

/* A cell in millionths; false when it is no number. Missing is 0. */
static bool micros_of(const struct scan *scan, const struct mkt_cell *cell, size_t column,
                      int64_t *out)
{
    *out = 0;
    if (!cell[column].s) return true;
    mkt_numeral_result read =
        mkt_numeral_read(cell[column].s, cell[column].n, scan->mark[column], 6, out);
    return read == MKT_NUMERAL_OK || read == MKT_NUMERAL_MISSING;
}

static bool is_count(int64_t micros)
{
    return micros >= 0 && micros % MKT_MICRO == 0;
}

/* The path as it is read: with > between channels. */
static mkt_status write_plainly(const struct scan *scan, struct place *p, struct mkt_cell *path,
                                struct mkt_err *err)
{
    if (path->n > p->room) {
        p->room = 2 * path->n;
        if (!(p->text = MKT_NEW(&p->arena, char, p->room))) return mkt_arena_full(&p->arena, err);
    }
    path->n = mkt_path_marks_write(path->s, path->n, scan->parted, p->text);
    path->s = p->text;
    return MKT_OK;
}

/* One row [COLUMNS]; what is missing has no text. */
static mkt_status take_row(const struct scan *scan, struct place *p, struct mkt_cell *cell,
                           struct mkt_err *err)
{
    struct mkt_path_counts counts = {0};
    int64_t conversions, nulls;
    bool good = cell[PATH].s && micros_of(scan, cell, CONVERSIONS, &conversions) &&
                micros_of(scan, cell, VALUE, &counts.value) &&
                micros_of(scan, cell, NULLS, &nulls) && is_count(conversions) && is_count(nulls);
    if (!good) {
        p->broken++;
        return MKT_OK;
    }
    counts.conversions = conversions / MKT_MICRO;
    counts.nulls = nulls / MKT_MICRO;
    if (scan->parted != MKT_PATH_MARKS_PLAIN) MKT_TRY(write_plainly(scan, p, &cell[PATH], err));
    struct mkt_err fault = {0};
    mkt_status status =
        mkt_path_text_reader_add(&p->reader, cell[PATH].s, cell[PATH].n, '>', &counts, &fault);
    p->voids += status == MKT_OK && p->reader.voids;
    if (status == MKT_OK) return MKT_OK;
    if (status != MKT_E_DATA) return mkt_err_set(err, status, "%s", fault.text);
    p->broken++;
    return MKT_OK;
}

static mkt_status open_place(struct scan *scan, struct place *p, struct mkt_err *err)
{
    if (p->open) return MKT_OK;
    MKT_TRY(mkt_arena_open(&p->arena, scan->capacity, err));
    p->open = true;
    return mkt_path_text_reader_init(&p->reader, &p->arena, &scan->texts, err);
}

/* Rows of DuckDB. */
static mkt_status take_columns(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                               struct mkt_err *err)
{
    struct scan *scan = user;
    struct place *p = &scan->at[place];
    MKT_TRY(open_place(scan, p, err));
    for (size_t row = 0; row < rows->rows; row++) {
        struct mkt_cell cell[COLUMNS] = {{NULL, 0, false}};
        for (size_t i = 0; i < COLUMNS; i++)
            if (mkt_duckdrain_there(rows, i, row))
                cell[i].s = mkt_duckdrain_text(rows, i, row, &cell[i].n);
        MKT_TRY(take_row(scan, p, cell, err));
    }
    return MKT_OK;
}

/* Rows of a text file. */
static mkt_status take_lines(void *user, size_t place, struct mkt_rowcursor *rows,
                             struct mkt_err *err)
{
    static const mkt_role role[COLUMNS] = {MKT_ROLE_PATH, MKT_ROLE_CONVERSIONS, MKT_ROLE_VALUE,
                                           MKT_ROLE_NULLS};
    struct scan *scan = user;
    struct place *p = &scan->at[place];
    const struct mkt_recognised *is = &scan->relation->is;
    MKT_TRY(open_place(scan, p, err));
    while (mkt_rowcursor_next(rows)) {
        struct mkt_cell cell[COLUMNS] = {{NULL, 0, false}};
        mkt_profile_looking_row(&scan->looking, place, rows);
        for (size_t i = 0; i < COLUMNS; i++)
            if (is->parts[role[i]]) cell[i] = mkt_rowcursor_cell(rows, is->column[role[i]][0]);
        MKT_TRY(take_row(scan, p, cell, err));
    }
    return MKT_OK;
}

/* A point, until it is settled otherwise. */
static void set_marks(struct scan *scan)
{
    static const mkt_role role[COLUMNS] = {
        [CONVERSIONS] = MKT_ROLE_CONVERSIONS, [VALUE] = MKT_ROLE_VALUE, [NULLS] = MKT_ROLE_NULLS};
    for (size_t i = CONVERSIONS; i <= NULLS; i++) {
        const struct mkt_column *c = mkt_relation_column(scan->relation, role[i]);
        bool text = c && c->type == MKT_TYPE_TEXT;
        scan->mark[i] = text && c->decimal ? c->decimal : '.';
    }
}

static void add_column(struct mkt_buf *sql, const struct mkt_relation *r, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    if (!c)
        mkt_buf_str(sql, ", CAST(NULL AS VARCHAR)");
    else
        mkt_buf_printf(sql, c->type == MKT_TYPE_TEXT ? ", c%zu" : ", CAST(c%zu AS VARCHAR)",
                       r->is.column[role][0]);
}

static mkt_status drain(struct mkt_arena *arena, struct mkt_duck *duck, struct scan *scan,
                        struct mkt_err *err)
{
    const struct mkt_relation *r = scan->relation;
    struct mkt_buf sql;
    scan->drain.take = take_columns;
    scan->drain.user = scan;
    scan->drain.columns = COLUMNS;
    for (size_t i = 0; i < COLUMNS; i++) scan->drain.type[i] = DUCKDB_TYPE_VARCHAR;
    mkt_buf_init(&sql, arena);
    mkt_buf_printf(&sql, "c%zu", r->is.column[MKT_ROLE_PATH][0]);
    add_column(&sql, r, MKT_ROLE_CONVERSIONS);
    add_column(&sql, r, MKT_ROLE_VALUE);
    add_column(&sql, r, MKT_ROLE_NULLS);
    MKT_TRY(mkt_buf_check(&sql, err));
    return mkt_duckdrain_run(&scan->drain, duck, sql.data, r->from, r->show, err);
}

/* Text needs no database to be read. */
static mkt_status read_rows(struct mkt_arena *arena, struct mkt_duck *duck, struct scan *scan,
                            int threads, struct mkt_err *err)
{
    const struct mkt_relation *r = scan->relation;
    MKT_TRY(mkt_path_texts_open(&scan->texts, arena->capacity - arena->used, err));
    scan->texts.is_void = mkt_void_names_has;
    if (r->store == MKT_STORE_ROWFILE) {
        const struct mkt_rowscan rows = {
            .take = take_lines, .user = scan, .threads = threads, .cancel = duck->cancel};
        MKT_TRY(mkt_rowscan_run(&rows, r->file, err));
    } else {
        MKT_TRY(drain(arena, duck, scan, err));
    }
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++)
        if (scan->at[i].open) MKT_TRY(mkt_path_text_reader_flush(&scan->at[i].reader, err));
    return MKT_OK;
}

/* Names of the ends of journeys stand in transition tables; as channels they would get credit. */
static mkt_status check_names(const struct mkt_names *channel, const char *show,
                              struct mkt_err *err)
{
    static const char *const ends[] = {"(start)", "(conversion)", "(null)", "(inicio)", "(end)"};
    for (size_t k = 0; k < channel->count; k++)
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (mkt_text_equal_nocase(channel->name[k], ends[i]))
                return mkt_err_set(
                    err, MKT_E_DATA,
                    "%s: its paths name %s, which is no channel but the begin or end "
                    "of a journey: leave it out, and count what ended without a "
                    "conversion in a column of nulls",
                    show, channel->name[k]);
    return MKT_OK;
}

/* What was read so far. */
static void forget(struct scan *scan)
{
    mkt_path_texts_close(&scan->texts);
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++) {
        mkt_arena_close(&scan->at[i].arena);
        scan->at[i] = (struct place){.open = false};
    }
}

/*   whole  whether all rows were looked at */
static mkt_status settle(struct mkt_arena *arena, struct mkt_duck *duck, struct scan *scan,
                         struct mkt_relation *r, const struct mkt_dataset_options *options,
                         bool whole, struct mkt_err *err)
{
    if (whole)
        mkt_profile_looking_end(&scan->looking, r);
    else
        MKT_TRY(mkt_profile_read(arena, duck, r, err));
    MKT_TRY(mkt_profile_settle(r, options, err));
    set_marks(scan);
    return MKT_OK;
}

/* Reads with points as marks, settles them, and reads again where they are others. How cells are
 * written is told before anything else that is wrong. */
static mkt_status read_text(struct mkt_arena *arena, struct mkt_duck *duck, struct scan *scan,
                            struct mkt_relation *r, const struct mkt_dataset_options *options,
                            int threads, struct mkt_err *err)
{
    char hoped[COLUMNS];
    struct mkt_err fault = {0};
    MKT_TRY(mkt_profile_looking_init(&scan->looking, arena, r, err));
    set_marks(scan);
    memcpy(hoped, scan->mark, sizeof hoped);
    mkt_status status = read_rows(arena, duck, scan, threads, &fault);
    mkt_status settled = settle(arena, duck, scan, r, options, status == MKT_OK, err);
    bool again = settled == MKT_OK && memcmp(hoped, scan->mark, sizeof hoped) != 0;
    if (again || settled != MKT_OK) forget(scan);
    MKT_TRY(settled);
    if (again) return read_rows(arena, duck, scan, threads, err);
    return status == MKT_OK ? MKT_OK : mkt_err_set(err, status, "%s", fault.text);
}

static mkt_status read_table(struct mkt_arena *arena, struct mkt_duck *duck, struct scan *scan,
                             struct mkt_relation *r, const struct mkt_dataset_options *options,
                             int threads, struct mkt_err *err)
{
    MKT_TRY(mkt_profile_read(arena, duck, r, err));
    MKT_TRY(mkt_profile_settle(r, options, err));
    set_marks(scan);
    return read_rows(arena, duck, scan, threads, err);
}

/* The paths that were read, and those of the tables before. */
static mkt_status finish(struct mkt_arena *arena, struct scan *scan, struct mkt_touches *out,
                         struct mkt_err *err)
{
    struct mkt_paths read;
    const struct mkt_paths before = out->paths, *const part[] = {&before, &read};
    mkt_paths_init(&read, arena);
    MKT_TRY(mkt_path_texts_finish(&scan->texts, out->threads, &read, err));
    MKT_TRY(check_names(&read.channel, scan->relation->show, err));
    if (out->has_paths) return mkt_paths_unite(arena, part, 2, out->threads, &out->paths, err);
    out->paths = read;
    return MKT_OK;
}

mkt_status mkt_touch_paths_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                struct mkt_relation *r, const struct mkt_dataset_options *options,
                                struct mkt_touches *out, struct mkt_err *err)
{
    struct scan *scan = MKT_NEW(arena, struct scan, 1);
    if (!scan) return mkt_arena_full(arena, err);
    scan->relation = r;
    scan->capacity = out->room.capacity;
    scan->parted = mkt_relation_column(r, MKT_ROLE_PATH)->mark;
    mkt_status status = (r->store == MKT_STORE_ROWFILE ? read_text : read_table)(
        arena, duck, scan, r, options, out->threads, err);
    if (status == MKT_OK) status = finish(arena, scan, out, err);
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++) {
        r->broken += scan->at[i].broken;
        r->void_names += scan->at[i].voids;
    }
    forget(scan);
    MKT_TRY(status);
    out->has_paths = true;
    out->has_values |= r->is.parts[MKT_ROLE_VALUE] > 0;
    out->has_nulls |= r->is.parts[MKT_ROLE_NULLS] > 0;
    return MKT_OK;
}
