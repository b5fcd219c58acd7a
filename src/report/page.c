#include "report/page.h"

/* The assembler reads the files; C has no way to. */
#define EMBED(symbol, file)                                                                        \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #symbol "\n"                                                                \
            ".global " #symbol "_end\n"                                                            \
            ".balign 16\n" #symbol ":\n"                                                           \
            ".incbin \"" MKT_GEN_DIR "/" file "\"\n" #symbol "_end:\n"                             \
            ".byte 0\n"                                                                            \
            ".previous\n")

EMBED(mkt_page_js, "report.min.js");
EMBED(mkt_page_css, "report.min.css");

extern const char mkt_page_js_end[];
extern const char mkt_page_css_end[];

size_t mkt_page_js_size(void)
{
    return (size_t)(mkt_page_js_end - mkt_page_js);
}

size_t mkt_page_css_size(void)
{
    return (size_t)(mkt_page_css_end - mkt_page_css);
}
