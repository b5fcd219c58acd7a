/* The command line, read into plain values.
 *
 * One table names every option, the commands that take it and its help; what
 * an analysis takes beyond it comes from the analysis's own parameters.
 */
#ifndef MKT_CLI_OPTIONS_H
#define MKT_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

typedef enum {
    MKT_OPTION_OUT,
    MKT_OPTION_JSON,
    MKT_OPTION_FULL,
    MKT_OPTION_MAP,
    MKT_OPTION_DATES,
    MKT_OPTION_DECIMAL,
    MKT_OPTION_CURRENCY,
    MKT_OPTION_MEMORY,
    MKT_OPTION_THREADS,
    MKT_OPTION_TRANSACTIONS,
    MKT_OPTION_SEED,
    MKT_OPTION_MONTHS,
    MKT_OPTION_SCALE,
    MKT_OPTION_START,
    MKT_OPTION_HOLDOUT,
    MKT_OPTION_PORT,
    MKT_OPTION_HOST,
    MKT_OPTION_DATA_DIR,
    MKT_OPTION_TOKENS,
    MKT_OPTION_LLM,
    MKT_OPTION_WORDS,
    MKT_OPTION_DEADLINE,
    MKT_OPTION_URL,
    MKT_OPTION_SHA256,
    MKT_OPTION_DATA,
    MKT_OPTION_COLLATERAL,
    MKT_OPTION_AT,
    MKT_OPTION_MEASUREMENTS,
    MKT_OPTION_REPORT_DATA,
    MKT_OPTION_EVENT_LOG,
    MKT_OPTION_ACCEPT,
    MKT_OPTION_ALLOW,
    MKT_OPTION_TCB,
    MKT_OPTION_NONCE,
    MKT_OPTION_KEY,
    MKT_OPTIONS
} mkt_option;

/* Which commands take an option. */
enum {
    MKT_FOR_ANALYSIS = 1, /* report and every analysis */
    MKT_FOR_SIMULATE = 2,
    MKT_FOR_SERVE = 4,
    MKT_FOR_ASK = 8, /* which takes those of an analysis, too */
    MKT_FOR_MODEL = 16,
    MKT_FOR_ATTEST = 32,
    MKT_FOR_MCP = 64,
    MKT_FOR_KEYS = 128,
    MKT_FOR_AUDIT = 256
};

struct mkt_option_info {
    const char *name;   /* "out" for --out */
    const char *letter; /* "o" for -o, or NULL */
    const char *value;  /* "FILE", or NULL for a flag */
    unsigned commands;
    const char *help;
};

extern const struct mkt_option_info mkt_option_table[MKT_OPTIONS];

#define MKT_OPTIONS_MAPS 64
#define MKT_OPTIONS_PARAMS 32
#define MKT_OPTIONS_DATA 16
#define MKT_OPTIONS_KEYS 16

struct mkt_options {
    const char *value[MKT_OPTIONS]; /* as given, "" for a flag, NULL when absent */
    const char *map[MKT_OPTIONS_MAPS];
    size_t maps;
    const char *data[MKT_OPTIONS_DATA];
    size_t datas;
    const char *key[MKT_OPTIONS_KEYS];
    size_t keys;
    const char *input[2]; /* what is not an option */
    size_t inputs;
    struct {
        const char *name, *value;
    } param[MKT_OPTIONS_PARAMS]; /* --name value that no table names: for an analysis to check;
                                    no value is "" */
    size_t params;
};

/* Reads argv[first..]. `command` is one of MKT_FOR_*; `inputs` how many plain arguments it takes.
 * Names that the table does not know are kept as parameters when the command is an analysis.
 * Errors  MKT_E_ARG  an unknown option, a missing or superfluous value, too many of them */
MKT_MUST_CHECK mkt_status mkt_options_read(struct mkt_options *options, int argc, char **argv,
                                           int first, unsigned command, size_t inputs,
                                           struct mkt_err *err);

/* A mkt_settings_source: options go before the environment. `options` is a struct mkt_options. */
const char *mkt_options_setting(void *options, const char *name);

bool mkt_options_flag(const struct mkt_options *options, mkt_option which);

/* A number within least..most, or `fallback` when not given.
 * Errors  MKT_E_ARG  not a number, or outside */
MKT_MUST_CHECK mkt_status mkt_options_number(const struct mkt_options *options, mkt_option which,
                                             double least, double most, double fallback,
                                             double *out, struct mkt_err *err);

#endif
