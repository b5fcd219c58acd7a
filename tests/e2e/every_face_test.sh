#!/bin/sh
# Each analysis by the command line, REST, MCP, A2A and Boardroom: the same text of every number, by
# tests/peers/faces.mjs. What is the same to the byte, also from the cache: faces_test.sh.
. tests/e2e/lib.sh
needs node
node tests/peers/faces.mjs "$bin" "$work"
