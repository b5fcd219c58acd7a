/* A kernel that says anything in the files of configfs-tsm: evidence within bounds, or a sentence. The
 * input is what is read, one after the other: a byte for its length (255: it cannot be read), then
 * so many bytes. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attest/tee_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *at;
    size_t bytes;
    int folders;
};

static int make(void *user, const char *folder)
{
    struct input *in = user;
    (void)folder;
    in->folders++;
    return 0;
}

static int take_away(void *user, const char *folder)
{
    struct input *in = user;
    (void)folder;
    in->folders--;
    return 0;
}

static ssize_t read_next(void *user, const char *path, void *out, size_t most)
{
    struct input *in = user;
    (void)path;
    size_t n = in->bytes ? in->at[0] : 0;
    if (in->bytes) in->at++, in->bytes--;
    if (n == 255 || n > most) {
        errno = n == 255 ? EIO : EFBIG;
        return -1;
    }
    if (n > in->bytes) n = in->bytes;
    if (n) memcpy(out, in->at, n);
    in->at += n;
    in->bytes -= n;
    return (ssize_t)n;
}

static ssize_t write_all(void *user, const char *path, const void *bytes, size_t n)
{
    (void)user;
    (void)path;
    (void)bytes;
    return (ssize_t)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mkt_arena arena;
    static const unsigned char report_data[MKT_TEE_REPORT_DATA];
    struct input in = {.at = data, .bytes = size};
    const struct mkt_tee_kernel kernel = {
        .user = &in, .make = make, .remove = take_away, .read = read_next, .write = write_all};
    const struct mkt_tee_options options = {.kernel = &kernel, .tsm = "/none"};
    struct mkt_tee_evidence out = {0};
    struct mkt_err err = {0};
    if (!arena.base && mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK) abort();
    mkt_arena_reset(&arena, 1 << 20);
    mkt_status status = mkt_tee_source_configfs(&arena, &options, report_data, &out, &err);
    if ((status != MKT_OK) != (err.text[0] != '\0') || in.folders) abort();
    if (status == MKT_OK && out.quote_bytes > MKT_TEE_QUOTE_BYTES) abort();
    if (status == MKT_OK && out.certificates && !out.certificates_bytes) abort();
    return 0;
}
