/* What lies beside a model: kept states of its prefixes, and the hash of its file. The input is such
 * a state; with the key, the length and the hash put right where its first byte says so. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "llm/fetch.h"
#include "llm/statefile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64], path[128], beside[160];
static const char key[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void forget(void)
{
    unlink(path);
    unlink(beside);
    rmdir(folder);
}

static void begin(void)
{
    strcpy(folder, "/dev/shm/mkt-fuzz-XXXXXX");
    if (!mkdtemp(folder)) abort();
    snprintf(path, sizeof path, "%s/x", folder);
    snprintf(beside, sizeof beside, "%s.sha256", path);
    atexit(forget);
}

static void write_file(const char *name, const void *bytes, size_t n)
{
    FILE *file = fopen(name, "w");
    if (!file || fchmod(fileno(file), 0600) != 0 || fwrite(bytes, 1, n, file) != n) abort();
    if (fclose(file) != 0) abort();
}

/* As the format in statefile.h has it. */
static size_t put_right(uint8_t *file, size_t size)
{
    struct mkt_err err = {0};
    char hash[MKT_SHA256_TEXT];
    if (size < 144) return size;
    uint64_t length = size - 144;
    if (mkt_hash_bytes(file + 144, length, hash, &err) != MKT_OK) abort();
    memcpy(file, "MKTLLM1\n", 8);
    memcpy(file + 8, key, 64);
    memcpy(file + 72, hash, 64);
    memcpy(file + 136, &length, 8);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *bytes;
    size_t n;
    struct mkt_err err = {0};
    char hash[MKT_SHA256_TEXT];
    if (!folder[0]) begin();
    if (size < 1 || size > 1 << 16) return 0;
    uint8_t *file = malloc(size);
    memcpy(file, data + 1, size - 1);
    write_file(beside, file, size - 1);
    mkt_fetch_kept(path, hash);
    assert(!hash[0] || mkt_fetch_is_sha256(hash));
    if (data[0] & 1) put_right(file, size - 1);
    write_file(path, file, size - 1);
    mkt_status status = mkt_statefile_read(path, key, &bytes, &n, &err);
    assert((status == MKT_OK) == (bytes != NULL) && (status == MKT_OK) == (err.text[0] == '\0'));
    if (data[0] & 1) assert((status == MKT_OK) == (size > 144));
    if (status == MKT_OK) assert(n == size - 1 - 144 && memcmp(bytes, file + 144, n) == 0);
    free(bytes);
    free(file);
    return 0;
}
