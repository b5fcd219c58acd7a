/* Bytes to a file to a data set: opened, recognised, added up, or refused with a sentence. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];

static void remove_folder(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/google.csv", folder);
    unlink(path);
    rmdir(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[128];
    if (!folder[0]) {
        strcpy(folder,
               access("/dev/shm", W_OK) == 0 ? "/dev/shm/mkt-fuzz-XXXXXX" : "/tmp/mkt-fuzz-XXXXXX");
        if (!mkdtemp(folder)) abort();
        atexit(remove_folder);
    }
    snprintf(path, sizeof path, "%s/google.csv", folder);
    FILE *f = fopen(path, "wb");
    if (!f) return 0;
    fwrite(data, 1, size, f);
    fclose(f);
    struct mkt_dataset_options options = {.threads = 1, .today = 20000, .memory = 64 << 20};
    struct mkt_dataset *dataset;
    struct mkt_err err;
    mkt_err_clear(&err);
    mkt_status status = mkt_dataset_open(path, &options, &dataset, &err);
    if (status != MKT_OK) {
        if (!err.text[0] || err.status != status || status == MKT_E_INTERNAL) abort();
        return 0;
    }
    const struct mkt_account *account = mkt_dataset_account(dataset);
    if (account->tables != 1 || !account->table[0].why) abort();
    const struct mkt_performance *sums;
    if (mkt_dataset_performance(dataset, &sums, &err) == MKT_OK) {
        int64_t rows = 0;
        for (size_t i = 0; i < sums->cells; i++) rows += sums->cell[i].rows;
        if (rows != sums->rows || rows > account->table[0].rows) abort();
    }
    mkt_dataset_close(dataset);
    return 0;
}
