#include "cli/model.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "llm/fetch.h"
#include "llm/models.h"

static void list_known(void)
{
    puts("Known by name:");
    for (size_t i = 0; i < mkt_models_count; i++) {
        const struct mkt_model *m = &mkt_models_table[i];
        printf("  %s  %.1f GB, %s\n    %s\n    sha256 %s%s%s%s\n", m->name, m->gigabytes,
               m->licence, m->url, m->sha256 ? m->sha256 : "not known: trusted on first use",
               m->sha256 ? " (" : "", m->sha256 ? m->source : "", m->sha256 ? ")" : "");
    }
}

static bool is_model(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && strcmp(entry->d_name + n - 5, ".gguf") == 0;
}

/* By name: readdir has no order. */
static int keep_models(const struct dirent *entry)
{
    return is_model(entry);
}

static void list_folder(const char *dir)
{
    struct dirent **entry;
    int n = scandir(dir, &entry, keep_models, alphasort);
    printf("\nIn %s:\n", dir);
    for (int i = 0; i < n; i++) {
        char path[4400], kept[MKT_SHA256_TEXT];
        struct stat info;
        snprintf(path, sizeof path, "%.4000s/%.255s", dir, entry[i]->d_name);
        mkt_fetch_kept(path, kept);
        if (stat(path, &info) == 0)
            printf("  %s  %.2f GB%s%s\n", entry[i]->d_name, (double)info.st_size / 1e9,
                   kept[0] ? "  sha256 " : "", kept);
        free(entry[i]);
    }
    if (n >= 0) free(entry);
    if (n <= 0) puts("  nothing");
}

static mkt_status list(const struct mkt_settings *settings, struct mkt_err *err)
{
    struct mkt_arena arena;
    const char *dir;
    MKT_TRY(mkt_arena_open(&arena, (size_t)64 << 10, err));
    mkt_status status = mkt_models_dir(&arena, settings->model_dir, &dir, err);
    if (status == MKT_OK) {
        list_known();
        list_folder(dir);
    }
    mkt_arena_close(&arena);
    return status;
}

mkt_status mkt_model_run(const struct mkt_options *options, struct mkt_err *err)
{
    const char *what = options->inputs ? options->input[0] : "";
    struct mkt_settings settings;
    MKT_TRY(mkt_settings_read(&settings, mkt_options_setting, (void *)(uintptr_t)options, err));
    if (strcmp(what, "fetch") == 0) return mkt_model_fetch(options, &settings, err);
    if (strcmp(what, "check") == 0) return mkt_model_check(options, &settings, err);
    if (strcmp(what, "bench") == 0) return mkt_model_bench(options, &settings, err);
    if (strcmp(what, "list") == 0 && options->inputs == 1) return list(&settings, err);
    return mkt_err_set(err, MKT_E_ARG, "model takes fetch, check, bench or list, not \"%s\"", what);
}
