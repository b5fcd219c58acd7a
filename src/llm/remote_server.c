#include "llm/remote_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"
#include "llm/remote_reply.h"
#include "net/call.h"
#include "net/http.h"
#include "wire/json_read.h"

#define ASK_MS 15000L
#define LIST ((size_t)4 << 20) /* bytes of a list of models */
#define SCRATCH ((size_t)64 << 20)
#define SHOWN 5 /* models named in a sentence */

mkt_status mkt_remote_dialect_of(const char *name, mkt_remote_dialect *out, struct mkt_err *err)
{
    static const char *const names[] = {"auto", "llama", "vllm", "guided", "none"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) != 0) continue;
        *out = (mkt_remote_dialect)i;
        return MKT_OK;
    }
    return mkt_err_set(
        err, MKT_E_ARG,
        "a server takes a grammar as auto, llama, vllm, guided or none, not \"%.40s\"", name);
}

mkt_status mkt_remote_server_base(const char *url, char out[1200], struct mkt_err *err)
{
    static const char end[] = "/chat/completions";
    struct mkt_http_url parts;
    size_t n = strlen(url);
    MKT_TRY(mkt_http_url_read(url, &parts, err));
    if (n > 1100 || strchr(url, '?'))
        return mkt_err_set(err, MKT_E_ARG,
                           "the address of a model server has no \"?\" and at most "
                           "1,100 bytes: %.200s",
                           url);
    while (n > 0 && url[n - 1] == '/') n--;
    if (n >= sizeof end - 1 && memcmp(url + n - (sizeof end - 1), end, sizeof end - 1) == 0)
        n -= sizeof end - 1;
    bool bare = strcmp(parts.path, "/") == 0;
    snprintf(out, 1200, "%.*s%s", (int)n, url, bare ? "/v1" : "");
    return MKT_OK;
}

/* ---- the key ---- */

static mkt_status read_key(FILE *file, const char *path, char *line, int size, struct mkt_err *err)
{
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
        return mkt_err_set(err, MKT_E_ARG, "%s is not a file with a key", path);
    if (info.st_mode & 077)
        return mkt_err_set(err, MKT_E_FORBIDDEN,
                           "others than its owner may use %s: make it private with chmod 600",
                           path);
    if (!fgets(line, size, file)) line[0] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    size_t n = strlen(line);
    bool plain = n > 0 && n < (size_t)size - 1;
    for (size_t i = 0; i < n; i++) plain = plain && line[i] > 0x20 && line[i] < 0x7F;
    if (plain) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG, "the first line of %s is no key: printable, without a space",
                       path);
}

mkt_status mkt_remote_server_key(const char *path, struct mkt_remote_server *server,
                                 struct mkt_err *err)
{
    char line[4096];
    struct mkt_http_url parts;
    MKT_TRY(mkt_http_url_read(server->base, &parts, err));
    if (!parts.tls && !parts.loopback)
        return mkt_err_set(err, MKT_E_ARG,
                           "a key is not sent to %s over plain http: use https, or no key",
                           parts.host);
    FILE *file = fopen(path, "re");
    if (!file) return mkt_err_file("read the key file", path, err);
    mkt_status status = read_key(file, path, line, sizeof line, err);
    fclose(file);
    if (status == MKT_OK && asprintf(&server->authorization, "Bearer %s", line) < 0) {
        server->authorization = NULL;
        status = mkt_err_set(err, MKT_E_NOMEM, "no memory for a key");
    }
    explicit_bzero(line, sizeof line);
    return status;
}

/* ---- a question with a short answer ---- */

static mkt_status get(struct mkt_arena *arena, const struct mkt_remote_server *s, const char *url,
                      const atomic_bool *cancel, struct mkt_called *out, struct mkt_err *err)
{
    struct mkt_call call = {
        .method = "GET", .url = url, .timeout_ms = ASK_MS, .most = LIST, .cancel = cancel};
    if (s->authorization) {
        call.header[0].name = "Authorization";
        call.header[0].value = s->authorization;
    }
    return mkt_call_make(arena, &call, out, err);
}

/* ---- what the answer says ---- */

static const char *string(const struct mkt_value *object, const char *key)
{
    const struct mkt_value *v = mkt_json_read_member(object, key);
    return v && v->type == MKT_VALUE_STRING ? v->text : NULL;
}

static mkt_status several(struct mkt_arena *arena, const struct mkt_value *list,
                          struct mkt_err *err)
{
    struct mkt_buf names;
    mkt_buf_init(&names, arena);
    for (size_t i = 0; i < list->items; i++) {
        if (!mkt_buf_listed(&names, i, list->items, SHOWN)) continue;
        const char *id = string(&list->item[i], "id");
        const char *clean = mkt_text_clean(arena, id ? id : "?", strlen(id ? id : "?"), 60);
        mkt_buf_str(&names, clean ? clean : "?");
    }
    return mkt_err_set(err, MKT_E_AMBIGUOUS,
                       "the model server has %s models (%s): choose one with AGENT_LLM_MODEL",
                       MKT_COUNT(list->items), names.failed ? "" : names.data);
}

/* The entry of the chosen model, of the only one, or NULL when the chosen one is not listed. */
static mkt_status choose(struct mkt_arena *arena, const struct mkt_value *root,
                         struct mkt_remote_server *s, const struct mkt_value **out,
                         struct mkt_err *err)
{
    const struct mkt_value *list = mkt_json_read_member(root, "data");
    if (!list || list->type != MKT_VALUE_ARRAY)
        return mkt_err_set(err, MKT_E_IO, "%s/models is no list of models", s->base);
    *out = list->items ? &list->item[0] : NULL;
    for (size_t i = 0; i < list->items && s->model[0]; i++) {
        const char *id = string(&list->item[i], "id");
        if (id && strcmp(id, s->model) == 0) *out = &list->item[i];
    }
    if (s->model[0]) return MKT_OK;
    if (list->items == 0)
        return mkt_err_set(err, MKT_E_NOT_FOUND, "the model server at %s has no model", s->base);
    if (list->items > 1) return several(arena, list, err);
    const char *id = string(*out, "id");
    if (!id || !*id || strlen(id) >= sizeof s->model)
        return mkt_err_set(err, MKT_E_IO, "%s/models gives its model no usable name", s->base);
    snprintf(s->model, sizeof s->model, "%s", id);
    return MKT_OK;
}

/* {"version": "0.11.2"}; what cannot be read counts as new. */
static mkt_remote_dialect vllm_of(struct mkt_arena *arena, const struct mkt_remote_server *s,
                                  const atomic_bool *cancel)
{
    char url[1300];
    struct mkt_err none = {0};
    struct mkt_value *root;
    struct mkt_called got;
    int major, minor;
    size_t n = strlen(s->base);
    bool versioned = n > 3 && strcmp(s->base + n - 3, "/v1") == 0;
    snprintf(url, sizeof url, "%.*s/version", (int)(versioned ? n - 3 : n), s->base);
    if (get(arena, s, url, cancel, &got, &none) != MKT_OK || got.status != 200 ||
        mkt_json_read_value(arena, got.body, got.bytes, &mkt_json_read_limits, &root, &none) !=
            MKT_OK)
        return MKT_REMOTE_VLLM;
    const char *version = string(root, "version");
    bool old = version && sscanf(version, "%d.%d", &major, &minor) == 2 && major == 0 && minor < 12;
    return old ? MKT_REMOTE_GUIDED : MKT_REMOTE_VLLM;
}

static mkt_status ask(struct mkt_arena *arena, struct mkt_remote_server *s,
                      const atomic_bool *cancel, struct mkt_err *err)
{
    char url[1300];
    struct mkt_err fault = {0};
    struct mkt_value *root;
    const struct mkt_value *entry = NULL;
    struct mkt_called got;
    snprintf(url, sizeof url, "%s/models", s->base);
    MKT_TRY(get(arena, s, url, cancel, &got, err));
    if (got.status == 404 && s->model[0]) { /* not every server has the list */
        if (s->dialect == MKT_REMOTE_AUTO) s->dialect = MKT_REMOTE_NONE;
        return MKT_OK;
    }
    if (got.status != 200) {
        const char *said = mkt_remote_reply_problem(arena, got.body, got.bytes);
        return mkt_err_set(
            err, MKT_E_IO, "%s answers %ld%s%s%s", url, got.status, said ? ": " : "",
            said ? said : "",
            got.status == 401 || got.status == 403 ? " (a key goes into AGENT_LLM_KEY_FILE)" : "");
    }
    if (mkt_json_read_value(arena, got.body, got.bytes, &mkt_json_read_limits, &root, &fault) !=
        MKT_OK)
        return mkt_err_set(err, MKT_E_IO, "%s is no list of models: %s", url, fault.text);
    MKT_TRY(choose(arena, root, s, &entry, err));
    if (s->dialect != MKT_REMOTE_AUTO) return MKT_OK;
    const char *owner = string(entry, "owned_by");
    s->dialect = !owner                           ? MKT_REMOTE_NONE
                 : strcmp(owner, "llamacpp") == 0 ? MKT_REMOTE_LLAMA
                 : strcmp(owner, "vllm") == 0     ? vllm_of(arena, s, cancel)
                                                  : MKT_REMOTE_NONE;
    return MKT_OK;
}

mkt_status mkt_remote_server_ask(struct mkt_remote_server *server, const atomic_bool *cancel,
                                 struct mkt_err *err)
{
    struct mkt_arena arena;
    if (server->model[0] && server->dialect != MKT_REMOTE_AUTO) return MKT_OK;
    MKT_TRY(mkt_arena_open(&arena, SCRATCH, err));
    mkt_status status = ask(&arena, server, cancel, err);
    mkt_arena_close(&arena);
    return status;
}
