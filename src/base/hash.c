#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

static mkt_status refused(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_INTERNAL, "the crypto library refused to compute a SHA-256");
}

static void to_hex(const unsigned char *digest, unsigned n, char out[MKT_SHA256_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    for (unsigned i = 0; i < n && i < 32; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[MKT_SHA256_TEXT - 1] = '\0';
}

mkt_status mkt_hash_bytes(const void *bytes, size_t n, char out[MKT_SHA256_TEXT],
                          struct mkt_err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (EVP_Digest(bytes, n, digest, &length, EVP_sha256(), NULL) != 1) return refused(err);
    to_hex(digest, length, out);
    return MKT_OK;
}

mkt_status mkt_hash_file(const char *path, char out[MKT_SHA256_TEXT], struct mkt_err *err)
{
    mkt_status status = MKT_OK;
    unsigned char block[1 << 16], digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        status = mkt_err_set(err, errno == ENOENT ? MKT_E_NOT_FOUND : MKT_E_IO,
                             "cannot open %s: %s", path, strerror(errno));
        goto done;
    }
    if (!ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1) {
        status = refused(err);
        goto done;
    }
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0) break;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            status = mkt_err_set(err, MKT_E_IO, "cannot read %s: %s", path, strerror(errno));
            goto done;
        }
        if (EVP_DigestUpdate(ctx, block, (size_t)n) != 1) {
            status = refused(err);
            goto done;
        }
    }
    if (EVP_DigestFinal_ex(ctx, digest, &length) == 1)
        to_hex(digest, length, out);
    else
        status = refused(err);
done:
    if (fd >= 0) close(fd);
    EVP_MD_CTX_free(ctx);
    return status;
}

uint64_t mkt_hash_text(const char *text)
{
    uint64_t h = 14695981039346656037ULL;
    for (; *text; text++) h = (h ^ (unsigned char)*text) * 1099511628211ULL;
    return h;
}
