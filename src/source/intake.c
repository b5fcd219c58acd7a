#include "source/intake.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"
#include "source/ducktable.h"
#include "source/profile.h"
#include "source/recognise.h"
#include "source/rowcursor.h"
#include "source/utf16.h"

#define SAMPLE_ROWS 500

static struct mkt_relation *add(struct mkt_arena *arena, struct mkt_intake *intake,
                                const struct mkt_relation *relation)
{
    struct mkt_relation *place = mkt_arena_push(arena, &intake->relation, &intake->relations,
                                                &intake->capacity, sizeof *place);
    if (place) *place = *relation;
    return place;
}

static mkt_status make_columns(struct mkt_arena *arena, struct mkt_relation *r, size_t columns,
                               struct mkt_err *err)
{
    r->column = MKT_NEW(arena, struct mkt_column, columns);
    if (!r->column) return mkt_arena_full(arena, err);
    r->columns = columns;
    for (size_t i = 0; i < columns; i++) r->column[i].role = -1;
    return MKT_OK;
}

static mkt_status name_column(struct mkt_arena *arena, struct mkt_column *c, const char *name,
                              size_t n, struct mkt_err *err)
{
    c->name = mkt_text_clean(arena, name, n, 200);
    if (!c->name) return mkt_arena_full(arena, err);
    mkt_naming_read(c->name, &c->naming);
    return MKT_OK;
}

static mkt_status look(struct mkt_arena *arena, struct mkt_relation *r, const struct mkt_file *f,
                       const struct mkt_dataset_options *options, struct mkt_err *err)
{
    r->store = MKT_STORE_ROWFILE;
    r->file = MKT_NEW(arena, struct mkt_rowfile, 1);
    if (!r->file) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_utf16_decode(f->fd, f->show, options->temp, options->cancel, err));
    MKT_TRY(mkt_rowfile_look(arena, f->fd, f->show,
                             f->kind == MKT_FILE_JSON ? MKT_ROWFILE_JSON : MKT_ROWFILE_DELIMITED,
                             options->cancel, r->file, err));
    r->rows = r->file->rows;
    r->broken = r->file->broken;
    r->summaries = r->file->summaries;
    MKT_TRY(make_columns(arena, r, r->file->columns, err));
    for (size_t i = 0; i < r->columns; i++)
        MKT_TRY(name_column(arena, &r->column[i], r->file->name[i], strlen(r->file->name[i]), err));
    return MKT_OK;
}

mkt_status mkt_intake_look(struct mkt_arena *arena, const struct mkt_file *file, size_t files,
                           bool is_folder, const struct mkt_dataset_options *options,
                           struct mkt_intake *out, struct mkt_err *err)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < files; i++) {
        const struct mkt_file *f = &file[i];
        struct mkt_relation r = {.show = f->show,
                                 .words = f->words,
                                 .stem = f->stem,
                                 .path = f->path,
                                 .fd = f->fd,
                                 .platform = mkt_naming_platform(f->words)};
        if (f->kind == MKT_FILE_OTHER) {
            r.refused = f->why;
        } else if (f->kind == MKT_FILE_PARQUET) {
            r.store = MKT_STORE_PARQUET;
        } else if (f->kind == MKT_FILE_DUCKDB) {
            r.store = MKT_STORE_DUCKDB;
        } else {
            struct mkt_err fault;
            mkt_err_clear(&fault);
            mkt_status status = look(arena, &r, f, options, &fault);
            if (status == MKT_E_EMPTY && is_folder) {
                r.refused = mkt_arena_strdup(arena, fault.text);
                if (!r.refused) return mkt_arena_full(arena, err);
            } else if (status != MKT_OK) {
                return mkt_err_set(err, status, "%s", fault.text);
            }
        }
        if (!add(arena, out, &r)) return mkt_arena_full(arena, err);
        if (options->progress)
            options->progress(options->user, "looking through the files",
                              (double)(i + 1) / (double)files);
    }
    return MKT_OK;
}

static mkt_column_type type_of(duckdb_logical_type type)
{
    switch (duckdb_get_type_id(type)) {
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
        return MKT_TYPE_INTEGER;
    case DUCKDB_TYPE_DECIMAL:
        return MKT_TYPE_DECIMAL;
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
        return MKT_TYPE_REAL;
    case DUCKDB_TYPE_VARCHAR:
        return MKT_TYPE_TEXT;
    case DUCKDB_TYPE_DATE:
        return MKT_TYPE_DATE;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
        return MKT_TYPE_TIMESTAMP;
    case DUCKDB_TYPE_TIMESTAMP_TZ:
        return MKT_TYPE_ZONED;
    case DUCKDB_TYPE_BOOLEAN:
        return MKT_TYPE_BOOLEAN;
    default:
        return MKT_TYPE_OTHER;
    }
}

/* "source AS t(c0, c1, ...)": under names of our own no name of the data ever enters SQL. */
static mkt_status alias(struct mkt_arena *arena, const struct mkt_relation *r, const char *source,
                        bool row_id, const char **out, struct mkt_err *err)
{
    struct mkt_buf from;
    if (!source) return mkt_arena_full(arena, err);
    mkt_buf_init(&from, arena);
    mkt_buf_printf(&from, "%s AS t(", source);
    for (size_t i = 0; i < r->columns; i++) mkt_buf_printf(&from, "%sc%zu", i ? ", " : "", i);
    mkt_buf_str(&from, row_id ? ", row_id)" : ")");
    *out = from.data;
    return mkt_buf_check(&from, err);
}

/* Columns of `SELECT * FROM source`; `numbered` selects them and a row's number. */
static mkt_status describe(struct mkt_arena *arena, struct mkt_duck *duck, struct mkt_relation *r,
                           const char *source, const char *numbered, struct mkt_err *err)
{
    duckdb_result result;
    const char *sql = mkt_arena_printf(arena, "SELECT * FROM %s LIMIT 0", source);
    if (!sql) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_duck_query(duck, sql, r->show, &result, err));
    idx_t columns = duckdb_column_count(&result);
    mkt_status status = MKT_OK;
    if (columns > MKT_ROWFILE_COLUMNS)
        status = mkt_err_set(err, MKT_E_LIMIT, "%s has %s columns; the most is %s", r->show,
                             MKT_COUNT(columns), MKT_COUNT(MKT_ROWFILE_COLUMNS));
    if (status == MKT_OK) status = make_columns(arena, r, columns, err);
    for (idx_t i = 0; status == MKT_OK && i < columns; i++) {
        const char *name = duckdb_column_name(&result, i);
        duckdb_logical_type type = duckdb_column_logical_type(&result, i);
        r->column[i].type = type_of(type);
        duckdb_destroy_logical_type(&type);
        status = name_column(arena, &r->column[i], name, strlen(name), err);
    }
    duckdb_destroy_result(&result);
    MKT_TRY(status);
    MKT_TRY(alias(arena, r, mkt_arena_printf(arena, "%s", source), false, &r->from, err));
    return alias(arena, r, mkt_arena_printf(arena, "(SELECT %s FROM %s)", numbered, source), true,
                 &r->numbered, err);
}

static mkt_status count_rows(struct mkt_arena *arena, struct mkt_duck *duck, struct mkt_relation *r,
                             struct mkt_err *err)
{
    const char *sql = mkt_arena_printf(arena, "SELECT count(*) FROM %s", r->from);
    if (!sql) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_duck_numbers(duck, sql, r->show, &r->rows, 1, err));
    if (r->rows == 0) r->refused = "it has no rows";
    return MKT_OK;
}

static mkt_status register_rowfile(struct mkt_arena *arena, struct mkt_duck *duck,
                                   struct mkt_relation *r, struct mkt_err *err)
{
    char name[32];
    snprintf(name, sizeof name, "mkt_rows_%d", duck->functions++);
    MKT_TRY(mkt_ducktable_register(duck, name, r->file, err));
    r->from = r->numbered = mkt_arena_printf(arena, "%s()", name);
    return r->from ? MKT_OK : mkt_arena_full(arena, err);
}

/* SQL identifier, whatever is in the name. */
static void add_identifier(struct mkt_buf *sql, const char *name, size_t n)
{
    mkt_buf_char(sql, '"');
    for (size_t i = 0; i < n; i++) {
        if (name[i] == '"') mkt_buf_char(sql, '"');
        mkt_buf_char(sql, name[i]);
    }
    mkt_buf_char(sql, '"');
}

static mkt_status add_table(struct mkt_arena *arena, struct mkt_intake *intake,
                            const struct mkt_relation *file, const char *database,
                            const struct mkt_duck_rows *rows, struct mkt_err *err)
{
    size_t schema_n, table_n;
    const char *schema = mkt_duck_rows_text(rows, 0, &schema_n);
    struct mkt_buf source;
    mkt_buf_init(&source, arena);
    mkt_buf_printf(&source, "%s.", database);
    add_identifier(&source, schema, schema_n);
    mkt_buf_char(&source, '.');
    const char *table = mkt_duck_rows_text(rows, 1, &table_n);
    add_identifier(&source, table, table_n);
    MKT_TRY(mkt_buf_check(&source, err));
    struct mkt_relation r = {.store = MKT_STORE_DUCKDB, .fd = -1, .from = source.data};
    r.show = mkt_text_clean(arena, table, table_n, 200);
    if (!r.show) return mkt_arena_full(arena, err);
    r.stem = r.show;
    const char *both = mkt_arena_printf(arena, "%s %s", file->words, r.show);
    if (!both) return mkt_arena_full(arena, err);
    struct mkt_naming naming;
    mkt_naming_read(both, &naming);
    r.words = mkt_arena_strdup(arena, naming.text);
    if (!r.words) return mkt_arena_full(arena, err);
    r.platform = mkt_naming_platform(r.words);
    return add(arena, intake, &r) ? MKT_OK : mkt_arena_full(arena, err);
}

/* Attaches a database file and adds its tables; the file itself stays as a line of the account. */
static mkt_status register_database(struct mkt_arena *arena, struct mkt_duck *duck,
                                    struct mkt_intake *intake, size_t at, struct mkt_err *err)
{
    struct mkt_relation file = intake->relation[at];
    struct mkt_buf sql;
    char database[32];
    snprintf(database, sizeof database, "mkt_db_%d", duck->functions++);
    mkt_buf_init(&sql, arena);
    mkt_buf_str(&sql, "ATTACH '");
    for (const char *c = file.path; *c; c++) {
        if (*c == '\'') mkt_buf_char(&sql, '\'');
        mkt_buf_char(&sql, *c);
    }
    mkt_buf_printf(&sql, "' AS %s (READ_ONLY)", database);
    MKT_TRY(mkt_buf_check(&sql, err));
    MKT_TRY(mkt_duck_run(duck, sql.data, file.show, err));
    const char *list = mkt_arena_printf(
        arena,
        "SELECT * FROM (SELECT schema_name, table_name FROM duckdb_tables() WHERE "
        "database_name = '%s' UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE "
        "database_name = '%s' AND NOT internal) ORDER BY ALL",
        database, database);
    if (!list) return mkt_arena_full(arena, err);
    duckdb_result result;
    MKT_TRY(mkt_duck_query(duck, list, file.show, &result, err));
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows))
        status = add_table(arena, intake, &file, database, &rows, err);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    intake->relation[at].refused = "a database: its tables follow";
    return status;
}

static mkt_status sample_rowfile(struct mkt_relation *r, struct mkt_err *err)
{
    struct mkt_rowcursor cursor;
    MKT_TRY(mkt_rowcursor_open(r->file, &cursor, err));
    mkt_status status = MKT_OK;
    int taken = 0;
    for (size_t b = 0; b < r->file->blocks && taken < SAMPLE_ROWS && status == MKT_OK; b++) {
        status = mkt_rowcursor_load(&cursor, b, err);
        while (status == MKT_OK && taken < SAMPLE_ROWS && mkt_rowcursor_next(&cursor)) {
            for (size_t i = 0; i < r->columns; i++) {
                struct mkt_cell cell = mkt_rowcursor_cell(&cursor, i);
                mkt_recognise_sample(&r->column[i], cell.s, cell.n);
            }
            taken++;
        }
    }
    mkt_rowcursor_close(&cursor);
    return status;
}

static mkt_status sample_table(struct mkt_arena *arena, struct mkt_duck *duck,
                               struct mkt_relation *r, struct mkt_err *err)
{
    struct mkt_buf sql;
    mkt_buf_init(&sql, arena);
    mkt_buf_str(&sql, "SELECT ");
    for (size_t i = 0; i < r->columns; i++) {
        if (i) mkt_buf_str(&sql, ", ");
        if (r->column[i].type == MKT_TYPE_OTHER)
            mkt_buf_str(&sql, "NULL::VARCHAR");
        else
            mkt_profile_add_text(&sql, r, i);
    }
    mkt_buf_printf(&sql, " FROM %s LIMIT %d", r->from, SAMPLE_ROWS);
    MKT_TRY(mkt_buf_check(&sql, err));
    duckdb_result result;
    MKT_TRY(mkt_duck_query(duck, sql.data, r->show, &result, err));
    struct mkt_duck_rows rows;
    mkt_duck_rows_begin(&rows, &result);
    while (mkt_duck_rows_next(&rows))
        for (size_t i = 0; i < r->columns; i++) {
            size_t n = 0;
            if (mkt_duck_rows_null(&rows, i)) continue;
            const char *s = mkt_duck_rows_text(&rows, i, &n);
            mkt_recognise_sample(&r->column[i], s, n);
        }
    duckdb_destroy_result(&result);
    return MKT_OK;
}

static mkt_status register_parquet(struct mkt_arena *arena, struct mkt_duck *duck,
                                   struct mkt_relation *r, struct mkt_err *err)
{
    const char *plain = mkt_arena_printf(arena, "read_parquet('/proc/self/fd/%d')", r->fd);
    if (!plain) return mkt_arena_full(arena, err);
    MKT_TRY(describe(arena, duck, r, plain, "*, row_number() OVER ()", err));
    MKT_TRY(count_rows(arena, duck, r, err));
    return r->refused ? MKT_OK : sample_table(arena, duck, r, err);
}

/* A table or a view; a view that reads what it may not is set aside. */
static mkt_status register_table(struct mkt_arena *arena, struct mkt_duck *duck,
                                 struct mkt_relation *r, struct mkt_err *err)
{
    struct mkt_err fault;
    mkt_err_clear(&fault);
    mkt_status status = describe(arena, duck, r, r->from, "*, row_number() OVER ()", &fault);
    if (status == MKT_OK) status = count_rows(arena, duck, r, &fault);
    if (status == MKT_OK && !r->refused) status = sample_table(arena, duck, r, &fault);
    if (status == MKT_OK || status == MKT_E_NOMEM || status == MKT_E_CANCELLED)
        return status == MKT_OK ? MKT_OK : mkt_err_set(err, status, "%s", fault.text);
    r->refused = mkt_arena_strdup(arena, fault.text);
    return r->refused ? MKT_OK : mkt_arena_full(arena, err);
}

mkt_status mkt_intake_register(struct mkt_arena *arena, struct mkt_duck *duck,
                               struct mkt_intake *intake, struct mkt_err *err)
{
    size_t files = intake->relations;
    for (size_t i = 0; i < files; i++) {
        struct mkt_relation *r = &intake->relation[i];
        if (r->refused) continue;
        if (r->store == MKT_STORE_DUCKDB) {
            MKT_TRY(register_database(arena, duck, intake, i, err));
        } else if (r->store == MKT_STORE_PARQUET) {
            MKT_TRY(register_parquet(arena, duck, r, err));
        } else {
            MKT_TRY(register_rowfile(arena, duck, r, err));
            MKT_TRY(sample_rowfile(r, err));
        }
    }
    for (size_t i = files; i < intake->relations; i++)
        MKT_TRY(register_table(arena, duck, &intake->relation[i], err));
    return MKT_OK;
}
