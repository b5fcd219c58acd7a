#include "llm/library.h"

#include <dlfcn.h>
#include <limits.h>
#include <llama.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct mkt_err fault; /* written once, before anybody reads it */
static char version[2048];

static void to_our_log(enum ggml_log_level level, const char *text, void *user)
{
    (void)user;
    if (level != GGML_LOG_LEVEL_WARN && level != GGML_LOG_LEVEL_ERROR) return;
    char line[240];
    size_t n = strcspn(text, "\n");
    snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), text);
    for (char *c = line; *c; c++) {
        if (*c == ' ' || *c == '=') *c = '_'; /* one value of a pair */
    }
    mkt_log(level == GGML_LOG_LEVEL_ERROR ? MKT_LOG_WARN : MKT_LOG_DEBUG, "llama", "text=%s", line);
}

/* Loads the backends that lie beside the library; the system's own folders where there are none. */
static void load_backends(void)
{
    Dl_info info;
    char folder[PATH_MAX];
    void *symbol;
    const char *(*function)(void) = llama_version;
    memcpy(&symbol, &function, sizeof symbol);
    if (dladdr(symbol, &info) && info.dli_fname && realpath(info.dli_fname, folder)) {
        *strrchr(folder, '/') = '\0';
        ggml_backend_load_all_from_path(folder);
    }
    if (ggml_backend_dev_count() == 0) ggml_backend_load_all();
}

static void start(void)
{
#ifdef MKT_LLAMA_BUILD
    const char *is = llama_version();
    size_t n = strlen(MKT_LLAMA_BUILD);
    if (strncmp(is, MKT_LLAMA_BUILD, n) != 0 || (is[n] != '\0' && is[n] != '-')) {
        mkt_err_set(&fault, MKT_E_INTERNAL,
                    "llama.cpp's library is version %s; this program was built for %s", is,
                    MKT_LLAMA_BUILD);
        return;
    }
#endif
    llama_log_set(to_our_log, NULL);
    load_backends();
    llama_backend_init();
    if (!ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU)) {
        mkt_err_set(&fault, MKT_E_INTERNAL,
                    "llama.cpp's library has no variant for this CPU beside it");
        return;
    }
    snprintf(version, sizeof version, "%s %s", llama_version(), llama_print_system_info());
}

mkt_status mkt_library_start(struct mkt_err *err)
{
    pthread_once(&once, start);
    return fault.status ? mkt_err_set(err, fault.status, "%s", fault.text) : MKT_OK;
}

const char *mkt_library_version(void)
{
    return version;
}

bool mkt_library_has_gpu(void)
{
    return ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_GPU) != NULL;
}
