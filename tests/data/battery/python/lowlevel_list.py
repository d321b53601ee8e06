import asyncio

import mcp.server.stdio
from mcp import types
from mcp.server.lowlevel import Server

server = Server("orchard")


@server.list_tools()
async def list_tools() -> list[types.Tool]:
    return [
        types.Tool(
            name="count_trees",
            description="Count the trees.",
            inputSchema={"type": "object", "properties": {"row": {"type": "integer"}}, "required": ["row"]},
        ),
        types.Tool(name="fell_tree", description="Fell a tree for good.", inputSchema={"type": "object"}),
    ]


async def main():
    async with mcp.server.stdio.stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


asyncio.run(main())
