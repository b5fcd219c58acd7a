#include "cli/command.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/log.h"
#include "cli/analyse.h"
#include "cli/ask_command.h"
#include "cli/attest.h"
#include "cli/audit_command.h"
#include "cli/docs.h"
#include "cli/help.h"
#include "cli/keys_command.h"
#include "cli/mcp_command.h"
#include "cli/model.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "engine/settings.h"
#include "server/server.h"
#include "simulate/company_files.h"

static mkt_status whole(const struct mkt_options *o, mkt_option which, double most, double fallback,
                        double *out, struct mkt_err *err)
{
    MKT_TRY(mkt_options_number(o, which, 0, most, fallback, out, err));
    if (*out != floor(*out))
        return mkt_err_set(err, MKT_E_ARG, "--%s takes a whole number, not %s",
                           mkt_option_table[which].name, o->value[which]);
    return MKT_OK;
}

static mkt_status simulate(const struct mkt_options *o, struct mkt_err *err)
{
    struct mkt_company_options company;
    double seed, months;
    const char *dir = o->value[MKT_OPTION_OUT];
    if (!dir) return mkt_err_set(err, MKT_E_ARG, "simulate needs --out DIR");
    MKT_TRY(whole(o, MKT_OPTION_SEED, 9007199254740991.0, 1, &seed, err));
    mkt_company_options_init(&company, (uint64_t)seed);
    MKT_TRY(whole(o, MKT_OPTION_MONTHS, MKT_COMPANY_MONTHS_MAX, company.months, &months, err));
    MKT_TRY(mkt_options_number(o, MKT_OPTION_SCALE, MKT_COMPANY_SCALE_MIN, MKT_COMPANY_SCALE_MAX,
                               company.scale, &company.scale, err));
    MKT_TRY(mkt_options_number(o, MKT_OPTION_HOLDOUT, 0, 0.5, 0, &company.holdout, err));
    const char *start = o->value[MKT_OPTION_START];
    if (start && !mkt_date_parse(start, &company.start))
        return mkt_err_set(err, MKT_E_ARG, "--start takes a date such as 2024-10-01, not \"%s\"",
                           start);
    company.months = (int)months;

    struct mkt_progress_line line;
    mkt_progress_start(&line);
    mkt_status status = mkt_company_files_write(dir, &company, mkt_progress_show, &line, err);
    mkt_progress_stop(&line);
    if (status == MKT_OK) printf("%s\n", dir);
    return status;
}

static mkt_status serve(const struct mkt_options *o, struct mkt_err *err)
{
    struct mkt_settings settings;
    MKT_TRY(mkt_settings_read(&settings, mkt_options_setting, (void *)(uintptr_t)o, err));
    mkt_log_set_level(mkt_log_level_of(settings.log_level, MKT_LOG_INFO));
    return mkt_server_run(&settings, err);
}

static mkt_status help(const char *command, struct mkt_err *err)
{
    if (mkt_help_write(stdout, command)) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG, "there is no command \"%s\"; see marketing-agent help",
                       command);
}

mkt_status mkt_command_run(int argc, char **argv, struct mkt_err *err)
{
    struct mkt_options options;
    const char *name = argc > 1 ? argv[1] : "help";
    const struct mkt_analysis *analysis = mkt_analysis_find(name);

    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return help(name, err);

    if (analysis || strcmp(name, "report") == 0) {
        MKT_TRY(mkt_options_read(&options, argc, argv, 2, MKT_FOR_ANALYSIS, 1, err));
        return mkt_analyse_run(analysis, &options, err);
    }
    if (strcmp(name, "ask") == 0) {
        MKT_TRY(mkt_options_read(&options, argc, argv, 2, MKT_FOR_ANALYSIS | MKT_FOR_ASK, 1, err));
        return mkt_ask_command_run(&options, err);
    }
    if (strcmp(name, "simulate") == 0) {
        MKT_TRY(mkt_options_read(&options, argc, argv, 2, MKT_FOR_SIMULATE, 0, err));
        return simulate(&options, err);
    }
    if (strcmp(name, "serve") == 0) {
        MKT_TRY(mkt_options_read(&options, argc, argv, 2, MKT_FOR_SERVE, 0, err));
        return serve(&options, err);
    }
    if (strcmp(name, "mcp") == 0) {
        MKT_TRY(mkt_options_read(&options, argc, argv, 2, MKT_FOR_MCP, 0, err));
        return mkt_mcp_command_run(&options, err);
    }
    if (strcmp(name, "model") == 0) {
        MKT_TRY(mkt_options_read(&options, argc, argv, 2, MKT_FOR_MODEL, 2, err));
        return mkt_model_run(&options, err);
    }
    if (strcmp(name, "attest") == 0) {
        const char *verb = argc > 2 ? argv[2] : "";
        MKT_TRY(mkt_options_read(&options, argc, argv, argc > 2 ? 3 : 2, MKT_FOR_ATTEST, 1, err));
        return mkt_attest_run(verb, &options, err);
    }
    if (strcmp(name, "keys") == 0) {
        const char *verb = argc > 2 ? argv[2] : "";
        MKT_TRY(mkt_options_read(&options, argc, argv, argc > 2 ? 3 : 2, MKT_FOR_KEYS, 0, err));
        return mkt_keys_command_run(verb, &options, err);
    }
    if (strcmp(name, "audit") == 0) {
        const char *verb = argc > 2 ? argv[2] : "";
        MKT_TRY(mkt_options_read(&options, argc, argv, argc > 2 ? 3 : 2, MKT_FOR_AUDIT, 1, err));
        return mkt_audit_command_run(verb, &options, err);
    }
    if (strcmp(name, "docs") == 0) {
        mkt_docs_analyses(stdout);
        return MKT_OK;
    }
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        printf("marketing-agent %s\n", MKT_VERSION);
        return MKT_OK;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(argc > 2 ? argv[2] : NULL, err);
    return help(name, err);
}
