/* Writes a tiny model file for bench/llm_service.sh: llm_tiny OUT.gguf */
#include "narrate/word_model.h"

int main(int argc, char **argv)
{
    if (argc == 2 && word_model_write(argv[1])) return 0;
    fprintf(stderr, "usage: llm_tiny OUT.gguf\n");
    return 1;
}
