#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attest/tee_source.h"
#include "base/text.h"

#define TSM "/sys/kernel/config/tsm"
#define PATH_BYTES 512
#define TRIES 3

/* ---- the kernel itself ---- */

static int make_folder(void *user, const char *folder)
{
    (void)user;
    return mkdir(folder, 0700);
}

static int remove_folder(void *user, const char *folder)
{
    (void)user;
    return rmdir(folder);
}

static ssize_t close_with(int fd, ssize_t result)
{
    int kept = errno;
    close(fd);
    errno = kept;
    return result;
}

static ssize_t read_file(void *user, const char *path, void *out, size_t most)
{
    size_t used = 0;
    char more;
    (void)user;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    for (;;) {
        ssize_t got = used < most ? read(fd, (char *)out + used, most - used) : read(fd, &more, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return close_with(fd, got < 0 ? -1 : (ssize_t)used);
        if (used == most) {
            errno = EFBIG;
            return close_with(fd, -1);
        }
        used += (size_t)got;
    }
}

/* The kernel takes the bytes when the file is closed, and tells nobody whether it liked them: the
 * generation does. */
static ssize_t write_file(void *user, const char *path, const void *bytes, size_t n)
{
    (void)user;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    return close_with(fd, write(fd, bytes, n));
}

static const struct mkt_tee_kernel real = {
    .make = make_folder, .remove = remove_folder, .read = read_file, .write = write_file};

/* ---- one request ---- */

struct work {
    const struct mkt_tee_kernel *k;
    char folder[PATH_BYTES];
};

static mkt_status fault(const char *what, const char *path, struct mkt_err *err)
{
    mkt_status status = errno == EACCES || errno == EPERM || errno == EROFS ? MKT_E_FORBIDDEN
                        : errno == EFBIG                                    ? MKT_E_LIMIT
                                                                            : MKT_E_IO;
    return mkt_err_set(err, status, "cannot %s %s: %s", what, path, strerror(errno));
}

static const char *file(const struct work *w, const char *name, char path[PATH_BYTES + 32])
{
    snprintf(path, PATH_BYTES + 32, "%s/%s", w->folder, name);
    return path;
}

static ssize_t read_attribute(const struct work *w, const char *name, void *out, size_t most)
{
    char path[PATH_BYTES + 32];
    return w->k->read(w->k->user, file(w, name, path), out, most);
}

static mkt_status read_text(const struct work *w, const char *name, char out[64],
                            struct mkt_err *err)
{
    char path[PATH_BYTES + 32];
    ssize_t n = read_attribute(w, name, out, 63);
    if (n < 0) return fault("read", file(w, name, path), err);
    while (n && (out[n - 1] == '\n' || out[n - 1] == ' ')) n--;
    out[n] = '\0';
    return MKT_OK;
}

static mkt_status read_number(const struct work *w, const char *name, int64_t *out,
                              struct mkt_err *err)
{
    char text[64];
    MKT_TRY(read_text(w, name, text, err));
    if (mkt_text_to_int(text, out)) return MKT_OK;
    return mkt_err_set(err, MKT_E_IO, "%s of %s is no number", name, w->folder);
}

static mkt_status write_attribute(const struct work *w, const char *name, const void *bytes,
                                  size_t n, struct mkt_err *err)
{
    char path[PATH_BYTES + 32];
    ssize_t wrote = w->k->write(w->k->user, file(w, name, path), bytes, n);
    if (wrote == (ssize_t)n) return MKT_OK;
    if (wrote >= 0) errno = EIO;
    return fault("write", file(w, name, path), err);
}

static mkt_status read_blob(struct mkt_arena *arena, const struct work *w, const char *name,
                            const unsigned char **out, size_t *n, struct mkt_err *err)
{
    char path[PATH_BYTES + 32];
    unsigned char *bytes = MKT_NEW(arena, unsigned char, MKT_TEE_QUOTE_BYTES);
    if (!bytes) return mkt_arena_full(arena, err);
    for (int i = 0;; i++) {
        ssize_t got = read_attribute(w, name, bytes, MKT_TEE_QUOTE_BYTES);
        if (got >= 0) {
            *out = bytes;
            *n = (size_t)got;
            return MKT_OK;
        }
        if ((errno != EINTR && errno != EWOULDBLOCK) || i == TRIES)
            return fault("read", file(w, name, path), err);
    }
}

/* A guest that does not run at the most privileged level must say which one it asks for. */
static mkt_status choose_level(const struct work *w, int64_t *writes, struct mkt_err *err)
{
    struct mkt_err none = {0};
    char text[24];
    int64_t floor = 0;
    if (read_number(w, "privlevel_floor", &floor, &none) != MKT_OK || floor <= 0) return MKT_OK;
    snprintf(text, sizeof text, "%d", (int)(floor & 0xff));
    ++*writes;
    return write_attribute(w, "privlevel", text, strlen(text), err);
}

/* `*raced` when someone else wrote between. */
static mkt_status ask(struct mkt_arena *arena, const struct work *w,
                      const unsigned char report_data[MKT_TEE_REPORT_DATA],
                      struct mkt_tee_evidence *out, bool *raced, struct mkt_err *err)
{
    char provider[64];
    int64_t before, after, writes = 1;
    MKT_TRY(read_text(w, "provider", provider, err));
    bool snp = strcmp(provider, "sev_guest") == 0;
    if (!snp && strcmp(provider, "tdx_guest") != 0)
        return mkt_err_set(err, MKT_E_DATA,
                           "the kernel's provider \"%s\" is neither tdx_guest nor sev_guest",
                           provider);
    MKT_TRY(read_number(w, "generation", &before, err));
    if (snp) MKT_TRY(choose_level(w, &writes, err));
    MKT_TRY(write_attribute(w, "inblob", report_data, MKT_TEE_REPORT_DATA, err));
    MKT_TRY(read_blob(arena, w, "outblob", &out->quote, &out->quote_bytes, err));
    struct mkt_err none = {0};
    if (snp && (read_blob(arena, w, "auxblob", &out->certificates, &out->certificates_bytes,
                          &none) != MKT_OK ||
                out->certificates_bytes == 0))
        out->certificates = NULL; /* the host need not give any */
    MKT_TRY(read_number(w, "generation", &after, err));
    *raced = (uint64_t)after - (uint64_t)before != (uint64_t)writes; /* it may wrap */
    return MKT_OK;
}

static mkt_status make(struct work *w, const char *tsm, struct mkt_err *err)
{
    unsigned char random[8];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return mkt_err_set(err, MKT_E_IO, "no random bytes for a name");
    int n = snprintf(w->folder, sizeof w->folder, "%s/report/marketing-agent-", tsm);
    if (n < 0 || (size_t)n + 2 * sizeof random >= sizeof w->folder)
        return mkt_err_set(err, MKT_E_ARG, "the folder's name %.100s... is too long", tsm);
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(w->folder + n + 2 * i, 3, "%02x", random[i]);
    if (w->k->make(w->k->user, w->folder) == 0) return MKT_OK;
    if (errno == ENOENT || errno == ENOTDIR || errno == ENXIO) /* ENXIO: no provider */
        return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no configfs-tsm with a provider at %s",
                           tsm);
    return fault("create", w->folder, err);
}

mkt_status mkt_tee_source_configfs(struct mkt_arena *arena, const struct mkt_tee_options *options,
                                   const unsigned char report_data[MKT_TEE_REPORT_DATA],
                                   struct mkt_tee_evidence *out, struct mkt_err *err)
{
    struct work w = {.k = options->kernel ? options->kernel : &real};
    for (int i = 0; i < TRIES; i++) {
        bool raced = false;
        *out = (struct mkt_tee_evidence){0};
        MKT_TRY(make(&w, options->tsm ? options->tsm : TSM, err));
        mkt_status status = ask(arena, &w, report_data, out, &raced, err);
        w.k->remove(w.k->user, w.folder);
        if (status != MKT_OK || !raced) return status;
    }
    return mkt_err_set(err, MKT_E_IO,
                       "the kernel counts other writes than ours in our folder of configfs-tsm");
}
