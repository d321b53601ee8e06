"""An MCP server over stdio with the tools of one file of the bundled sample. A call only says that it arrived."""

import json
import sys
from pathlib import Path

TOOLS = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["tools"]


def answer(method, params):
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "cabinet", "version": "1"},
        }
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        return {"content": [{"type": "text", "text": f"cabinet ran {params['name']}"}]}
    return {}


for line in sys.stdin:
    message = json.loads(line)
    if "id" in message and "method" in message:
        result = answer(message["method"], message.get("params") or {})
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
