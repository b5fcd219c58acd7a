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
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MOST 1024
#define SIGNATURE_TEXT 89 /* base64 of 64 bytes and the NUL */
#define SIGNED_BY ",\"signature\":\""

struct mkt_audit {
    const struct mkt_keys *keys;
    pthread_mutex_t lock;
    int fd;
    int64_t entries;
    off_t size; /* of whole lines */
    char head[MKT_SHA256_TEXT];
    char *path;
};

static const char zeros[MKT_SHA256_TEXT] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static mkt_status fault(const char *what, const char *path, struct mkt_err *err)
{
    mkt_status status = errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? MKT_E_NOSPACE
                        : errno == EACCES || errno == EPERM                  ? MKT_E_FORBIDDEN
                        : errno == ENOENT                                    ? MKT_E_NOT_FOUND
                                                                             : MKT_E_IO;
    return mkt_err_set(err, status, "cannot %s %s: %s", what, path, strerror(errno));
}

/* What of a line counts for the next one. */
struct line {
    int64_t number;
    char time[32], previous[MKT_SHA256_TEXT];
    size_t body; /* bytes before the signature's member */
    unsigned char signature[MKT_KEYS_SIGNATURE];
};

/* Reads a line as mkt_audit_add writes it; false for any other. */
static bool read_line(const char *text, size_t n, struct line *out)
{
    int after = 0;
    unsigned char raw[68];
    *out = (struct line){0};
    if (n < 200 || n >= LINE_MOST ||
        sscanf(text,
               "{\"entry\":%" SCNd64 ",\"time\":\"%31[0-9TZ:.-]\",\"previous\":\"%64[0-9a-f]\",%n",
               &out->number, out->time, out->previous, &after) != 3 ||
        after == 0 || strlen(out->previous) != 64)
        return false;
    const size_t tail = strlen(SIGNED_BY) + SIGNATURE_TEXT - 1 + strlen("\"}");
    if (n < tail) return false;
    out->body = n - tail;
    const char *base64 = text + out->body + strlen(SIGNED_BY);
    if (memcmp(text + out->body, SIGNED_BY, strlen(SIGNED_BY)) != 0 ||
        memcmp(text + n - 2, "\"}", 2) != 0 ||
        EVP_DecodeBlock(raw, (const unsigned char *)base64, SIGNATURE_TEXT - 1) != 66)
        return false;
    memcpy(out->signature, raw, sizeof out->signature);
    return true;
}

/* The last whole line, by reading back from the end; 0 when there is none. */
static mkt_status find_last(struct mkt_audit *a, char line[LINE_MOST], size_t *n,
                            struct mkt_err *err)
{
    struct stat st;
    char tail[2 * LINE_MOST];
    *n = 0;
    a->size = 0;
    if (fstat(a->fd, &st) != 0) return fault("look at", a->path, err);
    if (st.st_size == 0) return MKT_OK;
    size_t want = st.st_size < (off_t)sizeof tail ? (size_t)st.st_size : sizeof tail;
    off_t start = st.st_size - (off_t)want;
    ssize_t got = pread(a->fd, tail, want, start);
    if (got != (ssize_t)want) return fault("read", a->path, err);
    size_t end = want;
    while (end && tail[end - 1] != '\n') end--;
    a->size = start + (off_t)end;
    if (end == 0) {
        if (start == 0) return MKT_OK; /* the first line is torn */
        return mkt_err_set(err, MKT_E_DATA, "the end of %s is no audit log", a->path);
    }
    size_t begin = end - 1;
    while (begin && tail[begin - 1] != '\n') begin--;
    *n = end - 1 - begin;
    if (*n >= LINE_MOST) *n = 0;
    memcpy(line, tail + begin, *n);
    line[*n] = '\0';
    return MKT_OK;
}

static mkt_status find_end(struct mkt_audit *a, struct mkt_err *err)
{
    char text[LINE_MOST];
    size_t n;
    struct line line;
    struct stat st;
    MKT_TRY(find_last(a, text, &n, err));
    strcpy(a->head, zeros);
    if (a->size) {
        if (!read_line(text, n, &line))
            return mkt_err_set(err, MKT_E_DATA, "the last line of %s is no entry of an audit log",
                               a->path);
        a->entries = line.number;
        MKT_TRY(mkt_hash_bytes(text, n, a->head, err));
    }
    if (fstat(a->fd, &st) != 0) return fault("look at", a->path, err);
    if (st.st_size != a->size && ftruncate(a->fd, a->size) != 0)
        return fault("cut a torn line off", a->path, err);
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
    a->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (a->fd < 0)
        status = fault("open", path, err);
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
    pthread_mutex_destroy(&audit->lock);
    free(audit->path);
    free(audit);
}

static void write_time(char out[32])
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(out, 24, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + n, 32 - n, ".%03ldZ", now.tv_nsec / 1000000);
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
                         char out[LINE_MOST], struct mkt_err *err)
{
    char time_[32], peer[129], kind[129], key[129];
    unsigned char signature[MKT_KEYS_SIGNATURE], base64[SIGNATURE_TEXT];
    write_time(time_);
    plain_name(e->peer, peer);
    plain_name(e->kind, kind);
    plain_name(e->peer_key, key);
    int body =
        snprintf(out, LINE_MOST,
                 "{\"entry\":%" PRId64 ",\"time\":\"%s\",\"previous\":\"%s\",\"kind\":\"%s\","
                 "\"peer\":\"%s\",\"peer_key\":\"%s\",\"request\":\"%.64s\",\"answer\":"
                 "\"%.64s\"",
                 a->entries + 1, time_, a->head, kind, peer, key, e->request, e->answer);
    if (body < 0 || body + 120 > LINE_MOST) return 0;
    if (mkt_keys_sign(a->keys, out, (size_t)body, signature, err) != MKT_OK) return 0;
    EVP_EncodeBlock(base64, signature, sizeof signature);
    int tail = snprintf(out + body, LINE_MOST - (size_t)body, SIGNED_BY "%s\"}", (char *)base64);
    return (size_t)body + (size_t)tail;
}

/* All of it on the disk, or the file as it was. */
static mkt_status append(struct mkt_audit *a, const char *text, size_t n, struct mkt_err *err)
{
    ssize_t wrote = pwrite(a->fd, text, n, a->size);
    if (wrote == (ssize_t)n && fdatasync(a->fd) == 0) return MKT_OK;
    if (wrote >= 0 && wrote != (ssize_t)n) errno = ENOSPC;
    mkt_status status = fault("write to", a->path, err);
    if (ftruncate(a->fd, a->size) != 0) return status; /* cut off at the next start */
    return status;
}

mkt_status mkt_audit_add(struct mkt_audit *audit, const struct mkt_audit_entry *entry,
                         struct mkt_err *err)
{
    char line[LINE_MOST + 1], hash[MKT_SHA256_TEXT];
    pthread_mutex_lock(&audit->lock);
    size_t n = write_line(audit, entry, line, err);
    mkt_status status =
        n ? mkt_hash_bytes(line, n, hash, err)
          : mkt_err_set(err, MKT_E_INTERNAL, "an entry of the audit log could not be made");
    if (status == MKT_OK) {
        line[n] = '\n';
        status = append(audit, line, n + 1, err);
    }
    if (status == MKT_OK) {
        audit->entries++;
        audit->size += (off_t)n + 1;
        memcpy(audit->head, hash, sizeof hash);
    }
    pthread_mutex_unlock(&audit->lock);
    return status;
}

int64_t mkt_audit_head(struct mkt_audit *audit, char hash[MKT_SHA256_TEXT])
{
    pthread_mutex_lock(&audit->lock);
    int64_t entries = audit->entries;
    memcpy(hash, audit->head, MKT_SHA256_TEXT);
    pthread_mutex_unlock(&audit->lock);
    return entries;
}

/* One line of a walk: NULL when it follows from what came before, else what is wrong with it. */
static const char *wrong_with(const char *text, size_t n, const struct mkt_public_key *key,
                              size_t keys, const struct mkt_audit_report *r, struct line *line)
{
    if (!read_line(text, n, line)) return "it is no entry of an audit log";
    if (line->number != r->entries + 1) return "its number does not follow";
    if (strcmp(line->previous, r->head) != 0) return "it does not name the line before it";
    for (size_t i = 0; i < keys; i++)
        if (mkt_keys_verify(&key[i], text, line->body, line->signature)) return NULL;
    return "none of the keys signed it";
}

static mkt_status walk(FILE *file, const char *path, const struct mkt_public_key *key, size_t keys,
                       struct mkt_audit_report *out, struct mkt_err *err)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t n;
    mkt_status status = MKT_OK;
    while (status == MKT_OK && (n = getline(&text, &room, file)) > 0) {
        struct line line;
        if (text[n - 1] != '\n') {
            out->torn = true;
            break;
        }
        text[--n] = '\0';
        const char *why = strlen(text) == (size_t)n
                              ? wrong_with(text, (size_t)n, key, keys, out, &line)
                              : "it holds a NUL";
        if (why) {
            status = mkt_err_set(err, MKT_E_DATA, "line %" PRId64 " of %s is wrong: %s",
                                 out->entries + 1, path, why);
            break;
        }
        if (out->entries++ == 0) memcpy(out->first, line.time, sizeof out->first);
        memcpy(out->last, line.time, sizeof out->last);
        status = mkt_hash_bytes(text, (size_t)n, out->head, err);
    }
    if (status == MKT_OK && ferror(file)) status = fault("read", path, err);
    free(text);
    return status;
}

mkt_status mkt_audit_verify(const char *path, const struct mkt_public_key *key, size_t keys,
                            struct mkt_audit_report *out, struct mkt_err *err)
{
    *out = (struct mkt_audit_report){0};
    strcpy(out->head, zeros);
    FILE *file = fopen(path, "re");
    if (!file) return fault("open", path, err);
    mkt_status status = walk(file, path, key, keys, out, err);
    fclose(file);
    return status;
}
