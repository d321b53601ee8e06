import asyncio

from google.adk.tools.function_tool import FunctionTool
from google.adk.tools.mcp_tool.conversion_utils import adk_to_mcp_tool_type
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server


def count_trees(row: int) -> int:
    """Count the trees of a row."""
    return 3


counting = FunctionTool(count_trees)
server = Server("orchard")


@server.list_tools()
async def list_tools() -> list[types.Tool]:
    return [adk_to_mcp_tool_type(counting)]


async def main():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


asyncio.run(main())
