#!/usr/bin/env bash
# Runs the server scenarios of the MCP conformance suite against `mcpdex mcp --listen` on loopback, for every revision that
# the suite knows a server for. Needs npm.
#
#     tests/conformance/server.sh [PROGRAM]      PROGRAM defaults to target/debug/mcpdex
set -euo pipefail
cd "$(dirname "$0")/../.."

program="$(realpath "${1:-target/debug/mcpdex}")"
side=server
. tests/conformance/suite.sh
work=$(mktemp -d)
trap '[ -z "${pid:-}" ] || kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
ours=(env HOME="$work" MCPDEX_DB="$work/mcpdex.db" "$program")
"${ours[@]}" crawl sample --quiet
"${ours[@]}" mcp --listen 127.0.0.1:0 2>"$work/log" &
pid=$!
for _ in $(seq 100); do
    address=$(sed -n 's/^listening on //p' "$work/log")
    [ -n "$address" ] && break
    sleep 0.1
done
[ -n "$address" ] || { echo "it does not listen:"; cat "$work/log"; exit 1; }
run() { suite server --url "$address" "$@"; }

failed=0
every 2025-06-18 2025-11-25 2026-07-28

# What a server of any tools, resources and prompts has to pass, each by name and without excuse.
printf '\n-- whatever the suite asks of a server without tools of its own making\n'
need 2025-06-18 server-initialize ping tools-list resources-list prompts-list completion-complete
need 2025-11-25 server-initialize ping tools-list resources-list prompts-list completion-complete dns-rebinding-protection
need 2026-07-28 tools-list resources-list prompts-list completion-complete dns-rebinding-protection caching \
    http-header-validation sep-2164-resource-not-found server-sse-multiple-streams \
    input-required-result-unsupported-methods input-required-result-validate-input
exit "$failed"
