#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void mkt_err_write(struct mkt_err *err, mkt_status status, const char *format, ...)
{
    assert(status != MKT_OK);
    if (err->status != MKT_OK) return;
    err->status = status;

    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);

    if (n < 0) err->text[0] = '\0';
    if (n >= (int)sizeof err->text) {
        size_t end = sizeof err->text - 4;
        while (end > 0 && ((unsigned char)err->text[end] & 0xC0) == 0x80) end--;
        memcpy(err->text + end, "...", 4);
    }
    for (char *c = err->text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = '?';
}

mkt_status mkt_err_file(const char *what, const char *path, struct mkt_err *err)
{
    int code = errno;
    mkt_status status = MKT_E_IO;
    if (code == ENOSPC || code == EDQUOT || code == EFBIG) status = MKT_E_NOSPACE;
    if (code == ENOENT) status = MKT_E_NOT_FOUND;
    if (code == EACCES || code == EPERM || code == EROFS) status = MKT_E_FORBIDDEN;
    return mkt_err_set(err, status, "cannot %s %s: %s", what, path, strerror(code));
}

void mkt_err_clear(struct mkt_err *err)
{
    err->status = MKT_OK;
    err->text[0] = '\0';
}
