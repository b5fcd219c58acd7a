#include "attest/collateral.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attest/hex.h"
#include "wire/json_span.h"

void mkt_collateral_clear(struct mkt_collateral *collateral)
{
    mkt_chain_clear(&collateral->chain);
    *collateral = (struct mkt_collateral){0};
}

static const struct mkt_json_limits limits = {
    .bytes = MKT_COLLATERAL_FILE_BYTES, .depth = 16, .values = 100000};

static mkt_status add_statement(const char *bytes, size_t n, const struct mkt_value *whole,
                                const char *name, struct mkt_statement *out, struct mkt_err *err)
{
    const struct mkt_value *value = mkt_json_read_member(whole, name);
    const struct mkt_value *signature = mkt_json_read_member(whole, "signature");
    if (!value) return MKT_OK;
    if (out->body) return mkt_err_set(err, MKT_E_DATA, "there are two statements \"%s\"", name);
    if (value->type != MKT_VALUE_OBJECT || !signature || signature->type != MKT_VALUE_STRING ||
        !mkt_hex_read(signature->text, strlen(signature->text), out->signature,
                      sizeof out->signature) ||
        !mkt_json_span_member(bytes, n, name, &out->body, &out->bytes)) {
        *out = (struct mkt_statement){0};
        return mkt_err_set(err, MKT_E_DATA,
                           "the statement \"%s\" has no signature of 128 hex digits", name);
    }
    out->value = value;
    return MKT_OK;
}

mkt_status mkt_collateral_add(struct mkt_arena *arena, struct mkt_collateral *collateral,
                              const char *bytes, size_t n, struct mkt_err *err)
{
    size_t start = 0, found;
    while (start < n && strchr(" \t\r\n", bytes[start]) && bytes[start]) start++;
    if (start < n && bytes[start] == '{') {
        struct mkt_value *whole;
        struct mkt_err not_json = {0};
        mkt_status status = mkt_json_read_value(arena, bytes, n, &limits, &whole, &not_json);
        if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", not_json.text);
        if (status != MKT_OK) return MKT_OK;
        MKT_TRY(add_statement(bytes, n, whole, "tcbInfo", &collateral->tcb_info, err));
        return add_statement(bytes, n, whole, "enclaveIdentity", &collateral->qe_identity, err);
    }
    bool pem = memmem(bytes, n, "-----BEGIN", 10) && !memchr(bytes, 0, n);
    if (!pem && !(n && (unsigned char)bytes[0] == 0x30)) return MKT_OK;
    return mkt_chain_add(&collateral->chain, (const unsigned char *)bytes, n, &found, err);
}

static mkt_status read_all(struct mkt_arena *arena, int fd, const char *path, size_t most,
                           char **out, size_t *n, struct mkt_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return mkt_err_file("read", path, err);
    bool known = S_ISREG(st.st_mode) && st.st_size > 0;
    size_t capacity = known ? (size_t)st.st_size : most < 1 << 16 ? most : 1 << 16;
    if (capacity > most)
        return mkt_err_set(err, MKT_E_LIMIT, "%s has more than %zu bytes", path, most);
    char *bytes = MKT_NEW(arena, char, capacity + 1);
    if (!bytes) return mkt_arena_full(arena, err);
    size_t used = 0;
    for (;;) {
        ssize_t got = read(fd, bytes + used, capacity - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return mkt_err_file("read", path, err);
        if (got == 0) break;
        used += (size_t)got;
        if (used < capacity) continue;
        if (capacity >= most)
            return mkt_err_set(err, MKT_E_LIMIT, "%s has more than %zu bytes", path, most);
        size_t wider = capacity * 2 < most ? capacity * 2 : most;
        bytes = mkt_arena_grow(arena, bytes, capacity + 1, wider + 1);
        if (!bytes) return mkt_arena_full(arena, err);
        capacity = wider;
    }
    bytes[used] = '\0';
    *out = bytes;
    *n = used;
    return MKT_OK;
}

mkt_status mkt_collateral_file(struct mkt_arena *arena, const char *path, size_t most, char **out,
                               size_t *n, struct mkt_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return mkt_err_file("open", path, err);
    mkt_status status = read_all(arena, fd, path, most, out, n, err);
    close(fd);
    return status;
}

static mkt_status add_file(struct mkt_arena *arena, const char *folder, const char *name,
                           struct mkt_collateral *collateral, struct mkt_err *err)
{
    char *bytes = NULL, *path = mkt_arena_printf(arena, "%s/%s", folder, name);
    size_t n = 0;
    struct stat st;
    struct mkt_err inner = {0};
    if (!path) return mkt_arena_full(arena, err);
    if (stat(path, &st) != 0) return mkt_err_file("look at", path, err);
    if (!S_ISREG(st.st_mode) || st.st_size == 0) return MKT_OK;
    MKT_TRY(mkt_collateral_file(arena, path, MKT_COLLATERAL_FILE_BYTES, &bytes, &n, err));
    assert(bytes);
    mkt_status status = mkt_collateral_add(arena, collateral, bytes, n, &inner);
    if (status == MKT_OK) return MKT_OK;
    return mkt_err_set(err, status, "%s: %s", path, inner.text);
}

mkt_status mkt_collateral_read(struct mkt_arena *arena, const char *folder,
                               struct mkt_collateral *collateral, struct mkt_err *err)
{
    struct dirent **entry = NULL;
    int entries = scandir(folder, &entry, NULL, alphasort);
    if (entries < 0) return mkt_err_file("open", folder, err);
    mkt_status status = MKT_OK;
    if (entries > MKT_COLLATERAL_FILES + 2)
        status = mkt_err_set(err, MKT_E_LIMIT, "%s has more than %d files", folder,
                             MKT_COLLATERAL_FILES);
    for (int i = 0; i < entries; i++) {
        if (status == MKT_OK && entry[i]->d_name[0] != '.')
            status = add_file(arena, folder, entry[i]->d_name, collateral, err);
        free(entry[i]);
    }
    free(entry);
    return status;
}
