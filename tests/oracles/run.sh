#!/usr/bin/env bash
# Lists real servers with mcpdex and with the official SDKs and compares names, schemas and annotations. Everything is
# fetched by name through npm and pip with install scripts off and runs in a sandbox; nothing of it is kept in the
# repository. Needs the network, npm, Python and bubblewrap.
#
#     tests/oracles/run.sh [PROGRAM]      PROGRAM defaults to target/debug/mcpdex
set -uo pipefail
cd "$(dirname "$0")/../.."

program="$(realpath "${1:-target/debug/mcpdex}")"
here="$PWD/tests/oracles"
work="${MCPDEX_ORACLES:-/tmp/mcpdex-oracles}"
mkdir -p "$work"
export ORACLE_HOME="$work/sdk"
failed=0

npm_get() { npm install --prefix "$1" --ignore-scripts --no-audit --no-fund --silent "${@:2}" 2>/dev/null; }
pip_get() {
    [ -d "$1/venv" ] || python3 -m venv "$1/venv"
    "$1/venv/bin/pip" install --quiet --only-binary=:all: --disable-pip-version-check "${@:2}"
}
[ -d "$work/sdk/node_modules" ] || { mkdir -p "$work/sdk" && npm_get "$work/sdk" @modelcontextprotocol/sdk; }
[ -x "$work/sdk/venv/bin/python" ] || pip_get "$work/sdk" mcp

# The sandbox of the oracles' servers: nothing writable but a private home and temporary folder.
box=(bwrap --unshare-all --die-with-parent --cap-drop ALL --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp
    --ro-bind "$work" "$work" --dir /tmp/home --setenv HOME /tmp/home --setenv AWS_REGION us-east-1
    --setenv FIRECRAWL_API_KEY placeholder --chdir /tmp)
ours=("$program" --quiet probe --json --timeout 90 --run --run-read "$work" --run-env AWS_REGION=us-east-1
    --run-env FIRECRAWL_API_KEY=placeholder --)

check() {
    # An oracle that fails says nothing; the line that follows names the server.
    [ -s "$3" ] || { echo "no answer from the oracle: $1" && failed=1 && return; }
    python3 "$here/compare.py" "$@" || failed=1
}

# node_server NAME PACKAGE SCRIPT [ARGUMENT…]
node_server() {
    local folder="$work/$1"
    [ -d "$folder/node_modules" ] || { mkdir -p "$folder" && npm_get "$folder" "$2"; }
    local command=(node "$folder/node_modules/$3" "${@:4}")
    "${ours[@]}" "${command[@]}" >"$work/$1.ours.json"
    timeout 90 node "$here/list.mjs" stdio "${box[@]}" "${command[@]}" >"$work/$1.oracle.json" 2>"$work/$1.oracle.log"
    check "$1 (npm, TypeScript SDK as oracle)" "$work/$1.ours.json" "$work/$1.oracle.json"
}

# python_server NAME PACKAGE PROGRAM [ARGUMENT…]
python_server() {
    local folder="$work/$1"
    [ -x "$folder/venv/bin/$3" ] || { mkdir -p "$folder" && pip_get "$folder" "$2"; }
    local command=("$folder/venv/bin/$3" "${@:4}") library
    library="$(sed -n 's/^home = //p' "$folder/venv/pyvenv.cfg")"
    "${ours[@]:0:7}" --run-read "$(dirname "$library")" "${ours[@]:7}" "${command[@]}" >"$work/$1.ours.json"
    timeout 90 "$work/sdk/venv/bin/python" "$here/list.py" "${box[@]}" "${command[@]}" >"$work/$1.oracle.json"
    check "$1 (PyPI, Python SDK as oracle)" "$work/$1.ours.json" "$work/$1.oracle.json"
}

# http_server NAME KIND PATH PORT COMMAND…: the server is started once and asked twice.
http_server() {
    local name="$1.$2" url="http://localhost:$4$3"
    PORT="$4" "${box[@]}" --share-net "${@:5}" >/dev/null 2>&1 &
    local server=$!
    for _ in $(seq 50); do (exec 3<>"/dev/tcp/127.0.0.1/$4") 2>/dev/null && break || sleep 0.2; done
    "$program" --quiet probe --json "$url" >"$work/$name.ours.json"
    timeout 60 node "$here/list.mjs" "$2" "$url" >"$work/$name.oracle.json" 2>"$work/$name.oracle.log"
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    check "$1 over $2" "$work/$name.ours.json" "$work/$name.oracle.json"
}

official=@modelcontextprotocol/server
node_server everything $official-everything $official-everything/dist/index.js
node_server filesystem $official-filesystem $official-filesystem/dist/index.js /tmp
node_server memory $official-memory $official-memory/dist/index.js
node_server sequential-thinking $official-sequential-thinking $official-sequential-thinking/dist/index.js
python_server git mcp-server-git mcp-server-git
python_server fetch mcp-server-fetch mcp-server-fetch
python_server time mcp-server-time mcp-server-time
# Other SDKs: FastMCP for TypeScript, FastMCP for Python, Go, C#, and a bundle.
node_server firecrawl firecrawl-mcp firecrawl-mcp/dist/index.js
python_server ecs awslabs.ecs-mcp-server ecs-mcp-server
# It wants a cluster to be configured; the one it gets does not exist.
cat >"$work/kubeconfig" <<'END'
apiVersion: v1
kind: Config
current-context: nowhere
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: nobody, user: {}}]
END
node_server kubernetes kubernetes-mcp-server kubernetes-mcp-server/bin/index.js --kubeconfig "$work/kubeconfig"
node_server azure @azure/mcp @azure/mcp/index.js server start
node_server playwright @playwright/mcp @playwright/mcp/cli.js
everything="$work/everything/node_modules/$official-everything/dist/index.js"
http_server everything http /mcp 39101 node "$everything" streamableHttp
http_server everything sse /sse 39102 node "$everything" sse
playwright="$work/playwright/node_modules/@playwright/mcp/cli.js"
http_server playwright http /mcp 39103 node "$playwright" --port 39103
http_server playwright sse /sse 39104 node "$playwright" --port 39104
exit "$failed"
