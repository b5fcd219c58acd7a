#include "report/page.h"

_Static_assert(sizeof(size_t) == 8, "the sizes below are written as 8 bytes");

/* The assembler reads the files; C has no way to. */
#define EMBED(symbol, file)                                                                        \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #symbol "\n"                                                                \
            ".global " #symbol "_size\n"                                                           \
            ".balign 16\n" #symbol ":\n"                                                           \
            ".incbin \"" MKT_GEN_DIR "/" file "\"\n"                                               \
            ".Lend_" #symbol ":\n"                                                                 \
            ".byte 0\n"                                                                            \
            ".balign 8\n" #symbol "_size:\n"                                                       \
            ".8byte .Lend_" #symbol " - " #symbol "\n"                                             \
            ".previous\n")

EMBED(mkt_page_js, "report.min.js");
EMBED(mkt_page_css, "report.min.css");
