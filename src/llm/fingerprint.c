#include "llm/fingerprint.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "llm/statefile.h"

#define KEPT 8 /* models */

static mkt_status make_key(const char *path, char key[MKT_SHA256_TEXT], struct mkt_err *err)
{
    struct stat st;
    char real[PATH_MAX], text[PATH_MAX + 128];
    if (!realpath(path, real) || stat(real, &st) != 0) {
        if (errno == ENOENT) return mkt_err_set(err, MKT_E_NOT_FOUND, "no file %s", path);
        return mkt_err_set(err, MKT_E_IO, "%s: %s", path, strerror(errno));
    }
    int n = snprintf(text, sizeof text, "sha256 of %s %lld %lld.%09ld %llu", real,
                     (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                     (unsigned long long)st.st_ino);
    return mkt_hash_bytes(text, (size_t)n, key, err);
}

static bool is_hash(const unsigned char *bytes, size_t n)
{
    return n == MKT_SHA256_TEXT - 1 && strspn((const char *)bytes, "0123456789abcdef") >= n;
}

/* What was computed before, if it can be believed. */
static bool recall(const char *folder, const char *name, const char *key, char out[MKT_SHA256_TEXT])
{
    char path[PATH_MAX];
    unsigned char *bytes;
    size_t n;
    struct mkt_err ignored = {0};
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return false;
    if (mkt_statefile_read(path, key, &bytes, &n, &ignored) != MKT_OK) return false;
    bool good = n == MKT_SHA256_TEXT && bytes[n - 1] == '\0' && is_hash(bytes, n - 1);
    if (good) memcpy(out, bytes, n);
    free(bytes);
    return good;
}

mkt_status mkt_fingerprint_of(const char *path, const char *folder, char out[MKT_SHA256_TEXT],
                              struct mkt_err *err)
{
    char key[MKT_SHA256_TEXT], name[64];
    MKT_TRY(make_key(path, key, err));
    if (!folder) return mkt_hash_file(path, out, err);
    snprintf(name, sizeof name, "model-%.32s.sha256", key);
    if (recall(folder, name, key, out)) return MKT_OK;
    MKT_TRY(mkt_hash_file(path, out, err));
    struct mkt_err unkept = {0};
    mkt_status status = mkt_statefile_write(folder, name, key, out, MKT_SHA256_TEXT, &unkept);
    if (status) mkt_log(MKT_LOG_WARN, "llm_hash_not_kept", "status=%s", mkt_status_name(status));
    mkt_statefile_prune(folder, "model-", ".sha256", KEPT);
    return MKT_OK;
}
