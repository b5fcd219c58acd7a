#include "engine/datasets.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "engine/files.h"

/* Paths, each below the one before it; the data folder's own is at most 2048 long. */
#define PARENT 2200
#define PATH 2400
#define LONGER 2900

struct mkt_datasets {
    pthread_mutex_t lock;    /* the table */
    pthread_mutex_t publish; /* changes on disk, one at a time; taken before `lock` */
    char *temp, *sets;
    size_t limit;
    int guard;            /* the locked file */
    struct mkt_set **set; /* in byte order of names */
    size_t count;
};

static mkt_status no_memory(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_NOMEM, "no memory for the register of data sets");
}

/* ---- references ---- */

static void remove_version(struct mkt_set *h)
{
    struct mkt_datasets *d = h->owner;
    char parent[PARENT];
    pthread_mutex_lock(&d->publish);
    mkt_files_remove(h->folder);
    snprintf(parent, sizeof parent, "%s/%s", d->sets, h->name);
    rmdir(parent); /* goes only when it was the last version */
    pthread_mutex_unlock(&d->publish);
}

struct mkt_set *mkt_datasets_hold(struct mkt_set *set)
{
    atomic_fetch_add(&set->refs, 1);
    return set;
}

void mkt_datasets_release(struct mkt_set *set)
{
    if (!set || atomic_fetch_sub(&set->refs, 1) != 1) return;
    if (atomic_load(&set->doomed)) remove_version(set);
    mkt_set_free(set);
}

/* ---- the table ---- */

/* The place of that name, or where it would be. Call with the lock held. */
static size_t place_of(const struct mkt_datasets *d, const char *name, bool *found)
{
    size_t low = 0, high = d->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(d->set[middle]->name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = false;
    return low;
}

/* Puts h in the table and returns what stood in its place, NULL if nothing did. */
static struct mkt_set *put(struct mkt_datasets *d, struct mkt_set *h)
{
    bool found;
    struct mkt_set *old = NULL;
    pthread_mutex_lock(&d->lock);
    size_t at = place_of(d, h->name, &found);
    if (found) {
        old = d->set[at];
    } else {
        memmove(&d->set[at + 1], &d->set[at], (d->count - at) * sizeof *d->set);
        d->count++;
    }
    d->set[at] = h;
    pthread_mutex_unlock(&d->lock);
    return old;
}

static struct mkt_set *find(struct mkt_datasets *d, const char *name)
{
    bool found;
    pthread_mutex_lock(&d->lock);
    size_t at = place_of(d, name, &found);
    struct mkt_set *h = found ? d->set[at] : NULL;
    if (h) mkt_datasets_hold(h);
    pthread_mutex_unlock(&d->lock);
    return h;
}

mkt_status mkt_datasets_get(struct mkt_datasets *datasets, const char *name, struct mkt_set **out,
                            struct mkt_err *err)
{
    MKT_TRY(mkt_set_check_name(name, err));
    struct mkt_set *h = find(datasets, name);
    if (!h) return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no data set \"%s\"", name);
    *out = h;
    return MKT_OK;
}

mkt_status mkt_datasets_list(struct mkt_datasets *datasets, struct mkt_arena *arena,
                             struct mkt_set ***out, size_t *count, struct mkt_err *err)
{
    pthread_mutex_lock(&datasets->lock);
    struct mkt_set **list = MKT_NEW(arena, struct mkt_set *, datasets->count);
    *count = list ? datasets->count : 0;
    for (size_t i = 0; i < *count; i++) list[i] = mkt_datasets_hold(datasets->set[i]);
    pthread_mutex_unlock(&datasets->lock);
    if (!list) return mkt_arena_full(arena, err);
    *out = list;
    return MKT_OK;
}

mkt_status mkt_datasets_names(struct mkt_datasets *datasets, struct mkt_arena *arena,
                              const char ***out, size_t *count, struct mkt_err *err)
{
    struct mkt_set **set;
    MKT_TRY(mkt_datasets_list(datasets, arena, &set, count, err));
    *out = MKT_NEW(arena, const char *, *count);
    bool full = !*out;
    for (size_t i = 0; i < *count; i++) {
        if (!full) full = !((*out)[i] = mkt_arena_strdup(arena, set[i]->name));
        mkt_datasets_release(set[i]);
    }
    return full ? mkt_arena_full(arena, err) : MKT_OK;
}

mkt_status mkt_datasets_delete(struct mkt_datasets *datasets, const char *name, struct mkt_err *err)
{
    char parent[PARENT], link[LONGER];
    MKT_TRY(mkt_set_check_name(name, err));
    snprintf(parent, sizeof parent, "%s/%s", datasets->sets, name);
    snprintf(link, sizeof link, "%s/current", parent);

    bool found;
    struct mkt_set *h = NULL;
    mkt_status status = MKT_OK;
    pthread_mutex_lock(&datasets->publish);
    pthread_mutex_lock(&datasets->lock);
    size_t at = place_of(datasets, name, &found);
    pthread_mutex_unlock(&datasets->lock);
    if (!found)
        status = mkt_err_set(err, MKT_E_NOT_FOUND, "there is no data set \"%s\"", name);
    else if (unlink(link) != 0)
        status = mkt_err_file("remove", link, err);
    else
        status = mkt_files_sync(parent, err);
    if (status == MKT_OK) { /* only this thread changes the table: `at` still holds */
        pthread_mutex_lock(&datasets->lock);
        h = datasets->set[at];
        datasets->count--;
        memmove(&datasets->set[at], &datasets->set[at + 1],
                (datasets->count - at) * sizeof *datasets->set);
        pthread_mutex_unlock(&datasets->lock);
    }
    pthread_mutex_unlock(&datasets->publish);
    if (h) {
        atomic_store(&h->doomed, true);
        mkt_datasets_release(h);
    }
    return status;
}

/* ---- publishing ---- */

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
    char from[LONGER], to[LONGER], files[PATH + 100];
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
    char parent[PARENT], next[LONGER], current[LONGER];
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
    char version[24], folder[PATH], work[PATH];
    struct mkt_set *set;
    bool linked = false;
    if (!old && d->count >= d->limit)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "%zu data sets are registered, as many as allowed; delete one first",
                           d->count);
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
        old = find(datasets, name);
        status = advance(datasets, name, old, &new, &set, err);
        if (status == MKT_OK) *out = mkt_datasets_hold(set ? set : old);
        if (set) gone = put(datasets, set);
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

/* ---- start and end ---- */

/* Registers the current version of sets/<name>; removes everything else there. */
static mkt_status load(struct mkt_datasets *d, const char *name, struct mkt_err *err)
{
    char parent[PARENT], link[LONGER], folder[PATH], version[64] = "";
    struct mkt_err doubt = {0};
    struct mkt_set *h = NULL;
    snprintf(parent, sizeof parent, "%s/%s", d->sets, name);
    snprintf(link, sizeof link, "%s/current", parent);
    ssize_t n = readlink(link, version, sizeof version - 1);
    if (n > 0 && mkt_set_plain_name(version, 24, false) && mkt_set_plain_name(name, 64, false)) {
        snprintf(folder, sizeof folder, "%s/%s", parent, version);
        MKT_TRY(mkt_set_make(name, folder, &h, err));
        h->owner = d;
        if (mkt_set_read(h, &doubt) != MKT_OK || d->count >= d->limit) {
            mkt_set_free(h);
            return MKT_OK; /* neither listed nor removed: someone should look at it */
        }
        put(d, h);
    }
    DIR *dir = opendir(parent);
    if (!dir) return mkt_err_file("read", parent, err);
    for (struct dirent *e; (e = readdir(dir));) {
        if (h && (strcmp(e->d_name, "current") == 0 || strcmp(e->d_name, version) == 0)) continue;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        snprintf(link, sizeof link, "%s/%s", parent, e->d_name);
        mkt_files_remove(link);
    }
    closedir(dir);
    if (!h) rmdir(parent);
    return MKT_OK;
}

static mkt_status load_all(struct mkt_datasets *d, struct mkt_err *err)
{
    mkt_status status = MKT_OK;
    DIR *dir = opendir(d->sets);
    if (!dir) return mkt_err_file("read", d->sets, err);
    for (struct dirent *e; status == MKT_OK && (e = readdir(dir));)
        if (e->d_name[0] != '.') status = load(d, e->d_name, err);
    closedir(dir);
    return status;
}

static mkt_status claim(struct mkt_datasets *d, const char *folder, struct mkt_err *err)
{
    char path[LONGER];
    if (strlen(folder) > 2048)
        return mkt_err_set(err, MKT_E_ARG, "the data folder's path is longer than 2048 bytes");
    MKT_TRY(mkt_files_make_folder(folder, err));
    snprintf(path, sizeof path, "%s/lock", folder);
    d->guard = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (d->guard < 0) return mkt_err_file("open", path, err);
    if (flock(d->guard, LOCK_EX | LOCK_NB) != 0)
        return mkt_err_set(err, MKT_E_CONFLICT, "another service uses the data folder %s", folder);
    mkt_files_remove(d->temp);
    MKT_TRY(mkt_files_make_folder(d->temp, err));
    MKT_TRY(mkt_files_make_folder(d->sets, err));
    return load_all(d, err);
}

mkt_status mkt_datasets_open(const char *folder, size_t limit, struct mkt_datasets **out,
                             struct mkt_err *err)
{
    struct mkt_datasets *d = calloc(1, sizeof *d);
    if (!d) return no_memory(err);
    pthread_mutex_init(&d->lock, NULL);
    pthread_mutex_init(&d->publish, NULL);
    d->guard = -1;
    d->limit = limit;
    d->set = calloc(limit + 1, sizeof *d->set);
    if (!d->set || asprintf(&d->temp, "%s/tmp", folder) < 0 ||
        asprintf(&d->sets, "%s/sets", folder) < 0) {
        mkt_datasets_close(d);
        return no_memory(err);
    }
    mkt_status status = claim(d, folder, err);
    if (status != MKT_OK) {
        mkt_datasets_close(d);
        return status;
    }
    *out = d;
    return MKT_OK;
}

void mkt_datasets_close(struct mkt_datasets *datasets)
{
    if (!datasets) return;
    for (size_t i = 0; datasets->set && i < datasets->count; i++)
        mkt_datasets_release(datasets->set[i]);
    if (datasets->guard >= 0) close(datasets->guard);
    pthread_mutex_destroy(&datasets->publish);
    pthread_mutex_destroy(&datasets->lock);
    free(datasets->set);
    free(datasets->temp);
    free(datasets->sets);
    free(datasets);
}

const char *mkt_datasets_temp(const struct mkt_datasets *datasets)
{
    return datasets->temp;
}
