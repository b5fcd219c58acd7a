#!/bin/sh
# The built-in model beside llama.cpp's own command, on a file of the full shape of
# Mistral-7B-Instruct-v0.3 with random weights: `make bench-llm`. Takes both cores for minutes,
# 5 GB of disk below build/bench, and 5 GB of memory.
#
# Every program bench/llm_<x>.c but llm_model and llm_tiny, which write models, is run with the model
# and a folder for its state.
set -eu
model=build/bench/mistral-7b-random.Q4_K_M.gguf
mkdir -p build/bench

if [ ! -e "$model" ]; then
    echo "writing $model, 4.4 GB"
    "$B/bench/llm_model" "$model.new" build/deps/llama/mistral-tokenizer.js
    mv "$model.new" "$model"
fi
for source in bench/llm_*.c; do
    name=$(basename "$source" .c)
    case $name in llm_model | llm_tiny) continue ;; esac
    printf '\n-- %s\n' "$name"
    "$B/bench/$name" "$model" build/bench/state
done
printf '\n-- llama.cpp itself: the seed'\''s prompt, 400 tokens\n'
bench/llm_peer.sh "$model"
printf '\n-- facts over HTTP while words are written\n'
MODEL=$model bench/llm_service.sh
