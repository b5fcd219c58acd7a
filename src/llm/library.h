/* llama.cpp's library: started once, asked for its version, its log routed to ours.
 *
 * The best of its CPU variants for this machine, and a GPU's if there is one, are found at run
 * time in the folder that the library itself lies in.
 */
#ifndef MKT_LLM_LIBRARY_H
#define MKT_LLM_LIBRARY_H

#include <stdbool.h>

#include "base/err.h"

/* Starts the library, the first time; any thread may call it, any number of times.
 *
 * Errors  MKT_E_INTERNAL  the library is not of the version that this program was built for (its
 *                         structures go by value: nothing else of it is called then), or it has
 *                         no variant for this CPU */
MKT_MUST_CHECK mkt_status mkt_library_start(struct mkt_err *err);

/* "0.5.0 on AVX512..., 2026": version and what of the CPU it uses: part of what numbers depend on.
 * After mkt_library_start. */
const char *mkt_library_version(void);

/* Whether a GPU that can hold layers is there. After mkt_library_start. */
bool mkt_library_has_gpu(void);

#endif
