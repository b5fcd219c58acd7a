/* The operator's file of agents whose keys are pinned: read, or refused with the line named. */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boardroom/peers_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static mkt_status take(void *user, const struct mkt_peers_record *r, struct mkt_err *err)
{
    struct mkt_err why = {0};
    (void)user;
    (void)err;
    assert(mkt_peers_file_check_id(r->id, &why) == MKT_OK);
    assert(r->keys == 1 && r->capabilities <= MKT_PEERS_CAPABILITIES);
    assert(strlen(r->endpoint) < sizeof r->endpoint && strlen(r->type) < sizeof r->type);
    for (size_t i = 0; i < r->capabilities; i++)
        assert(r->capability[i][0] && strlen(r->capability[i]) < sizeof r->capability[i]);
    return MKT_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct mkt_peers *peers = NULL;
    struct mkt_err err = {0};
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || fchmod(fd, 0600) != 0 || write(fd, data, size) != (ssize_t)size) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    mkt_status status = mkt_peers_file_read(path, take, NULL, &err);
    assert((status != MKT_OK) == (err.text[0] != '\0'));
    mkt_err_clear(&err);
    if (mkt_peers_open(path, &peers, &err) == MKT_OK) mkt_peers_close(peers);
    close(fd);
    return 0;
}
