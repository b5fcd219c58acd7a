#include "source/utf16.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE 32768 /* bytes read at once; two become three at most */

struct decoder {
    bool big;      /* endian */
    unsigned high; /* a high surrogate that waits for its low one, else 0 */
};

static size_t put(unsigned code, unsigned char *out)
{
    if (code < 0x80) {
        out[0] = (unsigned char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (unsigned char)(0xC0 | code >> 6);
        out[1] = (unsigned char)(0x80 | (code & 0x3F));
        return 2;
    }
    size_t n = code < 0x10000 ? 3 : 4;
    out[0] = (unsigned char)(n == 3 ? 0xE0 | code >> 12 : 0xF0 | code >> 18);
    for (size_t i = 1; i < n; i++)
        out[i] = (unsigned char)(0x80 | (code >> 6 * (n - 1 - i) & 0x3F));
    return n;
}

/* n is even, except at the end of the file; at most 1.5 n + 2 bytes come out. */
static size_t decode(struct decoder *d, const unsigned char *in, size_t n, unsigned char *out)
{
    size_t at = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        unsigned unit =
            d->big ? (unsigned)in[i] << 8 | in[i + 1] : (unsigned)in[i + 1] << 8 | in[i];
        bool low = unit >= 0xDC00 && unit < 0xE000;
        if (d->high && low) {
            at += put(0x10000 + ((d->high - 0xD800) << 10) + (unit - 0xDC00), out + at);
            d->high = 0;
            continue;
        }
        if (d->high || low) out[at++] = 0xFF;
        d->high = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
        if (!low && !d->high) at += put(unit, out + at);
    }
    if (n % 2) out[at++] = 0xFF;
    return at;
}

static bool write_all(int fd, const unsigned char *s, size_t n)
{
    while (n) {
        ssize_t k = write(fd, s, n);
        if (k <= 0) return false;
        s += k;
        n -= (size_t)k;
    }
    return true;
}

/* As many bytes as there are, up to n; -1 when it cannot be read. */
static ssize_t read_full(int fd, unsigned char *s, size_t n, off_t from)
{
    size_t got = 0;
    while (got < n) {
        ssize_t k = pread(fd, s + got, n - got, from + (off_t)got);
        if (k < 0) return -1;
        if (k == 0) break;
        got += (size_t)k;
    }
    return (ssize_t)got;
}

static mkt_status copy(int from, int to, bool big, const char *show, const atomic_bool *cancel,
                       struct mkt_err *err)
{
    struct decoder d = {.big = big};
    unsigned char in[PIECE], out[2 * PIECE];
    for (off_t at = 2;;) {
        if (cancel && atomic_load(cancel)) return mkt_err_set(err, MKT_E_CANCELLED, "stopped");
        ssize_t n = read_full(from, in, sizeof in, at);
        if (n < 0) return mkt_err_set(err, MKT_E_IO, "%s cannot be read", show);
        if (n == 0) break;
        if (!write_all(to, out, decode(&d, in, (size_t)n, out)))
            return mkt_err_set(err, MKT_E_IO, "%s: no room for its UTF-8 in the temporary folder",
                               show);
        at += n;
    }
    out[0] = 0xFF;
    if (d.high && !write_all(to, out, 1))
        return mkt_err_set(err, MKT_E_IO, "%s: no room for its UTF-8 in the temporary folder",
                           show);
    return MKT_OK;
}

mkt_status mkt_utf16_decode(int fd, const char *show, const char *temp, const atomic_bool *cancel,
                            struct mkt_err *err)
{
    unsigned char mark[2];
    if (read_full(fd, mark, 2, 0) < 2) return MKT_OK;
    bool big = mark[0] == 0xFE && mark[1] == 0xFF, little = mark[0] == 0xFF && mark[1] == 0xFE;
    if (!big && !little) return MKT_OK;
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/mkt-utf8-XXXXXX", temp ? temp : "/tmp");
    int to = n > 0 && (size_t)n < sizeof path ? mkostemp(path, O_CLOEXEC) : -1;
    if (to < 0)
        return mkt_err_set(err, MKT_E_IO, "%s is UTF-16 and no temporary file can be made in %s",
                           show, temp ? temp : "/tmp");
    unlink(path);
    mkt_status status = copy(fd, to, big, show, cancel, err);
    if (status == MKT_OK && dup3(to, fd, O_CLOEXEC) < 0)
        status = mkt_err_set(err, MKT_E_IO, "%s cannot be replaced by its UTF-8", show);
    close(to);
    return status;
}
