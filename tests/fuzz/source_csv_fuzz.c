/* Bytes to a file to a data set: opened, recognised, added up, or refused with a sentence. Whatever
 * kind of table it is taken for, its rows are read. What begins as JSON is a file of JSON. */
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
    for (int json = 0; json < 2; json++) {
        snprintf(path, sizeof path, "%s/google.%s", folder, json ? "json" : "csv");
        unlink(path);
    }
    rmdir(folder);
}

/* What the other kinds of tables hold; each is empty or read. */
static void read_others(struct mkt_dataset *dataset)
{
    struct mkt_dataset_journeys journeys;
    struct mkt_dataset_events events;
    struct mkt_dataset_purchases purchases;
    const struct mkt_arms *arms;
    struct mkt_err err = {0};
    if (mkt_dataset_journeys(dataset, &journeys, &err) == MKT_OK && !journeys.parts &&
        !journeys.paths)
        abort();
    mkt_err_clear(&err);
    if (mkt_dataset_events(dataset, &events, &err) == MKT_OK && !events.parts) abort();
    mkt_err_clear(&err);
    if (mkt_dataset_purchases(dataset, &purchases, &err) == MKT_OK && !purchases.parts) abort();
    mkt_err_clear(&err);
    if (mkt_dataset_arms(dataset, &arms, &err) != MKT_OK && !err.text[0]) abort();
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
    bool json = size && (data[0] == '[' || data[0] == '{');
    snprintf(path, sizeof path, "%s/google.%s", folder, json ? "json" : "csv");
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
    read_others(dataset);
    mkt_dataset_close(dataset);
    return 0;
}
