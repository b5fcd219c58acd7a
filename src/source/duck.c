#include "source/duck.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

#define THREAD_LEAST ((size_t)32 << 20) /* bytes of the limit for each thread */

#define FLUSH_SHARE 64 /* of the limit */

/* Interrupts the running statement, again and again until it is noticed, once cancel is set. */
static void *watch(void *argument)
{
    struct mkt_duck *duck = argument;
    const struct timespec nap = {0, 2000000};
    while (!atomic_load(&duck->closing)) {
        if (atomic_load(duck->cancel)) duckdb_interrupt(duck->con);
        nanosleep(&nap, NULL);
    }
    return NULL;
}

static mkt_status failed(struct mkt_err *err, const char *why)
{
    return mkt_err_set(err, MKT_E_INTERNAL, "the database library will not start: %s", why);
}

static void add_literal(struct mkt_buf *sql, const char *text)
{
    mkt_buf_char(sql, '\'');
    for (; *text; text++) {
        if (*text == '\'') mkt_buf_char(sql, '\'');
        mkt_buf_char(sql, *text);
    }
    mkt_buf_char(sql, '\'');
}

/* Opens the named files, shuts everything else, and throws away the key. */
static mkt_status lock(struct mkt_duck *duck, const struct mkt_duck_limits *limits,
                       struct mkt_arena *scratch, struct mkt_err *err)
{
    struct mkt_buf sql;
    mkt_buf_init(&sql, scratch);
    mkt_buf_str(&sql, "SET allowed_paths=[");
    for (size_t i = 0; i < limits->paths; i++) {
        if (i) mkt_buf_char(&sql, ',');
        add_literal(&sql, limits->path[i]);
    }
    mkt_buf_str(&sql, "]; SET temp_directory=");
    add_literal(&sql, duck->temp);
    mkt_buf_str(&sql,
                "; SET autoinstall_known_extensions=false; SET autoload_known_extensions=false; "
                "SET enable_external_file_cache=false; ");
    /* what it lets go of is given back to the system before it comes to much */
    mkt_buf_printf(&sql, "SET allocator_flush_threshold='%zuB'; ", limits->memory / FLUSH_SHARE);
    mkt_buf_printf(&sql, "SET allocator_bulk_deallocation_flush_threshold='%zuB'; ",
                   limits->memory / FLUSH_SHARE);
    mkt_buf_str(&sql, "SET enable_external_access=false; SET lock_configuration=true");
    MKT_TRY(mkt_buf_check(&sql, err));
    return mkt_duck_run(duck, sql.data, "the database library", err);
}

static mkt_status make_temp(struct mkt_duck *duck, const char *folder, struct mkt_err *err)
{
    if (!folder || !*folder) folder = getenv("TMPDIR");
    if (!folder || !*folder) folder = "/tmp";
    int n = snprintf(duck->temp, sizeof duck->temp, "%s/marketing-agent-XXXXXX", folder);
    if (n < 0 || (size_t)n >= sizeof duck->temp) {
        duck->temp[0] = '\0';
        return mkt_err_set(err, MKT_E_ARG, "the temporary folder's name is too long: %s", folder);
    }
    if (mkdtemp(duck->temp)) return MKT_OK;
    duck->temp[0] = '\0';
    return mkt_err_set(err, MKT_E_IO, "cannot make a temporary folder in %s: %s", folder,
                       strerror(errno));
}

/* No more than have memory to read with. */
static int threads_of(const struct mkt_duck_limits *limits)
{
    size_t most = limits->memory / THREAD_LEAST;
    long wanted = limits->threads > 0 ? limits->threads : sysconf(_SC_NPROCESSORS_ONLN);
    if (wanted < 1 || most < 1) return 1;
    return (size_t)wanted < most ? (int)wanted : (int)most;
}

static mkt_status start(struct mkt_duck *duck, const struct mkt_duck_limits *limits,
                        duckdb_config config, struct mkt_err *err)
{
    char memory[40], threads[16];
    char *why = NULL;
    duck->memory = limits->memory;
    duck->threads = threads_of(limits);
    snprintf(memory, sizeof memory, "%zuB", limits->memory);
    snprintf(threads, sizeof threads, "%d", duck->threads);
    if (duckdb_set_config(config, "memory_limit", memory) == DuckDBError ||
        duckdb_set_config(config, "threads", threads) == DuckDBError)
        return failed(err, "it refuses its limits");
    if (duckdb_open_ext(NULL, &duck->db, config, &why) == DuckDBError) {
        mkt_status status = failed(err, why ? why : "no reason given");
        duckdb_free(why);
        return status;
    }
    if (duckdb_connect(duck->db, &duck->con) == DuckDBError) return failed(err, "no connection");
    MKT_TRY(make_temp(duck, limits->temp, err));
    struct mkt_arena scratch;
    MKT_TRY(mkt_arena_open(&scratch, 16 << 20, err));
    mkt_status status = lock(duck, limits, &scratch, err);
    mkt_arena_close(&scratch);
    MKT_TRY(status);
    if (!limits->cancel) return MKT_OK;
    duck->cancel = limits->cancel;
    if (pthread_create(&duck->watcher, NULL, watch, duck) != 0) return failed(err, "no thread");
    duck->watching = true;
    return MKT_OK;
}

mkt_status mkt_duck_open(const struct mkt_duck_limits *limits, struct mkt_duck *out,
                         struct mkt_err *err)
{
    memset(out, 0, sizeof *out);
    duckdb_config config;
    if (duckdb_create_config(&config) == DuckDBError) return failed(err, "no configuration");
    mkt_status status = start(out, limits, config, err);
    duckdb_destroy_config(&config);
    if (status != MKT_OK) mkt_duck_close(out);
    return status;
}

void mkt_duck_close(struct mkt_duck *duck)
{
    atomic_store(&duck->closing, true);
    if (duck->watching) pthread_join(duck->watcher, NULL);
    duck->watching = false;
    if (duck->con) duckdb_disconnect(&duck->con);
    if (duck->db) duckdb_close(&duck->db);
    if (duck->temp[0]) rmdir(duck->temp);
    duck->temp[0] = '\0';
}

/* The first line of the library's message, with our file name where it speaks of a descriptor. */
static void first_line(const char *message, const char *show, char *out, size_t room)
{
    size_t n = 0;
    for (const char *s = message; *s && *s != '\n' && n + 1 < room;) {
        if (strncmp(s, "/proc/self/fd/", 14) == 0) {
            s += 14;
            while (*s >= '0' && *s <= '9') s++;
            for (const char *c = show; *c && n + 1 < room; c++) out[n++] = *c;
            continue;
        }
        out[n++] = *s++;
    }
    out[n] = '\0';
}

static mkt_status explain(duckdb_result *result, const char *show, struct mkt_err *err)
{
    const char *message = duckdb_result_error(result);
    duckdb_error_type type = duckdb_result_error_type(result);
    char line[512];
    first_line(message ? message : "no reason given", show, line, sizeof line);
    switch (type) {
    case DUCKDB_ERROR_INTERRUPT:
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped while reading %s", show);
    case DUCKDB_ERROR_OUT_OF_MEMORY:
        return mkt_err_set(err, MKT_E_NOMEM, "%s needs more than the memory limit: %s", show, line);
    case DUCKDB_ERROR_IO:
    case DUCKDB_ERROR_PERMISSION:
        return mkt_err_set(err, MKT_E_IO, "cannot read %s: %s", show, line);
    default:
        return mkt_err_set(err, MKT_E_DATA, "cannot read %s: %s", show, line);
    }
}

mkt_status mkt_duck_query(struct mkt_duck *duck, const char *sql, const char *show,
                          duckdb_result *out, struct mkt_err *err)
{
    memset(out, 0, sizeof *out);
    if (duck->cancel && atomic_load(duck->cancel))
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped while reading %s", show);
    if (duckdb_query(duck->con, sql, out) == DuckDBSuccess) return MKT_OK;
    mkt_status status = explain(out, show, err);
    duckdb_destroy_result(out);
    return status;
}

mkt_status mkt_duck_run(struct mkt_duck *duck, const char *sql, const char *show,
                        struct mkt_err *err)
{
    duckdb_result result;
    MKT_TRY(mkt_duck_query(duck, sql, show, &result, err));
    duckdb_destroy_result(&result);
    return MKT_OK;
}

mkt_status mkt_duck_numbers(struct mkt_duck *duck, const char *sql, const char *show, int64_t *out,
                            size_t most, struct mkt_err *err)
{
    duckdb_result result;
    MKT_TRY(mkt_duck_query(duck, sql, show, &result, err));
    struct mkt_duck_rows rows;
    mkt_duck_rows_begin(&rows, &result);
    memset(out, 0, most * sizeof *out);
    if (mkt_duck_rows_next(&rows)) {
        for (size_t i = 0; i < most; i++)
            if (!mkt_duck_rows_null(&rows, i)) out[i] = mkt_duck_rows_int(&rows, i);
        mkt_duck_rows_end(&rows);
    }
    duckdb_destroy_result(&result);
    return MKT_OK;
}

void mkt_duck_rows_begin(struct mkt_duck_rows *rows, duckdb_result *result)
{
    *rows = (struct mkt_duck_rows){.result = result};
}

bool mkt_duck_rows_next(struct mkt_duck_rows *rows)
{
    if (rows->chunk && ++rows->at < rows->size) return true;
    do {
        mkt_duck_rows_end(rows);
        rows->chunk = duckdb_fetch_chunk(*rows->result);
        rows->size = rows->chunk ? duckdb_data_chunk_get_size(rows->chunk) : 0;
        rows->at = 0;
    } while (rows->chunk && rows->size == 0);
    return rows->chunk != NULL;
}

void mkt_duck_rows_end(struct mkt_duck_rows *rows)
{
    if (rows->chunk) duckdb_destroy_data_chunk(&rows->chunk);
    rows->chunk = NULL;
}

bool mkt_duck_rows_null(const struct mkt_duck_rows *rows, idx_t column)
{
    uint64_t *valid = duckdb_vector_get_validity(duckdb_data_chunk_get_vector(rows->chunk, column));
    return valid && !duckdb_validity_row_is_valid(valid, rows->at);
}

int64_t mkt_duck_rows_int(const struct mkt_duck_rows *rows, idx_t column)
{
    const int64_t *data = duckdb_vector_get_data(duckdb_data_chunk_get_vector(rows->chunk, column));
    return data[rows->at];
}

int32_t mkt_duck_rows_day(const struct mkt_duck_rows *rows, idx_t column)
{
    const duckdb_date *data =
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(rows->chunk, column));
    return data[rows->at].days;
}

const char *mkt_duck_rows_text(const struct mkt_duck_rows *rows, idx_t column, size_t *n)
{
    duckdb_string_t *data =
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(rows->chunk, column));
    *n = duckdb_string_t_length(data[rows->at]);
    return duckdb_string_t_data(&data[rows->at]);
}
