#!/bin/sh
# The plain way: llama.cpp's own command with its own defaults, the seed's own prompt about a
# five-channel quarter, 400 tokens. Run by bench/llm.sh: bench/llm_peer.sh MODEL
#
# The command is built from the source that comes with the pinned libraries, 4.5 minutes on two
# cores, once, and runs with those very libraries: the same code for the same processor as ours (what
# a build of one's own guesses of a virtual machine's processor may not run). Its defaults map the
# file and repack it too.
set -eu
model=$1
tree=build/bench/llama.cpp
made=$tree/build/bin
plain=build/bench/plain
command=$plain/llama-completion

if [ ! -x "$command" ]; then
    echo "building llama.cpp's own command, once (log: build/bench/llama.cpp.log)"
    rm -rf "$tree"
    git -c advice.detachedHead=false clone --quiet build/deps/llama/source.bundle "$tree"
    nice cmake -S "$tree" -B "$tree/build" -DCMAKE_BUILD_TYPE=Release -DLLAMA_BUILD_TESTS=OFF \
        -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_APP=OFF \
        -DLLAMA_OPENSSL=OFF >build/bench/llama.cpp.log 2>&1
    nice cmake --build "$tree/build" --target llama-completion -j "$(nproc)" \
        >>build/bench/llama.cpp.log 2>&1
    rm -rf "$plain" && mkdir -p "$plain"
    cp build/deps/llama/lib/*.so "$plain/"
    cp -P "$made"/llama-completion "$made"/libllama-completion-impl.so "$made"/libllama-common.so* \
        "$plain/"
    ln -s "$(basename "$plain"/libllama.v*.so)" "$plain/libllama.so.0"
    ln -s "$(basename "$plain"/libggml.v*.so)" "$plain/libggml.so.0"
    ln -s libggml-base.so "$plain/libggml-base.so.0"
fi

cat >build/bench/plain-prompt.txt <<'END'
As a marketing analyst, analyze this campaign data:

Campaign Data:
channel,impressions,clicks,spend,conversions,revenue
search,1840000,73600,92000.00,3312,331200.00
social,4210000,50520,63150.00,1263,113670.00
email,620000,24800,6200.00,1116,89280.00
display,9380000,18760,46900.00,281,25290.00
affiliate,710000,14200,21300.00,639,57510.00
period: 2024-10-01 to 2024-12-31, currency: USD

Query: What was the ROI of our Q4 holiday campaign, and where should the next budget go?

Provide analysis:
Performance Summary: [key metrics and performance indicators]
Channel Analysis: [performance by marketing channel]
Audience Insights: [customer segment performance]
ROI Analysis: [return on marketing investment]
Optimization Recommendations: [specific improvements]
Confidence Score: [0.0-1.0]
END

start=$(date +%s.%N)
LD_LIBRARY_PATH=$plain "$command" -m "$model" -f build/bench/plain-prompt.txt -n 400 --ignore-eos -t "$(nproc)" \
    -c 2048 --seed 1 -no-cnv --no-display-prompt >build/bench/plain.txt 2>build/bench/plain.log
end=$(date +%s.%N)
sed -n 's/.*\(prompt eval time.*\|  eval time.*\|load time.*\)/  \1/p' build/bench/plain.log
awk -v a="$start" -v b="$end" 'BEGIN { printf "plain way, wall time: %.1f s\n", b - a }' |
    tee build/bench/plain.seconds
