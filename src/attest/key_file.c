#include "attest/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int mkt_key_file_lock(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        (void)!flock(fd, LOCK_EX); /* a system without locks has no other processes, either */
    return fd;
}

void mkt_key_file_unlock(int lock)
{
    if (lock >= 0) close(lock);
}

/* The name, too, is to be there after the machine has failed. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    int fd = open(folder[0] ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

/* Written beside its place, brought to the disk, and renamed: there whole or not at all. */
mkt_status mkt_key_file_write(const char *path, const char *bytes, size_t n, mode_t mode,
                              struct mkt_err *err)
{
    char draft[PATH_MAX];
    if (snprintf(draft, sizeof draft, "%s.new", path) >= (int)sizeof draft)
        return mkt_err_set(err, MKT_E_ARG, "the name %s is too long", path);
    unlink(draft);
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return mkt_err_file("create", draft, err);
    ssize_t wrote = write(fd, bytes, n);
    bool good = wrote == (ssize_t)n && fsync(fd) == 0;
    if (wrote >= 0 && wrote != (ssize_t)n) errno = ENOSPC;
    int kept = errno;
    close(fd);
    errno = kept;
    if (good && rename(draft, path) == 0) {
        sync_folder(path);
        return MKT_OK;
    }
    kept = errno;
    unlink(draft);
    errno = kept;
    return mkt_err_file("write", path, err);
}

mkt_status mkt_key_file_write_private(const char *path, EVP_PKEY *key, struct mkt_err *err)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_secmem());
    if (!bio || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1) {
        BIO_free(bio);
        return mkt_err_set(err, MKT_E_INTERNAL, "the crypto library refused a private key");
    }
    size_t length = (size_t)BIO_get_mem_data(bio, &text);
    mkt_status status = mkt_key_file_write(path, text, length, 0600, err);
    BIO_free(bio);
    return status;
}

mkt_status mkt_key_file_read(const char *path, const char *type, EVP_PKEY **out,
                             struct mkt_err *err)
{
    struct stat st;
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? MKT_OK : mkt_err_file("open", path, err);
    FILE *file = fdopen(fd, "r");
    if (!file) {
        close(fd);
        return mkt_err_file("open", path, err);
    }
    mkt_status status = MKT_OK;
    if (fstat(fd, &st) != 0)
        status = mkt_err_file("look at", path, err);
    else if (st.st_mode & 077)
        status = mkt_err_set(err, MKT_E_FORBIDDEN,
                             "%s may be read by others (mode %03o); a private key needs 600", path,
                             (unsigned)st.st_mode & 0777);
    else {
        EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, (void *)(uintptr_t) "");
        if (!key || !EVP_PKEY_is_a(key, type)) {
            EVP_PKEY_free(key);
            status = mkt_err_set(err, MKT_E_DATA, "%s holds no %s key", path, type);
        } else {
            *out = key;
        }
    }
    fclose(file);
    return status;
}
