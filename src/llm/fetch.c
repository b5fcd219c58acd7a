#include "llm/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/http.h"

#define REDIRECTS 5L
#define TRIES 5
#define SILENCE_S 60L             /* without a byte: the connection counts as broken */
#define SPARE ((int64_t)64 << 20) /* bytes of the disk that are left alone */
#define BLOCK ((long)512 << 10)   /* of the library's buffer */
#define PAUSE_MS 1000

struct transfer {
    const struct mkt_fetch *what;
    char part[PATH_MAX], note[PATH_MAX], kept[PATH_MAX];
    int fd;
    int64_t have, whole; /* bytes in the part; of the file, 0 when it is not known */
    char etag[256];      /* what the part is of; "" when nothing says so */

    /* of one try */
    CURL *easy;
    char new_etag[256], range[128];
    bool judged, resumed;
    int64_t gained;
    struct mkt_err err;
};

bool mkt_fetch_is_sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static mkt_status disk_fault(const char *what, const char *path, struct mkt_err *err)
{
    int code = errno;
    bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    return mkt_err_set(err,
                       full                              ? MKT_E_NOSPACE
                       : code == ENOENT                  ? MKT_E_NOT_FOUND
                       : code == EACCES || code == EROFS ? MKT_E_FORBIDDEN
                                                         : MKT_E_IO,
                       "cannot %s %s: %s%s", what, path, strerror(code),
                       full ? "; make room and run this again: it goes on where it stopped" : "");
}

/* ---- small files beside the part ---- */

static void read_line(const char *path, char *out, int size)
{
    FILE *file = fopen(path, "re");
    out[0] = '\0';
    if (!file) return;
    if (!fgets(out, size, file)) out[0] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    fclose(file);
}

static mkt_status write_line(const char *path, const char *text, const char *more,
                             struct mkt_err *err)
{
    FILE *file = fopen(path, "we");
    if (!file) return disk_fault("write", path, err);
    fprintf(file, "%s%s\n", text, more);
    if (fclose(file) != 0) return disk_fault("write", path, err);
    return MKT_OK;
}

void mkt_fetch_kept(const char *path, char out[MKT_SHA256_TEXT])
{
    char name[PATH_MAX], line[MKT_SHA256_TEXT];
    out[0] = '\0';
    int n = snprintf(name, sizeof name, "%s.sha256", path);
    if (n < 0 || n >= (int)sizeof name) return;
    read_line(name, line, sizeof line);
    if (mkt_fetch_is_sha256(line)) memcpy(out, line, sizeof line);
}

/* ---- what a server says ---- */

static size_t take_header(char *bytes, size_t one, size_t n, void *user)
{
    struct transfer *t = user;
    char line[512];
    (void)one;
    snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), bytes);
    line[strcspn(line, "\r\n")] = '\0';
    if (strncmp(line, "HTTP/", 5) == 0) t->new_etag[0] = t->range[0] = '\0'; /* after a redirect */
    if (strncasecmp(line, "ETag: \"", 7) == 0)                               /* a strong one */
        snprintf(t->new_etag, sizeof t->new_etag, "%.250s", line + 6);
    if (strncasecmp(line, "Content-Range: bytes ", 21) == 0)
        snprintf(t->range, sizeof t->range, "%.120s", line + 21);
    return n;
}

/* "100-199/200", "100-199" + "/" + "*", or "*" + "/200" of a 416; -1 for what is not there. */
static void read_range(const char *range, int64_t *from, int64_t *whole)
{
    const char *slash = strchr(range, '/');
    char first[32] = "";
    *from = *whole = -1;
    if (slash && !mkt_text_to_int(slash + 1, whole)) *whole = -1;
    sscanf(range, "%31[0-9]", first);
    if (!mkt_text_to_int(first, from)) *from = -1;
}

static mkt_status check_room(struct transfer *t, struct mkt_err *err)
{
    struct statvfs disk;
    if (t->whole == 0 || statvfs(t->part, &disk) != 0) return MKT_OK;
    int64_t room = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize, need = t->whole - t->have;
    if (need <= room - SPARE) return MKT_OK;
    return mkt_err_set(err, MKT_E_NOSPACE, "%s needs %.2f GB more, and its disk has %.2f GB free",
                       t->part, (double)need / 1e9, (double)room / 1e9);
}

static mkt_status begin_anew(struct transfer *t, struct mkt_err *err)
{
    if (ftruncate(t->fd, 0) != 0) return disk_fault("write", t->part, err);
    t->have = t->whole = 0;
    t->etag[0] = '\0';
    unlink(t->note);
    return MKT_OK;
}

/* Before the first byte of a body is taken. */
static mkt_status judge(struct transfer *t, long code, struct mkt_err *err)
{
    int64_t from, whole;
    curl_off_t length = -1;
    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (code == 206) {
        read_range(t->range, &from, &whole);
        if (from != t->have)
            return mkt_err_set(err, MKT_E_IO, "the server sends another part than was asked for");
        t->whole = whole > 0 ? whole : length > 0 ? t->have + length : 0;
        t->resumed = t->resumed || t->have > 0;
    } else {
        MKT_TRY(begin_anew(t, err));
        t->whole = length > 0 ? length : 0;
    }
    if (strcmp(t->etag, t->new_etag) != 0) {
        snprintf(t->etag, sizeof t->etag, "%s", t->new_etag);
        if (t->etag[0]) MKT_TRY(write_line(t->note, t->etag, "", err));
    }
    return check_room(t, err);
}

static mkt_status keep(struct transfer *t, const char *bytes, size_t n, struct mkt_err *err)
{
    while (n > 0) {
        ssize_t wrote = pwrite(t->fd, bytes, n, t->have);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return disk_fault("write", t->part, err);
        bytes += wrote;
        n -= (size_t)wrote;
        t->have += wrote;
        t->gained += wrote;
    }
    return MKT_OK;
}

static size_t take_body(char *bytes, size_t one, size_t n, void *user)
{
    struct transfer *t = user;
    long code = 0;
    (void)one;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
    if (code != 200 && code != 206) return n; /* the page of an error */
    if (!t->judged && judge(t, code, &t->err) != MKT_OK) return 0;
    t->judged = true;
    if (t->whole && t->have + (int64_t)n > t->whole) {
        mkt_err_set(&t->err, MKT_E_IO, "the server sends more than the %.2f GB it announced",
                    (double)t->whole / 1e9);
        return 0;
    }
    return keep(t, bytes, n, &t->err) == MKT_OK ? n : 0;
}

static int look(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct transfer *t = user;
    (void)a, (void)b, (void)c, (void)d;
    if (t->what->progress && t->judged) t->what->progress(t->what->user, t->have, t->whole, false);
    return t->what->cancel && atomic_load(t->what->cancel);
}

/* ---- one try ---- */

static mkt_status set_up(struct transfer *t, struct curl_slist **headers, struct mkt_err *err)
{
    CURL *c = t->easy;
    char text[64];
    /* the environment's proxies hold; what a redirect leads to is https */
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, REDIRECTS);
    if (curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https") != CURLE_OK)
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for a request");
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SILENCE_S);
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, BLOCK);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
    /* with neither version nor hash nobody could tell a mixture of two files */
    if (t->have > 0 && !t->etag[0] && !t->what->sha256) MKT_TRY(begin_anew(t, err));
    if (t->have > 0) {
        snprintf(text, sizeof text, "%lld-", (long long)t->have);
        if (curl_easy_setopt(c, CURLOPT_RANGE, text) != CURLE_OK)
            return mkt_err_set(err, MKT_E_NOMEM, "no memory for a request");
        if (t->etag[0]) MKT_TRY(mkt_http_header(headers, "If-Range", t->etag, err));
    }
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, *headers);
    return MKT_OK;
}

static mkt_status answer_fault(const struct transfer *t, long code, struct mkt_err *err)
{
    mkt_status status = code == 404                  ? MKT_E_NOT_FOUND
                        : code == 401 || code == 403 ? MKT_E_FORBIDDEN
                                                     : MKT_E_IO;
    return mkt_err_set(err, status, "%s answers %ld", t->what->url, code);
}

/* 416: nothing is left to send, or the part is not of this file. */
static mkt_status beyond_the_end(struct transfer *t, struct mkt_err *err)
{
    int64_t from, whole;
    read_range(t->range, &from, &whole);
    if (whole > 0 && whole == t->have) {
        t->whole = whole;
        return MKT_OK;
    }
    MKT_TRY(begin_anew(t, err));
    return mkt_err_set(err, MKT_E_BUSY, "what was there is not a part of the file"); /* try again */
}

static mkt_status read_outcome(struct transfer *t, CURLcode code, long answer, struct mkt_err *err)
{
    if (t->err.status != MKT_OK) return mkt_err_set(err, t->err.status, "%s", t->err.text);
    switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped; run this again to go on");
    case CURLE_TOO_MANY_REDIRECTS:
        return mkt_err_set(err, MKT_E_ARG, "%s leads through more than %ld redirects", t->what->url,
                           REDIRECTS);
    case CURLE_UNSUPPORTED_PROTOCOL:
        return mkt_err_set(err, MKT_E_ARG, "%s redirects to an address that is not https",
                           t->what->url);
    case CURLE_OK:
        break;
    default:
        return mkt_err_set(err, MKT_E_BUSY,
                           "%s: %s, after %.2f of %.2f GB; run this again to go on", t->what->url,
                           curl_easy_strerror(code), (double)t->have / 1e9, (double)t->whole / 1e9);
    }
    if (answer == 416 && t->have > 0) return beyond_the_end(t, err);
    if (answer == 408 || answer == 429 || answer >= 500)
        return mkt_err_set(err, MKT_E_BUSY, "%s answers %ld", t->what->url, answer);
    if (answer != 200 && answer != 206) return answer_fault(t, answer, err);
    if (!t->judged) return mkt_err_set(err, MKT_E_IO, "%s is empty", t->what->url);
    if (t->whole == 0 && !t->what->sha256)
        return mkt_err_set(err, MKT_E_ARG,
                           "%s does not say how long it is, so only its sha256 could tell that it "
                           "came whole: give --sha256",
                           t->what->url);
    return MKT_OK;
}

/* MKT_E_BUSY: worth another try. */
static mkt_status try_once(struct transfer *t, struct mkt_err *err)
{
    struct curl_slist *headers = NULL;
    long answer = 0;
    t->judged = false;
    t->gained = 0;
    mkt_err_clear(&t->err);
    MKT_TRY(mkt_http_make(t->what->url, true, &t->easy, err));
    mkt_status status = set_up(t, &headers, err);
    if (status == MKT_OK) {
        CURLcode code = curl_easy_perform(t->easy);
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &answer);
        status = read_outcome(t, code, answer, err);
    }
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(headers);
    return status;
}

/* False when the flag was set meanwhile. */
static bool pause_ms(const struct mkt_fetch *what, int64_t ms)
{
    int64_t until = mkt_clock_ms() + ms;
    struct timespec t = {.tv_nsec = 20000000};
    while (mkt_clock_ms() < until && !(what->cancel && atomic_load(what->cancel)))
        nanosleep(&t, NULL);
    return !(what->cancel && atomic_load(what->cancel));
}

static mkt_status transfer(struct transfer *t, struct mkt_err *err)
{
    int64_t pause = t->what->pause_ms ? t->what->pause_ms : PAUSE_MS;
    for (int tries = 1;; tries++) {
        struct mkt_err fault = {0};
        mkt_status status = try_once(t, &fault);
        if (status == MKT_OK) return MKT_OK;
        if (t->gained > 0) tries = 1;
        if (status != MKT_E_BUSY) return mkt_err_set(err, status, "%s", fault.text);
        if (tries > TRIES) return mkt_err_set(err, MKT_E_IO, "%s", fault.text);
        if (!pause_ms(t->what, pause << (tries - 1)))
            return mkt_err_set(err, MKT_E_CANCELLED, "stopped; run this again to go on");
    }
}

/* ---- the end ---- */

static mkt_status put_in_place(struct transfer *t, struct mkt_fetched *out, struct mkt_err *err)
{
    const struct mkt_fetch *what = t->what;
    const char *slash = strrchr(what->path, '/');
    char name[PATH_MAX];
    if (fsync(t->fd) != 0) return disk_fault("write", t->part, err);
    if (what->progress) what->progress(what->user, t->have, t->have, true);
    MKT_TRY(mkt_hash_file(t->part, out->sha256, err));
    if (what->sha256 && strcmp(what->sha256, out->sha256) != 0) {
        unlink(t->part);
        unlink(t->note);
        return mkt_err_set(err, MKT_E_DATA,
                           "what came from %s has the sha256 %s, not %s: it was removed", what->url,
                           out->sha256, what->sha256);
    }
    snprintf(name, sizeof name, "  %s", slash ? slash + 1 : what->path);
    MKT_TRY(write_line(t->kept, out->sha256, name, err));
    if (rename(t->part, what->path) != 0) return disk_fault("put in place", what->path, err);
    unlink(t->note);
    out->bytes = t->have;
    out->resumed = t->resumed;
    return MKT_OK;
}

static mkt_status open_part(struct transfer *t, struct mkt_err *err)
{
    struct stat info;
    t->fd = open(t->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (t->fd < 0) return disk_fault("write", t->part, err);
    if (flock(t->fd, LOCK_EX | LOCK_NB) != 0)
        return mkt_err_set(err, MKT_E_CONFLICT, "%s is being fetched already", t->what->path);
    if (fstat(t->fd, &info) != 0) return disk_fault("read", t->part, err);
    t->have = info.st_size;
    read_line(t->note, t->etag, sizeof t->etag);
    return MKT_OK;
}

static mkt_status check(const struct mkt_fetch *what, struct mkt_err *err)
{
    struct mkt_http_url url;
    MKT_TRY(mkt_http_url_read(what->url, &url, err));
    if (!url.tls && !url.loopback)
        return mkt_err_set(err, MKT_E_ARG, "a model is fetched over https, not from %s", what->url);
    if (what->sha256 && !mkt_fetch_is_sha256(what->sha256))
        return mkt_err_set(err, MKT_E_ARG, "a sha256 is 64 of 0-9 and a-f, not \"%.80s\"",
                           what->sha256);
    if (strlen(what->path) + 16 >= PATH_MAX)
        return mkt_err_set(err, MKT_E_ARG, "the path of the model is too long");
    return MKT_OK;
}

mkt_status mkt_fetch_file(const struct mkt_fetch *what, struct mkt_fetched *out,
                          struct mkt_err *err)
{
    MKT_TRY(check(what, err));
    struct transfer *t = calloc(1, sizeof *t);
    if (!t) return mkt_err_set(err, MKT_E_NOMEM, "no memory to fetch a file");
    t->what = what;
    t->fd = -1;
    snprintf(t->part, sizeof t->part, "%s.part", what->path);
    snprintf(t->note, sizeof t->note, "%s.part.etag", what->path);
    snprintf(t->kept, sizeof t->kept, "%s.sha256", what->path);
    *out = (struct mkt_fetched){0};
    mkt_status status = open_part(t, err);
    if (status == MKT_OK) status = transfer(t, err);
    if (status == MKT_OK) status = put_in_place(t, out, err);
    if (t->fd >= 0) close(t->fd);
    free(t);
    return status;
}
