#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const struct mkt_option_info mkt_option_table[MKT_OPTIONS] = {
    [MKT_OPTION_OUT] = {"out", "o", "PATH", MKT_FOR_ANALYSIS | MKT_FOR_SIMULATE,
                        "write to PATH (.html, .json or text); simulate: the folder to make"},
    [MKT_OPTION_JSON] = {"json", NULL, NULL, MKT_FOR_ANALYSIS | MKT_FOR_ATTEST | MKT_FOR_KEYS,
                         "print the whole answer as JSON"},
    [MKT_OPTION_FULL] = {"full", NULL, NULL, MKT_FOR_ANALYSIS,
                         "print every table and the account of the data"},
    [MKT_OPTION_MAP] = {"map", NULL, "ROLE=COLUMN", MKT_FOR_ANALYSIS,
                        "take COLUMN for ROLE (spend, date, channel, ...); may be repeated; "
                        "FILE:ROLE=COLUMN for one file"},
    [MKT_OPTION_DATES] = {"dates", NULL, "STYLE", MKT_FOR_ANALYSIS,
                          "day-first or month-first, for dates such as 01/02/2026"},
    [MKT_OPTION_DECIMAL] = {"decimal", NULL, "MARK", MKT_FOR_ANALYSIS,
                            "comma or point, for amounts such as 1.234"},
    [MKT_OPTION_CURRENCY] = {"currency", NULL, "CODE", MKT_FOR_ANALYSIS,
                             "keep only the rows of this currency (ISO code)"},
    [MKT_OPTION_MEMORY] = {"memory", NULL, "MB", MKT_FOR_ANALYSIS,
                           "memory limit of the request (1024)"},
    [MKT_OPTION_THREADS] = {"threads", NULL, "N", MKT_FOR_ANALYSIS,
                            "threads to use (one a core); the figures do not depend on it"},
    [MKT_OPTION_TRANSACTIONS] = {"transactions", NULL, "FILE", MKT_FOR_ANALYSIS,
                                 "attribution: write the credit of every conversion to FILE (CSV)"},
    [MKT_OPTION_SEED] = {"seed", NULL, "N", MKT_FOR_SIMULATE, "seed of the simulated company (1)"},
    [MKT_OPTION_MONTHS] = {"months", NULL, "M", MKT_FOR_SIMULATE, "length of its history (24)"},
    [MKT_OPTION_SCALE] = {"scale", NULL, "K", MKT_FOR_SIMULATE, "size of the company (1)"},
    [MKT_OPTION_START] = {"start", NULL, "DATE", MKT_FOR_SIMULATE, "its first day"},
    [MKT_OPTION_HOLDOUT] = {"holdout", NULL, "SHARE", MKT_FOR_SIMULATE,
                            "of the people who are measured, those from whom each channel's ads "
                            "are withheld (0)"},
    [MKT_OPTION_PORT] = {"port", NULL, "N", MKT_FOR_SERVE, "port (AGENT_API_PORT, 8082)"},
    [MKT_OPTION_HOST] = {"host", NULL, "ADDRESS", MKT_FOR_SERVE,
                         "address to listen on (AGENT_HOST, 127.0.0.1)"},
    [MKT_OPTION_DATA_DIR] = {"data-dir", NULL, "DIR", MKT_FOR_SERVE | MKT_FOR_KEYS | MKT_FOR_AUDIT,
                             "where data sets are kept (AGENT_DATA_DIR)"},
    [MKT_OPTION_TOKENS] = {"tokens", NULL, "FILE", MKT_FOR_SERVE,
                           "bearer tokens, one a line (AGENT_TOKENS_FILE)"},
    [MKT_OPTION_LLM] = {"llm", NULL, "URL",
                        MKT_FOR_ANALYSIS | MKT_FOR_SERVE | MKT_FOR_MODEL | MKT_FOR_MCP,
                        "an OpenAI-compatible server writes the words (AGENT_LLM_URL)"},
    [MKT_OPTION_WORDS] = {"words", NULL, "WHO", MKT_FOR_ANALYSIS | MKT_FOR_SERVE | MKT_FOR_MCP,
                          "auto, plain or model (AGENT_WORDS, auto)"},
    [MKT_OPTION_DEADLINE] = {"deadline-ms", NULL, "MS", MKT_FOR_ANALYSIS,
                             "time for the words of one answer; the rest is written plainly"},
    [MKT_OPTION_URL] = {"url", NULL, "URL", MKT_FOR_MODEL, "fetch: another address of the file"},
    [MKT_OPTION_SHA256] = {"sha256", NULL, "HASH", MKT_FOR_MODEL, "fetch: what the file must be"},
    [MKT_OPTION_DATA] = {"data", NULL, "PATH", MKT_FOR_ASK | MKT_FOR_MCP,
                         "the file or folder to ask about; mcp: to offer, may be repeated"},
    [MKT_OPTION_COLLATERAL] = {"collateral", NULL, "DIR", MKT_FOR_ATTEST,
                               "certificates, CRLs, TCB info and enclave identity, any names"},
    [MKT_OPTION_AT] = {"at", NULL, "TIME", MKT_FOR_ATTEST,
                       "ask validity at this time (now): 2026-01-31 or 2026-01-31T12:00:00Z"},
    [MKT_OPTION_MEASUREMENTS] = {"measurements", NULL, "FILE", MKT_FOR_ATTEST,
                                 "allowed measurements, one a line: mrtd HEX"},
    [MKT_OPTION_REPORT_DATA] = {"report-data", NULL, "HEX", MKT_FOR_ATTEST,
                                "what the evidence must bind, from its first byte"},
    [MKT_OPTION_EVENT_LOG] = {"event-log", NULL, "FILE", MKT_FOR_ATTEST,
                              "replay this log into the runtime registers"},
    [MKT_OPTION_ACCEPT] = {"accept", NULL, "STATUS", MKT_FOR_ATTEST,
                           "TCB statuses that will do besides UpToDate, separated by commas"},
    [MKT_OPTION_ALLOW] = {"allow", NULL, "WHAT", MKT_FOR_ATTEST,
                          "debug, sept-ve or both: machines that others can look into"},
    [MKT_OPTION_TCB] = {"tcb", NULL, NULL, MKT_FOR_ATTEST, "fail when the TCB cannot be evaluated"},
    [MKT_OPTION_NONCE] = {"nonce", NULL, "HEX", MKT_FOR_ATTEST,
                          "the nonce that the agent was asked with must be bound"},
    [MKT_OPTION_KEY] = {"key", NULL, "KEY", MKT_FOR_ATTEST | MKT_FOR_AUDIT,
                        "attest: the agent's Ed25519 key, a PEM file, hex or base64; audit: a PEM "
                        "file of a key that may have signed, may be repeated"},
};

static mkt_option find(const char *name, size_t length, bool letter)
{
    int i = 0;
    for (; i < MKT_OPTIONS; i++) {
        const char *known = letter ? mkt_option_table[i].letter : mkt_option_table[i].name;
        if (known && strlen(known) == length && memcmp(known, name, length) == 0) break;
    }
    return (mkt_option)i;
}

static mkt_status add_param(struct mkt_options *o, const char *name, const char *value,
                            struct mkt_err *err)
{
    if (o->params == MKT_OPTIONS_PARAMS)
        return mkt_err_set(err, MKT_E_ARG, "more than %d parameters", MKT_OPTIONS_PARAMS);
    o->param[o->params].name = name;
    o->param[o->params].value = value;
    o->params++;
    return MKT_OK;
}

static mkt_status add_known(struct mkt_options *o, mkt_option which, const char *value,
                            struct mkt_err *err)
{
    if (which == MKT_OPTION_MAP) {
        if (o->maps == MKT_OPTIONS_MAPS)
            return mkt_err_set(err, MKT_E_ARG, "more than %d --map options", MKT_OPTIONS_MAPS);
        o->map[o->maps++] = value;
    }
    if (which == MKT_OPTION_DATA) {
        if (o->datas == MKT_OPTIONS_DATA)
            return mkt_err_set(err, MKT_E_ARG, "more than %d --data options", MKT_OPTIONS_DATA);
        o->data[o->datas++] = value;
    }
    if (which == MKT_OPTION_KEY) {
        if (o->keys == MKT_OPTIONS_KEYS)
            return mkt_err_set(err, MKT_E_ARG, "more than %d --key options", MKT_OPTIONS_KEYS);
        o->key[o->keys++] = value;
    }
    o->value[which] = value;
    return MKT_OK;
}

/* One option at argv[*i]; moves *i past its value when that is an argument of its own. */
static mkt_status read_option(struct mkt_options *o, int argc, char **argv, int *i,
                              unsigned command, struct mkt_err *err)
{
    const char *arg = argv[*i];
    bool letter = arg[1] != '-';
    const char *name = arg + (letter ? 1 : 2);
    const char *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    mkt_option which = find(name, length, letter);
    bool known = which < MKT_OPTIONS && (mkt_option_table[which].commands & command);

    if (!known && (letter || !(command & MKT_FOR_ANALYSIS)))
        return mkt_err_set(err, MKT_E_ARG, "unknown option %s; see marketing-agent help", arg);
    if (known && !mkt_option_table[which].value) {
        if (equals)
            return mkt_err_set(err, MKT_E_ARG, "%.*s takes no value", (int)(equals - arg), arg);
        o->value[which] = "";
        return MKT_OK;
    }
    const char *value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
    if (known && !value) return mkt_err_set(err, MKT_E_ARG, "%s needs a value", arg);
    if (known) return add_known(o, which, value, err);
    if (equals) argv[*i][equals - arg] = '\0';
    return add_param(o, name, value ? value : "", err);
}

mkt_status mkt_options_read(struct mkt_options *options, int argc, char **argv, int first,
                            unsigned command, size_t inputs, struct mkt_err *err)
{
    *options = (struct mkt_options){0};
    bool plain = false;
    for (int i = first; i < argc; i++) {
        if (!plain && strcmp(argv[i], "--") == 0) {
            plain = true;
        } else if (!plain && argv[i][0] == '-' && argv[i][1]) {
            MKT_TRY(read_option(options, argc, argv, &i, command, err));
        } else if (options->inputs == inputs) {
            return mkt_err_set(err, MKT_E_ARG, "one argument too many: %s", argv[i]);
        } else {
            options->input[options->inputs++] = argv[i];
        }
    }
    return MKT_OK;
}

const char *mkt_options_setting(void *options, const char *name)
{
    static const struct {
        const char *name;
        mkt_option option;
    } given[] = {{"AGENT_API_PORT", MKT_OPTION_PORT},     {"AGENT_HOST", MKT_OPTION_HOST},
                 {"AGENT_DATA_DIR", MKT_OPTION_DATA_DIR}, {"AGENT_TOKENS_FILE", MKT_OPTION_TOKENS},
                 {"AGENT_LLM_URL", MKT_OPTION_LLM},       {"AGENT_WORDS", MKT_OPTION_WORDS}};
    const struct mkt_options *o = options;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (strcmp(given[i].name, name) == 0 && o->value[given[i].option])
            return o->value[given[i].option];
    return getenv(name);
}

bool mkt_options_flag(const struct mkt_options *options, mkt_option which)
{
    return options->value[which] != NULL;
}

mkt_status mkt_options_number(const struct mkt_options *options, mkt_option which, double least,
                              double most, double fallback, double *out, struct mkt_err *err)
{
    char low[MKT_TEXT_NUMBER], high[MKT_TEXT_NUMBER];
    const char *text = options->value[which];
    *out = fallback;
    if (!text) return MKT_OK;
    if (!mkt_text_to_double(text, out) || *out < least || *out > most)
        return mkt_err_set(err, MKT_E_ARG, "--%s takes a number from %s to %s, not \"%s\"",
                           mkt_option_table[which].name, mkt_text_number(least, low),
                           mkt_text_number(most, high), text);
    return MKT_OK;
}
