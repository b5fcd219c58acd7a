/* The report page's script and style, bundled from web/ and embedded in the program.
 *
 * Both are UTF-8 text ended by a NUL that the size does not count. page.c takes
 * them from MKT_GEN_DIR, where the Makefile bundles them.
 */
#ifndef MKT_REPORT_PAGE_H
#define MKT_REPORT_PAGE_H

#include <stddef.h>

extern const char mkt_page_js[];
extern const char mkt_page_css[];
extern const size_t mkt_page_js_size;
extern const size_t mkt_page_css_size;

#endif
