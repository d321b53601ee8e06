import asyncio
import mcp.types as types
from mcp.server import Server

server = Server("lantern")
SCHEMA = {"type": "object", "properties": {"lamp": {"type": "string"}}, "required": ["lamp"]}

class Names:
    LIGHT = "light"

@server.list_tools()
async def list_tools() -> list[types.Tool]:
    tools = [types.Tool(name=Names.LIGHT, description="Light " "it", inputSchema=SCHEMA)]
    tools += [types.Tool(name=n, inputSchema={**SCHEMA, "title": n}) for n in ("x", "y")]
    if True and not False:
        tools.append(types.Tool(name="%s_lamp" % "dim", inputSchema=dict(type="object")))
    return tools

def main():
    try:
        asyncio.run(server.run())
    finally:
        with open("x") as f: pass
    match 1:
        case 1: pass
