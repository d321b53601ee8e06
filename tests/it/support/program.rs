//! Servers that are programs: a few lines of Python that speak the protocol, written by the test that runs them.

use std::path::{Path, PathBuf};

/// The system's own Python. `None`: there is none, and the test has to say that it was skipped.
pub(crate) fn system_python() -> Option<PathBuf> {
    let found = ["/usr/bin/python3", "/usr/local/bin/python3"].iter().map(PathBuf::from).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: no Python in the system's folders");
    }
    found
}

/// What every program begins with: `answer` and `fail` write to a request, `asked` reads the next message, `old` and
/// `new` serve the tools that are named.
const SPEECH: &str = r#"
import json, os, signal, sys, time
def write(document):
    print(json.dumps({"jsonrpc": "2.0", **document}), flush=True)
def answer(asked, result):
    write({"id": asked["id"], "result": result})
def fail(asked, code, message, **data):
    write({"id": asked["id"], "error": {"code": code, "message": message, "data": data}})
def asked():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)
def tools(names):
    return {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in names]}
HELLO = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "rows", "version": "1"}}
def old(*names, unknown=lambda m: fail(m, -32601, "no such method")):
    while True:
        m = asked()
        if m["method"] == "initialize":
            answer(m, HELLO)
        elif m["method"] == "tools/list":
            answer(m, tools(names))
        elif "id" in m:
            unknown(m)
def new(*names, first=None):
    while True:
        m, first = first or asked(), None
        if m["method"] == "server/discover":
            answer(m, {"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, "serverInfo": {"name": "rows", "version": "1"}})
        elif m["method"] == "tools/list":
            answer(m, {"resultType": "complete", "ttlMs": 1000, "cacheScope": "public", **tools(names)})
        elif "id" in m:
            fail(m, -32022, "unsupported protocol version", supported=["2026-07-28"])
"#;

/// Writes a program and gives its path.
pub(crate) fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, format!("{SPEECH}\n{text}\n")).unwrap();
    path
}
