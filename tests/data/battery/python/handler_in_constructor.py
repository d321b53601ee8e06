import asyncio

from mcp import types
from mcp.server import Server
from mcp.server.stdio import stdio_server


async def on_list(context, params) -> types.ListToolsResult:
    return types.ListToolsResult(
        tools=[types.Tool(name="count_trees", description="Count the trees.", input_schema={"type": "object"})]
    )


server = Server("orchard", on_list_tools=on_list)


async def main():
    async with stdio_server() as (read, write):
        await server.run(read, write)


asyncio.run(main())
