import asyncio

import arborist
from mcp import types
from mcp.server import Server
from mcp.server.stdio import stdio_server

server = Server("orchard")
TOOLS = [
    types.Tool(name="count_trees", description="Count the trees.", inputSchema={"type": "object"}),
    types.Tool(name="fell_tree", description="Fell a tree for good.", inputSchema={"type": "object"}),
]


@server.list_tools()
async def list_tools() -> list[types.Tool]:
    return [tool for tool in TOOLS if arborist.is_wanted(tool.name)]


async def main():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


asyncio.run(main())
