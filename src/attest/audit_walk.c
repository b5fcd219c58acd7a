/* Reading the audit log: its last entries, and the whole chain. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attest/audit.h"
#include "attest/audit_line.h"
#include "attest/envelope.h"

/* What a whole line says of `kind`: the hash of the request, or NULL. */
static const char *request_of(char *text, const char *kind)
{
    char member[64];
    snprintf(member, sizeof member, "\"kind\":\"%s\",", kind);
    char *at = strstr(text, member) ? strstr(text, "\"request\":\"") : NULL;
    if (!at) return NULL;
    at += strlen("\"request\":\"");
    if (strspn(at, "0123456789abcdef") != 64) return NULL;
    at[64] = '\0';
    return at;
}

static void tell(char *text, size_t n, const char *kind, bool *skipped, mkt_audit_taker *take,
                 void *user)
{
    struct mkt_audit_line line;
    int64_t us;
    if (n == 0 || text[n - 1] != '\n') return;
    text[n - 1] = '\0';
    if (!mkt_audit_line_read(text, n - 1, &line) || !mkt_envelope_read_time(line.time, &us)) return;
    us += 999; /* it is written in milliseconds */
    if (*skipped) take(user, NULL, us);
    *skipped = false;
    const char *request = request_of(text, kind);
    if (request) take(user, request, us);
}

mkt_status mkt_audit_recent(const char *path, int64_t bytes, const char *kind,
                            mkt_audit_taker *take, void *user, struct mkt_err *err)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t n;
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT) return MKT_OK;
    if (!file) return mkt_err_file("open", path, err);
    mkt_status status = MKT_OK;
    off_t size = fseeko(file, 0, SEEK_END) == 0 ? ftello(file) : -1, start = size - bytes;
    bool skipped = start > 0;
    if (size < 0 || fseeko(file, skipped ? start - 1 : 0, SEEK_SET) != 0)
        status = mkt_err_file("read", path, err);
    else if (skipped)
        (void)!getline(&text, &room, file); /* the rest of a line, or only its end */
    while (status == MKT_OK && (n = getline(&text, &room, file)) > 0)
        tell(text, (size_t)n, kind, &skipped, take, user);
    if (status == MKT_OK && ferror(file)) status = mkt_err_file("read", path, err);
    free(text);
    fclose(file);
    return status;
}

/* One line of a walk: NULL when it follows from what came before, else what is wrong with it. */
static const char *wrong_with(const char *text, size_t n, const struct mkt_public_key *key,
                              size_t keys, const struct mkt_audit_report *r,
                              struct mkt_audit_line *line)
{
    if (!mkt_audit_line_read(text, n, line)) return "it is no entry of an audit log";
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
        struct mkt_audit_line line;
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
    if (status == MKT_OK && ferror(file)) status = mkt_err_file("read", path, err);
    free(text);
    return status;
}

mkt_status mkt_audit_verify(const char *path, const struct mkt_public_key *key, size_t keys,
                            struct mkt_audit_report *out, struct mkt_err *err)
{
    *out = (struct mkt_audit_report){0};
    strcpy(out->head, mkt_audit_line_zeros);
    FILE *file = fopen(path, "re");
    if (!file) return mkt_err_file("open", path, err);
    mkt_status status = walk(file, path, key, keys, out, err);
    fclose(file);
    return status;
}
