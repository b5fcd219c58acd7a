#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/files.h"

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && mkt_text_equal_nocase(text + n - m, end);
}

mkt_render_format mkt_output_format(const struct mkt_options *options)
{
    const char *path = options->value[MKT_OPTION_OUT];
    if (mkt_options_flag(options, MKT_OPTION_JSON) || (path && ends_with(path, ".json")))
        return MKT_RENDER_JSON;
    if (path && (ends_with(path, ".html") || ends_with(path, ".htm"))) return MKT_RENDER_HTML;
    return MKT_RENDER_TEXT;
}

struct mkt_text_style mkt_output_style(const struct mkt_options *options)
{
    struct mkt_text_style style = {.width = 100,
                                   .full = mkt_options_flag(options, MKT_OPTION_FULL)};
    struct winsize w;
    if (options->value[MKT_OPTION_OUT] || isatty(STDOUT_FILENO) != 1) return style;
    const char *no_colour = getenv("NO_COLOR");
    style.colour = !(no_colour && *no_colour);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40) style.width = w.ws_col;
    return style;
}

mkt_status mkt_output_print(const char *bytes, size_t n, struct mkt_err *err)
{
    struct mkt_err fault = {0};
    mkt_status status = mkt_files_write(STDOUT_FILENO, bytes, n, "standard output", &fault);
    if (status == MKT_OK || errno == EPIPE) return MKT_OK;
    return mkt_err_set(err, status, "%s", fault.text);
}

/* A device or a pipe (/dev/stdout) is written to as it is: it cannot be replaced. */
static bool is_special(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISREG(s.st_mode);
}

mkt_status mkt_output_open(struct mkt_output *out, const char *path, struct mkt_err *err)
{
    *out = (struct mkt_output){.path = path, .special = is_special(path), .fd = -1};
    int length = out->special ? snprintf(out->beside, sizeof out->beside, "%s", path)
                              : snprintf(out->beside, sizeof out->beside, "%s.part-%ld", path,
                                         (long)getpid());
    if (length < 0 || length >= (int)sizeof out->beside) {
        errno = ENAMETOOLONG;
        return mkt_err_file("write", path, err);
    }
    out->fd =
        open(out->beside, O_WRONLY | O_CLOEXEC | (out->special ? 0 : O_CREAT | O_TRUNC), 0666);
    return out->fd < 0 ? mkt_err_file("write", path, err) : MKT_OK;
}

mkt_status mkt_output_add(struct mkt_output *out, const char *bytes, size_t n, struct mkt_err *err)
{
    return mkt_files_write(out->fd, bytes, n, out->path, err);
}

mkt_status mkt_output_close(struct mkt_output *out, mkt_status status, struct mkt_err *err)
{
    if (close(out->fd) != 0 && status == MKT_OK) status = mkt_err_file("write", out->path, err);
    if (status == MKT_OK && !out->special && rename(out->beside, out->path) != 0)
        status = mkt_err_file("write", out->path, err);
    if (status != MKT_OK && !out->special) unlink(out->beside);
    return status;
}

mkt_status mkt_output_file(const char *path, const char *bytes, size_t n, struct mkt_err *err)
{
    struct mkt_output out;
    MKT_TRY(mkt_output_open(&out, path, err));
    return mkt_output_close(&out, mkt_output_add(&out, bytes, n, err), err);
}
