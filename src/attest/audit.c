#include "attest/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attest/audit_line.h"
#include "base/clock.h"

struct mkt_audit {
    const struct mkt_keys *keys;
    pthread_mutex_t lock;
    pthread_cond_t synced; /* the fate of some entries is known */
    int fd;
    struct reach {
        int64_t entries;
        off_t size; /* of whole lines */
        char head[MKT_SHA256_TEXT];
    } written, safe; /* in the file; on the disk */
    bool syncing;    /* a thread brings what is written to the disk, for all */
    struct waiter {
        int64_t number; /* of its entry */
        bool known, safe;
        struct waiter *next;
    } * waiter; /* those whose entry's fate is open */
    int errno_; /* of the last time that the disk refused */
    char *path;
};

/* The last whole line, by reading back from the end; 0 when there is none. */
static mkt_status find_last(struct mkt_audit *a, char line[MKT_AUDIT_LINE_MOST], size_t *n,
                            struct mkt_err *err)
{
    struct stat st;
    char tail[2 * MKT_AUDIT_LINE_MOST];
    *n = 0;
    a->written.size = 0;
    if (fstat(a->fd, &st) != 0) return mkt_err_file("look at", a->path, err);
    if (st.st_size == 0) return MKT_OK;
    size_t want = st.st_size < (off_t)sizeof tail ? (size_t)st.st_size : sizeof tail;
    off_t start = st.st_size - (off_t)want;
    ssize_t got = pread(a->fd, tail, want, start);
    if (got != (ssize_t)want) return mkt_err_file("read", a->path, err);
    size_t end = want;
    while (end && tail[end - 1] != '\n') end--;
    a->written.size = start + (off_t)end;
    if (end == 0) {
        if (start == 0) return MKT_OK; /* the first line is torn */
        return mkt_err_set(err, MKT_E_DATA, "the end of %s is no audit log", a->path);
    }
    size_t begin = end - 1;
    while (begin && tail[begin - 1] != '\n') begin--;
    *n = end - 1 - begin;
    if (*n >= MKT_AUDIT_LINE_MOST) *n = 0;
    memcpy(line, tail + begin, *n);
    line[*n] = '\0';
    return MKT_OK;
}

static mkt_status find_end(struct mkt_audit *a, struct mkt_err *err)
{
    char text[MKT_AUDIT_LINE_MOST];
    size_t n;
    struct mkt_audit_line line;
    struct stat st;
    MKT_TRY(find_last(a, text, &n, err));
    strcpy(a->written.head, mkt_audit_line_zeros);
    if (a->written.size) {
        if (!mkt_audit_line_read(text, n, &line))
            return mkt_err_set(err, MKT_E_DATA, "the last line of %s is no entry of an audit log",
                               a->path);
        a->written.entries = line.number;
        MKT_TRY(mkt_hash_bytes(text, n, a->written.head, err));
    }
    a->safe = a->written;
    if (fstat(a->fd, &st) != 0) return mkt_err_file("look at", a->path, err);
    if (st.st_size != a->written.size && ftruncate(a->fd, a->written.size) != 0)
        return mkt_err_file("cut a torn line off", a->path, err);
    return MKT_OK;
}

mkt_status mkt_audit_open(const char *path, const struct mkt_keys *keys, struct mkt_audit **out,
                          struct mkt_err *err)
{
    struct mkt_audit *a = calloc(1, sizeof *a);
    mkt_status status = MKT_OK;
    if (!a || !(a->path = strdup(path))) {
        free(a);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for the audit log");
    }
    a->keys = keys;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->synced, NULL);
    a->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (a->fd < 0)
        status = mkt_err_file("open", path, err);
    else if (flock(a->fd, LOCK_EX | LOCK_NB) != 0)
        status = mkt_err_set(err, MKT_E_CONFLICT, "another process has %s open", path);
    else
        status = find_end(a, err);
    if (status != MKT_OK) {
        mkt_audit_close(a);
        return status;
    }
    *out = a;
    return MKT_OK;
}

void mkt_audit_close(struct mkt_audit *audit)
{
    if (!audit) return;
    if (audit->fd >= 0) close(audit->fd);
    pthread_cond_destroy(&audit->synced);
    pthread_mutex_destroy(&audit->lock);
    free(audit->path);
    free(audit);
}

static void write_time(char out[32])
{
    int64_t now = mkt_clock_wall_us();
    size_t n = strlen(mkt_clock_text(now / 1000000, out));
    snprintf(out + n, 32 - n, ".%03dZ", (int)(now % 1000000 / 1000));
}

/* A name as it may stand in a line: what is not plain ASCII, a quote or a backslash becomes '?'. */
static void plain_name(const char *name, char out[129])
{
    size_t n = 0;
    for (; n < 128 && name[n]; n++) {
        char c = name[n];
        out[n] = (char)(c >= ' ' && c <= '~' && c != '"' && c != '\\' ? c : '?');
    }
    out[n] = '\0';
}

/* The whole line without its end; 0 when something does not fit. */
static size_t write_line(const struct mkt_audit *a, const struct mkt_audit_entry *e,
                         char out[MKT_AUDIT_LINE_MOST], struct mkt_err *err)
{
    char time_[32], peer[129], kind[129], key[129];
    unsigned char signature[MKT_KEYS_SIGNATURE], base64[MKT_AUDIT_LINE_SIGNATURE];
    write_time(time_);
    plain_name(e->peer, peer);
    plain_name(e->kind, kind);
    plain_name(e->peer_key, key);
    int body = snprintf(
        out, MKT_AUDIT_LINE_MOST,
        "{\"entry\":%" PRId64 ",\"time\":\"%s\",\"previous\":\"%s\",\"kind\":\"%s\","
        "\"peer\":\"%s\",\"peer_key\":\"%s\",\"request\":\"%.64s\",\"answer\":"
        "\"%.64s\"",
        a->written.entries + 1, time_, a->written.head, kind, peer, key, e->request, e->answer);
    if (body < 0 || body + 120 > MKT_AUDIT_LINE_MOST) return 0;
    if (mkt_keys_sign(a->keys, out, (size_t)body, signature, err) != MKT_OK) return 0;
    EVP_EncodeBlock(base64, signature, sizeof signature);
    int tail = snprintf(out + body, MKT_AUDIT_LINE_MOST - (size_t)body,
                        MKT_AUDIT_LINE_SIGNED "%s\"}", (char *)base64);
    return (size_t)body + (size_t)tail;
}

/* An entry is in the log only while the log is there: one that was deleted or
 * cut under the service would keep none. */
static mkt_status check_place(const struct mkt_audit *a, struct mkt_err *err)
{
    struct stat st;
    if (fstat(a->fd, &st) != 0) return mkt_err_file("look at", a->path, err);
    if (st.st_nlink && st.st_size >= a->written.size) return MKT_OK;
    return mkt_err_set(err, MKT_E_CONFLICT, "%s was %s while it is written: start the service anew",
                       a->path, st.st_nlink ? "cut" : "deleted");
}

/* All of it in the file, or the file as it was. */
static mkt_status append(struct mkt_audit *a, const char *text, size_t n, struct mkt_err *err)
{
    ssize_t wrote = pwrite(a->fd, text, n, a->written.size);
    if (wrote == (ssize_t)n) return MKT_OK;
    if (wrote >= 0) errno = ENOSPC;
    mkt_status status = mkt_err_file("write to", a->path, err);
    if (ftruncate(a->fd, a->written.size) != 0) return status; /* cut off at the next start */
    return status;
}

static mkt_status write_entry(struct mkt_audit *a, const struct mkt_audit_entry *entry,
                              struct mkt_err *err)
{
    char line[MKT_AUDIT_LINE_MOST + 1], hash[MKT_SHA256_TEXT];
    size_t n = write_line(a, entry, line, err);
    if (!n) return mkt_err_set(err, MKT_E_INTERNAL, "an entry of the audit log could not be made");
    MKT_TRY(mkt_hash_bytes(line, n, hash, err));
    line[n] = '\n';
    MKT_TRY(check_place(a, err));
    MKT_TRY(append(a, line, n + 1, err));
    a->written.entries++;
    a->written.size += (off_t)n + 1;
    memcpy(a->written.head, hash, sizeof hash);
    return MKT_OK;
}

/* Tells those who wait for entries up to that number, or all, what has become of them. */
static void tell_waiters(struct mkt_audit *a, int64_t most, bool safe)
{
    for (struct waiter **at = &a->waiter; *at;) {
        struct waiter *w = *at;
        if (w->number > most) {
            at = &w->next;
            continue;
        }
        w->known = true;
        w->safe = safe;
        *at = w->next;
    }
    pthread_cond_broadcast(&a->synced);
}

/* Brings all that is written to the disk; others go on writing meanwhile. What cannot be brought
 * there is taken back, with all that was written after it. */
static void sync_all(struct mkt_audit *a)
{
    struct reach reach = a->written;
    a->syncing = true;
    pthread_mutex_unlock(&a->lock);
    bool good = fdatasync(a->fd) == 0;
    int fault_ = errno;
    pthread_mutex_lock(&a->lock);
    a->syncing = false;
    if (good) {
        a->safe = reach;
        tell_waiters(a, reach.entries, true);
    } else {
        a->written = a->safe;
        if (ftruncate(a->fd, a->safe.size) == 0) errno = fault_;
        a->errno_ = errno;
        tell_waiters(a, INT64_MAX, false);
    }
}

/* Until the fate of the entry just written is known. */
static void wait_for(struct mkt_audit *a, struct waiter *w)
{
    w->number = a->written.entries;
    w->next = a->waiter;
    a->waiter = w;
    while (!w->known) {
        if (a->syncing)
            pthread_cond_wait(&a->synced, &a->lock);
        else
            sync_all(a);
    }
}

mkt_status mkt_audit_add(struct mkt_audit *audit, const struct mkt_audit_entry *entry,
                         struct mkt_err *err)
{
    pthread_mutex_lock(&audit->lock);
    mkt_status status = write_entry(audit, entry, err);
    if (status == MKT_OK) {
        struct waiter w = {0};
        wait_for(audit, &w);
        errno = audit->errno_;
        if (!w.safe) status = mkt_err_file("write to", audit->path, err);
    }
    pthread_mutex_unlock(&audit->lock);
    return status;
}

int64_t mkt_audit_head(struct mkt_audit *audit, char hash[MKT_SHA256_TEXT])
{
    pthread_mutex_lock(&audit->lock);
    int64_t entries = audit->safe.entries;
    memcpy(hash, audit->safe.head, MKT_SHA256_TEXT);
    pthread_mutex_unlock(&audit->lock);
    return entries;
}
