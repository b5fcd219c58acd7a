#include "engine/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

mkt_status mkt_files_make_folder(const char *path, struct mkt_err *err)
{
    char part[4096];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" cannot be the path of a folder", path);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return mkt_err_file("make the folder", part, err);
    }
    struct stat info;
    if (stat(path, &info) != 0) return mkt_err_file("make the folder", path, err);
    if (!S_ISDIR(info.st_mode)) return mkt_err_set(err, MKT_E_ARG, "%s is not a folder", path);
    return MKT_OK;
}

mkt_status mkt_files_write(int fd, const void *bytes, size_t n, const char *path,
                           struct mkt_err *err)
{
    const char *from = bytes;
    while (n > 0) {
        ssize_t wrote = write(fd, from, n);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return mkt_err_file("write", path, err);
        from += wrote;
        n -= (size_t)wrote;
    }
    return MKT_OK;
}

mkt_status mkt_files_sync(const char *path, struct mkt_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return mkt_err_file("open", path, err);
    int failed = fsync(fd);
    int code = errno;
    close(fd);
    errno = code;
    return failed ? mkt_err_file("bring to the disk", path, err) : MKT_OK;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    remove(path);
    return 0;
}

void mkt_files_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
