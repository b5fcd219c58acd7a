#include "engine/set.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "engine/files.h"

#define SET_ARENA ((size_t)1 << 20) /* holds the names of MKT_SET_FILES files */
#define PATH 2600

static mkt_status no_memory(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_NOMEM, "no memory for the register of data sets");
}

bool mkt_set_plain_name(const char *name, size_t most, bool upper)
{
    size_t n = strlen(name);
    if (n == 0 || n > most) return false;
    for (size_t i = 0; i < n; i++) {
        char c = name[i];
        bool alnum =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z');
        if (!alnum && (i == 0 || (c != '.' && c != '_' && c != '-'))) return false;
    }
    return true;
}

mkt_status mkt_set_check_name(const char *name, struct mkt_err *err)
{
    if (mkt_set_plain_name(name, 64, false)) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG,
                       "\"%.80s\" cannot name a data set: 1 to 64 of a-z, 0-9, '.', '_' and '-', "
                       "beginning with a letter or digit",
                       name);
}

mkt_status mkt_set_check_file(const char *file, struct mkt_err *err)
{
    static const char *const known[] = {".csv",    ".tsv",     ".txt",    ".json", ".jsonl",
                                        ".ndjson", ".parquet", ".duckdb", ".db"};
    const char *ending = strrchr(file, '.');
    if (mkt_set_plain_name(file, 128, true) && ending)
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strcasecmp(ending, known[i]) == 0) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG,
                       "\"%.140s\" cannot name a file of a data set: 1 to 128 of A-Z, a-z, 0-9, "
                       "'.', '_' and '-', ending in .csv, .tsv, .txt, .json, .jsonl, .ndjson, "
                       ".parquet, .duckdb or .db",
                       file);
}

void mkt_set_free(struct mkt_set *set)
{
    struct mkt_arena arena = set->arena;
    mkt_arena_close(&arena);
}

mkt_status mkt_set_make(const char *name, const char *folder, struct mkt_set **out,
                        struct mkt_err *err)
{
    struct mkt_arena arena;
    MKT_TRY(mkt_arena_open(&arena, SET_ARENA, err));
    struct mkt_set *set = MKT_NEW(&arena, struct mkt_set, 1);
    set->name = mkt_arena_strdup(&arena, name);
    set->folder = mkt_arena_strdup(&arena, folder);
    set->file = MKT_NEW(&arena, struct mkt_set_file, MKT_SET_FILES);
    atomic_init(&set->refs, 1);
    atomic_init(&set->doomed, false);
    bool made = set->name && set->folder && set->file;
    set->arena = arena;
    if (!made) {
        mkt_set_free(set);
        return no_memory(err);
    }
    *out = set;
    return MKT_OK;
}

mkt_status mkt_set_add(struct mkt_set *set, const char *name, int64_t bytes, const char *sha256,
                       struct mkt_err *err)
{
    if (set->files == MKT_SET_FILES)
        return mkt_err_set(err, MKT_E_LIMIT, "a data set has at most %s files",
                           MKT_COUNT(MKT_SET_FILES));
    size_t at = set->files;
    while (at > 0 && strcmp(set->file[at - 1].name, name) > 0) {
        set->file[at] = set->file[at - 1];
        at--;
    }
    struct mkt_set_file *f = &set->file[at];
    memset(f, 0, sizeof *f);
    f->name = mkt_arena_strdup(&set->arena, name);
    if (!f->name) return no_memory(err);
    f->bytes = bytes;
    snprintf(f->sha256, sizeof f->sha256, "%s", sha256);
    set->files++;
    set->bytes += bytes;
    return MKT_OK;
}

mkt_status mkt_set_seal(struct mkt_set *set, struct mkt_err *err)
{
    struct mkt_buf lines;
    mkt_buf_init(&lines, &set->arena);
    for (size_t i = 0; i < set->files; i++)
        mkt_buf_printf(&lines, "%s %s\n", set->file[i].sha256, set->file[i].name);
    MKT_TRY(mkt_buf_check(&lines, err));
    MKT_TRY(mkt_hash_bytes(lines.data, lines.length, set->version, err));
    set->path = set->files == 1
                    ? mkt_arena_printf(&set->arena, "%s/files/%s", set->folder, set->file[0].name)
                    : mkt_arena_printf(&set->arena, "%s/files", set->folder);
    return set->path ? MKT_OK : no_memory(err);
}

mkt_status mkt_set_write(struct mkt_set *set, const char *folder, struct mkt_err *err)
{
    struct mkt_buf text;
    mkt_buf_init(&text, &set->arena);
    for (size_t i = 0; i < set->files; i++)
        mkt_buf_printf(&text, "%s %" PRId64 " %s\n", set->file[i].sha256, set->file[i].bytes,
                       set->file[i].name);
    char *path = mkt_arena_printf(&set->arena, "%s/manifest", folder);
    if (!path) return no_memory(err);
    MKT_TRY(mkt_buf_check(&text, err));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return mkt_err_file("write", path, err);
    mkt_status status = mkt_files_write(fd, text.data, text.length, path, err);
    close(fd);
    MKT_TRY(status);
    return mkt_files_sync(path, err);
}

mkt_status mkt_set_read(struct mkt_set *set, struct mkt_err *err)
{
    char path[PATH], line[512];
    snprintf(path, sizeof path, "%s/manifest", set->folder);
    FILE *file = fopen(path, "re");
    if (!file) return mkt_err_file("read", path, err);
    mkt_status status = MKT_OK;
    while (status == MKT_OK && fgets(line, sizeof line, file)) {
        char sha256[MKT_SHA256_TEXT], name[160], where[PATH + 200];
        int64_t bytes;
        struct stat info;
        status = MKT_E_IO;
        if (sscanf(line, "%64[0-9a-f] %" SCNd64 " %159[A-Za-z0-9._-]", sha256, &bytes, name) != 3)
            break;
        snprintf(where, sizeof where, "%s/files/%s", set->folder, name);
        if (lstat(where, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size != bytes) break;
        status = mkt_set_add(set, name, bytes, sha256, err);
    }
    fclose(file);
    if (status != MKT_OK || set->files == 0)
        return mkt_err_set(err, MKT_E_IO, "%s does not describe its files", path);
    return mkt_set_seal(set, err);
}

void mkt_set_keep_note(struct mkt_set *set, const char *text)
{
    char path[PATH], next[PATH];
    struct mkt_err none = {0};
    snprintf(path, sizeof path, "%s/note", set->folder);
    snprintf(next, sizeof next, "%s/note-XXXXXX", set->folder);
    int fd = mkostemp(next, O_CLOEXEC);
    if (fd < 0) return;
    bool written = mkt_files_write(fd, text, strlen(text), next, &none) == MKT_OK;
    close(fd);
    if (!written || rename(next, path) != 0) unlink(next);
}

const char *mkt_set_note(const struct mkt_set *set, struct mkt_arena *arena)
{
    char path[PATH];
    struct stat info;
    char *text = NULL;
    snprintf(path, sizeof path, "%s/note", set->folder);
    FILE *file = fopen(path, "re");
    if (!file) return NULL;
    if (fstat(fileno(file), &info) == 0) text = mkt_arena_alloc(arena, (size_t)info.st_size + 1, 1);
    if (text && fread(text, 1, (size_t)info.st_size, file) != (size_t)info.st_size) text = NULL;
    fclose(file);
    return text;
}
