#include "engine/upload.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/files.h"

struct mkt_upload {
    struct mkt_datasets *datasets;
    char name[80], file[160], path[2200];
    char head[16]; /* the first bytes: what kind of file this is */
    int64_t bytes, limit;
    int fd;
    bool whole;
};

mkt_status mkt_upload_open(struct mkt_datasets *datasets, const char *name, const char *file,
                           int64_t limit, struct mkt_upload **out, struct mkt_err *err)
{
    MKT_TRY(mkt_set_check_name(name, err));
    if (file) MKT_TRY(mkt_set_check_file(file, err));
    struct mkt_upload *u = calloc(1, sizeof *u);
    if (!u) return mkt_err_set(err, MKT_E_NOMEM, "no memory for an upload");
    u->datasets = datasets;
    u->limit = limit;
    u->whole = !file;
    snprintf(u->name, sizeof u->name, "%s", name);
    snprintf(u->file, sizeof u->file, "%s", file ? file : "");
    snprintf(u->path, sizeof u->path, "%s/upload-XXXXXX", mkt_datasets_temp(datasets));
    u->fd = mkostemp(u->path, O_CLOEXEC);
    if (u->fd < 0) {
        free(u);
        return mkt_err_file("write to", mkt_datasets_temp(datasets), err);
    }
    *out = u;
    return MKT_OK;
}

mkt_status mkt_upload_add(struct mkt_upload *upload, const void *bytes, size_t n,
                          struct mkt_err *err)
{
    if (n > (size_t)(upload->limit - upload->bytes))
        return mkt_err_set(err, MKT_E_LIMIT, "the file is larger than the allowed %.3g MB",
                           (double)upload->limit / (1 << 20));
    if (upload->bytes < (int64_t)sizeof upload->head) {
        size_t have = (size_t)upload->bytes, room = sizeof upload->head - have;
        memcpy(upload->head + have, bytes, n < room ? n : room);
    }
    MKT_TRY(mkt_files_write(upload->fd, bytes, n, "the upload", err));
    upload->bytes += (int64_t)n;
    return MKT_OK;
}

static const char *ending_of(const struct mkt_upload *u)
{
    if (memcmp(u->head, "PAR1", 4) == 0) return "parquet";
    if (memcmp(u->head + 8, "DUCK", 4) == 0) return "duckdb";
    const char *c = u->head;
    if (memcmp(c, "\xEF\xBB\xBF", 3) == 0) c += 3;
    while (c < u->head + sizeof u->head && (*c == ' ' || *c == '\n' || *c == '\r' || *c == '\t'))
        c++;
    return c < u->head + sizeof u->head && (*c == '[' || *c == '{') ? "json" : "csv";
}

mkt_status mkt_upload_finish(struct mkt_upload *upload, struct mkt_set **out, struct mkt_err *err)
{
    if (upload->bytes == 0) return mkt_err_set(err, MKT_E_EMPTY, "the upload is empty");
    if (fsync(upload->fd) != 0) return mkt_err_file("bring to the disk", "the upload", err);
    if (upload->whole)
        snprintf(upload->file, sizeof upload->file, "%s.%s", upload->name, ending_of(upload));
    return mkt_datasets_publish(upload->datasets, upload->name, upload->path, upload->file,
                                upload->whole, out, err);
}

void mkt_upload_close(struct mkt_upload *upload)
{
    if (!upload) return;
    close(upload->fd);
    unlink(upload->path);
    free(upload);
}
