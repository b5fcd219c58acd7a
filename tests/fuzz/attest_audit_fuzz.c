/* An audit log in which anything stands: opened, its last entries told, walked; what the key did not
 * sign never verifies, and what was opened takes a next entry. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attest/audit.h"
#include "attest/audit_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64], path[128];
static struct mkt_keys *keys;

static void forget(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) _Exit(1);
}

static void begin(void)
{
    struct mkt_err err = {0};
    strcpy(folder, "/dev/shm/mkt-fuzz-XXXXXX");
    if (!mkdtemp(folder)) abort();
    atexit(forget);
    snprintf(path, sizeof path, "%s/keys", folder);
    if (mkt_keys_open(path, &keys, &err) != MKT_OK) abort();
    snprintf(path, sizeof path, "%s/audit.jsonl", folder);
}

static void take(void *user, const char *request, int64_t us)
{
    (void)user;
    (void)us;
    if (request && strlen(request) != 64) abort();
}

static void read_lines(const char *text)
{
    struct mkt_audit_line line;
    for (size_t n; *text; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        char *tight = strndup(text, n);
        if (mkt_audit_line_read(tight, n, &line) && line.body >= n) abort();
        free(tight);
    }
}

static void write_file(const uint8_t *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    close(fd);
}

static void add_to(struct mkt_err *err)
{
    struct mkt_audit *audit;
    char hash[MKT_SHA256_TEXT];
    const struct mkt_audit_entry entry = {"process", "hub", "", mkt_audit_line_zeros,
                                          mkt_audit_line_zeros};
    mkt_status status = mkt_audit_open(path, keys, &audit, err);
    if (status != MKT_OK && !err->text[0]) abort();
    if (status != MKT_OK) return;
    int64_t last = mkt_audit_head(audit, hash);
    if (mkt_audit_add(audit, &entry, err) == MKT_OK && mkt_audit_head(audit, hash) != last + 1)
        abort();
    mkt_audit_close(audit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mkt_audit_report report;
    struct mkt_err err = {0};
    if (!keys) begin();
    if (size > 1 << 16) return 0;
    char *text = strndup((const char *)data, size);
    read_lines(text);
    free(text);
    write_file(data, size);
    if (mkt_audit_recent(path, size / 2, "process", take, NULL, &err) != MKT_OK) abort();
    mkt_status status = mkt_audit_verify(path, mkt_keys_public(keys), 1, &report, &err);
    if (status == MKT_OK && report.entries) abort(); /* nobody forges the key's signature */
    if (status != MKT_OK && !err.text[0]) abort();
    mkt_err_clear(&err);
    add_to(&err);
    return 0;
}
