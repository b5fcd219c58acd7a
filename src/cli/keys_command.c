#include "cli/keys_command.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attest/keys.h"
#include "attest/wrapper.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli/output.h"
#include "engine/files.h"
#include "engine/settings.h"

#define ARENA ((size_t)1 << 20)

struct keyring {
    char folder[PATH_MAX];
    struct mkt_public_key current;
    struct mkt_retired_key retired[MKT_KEYS_RETIRED];
    size_t retireds;
};

/* The folder that a start of the service would take. */
static mkt_status find_folder(const struct mkt_options *o, struct keyring *ring,
                              struct mkt_err *err)
{
    struct mkt_settings set;
    MKT_TRY(mkt_settings_read(&set, mkt_options_setting, (void *)(uintptr_t)o, err));
    int n = set.keys_dir[0] ? snprintf(ring->folder, sizeof ring->folder, "%s", set.keys_dir)
                            : snprintf(ring->folder, sizeof ring->folder, "%s/keys", set.data_dir);
    if (n < 0 || (size_t)n >= sizeof ring->folder)
        return mkt_err_set(err, MKT_E_ARG, "the folder's name is too long");
    return set.keys_dir[0] ? MKT_OK : mkt_files_make_folder(set.data_dir, err);
}

static mkt_status open_ring(struct keyring *ring, struct mkt_err *err)
{
    struct mkt_keys *keys;
    MKT_TRY(mkt_keys_open(ring->folder, &keys, err));
    ring->current = *mkt_keys_public(keys);
    mkt_keys_close(keys);
    return mkt_keys_retired(ring->folder, &ring->current, ring->retired, &ring->retireds, err);
}

static char *time_text(int64_t seconds, char out[32])
{
    char text[24];
    snprintf(out, 32, "%sZ", mkt_clock_text(seconds, text));
    return out;
}

static void write_text(struct mkt_buf *out, const struct keyring *ring)
{
    char fingerprint[MKT_KEYS_FINGERPRINT], pem[MKT_KEYS_PEM], at[32], until[32];
    mkt_buf_printf(out, "%s  current, in %s\n%s", mkt_keys_fingerprint(&ring->current, fingerprint),
                   ring->folder, mkt_keys_pem(&ring->current, pem));
    for (size_t i = 0; i < ring->retireds; i++) {
        const struct mkt_retired_key *old = &ring->retired[i];
        mkt_buf_printf(out, "%s  retired %s, taken until %s\n",
                       mkt_keys_fingerprint(&old->key, fingerprint), time_text(old->retired, at),
                       time_text(old->retired + MKT_KEYS_OVERLAP_S, until));
    }
}

static void write_key(struct mkt_json *w, const struct mkt_public_key *key)
{
    char fingerprint[MKT_KEYS_FINGERPRINT], pem[MKT_KEYS_PEM];
    mkt_json_member_string(w, "fingerprint", mkt_keys_fingerprint(key, fingerprint));
    mkt_json_member_string(w, "pem", mkt_keys_pem(key, pem));
}

static void write_json(struct mkt_buf *out, const struct keyring *ring)
{
    struct mkt_json w;
    char at[32];
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "folder", ring->folder);
    mkt_json_key(&w, "current");
    mkt_json_open(&w, '{');
    write_key(&w, &ring->current);
    mkt_json_close(&w, '}');
    mkt_json_key(&w, "retired");
    mkt_json_open(&w, '[');
    for (size_t i = 0; i < ring->retireds; i++) {
        mkt_json_open(&w, '{');
        write_key(&w, &ring->retired[i].key);
        mkt_json_member_string(&w, "retired", time_text(ring->retired[i].retired, at));
        mkt_json_close(&w, '}');
    }
    mkt_json_close(&w, ']');
    mkt_json_close(&w, '}');
    mkt_buf_char(out, '\n');
}

static mkt_status show(const struct mkt_options *o, struct keyring *ring, struct mkt_err *err)
{
    struct mkt_arena arena = {0};
    struct mkt_buf out;
    MKT_TRY(open_ring(ring, err));
    MKT_TRY(mkt_arena_open(&arena, ARENA, err));
    mkt_buf_init(&out, &arena);
    if (mkt_options_flag(o, MKT_OPTION_JSON))
        write_json(&out, ring);
    else
        write_text(&out, ring);
    mkt_status status = mkt_buf_check(&out, err);
    if (status == MKT_OK) status = mkt_output_print(out.data, out.length, err);
    mkt_arena_close(&arena);
    return status;
}

mkt_status mkt_keys_command_run(const char *verb, const struct mkt_options *options,
                                struct mkt_err *err)
{
    struct keyring ring = {0};
    bool rotate = strcmp(verb, "rotate") == 0;
    if (!rotate && strcmp(verb, "show") != 0)
        return mkt_err_set(err, MKT_E_ARG, "keys can show or rotate, not \"%s\"", verb);
    MKT_TRY(find_folder(options, &ring, err));
    if (!rotate) return show(options, &ring, err);
    MKT_TRY(mkt_keys_rotate(ring.folder, (int64_t)time(NULL), err));
    fputs("A new key is made. A service that runs goes on with the old one until it is started "
          "anew.\n",
          stderr);
    return show(options, &ring, err);
}
