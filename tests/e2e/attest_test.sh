#!/bin/sh
# Attestation by the running program: no TEE here, recorded evidence of other machines, keys.
. tests/e2e/lib.sh
needs curl
tee=${MKT_DATA:-../shared/data}/tee
recorded=no
[ -r "$tee/intel_tdx/cos-113-tdx-quote.dat" ] && recorded=yes
plan $((15 + $([ $recorded = yes ] && echo 7 || echo 0)))
export AGENT_DATA_DIR="$work/data" AGENT_ATTESTATION_PORT=0

start() { # NAME=VALUE...
    serve "$@"
    port=$(curl -sS "$url/health" | sed -n 's/.*"attestation_port":\([0-9]*\).*/\1/p')
    there=http://127.0.0.1:$port
}
stop() {
    kill $server
    wait $server 2>/dev/null || true
    server=
}
holds() { # WORDS URL: the answer has the words in it
    curl -sS "$2" | grep -qF "$1"
}
refused() { # WORDS FILE options...: not trusted, for that reason
    words=$1
    shift
    "$bin" attest verify "$@" >"$work/out" 2>"$work/why" && return 1
    cat "$work/why" >&2
    grep -qF "$words" "$work/why"
}

# ---- no TEE here
start DEVELOPMENT_MODE=true
check "the attestation port answers that there is no TEE" holds '"tee":"none"' "$there/attestation"
check "so does the API port" holds '"quote_available":false' "$url/attestation"
check "/cpu is 404" sh -c "[ \$(curl -so /dev/null -w '%{http_code}' $there/cpu) = 404 ]"
check "nothing else is there" sh -c "[ \$(curl -so /dev/null -w '%{http_code}' $there/health) = 404 ]"
curl -sS "$there/attestation?nonce=000102030405060708090a0b0c0d0e0f" >"$work/none.json"
check "such an answer is no evidence" refused "runs in no TEE" "$work/none.json"
before=$(curl -sS "$there/.well-known/keys.json" | sed 's/.*"current":{"fingerprint":"\([^"]*\).*/\1/')
check "keys show tells the key of the service" sh -c "'$bin' keys show | grep -qF '$before'"
check "keys rotate makes another" sh -c "'$bin' keys rotate | grep -qF '$before  retired'"
check "the service goes on with the old one" holds "$before" "$there/.well-known/keys.json"
stop
start ATTESTATION_REQUIRED=true
check "after a start the old key is told as retired" \
    sh -c "curl -sS $there/.well-known/keys.json | grep -qF '\"retired\":[{\"fingerprint\":\"$before\"'"
check "the start says that it is not attested" \
    grep -q "not attested: this machine has no TEE; no collaboration is served" "$work/log"
stop
says "a port that is none" 2 "AGENT_ATTESTATION_PORT" env AGENT_ATTESTATION_PORT=70000 "$bin" serve
says "a mode that is none" 2 'DEVELOPMENT_MODE is "yes!"' \
    env DEVELOPMENT_MODE=yes! "$bin" serve --port 0
says "keys has two verbs" 2 "show or rotate" "$bin" keys forget
says "a key file that others can read" 3 "600" \
    sh -c "chmod 644 '$work'/data/keys/docker_private_key_ed25519.pem; '$bin' keys show"
chmod 600 "$work"/data/keys/docker_private_key_ed25519.pem
printf '{"unattested":"x","report_body":{}}' | base64 >"$work/wrapper"
check "a wrapper of development mode is refused" refused "nothing is attested" "$work/wrapper"
[ $recorded = yes ] || exit 0

# ---- evidence of other machines
quote=$tee/intel_tdx/cos-113-tdx-quote.dat
check "a recorded quote verifies at its time" "$bin" attest verify "$quote" --at 2025-01-01
check "not before" refused "certificates" "$quote" --at 2020-01-01
check "not for a key of ours" refused "key failed" "$quote" --at 2025-01-01 \
    --key "$work/data/keys/docker_public_key_ed25519.pem"
check "not for a nonce of ours" refused "nonce failed" "$quote" --at 2025-01-01 \
    --nonce 000102030405060708090a0b0c0d0e0f
check "a report of AMD with its certificates" "$bin" attest verify \
    "$tee/amd_snp/attestation.bin" --collateral "$tee/amd_snp" --at 2024-01-01 --allow debug
cp "$quote" "$work/data/keys/docker_attestation_ed25519.txt"
start ATTESTATION_REQUIRED=true
check "somebody's quote beside our key is not ours" \
    grep -q "not attested: .*binds another key than this agent's" "$work/log"
check "and is not given out" sh -c \
    "[ \$(curl -so /dev/null -w '%{http_code}' '$there/attestation?quote=true') = 503 ]"
stop
