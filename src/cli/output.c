#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/files.h"

mkt_status mkt_output_print(const char *bytes, size_t n, struct mkt_err *err)
{
    struct mkt_err fault = {0};
    mkt_status status = mkt_files_write(STDOUT_FILENO, bytes, n, "standard output", &fault);
    if (status == MKT_OK || errno == EPIPE) return MKT_OK;
    return mkt_err_set(err, status, "%s", fault.text);
}

/* A device or a pipe (/dev/stdout) is written to as it is: it cannot be replaced. */
static bool is_special(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISREG(s.st_mode);
}

mkt_status mkt_output_file(const char *path, const char *bytes, size_t n, struct mkt_err *err)
{
    char beside[PATH_MAX];
    bool special = is_special(path);
    int length = special ? snprintf(beside, sizeof beside, "%s", path)
                         : snprintf(beside, sizeof beside, "%s.part-%ld", path, (long)getpid());
    if (length < 0 || length >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        return mkt_files_fault("write", path, err);
    }
    int fd = open(beside, O_WRONLY | O_CLOEXEC | (special ? 0 : O_CREAT | O_TRUNC), 0666);
    if (fd < 0) return mkt_files_fault("write", path, err);
    mkt_status status = mkt_files_write(fd, bytes, n, path, err);
    if (close(fd) != 0 && status == MKT_OK) status = mkt_files_fault("write", path, err);
    if (status == MKT_OK && !special && rename(beside, path) != 0)
        status = mkt_files_fault("write", path, err);
    if (status != MKT_OK && !special) unlink(beside);
    return status;
}
