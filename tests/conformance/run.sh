#!/usr/bin/env bash
# Runs the client scenarios of the MCP conformance suite with `mcpdex probe` as the client under test, for every
# revision that the suite knows a client for. Needs npm.
#
#     tests/conformance/run.sh [PROGRAM]      PROGRAM defaults to target/debug/mcpdex
set -euo pipefail
cd "$(dirname "$0")/../.."

program="$(realpath "${1:-target/debug/mcpdex}")"
side=client
. tests/conformance/suite.sh
run() { suite client --command "$program probe" "$@"; }

failed=0
every 2025-06-18 2025-11-25 2026-07-28

# What a client that lists has to pass, each by name and without excuse.
printf '\n-- connecting, negotiating, listing\n'
need 2025-06-18 initialize
need 2025-11-25 initialize
need 2026-07-28 request-metadata http-standard-headers json-schema-ref-no-deref
exit "$failed"
