/* A file of tokens, and an Authorization header: the first line is the header, the rest the file. No
 * token that does not stand in the file is let in. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct mkt_tokens *tokens;
    struct mkt_err err = {0};
    const uint8_t *end = memchr(data, '\n', size);
    size_t head = end ? (size_t)(end - data) : size, rest = end ? size - head - 1 : 0;
    char *header = strndup((const char *)data, head);
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || fchmod(fd, 0600) != 0) abort();
    if (rest && write(fd, end + 1, rest) != (ssize_t)rest) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    mkt_status status = mkt_tokens_open(path, &tokens, &err);
    assert((status != MKT_OK) == (err.text[0] != '\0'));
    if (status == MKT_OK) {
        const char *name = mkt_tokens_name(tokens, header);
        assert(mkt_tokens_count(tokens) > 0 && !mkt_tokens_name(tokens, NULL));
        assert(!name || (strlen(header) >= 7 + MKT_TOKENS_LEAST && strlen(name) < MKT_TOKENS_NAME &&
                         memmem(end + 1, rest, header + 7, strlen(header + 7))));
        mkt_tokens_close(tokens);
    }
    close(fd);
    free(header);
    return 0;
}
