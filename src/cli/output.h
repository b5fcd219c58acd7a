/* Where answers go: standard output, or a file that is there whole or not at all. */
#ifndef MKT_CLI_OUTPUT_H
#define MKT_CLI_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"
#include "engine/render.h"

/* The format asked for: by --json, or by the ending of --out. */
mkt_render_format mkt_output_format(const struct mkt_options *options);

/* How text is written there: in colours and as wide as the terminal where it goes to one. */
struct mkt_text_style mkt_output_style(const struct mkt_options *options);

/* Errors  MKT_E_IO, MKT_E_NOSPACE  it cannot be written (a closed pipe is no error) */
MKT_MUST_CHECK mkt_status mkt_output_print(const char *bytes, size_t n, struct mkt_err *err);

/* Writes beside `path` and renames: an earlier file stays until the new one is whole.
 * Errors  those of mkt_err_file: the sentence names the path */
MKT_MUST_CHECK mkt_status mkt_output_file(const char *path, const char *bytes, size_t n,
                                          struct mkt_err *err);

/* The same, piece by piece. */
struct mkt_output {
    const char *path;
    char beside[PATH_MAX]; /* what is written to */
    bool special;          /* a device or a pipe, written to as it is */
    int fd;
};

MKT_MUST_CHECK mkt_status mkt_output_open(struct mkt_output *out, const char *path,
                                          struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_output_add(struct mkt_output *out, const char *bytes, size_t n,
                                         struct mkt_err *err);
/* Gives the file its name, or removes it where `status` tells that it is not whole; returns
 * `status`, or what went wrong now. */
MKT_MUST_CHECK mkt_status mkt_output_close(struct mkt_output *out, mkt_status status,
                                           struct mkt_err *err);

#endif
