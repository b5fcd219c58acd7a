/* Files for tests that only a database writes. */
#ifndef TESTS_SOURCE_SCRATCH_SQL_H
#define TESTS_SOURCE_SCRATCH_SQL_H

#include <duckdb.h>

#include "source/scratch.h"

/* Runs statements in a database of their own, kept in `file` (NULL: nowhere); expects success. */
__attribute__((format(printf, 2, 3))) static inline void scratch_sql(const char *file,
                                                                     const char *format, ...)
{
    char sql[8192];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    assert_in_range(length, 1, sizeof sql - 1);
    duckdb_database db;
    duckdb_connection con;
    duckdb_result result;
    assert_int_equal(duckdb_open(file, &db), DuckDBSuccess);
    assert_int_equal(duckdb_connect(db, &con), DuckDBSuccess);
    if (duckdb_query(con, sql, &result) != DuckDBSuccess)
        fail_msg("%s", duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    duckdb_disconnect(&con);
    duckdb_close(&db);
}

#endif
