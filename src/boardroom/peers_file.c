#include "boardroom/peers_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "attest/hex.h"
#include "attest/seal.h"

#define LINE 2048
#define SCRATCH ((size_t)64 << 10)

mkt_status mkt_peers_file_check_id(const char *id, struct mkt_err *err)
{
    size_t n = strnlen(id, MKT_PEERS_ID);
    bool plain = n > 0 && n < MKT_PEERS_ID;
    for (size_t i = 0; i < n; i++) plain &= id[i] > 0x20 && id[i] < 0x7F;
    return plain ? MKT_OK
                 : mkt_err_set(err, MKT_E_ARG,
                               "an agent's id has 1 to %d printable characters and no space",
                               MKT_PEERS_ID - 1);
}

static mkt_status read_key(struct mkt_arena *arena, const char *text, const char *what,
                           unsigned char out[MKT_KEYS_PUBLIC], struct mkt_err *err)
{
    unsigned char *raw = NULL;
    size_t n = 0;
    struct mkt_err ignored = {0};
    if (mkt_hex_read_base64(arena, text, strlen(text), &raw, &n, &ignored) != MKT_OK ||
        n != MKT_KEYS_PUBLIC)
        return mkt_err_set(err, MKT_E_ARG, "%s is not the base64 of %d bytes", what,
                           MKT_KEYS_PUBLIC);
    memcpy(out, raw, MKT_KEYS_PUBLIC);
    return MKT_OK;
}

static mkt_status copy(const char *value, const char *name, char *out, size_t size,
                       struct mkt_err *err)
{
    size_t n = strlen(value);
    if (n == 0 || n >= size)
        return mkt_err_set(err, MKT_E_ARG, "%s has 1 to %zu characters", name, size - 1);
    memcpy(out, value, n + 1);
    return MKT_OK;
}

static mkt_status read_capabilities(char *value, struct mkt_peers_record *r, struct mkt_err *err)
{
    char *rest = NULL;
    for (char *name = strtok_r(value, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        if (r->capabilities == MKT_PEERS_CAPABILITIES)
            return mkt_err_set(err, MKT_E_LIMIT, "an agent has at most %d capabilities",
                               MKT_PEERS_CAPABILITIES);
        MKT_TRY(copy(name, "a capability", r->capability[r->capabilities++], sizeof *r->capability,
                     err));
    }
    return MKT_OK;
}

/* name=value */
static mkt_status read_option(struct mkt_arena *arena, char *word, struct mkt_peers_record *r,
                              struct mkt_err *err)
{
    char *value = strchr(word, '=');
    if (!value) return mkt_err_set(err, MKT_E_ARG, "after the key stand name=value pairs only");
    *value++ = '\0';
    r->own_endpoint |= strcmp(word, "endpoint") == 0;
    r->own_type |= strcmp(word, "type") == 0;
    r->own_capabilities |= strcmp(word, "capabilities") == 0;
    if (strcmp(word, "endpoint") == 0)
        return copy(value, "endpoint", r->endpoint, sizeof r->endpoint, err);
    if (strcmp(word, "type") == 0) return copy(value, "type", r->type, sizeof r->type, err);
    if (strcmp(word, "capabilities") == 0) return read_capabilities(value, r, err);
    if (strcmp(word, "seal") == 0) {
        r->sealed = true;
        MKT_TRY(read_key(arena, value, "seal", r->seal, err));
        if (!mkt_seal_is_weak(r->seal)) return MKT_OK;
        return mkt_err_set(err, MKT_E_ARG,
                           "seal of \"%s\" is a point of small order: anybody could read what is "
                           "sealed for it",
                           r->id);
    }
    if (strcmp(word, "attested") == 0 && strcmp(value, "required") == 0) {
        r->must_attest = true;
        return MKT_OK;
    }
    return mkt_err_set(err, MKT_E_ARG,
                       "a pin may have endpoint=, type=, capabilities=, seal= and "
                       "attested=required");
}

static mkt_status read_line(struct mkt_arena *arena, char *line, struct mkt_peers_record *r,
                            struct mkt_err *err)
{
    char *rest = NULL, *word = strtok_r(line, " \t", &rest);
    *r = (struct mkt_peers_record){.origin = MKT_PEERS_PINNED, .keys = 1};
    MKT_TRY(mkt_peers_file_check_id(word, err));
    memcpy(r->id, word, strlen(word) + 1);
    word = strtok_r(NULL, " \t", &rest);
    if (!word) return mkt_err_set(err, MKT_E_ARG, "the id is followed by no key");
    MKT_TRY(read_key(arena, word, "the key", r->key[0].raw, err));
    if (mkt_keys_is_weak(&r->key[0]))
        return mkt_err_set(err, MKT_E_ARG,
                           "the key of \"%s\" is a point of small order: anybody could sign in its "
                           "name",
                           r->id);
    while ((word = strtok_r(NULL, " \t", &rest))) MKT_TRY(read_option(arena, word, r, err));
    return MKT_OK;
}

static mkt_status read_lines(FILE *file, const char *path, struct mkt_arena *arena,
                             mkt_peers_file_taker *take, void *user, struct mkt_err *err)
{
    char line[LINE];
    struct mkt_peers_record record;
    mkt_status status = MKT_OK;
    for (int number = 1; status == MKT_OK && fgets(line, sizeof line, file); number++) {
        struct mkt_err why = {0};
        if (!strchr(line, '\n') && !feof(file))
            status = mkt_err_set(&why, MKT_E_ARG, "it is longer than %d characters, or holds a NUL",
                                 LINE - 2);
        line[strcspn(line, "\r\n")] = '\0';
        char *first = line + strspn(line, " \t");
        if (status == MKT_OK && (*first == '\0' || *first == '#')) continue;
        if (status == MKT_OK) status = read_line(arena, first, &record, &why);
        if (status == MKT_OK) status = take(user, &record, &why);
        if (status != MKT_OK) mkt_err_set(err, status, "%s, line %d: %s", path, number, why.text);
        mkt_arena_reset(arena, SCRATCH);
    }
    if (status == MKT_OK && ferror(file))
        status = mkt_err_set(err, MKT_E_IO, "cannot read %s: %s", path, strerror(errno));
    return status;
}

mkt_status mkt_peers_file_read(const char *path, mkt_peers_file_taker *take, void *user,
                               struct mkt_err *err)
{
    struct stat info;
    struct mkt_arena arena;
    mkt_status status;
    FILE *file = fopen(path, "re");
    if (!file)
        return mkt_err_set(err, errno == EACCES ? MKT_E_FORBIDDEN : MKT_E_NOT_FOUND,
                           "cannot read the file of agents %s: %s", path, strerror(errno));
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
        status = mkt_err_set(err, MKT_E_ARG, "%s is not a file of agents", path);
    else if (info.st_mode & 077)
        status =
            mkt_err_set(err, MKT_E_FORBIDDEN,
                        "others than its owner may use %s: make it private with chmod 600", path);
    else if ((status = mkt_arena_open(&arena, SCRATCH, err)) == MKT_OK) {
        status = read_lines(file, path, &arena, take, user, err);
        mkt_arena_close(&arena);
    }
    fclose(file);
    return status;
}
