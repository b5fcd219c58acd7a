#include "cli/mcp_command.h"

#include <stdint.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/settings.h"
#include "mcp/mcp_folders.h"
#include "mcp/mcp_stdio.h"

#define WORKERS 4 /* one client: a call or two, and a report beside them */

mkt_status mkt_mcp_command_run(const struct mkt_options *options, struct mkt_err *err)
{
    struct mkt_mcp_folders folders;
    struct mkt_settings settings;
    struct mkt_mcp_host host;
    MKT_TRY(mkt_settings_read(&settings, mkt_options_setting, (void *)(uintptr_t)options, err));
    mkt_log_set_level(mkt_log_level_of(settings.log_level, MKT_LOG_WARN));
    MKT_TRY(mkt_mcp_folders_open(&folders, &settings, options->data, options->datas, err));
    mkt_status status = mkt_mcp_folders_host(&folders, &host, err);
    if (status == MKT_OK) {
        const struct mkt_mcp_stdio_options stdio = {.host = &host,
                                                    .in = STDIN_FILENO,
                                                    .out = STDOUT_FILENO,
                                                    .workers = WORKERS,
                                                    .arena = (size_t)settings.request_mb << 20};
        status = mkt_mcp_stdio_run(&stdio, err);
    }
    mkt_mcp_folders_close(&folders);
    return status;
}
