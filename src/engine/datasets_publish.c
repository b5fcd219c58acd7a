/* A file that came whole becomes a new version of a data set: made beside the old one, moved into
 * place, made current. A kill leaves the one or the other. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/datasets_table.h"
#include "engine/files.h"

static void random_name(char out[24])
{
    unsigned char bytes[8];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) memset(bytes, 0, sizeof bytes);
    out[0] = 'v';
    for (size_t i = 0; i < sizeof bytes; i++) snprintf(out + 1 + 2 * i, 3, "%02x", bytes[i]);
}

/* The new file, complete in the temp folder. */
struct arrival {
    const char *path, *file;
    char sha256[MKT_SHA256_TEXT];
    int64_t bytes;
    bool whole; /* it becomes the whole data set */
};

/* Fills the folder `work` with the files of the new version: `old`'s by hard link, and the new. */
static mkt_status gather(struct mkt_set *set, const struct mkt_set *old, const char *work,
                         const struct arrival *new, struct mkt_err *err)
{
    char from[MKT_DATASETS_LONGER], to[MKT_DATASETS_LONGER], files[MKT_DATASETS_PATH + 100];
    snprintf(files, sizeof files, "%s/files", work);
    MKT_TRY(mkt_files_make_folder(files, err));
    for (size_t i = 0; old && !new->whole &&i < old->files; i++) {
        const struct mkt_set_file *f = &old->file[i];
        if (strcmp(f->name, new->file) == 0) continue;
        snprintf(from, sizeof from, "%s/files/%s", old->folder, f->name);
        snprintf(to, sizeof to, "%s/%s", files, f->name);
        if (link(from, to) != 0) return mkt_err_file("link", to, err);
        MKT_TRY(mkt_set_add(set, f->name, f->bytes, f->sha256, err));
    }
    MKT_TRY(mkt_set_add(set, new->file, new->bytes, new->sha256, err));
    snprintf(to, sizeof to, "%s/%s", files, new->file);
    if (rename(new->path, to) != 0) return mkt_err_file("move", to, err);
    MKT_TRY(mkt_set_write(set, work, err));
    MKT_TRY(mkt_files_sync(files, err));
    MKT_TRY(mkt_files_sync(work, err));
    return mkt_set_seal(set, err);
}

/* Moves the finished folder into place and makes it current; `*linked` is set once it is. */
static mkt_status place(const struct mkt_datasets *d, const struct mkt_set *set, const char *work,
                        const char *version, bool *linked, struct mkt_err *err)
{
    char parent[MKT_DATASETS_PARENT], next[MKT_DATASETS_LONGER], current[MKT_DATASETS_LONGER];
    snprintf(parent, sizeof parent, "%s/%s", d->sets, set->name);
    snprintf(next, sizeof next, "%s/next", parent);
    snprintf(current, sizeof current, "%s/current", parent);
    MKT_TRY(mkt_files_make_folder(parent, err));
    MKT_TRY(mkt_files_sync(d->sets, err));
    if (rename(work, set->folder) != 0) return mkt_err_file("move", set->folder, err);
    unlink(next);
    if (symlink(version, next) != 0) return mkt_err_file("link", next, err);
    if (rename(next, current) != 0) return mkt_err_file("link", current, err);
    *linked = true;
    return mkt_files_sync(parent, err);
}

/* Makes the version that follows `old` (NULL for none). `*out` is NULL when nothing became current:
 * after an error, or because these are the same bytes again. */
static mkt_status advance(struct mkt_datasets *d, const char *name, const struct mkt_set *old,
                          const struct arrival *new, struct mkt_set **out, struct mkt_err *err)
{
    char version[24], folder[MKT_DATASETS_PATH], work[MKT_DATASETS_PATH];
    struct mkt_set *set;
    bool linked = false;
    if (!old && d->count >= d->limit)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "%s data sets are registered, as many as allowed; delete one first",
                           MKT_COUNT(d->count));
    random_name(version);
    snprintf(folder, sizeof folder, "%s/%s/%s", d->sets, name, version);
    snprintf(work, sizeof work, "%s/%s", d->temp, version);
    MKT_TRY(mkt_set_make(name, folder, &set, err));
    set->owner = d;

    mkt_status status = gather(set, old, work, new, err);
    bool same = status == MKT_OK && old && strcmp(old->version, set->version) == 0;
    if (status == MKT_OK && !same) status = place(d, set, work, version, &linked, err);
    if (linked) {
        *out = set;
    } else {
        mkt_files_remove(work);
        mkt_files_remove(folder);
        mkt_set_free(set);
    }
    return status;
}

static mkt_status survey(const char *name, struct arrival *new, struct mkt_err *err)
{
    struct stat info;
    MKT_TRY(mkt_set_check_name(name, err));
    MKT_TRY(mkt_set_check_file(new->file, err));
    if (stat(new->path, &info) != 0) return mkt_err_file("read", new->path, err);
    new->bytes = (int64_t)info.st_size;
    return mkt_hash_file(new->path, new->sha256, err);
}

mkt_status mkt_datasets_publish(struct mkt_datasets *datasets, const char *name, const char *path,
                                const char *file, bool whole, struct mkt_set **out,
                                struct mkt_err *err)
{
    struct arrival new = {.path = path, .file = file, .whole = whole};
    struct mkt_set *old = NULL, *set = NULL, *gone = NULL;
    mkt_status status = survey(name, &new, err);
    if (status == MKT_OK) {
        pthread_mutex_lock(&datasets->publish);
        old = mkt_datasets_table_find(datasets, name);
        status = advance(datasets, name, old, &new, &set, err);
        if (status == MKT_OK) *out = mkt_datasets_hold(set ? set : old);
        if (set) gone = mkt_datasets_table_put(datasets, set);
        pthread_mutex_unlock(&datasets->publish);
    }
    unlink(path);
    if (gone) {
        atomic_store(&gone->doomed, true);
        mkt_datasets_release(gone);
    }
    mkt_datasets_release(old);
    return status;
}
