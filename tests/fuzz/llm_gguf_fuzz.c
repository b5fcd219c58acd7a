/* The header of a model file, whatever its bytes: a sentence or what it holds, nothing else. */
#include <assert.h>
#include <stdint.h>

#include "llm/weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mkt_weights weights;
    struct mkt_err err = {0};
    if (!size) return 0;
    FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
    if (!file) return 0;
    mkt_status status = mkt_weights_read(file, size, "fuzz", &weights, &err);
    assert((status == MKT_OK) == (err.text[0] == '\0'));
    if (status == MKT_OK) assert(weights.tensor_bytes <= size && weights.tokens <= size);
    fclose(file);
    return 0;
}
