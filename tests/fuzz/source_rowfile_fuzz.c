/* Bytes as CSV and as JSON: looked through, then every block read again. The two must agree. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/rowcursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int fd, mkt_rowfile_format format)
{
    struct mkt_arena arena;
    struct mkt_err err;
    struct mkt_rowfile file;
    mkt_err_clear(&err);
    if (mkt_arena_open(&arena, 32 << 20, &err) != MKT_OK) return;
    mkt_status status = mkt_rowfile_look(&arena, fd, "fuzz", format, NULL, &file, &err);
    if (status != MKT_OK && !err.text[0]) abort();
    struct mkt_rowcursor cursor;
    if (status == MKT_OK && mkt_rowcursor_open(&file, &cursor, &err) == MKT_OK) {
        int64_t seen = 0, last = 0;
        size_t bytes = 0;
        for (size_t b = 0; b < file.blocks; b++) {
            if (mkt_rowcursor_load(&cursor, b, &err) != MKT_OK) abort();
            while (mkt_rowcursor_next(&cursor)) {
                if (cursor.row <= last) abort();
                last = cursor.row;
                seen++;
                for (size_t i = 0; i < file.columns; i++) {
                    struct mkt_cell c = mkt_rowcursor_cell(&cursor, i);
                    for (size_t k = 0; k < c.n; k++) bytes += (unsigned char)c.s[k];
                }
            }
        }
        if (seen != file.rows - file.broken - file.summaries) abort();
        if (bytes == 1) last = 0; /* the cells are read, whatever they hold */
        mkt_rowcursor_close(&cursor);
    }
    mkt_arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0) return 0;
    if (write(fd, data, size) == (ssize_t)size) {
        check(fd, MKT_ROWFILE_DELIMITED);
        check(fd, MKT_ROWFILE_JSON);
    }
    close(fd);
    return 0;
}
