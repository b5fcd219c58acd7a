#include "server/tokens.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/hash.h"

#define LINE 512

struct token {
    char digest[MKT_SHA256_TEXT];
    char name[MKT_TOKENS_NAME];
};

struct mkt_tokens {
    struct token *token;
    size_t count;
};

static mkt_status add(struct mkt_tokens *t, const char *name, size_t length, const char *token,
                      struct mkt_err *err)
{
    struct token *more = realloc(t->token, (t->count + 1) * sizeof *more);
    if (!more) return mkt_err_set(err, MKT_E_NOMEM, "no memory for tokens");
    t->token = more;
    snprintf(more[t->count].name, MKT_TOKENS_NAME, "%.*s", (int)length, name);
    MKT_TRY(mkt_hash_bytes(token, strlen(token), more[t->count].digest, err));
    t->count++;
    return MKT_OK;
}

/* In the same time whichever it is, if any. */
static const char *name_of(const struct mkt_tokens *tokens, const char *token)
{
    char digest[MKT_SHA256_TEXT];
    struct mkt_err none = {0};
    const char *name = NULL;
    if (mkt_hash_bytes(token, strlen(token), digest, &none) != MKT_OK) return NULL;
    for (size_t i = 0; i < tokens->count; i++) {
        unsigned differ = 0;
        for (size_t c = 0; c < sizeof digest; c++)
            differ |= (unsigned char)(digest[c] ^ tokens->token[i].digest[c]);
        name = differ ? name : tokens->token[i].name;
    }
    return name;
}

static mkt_status read_line(struct mkt_tokens *t, char *line, const char *path, int number,
                            struct mkt_err *err)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#') return MKT_OK;
    char *colon = strchr(line, ':');
    const char *token = colon ? colon + 1 : line;
    size_t n = strlen(token);
    size_t name = colon ? (size_t)(colon - line) : 0;
    bool plain = n >= MKT_TOKENS_LEAST;
    for (size_t i = 0; i < n; i++) plain &= token[i] > 0x20 && token[i] < 0x7F;
    if (!plain)
        return mkt_err_set(err, MKT_E_ARG,
                           "%s, line %d: a token has at least %d printable characters and no space",
                           path, number, MKT_TOKENS_LEAST);
    if (name >= MKT_TOKENS_NAME)
        return mkt_err_set(err, MKT_E_ARG, "%s, line %d: a name has at most %d characters", path,
                           number, MKT_TOKENS_NAME - 1);
    if (name_of(t, token))
        return mkt_err_set(err, MKT_E_ARG, "%s, line %d: this token stands there twice", path,
                           number);
    return add(t, line, name, token, err);
}

static mkt_status read_file(struct mkt_tokens *t, FILE *file, const char *path, struct mkt_err *err)
{
    char line[LINE];
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
        return mkt_err_set(err, MKT_E_ARG, "%s is not a file of tokens", path);
    if (info.st_mode & 077)
        return mkt_err_set(err, MKT_E_FORBIDDEN,
                           "others than its owner may use %s: make it private with chmod 600",
                           path);
    mkt_status status = MKT_OK;
    for (int number = 1; status == MKT_OK && fgets(line, sizeof line, file); number++) {
        if (!strchr(line, '\n') && !feof(file))
            status = mkt_err_set(err, MKT_E_ARG,
                                 "%s, line %d is longer than %d characters, or holds a NUL", path,
                                 number, LINE - 2);
        else
            status = read_line(t, line, path, number, err);
    }
    explicit_bzero(line, sizeof line);
    MKT_TRY(status);
    if (t->count == 0) return mkt_err_set(err, MKT_E_ARG, "%s holds no token", path);
    return MKT_OK;
}

mkt_status mkt_tokens_open(const char *path, struct mkt_tokens **out, struct mkt_err *err)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return mkt_err_set(err, errno == EACCES ? MKT_E_FORBIDDEN : MKT_E_NOT_FOUND,
                           "cannot read the tokens file %s: %s", path, strerror(errno));
    struct mkt_tokens *t = calloc(1, sizeof *t);
    mkt_status status =
        t ? read_file(t, file, path, err) : mkt_err_set(err, MKT_E_NOMEM, "no memory for tokens");
    fclose(file);
    if (status != MKT_OK) {
        mkt_tokens_close(t);
        return status;
    }
    *out = t;
    return MKT_OK;
}

void mkt_tokens_close(struct mkt_tokens *tokens)
{
    if (!tokens) return;
    free(tokens->token);
    free(tokens);
}

const char *mkt_tokens_name(const struct mkt_tokens *tokens, const char *authorization)
{
    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0) return NULL;
    return name_of(tokens, authorization + 7);
}

bool mkt_tokens_allow(const struct mkt_tokens *tokens, const char *authorization)
{
    return mkt_tokens_name(tokens, authorization) != NULL;
}

size_t mkt_tokens_count(const struct mkt_tokens *tokens)
{
    return tokens->count;
}
