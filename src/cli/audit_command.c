#include "cli/audit_command.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "attest/audit.h"
#include "base/text.h"
#include "cli/output.h"
#include "engine/settings.h"

#define KEYS 64
#define PEM_MOST 4096

struct work {
    const struct mkt_options *options;
    struct mkt_settings settings;
    struct mkt_public_key key[KEYS];
    size_t keys;
};

static mkt_status add_key(struct work *w, const char *path, struct mkt_err *err)
{
    char text[PEM_MOST];
    if (w->keys == KEYS) return mkt_err_set(err, MKT_E_LIMIT, "more than %d keys", KEYS);
    FILE *file = fopen(path, "re");
    if (!file) return mkt_err_file("read the key", path, err);
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    if (!mkt_keys_read_pem(text, n, &w->key[w->keys]))
        return mkt_err_set(err, MKT_E_ARG, "%s holds no Ed25519 public key", path);
    w->keys++;
    return MKT_OK;
}

static mkt_status add_retired(struct work *w, const char *folder, struct mkt_err *err)
{
    char path[2 * PATH_MAX];
    mkt_status status = MKT_OK;
    DIR *dir = opendir(folder);
    if (!dir) return MKT_OK; /* none were retired */
    for (struct dirent *entry; status == MKT_OK && (entry = readdir(dir));) {
        const char *end = strrchr(entry->d_name, '.');
        if (!end || strcmp(end, ".pem") != 0) continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        status = add_key(w, path, err);
    }
    closedir(dir);
    return status;
}

/* Those of the service. */
static mkt_status add_own(struct work *w, struct mkt_err *err)
{
    const struct mkt_settings *s = &w->settings;
    char folder[PATH_MAX], path[PATH_MAX + 64];
    int n = s->keys_dir[0] ? snprintf(folder, sizeof folder, "%s", s->keys_dir)
                           : snprintf(folder, sizeof folder, "%s/keys", s->data_dir);
    if (n >= (int)sizeof folder)
        return mkt_err_set(err, MKT_E_ARG, "the folder's name is too long");
    snprintf(path, sizeof path, "%s/docker_public_key_ed25519.pem", folder);
    MKT_TRY(add_key(w, path, err));
    snprintf(path, sizeof path, "%s/retired", folder);
    return add_retired(w, path, err);
}

static mkt_status verify(struct work *w, struct mkt_err *err)
{
    const struct mkt_options *o = w->options;
    struct mkt_audit_report report;
    char path[PATH_MAX], text[1024];
    MKT_TRY(mkt_settings_read(&w->settings, mkt_options_setting, (void *)(uintptr_t)o, err));
    const char *log = o->inputs ? o->input[0] : w->settings.audit_file;
    if (!log[0]) {
        snprintf(path, sizeof path, "%s/audit.jsonl", w->settings.data_dir);
        log = path;
    }
    for (size_t i = 0; i < o->keys; i++) MKT_TRY(add_key(w, o->key[i], err));
    if (o->keys == 0) MKT_TRY(add_own(w, err));
    MKT_TRY(mkt_audit_verify(log, w->key, w->keys, &report, err));
    int n =
        snprintf(text, sizeof text,
                 "the chain holds\n  entries  %s\n  first    %s\n  last     %s\n"
                 "  head     %s\n%s",
                 MKT_COUNT(report.entries), report.entries ? report.first : "-",
                 report.entries ? report.last : "-", report.head,
                 report.torn ? "  a torn last line follows, whose answer was never sent\n" : "");
    return mkt_output_print(text, (size_t)n, err);
}

mkt_status mkt_audit_command_run(const char *verb, const struct mkt_options *options,
                                 struct mkt_err *err)
{
    struct work w = {.options = options};
    if (strcmp(verb, "verify") != 0)
        return mkt_err_set(err, MKT_E_ARG, "audit can verify, not \"%s\"", verb);
    return verify(&w, err);
}
