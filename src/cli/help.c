#include "cli/help.h"

#include <string.h>

#include "analysis/analysis.h"
#include "cli/options.h"
#include "engine/settings.h"

struct command {
    const char *name, *usage, *what;
    unsigned options; /* MKT_FOR_* */
};

static const struct command commands[] = {
    {"report", "report PATH [-o report.html] [--json]",
     "everything the data allow: text, JSON, or one HTML page", MKT_FOR_ANALYSIS},
    {"ask", "ask QUESTION --data PATH [--json] [-o answer.html]",
     "a question in plain words, in English or another language", MKT_FOR_ASK | MKT_FOR_ANALYSIS},
    {"serve", "serve [--port N]", "the HTTP service", MKT_FOR_SERVE},
    {"mcp", "mcp [--data DIR]...",
     "the analyses as tools for a language model, on standard input (MCP)", MKT_FOR_MCP},
    {"model", "model fetch | check [FILE] | bench [FILE] | list",
     "get the language model, see whether it will do here, measure it", MKT_FOR_MODEL},
    {"simulate", "simulate --out DIR [--seed N] [--months M] [--scale K]",
     "make a company whose truth is known, to try things on", MKT_FOR_SIMULATE},
    {"attest", "attest verify FILE [--collateral DIR] [--at TIME]",
     "check a TDX quote or SEV-SNP report, offline", MKT_FOR_ATTEST},
    {"keys", "keys show | rotate", "the agent's signing key: show it, or make a new one",
     MKT_FOR_KEYS},
    {"audit", "audit verify [FILE] [--key FILE]...",
     "check the log of what other agents were answered", MKT_FOR_AUDIT},
    {"version", "version", "the program's version", 0},
    {"help", "help [COMMAND]", "this text, or what one command takes", 0},
};

static void line(FILE *out, const char *left, const char *right)
{
    fprintf(out, "  %-26s %s\n", left, right);
}

static void options_of(FILE *out, unsigned command)
{
    for (size_t i = 0; i < MKT_OPTIONS; i++) {
        const struct mkt_option_info *o = &mkt_option_table[i];
        if (!(o->commands & command)) continue;
        char left[64];
        snprintf(left, sizeof left, "%s%s%s--%s%s%s", o->letter ? "-" : "",
                 o->letter ? o->letter : "", o->letter ? ", " : "", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        line(out, left, o->help);
    }
}

static void settings(FILE *out)
{
    fputs("\nEnvironment:\n", out);
    for (size_t i = 0; i < mkt_settings_count; i++) {
        const struct mkt_setting *s = &mkt_settings_table[i];
        fprintf(out, "  %-26s %s", s->name, s->help);
        if (*s->fallback) fprintf(out, " (%s)", s->fallback);
        fputc('\n', out);
    }
}

static void everything(FILE *out)
{
    fputs("marketing-agent: what the marketing did, what it was worth, what to do next,\n"
          "and how sure that is. PATH is a file (CSV, TSV, JSON, Parquet, DuckDB) or a folder.\n\n"
          "Usage:\n",
          out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  marketing-agent %-58s %s\n", commands[i].usage, commands[i].what);
    for (size_t i = 0; i < mkt_analysis_count; i++) {
        char usage[64];
        snprintf(usage, sizeof usage, "%s PATH", mkt_analysis_table[i].name);
        fprintf(out, "  marketing-agent %-58s %s\n", usage, mkt_analysis_table[i].question);
    }
    fputs("\nOptions of report and of every analysis:\n", out);
    options_of(out, MKT_FOR_ANALYSIS);
    fputs("\nOptions of ask, besides (and any parameter of an analysis):\n", out);
    options_of(out, MKT_FOR_ASK);
    fputs("\nOptions of simulate:\n", out);
    options_of(out, MKT_FOR_SIMULATE);
    fputs("\nOptions of model:\n", out);
    options_of(out, MKT_FOR_MODEL);
    fputs("\nOptions of mcp:\n", out);
    options_of(out, MKT_FOR_MCP);
    fputs("\nOptions of serve:\n", out);
    options_of(out, MKT_FOR_SERVE);
    settings(out);
}

static void analysis_help(FILE *out, const struct mkt_analysis *a)
{
    fprintf(out, "marketing-agent %s PATH [options]\n\n%s\n%s\nNeeds: %s.\n\nParameters:\n",
            a->name, a->question, a->summary, a->needs);
    for (size_t i = 0; i < a->params; i++) {
        const struct mkt_param *p = &a->param[i];
        char left[64];
        snprintf(left, sizeof left, "--%s %s", p->name,
                 p->type == MKT_PARAM_PERIOD ? "PERIOD"
                 : p->type == MKT_PARAM_TEXT ? "TEXT"
                                             : "N");
        fprintf(out, "  %-26s %s", left, p->help);
        if (p->fallback) fprintf(out, " (%s)", p->fallback);
        fputc('\n', out);
    }
    fputs("\nOptions:\n", out);
    options_of(out, MKT_FOR_ANALYSIS);
}

bool mkt_help_write(FILE *out, const char *command)
{
    if (!command) {
        everything(out);
        return true;
    }
    const struct mkt_analysis *a = mkt_analysis_find(command);
    if (a) {
        analysis_help(out, a);
        return true;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, command) != 0) continue;
        fprintf(out, "marketing-agent %s\n\n%s\n\n", commands[i].usage, commands[i].what);
        options_of(out, commands[i].options);
        if (commands[i].options & (MKT_FOR_SERVE | MKT_FOR_MODEL | MKT_FOR_MCP)) settings(out);
        return true;
    }
    return false;
}
