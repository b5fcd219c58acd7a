#!/bin/sh
# tools/setup installs what is missing and only that, and takes nothing that is not pinned.
# It runs here among stand-ins for apt-get, dpkg-query, npm, sudo, id and uname that note their calls.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo 1..18
count=0

# The commands tools/setup may use, and nothing else of this machine.
mkdir "$dir/bin"
for tool in sh cat cmp cp cut dirname env git grep gzip mkdir mktemp mv rm sha512sum tail tar touch tr; do
    ln -s "$(command -v $tool)" "$dir/bin/$tool"
done

stand_in() { # NAME LINE...
    name=$dir/bin/$1
    shift
    printf '%s\n' '#!/bin/sh' "$@" >"$name"
    chmod +x "$name"
}

# A package that npm can pack, holding one file; prints its sha512.
packed() { # NAME VERSION FILE TEXT
    mkdir -p "$dir/registry" "$dir/package/$(dirname "$3")"
    echo "$4" >"$dir/package/$3"
    tar -czf "$dir/registry/$1-$2.tgz" -C "$dir" package
    rm -rf "$dir/package"
    sha512sum "$dir/registry/$1-$2.tgz" | cut -d' ' -f1
}

# A fresh project on a machine with every package, root, and nothing fetched.
fresh() {
    rm -rf "$dir/tools" "$dir/build" "$dir/registry" "$dir/missing" "$dir/calls" "$dir/bin/sudo"
    mkdir "$dir/tools"
    cp tools/setup "$dir/tools/"
    {
        echo '# a comment'
        echo "any head 1.0 $(packed head 1.0 deep/x.h 'a header') deep/x.h lib/include/x.h"
        echo "tin core 2.0 $(packed core 2.0 x.so 'a library') x.so lib/x.so"
        echo "other core-other 2.0 0123 x.so lib/x.so"
    } >"$dir/tools/pins"
    : >"$dir/missing"
    stand_in uname 'echo tin'
    stand_in id 'echo 0'
    stand_in apt-get "echo \"apt-get \$*\" >>$dir/calls"
    stand_in dpkg-query "for p; do :; done; grep -qx \"\$p\" $dir/missing && exit 1; echo installed"
    stand_in npm "echo \"npm \$*\" >>$dir/calls" \
        'while [ $# -gt 1 ]; do [ "$1" = --pack-destination ] && to=$2; shift; done' \
        "cp=\$(echo \"\$1\" | tr @ -)" "cat $dir/registry/\$cp.tgz >\"\$to/\$cp.tgz\""
}

setup() {
    : >"$dir/calls"
    said=$(PATH=$dir/bin "$dir/tools/setup" "$@" 2>&1)
    code=$?
}

calls() { grep -c "^$1" "$dir/calls"; }

# holds WHAT CONDITION: a condition in shell, looked at now
holds() {
    count=$((count + 1))
    if eval "$2"; then
        echo "ok $count - $1"
    else
        printf 'not ok %d - %s\nstatus %s\n%s\n' $count "$1" "$code" "$said"
        cat "$dir/calls"
    fi
}

fresh; setup build
holds 'what is pinned is fetched and unpacked' '[ $code = 0 ] && [ "$(cat "$dir/build/deps/lib/include/x.h")" = "a header" ] &&
    [ "$(cat "$dir/build/deps/lib/x.so")" = "a library" ] && [ "$(calls npm)" = 2 ] && [ "$(calls apt-get)" = 0 ]'

setup build
holds 'a second run does nothing and says nothing' '[ $code = 0 ] && [ -z "$said" ] && [ ! -s "$dir/calls" ]'

sha=$(packed head 1.1 deep/x.h 'a newer header')
printf '%s\n' "any head 1.1 $sha deep/x.h lib/include/x.h" "$(grep ^tin "$dir/tools/pins")" >"$dir/pins"
mv "$dir/pins" "$dir/tools/pins"
setup build
holds 'another pin is fetched, the others are not' '[ $code = 0 ] && [ "$(calls npm)" = 1 ] &&
    [ "$(cat "$dir/build/deps/lib/include/x.h")" = "a newer header" ]'

fresh; packed core 2.0 x.so 'a forgery' >/dev/null; setup build
holds 'what differs from its pin is refused' '[ $code = 1 ] && echo "$said" | grep -q "sha512 differs" &&
    [ ! -e "$dir/build/deps/lib/x.so" ] && [ -e "$dir/build/deps/lib/include/x.h" ]'

rm "$dir/registry/core-2.0.tgz"; setup build
holds 'without a registry it says so and keeps what is done' '[ $code = 1 ] && echo "$said" | grep -q "cannot get core@2.0" &&
    [ -e "$dir/build/deps/lib/include/x.h" ] && [ "$(calls npm)" = 1 ]'
holds 'nothing half done is left' '[ -z "$(ls -d "$dir"/build/deps/fetch.* 2>/dev/null)" ]'

fresh; echo libgsl-dev >"$dir/missing"; setup build
holds 'a missing package is installed, and only that' '[ $code = 0 ] && [ "$(calls "apt-get .*update")" = 1 ] &&
    grep -q "install -y --no-install-recommends libgsl-dev *$" "$dir/calls" && echo "$said" | grep -q libgsl-dev'

fresh; echo libgsl-dev >"$dir/missing"; stand_in id 'echo 1000'
stand_in sudo "echo \"sudo \$*\" >>$dir/calls"; setup build
holds 'a user takes sudo' '[ $code = 0 ] && [ "$(calls sudo)" = 2 ] && [ "$(calls apt-get)" = 0 ]'

: >"$dir/missing"; setup build
holds 'and does not where nothing is missing' '[ $code = 0 ] && [ "$(calls sudo)" = 0 ]'

fresh; echo libgsl-dev >"$dir/missing"; stand_in id 'echo 1000'; setup build
holds 'without sudo the command to run is shown' '[ $code = 1 ] && echo "$said" | grep -q "as root: apt-get install libgsl-dev"'

# A package of several files, and one whose git bundle holds the headers; a pin of a group.
fresh
mkdir -p "$dir/package/bin" "$dir/registry" "$dir/work/include" "$dir/work/ggml/include"
echo one >"$dir/package/bin/liba.so" && echo two >"$dir/package/bin/libb.so" && echo no >"$dir/package/bin/c.txt"
tar -czf "$dir/registry/many-1.0.tgz" -C "$dir" package
for header in include/llama ggml/include/ggml ggml/include/ggml-alloc ggml/include/ggml-backend \
    ggml/include/ggml-cpu ggml/include/ggml-opt ggml/include/gguf; do echo "$header" >"$dir/work/$header.h"; done
mkdir "$dir/package/src"
(cd "$dir/work" && git init -q . && git add . && git -c user.name=x -c user.email=x@x commit -qm x &&
    git bundle create -q "$dir/package/src/x.bundle" HEAD)
tar -czf "$dir/registry/source-1.0.tgz" -C "$dir" package
rm -rf "$dir/work" "$dir/package"
sum() { sha512sum "$dir/registry/$1" | cut -d' ' -f1; }
{
    echo "tin many 1.0 $(sum many-1.0.tgz) bin/lib*.so llama/lib/"
    echo "any source 1.0 $(sum source-1.0.tgz) src/x.bundle llama/source.bundle"
    echo "bench-llm later 1.0 $(packed later 1.0 v.txt 'vocabulary') v.txt llama/v.txt"
} >>"$dir/tools/pins"
setup build
holds 'a folder gets the files that its pattern names' '[ $code = 0 ] &&
    [ "$(cat "$dir"/build/deps/llama/lib/*)" = "one
two" ]'
holds 'headers come out of the bundle' '[ "$(cat "$dir/build/deps/llama/include/llama.h")" = include/llama ] &&
    [ "$(cat "$dir/build/deps/llama/include/gguf.h")" = ggml/include/gguf ]'
holds "a group's pins wait for the group" '[ ! -e "$dir/build/deps/llama/v.txt" ]'
setup build
holds 'and all of it is done once' '[ $code = 0 ] && [ -z "$said" ] && [ ! -s "$dir/calls" ]'
setup bench-llm
holds 'then they are fetched' '[ $code = 0 ] && [ "$(calls npm)" = 1 ] && [ -e "$dir/build/deps/llama/v.txt" ]'
rm -rf "$dir/build"; LLAMA_PREFIX=/usr; export LLAMA_PREFIX; setup build; unset LLAMA_PREFIX
holds "with the system's llama.cpp only the others are fetched" '[ $code = 0 ] && [ "$(calls npm)" = 2 ] &&
    [ ! -e "$dir/build/deps/llama" ] && [ -e "$dir/build/deps/lib/x.so" ]'

fresh; DUCKDB_PREFIX=/usr LLAMA_PREFIX=/usr; export DUCKDB_PREFIX LLAMA_PREFIX; setup build
unset DUCKDB_PREFIX LLAMA_PREFIX
holds "with the system's libraries nothing is fetched" '[ $code = 0 ] && [ "$(calls npm)" = 0 ]'

fresh; stand_in uname 'echo abacus'; setup build
# shellcheck disable=SC2034 # the condition reads it
unknown=$said:$code; setup nonsense
holds 'an unknown machine or group is named' '[ $code = 1 ] && echo "$said" | grep -q "no group .nonsense." &&
    echo "$unknown" | grep -q "nothing is pinned for abacus.*:1"'
