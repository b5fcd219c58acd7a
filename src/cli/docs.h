/* Pages written from the table of analyses: docs/analyses.md. */
#ifndef MKT_CLI_DOCS_H
#define MKT_CLI_DOCS_H

#include <stdio.h>

void mkt_docs_analyses(FILE *out);

#endif
