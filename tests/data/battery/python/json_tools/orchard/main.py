import asyncio
import importlib.resources
import json

from mcp import types
from mcp.server import Server
from mcp.server.stdio import stdio_server

server = Server("orchard")


@server.list_tools()
async def list_tools() -> list[types.Tool]:
    text = importlib.resources.files("orchard").joinpath("tools.json").read_text()
    return [types.Tool.model_validate(tool) for tool in json.loads(text)]


async def serve():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


def main():
    asyncio.run(serve())
