#include "attest/keys.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attest/key_file.h"

#define PRIVATE "docker_private_key_ed25519.pem"
#define PUBLIC "docker_public_key_ed25519.pem"
#define RETIRED "retired " /* and when, before the key */

struct mkt_keys {
    EVP_PKEY *key;
    struct mkt_public_key public_;
};

static mkt_status refused(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_INTERNAL, "the crypto library refused an Ed25519 key");
}

static mkt_status join(char out[PATH_MAX], const char *folder, const char *name,
                       struct mkt_err *err)
{
    if (snprintf(out, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
        return mkt_err_set(err, MKT_E_ARG, "the folder's name %s is too long", folder);
    return MKT_OK;
}

static mkt_status write_pair(const char *folder, EVP_PKEY *key, struct mkt_err *err)
{
    char path[PATH_MAX], pem[MKT_KEYS_PEM];
    struct mkt_public_key public_;
    size_t n = sizeof public_.raw;
    if (EVP_PKEY_get_raw_public_key(key, public_.raw, &n) != 1) return refused(err);
    MKT_TRY(join(path, folder, PRIVATE, err));
    MKT_TRY(mkt_key_file_write_private(path, key, err));
    MKT_TRY(join(path, folder, PUBLIC, err));
    mkt_keys_pem(&public_, pem);
    return mkt_key_file_write(path, pem, strlen(pem), 0644, err);
}

static mkt_status make_folder(const char *folder, struct mkt_err *err)
{
    if (mkdir(folder, 0700) == 0 || errno == EEXIST) return MKT_OK;
    return mkt_err_file("create", folder, err);
}

static EVP_PKEY *new_key(void)
{
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

static mkt_status make_pair(const char *folder, struct mkt_err *err)
{
    EVP_PKEY *key = new_key();
    mkt_status status = key ? write_pair(folder, key, err) : refused(err);
    EVP_PKEY_free(key);
    return status;
}

/* With the folder locked. Another process may have made it meanwhile. */
static mkt_status read_or_make(const char *folder, const char *path, EVP_PKEY **out,
                               struct mkt_err *err)
{
    MKT_TRY(mkt_key_file_read(path, "ED25519", out, err));
    if (*out) return MKT_OK;
    MKT_TRY(make_pair(folder, err));
    MKT_TRY(mkt_key_file_read(path, "ED25519", out, err));
    return *out ? MKT_OK : mkt_err_file("open", path, err);
}

/* Whether the public file tells that key. */
static bool is_told(const char *path, const struct mkt_public_key *key)
{
    char text[4096];
    struct mkt_public_key told;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0) close(fd);
    return n > 0 && mkt_keys_read_pem(text, (size_t)n, &told) &&
           memcmp(told.raw, key->raw, sizeof told.raw) == 0;
}

/* `locked`: the folder is, by the caller; else it is while a key is made. */
static mkt_status open_keys(const char *folder, bool locked, struct mkt_keys **out,
                            struct mkt_err *err)
{
    char path[PATH_MAX];
    EVP_PKEY *key;
    MKT_TRY(join(path, folder, PRIVATE, err));
    MKT_TRY(mkt_key_file_read(path, "ED25519", &key, err));
    if (!key) {
        MKT_TRY(make_folder(folder, err));
        int lock = locked ? -1 : mkt_key_file_lock(folder);
        mkt_status status = read_or_make(folder, path, &key, err);
        mkt_key_file_unlock(lock);
        MKT_TRY(status);
    }
    struct mkt_keys *keys = calloc(1, sizeof *keys);
    size_t n = MKT_KEYS_PUBLIC;
    if (!keys || EVP_PKEY_get_raw_public_key(key, keys->public_.raw, &n) != 1) {
        free(keys);
        EVP_PKEY_free(key);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for the key");
    }
    keys->key = key;
    *out = keys;
    return MKT_OK;
}

/* With the folder locked. Another process may have rotated meanwhile. */
static mkt_status tell_public(const char *folder, const char *path, struct mkt_err *err)
{
    struct mkt_keys *now = NULL;
    char pem[MKT_KEYS_PEM];
    MKT_TRY(open_keys(folder, true, &now, err));
    assert(now);
    bool told = is_told(path, &now->public_);
    mkt_keys_pem(&now->public_, pem);
    mkt_keys_close(now);
    return told ? MKT_OK : mkt_key_file_write(path, pem, strlen(pem), 0644, err);
}

mkt_status mkt_keys_open(const char *folder, struct mkt_keys **out, struct mkt_err *err)
{
    char path[PATH_MAX];
    struct mkt_err none = {0};
    MKT_TRY(open_keys(folder, false, out, err));
    /* A kill between the two files leaves the public half of the key before, or none. In a folder
     * that only others may write it stays as they made it. */
    if (join(path, folder, PUBLIC, &none) != MKT_OK || is_told(path, &(*out)->public_))
        return MKT_OK;
    int lock = mkt_key_file_lock(folder);
    (void)!tell_public(folder, path, &none);
    mkt_key_file_unlock(lock);
    return MKT_OK;
}

void mkt_keys_close(struct mkt_keys *keys)
{
    if (!keys) return;
    EVP_PKEY_free(keys->key);
    free(keys);
}

static mkt_status retire(const char *folder, int64_t now, struct mkt_err *err)
{
    struct mkt_keys *old = NULL;
    char path[PATH_MAX], pem[MKT_KEYS_PEM], name[2 * MKT_KEYS_PUBLIC + 16], text[256];
    MKT_TRY(open_keys(folder, true, &old, err));
    assert(old);
    mkt_keys_pem(&old->public_, pem);
    strcpy(name, "retired/");
    for (size_t i = 0; i < 8; i++) snprintf(name + 8 + 2 * i, 3, "%02x", old->public_.raw[i]);
    strcat(name, ".pem");
    mkt_keys_close(old);
    MKT_TRY(join(path, folder, "retired", err));
    MKT_TRY(make_folder(path, err));
    MKT_TRY(join(path, folder, name, err));
    int n = snprintf(text, sizeof text, RETIRED "%" PRId64 "\n%s", now, pem);
    MKT_TRY(mkt_key_file_write(path, text, (size_t)n, 0644, err));
    return make_pair(folder, err);
}

mkt_status mkt_keys_rotate(const char *folder, int64_t now, struct mkt_err *err)
{
    MKT_TRY(make_folder(folder, err));
    int lock = mkt_key_file_lock(folder);
    mkt_status status = retire(folder, now, err);
    mkt_key_file_unlock(lock);
    return status;
}

/* The time stands in the text: that of the file changes when a folder is copied. */
static bool read_retired(int folder, const char *name, struct mkt_retired_key *out)
{
    char text[4096], *end;
    struct stat st;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, text, sizeof text - 1) : -1;
    close(fd);
    if (n <= 0) return false;
    text[n] = '\0';
    out->retired = st.st_mtime;
    if (strncmp(text, RETIRED, strlen(RETIRED)) == 0) {
        errno = 0;
        long long seconds = strtoll(text + strlen(RETIRED), &end, 10);
        if (errno || *end != '\n') return false;
        out->retired = seconds;
    }
    return mkt_keys_read_pem(text, (size_t)n, &out->key);
}

/* Into its place among the latest. */
static void insert(struct mkt_retired_key out[MKT_KEYS_RETIRED], size_t *n,
                   const struct mkt_retired_key *key)
{
    size_t at = *n;
    while (at && out[at - 1].retired < key->retired) at--;
    if (at == MKT_KEYS_RETIRED) return;
    if (*n < MKT_KEYS_RETIRED) ++*n;
    memmove(out + at + 1, out + at, (*n - at - 1) * sizeof *out);
    out[at] = *key;
}

mkt_status mkt_keys_retired(const char *folder, const struct mkt_public_key *current,
                            struct mkt_retired_key out[MKT_KEYS_RETIRED], size_t *n,
                            struct mkt_err *err)
{
    char path[PATH_MAX];
    struct mkt_retired_key key;
    *n = 0;
    MKT_TRY(join(path, folder, "retired", err));
    DIR *dir = opendir(path);
    if (!dir) return errno == ENOENT ? MKT_OK : mkt_err_file("open", path, err);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (read_retired(dirfd(dir), entry->d_name, &key) &&
            memcmp(key.key.raw, current->raw, sizeof current->raw) != 0)
            insert(out, n, &key);
    closedir(dir);
    return MKT_OK;
}

const struct mkt_public_key *mkt_keys_public(const struct mkt_keys *keys)
{
    return &keys->public_;
}

mkt_status mkt_keys_sign(const struct mkt_keys *keys, const void *bytes, size_t n,
                         unsigned char out[MKT_KEYS_SIGNATURE], struct mkt_err *err)
{
    size_t length = MKT_KEYS_SIGNATURE;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, keys->key) == 1 &&
                EVP_DigestSign(ctx, out, &length, bytes, n) == 1 && length == MKT_KEYS_SIGNATURE;
    EVP_MD_CTX_free(ctx);
    return good ? MKT_OK : refused(err);
}

bool mkt_keys_verify(const struct mkt_public_key *key, const void *bytes, size_t n,
                     const unsigned char signature[MKT_KEYS_SIGNATURE])
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->raw, sizeof key->raw);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = pkey && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
                EVP_DigestVerify(ctx, signature, MKT_KEYS_SIGNATURE, bytes, n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return good;
}

/* SubjectPublicKeyInfo of an Ed25519 key is these 12 bytes and the raw key. */
static const unsigned char spki[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                       0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

/* The y of the eight points of small order, little-endian, and what else is read as one of these: p
 * for 0, p + 1 for 1. The top bit, the sign of x, is masked. */
static const unsigned char small_order[7][MKT_KEYS_PUBLIC] = {
    {0},
    {1},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
    {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}};

bool mkt_keys_is_weak(const struct mkt_public_key *key)
{
    struct mkt_public_key masked = *key;
    masked.raw[MKT_KEYS_PUBLIC - 1] &= 0x7f;
    for (size_t i = 0; i < sizeof small_order / sizeof *small_order; i++)
        if (memcmp(masked.raw, small_order[i], MKT_KEYS_PUBLIC) == 0) return true;
    return false;
}

char *mkt_keys_pem(const struct mkt_public_key *key, char out[MKT_KEYS_PEM])
{
    unsigned char der[sizeof spki + MKT_KEYS_PUBLIC], base64[64 + 1];
    memcpy(der, spki, sizeof spki);
    memcpy(der + sizeof spki, key->raw, MKT_KEYS_PUBLIC);
    EVP_EncodeBlock(base64, der, sizeof der);
    snprintf(out, MKT_KEYS_PEM, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n",
             (char *)base64);
    return out;
}

/* As mkt_keys_pem writes it, and everybody else: the library's reader of all that PEM may be costs
 * more than a signature. */
static bool read_usual(const char *pem, size_t n, struct mkt_public_key *out)
{
    static const char begin[] = "-----BEGIN PUBLIC KEY-----\n",
                      end[] = "\n-----END PUBLIC KEY-----";
    unsigned char der[48];
    const size_t base64 = 60, head = sizeof begin - 1, tail = sizeof end - 1;
    if (n < head + base64 + tail || n > head + base64 + tail + 1 || memcmp(pem, begin, head) != 0 ||
        memcmp(pem + head + base64, end, tail) != 0 ||
        (n > head + base64 + tail && pem[n - 1] != '\n') ||
        EVP_DecodeBlock(der, (const unsigned char *)pem + head, (int)base64) != 45 ||
        memcmp(der, spki, sizeof spki) != 0 || pem[head + base64 - 1] != '=')
        return false;
    memcpy(out->raw, der + sizeof spki, sizeof out->raw);
    return true;
}

bool mkt_keys_read_pem(const char *pem, size_t n, struct mkt_public_key *out)
{
    if (n > 4096) return false;
    if (read_usual(pem, n, out)) return true;
    BIO *bio = BIO_new_mem_buf(pem, (int)n);
    EVP_PKEY *key = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
    size_t length = sizeof out->raw;
    bool good = key && EVP_PKEY_is_a(key, "ED25519") &&
                EVP_PKEY_get_raw_public_key(key, out->raw, &length) == 1 &&
                length == sizeof out->raw;
    EVP_PKEY_free(key);
    BIO_free(bio);
    return good;
}

char *mkt_keys_fingerprint(const struct mkt_public_key *key, char out[MKT_KEYS_FINGERPRINT])
{
    unsigned char base64[48];
    EVP_EncodeBlock(base64, key->raw, MKT_KEYS_PUBLIC);
    memcpy(out, base64, MKT_KEYS_FINGERPRINT - 1);
    out[MKT_KEYS_FINGERPRINT - 1] = '\0';
    return out;
}
