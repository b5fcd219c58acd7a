#include "source/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "source/naming.h"

struct listing {
    struct mkt_arena *arena;
    const char *root; /* absolute, links resolved */
    struct mkt_file *file;
    size_t files, capacity;
    struct mkt_err *err;
};

/* Name and its words, from the path inside the folder. */
static mkt_status name_file(struct mkt_arena *arena, const char *inside, struct mkt_file *f,
                            struct mkt_err *err)
{
    const char *base = strrchr(inside, '/');
    base = base ? base + 1 : inside;
    const char *dot = strrchr(base, '.');
    size_t stem = dot && dot != base ? (size_t)(dot - base) : strlen(base);
    f->show = mkt_text_clean(arena, inside, strlen(inside), 200);
    f->stem = mkt_text_clean(arena, base, stem, 100);
    const char *both =
        mkt_arena_printf(arena, "%.*s %.*s", (int)(base - inside), inside, (int)stem, base);
    if (!f->show || !f->stem || !both) return mkt_arena_full(arena, err);
    struct mkt_naming naming;
    mkt_naming_read(both, &naming);
    f->words = mkt_arena_strdup(arena, naming.text);
    return f->words ? MKT_OK : mkt_arena_full(arena, err);
}

static bool ends_in(const char *name, const char *const *endings)
{
    const char *dot = strrchr(name, '.');
    for (; dot && *endings; endings++)
        if (mkt_text_equal_nocase(dot + 1, *endings)) return true;
    return false;
}

static bool is_json_text(const char *s, size_t n)
{
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) s += 3, n -= 3;
    while (n && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')) s++, n--;
    return n && (*s == '{' || *s == '[');
}

static void set_other(struct mkt_file *f, const char *why)
{
    f->kind = MKT_FILE_OTHER;
    f->why = why;
}

/* The first bytes decide; then the ending; a lone file of no known ending is taken for text. */
static void set_kind(struct mkt_file *f, bool lone)
{
    static const char *const text[] = {"csv", "tsv", "tab", "psv", NULL};
    static const char *const json[] = {"json", "ndjson", "jsonl", NULL};
    static const char *const parquet[] = {"parquet", "pq", NULL};
    static const char *const duckdb[] = {"duckdb", "db", "ddb", NULL};
    char head[64];
    ssize_t n = pread(f->fd, head, sizeof head, 0);
    size_t have = n < 0 ? 0 : (size_t)n;
    if (have >= 4 && memcmp(head, "PAR1", 4) == 0) {
        f->kind = MKT_FILE_PARQUET;
    } else if (have >= 12 && memcmp(head + 8, "DUCK", 4) == 0) {
        f->kind = MKT_FILE_DUCKDB;
    } else if (have >= 2 && memcmp(head, "\x1F\x8B", 2) == 0) {
        set_other(f, "it is compressed; unpack it first");
    } else if (have >= 4 && memcmp(head, "PK\x03\x04", 4) == 0) {
        set_other(f, "it is a workbook or a zip archive; save its sheets as CSV");
    } else if (ends_in(f->path, parquet)) {
        set_other(f, "it is not a Parquet file, whatever its name says");
    } else if (ends_in(f->path, duckdb)) {
        set_other(f, "it is not a DuckDB file, whatever its name says");
    } else if (ends_in(f->path, json)) {
        f->kind = MKT_FILE_JSON;
    } else if (ends_in(f->path, text)) {
        f->kind = MKT_FILE_DELIMITED;
    } else if (lone) {
        f->kind = is_json_text(head, have) ? MKT_FILE_JSON : MKT_FILE_DELIMITED;
    } else {
        set_other(f, "its ending is none of a table's");
    }
}

/* Opens what `path` leads to if that is a plain file. */
static mkt_status open_file(struct listing *l, const char *path, const char *inside, bool lone)
{
    struct mkt_file f = {.fd = -1};
    struct stat st;
    MKT_TRY(name_file(l->arena, inside, &f, l->err));
    f.path = mkt_arena_strdup(l->arena, path);
    if (!f.path) return mkt_arena_full(l->arena, l->err);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return mkt_err_set(l->err, errno == ENOENT ? MKT_E_NOT_FOUND : MKT_E_IO,
                           "cannot open %s: %s", f.show, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        if (lone)
            return mkt_err_set(l->err, MKT_E_TYPE, "%s is neither a file nor a folder", f.show);
        set_other(&f, "it is no plain file");
    } else {
        f.fd = fd;
        set_kind(&f, lone);
        if (f.kind == MKT_FILE_OTHER) {
            close(fd);
            f.fd = -1;
            if (lone) return mkt_err_set(l->err, MKT_E_TYPE, "%s is not read: %s", f.show, f.why);
        }
    }
    if (l->files == MKT_FOLDER_FILES) {
        if (f.fd >= 0) close(f.fd);
        return mkt_err_set(l->err, MKT_E_LIMIT, "the folder holds more than %s files",
                           MKT_COUNT(MKT_FOLDER_FILES));
    }
    struct mkt_file *place =
        mkt_arena_push(l->arena, &l->file, &l->files, &l->capacity, sizeof *place);
    if (!place) {
        if (f.fd >= 0) close(f.fd);
        return mkt_arena_full(l->arena, l->err);
    }
    *place = f;
    return MKT_OK;
}

static mkt_status add_ignored(struct listing *l, const char *inside, const char *why)
{
    struct mkt_file f = {.fd = -1, .path = inside};
    MKT_TRY(name_file(l->arena, inside, &f, l->err));
    set_other(&f, why);
    struct mkt_file *place =
        mkt_arena_push(l->arena, &l->file, &l->files, &l->capacity, sizeof *place);
    if (!place) return mkt_arena_full(l->arena, l->err);
    *place = f;
    return MKT_OK;
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* Names in a folder, hidden ones left out, sorted. */
static mkt_status read_names(struct listing *l, const char *path, const char ***out, size_t *count)
{
    size_t capacity = 0;
    *out = NULL;
    *count = 0;
    DIR *dir = opendir(path);
    if (!dir)
        return mkt_err_set(l->err, MKT_E_IO, "cannot read the folder %s: %s", path,
                           strerror(errno));
    mkt_status status = MKT_OK;
    for (struct dirent *e; status == MKT_OK && (e = readdir(dir));) {
        if (e->d_name[0] == '.') continue;
        const char **name = mkt_arena_push(l->arena, out, count, &capacity, sizeof *name);
        if (name) *name = mkt_arena_strdup(l->arena, e->d_name);
        if (!name || !*name) status = mkt_arena_full(l->arena, l->err);
        if (*count > 4 * MKT_FOLDER_FILES)
            status = mkt_err_set(l->err, MKT_E_LIMIT, "the folder holds more than %s files",
                                 MKT_COUNT(MKT_FOLDER_FILES));
    }
    closedir(dir);
    if (status == MKT_OK && *count) qsort(*out, *count, sizeof **out, by_bytes);
    return status;
}

static bool is_inside(const char *root, const char *path)
{
    size_t n = strlen(root);
    return strncmp(root, path, n) == 0 && (path[n] == '/' || root[n - 1] == '/');
}

static mkt_status walk(struct listing *l, const char *path, const char *inside, int depth)
{
    const char **name;
    size_t count;
    MKT_TRY(read_names(l, path, &name, &count));
    for (size_t i = 0; i < count; i++) {
        char real[PATH_MAX];
        struct stat st;
        const char *full = mkt_arena_printf(l->arena, "%s/%s", path, name[i]);
        const char *shown =
            mkt_arena_printf(l->arena, "%s%s%s", inside, *inside ? "/" : "", name[i]);
        if (!full || !shown) return mkt_arena_full(l->arena, l->err);
        if (!realpath(full, real) || stat(real, &st) != 0) {
            MKT_TRY(add_ignored(l, shown, "it is a link to nowhere or cannot be opened"));
        } else if (!is_inside(l->root, real)) {
            MKT_TRY(add_ignored(l, shown, "it is a link that leads out of the folder"));
        } else if (S_ISDIR(st.st_mode)) {
            if (depth == 0)
                MKT_TRY(walk(l, full, shown, 1));
            else
                MKT_TRY(add_ignored(l, shown, "folders are read one level down"));
        } else {
            MKT_TRY(open_file(l, real, shown, false));
        }
    }
    return MKT_OK;
}

mkt_status mkt_folder_open(struct mkt_arena *arena, const char *path, struct mkt_file **out,
                           size_t *files, bool *is_folder, struct mkt_err *err)
{
    struct listing l = {.arena = arena, .err = err};
    char real[PATH_MAX];
    struct stat st;
    *out = NULL;
    *files = 0;
    *is_folder = false;
    if (!realpath(path, real) || stat(real, &st) != 0)
        return mkt_err_set(err, errno == ENOENT || errno == ENOTDIR ? MKT_E_NOT_FOUND : MKT_E_IO,
                           "cannot open %s: %s", path, strerror(errno));
    l.root = real;
    mkt_status status;
    if (!S_ISDIR(st.st_mode)) {
        const char *base = strrchr(path, '/');
        status = open_file(&l, real, base && base[1] ? base + 1 : path, true);
    } else {
        *is_folder = true;
        status = walk(&l, real, "", 0);
        if (status == MKT_OK && l.files == 0)
            status = mkt_err_set(err, MKT_E_EMPTY, "the folder %s holds no files", path);
    }
    if (status != MKT_OK) {
        mkt_folder_close(l.file, l.files);
        return status;
    }
    *out = l.file;
    *files = l.files;
    return MKT_OK;
}

void mkt_folder_close(struct mkt_file *file, size_t files)
{
    for (size_t i = 0; i < files; i++) {
        if (file[i].fd >= 0) close(file[i].fd);
        file[i].fd = -1;
    }
}
