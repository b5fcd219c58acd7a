#!/bin/sh
# The signed round trip of POST /api/v1/collaborate on loopback, with the facts of a registered data
# set of 10,000 rows: verified, answered, signed, and on the disk of the audit log before it leaves.
#   latency with one connection, throughput with eight;
#   beside a FastAPI service that verifies the same envelope with Python's cryptography, signs the
#   same result, and logs nothing: as the origin writes it (a dict that FastAPI serialises), and
#   with the reply written by json.dumps at once.
#
# Environment: MKT_BIN (the program), B (the build folder), COUNT (2000).
set -eu
cd "$(dirname "$0")/.."
: "${B:=build/release}" "${MKT_BIN:=$B/marketing-agent}" "${COUNT:=2000}"
python=/usr/bin/python3 # Debian's, which has Debian's packages
. bench/lib/service.sh

agent="$B/bench/collaborate"
"$agent" key "$work/agent" >"$work/peers"
chmod 600 "$work/peers"
serve AGENT_WORDS=plain AGENT_PEERS_FILE="$work/peers"

"$agent" ask "$work/agent" "$port" --count 10 --save "$work/result.json" >/dev/null
echo "collaborate, facts of 10,000 rows, one connection (target: p99 under 15 ms):"
"$agent" ask "$work/agent" "$port" --count "$COUNT"
echo "collaborate, eight connections:"
"$agent" ask "$work/agent" "$port" --count "$COUNT" --connections 8

if ! $python -c 'import fastapi, uvicorn, cryptography' 2>/dev/null; then
    echo "collaborate beside FastAPI: skipped, no python3-fastapi, uvicorn or cryptography"
    exit
fi
cat >"$work/peer.py" <<'PY'
import base64, json, os, secrets
from datetime import datetime
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Request, Response

app = FastAPI()
key = Ed25519PrivateKey.generate()
pem = key.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
result = json.load(open("result.json"))
direct = os.environ["DIRECT"] == "1"


@app.post("/api/v1/collaborate")
async def collaborate(request: Request):
    envelope = await request.json()
    message = envelope["message"]
    public = serialization.load_pem_public_key(envelope["sender_public_key"].encode())
    public.verify(base64.b64decode(envelope["signature"]),
                  json.dumps(message, sort_keys=True).encode())
    age = (datetime.utcnow() - datetime.fromisoformat(message["timestamp"][:-1])).total_seconds()
    assert 0 <= age <= 300 and message["nonce"]
    reply = {
        "sender_id": "marketing-agent-default",
        "recipient_id": message["sender_id"],
        "message_type": "collaboration_response",
        "timestamp": datetime.utcnow().isoformat() + "Z",
        "nonce": secrets.token_hex(16),
        "payload": {"request_id": message["nonce"], "status": "completed", "result": result,
                    "processing_time_ms": 1, "confidence_score": result["confidence_score"]},
    }
    text = json.dumps(reply, sort_keys=True)
    signature = base64.b64encode(key.sign(text.encode())).decode()
    if direct:
        return Response('{"encrypted": false, "message": %s, "signature": "%s", '
                        '"sender_public_key": %s, "sender_fingerprint": ""}'
                        % (text, signature, json.dumps(pem)), media_type="application/json")
    return {"encrypted": False, "message": reply, "signature": signature,
            "sender_public_key": pem, "sender_fingerprint": ""}
PY
# beside DIRECT WORDS COUNT
beside() {
    peer_port=$($python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    (cd "$work" && DIRECT=$1 exec $python -m uvicorn peer:app --port "$peer_port" --log-level warning) &
    peer=$!
    for _ in $(seq 100); do
        curl -s -o /dev/null "http://127.0.0.1:$peer_port/" && break
        sleep 0.1
    done
    ours=0 theirs=0
    for _ in 1 2 3; do
        ours="$ours $("$agent" ask "$work/agent" "$port" --count "$COUNT" --connections 8 | rate)"
        theirs="$theirs $("$agent" ask "$work/agent" "$peer_port" --count "$3" --connections 8 | rate)"
    done
    kill "$peer"
    wait "$peer" 2>/dev/null || true
    peer=''
    echo "$ours / $theirs" | awk -v said="$2" '{
        for (i = 2; i <= 4; i++) { a += $i / 3; b += $(i + 5) / 3 }
        printf "collaborate: %.0f a second; FastAPI, %s: %.0f a second; ratio %.1f (target: 10)\n", a, said, b, a / b
    }'
}
rate() { sed 's/.*answered, \([0-9]*\) a second.*/\1/'; }
beside 0 "as the origin returns it" $((COUNT / 20))
beside 1 "written by json.dumps" $((COUNT / 5))
