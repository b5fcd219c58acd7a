#include "cli/docs.h"

#include <string.h>

#include "analysis/analysis.h"
#include "base/text.h"

static const char *type_name(mkt_param_type type)
{
    static const char *const names[] = {"number", "whole number", "period", "text"};
    return names[type];
}

static void parameters(FILE *out, const struct mkt_analysis *a)
{
    fputs("| parameter | type | unit | domain | default | meaning |\n|---|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; i < a->params; i++) {
        const struct mkt_param *p = &a->param[i];
        char least[MKT_TEXT_NUMBER], most[MKT_TEXT_NUMBER];
        fprintf(out, "| `%s` | %s | %s | ", p->name, type_name(p->type), p->unit);
        if (p->type == MKT_PARAM_PERIOD)
            fputs("`2025`, `2025-Q4`, `2025-11`, `2025-11-03`, `2025-10-01..2025-12-31`, "
                  "`last-90`, `all`",
                  out);
        else if (p->type == MKT_PARAM_TEXT)
            fputs(strncmp(p->unit, "name", 4) == 0 ? "names from the data" : "as the meaning says",
                  out);
        else
            fprintf(out, "%s to %s", mkt_text_number(p->least, least),
                    mkt_text_number(p->most, most));
        fprintf(out, " | %s | %s |\n", p->fallback ? p->fallback : "none", p->help);
    }
}

void mkt_docs_analyses(FILE *out)
{
    fputs("# Analyses\n\n"
          "Written from the table of analyses by `make docs`. Each name is the CLI verb and the "
          "REST path `POST /api/v1/analyses/{name}`.\n",
          out);
    for (size_t i = 0; i < mkt_analysis_count; i++) {
        const struct mkt_analysis *a = &mkt_analysis_table[i];
        fprintf(out,
                "\n## %s\n\n*%s*\n\n%s\n\n- area: %s\n- needs: %s\n- `analysis_type`: `%s`\n"
                "- method: [methods/%s.md](methods/%s.md)\n\n",
                a->name, a->question, a->summary, a->area, a->needs, a->type, a->name, a->name);
        parameters(out, a);
    }
}
