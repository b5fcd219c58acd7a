#include "llm/statefile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "MKTLLM1\n"
#define HEX 64

struct head {
    char magic[8], key[HEX], hash[HEX];
    uint64_t length;
};

/* ---- reading */

static mkt_status distrust(const char *path, const char *why, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_DATA, "%s is not used: %s", path, why);
}

static mkt_status read_all(int fd, const char *path, void *to, size_t n, struct mkt_err *err)
{
    for (size_t got = 0; got < n;) {
        ssize_t part = read(fd, (char *)to + got, n - got);
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return mkt_err_set(err, MKT_E_IO, "%s: %s", path, strerror(errno));
        if (part == 0) return distrust(path, "it is cut short", err);
        got += (size_t)part;
    }
    return MKT_OK;
}

static mkt_status check_private(const char *path, const struct stat *st, struct mkt_err *err)
{
    if (!S_ISREG(st->st_mode)) return distrust(path, "it is no file", err);
    if (st->st_uid != geteuid()) return distrust(path, "another user owns it", err);
    if (st->st_mode & 077) return distrust(path, "others may read or write it", err);
    if ((uint64_t)st->st_size < sizeof(struct head)) return distrust(path, "it is cut short", err);
    return MKT_OK;
}

static mkt_status read_open(int fd, const char *path, const char *key, unsigned char **bytes,
                            size_t *length, struct mkt_err *err)
{
    struct stat st;
    struct head head;
    char hash[MKT_SHA256_TEXT];
    if (fstat(fd, &st) != 0) return mkt_err_set(err, MKT_E_IO, "%s: %s", path, strerror(errno));
    MKT_TRY(check_private(path, &st, err));
    MKT_TRY(read_all(fd, path, &head, sizeof head, err));
    if (memcmp(head.magic, MAGIC, sizeof head.magic) != 0) {
        return distrust(path, "it does not begin as such a file does", err);
    }
    if (memcmp(head.key, key, HEX) != 0) {
        return distrust(path, "it is of another model, library or setting", err);
    }
    if (head.length > MKT_STATEFILE_MAX || head.length != (uint64_t)st.st_size - sizeof head) {
        return distrust(path, "its length is not what it says", err);
    }
    *bytes = malloc(head.length ? head.length : 1);
    if (!*bytes) return mkt_err_set(err, MKT_E_NOMEM, "no memory for %s", path);
    *length = head.length;
    MKT_TRY(read_all(fd, path, *bytes, head.length, err));
    MKT_TRY(mkt_hash_bytes(*bytes, head.length, hash, err));
    return memcmp(hash, head.hash, HEX) == 0 ? MKT_OK
                                             : distrust(path, "its bytes have changed", err);
}

mkt_status mkt_statefile_read(const char *path, const char *key, unsigned char **bytes,
                              size_t *length, struct mkt_err *err)
{
    *bytes = NULL;
    *length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) return mkt_err_set(err, MKT_E_NOT_FOUND, "no file %s", path);
    if (fd < 0 && errno == ELOOP) return distrust(path, "it is a link", err);
    if (fd < 0) return mkt_err_set(err, MKT_E_IO, "%s: %s", path, strerror(errno));
    mkt_status status = read_open(fd, path, key, bytes, length, err);
    close(fd);
    if (status) {
        free(*bytes);
        *bytes = NULL;
        *length = 0;
    }
    return status;
}

/* ---- writing */

static mkt_status failed(const char *path, struct mkt_err *err)
{
    mkt_status status = errno == ENOSPC || errno == EDQUOT ? MKT_E_NOSPACE : MKT_E_IO;
    return mkt_err_set(err, status, "%s: %s", path, strerror(errno));
}

static bool write_all(int fd, const void *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t part = write(fd, (const char *)bytes + done, n - done);
        if (part < 0 && errno != EINTR) return false;
        if (part > 0) done += (size_t)part;
    }
    return true;
}

mkt_status mkt_statefile_write(const char *folder, const char *name, const char *key,
                               const void *bytes, size_t length, struct mkt_err *err)
{
    char hash[MKT_SHA256_TEXT], path[PATH_MAX], new[PATH_MAX];
    struct head head = {.magic = MAGIC, .length = length};
    MKT_TRY(mkt_hash_bytes(bytes, length, hash, err));
    memcpy(head.key, key, HEX);
    memcpy(head.hash, hash, HEX);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) return failed(folder, err);
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    int m = snprintf(new, sizeof new, "%s/.new-XXXXXX", folder);
    if (n >= (int)sizeof path || m >= (int)sizeof new) {
        return mkt_err_set(err, MKT_E_IO, "%s: the path is too long", folder);
    }
    int fd = mkostemp(new, O_CLOEXEC); /* 0600 */
    if (fd < 0) return failed(new, err);
    bool good = write_all(fd, &head, sizeof head) && write_all(fd, bytes, length);
    good = close(fd) == 0 && good && rename(new, path) == 0;
    if (good) return MKT_OK;
    mkt_status status = failed(path, err);
    unlink(new);
    return status;
}

/* ---- pruning */

struct aged {
    char name[256];
    struct timespec at;
};

static int newest_first(const void *a, const void *b)
{
    const struct aged *x = a, *y = b;
    if (x->at.tv_sec != y->at.tv_sec) return x->at.tv_sec < y->at.tv_sec ? 1 : -1;
    if (x->at.tv_nsec != y->at.tv_nsec) return x->at.tv_nsec < y->at.tv_nsec ? 1 : -1;
    return strcmp(x->name, y->name);
}

static bool is_between(const char *name, const char *begin, const char *end)
{
    size_t n = strlen(name), b = strlen(begin), e = strlen(end);
    return n >= b + e && !memcmp(name, begin, b) && !memcmp(name + n - e, end, e);
}

void mkt_statefile_prune(const char *folder, const char *begin, const char *end, int keep)
{
    struct aged found[64] = {{{0}, {0}}};
    int n = 0;
    DIR *dir = opendir(folder);
    if (!dir) return;
    for (struct dirent *d; n < 64 && (d = readdir(dir)) != NULL;) {
        struct stat st;
        if (!is_between(d->d_name, begin, end)) continue;
        if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
        snprintf(found[n].name, sizeof found[n].name, "%s", d->d_name);
        found[n++].at = st.st_mtim;
    }
    if (n) qsort(found, (size_t)n, sizeof *found, newest_first);
    for (int i = keep; i < n; i++) unlinkat(dirfd(dir), found[i].name, 0);
    closedir(dir);
}
