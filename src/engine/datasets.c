#include "engine/datasets.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine/datasets_table.h"
#include "engine/files.h"

static mkt_status no_memory(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_NOMEM, "no memory for the register of data sets");
}

/* ---- references ---- */

static void remove_version(struct mkt_set *h)
{
    struct mkt_datasets *d = h->owner;
    char parent[MKT_DATASETS_PARENT];
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

struct mkt_set *mkt_datasets_table_put(struct mkt_datasets *d, struct mkt_set *h)
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

struct mkt_set *mkt_datasets_table_find(struct mkt_datasets *d, const char *name)
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
    struct mkt_set *h = mkt_datasets_table_find(datasets, name);
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
    char parent[MKT_DATASETS_PARENT], link[MKT_DATASETS_LONGER];
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

/* ---- start and end ---- */

/* Registers the current version of sets/<name>; removes everything else there. */
static mkt_status load(struct mkt_datasets *d, const char *name, struct mkt_err *err)
{
    char parent[MKT_DATASETS_PARENT], link[MKT_DATASETS_LONGER], folder[MKT_DATASETS_PATH],
        version[64] = "";
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
        mkt_datasets_table_put(d, h);
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
    char path[MKT_DATASETS_LONGER];
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
